"""When a rung of a ladder rings, and for whom: beside holds, quiet periods and other rungs."""

from __future__ import annotations

from datetime import date

from innocities_engine.domain import commands as k
from tests.features.driver import Play

DUE = date(2026, 9, 15)


def a_play() -> Play:
    return Play("reminding", lead="astrid", board="bjorn", fitter="finn")


def test_of_two_rungs_of_one_day_neither_overtakes_the_other() -> None:
    assert a_play().reminded("fitted") == [
        ("today", DUE, ("fitter",)),
        ("alarm", date(2026, 9, 22), ("board",)),
        ("late", date(2026, 9, 22), ("fitter", "lead")),
    ]


def test_what_waits_for_its_word_reminds_the_role_that_gives_it() -> None:
    play = a_play()
    play.do("finn", k.TickOff("fitted"))
    assert play.reminded("fitted")[0] == ("today", DUE, ("board",))
    play.do("astrid", k.Assign("board", ("eva",)))
    assert play.reminded("fitted")[0] == ("today", DUE, ("board",))


def test_a_rung_stands_still_on_hold_but_not_of_what_the_law_lets_run_on() -> None:
    play = a_play().on(date(2026, 9, 18))
    play.decides("bjorn", "G1", "pause", review_on=date(2026, 9, 30))
    assert [day for _, day, _ in play.reminded("reply")] == [date(2026, 9, 22)] * 2
    play.on(date(2026, 9, 30)).do("bjorn", k.Resume())
    assert [day for _, day, _ in play.reminded("fitted")] == [date(2026, 10, 4)] * 2


def test_what_is_done_on_hold_starts_its_clocks_when_the_hold_ends() -> None:
    play = a_play().on(date(2026, 9, 2))
    play.decides("bjorn", "G1", "pause", review_on=date(2026, 9, 20))
    play.on(date(2026, 9, 10)).do("finn", k.TickOff("fitted"))
    play.do("bjorn", k.Accept("fitted"))
    play.on(date(2026, 9, 20)).do("bjorn", k.Resume())
    assert play.due("swept") == date(2026, 9, 27)


def test_a_waiver_makes_a_gate_ready_as_much_as_what_is_done() -> None:
    play = a_play()
    for need, who in (("fitted", "finn"), ("reply", "astrid")):
        play.do(who, k.TickOff(need))
    play.do("bjorn", k.Accept("fitted"))
    play.on(date(2026, 9, 9)).do("bjorn", k.Waive("plan", "There is none"))
    assert play.reminded("decide:")[0] == ("today", date(2026, 9, 19), ("board",))


def test_what_comes_to_light_in_a_quiet_period_is_told_after_it() -> None:
    play = a_play().on(date(2026, 12, 28))
    play.do("astrid", k.AnswerFact("opening", "2026-12-29"))
    assert play.reminded("invited")[0] == ("today", date(2027, 1, 3), ("lead",))


def test_the_review_of_a_hold_is_no_law_and_waits_for_the_end_of_a_quiet_period() -> None:
    play = a_play().on(date(2026, 12, 1))
    play.decides("bjorn", "G1", "pause", review_on=date(2026, 12, 28))
    assert play.reminded("review:")[0] == ("today", date(2027, 1, 3), ("board",))
