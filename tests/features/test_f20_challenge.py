"""F20: the project may challenge a decision before it takes effect."""

from __future__ import annotations

from datetime import date

from innocities_engine.domain.commands import Raise
from tests.features.driver import Play, decision

LAST_DAY = date(2026, 9, 15)  # ten working days after Tuesday 1 September


def stopped() -> Play:
    """The board has decided to stop; the window is open."""
    play = Play("F20", lead="astrid", board="bjorn", director="dag")
    play.decides("bjorn", "G1", "stop")
    return play


def challenged() -> Play:
    play = stopped()
    play.do("astrid", Raise("challenge"))
    play.submit("astrid", "plea")
    return play


def test_unless_it_is_challenged_the_decision_takes_effect_when_the_window_closes() -> None:
    play = stopped()
    assert play.on(LAST_DAY).track() == "moving"
    assert play.on(date(2026, 9, 16)).track() == "stopped"


def test_only_such_a_decision_can_be_challenged_and_only_while_the_window_is_open() -> None:
    play = Play("F20", lead="astrid", board="bjorn", director="dag")
    assert play.refused("astrid", Raise("challenge")) == {"not_open challenge"}
    play = stopped().on(LAST_DAY)
    assert play.refused("bjorn", Raise("challenge")) == {"not_entitled challenge"}
    play.do("astrid", Raise("challenge"))
    late = stopped().on(date(2026, 9, 16))
    assert late.refused("astrid", Raise("challenge")) == {"not_open challenge"}


def test_a_challenge_raised_in_time_is_heard_however_late_it_is_decided() -> None:
    play = challenged().on(date(2026, 10, 20))
    assert play.track() == "moving"
    play.decides("dag", "challenge", "rejected")
    assert play.track() == "stopped"


def test_a_challenge_that_is_rejected_early_leaves_the_rest_of_the_window() -> None:
    play = challenged()
    play.decides("dag", "challenge", "rejected")
    assert play.track() == "moving"
    assert play.on(date(2026, 9, 16)).track() == "stopped"


def test_a_challenge_that_is_upheld_asks_the_first_gate_again() -> None:
    play = challenged()
    play.decides("dag", "challenge", "upheld")
    assert (play.track(), play.phase()) == ("running", "idea")
    assert (play.passage("G1").n, play.passage("G1").asking) == (1, 2)
    assert play.needed("window") == ["lapsed"]
    assert play.on(date(2026, 10, 1)).track() == "running"
    play.decides("bjorn", "G1", "go")
    assert play.phase() == "work"


def test_once_a_decision_has_taken_effect_it_is_answered_by_another_one_only() -> None:
    play = Play("F20", lead="astrid", board="bjorn", director="dag")
    play.decides("bjorn", "G1", "go")
    assert play.refused("astrid", Raise("challenge")) != set()
    play.decides("bjorn", "G2", "back")
    assert (play.phase(), play.passage("G1").n) == ("idea", 2)
    assert play.refused("dag", decision("challenge", "upheld")) == {"not_open challenge"}
