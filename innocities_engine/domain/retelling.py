"""What has been reminded of when a project moves to a version that reminds otherwise: which of the
new rungs were told already, so that none is told again and none is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from innocities_engine.domain import reminders
from innocities_engine.domain.definition import Ladder
from innocities_engine.domain.reminders import Line, Obligation
from innocities_engine.domain.renaming import Ids, ruled_alike
from innocities_engine.domain.situation import Situation
from innocities_engine.domain.whens import When


def told_already(ladders: Mapping[str, Ladder], after: Situation, ids: Ids) -> dict[str, datetime]:
    """The rungs that count as raised from now on. `ladders`: by which it was reminded so far, by
    what is owed as it is called now; `ids`: how things that they name are called now.

    A rung is known by its name or its number in the ladder, and another ladder counts otherwise.
    There a rung counts as raised if its day is not later than that on which somebody was reminded
    last, of the same thing and the same due date.
    """
    if not after.project.raised:
        return {}
    others = {
        owed.key: owed
        for owed in reminders.obligations(after)
        if _differs(ladders.get(owed.key), owed.ladder, ids)
    }
    found: dict[str, datetime] = {}
    told: dict[tuple[str, date], dict[str, datetime]] = {}
    for key, at in after.project.raised.items():
        obligation, _, rest = key.partition("|")
        if obligation in others:
            day = date.fromisoformat(rest.rpartition("|")[2])
            told.setdefault((obligation, day), {})[key] = at
        else:
            found[key] = at
    for (obligation, due), raised in told.items():
        last = max(raised.values())
        rungs = list(_rungs(after, replace(others[obligation], due=When(day=due))))
        come = [line.key for line in rungs if line.counted <= after.day_of(last)]
        found |= {key: raised.get(key, last) for key in come} if rungs else raised
    return found


def _differs(before: Ladder | None, after: Ladder, ids: Mapping[str, str]) -> bool:
    return before is not None and not ruled_alike(before.rungs, after.rungs, ids)


def _rungs(s: Situation, owed: Obligation) -> Iterator[Line]:
    return reminders.lines(s, reminders.as_counted(s), owed)
