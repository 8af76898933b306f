"""Every seeded fault is found, by the rule and at the place that its file names."""

from __future__ import annotations

import pytest

from innocities_engine import library
from tests.authoring.seeded import SEEDS, SHELF, SOUND, Seed

CHECKED = [seed for seed in SEEDS if seed.checked]


def test_there_are_enough_of_them_each_of_its_own_kind():
    assert len(SEEDS) >= 40
    assert len({(seed.rule, seed.at) for seed in SEEDS}) >= 40


def test_what_they_change_has_no_fault():
    method, faults = library.check(SOUND, SHELF)
    assert method is not None
    assert faults == ()


@pytest.mark.parametrize("seed", CHECKED, ids=lambda seed: seed.file.stem)
def test_a_fault_that_shows_in_the_text_is_told_at_its_place(seed: Seed):
    _, faults = library.check(seed.file, SHELF)
    assert (seed.rule, seed.at) in {(fault.code, fault.path) for fault in faults}
