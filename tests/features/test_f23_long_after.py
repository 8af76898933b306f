"""F23: checks long after the project has closed, addressed to roles and not to people."""

from __future__ import annotations

from datetime import date

from innocities_engine.domain.commands import Assign
from tests.features.driver import Play, decision


def closed() -> Play:
    play = Play("F23", lead="astrid", line="lars")
    play.decides("astrid", "G1", "done")
    return play


def checked(play: Play, day: date, outcome: str = "seen") -> None:
    play.on(day).submit("lars", "measurement")
    play.decides("lars", "effect", outcome)


def test_closing_the_project_opens_the_follow_up_and_stopping_it_does_not() -> None:
    assert (closed().track(), closed().track("effects")) == ("completed", "running")
    play = Play("F23", lead="astrid", line="lars")
    play.decides("astrid", "G1", "stop")
    play.on(date(2029, 1, 1))
    assert (play.track("effects"), play.track("upkeep")) == ("unopened", "unopened")


def test_the_checks_open_on_their_own_dates() -> None:
    play = closed()
    assert play.on(date(2027, 2, 28)).instances("effect") == []
    checked(play, date(2027, 3, 1))
    assert play.on(date(2027, 8, 31)).instances("effect") == ["settled"]
    checked(play, date(2027, 9, 1))
    checked(play, date(2028, 9, 1))
    assert [p.slot for p in play.project.passages_of("effect")] == ["half", "year", "two"]
    assert play.on(date(2035, 1, 1)).instances("effect") == ["settled"] * 3


def test_each_check_asks_for_a_measurement_of_its_own() -> None:
    play = closed()
    checked(play, date(2027, 3, 1))
    play.on(date(2027, 9, 1))
    assert play.refused("lars", decision("effect", "seen")) == {"need_open measurement"}


def test_the_same_check_is_asked_again_and_the_follow_up_ends_when_enough_have_been_made() -> None:
    play = closed()
    checked(play, date(2027, 3, 1), "act")
    assert play.passage("effect").asking == 2
    assert play.refused("lars", decision("effect", "over")) == {"not_offered effect.over"}
    play.decides("lars", "effect", "seen")
    checked(play, date(2027, 9, 1))
    checked(play, date(2028, 9, 1), "over")
    assert play.track("effects") == "completed"


def test_a_track_may_open_by_the_calendar_and_come_again_each_year() -> None:
    play = closed()
    assert play.on(date(2027, 8, 31)).track("upkeep") == "unopened"
    assert play.on(date(2027, 9, 1)).track("upkeep") == "running"
    for year in (2028, 2029):
        assert play.on(date(year, 8, 31)).is_open("inspection") is False
        play.on(date(year, 9, 1)).decides("lars", "inspection", "sound")
    assert play.on(date(2031, 9, 1)).instances("inspection") == ["settled", "settled"]


def test_whoever_holds_the_role_then_is_the_one_who_is_reminded() -> None:
    play = closed().on(date(2027, 3, 1))
    play.do("astrid", Assign("line", ("mona",)))
    play.submit("mona", "measurement")
    assert play.reminded("decide:effect") == [("near", date(2027, 3, 18), ("line",))]
    assert play.refused("lars", decision("effect", "seen")) == {"not_entitled effect"}
    play.decides("mona", "effect", "seen")
