"""Commands on needs and artefacts, from submitting a paper to moving a due date."""

from __future__ import annotations

from collections.abc import Mapping

from innocities_engine.domain import artefacts, judgements, machine, minutes, needs, people, values
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.calendar import Duration, DurationKind
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Artefact, Need, Place
from innocities_engine.domain.grammar import (
    AnyWho,
    At,
    Earliest,
    Every,
    Latest,
    Moment,
    NeedRef,
    RoleWho,
)
from innocities_engine.domain.judgements import approval_ballot, project_scope
from innocities_engine.domain.machine import WalkRefused
from innocities_engine.domain.mentions import artefacts_of
from innocities_engine.domain.people import Chosen
from innocities_engine.domain.project import (
    Content,
    NeedInstance,
    NeedStatus,
    Version,
    VersionStatus,
    Voice,
    VoiceKind,
)
from innocities_engine.domain.refusing import missing, refuse
from innocities_engine.domain.situation import Situation, need_of, need_scope, passage_scope

# ---------------------------------------------------------------- versions


def artefact_of(c: Cursor, name: str) -> Artefact:
    artefact = c.method.artefacts.get(name)
    if artefact is None:
        raise missing("artefact", name)
    return artefact


def submit(c: Cursor, command: k.Submit, actor: Actor) -> None:
    """Hand in a version; the owner does, or the project manager on the owner's behalf."""
    artefact = artefact_of(c, command.artefact)
    _may_hand_in(c, artefact, actor)
    if not _is_wanted(c, artefact):
        refuse("wrong_state", artefact.id, state="ended")
    c.emit(e.VersionSubmitted(
        at=c.now, version=new_version(c, artefact, command.content, command.answers, actor)
    ))  # fmt: skip


def _is_wanted(c: Cursor, artefact: Artefact) -> bool:
    """Ended tracks are read-only, but for what an ending decision asks for."""
    if any(track.end is None for track in c.project.tracks.values()):
        return True
    return any(
        n.status is NeedStatus.OPEN and need_of(c.method, n).of == artefact.id
        for n in c.project.needs.values()
    )


def _may_hand_in(c: Cursor, artefact: Artefact, actor: Actor) -> None:
    s = c.situation
    owners = set(people.people_of(s, artefact.by, project_scope(s)))
    for instance, need in needs.unmet(s):
        if need.of == artefact.id and need.by is not None:
            owners |= set(people.people_of(s, need.by, need_scope(s, instance)))
    if actor.person not in (*owners, *people.acting(s, needs.leaders(s))):
        refuse("not_entitled", artefact.id, *people.roles_asked(s, artefact.by, project_scope(s)))


def new_version(
    c: Cursor,
    artefact: Artefact,
    content: Content,
    answers: Mapping[str, bool | str],
    actor: Actor,
) -> Version:
    checked = {}
    for fact_id, raw in answers.items():
        if fact_id not in artefact.form:
            refuse("bad_value", fact_id, asked=", ".join(artefact.form), of=artefact.id)
        try:
            checked[fact_id] = values.canonical(c.method.facts[fact_id], raw)
        except ValueError as error:
            refuse("bad_value", fact_id, expected=str(error))
    found = {a: artefacts.newest(c.project, a) for a in artefact.rests_on}
    return Version(
        artefact=artefact.id,
        n=len(c.project.versions.get(artefact.id, ())) + 1,
        content=content,
        at=c.now,
        by=actor.person,
        answers=checked,
        rests_on={a: v.n for a, v in found.items() if v is not None},
    )


def _version(c: Cursor, artefact: str, n: int | None) -> Version:
    artefact_of(c, artefact)
    if n is None:
        newest = artefacts.newest(c.project, artefact)
        if newest is None:
            refuse("wrong_state", artefact, state="nothing handed in")
        return newest
    versions = c.project.versions.get(artefact, ())
    if not 1 <= n <= len(versions):
        raise missing("version", f"{artefact} {n}")
    return versions[n - 1]


def _walk(version: Version, name: str) -> VersionStatus:
    try:
        return machine.version_walk(version.status, name)
    except WalkRefused:
        refuse("wrong_state", version.artefact, state=version.status.value, version=str(version.n))


def approvers(s: Situation, artefact: Artefact) -> list[Chosen]:
    """Who approves: as the artefact says, else the deciders of the gates that look at it."""
    if artefact.approves is not None:
        found = [people.asked(s, artefact.approves, project_scope(s))]
    else:
        gates = [g for g in s.method.gates.values() if artefact.id in artefacts_of(s.method, g)]
        current = [g for g in gates if s.project.open_passage(g.id) is not None] or gates
        found = [people.asked(s, g.decides.by, judgements.gate_scope(s, g)) for g in current]
    return [asked.who for asked in found if asked.who is not None]


def approve(c: Cursor, command: k.Approve, actor: Actor) -> None:
    """Give a voice on one exact version; it is approved once a quorum agrees."""
    artefact = artefact_of(c, command.artefact)
    version = _version(c, artefact.id, command.version)
    s = c.situation
    ballot = approval_ballot(s, artefact.id, version.n)
    whos = approvers(s, artefact)
    given: list[Voice] = []
    recorded, unsaid = minutes.of_version(command, version)
    for who in whos:
        mine = judgements.speak(s, who, ballot, actor.person, "approved", recorded)
        minutes.check(s, who, ballot, mine, since=minutes.earliest(s), papers=unsaid)
        given += mine
    if not given:
        refuse("not_entitled", artefact.id, *(r for who in whos for r in people.roles(who)))
    _walk(version, "approve")
    for voice in given:
        c.emit(e.VoiceGiven(at=c.now, voice=voice))
    if any("approved" in people.agreed(c.situation, who, ballot) for who in whos):
        c.emit(e.VersionApproved(at=c.now, artefact=artefact.id, n=version.n))


def send_back(c: Cursor, command: k.Return, actor: Actor) -> None:
    """Return a version to its owner with a reason; an approver does."""
    artefact = artefact_of(c, command.artefact)
    version = _version(c, artefact.id, command.version)
    s = c.situation
    whos = approvers(s, artefact)
    allowed = [p for who in whos for p in people.people_of(s, who, project_scope(s))]
    if actor.person not in allowed:
        refuse("not_entitled", artefact.id, *(r for who in whos for r in people.roles(who)))
    if not command.reason.strip():
        refuse("bad_value", artefact.id, expected="reason")
    _walk(version, "return")
    c.emit(
        e.VersionReturned(
            at=c.now, artefact=artefact.id, n=version.n, by=actor.person, reason=command.reason
        )
    )


def withdraw(c: Cursor, command: k.Withdraw, actor: Actor) -> None:
    """Take a version back; whoever handed it in does, or its owner."""
    artefact = artefact_of(c, command.artefact)
    version = _version(c, artefact.id, command.version)
    if actor.person != version.by:
        _may_hand_in(c, artefact, actor)
    _walk(version, "withdraw")
    c.emit(e.VersionWithdrawn(at=c.now, artefact=artefact.id, n=version.n, by=actor.person))


# ---------------------------------------------------------------- needs


def live_need(c: Cursor, name: str, member: str = "") -> NeedInstance:
    """The open instance a name means: an exact key, a place and key, or a key alone."""
    if name in c.project.needs:
        return c.project.needs[name]
    place, _, key = name.rpartition("/")
    ref = NeedRef(key, place or None)
    named = [n for n in c.project.needs.values() if needs.is_named(n, ref)]
    if not named:
        raise missing("need", name)
    mine = [n for n in named if n.member == member] if member else named
    alive = [n for n in mine if n.status in needs.UNMET]
    if not alive:
        refuse("not_open", name)
    return alive[0]


def _may_do(c: Cursor, instance: NeedInstance, need: Need, actor: Actor) -> bool:
    s = c.situation
    owners = needs.owners(s, instance)
    people_ = {p for role in owners for p in _people(s, role)}
    if not instance.member:
        people_ |= set(people.acting(s, needs.leaders(s)))
    if need.place is Place.ROLE:
        records = c.method.roles[need.owner_id].records
        people_ |= set(people.people_of(s, records, project_scope(s)) if records else ())
    return actor.person in people_


def _people(s: Situation, owner: str) -> tuple[str, ...]:
    """The people behind a role id, or the one person named."""
    if owner not in s.method.roles:
        return (owner, *people.substitutes(s, owner, ""))
    members = s.project.members.get(owner, ())
    stand_ins = (p for m in members for p in people.substitutes(s, m, owner))
    return tuple(p for p in (*members, *stand_ins) if p not in s.inputs.inactive)


def tick_off(c: Cursor, command: k.TickOff, actor: Actor) -> None:
    """Say that an act is done, with its day; where somebody must confirm it, it waits for them."""
    member = command.member or actor.person
    instance = live_need(c, command.need, member if _is_each(c, command.need, member) else "")
    need = need_of(c.method, instance)
    if need.kind not in needs.BY_HAND:
        refuse("bad_value", instance.key, expected="an act")
    if not _may_do(c, instance, need, actor):
        refuse("not_entitled", instance.key, *needs.owners(c.situation, instance))
    if instance.status is not NeedStatus.OPEN:
        refuse("not_open", instance.key, state=instance.status.value)
    if needs.finding(c.situation, instance).exists.value is False:
        refuse("not_open", instance.key, state="not asked")
    _not_held(c, instance)
    on = command.on or c.situation.today
    if on > c.situation.today:
        refuse("bad_value", instance.key, expected="a day that has come")
    if confirmers_of(c.situation, instance, need) is not None:
        c.emit(e.NeedHandedIn(at=c.now, need=instance.key, by=actor.person, on=on))
    else:
        c.emit(e.NeedDone(at=c.now, need=instance.key, by=actor.person, on=on))


def _is_each(c: Cursor, name: str, member: str) -> bool:
    key = name.rpartition("/")[2].partition("#")[0]
    return any(n.member == member and n.ref.endswith(f"/{key}") for n in c.project.needs.values())


def _not_held(c: Cursor, instance: NeedInstance) -> None:
    """A need may hold another one shut."""
    s = c.situation
    for other, need in needs.unmet(s):
        for blocks in need.blocks:
            held = blocks.need is not None and needs.is_named(instance, blocks.need)
            if held and needs.finding(s, other).is_open:
                refuse("need_open", other.key, *needs.owners(s, other), need=need.id)


def confirmers_of(s: Situation, instance: NeedInstance, need: Need) -> frozenset[str] | None:
    """Who confirms that the act was done; None where the owner's word is enough.

    Of those who decided one member is enough, or the recorder of a body.
    """
    if need.accepts is None and need.place is not Place.OUTCOME:
        return None
    who = confirming(s, instance, need)
    ballot = judgements.need_ballot(s, VoiceKind.ACCEPTANCE, instance)
    found = {p for leaf in people.leaves(who) for seat in people.seats(s, leaf, ballot)
             for p in seat.speakers}  # fmt: skip
    for role in people.roles(who):
        records = s.method.roles[role].records
        found |= set(people.people_of(s, records, need_scope(s, instance)) if records else ())
    return frozenset(found)


def confirming(s: Situation, instance: NeedInstance, need: Need) -> people.Chosen | None:
    """As the need says; by default, for what an outcome asks, any one of those who decided."""
    if need.accepts is not None:
        return people.asked(s, need.accepts, need_scope(s, instance)).who
    decision = s.project.decision_of(instance.decision or "")
    if decision is None or need.place is not Place.OUTCOME:
        return None
    return AnyWho(tuple(RoleWho(role) for role in decision.roles))


def confirming_roles(s: Situation, instance: NeedInstance, need: Need) -> tuple[str, ...]:
    return people.roles(confirming(s, instance, need))


def extend(c: Cursor, command: k.Extend, actor: Actor) -> None:
    """Move the due date of one need, with a reason; never a statutory one."""
    instance = live_need(c, command.need)
    need = need_of(c.method, instance)
    moment = need.due or (c.method.gates[need.owner_id].due if need.place is Place.GATE else None)
    if moment is None and instance.due is None:
        refuse("wrong_state", instance.key, state="no due date")
    if moment is not None and is_statutory(moment):
        refuse("wrong_state", instance.key, state="statutory")
    if not command.reason.strip():
        refuse("bad_value", instance.key, expected="reason")
    if not _may_extend(c, instance, need, actor):
        refuse("not_entitled", instance.key, *_moving_dates(c.situation, instance, need))
    c.emit(
        e.NeedExtended(
            at=c.now, need=instance.key, due=command.due, reason=command.reason, by=actor.person
        )
    )


def _moving_dates(s: Situation, instance: NeedInstance, need: Need) -> tuple[str, ...]:
    """The roles that may move a date."""
    passage = s.project.passages.get(instance.origin)
    if passage is None:
        return needs.leaders(s)
    return people.roles_asked(
        s, s.method.gates[passage.gate].decides.by, passage_scope(s, passage)
    ) or confirming_roles(s, instance, need)


def _may_extend(c: Cursor, instance: NeedInstance, need: Need, actor: Actor) -> bool:
    """Those who decide may move a date, or their recorder; the owner alone not their own."""
    s = c.situation
    allowed = set(confirmers_of(c.situation, instance, need) or ())
    passage = c.project.passages.get(instance.origin)
    if passage is not None:
        gate, scope = c.method.gates[passage.gate], passage_scope(s, passage)
        allowed |= set(people.people_of(s, gate.decides.by, scope))
        if people.records_for(s, people.asked(s, gate.decides.by, scope).who, actor.person, scope):
            allowed.add(actor.person)
    else:
        allowed |= set(people.acting(s, needs.leaders(s)))
    return actor.person in allowed


def is_due_by_law(s: Situation, instance: NeedInstance) -> bool:
    """Whether a law sets by when it is due."""
    need = need_of(s.method, instance)
    gate = s.method.gates.get(instance.origin.partition("#")[0])
    moment = need.due or (gate.due if gate else None)
    return moment is not None and is_statutory(moment)


def is_statutory(moment: Moment) -> bool:
    """Whether a law sets the length of any part of it."""
    match moment:
        case At(span=span) | Every(span=span):
            return isinstance(span, Duration) and span.kind is DurationKind.STATUTORY
        case Earliest(of) | Latest(of):
            return any(is_statutory(m) for m in of)
    return any(is_statutory(a.use) for a in moment.alternatives)
