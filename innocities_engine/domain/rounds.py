"""What one project has to do with a round: when the round of its gate opens, what keeps the project
out of it, and which outcomes wait for it. How the projects of a round are ranked and taken is left
to `ranking` and `taking`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from innocities_engine.domain import gates, moments, needs
from innocities_engine.domain.commands import Actor, JoinRound, MissRound
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.events import RoundJoined, RoundMissed
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import Every, Moment
from innocities_engine.domain.project import Passage, TrackStatus
from innocities_engine.domain.refusing import refuse, refuse_all
from innocities_engine.domain.situation import Scope, Situation, passage_scope
from innocities_engine.domain.whens import When, begins, begun, civil_day

A_DAY: Final = timedelta(days=1)
# What is still to be judged keeps no project out of a round: judging is what a round is for.
JUDGED = frozenset({"criterion_unrated", "criterion_below", "advice_missing"})


def opens(s: Situation, passage: Passage) -> When:
    """When the round opens that a passage waits for: the first moment since it was presented, and
    since one was opened without it.
    """
    rule = s.method.gates[passage.gate].round
    assert rule is not None
    presented = passage.presented.at if passage.presented else s.now
    missed = passage.missed + A_DAY if passage.missed else presented
    since = max(presented, missed)
    scope = replace(passage_scope(s, passage), opened_at=since)
    found = [_next(s, moment, scope, s.day_of(since)) for moment in rule.opens.values()]
    known = [when for when in found if when.known and not _is_over(s, when, presented, missed)]
    if not known:
        return When(waits=frozenset().union(*(when.waits for when in found)))
    return min(known, key=lambda when: begins(s, when) or s.now)


def _is_over(s: Situation, when: When, presented: datetime, missed: datetime) -> bool:
    """Whether the round of a moment that does not come again was opened without it."""
    begin = begins(s, when)
    return begin is not None and presented < begin < missed


def _next(s: Situation, moment: Moment, scope: Scope, since: date) -> When:
    if not isinstance(moment, Every):
        return moments.resolve(s, moment, scope)
    for _, when in moments.occurrences(s, moment, scope):
        if (civil_day(s, when) or since) >= since:
            return when
    return moments.resolve(s, moment, scope)


def kept_out(s: Situation, passage: Passage) -> tuple[Blocker, ...]:
    """Why a passage cannot take part in the round that opens now."""
    gate = s.method.gates[passage.gate]
    found: list[Blocker] = []
    track = s.project.tracks[gate.track]
    if track.status is TrackStatus.HELD:
        found.append(Blocker("wrong_state", gate.id, {"state": "held"}))
    if passage.presented is None:
        state = {"state": "not presented"}
        found.append(Blocker("wrong_state", gate.id, state, needs.leaders(s)))
    found += [b for b in gates.review(s, passage).blockers if b.code not in JUDGED]
    when = opens(s, passage)
    if not begun(s, when):
        found.append(gates.round_waited_for(s, passage, civil_day(s, when)))
    return tuple(found)


def takes_part(s: Situation, passage: Passage, round_id: str) -> bool:
    """Whether a passage that joined a round is still in it."""
    track = s.project.tracks[s.method.gates[passage.gate].track]
    joined = passage.round == round_id and passage.presented is not None
    return joined and track.status in (TrackStatus.RUNNING, TrackStatus.MOVING)


def misses(s: Situation, passage: Passage) -> bool:
    """Whether the round that opens now is the one it waited for, and opens without it."""
    waits = passage.presented is not None and not passage.round and begun(s, opens(s, passage))
    return waits and bool(kept_out(s, passage))


def miss(c: Cursor, command: MissRound, _actor: Actor) -> None:
    """Have the open passage wait for the next round: each opening makes one round."""
    passage = c.project.open_passage(command.gate)
    if passage is None or not misses(c.situation, passage):
        refuse("not_open", command.gate)
    c.emit(RoundMissed(at=c.now, passage=passage.key, round=command.round))


def join(c: Cursor, command: JoinRound, _actor: Actor) -> None:
    """Have the open passage taken together with those of other projects."""
    gate = c.method.gates.get(command.gate)
    passage = c.project.open_passage(command.gate)
    if gate is None or gate.round is None or passage is None:
        refuse("not_open", command.gate)
    refuse_all(kept_out(c.situation, passage))
    c.emit(RoundJoined(at=c.now, passage=passage.key, round=command.round))
