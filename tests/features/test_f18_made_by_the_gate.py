"""F18: a document that the decision itself makes, or that is written up after it."""

from __future__ import annotations

from datetime import date

import pytest

from innocities_engine import errors
from innocities_engine.domain.commands import Withdraw
from tests.features.driver import Play, decision, paper

DIRECTIVE = {"directive": paper("directive")}


def a_play() -> Play:
    return Play("F18", lead="astrid", board="bjorn", secretary="siv")


def test_the_decision_carries_the_document_it_makes() -> None:
    play = a_play()
    assert play.refused("bjorn", decision("G1", "go")) == {"carry_missing directive"}
    play.decides("bjorn", "G1", "go", attach=DIRECTIVE)
    assert (play.phase(), play.version("directive")) == ("work", "submitted")
    assert play.needed("directive") == ["done"]


def test_a_decision_carries_nothing_that_its_outcome_does_not_ask() -> None:
    play = a_play()
    assert play.refused("bjorn", decision("G1", "stop", attach=DIRECTIVE)) == {
        "bad_value directive"
    }


def test_the_minutes_are_written_up_after_it_by_a_date_and_hold_what_the_method_says() -> None:
    play = a_play()
    play.submit("siv", "minutes")
    play.decides("bjorn", "G1", "go", attach=DIRECTIVE)
    assert (play.due("minutes"), play.shut_by("G2")) == (
        date(2026, 9, 15), {"need_open minutes"}
    )  # fmt: skip
    assert play.reminded("minutes") == [("near", date(2026, 9, 11), ("secretary",))]
    play.submit("siv", "minutes")
    play.decides("bjorn", "G2", "done")
    assert play.track() == "completed"


def test_what_a_decision_asked_for_stays_done_also_if_it_is_taken_back() -> None:
    play = a_play()
    play.decides("bjorn", "G1", "go", attach=DIRECTIVE)
    play.submit("siv", "minutes")
    play.do("siv", Withdraw("minutes"))
    assert (play.version("minutes"), play.needed("minutes")) == ("withdrawn", ["done"])
    assert play.shut_by("G2") == set()


def test_each_decision_asks_for_its_own() -> None:
    play = a_play()
    play.decides("bjorn", "G1", "go", attach=DIRECTIVE)
    play.submit("siv", "minutes")
    play.decides("bjorn", "G2", "back")
    play.decides("bjorn", "G1", "go", attach=DIRECTIVE)
    assert play.needed("minutes") == ["done", "open"]
    assert play.version("directive", 2) == "submitted"


def test_what_the_ending_decision_asks_for_is_still_handed_in_and_nothing_else() -> None:
    play = a_play()
    play.decides("bjorn", "G1", "stop")
    assert play.refused("bjorn", decision("G1", "go")) == {"not_open G1"}
    with pytest.raises(errors.Refused):
        play.submit("bjorn", "directive")
    play.submit("siv", "minutes")
    assert play.needed("minutes") == ["done"]
