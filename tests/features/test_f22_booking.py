"""F22: a session that must be asked for long ahead."""

from __future__ import annotations

from datetime import date

import pytest

from innocities_engine.domain.commands import Present, TakeBack, TickOff
from tests.features.driver import Play

COURT = {"court": (date(2026, 10, 14), date(2026, 11, 11))}


def a_play(today: date = date(2026, 9, 1), *, passed: bool = False) -> Play:
    play = Play("F22", today=today, lead="astrid", panel="bjorn", court="dag", meetings=COURT)
    if passed:
        play.submit("astrid", "paper")
        play.do("astrid", TickOff("booked"))
        play.decides("bjorn", "G1", "go")
    return play


def test_a_session_on_request_lies_as_far_ahead_as_the_notice_asks() -> None:
    play = a_play()
    assert (play.due("booked"), play.due("paper")) == (date(2026, 9, 1), date(2026, 9, 29))


def test_each_day_without_asking_moves_the_session_and_asking_fixes_it() -> None:
    play = a_play().on(date(2026, 9, 2))
    assert play.due("paper") == date(2026, 9, 30)
    play.do("astrid", Present("G1"))
    play.on(date(2026, 9, 20))
    assert play.due("paper") == date(2026, 9, 30)
    play.do("astrid", TakeBack("G1"))
    assert play.due("paper") == date(2026, 10, 19)


@pytest.mark.parametrize(
    ("asked", "paper_due"),
    [
        (date(2026, 4, 9), date(2026, 5, 8)),  # Thursday 14 May is Ascension Day, so Friday
        (date(2026, 5, 30), date(2026, 6, 30)),  # 4 July is quiet; Monday 3 August, less a week
    ],
)
def test_such_a_session_falls_on_a_working_day_out_of_quiet_periods(
    asked: date, paper_due: date
) -> None:
    play = a_play(asked)
    play.do("astrid", Present("G1"))
    assert play.due("paper") == paper_due


def test_what_is_booked_is_ticked_off_and_holds_the_gate_until_then() -> None:
    play = a_play()
    assert play.shut_by("G1") == {"need_open booked", "need_open paper"}
    play.submit("astrid", "paper")
    play.do("astrid", TickOff("booked"))
    assert play.shut_by("G1") == set()


@pytest.mark.parametrize(
    ("entered", "paper_due"),
    [(date(2026, 9, 30), date(2026, 10, 12)), (date(2026, 10, 1), date(2026, 11, 9))],
)
def test_a_fixed_meeting_that_can_no_longer_be_asked_for_is_passed_over(
    entered: date, paper_due: date
) -> None:
    assert a_play(entered, passed=True).due("G2/paper") == paper_due
