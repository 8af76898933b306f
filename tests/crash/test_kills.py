"""Kill -9 at the system calls of the commands that change most: nothing acknowledged is lost,
nothing is there by halves, no letter is lost.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.judging import Bar, faults
from tests.crash.runs import Disturbance, Ended, Run, disturbed
from tests.crash.world import COMMANDS, copied
from tests.harness import syscalls

FULL = bool(os.environ.get("INNOCITIES_FULL"))
SAMPLES = {"start": 24, "submit": 24, "decide": 24, "tick": 32, "publish": 16}
SEED = 20260302


def run_of(made: Path, place: Path, name: str, number: int) -> Run:
    """A run of a command in a fresh copy."""
    folder = copied(made, place / "copies" / f"{name}-{number}")
    return Run(folder, place / f"{name}-{number}", (COMMANDS[name].words,))


def found_points(made: Path, place: Path, name: str) -> Ended:
    """Run a command undisturbed, to count its points."""
    (place / "copies").mkdir(exist_ok=True)
    run = run_of(made, place, name, 0)
    (ended,) = disturbed([(run, Disturbance())], place / "copies")
    assert ended.acknowledged, ended
    return ended


@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_command_is_there_wholly_or_not_at_all_and_loses_nothing(
    made: Path, tmp_path: Path, told: Callable[[str], None], name: str
) -> None:
    count = len(found_points(made, tmp_path, name).points)
    chosen = syscalls.sampled(count, count if FULL else SAMPLES[name], SEED)
    plan = [Disturbance(at) for at in chosen] + [Disturbance(count, "after")]
    runs = [(run_of(made, tmp_path, name, n), each) for n, each in enumerate(plan, 1)]
    bar = Bar(COMMANDS[name], made, tmp_path)

    broken, killed = [], 0
    for ended in disturbed(runs, tmp_path / "copies"):
        killed += ended.code == -9
        broken += [f"{ended}: {fault}" for fault in judged(bar, ended)]

    told(f"kill -9 during {name}: {count} points found, {killed} killed, {len(broken)} broken")
    assert broken == []
    assert killed >= len(plan) - 3  # a point more or less with the pages that chance has chosen


def judged(bar: Bar, ended: Ended) -> list[str]:
    """Judge the workspace of a run, and remove it."""
    found = faults(bar, ended.run.folder, acknowledged=ended.acknowledged)
    shutil.rmtree(ended.run.folder)
    return found
