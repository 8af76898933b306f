"""A project that moves, goes on for a while and moves back reminds of the same things as one that
stayed: of each once, at points of the recorded histories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from innocities_engine import library
from innocities_engine.domain import commands as k
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.events import ReminderRaised
from innocities_engine.domain.evolve import fold
from tests.histories.replaying import Standing
from tests.histories.stored import History
from tests.migrating.methods import merged, otherwise_called, versioned
from tests.migrating.test_moving_histories import FULL, chosen, moved_back, points, raw, stayed

DAYS = 40
EVERY = 1 if FULL else 5


def passes(here: Standing, days: int) -> tuple[Standing, Counter[tuple[str, str, str]]]:
    """Time goes by, swept day by day; what somebody is reminded of."""
    told: Counter[tuple[str, str, str]] = Counter()
    for _ in range(days):
        now = here.now + timedelta(days=1)
        happened = decide(here.method, here.project, k.Tick(), k.SYSTEM, now, here.inputs)
        here = replace(here, project=fold(here.project, happened), now=now)
        raised = (x for x in happened if isinstance(x, ReminderRaised) and not x.overtaken and x.to)
        told += Counter((x.obligation, x.rung, x.due.isoformat()) for x in raised)
    return here, told


def renamed(history: History, _here: Standing) -> Iterator[Methodology]:
    yield versioned(otherwise_called(raw(history.method), "_x"), "9.0.0")


def gone(history: History, here: Standing) -> Iterator[Methodology]:
    """The phase in which it stands has become one with the phase before, where that can be."""
    project, main = here.project, here.project.tracks[here.method.main_root]
    before = [p for p in project.entries if here.method.phases[p].track == here.method.main_root]
    for phase in before:
        if phase != main.phase != here.method.main_root:
            text = merged(raw(history.method), main.phase, phase)
            found, _ = library.check_resolved({**text, "version": "9.0.0"})
            if found is not None:
                yield found


@pytest.mark.parametrize("way", [renamed, gone])
def test_going_there_and_back_reminds_as_staying_does(
    way: Callable[[History, Standing], Iterator[Methodology]], told: Callable[[str], None]
) -> None:
    moves, outcome = 0, Counter[str]()
    for number, (history, here) in enumerate(points()):
        if number % EVERY:
            continue
        _, wanted = passes(stayed(here), DAYS)
        for to in way(history, here):
            there = chosen(here, to, "keep", outcome)
            if there is None:
                continue
            days = (0, 7, 20)[moves % 3]
            after, first = passes(there, days)
            names = after.project.migrations[-1].reversed()
            _, then = passes(moved_back(after, here), DAYS - days)
            under_old = Counter({(names.owed(key), *rest): n for (key, *rest), n in first.items()})
            assert under_old + then == wanted, history.name
            moves += 1
    assert moves
    told(f"moved ({way.__name__}) and back, reminded as if they had stayed: {moves}")
