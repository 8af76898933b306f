"""The same projects on both sides: what the record says of them is sent to the exported chart, which
python-statemachine runs, and after every entry it must stand where the project stands.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Final

import pytest

from innocities_engine import library
from innocities_engine.authoring import scxml
from innocities_engine.domain import codec
from innocities_engine.domain import events as e
from tests.authoring.charted import Chart, Machines, Traces
from tests.authoring.charts import CROSSING, NAMES, faulty, plain, settings, written
from tests.authoring.roaming import Roaming, roamed
from tests.histories import stored

FULL = bool(os.environ.get("INNOCITIES_FULL"))
WALKS: Final = 40 if FULL else 2
MANY: Final = 400 if FULL else 60  # through the method that has every way there is
SALT: Final = f" {random.SystemRandom().randrange(10**9)}" if FULL else ""
SHIPPED: Final = frozenset(name for name, _, _ in library.Library().ids())


def walked(name: str, n: int) -> Roaming:
    """The n-th walk; another one each time, where one goes looking."""
    return roamed(settings()[name], random.Random(f"{name} {n}{SALT}"))


@pytest.mark.parametrize("version", stored.versions())
def test_a_stored_history_moves_the_chart_as_it_moved_the_project(
    told: Callable[[str], None], version: str
) -> None:
    kept = stored.load(version)
    methods = {d: library.compile_stored(text.encode()) for d, text in kept.methods.items()}
    charts = {d: Chart(scxml.written(json.loads(text))) for d, text in kept.methods.items()}
    traces = Traces()
    for history in kept.histories:
        record = [[*map(_read, step.events)] for step in history.steps]
        wrong = traces.differences(methods[history.method], charts[history.method], record)
        assert [*wrong] == [], history.name
    told(f"stored histories of {version} as charts: {len(kept.histories)} of"
         f" {len(kept.methods)} methods, {_figures(traces)}")  # fmt: skip
    assert traces.compared > 10_000


def _read(entry: stored.Written) -> e.Event:
    name, text = entry
    found: e.Event = codec.load(codec.EVENTS[name], text.encode())
    return found


def _figures(traces: Traces) -> str:
    kinds = Counter[str]()
    for event, n in traces.sent.items():
        kinds[event.partition(".")[0]] += n
    told = ", ".join(f"{kind} {n}" for kind, n in kinds.most_common())
    return (
        f"{traces.compared} entries compared, {traces.sent.total()} events ({told}),"
        f" {traces.annulled} decisions annulled, 0 differences"
    )


@pytest.mark.parametrize("ships", [True, False], ids=["shipped", "of the tests"])
def test_walks_by_chance_move_the_chart_as_they_move_the_project(
    told: Callable[[str], None], ships: bool
) -> None:
    traces, all_events, seen = Traces(), 0, 0
    names = [name for name in NAMES if (name in SHIPPED) is ships]
    for name in names:
        one, chart = Traces(), Chart(written(name))
        for n in range(WALKS):
            wrong = one.differences(settings()[name].method, chart, walked(name, n).record)
            assert [*wrong] == [], f"{name} {n}{SALT}"
        assert one.sent.keys() <= chart.events
        seen += len(one.sent)
        all_events += len(chart.events)
        traces.add(one)
    told(f"walks as charts, {'shipped' if ships else 'of the tests'}: {len(names)} methods,"
         f" {WALKS} walks each, {_figures(traces)}; {seen} of {all_events} events seen")  # fmt: skip
    assert seen * 3 >= all_events


# ---------------------------------------------------------------- faults are found


@cache
def crossed() -> list[tuple[Roaming, Traces]]:
    """Walks through the method that has every way there is, and what was walked in each."""
    found, chart = [], Chart(written(CROSSING))
    for n in range(MANY):
        walk, traces = walked(CROSSING, n), Traces()
        assert [*traces.differences(walk.method, chart, walk.record)] == []
        found.append((walk, traces))
    return found


def test_walks_go_every_way_there_is(told: Callable[[str], None]) -> None:
    traces, chart = Traces(), Chart(written(CROSSING))
    for _, one in crossed():
        traces.add(one)
    told(f"every way there is: {MANY} walks, {_figures(traces)}")
    assert traces.sent.keys() == chart.events
    assert traces.annulled > 0


def test_each_fault_of_an_export_is_found(told: Callable[[str], None]) -> None:
    """By every event in every state, unless all that is wrong is how often a phase was entered; and
    by projects, unless it is about something that none of them did.
    """
    method, found = settings()[CROSSING].method, Counter[str]()
    machines = Machines(method, plain(CROSSING))
    for fault in faulty(written(CROSSING)):
        name, chart, traces = f"{fault.told} {fault.way}", Chart(fault.text), Traces()
        if fault.told != "enters anew":
            assert next(machines.misfits(chart), None) is not None, name
            found["by every event in every state"] += 1
        records = [w.record for w, t in crossed() if fault.way in (None, *t.walked)]
        if records:
            wrong = (d for record in records for d in traces.differences(method, chart, record))
            assert next(wrong, None) is not None, name
            found["by projects"] += 1
        found["in all"] += 1
    told(f"faults of an export, each found: {dict(found)}")
    assert found["by projects"] * 4 >= found["in all"] * 3
