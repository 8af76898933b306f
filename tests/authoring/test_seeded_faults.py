"""Every seeded fault is found, by the rule and at the place that its file names; and the story told
of it happens in the real engine, command by command.
"""

from __future__ import annotations

from functools import cache

import pytest

from innocities_engine import library, wording
from innocities_engine.authoring.verify import Report, verify
from innocities_engine.authoring.verify.findings import Finding
from innocities_engine.authoring.verify.replaying import Untrue, replay
from tests.authoring.seeded import SEEDS, SHELF, SOUND, Seed

CHECKED = [seed for seed in SEEDS if seed.checked]
VERIFIED = [seed for seed in SEEDS if not seed.checked]
BEHIND = [seed for seed in SEEDS if seed.file.stem.endswith("-behind-a-wait")]
HALVES = {  # what is wrong stands in two places there
    "exit-locked",  # the only way out, and the rule that never offers it
    "gates-wait-for-each-other",
    "loop-without-exit",  # beside it whoever had something to do at its end
}
TOLD = [seed for seed in VERIFIED if seed.replays]


@cache
def report_of(seed: Seed) -> Report:
    method, _ = library.check(seed.file, SHELF)
    assert method is not None
    return verify(method)


def finding_of(seed: Seed) -> Finding:
    """What the verifier says at the place of the fault."""
    found = report_of(seed).findings
    return next(f for f in found if (f.rule, f.place) == (seed.rule, seed.at))


def test_there_are_enough_of_them_each_of_its_own_kind():
    assert len(SEEDS) >= 40
    assert len({(seed.rule, seed.at) for seed in SEEDS}) >= 40


def test_what_they_change_has_no_fault():
    method, faults = library.check(SOUND, SHELF)
    assert method is not None
    assert faults == ()

    report = verify(method)

    assert report.sound
    assert report.findings == ()


@pytest.mark.parametrize("seed", CHECKED, ids=lambda seed: seed.file.stem)
def test_a_fault_that_shows_in_the_text_is_told_at_its_place(seed: Seed):
    _, faults = library.check(seed.file, SHELF)
    assert (seed.rule, seed.at) in {(fault.code, fault.path) for fault in faults}


@pytest.mark.parametrize("seed", VERIFIED, ids=lambda seed: seed.file.stem)
def test_a_fault_that_shows_in_a_walk_is_found_at_its_place(seed: Seed):
    report = report_of(seed)

    assert (seed.rule, seed.at) in {(f.rule, f.place) for f in report.findings}
    assert report.undecided == ()
    most = 2 if seed.file.stem in HALVES else 1
    assert len(report.findings) <= most, "a fault is told once, and what follows from it is not"


@pytest.mark.parametrize("seed", BEHIND, ids=lambda seed: seed.file.stem)
def test_what_a_project_waits_for_is_not_to_blame_for_what_is_wrong_behind_it(seed: Seed):
    assert [f.place for f in report_of(seed).findings] == [seed.at]


def test_the_smallest_team_is_without_roles_that_have_nothing_to_do():
    seed = next(seed for seed in SEEDS if seed.file.stem == "role-unused")
    assert set(report_of(seed).team.people) == {"lead", "sponsor", "auditor", "board"}


@pytest.mark.parametrize("seed", TOLD, ids=lambda seed: seed.file.stem)
def test_its_story_happens_in_the_real_engine(seed: Seed):
    replay(report_of(seed).world, finding_of(seed))


@pytest.mark.parametrize("seed", TOLD, ids=lambda seed: seed.file.stem)
def test_what_a_story_shows_is_not_so_of_the_sound_method(seed: Seed):
    """Otherwise it would show nothing. That nothing ever leads to the end, and that nobody was
    appointed, no single story can show.
    """
    method, _ = library.check(SOUND, SHELF)
    assert method is not None
    story = finding_of(seed).story
    assert story is not None

    if story.claim.kind not in ("idle", "vacant"):
        with pytest.raises((Untrue, KeyError, StopIteration)):
            replay(verify(method).world, finding_of(seed))


@pytest.mark.parametrize("seed", VERIFIED, ids=lambda seed: seed.file.stem)
def test_each_finding_has_its_sentence_and_its_way_out(seed: Seed):
    for finding in report_of(seed).findings:
        assert wording.knows(f"flaw.{finding.kind}")
        assert wording.knows(f"mend.{finding.kind}")
        for line in finding.story.lines if finding.story else ():
            assert wording.knows(f"story.{line.kind}")
        assert finding.story is None or wording.knows(f"story.{finding.story.claim.kind}")


def test_of_needs_that_exclude_each_other_both_are_named():
    seed = next(seed for seed in SEEDS if seed.file.stem == "needs-exclude")
    finding = finding_of(seed)
    assert (finding.kind, finding.params.get("others")) == ("excluded", "G1/dear")
