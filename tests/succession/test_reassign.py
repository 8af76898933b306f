from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innocities_engine import library
from innocities_engine.domain import codec
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.project import Project
from innocities_engine.domain.situation import Situation
from tests.histories import stored
from tests.machine.cases import case
from tests.machine.machine import Tally, walk
from tests.machine.pair import Pair
from tests.succession.references import everybody, hands_over

SHIPPED = ("smartby", "innocities")
HEIRS = ("heir", "second")
EXAMPLES = 150


@cache
def histories() -> list[stored.History]:
    found = stored.load(stored.versions()[-1]).histories
    return [h for h in found if h.name.startswith(SHIPPED)]


@cache
def method(digest: str) -> Methodology:
    text = stored.load(stored.versions()[-1]).methods[digest]
    return library.compile_stored(text.encode())


def standing(history: stored.History, steps: int) -> Situation:
    """A project of a shipped method after so many commands."""
    project = Project()
    for step in history.steps[:steps]:
        project = fold(
            project, [codec.load(codec.EVENTS[name], text.encode()) for name, text in step.events]
        )
    now = history.steps[steps - 1].now + timedelta(seconds=1)
    return Situation(method(history.method), project, stored.read_inputs(history.inputs), now)


def test_in_every_state_of_the_shipped_methods_nothing_to_come_names_whoever_left(
    told: Callable[[str], None],
) -> None:
    done: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
    @given(st.data())
    def anybody_leaves(data: st.DataObject) -> None:
        history = data.draw(st.sampled_from(histories()))
        s = standing(history, data.draw(st.integers(1, len(history.steps))))
        there = everybody(s.project)
        if not there:
            return
        person = data.draw(st.sampled_from(there))
        heirs = [*HEIRS, *(p for p in there if p != person)]
        roles = data.draw(st.dictionaries(st.sampled_from(sorted(s.method.roles)),
                                          st.sampled_from(heirs), max_size=2))  # fmt: skip
        command = k.Reassign(person, data.draw(st.sampled_from(heirs)), roles)
        done[hands_over(s, command) or "done"] += 1

    anybody_leaves()
    assert done["done"] > EXAMPLES / 2
    told(f"leaving: shipped methods: {dict(done)}")


class Leavers(Pair):
    """After each command somebody would leave, each in turn; the walk goes on as if nobody had."""

    done: Counter[str] = Counter()

    def _record(self, happened: tuple[e.Event, ...]) -> None:
        super()._record(happened)
        s = self.current
        there = everybody(s.project)
        if there:
            turn = len(self.events)
            owing = [p for p in there if any(n.owner == p for n in s.project.needs.values())]
            person = (owing or there)[turn % len(owing or there)]
            others = [p for p in [*self.case.people, "heir"] if p != person]
            answer = hands_over(s, k.Reassign(person, others[turn % len(others)]))
            Leavers.done[answer or "done"] += 1
            Leavers.done["owing"] += any(n.owner == person for n in s.project.needs.values())
            Leavers.done["raised"] += any(p.raiser == person for p in s.project.passages.values())


@pytest.mark.parametrize("name", ["papers", "terms", "alarms", "chambers", "rounds"])
def test_on_every_walk_nothing_to_come_names_whoever_left(
    name: str, told: Callable[[str], None]
) -> None:
    Leavers.done = Counter()
    walk(case(name), 3, walks=2, steps=60, tally=Tally(), start=Leavers)

    assert Leavers.done["done"]
    told(f"leaving: {name}: {dict(Leavers.done)}")
