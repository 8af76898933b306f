"""F30: the project goes back to an earlier phase, and walks the gates on the way again."""

from __future__ import annotations

from datetime import timedelta

from innocities_engine.domain.commands import Approve, Rate, TickOff
from innocities_engine.domain.definition import Methodology
from tests.features.driver import Play, decision


def at_trial(method: str | Methodology = "F30") -> Play:
    """Both first gates passed, and a week gone by."""
    play = Play(method, lead="astrid", board="bjorn")
    play.submit("astrid", "brief")
    play.do("astrid", TickOff("visit"))
    play.do("bjorn", Rate("G1", {"clear": "met"}))
    play.decides("bjorn", "G1", "go")
    play.submit("astrid", "study")
    play.do("bjorn", Approve("study"))
    play.decides("bjorn", "G2", "go")
    return play.on(play.situation.today + timedelta(7))


def recycled(to: str) -> Play:
    play = at_trial()
    play.decides("bjorn", "G3", "recycle", to=to)
    return play


def test_the_decision_chooses_among_the_phases_that_the_outcome_lists() -> None:
    play = at_trial()
    assert play.refused("bjorn", decision("G3", "recycle")) == {"carry_missing to"}
    assert play.refused("bjorn", decision("G3", "recycle", to="trial")) == {"bad_value to"}
    assert recycled("idea").phase() == "idea"
    assert recycled("concept").phase() == "concept"


def test_the_gate_need_not_be_ready() -> None:
    play = Play("F30", lead="astrid", board="bjorn")
    assert play.shut_by("G1") != set()
    play.decides("bjorn", "G1", "skip")
    assert play.phase() == "trial"
    assert play.shut_by("G3") == {"need_open settled"}


def test_gates_on_the_way_count_no_more_and_get_a_new_instance_on_entry() -> None:
    play = recycled("idea")
    assert (play.instances("G1"), play.instances("G2")) == (["settled", "open"], ["settled"])
    assert [p.void for p in play.project.passages_of("G2")] == [True]
    far, near = recycled("idea"), recycled("concept")
    assert [p.void for p in far.project.passages_of("G1")] == [True, False]
    assert [p.void for p in near.project.passages_of("G1")] == [False]


def test_versions_and_approvals_stay_while_acts_and_verdicts_are_asked_again() -> None:
    play = recycled("idea")
    assert play.version("study") == "approved"
    assert play.shut_by("G1") == {"need_open visit", "criterion_unrated clear"}
    play.do("astrid", TickOff("visit"))
    play.do("bjorn", Rate("G1", {"clear": "met"}))
    play.decides("bjorn", "G1", "go")
    assert play.shut_by("G2") == set()


def test_what_an_earlier_decision_opened_stays_open() -> None:
    play = recycled("idea")
    assert play.needed("clean_up") == ["open"]


def test_what_was_settled_must_be_settled_again() -> None:
    play = recycled("concept")
    play.decides("bjorn", "G2", "go")
    assert play.shut_by("G3") == set()
    assert play.instances("G2") == ["settled", "settled"]
    play.decides("bjorn", "G3", "done")
    assert play.track() == "completed"
