"""F24: a programme starts projects, as many as it may, and counts how far they have come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from innocities_engine.domain.commands import Holding, StartFrom
from innocities_engine.domain.portfolio import inherited, left, offered
from innocities_engine.domain.project import Source
from tests.features.driver import Play

BOTH = {"orderer": ("eva",), "lead": ("astrid",)}


def a_programme() -> Play:
    return Play("F24", board="bjorn", coordinator="petter")


def spawn(project: str, method: str = "f12") -> StartFrom:
    return StartFrom(project, method, "1.0.0", project)


def count(programme: Play, *children: Play) -> None:
    """What the programme sees of its portfolio from now on."""
    portfolio = tuple(Holding(child.method, child.project) for child in children)
    programme.inputs = replace(programme.inputs, portfolio=portfolio)


def at_work() -> Play:
    child = Play("F12", board="bjorn")
    child.decides("bjorn", "G1", "go", appoint=BOTH)
    return child


def test_a_phase_offers_projects_while_the_programme_is_in_it() -> None:
    play = a_programme()
    play.do("petter", spawn("one"))
    assert [(c.project, c.place) for c in play.project.children] == [("one", "portfolio")]
    assert play.refused("petter", spawn("other", "f09")) == {"not_startable f09"}


def test_no_more_are_started_than_the_phase_lets() -> None:
    play = a_programme()
    for name in ("one", "two", "three"):
        play.do("petter", spawn(name))
    assert play.refused("petter", spawn("four")) == {"enough_started f12"}
    assert [left(play.project, *offer) for offer in offered(play.method, play.project)] == [0]


def test_while_the_programme_is_held_nothing_is_started() -> None:
    play = a_programme()
    play.decides("bjorn", "PG3", "hold", review_on=date(2026, 10, 1))
    assert play.refused("petter", spawn("one")) == {"not_startable f12"}


def test_a_project_inherits_the_newest_version_and_its_source() -> None:
    play = a_programme()
    for _ in range(2):
        play.submit("petter", "vision")
    [event] = play.do("petter", spawn("one"))
    [version] = inherited(play.project, event.inherits)  # type: ignore[union-attr]  # it is one
    assert (version.n, version.source) == (1, Source("halden", "p1", 2))


def test_the_gate_is_shut_until_enough_of_them_have_come_so_far() -> None:
    play = a_programme()
    waiting = Play("F12", board="bjorn")
    count(play, at_work(), waiting)
    assert play.shut_by("PG3") == {"need_open pilots"}
    count(play, at_work(), waiting, at_work())
    assert play.shut_by("PG3") == set()
    play.decides("bjorn", "PG3", "go")
    assert play.project.decisions[0].counts == {"f12: work entered": 2}


def test_projects_on_another_method_do_not_count() -> None:
    play = a_programme()
    count(play, at_work(), Play("F09", lead="astrid", board="bjorn"))
    assert play.shut_by("PG3") == {"need_open pilots"}


def test_whoever_owes_them_is_reminded_until_there_are_enough() -> None:
    play = a_programme()
    assert play.due("pilots") == date(2027, 3, 1)
    assert play.reminded("pilots") == [("near", date(2027, 2, 15), ("coordinator",))]
    count(play, at_work(), at_work())
    assert play.reminded("pilots") == []


def test_an_outcome_offers_its_own_once_it_is_in_force() -> None:
    play = a_programme()
    count(play, at_work(), at_work())
    play.decides("bjorn", "PG3", "go")
    play.do("petter", spawn("one"))
    assert play.project.children[-1].place == "PG3.go"
    assert play.refused("petter", spawn("two")) == {"enough_started f12"}
