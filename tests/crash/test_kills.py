"""Kill -9 at the system calls of the commands that change most: nothing acknowledged is lost,
nothing is there by halves, no letter is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.judging import Bar
from tests.crash.runs import Disturbance, disturbed
from tests.crash.trials import ASKED, FULL, SEED, found_points, judged, run_of
from tests.crash.world import COMMANDS
from tests.harness import syscalls

SAMPLES = {
    "start": 24, "submit": 24, "decide": 24, "tick": 34, "publish": 14, "take": 16, "adopt": 8,
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_command_is_there_wholly_or_not_at_all_and_loses_nothing(
    made: Path, tmp_path: Path, told: Callable[[str], None], name: str
) -> None:
    kill(made, tmp_path, told, name)


def test_a_killed_round_is_taken_in_all_of_its_projects_or_in_none(
    waiting: Path, tmp_path: Path, told: Callable[[str], None]
) -> None:
    kill(waiting, tmp_path, told, "take")


def test_a_killed_adoption_is_in_both_organisations_or_in_neither(
    beside: Path, tmp_path: Path, told: Callable[[str], None]
) -> None:
    kill(beside, tmp_path, told, "adopt")


def kill(made: Path, tmp_path: Path, told: Callable[[str], None], name: str) -> None:
    """Kill a command at points spread over its work, and judge what each kill leaves."""
    count = found_points(made, tmp_path, name)
    chosen = syscalls.sampled(count, count if FULL else SAMPLES[name], SEED)
    plan = [Disturbance(at) for at in chosen] + [Disturbance(count, "after")]
    runs = [(run_of(made, tmp_path, name, n), each) for n, each in enumerate(plan, 1)]
    bar = Bar(ASKED[name], made, tmp_path)

    broken, killed = [], 0
    for ended in disturbed(runs, tmp_path / "copies"):
        killed += ended.code == -9
        broken += judged(bar, ended)

    told(f"kill -9 during {name}: {count} points found, {killed} killed, {len(broken)} broken")
    assert broken == []
    assert killed >= len(plan) - 3  # a point more or less with the pages that chance has chosen
