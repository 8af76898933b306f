"""Trials of one command each: a run in a fresh copy of the municipality, how many points it has, and
what is judged afterwards. Which disturbance comes where is left to the tests.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from innocities_engine import wording
from tests.crash.judging import Bar, faults
from tests.crash.runs import Disturbance, Ended, Run, disturbed
from tests.crash.world import ADOPT, COMMANDS, TAKE, copied

FULL: Final = bool(os.environ.get("INNOCITIES_FULL"))
SEED: Final = 20260302
UNCERTAIN: Final = wording.say("nb", "error.uncertain")  # as Halden is told
ASKED: Final = {**COMMANDS, "take": TAKE, "adopt": ADOPT}


def run_of(made: Path, place: Path, name: str, number: int) -> Run:
    """A run of a command in a fresh copy."""
    folder = copied(made, place / "copies" / f"{name}-{number}")
    return Run(folder, place / f"{name}-{number}", (ASKED[name].words,))


def found_points(made: Path, place: Path, name: str) -> int:
    """Run a command undisturbed, to count its points."""
    (place / "copies").mkdir(exist_ok=True)
    run = run_of(made, place, name, 0)
    (ended,) = disturbed([(run, Disturbance())], place / "copies")
    assert ended.acknowledged, ended
    return len(ended.points)


def judged(bar: Bar, ended: Ended) -> list[str]:
    """Judge the workspace of a run, and remove it."""
    refused = ended.disturbance.how == "refused" and not ended.acknowledged
    refused &= UNCERTAIN not in " ".join(ended.run.err.split())
    found = faults(bar, ended.run.folder, acknowledged=ended.acknowledged, refused=refused)
    shutil.rmtree(ended.run.folder)
    return [f"{ended}: {fault}" for fault in found]
