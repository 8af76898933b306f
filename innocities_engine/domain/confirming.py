"""Commands on a need that several may have to agree on: confirming an act, exempting from it.

Both are voices like any other: with a quorum, substitutes, and without those in conflict. Which act
waits for whom is `handing_in`'s matter.
"""

from __future__ import annotations

from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import judgements, needs, people
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.handing_in import confirming, live_need
from innocities_engine.domain.project import NeedStatus, Recorded, VoiceKind
from innocities_engine.domain.refusing import refuse
from innocities_engine.domain.situation import need_of, need_scope

ACCEPTED, WAIVED = "accepted", "waived"


def accept(c: Cursor, command: k.Accept, actor: Actor) -> None:
    """Confirm an act that its owner has ticked off."""
    instance = live_need(c, command.need)
    s = c.situation
    who = confirming(s, instance, need_of(c.method, instance))
    ballot = judgements.need_ballot(s, VoiceKind.ACCEPTANCE, instance)
    given = judgements.speak(s, who, ballot, actor.person, ACCEPTED)
    if not given and actor.person not in ballot.conflicted:
        recorded = Recorded(actor.person)
        given = judgements.speak(s, who, ballot, actor.person, ACCEPTED, recorded)
    if not given:
        refuse("not_entitled", instance.key, *people.roles(who))
    if instance.status is not NeedStatus.HANDED_IN:
        refuse("wrong_state", instance.key, state=instance.status.value)
    for voice in given:
        c.emit(e.VoiceGiven(at=c.now, voice=voice))
    if ACCEPTED in people.agreed(c.situation, who, ballot):
        c.emit(e.NeedDone(at=c.now, need=instance.key))


def waive(c: Cursor, command: k.Waive, actor: Actor) -> None:
    """Exempt the project from a need, with a reason; only those whom the method names may."""
    instance = live_need(c, command.need)
    need = need_of(c.method, instance)
    s = c.situation
    who = people.asked(s, need.waives, need_scope(s, instance)).who if need.waives else None
    ballot = judgements.need_ballot(s, VoiceKind.WAIVER, instance)
    given = judgements.speak(s, who, ballot, actor.person, WAIVED)
    if not given:
        refuse("not_entitled", instance.key, *people.roles(who))
    if not command.reason.strip():
        refuse("bad_value", instance.key, expected="reason")
    found = needs.finding(s, instance)
    if found.done:
        refuse("wrong_state", instance.key, state="done")
    if found.exists.value is False:
        refuse("not_open", instance.key, state="not asked")
    for voice in given:
        c.emit(e.VoiceGiven(at=c.now, voice=voice))
    if WAIVED in people.agreed(c.situation, who, ballot):
        c.emit(
            e.NeedWaived(
                at=c.now,
                need=instance.key,
                by=actor.person,
                role=given[0].role,
                reason=command.reason,
            )
        )
