"""What is needed: whether it exists, is required, is met, by when, and what it holds shut.

Until its gate is decided a need is judged as things stand; acts stay done, and so does a need that
a decision opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from innocities_engine.domain import artefacts, judgements, mentions, moments, people, predicates
from innocities_engine.domain.definition import (
    BlockKind,
    Blocks,
    Effect,
    Gate,
    Methodology,
    Need,
    NeedKind,
    Place,
)
from innocities_engine.domain.grammar import Every, NeedRef
from innocities_engine.domain.project import (
    NeedInstance,
    NeedStatus,
    PassageStatus,
    Project,
    Version,
    VoiceKind,
)
from innocities_engine.domain.situation import Scope, Situation, need_of, need_scope, passage_scope
from innocities_engine.domain.verdicts import FALSE, TRUE, Verdict, known
from innocities_engine.domain.whens import When, civil_day, passed

LIVE = frozenset({NeedStatus.DORMANT, NeedStatus.OPEN, NeedStatus.HANDED_IN, NeedStatus.DONE})
UNMET = frozenset({NeedStatus.DORMANT, NeedStatus.OPEN, NeedStatus.HANDED_IN})
BY_HAND = frozenset({NeedKind.ACT, NeedKind.WRITTEN})


@dataclass(frozen=True, slots=True)
class Finding:
    """What is true of one need instance now."""

    exists: Verdict
    required: Verdict
    done: bool
    waived: bool
    over: bool  # lapsed or carried
    waits: frozenset[str] = frozenset()  # unknown facts its `done` asks for

    @property
    def is_open(self) -> bool:
        return self.exists.value is not False and not (self.done or self.waived or self.over)


def finding(s: Situation, instance: NeedInstance) -> Finding:
    """Judge one need instance as things stand."""
    known_of, found = s.judged.get(("need", instance.key), (None, None))
    if known_of is not instance:
        found = _found(s, instance)
        s.judged["need", instance.key] = (instance, found)
    assert isinstance(found, Finding)
    return found


def _found(s: Situation, instance: NeedInstance) -> Finding:
    need = need_of(s.method, instance)
    scope = need_scope(s, instance)
    met = satisfied(s, instance, need, scope)
    return Finding(
        exists=_exists(s, instance, need, scope),
        required=required(s, need, scope),
        done=met.value is True,
        waived=instance.status is NeedStatus.WAIVED,
        over=instance.status in (NeedStatus.LAPSED, NeedStatus.CARRIED),
        waits=met.unknown,
    )


def is_met(s: Situation, instance: NeedInstance) -> bool:
    """Whether it exists and is met; settling asks this of every need, and nothing else."""
    need = need_of(s.method, instance)
    scope = need_scope(s, instance)
    # Both are judged whatever the other says: each sets its own alarms.
    met, exists = satisfied(s, instance, need, scope), _exists(s, instance, need, scope)
    return met.value is True and exists.value is True


def required(s: Situation, need: Need, scope: Scope) -> Verdict:
    if isinstance(need.required, bool):
        return TRUE if need.required else FALSE
    return predicates.judge(s, need.required, scope)


def _exists(s: Situation, instance: NeedInstance, need: Need, scope: Scope) -> Verdict:
    if need.place is Place.ROLE and not instance.decision and not _is_asked(s, instance, need):
        return FALSE
    return predicates.judge(s, need.when, scope) if need.when else TRUE


def _is_asked(s: Situation, instance: NeedInstance, need: Need) -> bool:
    """A gate's need of a deciding role goes when the routing or the panel changes."""
    passage = s.project.passages[instance.origin]
    by = s.method.gates[passage.gate].decides.by
    who = people.asked(s, by, passage_scope(s, passage)).who
    theirs = [leaf for leaf in people.leaves(who) if leaf.role == need.owner_id]
    if not instance.member:
        return bool(theirs)
    ballot = judgements.ballot(s, passage, VoiceKind.DECISION)
    seats = (seat for leaf in theirs for seat in people.seats(s, leaf, ballot))
    return any(seat.member == instance.member for seat in seats)


def satisfied(s: Situation, instance: NeedInstance, need: Need, scope: Scope) -> Verdict:
    """Whether it is met: what stays done is done, the rest as things stand."""
    if instance.status is NeedStatus.DONE and not may_reopen(s, instance):
        return TRUE
    if instance.status is NeedStatus.DORMANT or need.kind in BY_HAND:
        return FALSE
    if need.done is not None:
        return predicates.judge(s, need.done, scope)
    match need.kind:
        case NeedKind.ARTEFACT:
            return known(counted_version(s, instance, need, scope) is not None)
        case NeedKind.FACT:
            value = predicates.fact_value(s, need.of, scope)
            return FALSE if value is None else TRUE
        case NeedKind.ROLE:
            return known(people.is_filled(s, need.of))
    return known(_gate_settled(s, need))


def may_reopen(s: Situation, instance: NeedInstance) -> bool:
    """As things stand while it is asked for, never afterwards; what was done by hand stays so."""
    by_hand = need_of(s.method, instance).kind in BY_HAND
    return not by_hand and not instance.decision and is_asked_for(s, instance)


def is_asked_for(s: Situation, instance: NeedInstance) -> bool:
    """Until its gate is decided, or its phase left."""
    passage = s.project.passages.get(instance.origin)
    if passage is not None:
        return passage.status is PassageStatus.OPEN
    phase, _, entry = instance.origin.partition("#")
    track = s.project.tracks[instance.track]
    return track.end is None and (track.phase, str(track.entry)) == (phase, entry)


def counted_version(
    s: Situation, instance: NeedInstance, need: Need, scope: Scope
) -> Version | None:
    """A standing version with the status asked, fresh enough; the newest if there are two.

    At its own gate a version that the decision will sign only has to stand (or to be approved, if
    the artefact says who approves it).
    """
    status = need.status
    if status == "signed" and need.place is Place.GATE:
        approver = s.method.artefacts[need.of].approves
        status = "approved" if approver is not None else "submitted"
    passage = None if instance.decision else s.project.passages.get(instance.origin)
    versions = artefacts.counting(s.project, need.of, passage)
    return next(
        (
            version
            for version in versions
            if artefacts.reaches(version, status) and is_fresh(s, instance, need, scope, version)
        ),
        None,
    )


def is_fresh(
    s: Situation, instance: NeedInstance, need: Need, scope: Scope, version: Version
) -> bool:
    """Whether a version is young enough for this instance."""
    newer = moments.resolve(s, need.newer_than, scope) if need.newer_than else When()
    since = instance.since
    return (since is None or version.at > since) and artefacts.is_newer(s, version, newer)


def _gate_settled(s: Situation, need: Need) -> bool:
    settled = [
        p
        for p in s.project.passages_of(need.of)
        if p.status is PassageStatus.SETTLED and not p.void
    ]
    if not settled:
        return False
    outcomes = s.method.gates[need.of].outcomes
    wanted = need.outcome_in or tuple(o.id for o in outcomes.values() if o.passing)
    if need.times > 1:
        return sum(p.outcome in wanted for p in settled) >= need.times
    return settled[-1].outcome in wanted


# ---------------------------------------------------------------- finding instances and answers


def find(s: Situation, ref: NeedRef, scope: Scope) -> NeedInstance | None:
    """The instance a name means here: a sibling first, else the newest."""
    named = [n for n in s.project.needs.values() if is_named(n, ref)]
    own = s.project.needs.get(scope.need)
    origin = own.origin if own else scope.passage
    siblings = [
        n
        for n in named
        if n.origin == origin and (own is None or n.decision == own.decision or not n.decision)
    ]
    found = siblings or named
    live = [n for n in found if n.status not in (NeedStatus.LAPSED, NeedStatus.CARRIED)]
    return next(reversed(live or found), None)


def is_named(instance: NeedInstance, ref: NeedRef) -> bool:
    owner, _, key = instance.ref.partition("/")
    if key != ref.key:
        return False
    return ref.place in (None, owner) or ref.place == instance.origin.partition("#")[0]


def answer(s: Situation, fact: str, scope: Scope) -> bool | str | None:
    """What was answered: to the need that asks it, in the form of a version, or at all."""
    if fact in s.method.asked_in_needs:
        return _asked_answer(s, fact, scope)
    for artefact in s.method.form_of.get(fact, ()):
        version = artefacts.newest(s.project, artefact)
        if version is not None and fact in version.answers:
            return version.answers[fact]
    given = s.project.facts.get(fact)
    return given.value if given and fact not in s.method.form_of else None


def asking_for(method: Methodology, project: Project, fact: str) -> list[NeedInstance]:
    """The instances that ask for a fact, the newest last."""
    asked = method.asked_in_needs.get(fact, ())
    return [n for n in project.needs.values() if (n.ref, n.outcome) in asked]


def _asked_answer(s: Situation, fact: str, scope: Scope) -> bool | str | None:
    asking = asking_for(s.method, s.project, fact)
    own = s.project.needs.get(scope.need)
    if own is not None:
        asking = [n for n in asking if n.origin == own.origin and n.decision == own.decision] or (
            asking
        )
    given = asking[-1].answers.get(fact) if asking else None
    return given.value if given else None


# ---------------------------------------------------------------- dates


def due(s: Situation, instance: NeedInstance) -> When:
    """By when; unknown (waiting for nothing) where the method sets no date."""
    need = need_of(s.method, instance)
    scope = need_scope(s, instance)
    if (fixed := moments.fixed(s, instance.key, scope)) is not None:
        return fixed
    if instance.due is not None:
        when = When(day=instance.due)
        if instance.extended or need.kind is not NeedKind.WRITTEN:
            return when
        return moments.shifted(s, when, When(instant=instance.opened_at), scope)
    moment = need.due
    if moment is None and need.place is Place.GATE:
        moment = s.method.gates[need.owner_id].due
    if moment is None:
        return When()
    if isinstance(moment, Every):
        return moments.occurrence(s, moment, scope, instance.occurrence or 1) or When()
    return moments.resolve(s, moment, scope)


def due_day(s: Situation, instance: NeedInstance) -> date | None:
    return civil_day(s, due(s, instance))


def is_overdue(s: Situation, instance: NeedInstance) -> bool:
    return passed(s, due(s, instance)) is True


def owners(s: Situation, instance: NeedInstance) -> tuple[str, ...]:
    """The roles, or the one person, who owe it."""
    if instance.member or instance.owner:
        return (instance.member or instance.owner,)
    need = need_of(s.method, instance)
    scope = need_scope(s, instance)
    by = need.by
    if by is None and need.kind is NeedKind.ARTEFACT:
        by = s.method.artefacts[need.of].by
    if by is None and need.kind is NeedKind.FACT:
        by = s.method.facts[need.of].by
    if by is None and need.kind is NeedKind.GATE:
        by = s.method.gates[need.of].decides.by
    if by is None and need.place is Place.ROLE:
        return (need.owner_id,)
    if by is None:
        return leaders(s)
    return people.roles_asked(s, by, scope)


def filling(s: Situation, role: str) -> tuple[str, ...]:
    """Who is asked to see that somebody holds a role; where nobody is, the project manager, but for
    those who judge the work: they are named by whoever manages projects in the organisation.
    """
    asked = (
        owners(s, instance)
        for instance, need in unmet(s)
        if need.kind is NeedKind.ROLE and need.of == role and finding(s, instance).is_open
    )
    found = tuple(dict.fromkeys(who for some in asked for who in some))
    return found or (() if role in mentions.with_a_voice(s.method) else leaders(s))


def leaders(s: Situation) -> tuple[str, ...]:
    """The project manager role of the method."""
    return tuple(role.id for role in s.method.roles.values() if role.leads)


# ---------------------------------------------------------------- what is held shut


def leads_on(gate: Gate) -> bool:
    """`next` means the gates that would pass on: those with a `to` or a completing end."""
    return any(o.effect is Effect.TO or o.end == "completed" for o in gate.outcomes.values())


def hits(blocks: Blocks, instance: NeedInstance, gate: Gate) -> bool:
    """Whether this hold concerns the gate as a whole."""
    match blocks.kind:
        case BlockKind.GATE:
            return blocks.gate == gate.id
        case BlockKind.NEXT:
            return instance.track == gate.track and leads_on(gate)
    return False


def unmet(s: Situation) -> Iterator[tuple[NeedInstance, Need]]:
    """Need instances that are not over, done or waived by the record."""
    for instance in s.project.needs.values():
        if instance.status in LIVE:
            yield instance, need_of(s.method, instance)


def blocking(s: Situation, passage_key: str) -> Iterator[tuple[NeedInstance, Need]]:
    """The live instances that hold this passage shut while they are open."""
    for instance, need in unmet(s):
        if blocks_gate(s, instance, need, passage_key) and has_begun(s, instance):
            yield instance, need


def blocks_gate(s: Situation, instance: NeedInstance, need: Need, passage_key: str) -> bool:
    """Whether the passage as a whole is what it blocks."""
    gate = s.method.gates[s.project.passages[passage_key].gate]
    if not instance.decision and need.place is not Place.PHASE:
        if instance.origin == passage_key:
            return any(b.kind is BlockKind.GATE and b.gate in ("", gate.id) for b in need.blocks)
        if instance.origin.partition("#")[0] == gate.id:
            return False
    return any(hits(b, instance, gate) for b in need.blocks)


def has_begun(s: Situation, instance: NeedInstance) -> bool:
    """Whether it is awake, or a link of a chain whose first link is: that holds from then on."""
    link: NeedInstance | None = instance
    seen: set[str] = set()
    while link is not None and link.status is NeedStatus.DORMANT and link.key not in seen:
        seen.add(link.key)
        opens = need_of(s.method, link).opens
        if opens is None or opens.need is None:
            return False
        link = find(s, opens.need, need_scope(s, link))
    return link is not None and link.key not in seen and finding(s, link).exists.value is not False


def ready_at(s: Situation, passage_key: str) -> datetime | None:
    """When the papers were presented, else when the last blocking need was done."""
    if ("ready", passage_key) not in s.judged:
        s.judged["ready", passage_key] = _ready_at(s, passage_key)
    found: datetime | None = s.judged["ready", passage_key]
    return found


def _ready_at(s: Situation, passage_key: str) -> datetime | None:
    passage = s.project.passages.get(passage_key)
    if passage is None:
        return None
    if passage.presented:
        return passage.presented.at
    if any(_holds(s, instance) for instance, _ in blocking(s, passage_key)):
        return None
    met = (_met_at(s, instance, passage_key) for instance in s.project.needs.values())
    return max([passage.asked_at, *(at for at in met if at)])


def _holds(s: Situation, instance: NeedInstance) -> bool:
    found = finding(s, instance)
    return found.is_open and found.required.value is not False


def _met_at(s: Situation, instance: NeedInstance, passage_key: str) -> datetime | None:
    """When what would block the passage was done, or waived."""
    if instance.status not in (NeedStatus.DONE, NeedStatus.WAIVED):
        return None
    if not blocks_gate(s, instance, need_of(s.method, instance), passage_key):
        return None
    found = finding(s, instance)
    counts = found.exists.value is not False and found.required.value is not False
    return instance.done_at if counts else None
