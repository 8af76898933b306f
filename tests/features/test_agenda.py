"""Which gates wait for a body, and which of its meetings can take each of them up."""

from __future__ import annotations

from datetime import date

from innocities_engine.domain import agenda
from tests.features.driver import Play
from tests.features.test_f21_meetings import a_play as with_a_board
from tests.features.test_f22_booking import COURT
from tests.features.test_f22_booking import a_play as booked_ahead

FIRST, SECOND = date(2026, 10, 7), date(2026, 11, 4)


def waiting(play: Play, name: str = "board") -> list[agenda.Item]:
    return list(agenda.items(play.situation, agenda.bodies(play.method, name)))


def test_a_gate_waits_for_the_body_that_decides_it_and_for_no_other() -> None:
    play = with_a_board()
    assert [(i.passage.key, i.body.id, i.day) for i in waiting(play)] == [("G1#1", "board", FIRST)]
    assert waiting(play, "council") == []


def test_a_body_goes_by_its_id_its_title_and_the_calendar_it_meets_by() -> None:
    method = with_a_board().method
    for name in ("board", "Board", "BOARD"):
        assert [body.id for body in agenda.bodies(method, name)] == ["board"]
    assert agenda.bodies(method, "lead") == ()


def test_what_was_decided_waits_for_nobody() -> None:
    play = with_a_board()
    play.decides("bjorn", "G1", "stop")
    assert waiting(play) == []


def test_the_meetings_from_the_first_that_a_gate_reaches_can_take_it_up() -> None:
    play = with_a_board()
    [item] = waiting(play)
    assert [agenda.is_reached(play.situation, item, day) for day in (FIRST, SECOND)] == [True] * 2
    play.on(date(2026, 10, 8))
    [item] = waiting(play)
    assert item.day == SECOND
    assert agenda.is_reached(play.situation, item, SECOND)


def test_what_is_put_forward_too_late_for_one_meeting_comes_up_in_the_next() -> None:
    play = booked_ahead(date(2026, 10, 8), passed=True)
    [item] = waiting(play, "court")
    first, second = COURT["court"]
    assert not agenda.is_reached(play.situation, item, first)
    assert agenda.is_reached(play.situation, item, second)


def test_what_a_past_meeting_decided_can_still_be_written_down() -> None:
    play = booked_ahead(date(2026, 10, 15), passed=True)
    [item] = waiting(play, "court")
    assert agenda.is_reached(play.situation, item, COURT["court"][0])
