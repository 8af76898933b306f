"""Which gates wait for the decision of a body, and in which of its meetings each can be taken up.
What still holds a gate shut is left to its Review.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from innocities_engine.domain import gates, moments, people
from innocities_engine.domain.definition import Methodology, Role
from innocities_engine.domain.project import Passage
from innocities_engine.domain.situation import Situation, passage_scope
from innocities_engine.domain.whens import civil_day

ON_REQUEST = "on_request"


@dataclass(frozen=True, slots=True)
class Item:
    """A gate that waits for a body. `day`: of the first meeting it can reach, if one is known."""

    passage: Passage
    body: Role
    day: date | None


def bodies(method: Methodology, name: str) -> tuple[Role, ...]:
    """The bodies that go by this name: an id, a title, or the calendar by which they meet."""
    wanted = name.casefold()
    return tuple(
        role
        for role in method.roles.values()
        if role.kind == "body"
        and wanted in map(str.casefold, (role.id, calendar_of(role), *role.title.values()))
    )


def calendar_of(body: Role) -> str:
    """What its meetings are known by: bodies with one calendar meet together."""
    return body.id if body.meets in (None, ON_REQUEST) else body.meets or ""


def items(s: Situation, wanted: Collection[Role]) -> Iterator[Item]:
    """The open gates that one of these bodies decides, in the order of the method."""
    for gate in s.method.gates.values():
        passage = s.project.open_passage(gate.id)
        track = s.project.tracks.get(gate.track)
        if passage is None or track is None or track.end is not None:
            continue
        body = decider(s, passage, wanted)
        if body is not None:
            day = civil_day(s, moments.meeting(s, passage_scope(s, passage)))
            yield Item(passage, body, day)


def decider(s: Situation, passage: Passage, wanted: Collection[Role]) -> Role | None:
    """The one of these bodies that decides here."""
    gate = s.method.gates[passage.gate]
    asked = people.roles(gates.decider(s, gate, passage_scope(s, passage)).who)
    return next((body for body in wanted if body.id in asked), None)


def is_reached(s: Situation, item: Item, day: date) -> bool:
    """Whether the meeting of that day can take the gate up, or could have, if it is past."""
    if day < s.today or item.body.meets is None:
        return True
    return item.day is not None and item.day <= day
