"""Which gates wait for the decision of a body, or for its advice, and in which of its meetings each
can be taken up. What still holds a gate shut is left to its Review.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from innocities_engine.domain import judgements, moments, people, predicates
from innocities_engine.domain.definition import Methodology, Role
from innocities_engine.domain.project import Passage
from innocities_engine.domain.situation import Situation, passage_scope
from innocities_engine.domain.whens import civil_day

ON_REQUEST = "on_request"


@dataclass(frozen=True, slots=True)
class Item:
    """A gate that waits for a body. `advice`: which is asked of it, "" where it decides. `day`: of
    the first meeting it can reach, if one is known.
    """

    passage: Passage
    body: Role
    advice: str
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
    """The open gates on which one of these bodies decides, or has not advised yet, in the order of
    the method.
    """
    for gate in s.method.gates.values():
        passage = s.project.open_passage(gate.id)
        track = s.project.tracks.get(gate.track)
        if passage is None or track is None or track.end is not None:
            continue
        item = asked_of(s, passage, wanted)
        given = item and item.advice and judgements.advice_given(s, gate.id, item.advice)
        if item is not None and not given:
            yield item


def asked_of(s: Situation, passage: Passage, wanted: Collection[Role]) -> Item | None:
    """What a gate asks of these bodies: the decision, else an advice."""
    gate = s.method.gates[passage.gate]
    scope = passage_scope(s, passage)
    for voice in (gate.decides, *gate.advises.values()):
        if voice.when and predicates.judge(s, voice.when, scope).value is False:
            continue
        asked = people.roles_asked(s, voice.by, scope)
        body = next((body for body in wanted if body.id in asked), None)
        if body is not None:
            day = civil_day(s, moments.session(s, body, passage))
            return Item(passage, body, voice.id, day)
    return None


def is_reached(s: Situation, item: Item, day: date) -> bool:
    """Whether the meeting of that day can take the gate up, or could have, if it is past."""
    if day < s.today or item.body.meets is None:
        return True
    return item.day is not None and item.day <= day
