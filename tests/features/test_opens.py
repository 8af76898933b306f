"""A need that does not exist yet holds nothing; a chain holds as soon as its first link does."""

from __future__ import annotations

from datetime import date

import pytest

from innocities_engine import errors
from innocities_engine.domain.commands import Accept, AnswerFact, TickOff
from tests.features.driver import Play


def a_play() -> Play:
    return Play("opens", lead="astrid", board="bjorn", answers={"staffed": False, "risky": False})


def ticked(play: Play, *acts: str) -> Play:
    for act in acts:
        play.do("astrid", TickOff(act))
    return play


def test_whoever_owes_a_need_of_the_first_phase_is_there_from_the_start() -> None:
    with pytest.raises(errors.Refused) as refused:
        Play("opens", board="bjorn")
    assert [(b.code, b.subject) for b in refused.value.blockers] == [("role_empty", "lead")]


def test_before_its_day_a_need_asks_for_nothing() -> None:
    play = ticked(a_play(), "plan", "check")
    assert play.shut_by("G1") == set()
    assert play.needed("later") == ["dormant"]
    assert play.on(date(2026, 9, 30)).shut_by("G1") == set()
    assert play.on(date(2026, 10, 1)).shut_by("G1") == {"need_open later"}


def test_a_need_that_opens_by_a_rule_begins_when_the_rule_turns_true() -> None:
    play = ticked(a_play(), "plan", "check")
    play.do("astrid", AnswerFact("risky", value=True))
    assert play.shut_by("G1") == {"need_open if_risky"}


def test_a_chain_holds_from_its_first_link_on() -> None:
    play = a_play()
    assert play.shut_by("G1") == {"need_open plan", "need_open check"}
    assert play.needed("check") == ["dormant"]
    ticked(play, "plan")
    assert play.shut_by("G1") == {"need_open check"}


def test_a_chain_whose_first_link_does_not_exist_holds_nothing() -> None:
    play = ticked(a_play(), "plan", "check")
    assert play.shut_by("G1") == set()
    play.do("astrid", AnswerFact("staffed", value=True))
    assert play.shut_by("G1") == {"need_open union", "need_open agreed"}


def test_a_need_may_hold_another_need_shut() -> None:
    play = ticked(a_play(), "plan", "check")
    play.decides("bjorn", "G1", "go")
    assert play.refused("astrid", TickOff("keys")) == {"need_open doors"}
    ticked(play, "doors", "keys")
    assert play.shut_by("G2") == set()


def test_what_blocks_the_end_holds_its_completion_and_nothing_before() -> None:
    play = ticked(a_play(), "plan", "check")
    play.decides("bjorn", "G1", "go")
    play.decides("bjorn", "G2", "back")
    ticked(play, "plan", "check")
    play.decides("bjorn", "G1", "go")
    ticked(play, "doors", "keys")
    assert play.shut_by("G2", "done") == {"need_open clean_up"}
    ticked(play, "clean_up")
    play.do("bjorn", Accept("clean_up"))
    play.decides("bjorn", "G2", "done")
    assert play.track() == "completed"
