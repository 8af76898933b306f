"""F21: dates are counted backward from the meetings that are really held."""

from __future__ import annotations

from datetime import date

from tests.features.driver import Play

MEETINGS = {
    "board": (date(2026, 10, 7), date(2026, 11, 4)),
    "council": (date(2026, 10, 14),),
}


def a_play(**meetings: tuple[date, ...]) -> Play:
    return Play(
        "F21", lead="astrid", board="bjorn", council="ola", meetings={**MEETINGS, **meetings}
    )


def test_a_paper_is_due_so_many_working_days_before_the_next_meeting() -> None:
    assert a_play().due("paper") == date(2026, 10, 5)
    assert a_play(board=(date(2026, 5, 19), date(2027, 5, 18))).due("paper") == date(2027, 5, 13)


def test_a_date_may_count_from_the_meeting_of_another_body() -> None:
    assert a_play().due("memo") == date(2026, 9, 23)


def test_the_owner_is_reminded_before_the_date_and_the_decider_told_after_it() -> None:
    assert a_play().reminded("G1/paper")[:2] == [
        ("early", date(2026, 9, 28), ("lead",)),
        ("late", date(2026, 10, 6), ("lead", "board")),
    ]


def test_after_a_missed_meeting_the_next_one_counts_and_nothing_is_told_twice() -> None:
    play = a_play().on(date(2026, 10, 7))
    assert play.due("paper") == date(2026, 10, 5)
    play.on(date(2026, 10, 8))
    assert play.due("paper") == date(2026, 11, 2)
    told = [key for key in play.project.raised if "paper" in key]
    assert len(told) == len(set(told)) == 2
    assert play.reminded("G1/paper") == [
        ("early", date(2026, 10, 26), ("lead",)),
        ("late", date(2026, 11, 3), ("lead", "board")),
    ]


def test_where_no_meeting_is_fixed_none_is_invented_and_it_is_said() -> None:
    play = a_play(board=())
    assert (play.due("paper"), play.warned("G1")) == (
        None, {"no_meeting board", "need_open memo"}
    )  # fmt: skip
    assert play.reminded("G1/paper") == []


def test_once_the_papers_are_there_the_decision_is_due_at_the_meeting() -> None:
    play = a_play()
    assert play.reminded("decide:") == []
    play.submit("astrid", "paper")
    assert ("early", date(2026, 9, 30), ("board",)) in play.reminded("decide:")
    play.decides("bjorn", "G1", "go")
    assert play.track() == "completed"
