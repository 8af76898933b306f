"""While a decision waits to take effect the project can still be stopped, turned or looked at."""

from __future__ import annotations

from datetime import date

from innocities_engine.domain.commands import Raise
from tests.features.driver import Play

IN_FORCE = date(2026, 9, 12)


def moving() -> Play:
    """The board has decided to go; the effect waits ten days."""
    play = Play("moves", lead="astrid", board="bjorn")
    play.submit("astrid", "plan")
    play.decides("bjorn", "G1", "go")
    return play


def halted(outcome: str) -> Play:
    play = moving()
    play.do("astrid", Raise("halt"))
    play.decides("astrid", "halt", outcome)
    return play


def test_until_its_effect_a_decision_has_settled_nothing() -> None:
    play = moving()
    assert (play.track(), play.phase(), play.instances("G1")) == ("moving", "work", ["decided"])
    assert play.track("follow_up") == "unopened"
    play.on(IN_FORCE)
    assert (play.track(), play.phase(), play.instances("G1")) == ("running", "daily", ["settled"])
    assert play.track("follow_up") == "running"


def test_a_checkpoint_meanwhile_leaves_it_waiting() -> None:
    play = halted("go_on")
    assert play.track() == "moving"
    assert play.on(IN_FORCE).phase() == "daily"


def test_a_turn_meanwhile_cancels_it_and_the_gate_is_asked_anew() -> None:
    play = halted("restart")
    assert (play.track(), play.instances("G1")) == ("running", ["lapsed", "open"])
    assert play.needed("wait") == ["lapsed"]
    assert play.on(IN_FORCE).phase() == "work"


def test_a_stop_meanwhile_is_final() -> None:
    play = halted("stop").on(IN_FORCE)
    assert (play.track(), play.needed("wait")) == ("stopped", ["lapsed"])
    assert play.track("follow_up") == "unopened"


def test_a_project_on_hold_may_be_passed_without_resuming_and_the_other_tracks_go_on() -> None:
    play = moving().on(IN_FORCE)
    play.decides("bjorn", "G2", "pause", review_on=date(2026, 9, 20))
    assert (play.track(), play.track("follow_up")) == ("held", "running")
    play.decides("bjorn", "G2", "done")
    assert (play.track(), play.track("follow_up")) == ("completed", "running")
    play.decides("astrid", "S1", "over")
    assert play.track("follow_up") == "completed"
