from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.machine.cases import case
from tests.machine.machine import Tally, walk
from tests.machine.mutants import MUTANTS, STEPS, TRIED, WALKS

ROOT = Path(__file__).parents[2]
PARTS = 6  # one process each, which loads what is not ours once
FINDING = sorted({mutant.where for mutant in TRIED})[:: 1 if TRIED is MUTANTS else 8]


def test_there_are_many_mutants_and_each_says_what_is_wrong_with_it() -> None:
    assert len(MUTANTS) >= 90
    assert len(TRIED) >= 30
    assert len({mutant.fault for mutant in MUTANTS}) == len(MUTANTS)
    assert all(mutant.source() for mutant in MUTANTS)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_machine_alone_finds_every_mutant(part: int, told: Callable[[str], None]) -> None:
    """By an assertion of its own, and not because the engine cannot be loaded."""
    command = [sys.executable, "-W", "error", "-m", "tests.machine.mutating", str(part), str(PARTS)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stderr
    found = [json.loads(line) for line in said.stdout.splitlines()]
    mutants = TRIED[part::PARTS]
    missed = {
        m.fault: verdict["found"]
        for m, verdict in zip(mutants, found, strict=True)
        if not verdict["asserted"]
    }
    assert missed == {}
    modules = ", ".join(sorted({mutant.module for mutant in mutants}))
    told(f"mutants, part {part + 1}: {len(found)} of {len(mutants)} found, of {modules}")


@pytest.mark.parametrize(("name", "number"), FINDING)
def test_the_very_walks_that_find_them_find_nothing_in_the_engine(name: str, number: int) -> None:
    tally = Tally()
    walk(case(name), number, walks=WALKS, steps=STEPS, tally=tally, shrink=False)
    assert tally.walks >= WALKS
