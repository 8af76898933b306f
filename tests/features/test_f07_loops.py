"""F7: work goes round inside a phase until the conditions for leaving it hold."""

from __future__ import annotations

from datetime import timedelta

from innocities_engine.domain.commands import Raise
from tests.features.driver import Play, decision


def a_round(play: Play, outcome: str) -> None:
    play.on(play.situation.today + timedelta(7))
    play.do("astrid", Raise("round_trip"))
    play.submit("astrid", "findings")
    play.decides("astrid", "round_trip", outcome)


def test_the_phase_is_left_only_after_a_round_that_went_well() -> None:
    play = Play("F07", lead="astrid", board="bjorn")
    assert play.refused("bjorn", decision("G1", "go")) == {"need_open round_trip"}
    a_round(play, "fails")
    assert play.refused("bjorn", decision("G1", "go")) == {"need_open round_trip"}
    a_round(play, "works")
    play.decides("bjorn", "G1", "go")
    assert play.phase() == "daily"


def test_the_last_round_is_the_one_that_counts() -> None:
    play = Play("F07", lead="astrid", board="bjorn")
    a_round(play, "works")
    a_round(play, "fails")
    assert play.shut_by("G1") == {"need_open round_trip"}


def test_a_round_is_not_closed_without_its_findings() -> None:
    play = Play("F07", lead="astrid", board="bjorn")
    play.do("astrid", Raise("round_trip"))
    assert play.refused("astrid", decision("round_trip", "works")) == {"need_open findings"}


def test_a_phase_can_be_entered_anew_and_asks_for_what_is_new_since_then() -> None:
    play = Play("F07", lead="astrid", board="bjorn")
    a_round(play, "works")
    play.decides("bjorn", "G1", "go")
    assert play.shut_by("G2") == {"need_open findings"}
    play.on(play.situation.today + timedelta(300)).submit("astrid", "findings")
    play.decides("bjorn", "G2", "one_more_year")
    assert (play.phase(), play.project.tracks["trial"].entry) == ("daily", 2)
    assert play.instances("G2") == ["settled", "open"]
    assert play.shut_by("G2") == {"need_open findings"}
    play.on(play.situation.today + timedelta(300)).submit("astrid", "findings")
    play.decides("bjorn", "G2", "done")
    assert play.track() == "completed"
