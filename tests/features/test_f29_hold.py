"""F29: a project on hold until a review date, after which it goes on where it was."""

from __future__ import annotations

from datetime import date

from innocities_engine.domain.commands import Assign, Rate, Resume
from tests.features.driver import Play, decision

REVIEW = date(2026, 10, 1)


def a_play() -> Play:
    return Play("F29", lead="astrid", board="bjorn dag eva")


def held(since: date = date(2026, 9, 11)) -> Play:
    play = a_play().on(since)
    for person in ("bjorn", "dag"):
        play.decides(person, "G1", "hold", review_on=REVIEW)
    return play


def test_the_decision_sets_a_review_date_within_the_bound() -> None:
    play = a_play()
    assert play.refused("bjorn", decision("G1", "hold")) == {"carry_missing review_on"}
    for day in (date(2026, 9, 1), date(2026, 11, 1)):
        assert play.refused("bjorn", decision("G1", "hold", review_on=day)) == {
            "bad_value review_on"
        }
    assert play.refused("bjorn", decision("G1", "stop", review_on=REVIEW)) == {
        "bad_value review_on"
    }
    assert held().track() == "held"


def test_time_only_reminds_of_the_review_and_never_resumes() -> None:
    play = held()
    assert play.reminded("review:") == [("near", date(2026, 9, 26), ("board",))]
    assert play.on(date(2027, 3, 1)).track() == "held"


def test_whoever_decided_resumes_at_the_same_phase_and_the_same_gate() -> None:
    play = held().on(REVIEW)
    assert play.refused("astrid", Resume()) == {"not_entitled idea"}
    play.do("dag", Resume())
    assert (play.track(), play.phase(), play.passage("G1").n) == ("running", "idea", 1)
    assert play.refused("dag", Resume()) == {"wrong_state idea"}


def test_dates_move_by_the_days_on_hold_but_those_of_the_law_and_the_year_run_on() -> None:
    play = a_play()
    assert play.due("plan") == date(2026, 9, 21)
    play = held().on(REVIEW)
    play.do("dag", Resume())
    assert play.due("plan") == date(2026, 10, 11)
    assert play.due("reply") == date(2026, 9, 29)
    assert play.due("report") == date(2026, 12, 15)


def test_while_it_is_held_nobody_is_reminded_of_what_stands_still() -> None:
    play = held(date(2026, 9, 2)).on(date(2026, 9, 20))
    assert not [key for key in play.project.raised if "plan" in key]
    assert play.reminded("plan") == []
    assert play.reminded("reply") == [("near", date(2026, 9, 24), ("lead",))]


def test_verdicts_stay_and_votes_are_used_up() -> None:
    play = a_play()
    play.submit("astrid", "plan")
    for person in ("bjorn", "dag"):
        play.do(person, Rate("G1", {"clear": "met"}))
    play.decides("eva", "G1", "go")
    for person in ("bjorn", "dag"):
        play.decides(person, "G1", "hold", review_on=REVIEW)
    play.on(REVIEW).do("dag", Resume())
    assert play.shut_by("G1") == set()
    play.decides("dag", "G1", "go")
    assert play.phase() == "idea"
    play.decides("bjorn", "G1", "go")
    assert play.phase() == "work"


def test_it_may_be_decided_without_resuming_first() -> None:
    play = held()
    for person in ("bjorn", "eva"):
        play.decides(person, "G1", "stop")
    assert play.track() == "stopped"


def test_it_is_held_no_more_often_than_the_method_allows() -> None:
    play = held()
    play.on(date(2026, 9, 20)).do("dag", Resume())
    for person in ("bjorn", "dag"):
        play.decides(person, "G1", "hold", review_on=REVIEW)
    play.on(REVIEW).do("dag", Resume())
    third = decision("G1", "hold", review_on=date(2026, 11, 1))
    assert play.refused("bjorn", third) == {"not_offered G1.hold"}


def test_votes_of_people_who_left_do_not_count() -> None:
    play = a_play()
    play.decides("bjorn", "G1", "stop")
    play.do("astrid", Assign("board", ("dag", "eva", "liv")))
    play.decides("dag", "G1", "stop")
    assert play.track() == "running"
    play.decides("eva", "G1", "stop")
    assert play.track() == "stopped"
