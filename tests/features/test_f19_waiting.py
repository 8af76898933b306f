"""F19: a decision waits until the law lets it stand."""

from __future__ import annotations

from datetime import date

from innocities_engine.domain.commands import AnswerFact, Extend, TickOff
from innocities_engine.domain.project import Recorded
from tests.features.driver import Play, decision

SESSION = date(2026, 5, 26)
RESULT = Recorded("siv", ("jan", "kari"), minutes="31/26", on=SESSION)


def a_play(outcome: str = "go") -> Play:
    """The day after the session, the minutes not yet approved."""
    play = Play(
        "F19", today=date(2026, 5, 4), lead="astrid", secretary="siv", committee="jan kari lise"
    )
    play.on(date(2026, 5, 27)).decides("siv", "G1", outcome, recorded=RESULT)
    return play


def posted() -> Play:
    """The notice was posted on 29 May 2026."""
    play = a_play()
    play.on(date(2026, 5, 28)).do("siv", TickOff("adjusted"))
    play.on(date(2026, 5, 29)).do("siv", TickOff("posted"))
    return play


def test_the_clocks_hang_on_the_body_that_decided_and_run_one_after_the_other() -> None:
    play = a_play()
    assert [play.needed(key) for key in ("adjusted", "posted", "final")] == [
        ["open"], ["dormant"], ["dormant"]
    ]  # fmt: skip
    assert play.due("adjusted") == date(2026, 6, 9)
    assert play.refused("siv", TickOff("posted")) == {f"not_open {play.need('posted').key}"}
    play.do("siv", TickOff("adjusted", on=date(2026, 5, 27)))
    assert play.due("posted") == date(2026, 5, 29)


def test_whoever_owes_the_next_step_is_reminded() -> None:
    play = a_play()
    assert play.reminded("adjusted") == [("today", date(2026, 6, 9), ("secretary",))]


def test_the_move_waits_from_the_decision_on_also_while_the_wait_is_still_dormant() -> None:
    play = a_play()
    assert (play.phase(), play.track()) == ("idea", "moving")
    assert play.on(date(2026, 12, 1)).track() == "moving"


def test_three_weeks_that_end_on_midsummer_eve_end_on_the_monday_after() -> None:
    play = posted()
    assert play.on(date(2026, 6, 22)).track() == "moving"
    assert play.on(date(2026, 6, 23)).phase() == "work"
    assert play.project.tracks["idea"].entered_at.isoformat() == "2026-06-22T22:00:00+00:00"


def test_an_appeal_in_time_holds_the_decision_until_the_court_has_spoken() -> None:
    play = posted()
    assert play.refused("astrid", AnswerFact("appealed", "2026-06-10")) == {"not_entitled appealed"}
    play.on(date(2026, 6, 12)).do("siv", AnswerFact("appealed", "2026-06-10"))
    assert play.on(date(2026, 12, 1)).track() == "moving"
    play.do("siv", AnswerFact("judged", "2026-11-30"))
    assert play.phase() == "work"


def test_an_appeal_concerns_the_one_decision_it_was_made_against() -> None:
    play = posted()
    play.on(date(2026, 6, 12)).do("siv", AnswerFact("appealed", "2026-06-10"))
    play.do("siv", AnswerFact("judged", "2026-06-12"))
    play.decides("astrid", "G2", "back")
    play.decides("siv", "G1", "go", recorded=Recorded("siv", ("jan", "kari"), "40/26"))
    for act in ("adjusted", "posted"):
        play.do("siv", TickOff(act))
    assert play.track() == "moving"
    assert play.on(date(2026, 7, 4)).phase() == "work"


def test_a_statutory_date_is_not_moved_by_hand_and_a_stop_waits_too() -> None:
    play = a_play("stop")
    assert play.track() == "moving"
    assert play.refused("jan", Extend("final", date(2026, 12, 1), "Please")) != set()


def test_a_decision_of_somebody_else_does_not_wait() -> None:
    play = posted().on(date(2026, 6, 23))
    play.decides("astrid", "G2", "done")
    assert play.track() == "completed"


def test_whoever_did_not_take_the_minutes_does_not_record_the_result() -> None:
    play = Play("F19", lead="astrid", secretary="siv", committee="jan kari lise")
    by_a_member = decision("G1", "go", recorded=Recorded("jan", ("jan", "kari"), "31/26"))
    assert play.refused("jan", by_a_member) == {"not_entitled G1"}
