"""A power cut at any moment of a morning's work: whatever the disk had not been told to keep may be
gone, torn or out of order, in the database and in the folders beside it alike. What was acknowledged
is there, what was not is there wholly or not at all, and the outbox and the mailbox agree.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.crash.judging import Standing, standing, unsound
from tests.crash.runs import CLEAN
from tests.crash.world import COMMANDS, copied
from tests.harness import powerloss, recording, syscalls
from tests.harness.powerloss import MODELS, Model
from tests.harness.recording import Recording

FULL = bool(os.environ.get("INNOCITIES_FULL"))
SEED = 20260302
POINTS = 320 if FULL else 60
STATES = 4 if FULL else 3  # nothing that was not flushed, everything, and what chance leaves
NAMES = tuple(COMMANDS)


@pytest.fixture(scope="module")
def stages(made: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Standing]:
    """What there is before the work and after each command of it, when nothing disturbs it."""
    folder = copied(made, tmp_path_factory.mktemp("stages") / "halden")
    found = [standing(folder)]
    for asked in COMMANDS.values():
        Shell(folder)(*asked.words)
        found.append(standing(folder))
    return found


def recorded(made: Path, place: Path, *settings: str) -> Recording:
    """The whole work, every write of it with its bytes."""
    folder = copied(made, place / "halden")
    argv = [sys.executable, "-m", "tests.crash.working", *(settings or ("kept",))]
    return recording.record(argv, folder, env=CLEAN, cwd=folder, seconds=600)


@dataclass(frozen=True)
class Cut:
    """A power cut after so many steps, and the model of the disk it hits."""

    at: int
    model: Model
    acknowledged: int

    def __str__(self) -> str:
        return f"cut after step {self.at} ({self.model}), {self.acknowledged} acknowledged"


def cuts(work: Recording, points: int) -> Iterator[Cut]:
    """Cuts spread over the work by chance, the models by turns."""
    chosen = syscalls.sampled(len(work.steps), points, SEED)
    for at, model in zip(chosen, cycle(MODELS), strict=False):
        yield Cut(at, model, work.said_by(at).count(b"\n"))


def broken_by(work: Recording, cut: Cut, stages: Sequence[Standing]) -> Iterator[str]:
    """What is wrong in each of the folders this cut could leave."""
    for folder in powerloss.states(work, cut.at, SEED, STATES, cut.model):
        yield from (f"{cut}: {fault}" for fault in faults(folder, cut, stages))


def faults(folder: Path, cut: Cut, stages: Sequence[Standing]) -> list[str]:
    found = list(unsound(folder))
    if found:
        return found
    now, before = standing(folder), stages[cut.acknowledged]
    if cut.acknowledged == len(NAMES):
        return [f"lost: {difference}" for difference in before.differences(now)]
    after = stages[cut.acknowledged + 1]
    if COMMANDS[NAMES[cut.acknowledged]].many:
        return [
            f"project {project} stands half-way"
            for project in sorted(map(str, before.projects | now.projects))
            if now.of(project) not in (before.of(project), after.of(project))
        ]
    if now.rows in (before.rows, after.rows):
        return []
    return [f"lost or half-way: {difference}" for difference in before.differences(now)]


def test_whatever_a_power_cut_leaves_holds_all_that_was_acknowledged(
    made: Path, stages: list[Standing], tmp_path: Path, told: Callable[[str], None]
) -> None:
    work = recorded(made, tmp_path)
    assert work.outcome.acknowledged, work.outcome.stderr
    assert work.outcome.stdout.split() == list(NAMES)
    chosen = list(cuts(work, POINTS))
    broken = [fault for cut in chosen for fault in broken_by(work, cut, stages)]

    told(
        f"power cuts: {len(work.steps)} steps found, {len(chosen)} cut there, "
        f"{len(chosen) * STATES} folders rebuilt, {len(broken)} broken"
    )
    assert broken == []
    assert {cut.acknowledged for cut in chosen} == {*range(len(NAMES) + 1)}


def test_a_journal_that_is_not_flushed_with_each_commit_is_caught(
    made: Path, stages: list[Standing], tmp_path: Path
) -> None:
    work = recorded(made, tmp_path, "WAL", "NORMAL")
    assert work.outcome.acknowledged, work.outcome.stderr

    assert any(fault for cut in cuts(work, POINTS) for fault in broken_by(work, cut, stages))


@pytest.mark.parametrize("left_out", ["flush", "fsync"])
def test_a_paper_whose_folder_or_bytes_are_not_flushed_is_caught(
    tmp_path: Path, left_out: str
) -> None:
    """The rule of the file store, and that the model tells it from its shortcuts."""
    assert lost_papers(tmp_path / "kept", "nothing") == 0
    assert lost_papers(tmp_path / "hasty", left_out) > 0


def lost_papers(folder: Path, left_out: str) -> int:
    """How many rebuilt folders lack a paper whose place was told, or hold another one."""
    folder.mkdir(parents=True)
    argv = [sys.executable, "-c", KEEPING, str(folder), left_out]
    work = recording.record(argv, folder, env=CLEAN)
    assert work.outcome.acknowledged, work.outcome.stderr
    return sum(
        not (state / "papers" / "paper").exists()
        or (state / "papers" / "paper").read_bytes() != b"words" * 2000
        for model in MODELS
        for state in powerloss.states(work, len(work.steps), SEED, 6, model)
    )


KEEPING = """
import os, sys
from pathlib import Path
from innocities_engine import disk
folder, left_out = Path(sys.argv[1]), sys.argv[2]
if left_out == "flush":
    disk.flush = lambda path: None
if left_out == "fsync":
    os.fsync = lambda handle: None
disk.make(folder / "papers", folder)
disk.write(folder / "papers" / "paper", b"words" * 2000)
print("kept")
"""
