"""What is kept beside a project holds until the instant at which it is looked at again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from innocities_engine import erasure, library
from innocities_engine.doctor import examine
from innocities_engine.domain.commands import SYSTEM, Comment, Inputs, Tick
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.evolve import evolve, fold
from innocities_engine.domain.project import Project
from innocities_engine.readings import columns
from tests.authoring.recounted import recorded, story
from tests.features.driver import DEFINITIONS, Play, decision
from tests.histories.stored import History
from tests.store.given import World, a_world

FULL = bool(os.environ.get("INNOCITIES_FULL"))
EVERY = 1 if FULL else 12
LOOKS = 4  # in a row, each when it is time
TRIES = 3  # instants between two looks
HORIZON = timedelta(days=500)


def listed(
    method: Methodology, project: Project, inputs: Inputs, now: datetime
) -> tuple[object, ...]:
    read = columns(method, project, inputs, now)
    return read.next_due, read.next_what, read.status, read.phase


def halves(history: History) -> Iterator[tuple[Project, Inputs, datetime]]:
    """The project half way and at the end."""
    told, state = story(history), Project()
    half = len(told.entries) // 2
    for number, entry in enumerate(told.entries, 1):
        assert entry.event is not None
        state = evolve(state, entry.event)
        if number in (half, len(told.entries)) and state.started_at:
            yield state, told.inputs(state), entry.at


def test_until_it_is_looked_at_again_time_changes_nothing_that_is_listed(
    told: Callable[[str], None],
) -> None:
    chance, tried = Random(1), 0
    for history in recorded().histories[::EVERY]:
        method = story(history).method
        for begun, inputs, at in halves(history):
            for state, now, wake in _looks(method, begun, inputs, at):
                here = listed(method, state, inputs, now)
                for _ in range(TRIES):
                    between = now + (wake - now) * chance.random()
                    assert listed(method, state, inputs, between) == here, (history.name, between)
                    tried += 1
    told(f"instants between two looks: {tried}")
    assert tried > 300


def _looks(
    method: Methodology, begun: Project, inputs: Inputs, at: datetime
) -> Iterator[tuple[Project, datetime, datetime]]:
    """A project each time that it is looked at, with the instants of this time and the next."""
    state, now = begun, at
    for _ in range(LOOKS):
        state = fold(state, decide(method, state, Tick(), SYSTEM, now, inputs))
        wake = columns(method, state, inputs, now).wake_at or now + HORIZON
        yield state, now, wake
        now = wake


def test_a_day_that_counts_from_a_session_is_another_one_when_that_is_over() -> None:
    play = Play(
        "F21", lead="astrid", board="bjorn", council="ola",
        meetings={"board": (date(2026, 10, 7), date(2026, 11, 4))},
    )  # fmt: skip
    seen = {}
    for day in (date(2026, 10, 7), date(2026, 10, 8)):
        play.on(day)
        seen[day] = listed(play.method, play.project, play.inputs, play.now)[0]
    assert seen == {date(2026, 10, 7): date(2026, 10, 5), date(2026, 10, 8): date(2026, 11, 2)}


def test_what_a_hold_stops_is_not_listed_and_what_a_law_sets_and_its_review_are() -> None:
    play = Play("F29", lead="astrid", board="bjorn dag eva").on(date(2026, 9, 11))
    assert _next(play) == (date(2026, 9, 21), "G1/plan#1")
    for person in ("bjorn", "dag"):
        play.decides(person, "G1", "hold", review_on=date(2026, 10, 1))
    assert _next(play) == (date(2026, 9, 29), "G1/reply#1")
    play.submit("astrid", "reply")
    assert _next(play) == (date(2026, 10, 1), "review:idea#1")


def _next(play: Play) -> tuple[object, ...]:
    return listed(play.method, play.project, play.inputs, play.now)[:2]


def test_lists_follow_where_time_alone_moves_a_day(tmp_path: Path) -> None:
    """Nobody is reminded of anything here, so nothing happens that could be written down."""
    method = deepcopy(library.resolved(DEFINITIONS / "F21.yaml"))
    del method["remind"], method["ladders"]
    world = a_world(tmp_path)
    world.office.publish("oslo", method, "dag")
    first, second = world.clock.now.date() + timedelta(20), world.clock.now.date() + timedelta(40)
    world.office.fix_meetings("oslo", "board", [first, second], "dag")
    members = {"lead": ("astrid",), "board": ("bjorn",), "council": ("dag",)}
    project = world.started(method=method["id"], members=members)
    before = _due(world)
    entries = len(world.engine.history("oslo", project, "astrid"))
    world.clock.forward(days=22)
    swept = world.engine.sweep()
    assert (swept.projects, swept.events) == (1, 0)
    assert before is not None
    assert before < first < _due(world) < second
    assert len(world.engine.history("oslo", project, "astrid")) == entries
    assert examine(world.engine) == []
    world.store.close()


def _due(world: World) -> Any:
    [glance] = world.engine.projects("oslo", "astrid")
    return glance.next_due


def test_what_was_reminded_of_is_not_waited_for_at_the_end_of_a_quiet_period() -> None:
    raw = deepcopy(library.resolved(DEFINITIONS / "F21.yaml"))
    raw["calendar"]["quiet"] = ["1 October..31 October"]
    raw["gates"]["G1"]["needs"] = {"paper": {"due": "18 September"}}
    method, faults = library.check_resolved(raw)
    assert method is not None, faults
    play = Play(method, lead="astrid", board="bjorn", council="ola")
    seen = [columns(method, play.on(day).project, play.inputs, play.now).wake_at
            for day in (date(2026, 9, 29), date(2026, 10, 5))]  # fmt: skip
    assert seen == [None, None]


def on_request(due: dict[str, list[str]]) -> Play:
    """A project whose panel sits when it is asked to: the first day it could moves on each day."""
    raw = deepcopy(library.resolved(DEFINITIONS / "meanwhile.yaml"))
    raw["gates"]["G1"] |= {"decides": {"by": "panel"}, "needs": {"plan": {"due": due}}}
    method, faults = library.check_resolved(raw)
    assert method is not None, faults
    return Play(method, lead="astrid", panel="bjorn", board="bjorn", clerk="c", reviewer="d")


@pytest.mark.parametrize("way", ["earliest", "latest"])
def test_a_day_that_moves_on_is_looked_at_where_it_crosses_one_that_stands(way: str) -> None:
    play = on_request({way: ["meeting", "20 October"]})
    now, wake, found = play.now, play.now, []
    while now.month < 12:
        here = listed(play.method, play.project, play.inputs, now)
        if now >= wake:
            found += [here] if here not in found else []
            wake = columns(play.method, play.project, play.inputs, now).wake_at or now + HORIZON
        assert here == found[-1], now
        now += timedelta(days=1)
    assert {due for due, *_ in found} == {None, date(2026, 10, 20)}


def test_what_waits_to_be_looked_at_waits_still_after_an_erasure(tmp_path: Path) -> None:
    method = deepcopy(library.resolved(DEFINITIONS / "F21.yaml"))
    method["gates"]["G1"]["opens"] = {"at": "1 month after start"}
    world = a_world(tmp_path)
    world.office.publish("oslo", method, "dag")
    members = {"lead": ("astrid",), "board": ("bjorn",), "council": ("dag",)}
    project = world.started(method=method["id"], members=members)
    world.engine.execute("oslo", project, Comment("Kari Nordmann"), "astrid")
    world.clock.forward(days=40)
    [text] = erasure.search(world.engine, "oslo", "Kari", "dag")
    erasure.erase(world.engine, "oslo", project, [text.seal], "dag", reason="wish")
    assert world.engine.due() == [("oslo", project)]
    world.engine.sweep()
    assert world.engine.view("oslo", project, "astrid").project.open_passage("G1")
    assert examine(world.engine) == []
    world.store.close()


def test_what_an_ended_project_owes_follows_the_calendar(tmp_path: Path) -> None:
    method = deepcopy(library.resolved(DEFINITIONS / "F21.yaml"))
    method["roles"]["lead"]["needs"] = {
        "report": {
            "opens": "decision",
            "do": {"en": "Report"},
            "by": "lead",
            "due": "meeting of council",
        }
    }
    method["gates"]["G1"] |= {"needs": {}, "decides": {"by": "lead"}}
    world = a_world(tmp_path)
    world.office.publish("oslo", method, "dag")
    members = {"lead": ("astrid",), "board": ("bjorn",), "council": ("dag",)}
    project = world.started(method=method["id"], members=members)
    world.engine.execute("oslo", project, decision("G1", "go"), "astrid")
    world.clock.forward(days=1)
    today = world.clock.now.date()
    for session in (today + timedelta(30), today + timedelta(6)):
        world.office.fix_meetings("oslo", "council", [session], "dag")
        assert examine(world.engine) == [], "it waits to be looked at"
        world.engine.sweep()
        assert _due(world) == session
        assert examine(world.engine) == []
    world.store.close()
