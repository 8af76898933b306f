"""A disk that is full or breaks at any moment: a command says 0 and everything is there, or says that
it could not be done and nothing is. Once there is room again it can be given again.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from innocities_engine.cli import exits
from tests.crash.judging import Bar
from tests.crash.runs import Disturbance, Ended, Run, disturbed
from tests.crash.trials import FULL, SEED, found_points, judged, run_of
from tests.crash.world import COMMANDS
from tests.harness import syscalls

SAMPLES = 3  # of each command
TROUBLES = {
    "a disk full once": (errno.ENOSPC, False),
    "a disk that stays full": (errno.ENOSPC, True),
    "a disk that fails once": (errno.EIO, False),
    "a disk that stays broken": (errno.EIO, True),
}


@pytest.fixture(scope="module")
def counts(made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    place = tmp_path_factory.mktemp("counted")
    return {name: found_points(made, place, name) for name in COMMANDS}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_the_disk_refuses_is_refused_cleanly_and_wholly(
    made: Path,
    counts: dict[str, int],
    tmp_path: Path,
    told: Callable[[str], None],
    trouble: str,
) -> None:
    error, lasting = TROUBLES[trouble]
    found = {"refused": 0, "done all the same": 0, "broken": 0}
    broken: list[str] = []
    for name, count in counts.items():
        bar = Bar(COMMANDS[name], made, tmp_path / name)
        for ended in disturbed(_plan(made, tmp_path, name, count, error, lasting=lasting),
                               tmp_path / "copies"):  # fmt: skip
            found["done all the same" if ended.acknowledged else "refused"] += 1
            broken += [*_unclean(ended), *judged(bar, ended)]

    found["broken"] = len(broken)
    told(f"{trouble}: {', '.join(f'{n} {what}' for what, n in found.items())}")
    assert broken == []
    assert found["refused"] > sum(found.values()) / 2


def _plan(
    made: Path, place: Path, name: str, count: int, error: int, *, lasting: bool
) -> list[tuple[Run, Disturbance]]:
    (place / "copies").mkdir(exist_ok=True)
    chosen = syscalls.sampled(count, count if FULL else SAMPLES, SEED)
    plan = [Disturbance(at, "refused", error, lasting) for at in chosen]
    return [(run_of(made, place, name, n), each) for n, each in enumerate(plan)]


def _unclean(ended: Ended) -> list[str]:
    """Tell of an ending that says nothing of use."""
    clean = ended.code in (exits.DONE, exits.UNAVAILABLE) and "Traceback" not in ended.run.err
    return [] if clean else [f"{ended}: not a clean refusal"]
