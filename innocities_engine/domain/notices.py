"""Who is told what: facts to be told to one role or person, born in the transaction of their cause.

A notice names roles; who holds them, in which language and at which hour, is found when it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from innocities_engine.domain import events as e
from innocities_engine.domain import handing_in, needs, people
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.crossing import Adoption
from innocities_engine.domain.definition import Gate, Methodology, NeedKind
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.judgements import project_scope
from innocities_engine.domain.migrated import MigrationUndone, ProjectMigrated, made_by
from innocities_engine.domain.project import NeedInstance, Passage, PassageStatus, Project, Voice
from innocities_engine.domain.situation import Situation, need_of, passage_scope

KINDS = (
    "reminder",
    "escalation",
    "decide_asked",
    "round_opened",
    "advise_asked",
    "rate_asked",
    "approve_asked",
    "accept_asked",
    "decided",
    "returned",
    "condition_opened",
    "gate_raised",
    "appointed",
    "held",
    "overridden",
    "role_empty",
    "commented",
    "corrected",
    "adopted",
    "migrated",
    "voice_fell",
    "voice_stands",
)


@dataclass(frozen=True, slots=True)
class Notice:
    """`role` or `person` is set, never both. `immediate`: it cannot wait for a digest.

    `data` holds ids and plain texts only: project, title, gate, need, outcome, reason, rung.
    """

    kind: str
    dedupe_key: str
    role: str = ""
    person: str = ""
    due: date | None = None
    immediate: bool = False
    data: Mapping[str, str] = field(default_factory=dict)


def notices(
    method: Methodology,
    before: Project,
    after: Project,
    happened: Iterable[e.Event],
    inputs: Inputs,
) -> tuple[Notice, ...]:
    """The notices that these events cause, each once; nobody is told of what came from paper."""
    happened = tuple(happened)
    if any(isinstance(event, e.ProjectTakenIn) for event in happened):
        return ()
    moves = (n for n, x in enumerate(happened) if isinstance(x, ProjectMigrated | MigrationUndone))
    if inputs.arrival is not None and (at := next(moves, None)) is not None:
        # What came before a move is told in the words of the method that was left.
        left, there = fold(before, happened[:at]), inputs.arrival
        return (
            *notices(method, before, left, happened[:at], inputs),
            *_all(there.method, left, after, happened[at:], there.inputs),
        )
    return _all(method, before, after, happened, inputs)


def _all(
    method: Methodology,
    before: Project,
    after: Project,
    happened: Iterable[e.Event],
    inputs: Inputs,
) -> tuple[Notice, ...]:
    found: dict[str, Notice] = {}
    for event in happened:
        s = Situation(method, after, inputs, event.at)
        for notice in _of(s, before, event):
            found.setdefault(notice.dedupe_key, notice)
    return tuple(found.values())


def _of(s: Situation, before: Project, event: e.Event) -> Iterator[Notice]:
    match event:
        case e.ReminderRaised() if not event.overtaken:
            yield from _reminder(s, event)
        case e.PapersPresented():
            yield from _presented(s, event)
        case e.RoundJoined():
            yield from _joined(s, event)
        case e.GateDecided():
            yield from _decided(s, event)
        case e.VersionReturned():
            yield from _returned(s, event)
        case e.VersionSubmitted():
            yield from _submitted(s, event)
        case e.NeedOpened():
            yield from _condition(s, event.need)
        case e.DutiesHandedOver():
            for key in event.needs:
                yield from _condition(s, s.project.needs[key])
        case e.NeedHandedIn():
            yield from _handed_in(s, event)
        case e.GateOpened() if event.passage.raised_by:
            yield from _raised(s, event.passage)
        case e.RoleFilled() if before.started_at is not None:
            yield from _appointed(s, before, event)
        case e.DecisionCorrected() | e.GateOverridden():
            yield from _by_exception(s, event)
        case ProjectMigrated() | MigrationUndone():
            yield from _moved(s, before, event)
        case e.ProjectAdopted(adoption=adoption):
            yield from _adopted(s, adoption)
        case e.Commented():
            yield from _commented(s, event)
        case e.TrackHeld():
            yield from _held(s, event)


def _told(
    s: Situation,
    kind: str,
    key: str,
    to: str,
    data: Mapping[str, str],
    *,
    due: date | None = None,
    immediate: bool = True,
) -> Notice:
    is_role = to in s.method.roles
    return Notice(
        kind=kind,
        dedupe_key=f"{s.project.id}|{kind}|{key}|{to}",
        role=to if is_role else "",
        person="" if is_role else to,
        due=due,
        immediate=immediate,
        data={"project": s.project.id, "title": s.project.title, **data},
    )


def _moved(
    s: Situation, before: Project, event: ProjectMigrated | MigrationUndone
) -> Iterator[Notice]:
    data = {"by": event.by, "reason": event.reason, "thing": s.method.version}
    for role in needs.leaders(s):
        yield _told(s, "migrated", event.at.isoformat(), role, data, immediate=False)
    if isinstance(event, ProjectMigrated):
        kind, spoken = "voice_fell", _fallen(s, before, event)
    else:
        kind, spoken = "voice_stands", _standing_again(before, event)
    for voice in spoken:
        about = _spoken_about(s, voice)
        if about is not None:
            key = f"{event.at.isoformat()}/{about.get('instance') or about['gate']}"
            told = {"by": event.by, "reason": event.reason, **about}
            yield _told(s, kind, key, _speaker(voice), told, immediate=False)


def _fallen(s: Situation, before: Project, event: ProjectMigrated) -> Iterator[Voice]:
    """What somebody who still has a voice said and something waits for, as it is called now."""
    move = made_by(event)
    for voice in (before.voices[key] for key in event.fallen):
        if voice.person and voice.person not in people.acting(
            s, (move.called("role", voice.role),)
        ):
            continue
        passage, slash, item = voice.subject.partition("/")
        gate, mark, n = passage.partition("#")
        is_need = voice.subject in before.needs
        there = f"{move.called('gate', gate)}{mark}{n}{slash}{item}"
        subject = move.owed(voice.subject) if is_need else there
        yield replace(voice, subject=subject, role=move.called("role", voice.role))


def _standing_again(before: Project, event: MigrationUndone) -> Iterator[Voice]:
    """What had been said before the move, counted no more since, and counts again."""
    said = {(voice.kind, voice.person, voice.at) for voice in before.voices.values()}
    for voice in event.before.voices.values():
        if (voice.kind, voice.person, voice.at) not in said:
            yield voice


def _spoken_about(s: Situation, voice: Voice) -> dict[str, str] | None:
    """What a voice is about, if the version has it and it is still waited for."""
    need = s.project.needs.get(voice.subject)
    passage = s.project.passages.get(voice.subject.partition("/")[0])
    if need is not None:
        place = need.origin.partition("#")[0]
        gate = {"gate": place} if place in s.method.gates else {}
        about = {"instance": need.key, "need": need.ref, **gate}
        return about | {"voice": voice.kind, "role": voice.role}
    if passage is None or passage.status is not PassageStatus.OPEN:
        return None
    return {"gate": passage.gate, "voice": voice.kind, "role": voice.role}


def _speaker(voice: Voice) -> str:
    """Whoever said it; of what was written down for a body, whoever did."""
    return voice.person or (voice.recorded.by if voice.recorded else voice.person)


def _at(key: str, event: e.Event) -> str:
    """A thing that may happen to the same more than once."""
    return f"{key}@{event.at.isoformat()}"


def _joined(s: Situation, event: e.RoundJoined) -> Iterator[Notice]:
    data = {"gate": event.passage.partition("#")[0], "round": event.round}
    for role in _deciders(s, s.method.gates[data["gate"]], event.passage):
        yield _told(s, "round_opened", event.passage, role, data, immediate=False)


def _raised(s: Situation, passage: Passage) -> Iterator[Notice]:
    gate = s.method.gates[passage.gate]
    data = {"gate": gate.id, "by": passage.raised_by or ""}
    for role in (*needs.leaders(s), *_deciders(s, gate, passage.key)):
        yield _told(s, "gate_raised", passage.key, role, data)


def _appointed(s: Situation, before: Project, event: e.RoleFilled) -> Iterator[Notice]:
    for person in event.members:
        if person not in before.members.get(event.role, ()):
            yield _told(s, "appointed", _at(event.role, event), person, {"role": event.role})


def _by_exception(s: Situation, event: e.DecisionCorrected | e.GateOverridden) -> Iterator[Notice]:
    """What was done by a right, and not by the method, everybody hears who has to do with it."""
    gate = s.method.gates[event.passage.partition("#")[0]]
    data = {"gate": gate.id, "by": event.by, "reason": event.reason}
    kind, key = "overridden", event.passage
    if isinstance(event, e.DecisionCorrected):
        kind, key, data = "corrected", _at(key, event), data | {"outcome": event.outcome}
    for role in (*needs.leaders(s), *_deciders(s, gate, event.passage), *gate.tells):
        yield _told(s, kind, key, role, data)


def _commented(s: Situation, event: e.Commented) -> Iterator[Notice]:
    data = {"by": event.by, "reason": event.text}
    for role in _hearing(s, event.by):
        yield _told(s, "commented", _at(event.by, event), role, data, immediate=False)


def _held(s: Situation, event: e.TrackHeld) -> Iterator[Notice]:
    data = {"phase": s.project.tracks[event.track].phase}
    for role in needs.leaders(s):
        yield _told(s, "held", _at(event.passage, event), role, data, due=event.review_on)


def _reminder(s: Situation, event: e.ReminderRaised) -> Iterator[Notice]:
    kind = "escalation" if event.escalation else "reminder"
    # After a move, and when something is taken back, the same words may tell of what was gone in
    # between: then it is another reminder.
    turn = len(s.project.migrations) + len(s.project.corrections)
    turn += sum(move.undone is not None for move in s.project.migrations)
    key = f"{event.key}~{turn}" if turn else event.key
    data = {**event.about, "obligation": event.obligation, "rung": event.rung}
    data["overdue"] = "yes" if s.day_of(event.at) > event.due else "no"
    for to in _there(s, event.to):
        yield _told(s, kind, key, to, data, due=event.due, immediate=event.escalation)


def _there(s: Situation, names: Iterable[str]) -> tuple[str, ...]:
    """Those who can be told; if nobody can, all, so that somebody learns of the gap."""
    unique = tuple(dict.fromkeys(names))
    there = tuple(n for n in unique if n not in s.method.roles or people.holders(s, n))
    return there or unique


def _deciders(s: Situation, gate: Gate, passage: str) -> tuple[str, ...]:
    return people.roles_asked(s, gate.decides.by, passage_scope(s, s.project.passages[passage]))


def _presented(s: Situation, event: e.PapersPresented) -> Iterator[Notice]:
    passage = s.project.passages[event.passage]
    gate = s.method.gates[passage.gate]
    scope = passage_scope(s, passage)
    key = f"{passage.key}@{event.at.isoformat()}"
    data = {"gate": gate.id, "by": event.presentation.by}
    # In a round nothing can be decided before it opens; what can be done at once is to judge.
    asked = "decide_asked" if gate.round is None else "rate_asked"
    if gate.round is None or (gate.criteria and gate.rates is None):
        for role in _deciders(s, gate, passage.key):
            yield _told(s, asked, key, role, data)
    for voice in gate.advises.values():
        for role in people.roles_asked(s, voice.by, scope):
            item = {**data, "item": voice.id}
            yield _told(s, "advise_asked", f"{key}/{voice.id}", role, item)
    if gate.rates is not None:
        for role in people.roles_asked(s, gate.rates.by, scope):
            yield _told(s, "rate_asked", key, role, data)


def _decided(s: Situation, event: e.GateDecided) -> Iterator[Notice]:
    decision = event.decision
    gate = s.method.gates[decision.passage.partition("#")[0]]
    outcome = gate.outcomes[decision.proposal.outcome]
    turn = sum(d.passage == decision.passage and d.at <= event.at for d in s.project.decisions)
    data = {"gate": gate.id, "outcome": outcome.id, "reason": decision.reason}
    data["by"] = ", ".join(decision.by)
    told = (*gate.tells, *outcome.tells, *needs.leaders(s))
    for role in _there(s, told):
        yield _told(s, "decided", f"{decision.passage}d{turn}", role, data)


def _adopted(s: Situation, adoption: Adoption) -> Iterator[Notice]:
    """Of the other side the name and the day are told: it has agreed to no more."""
    day = s.day_of(adoption.at).isoformat()
    data = {"organisation": adoption.organisation, "day": day}
    for role in needs.leaders(s):
        yield _told(s, "adopted", str(len(s.project.adoptions)), role, data, immediate=False)


def _submitted(s: Situation, event: e.VersionSubmitted) -> Iterator[Notice]:
    if event.version.source is not None:
        return  # it was handed in elsewhere, and nobody here waits for it
    artefact = s.method.artefacts[event.version.artefact]
    data = {"artefact": artefact.id, "by": event.version.by, "version": str(event.version.n)}
    scope = project_scope(s)
    for role in people.roles_asked(s, artefact.approves, scope):
        yield _told(s, "approve_asked", f"{artefact.id}@{event.version.n}", role, data)


def _returned(s: Situation, event: e.VersionReturned) -> Iterator[Notice]:
    """Whoever handed it in; where they take no part any more, whoever owes it now."""
    by = s.project.versions[event.artefact][event.n - 1].by
    owner = s.method.artefacts[event.artefact].by
    takes_part = by in people.acting(s, tuple(s.project.members))
    owing = people.roles_asked(s, owner, project_scope(s)) or needs.leaders(s)
    data = {"artefact": event.artefact, "by": event.by, "reason": event.reason}
    for to in (by,) if takes_part else owing:
        yield _told(s, "returned", f"{event.artefact}@{event.n}", to, data)


def _hearing(s: Situation, by: str) -> tuple[str, ...]:
    """Whoever leads hears what others write; what a leader writes, everybody but the bodies."""
    leaders = needs.leaders(s)
    if by not in people.acting(s, leaders):
        return leaders
    return tuple(role.id for role in s.method.roles.values() if role.kind == "person")


def _condition(s: Situation, opened: NeedInstance) -> Iterator[Notice]:
    need = need_of(s.method, opened)
    if need.kind is NeedKind.WRITTEN:
        data = {
            "need": need.ref,
            "gate": need.owner_id,
            "text": opened.text,
            "instance": opened.key,
        }
        due = needs.due_day(s, s.project.needs[opened.key])
        yield _told(s, "condition_opened", opened.key, opened.owner, data, due=due)


def _handed_in(s: Situation, event: e.NeedHandedIn) -> Iterator[Notice]:
    instance = s.project.needs[event.need]
    need = need_of(s.method, instance)
    roles = handing_in.confirming_roles(s, instance, need)
    data = {"need": need.ref, "instance": instance.key, "by": event.by, "text": instance.text}
    for role in roles:
        yield _told(s, "accept_asked", f"{instance.key}@{event.at.isoformat()}", role, data)
