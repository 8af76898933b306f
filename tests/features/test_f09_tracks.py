"""F9: a track that runs beside the main one, opened and ended by rules."""

from __future__ import annotations

from datetime import date

from innocities_engine.domain.commands import TickOff
from tests.features.driver import Play


def a_play() -> Play:
    return Play("F09", lead="astrid", board="bjorn")


def test_a_track_opens_when_its_own_rule_turns_true_and_once_in_a_project() -> None:
    play = a_play()
    assert play.track("dialogue") == "unopened"
    play.decides("bjorn", "G1", "go")
    assert (play.track("dialogue"), play.phase()) == ("running", "work")
    play.decides("bjorn", "G2", "back")
    play.decides("bjorn", "G1", "go")
    assert len(play.project.entries["dialogue"]) == 1


def test_two_tracks_may_open_at_the_start_and_one_of_them_is_the_main_one() -> None:
    play = a_play()
    assert (play.track("idea"), play.track("watch")) == ("running", "running")
    assert play.method.main_root == "idea"


def test_what_it_asks_comes_again_and_holds_nothing_shut() -> None:
    play = a_play()
    play.decides("bjorn", "G1", "go")
    assert (play.due("meet"), play.shut_by("G2")) == (date(2026, 10, 1), set())
    play.on(date(2026, 9, 20)).do("astrid", TickOff("meet"))
    assert play.needed("meet") == ["done"]
    assert play.on(date(2026, 10, 2)).needed("meet") == ["done", "open"]
    assert play.due("meet") == date(2026, 11, 1)


def test_it_ends_by_its_rule_with_nothing_decided() -> None:
    play = a_play()
    play.decides("bjorn", "G1", "go")
    play.decides("bjorn", "G2", "done")
    assert (play.track(), play.track("dialogue")) == ("completed", "completed")


def test_a_track_without_such_a_rule_goes_on_after_the_main_one_is_completed() -> None:
    play = a_play()
    play.decides("bjorn", "G1", "go")
    play.decides("bjorn", "G2", "done")
    assert play.track("watch") == "running"
    play.decides("astrid", "G3", "over")
    assert play.track("watch") == "completed"


def test_stopping_the_main_track_stops_every_track() -> None:
    play = a_play()
    play.decides("bjorn", "G1", "go")
    play.decides("bjorn", "G2", "stop")
    assert {play.track(root) for root in play.method.roots} == {"stopped"}
    assert play.needed("meet") == ["lapsed"]
