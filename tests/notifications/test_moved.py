"""Letters around a move to another version of the method: whoever has to say something again is
told so, and what was reminded of is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import pytest

from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.domain.migration import Migration, Policy
from innocities_engine.domain.project import Proposal
from innocities_engine.domain.situation import Situation
from innocities_engine.erasure import erase, search
from innocities_engine.store import incidents
from innocities_engine.store.outbox import Waiting
from notifications import moved
from tests.notifications.conftest import Morning
from tests.notifications.test_delivery import text_of
from tests.notifications.test_news import Bridge
from tests.store import given
from tests.test_adopting import adopt, neighbour

Raw: TypeAlias = dict[str, Any]
BOARD = ("bjorn", "eva", "fia")


@pytest.fixture
def town(morning: Morning) -> Iterator[Bridge]:
    """A board of three that decides by majority, and judges first; Eva reads Swedish."""
    world = morning.world
    raw = changed("1.5.0", by_majority)
    world.office.publish("oslo", raw, "dag")
    for person, language in (("eva", "sv"), ("fia", "en")):
        world.office.put_person("oslo", given.a_person(person, "member", language=language), "dag")
    members = {"lead": ("astrid",), "board": BOARD}
    project = world.started(version="1.5.0", members=members)
    world.engine.execute("oslo", project, k.Submit("plan", given.LINK), "astrid")
    morning.deliver()
    yield Bridge(morning, project, morning.mailer.sent.copy())
    assert examine(world.engine) == []
    assert incidents.waiting(world.store, "oslo") == []


def changed(version: str, *ways: Callable[[Raw], None]) -> Raw:
    raw = deepcopy(given.a_method())
    for way in ways:
        way(raw)
    return {**raw, "version": version}


def by_majority(raw: Raw) -> None:
    raw["gates"]["G1"]["decides"]["by"] = {"role": "board", "quorum": "majority"}
    raw["gates"]["G1"]["criteria"] = {"clear": {"question": {"en": "Is it clear?"}}}


def by_all(raw: Raw) -> None:
    raw["gates"]["G1"]["decides"]["by"] = {"role": "board", "quorum": "all"}


def other_scale(raw: Raw) -> None:
    raw["gates"]["G1"]["criteria"]["clear"] |= {"scale": ["yes", "no"]}


def asked_for_costs(raw: Raw) -> None:
    raw["artefacts"]["costs"] = {"title": {"en": "Costs"}, "by": "lead"}
    raw["ladders"]["early"] = {"far": {"at": "30 days before due", "to": ["owner"]}}
    raw["gates"]["G1"]["needs"]["costs"] = {"due": "50 days after entry", "remind": "early"}


def moves(town: Bridge, version: str, *ways: Callable[[Raw], None]) -> list[str]:
    world = town.morning.world
    world.office.publish("oslo", changed(version, by_majority, *ways), "dag")
    town.does("dag", k.Migrate("liten", version, "keep", "Better"))
    return in_the_morning(town)


def in_the_morning(town: Bridge) -> list[str]:
    town.morning.world.clock.now += town.morning.until_morning()
    return town.waits()


def raised(town: Bridge) -> list[str]:
    return list(town.morning.world.engine.view("oslo", town.project, "astrid").project.raised)


def of(told: list[str], person: str) -> list[str]:
    return [line for line in told if line.startswith(f"{person}:")]


def test_whoever_has_voted_is_asked_again_in_their_language_and_once(town: Bridge) -> None:
    town.does("eva", k.Rate("G1", {"clear": "met"}))
    town.does("eva", k.Decide("G1", Proposal("go")))

    told = moves(town, "1.6.0", by_all, other_scale)

    assert of(told, "eva") == ["eva: Din röst behövs igen vid Choice – Sykkelbyen"]
    assert of(told, "fia") == of(told, "bjorn") == []
    [hers] = [m for m in town.read[-len(told) :] if m.recipient.startswith("eva@")]
    assert "räknas inte längre: säg det igen" in text_of(hers)
    assert "Din roll i projektet Sykkelbyen: Board." in text_of(hers)
    assert in_the_morning(town) == []


def test_who_has_said_it_again_is_not_asked(town: Bridge) -> None:
    town.does("fia", k.Decide("G1", Proposal("go")))
    world = town.morning.world
    world.office.publish("oslo", changed("1.6.0", by_majority, by_all), "dag")
    town.does("dag", k.Migrate("liten", "1.6.0", "keep", "Better"))
    town.does("fia", k.Decide("G1", Proposal("go")))
    assert of(in_the_morning(town), "fia") == []


def test_a_vote_that_stands_again_is_told_too(town: Bridge) -> None:
    town.does("fia", k.Decide("G1", Proposal("go")))
    assert of(moves(town, "1.6.0", by_all), "fia")
    told = town.does("dag", k.UndoMigration("Too soon")) + in_the_morning(town)
    assert of(told, "fia") == ["fia: What you said at Choice counts again – Sykkelbyen"]


def test_who_has_left_the_board_has_nothing_to_say_again(town: Bridge) -> None:
    town.does("fia", k.Decide("G1", Proposal("go")))
    town.does("dag", k.Assign("board", ("bjorn", "eva")))
    assert of(moves(town, "1.6.0", by_all), "fia") == []


def test_what_is_asked_again_by_a_second_move_is_reminded_of_again_and_once(town: Bridge) -> None:
    """It was gone in between: the same reminder of the same day is another one."""
    moves(town, "1.6.0", asked_for_costs)
    town.waits(days=19)  # a Sunday: what is raised waits for the morning
    assert "costs" in " ".join(raised(town))
    town.does("dag", k.UndoMigration("Too soon"))
    assert "costs" not in " ".join(raised(town))
    town.does("dag", k.Migrate("liten", "1.6.0", "keep", "Better"))
    town.waits()
    assert "costs" in " ".join(raised(town))
    in_the_morning(town)
    assert sum("Costs" in text_of(m) for m in town.read if m.recipient.startswith("astrid")) == 1


def test_what_others_took_over_is_told_though_a_move_is_taken_back(town: Bridge) -> None:
    world = town.morning.world
    neighbour(world)
    town.does("astrid", k.Share("Bike town", lessons=("Ask the shops first",)))
    moves(town, "1.6.0", by_all)
    world.clock.forward(hours=2)
    adopt(world, reason="Maja saw it at a fair")
    assert town.delivered() == []
    town.does("dag", k.UndoMigration("Too soon"))
    told = in_the_morning(town)
    assert [line for line in of(told, "astrid") if "Malmö stad" in line]


def test_what_was_told_under_several_versions_is_called_as_in_the_one_that_stands(
    town: Bridge,
) -> None:
    at = town.morning.world.clock.now
    hour = timedelta(hours=1)
    first = Migration(at, "dag", "1", "liten", "2", Policy.KEEP, renamed={"role/clerk": "scribe"})
    second = Migration(
        at + hour, "dag", "2", "liten", "3", Policy.KEEP, renamed={"role/scribe": "writer"}
    )
    undone = (replace(first, undone=at + 4 * hour), replace(second, undone=at + 3 * hour))
    s = situation(town)
    s = replace(s, project=replace(s.project, migrations=undone))
    told = {
        called: moved.called_now(s, letter("commented", called, at + hours * hour)).role
        for called, hours in (("clerk", -1), ("scribe", 0.5), ("writer", 2))
    }
    assert set(told.values()) == {"clerk"}


def test_a_reminder_of_a_role_that_is_gone_goes_to_whoever_leads(town: Bridge) -> None:
    before = town.morning.world.clock.now - timedelta(hours=1)
    moves(town, "1.6.0", by_all)
    s = situation(town)
    assert moved.called_now(s, letter("reminder", "clerk", before)).role == "lead"
    assert moved.called_now(s, letter("reminder", "board", before)).role == "board"


def situation(town: Bridge) -> Situation:
    view = town.morning.world.engine.view("oslo", town.project, "astrid")
    return Situation(view.method, view.project, view.inputs, view.now)


def letter(kind: str, role: str, at: datetime) -> Waiting:
    return Waiting("oslo", "n1", "p1", 1, kind, "n1", role, "", None, False, {}, at)


def test_a_move_is_taken_back_though_somebody_was_erased_since(town: Bridge) -> None:
    town.does("astrid", k.AnswerFact("budget", "Gudrun Hemmelig pays"))
    moves(town, "1.6.0", by_all)
    engine = town.morning.world.engine
    seals = [each.seal for each in search(engine, "oslo", "Gudrun", "dag")]
    erase(engine, "oslo", town.project, seals, "dag", reason="Asked to")

    town.does("dag", k.UndoMigration("Too soon"))

    project = engine.view("oslo", town.project, "astrid").project
    assert (project.version, project.facts["budget"].value) == ("1.5.0", "[erased]")
    assert search(engine, "oslo", "Gudrun", "dag") == []
