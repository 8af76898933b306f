"""What dates count from, and what is known of them before."""

from __future__ import annotations

from datetime import date

import pytest

from innocities_engine.domain.commands import AnswerFact, TickOff
from tests.features.driver import Play

MEETINGS = {"board": (date(2026, 9, 20), date(2026, 10, 20))}
OPENING = "2026-09-10"


def a_play(**answers: bool | str) -> Play:
    return Play("dates", lead="astrid", board="bjorn", meetings=MEETINGS, answers=answers)


@pytest.mark.parametrize(
    ("need", "before", "after"),
    [
        ("p1", date(2026, 9, 15), date(2026, 9, 15)),  # the default of the gate
        ("p2", date(2027, 3, 15), date(2027, 3, 15)),  # the next such day
        ("p3", date(2026, 10, 1), date(2026, 9, 10)),  # the earliest that is known
        ("p4", None, date(2026, 10, 1)),  # the latest, when all are known
        ("p5", date(2026, 10, 5), date(2026, 10, 5)),
        ("p6", None, date(2026, 10, 1)),  # by rule
        ("p7", date(2026, 9, 20), date(2026, 9, 20)),
        ("look", date(2026, 9, 15), date(2026, 9, 15)),  # a gate asks once: the first time
        ("p8", None, date(2026, 9, 4)),  # from the day the act is said to have been done
    ],
)
def test_a_date_is_known_as_soon_as_what_it_counts_from_is(
    need: str, before: date | None, after: date
) -> None:
    play = a_play()
    assert play.due(f"G1/{need}") == before
    play.do("astrid", AnswerFact("opening", OPENING))
    play.do("astrid", AnswerFact("large", value=True))
    play.do("astrid", TickOff("visit", on=date(2026, 9, 1)))
    assert play.due(f"G1/{need}") == after


def passed() -> Play:
    play = a_play(opening=OPENING, large=False)
    play.do("astrid", TickOff("visit"))
    for n in range(1, 9):
        play.submit("astrid", f"p{n}")
    play.on(date(2026, 9, 9)).submit("astrid", "p9")
    play.decides("bjorn", "G1", "go")
    return play


def test_newer_than_a_date_means_after_that_day() -> None:
    play = a_play()
    for day, wanted in ((date(2026, 9, 8), True), (date(2026, 9, 9), False)):
        play.on(day).submit("astrid", "p9")
        assert ("need_open p9" in play.shut_by("G1")) is wanted


def test_dates_may_count_from_another_gate_or_phase() -> None:
    play = passed()
    assert (play.due("G2/p1"), play.due("G2/p2")) == (date(2026, 10, 9), date(2026, 9, 8))


def test_a_date_has_passed_when_its_day_is_over() -> None:
    play = passed().on(date(2026, 9, 10))
    assert "need_open open_now" in play.shut_by("G2")
    assert "need_open open_now" not in play.on(date(2026, 9, 11)).shut_by("G2")


def test_a_date_that_is_not_known_limits_no_version_and_has_not_passed() -> None:
    play = passed()
    assert "need_open p3" in play.shut_by("G2")
    play.do("astrid", AnswerFact("opening", None))
    assert "need_open p3" not in play.shut_by("G2")
    assert "need_open open_now" in play.shut_by("G2")
