"""What has been judged at a gate: verdicts, scores, advice, and who is asked for them.

Judgements are about the open instance of a gate, else about the last one that counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from innocities_engine.domain import artefacts, needs, people, predicates
from innocities_engine.domain.definition import Criterion, Gate, Need, NeedKind, Place, Voice
from innocities_engine.domain.grammar import Who
from innocities_engine.domain.project import (
    NeedInstance,
    Passage,
    PassageStatus,
    Recorded,
    VoiceKind,
)
from innocities_engine.domain.project import Version as GivenVersion
from innocities_engine.domain.project import Voice as GivenVoice
from innocities_engine.domain.situation import Scope, Situation, need_of, need_scope, passage_scope
from innocities_engine.domain.verdicts import TRUE, Verdict

HUNDRED = Decimal(100)


def current(s: Situation, gate: str) -> Passage | None:
    """The instance that judgements on a gate are about: the open one, else the last that counts."""
    if (passage := s.project.open_passage(gate)) is not None:
        return passage
    counting = [
        p
        for p in s.project.passages_of(gate)
        if not p.void and p.status is not PassageStatus.LAPSED
    ]
    return counting[-1] if counting else None


def ballot(s: Situation, passage: Passage, kind: VoiceKind, item: str = "") -> people.Ballot:
    """The subject of voices on a passage, and who is left out of it."""
    subject = f"{passage.key}/{item}" if item else passage.key
    return people.Ballot(
        kind,
        subject,
        conflicted=frozenset(s.project.conflicts.get(passage.key, ())),
        submitters=frozenset(v.by for v in papers(s, passage)),
    )


def papers(s: Situation, passage: Passage) -> tuple[GivenVersion, ...]:
    """The exact versions a decision at this passage rests on."""
    found: tuple[GivenVersion, ...]
    known_of, found = s.judged.get(("papers", passage.key), (None, ()))
    if known_of is not passage:
        found = tuple(_papers(s, passage))
        s.judged["papers", passage.key] = (passage, found)
    return found


def _papers(s: Situation, passage: Passage) -> Iterator[GivenVersion]:
    wanted = dict.fromkeys(n.of for n in _looking(s, passage) if n.kind is NeedKind.ARTEFACT)
    for artefact in wanted:
        version = artefacts.looked_at(s.project, artefact, passage)
        if version is not None:
            yield version


def _looking(s: Situation, passage: Passage) -> Iterator[Need]:
    """The needs of the gate and of those who decide it, and those of the phase that hold it shut.

    What an earlier decision asked for is left out: once done it stays so, whatever comes later.
    """
    key = passage.key
    for instance in s.project.needs.values():
        if instance.decision:
            continue
        need = need_of(s.method, instance)
        of_phase = need.place is Place.PHASE and needs.is_asked_for(s, instance)
        if instance.origin == key or (of_phase and needs.blocks_gate(s, instance, need, key)):
            yield need


def approval_ballot(s: Situation, artefact: str, n: int) -> people.Ballot:
    version = s.project.versions[artefact][n - 1]
    return people.Ballot(
        VoiceKind.APPROVAL,
        f"{artefact}@{n}",
        submitters=frozenset({version.by}),
        default=people.APPROVING,
    )


def need_ballot(s: Situation, kind: VoiceKind, instance: NeedInstance) -> people.Ballot:
    """The subject of voices on a need; who declared a conflict at its gate is left out."""
    conflicted = s.project.conflicts.get(instance.origin, ())
    return people.Ballot(kind, instance.key, conflicted=frozenset(conflicted))


def speak(
    s: Situation,
    who: Who | None,
    ballot: people.Ballot,
    person: str,
    value: str,
    recorded: Recorded | None = None,
) -> tuple[GivenVoice, ...]:
    """The voices `person` gives, one for each role: their own, one they stand in for, or those of
    the bodies they record. None, where their voice does not count.
    """
    kind, subject = ballot.kind, ballot.subject
    if recorded is not None:
        bodies = people.recorded_by(s, who, person, project_scope(s))
        asked = {leaf.role for leaf in people.leaves(who)}
        several = len([role for role in asked if s.method.roles[role].kind == "body"]) > 1
        return tuple(
            GivenVoice(
                kind, subject, role, "", value, s.now,
                recorded=replace(recorded, by=person, body=role if several else ""),
            )
            for role in people.minuted(s, who, ballot, bodies, recorded)
        )  # fmt: skip
    return tuple(
        GivenVoice(
            kind, subject, seat.role, person, value, s.now,
            stands_in_for=seat.member if seat.member != person else "",
        )
        for seat in people.seats_for(s, who, person, ballot)
    )  # fmt: skip


def raters(gate: Gate) -> Voice:
    return gate.rates or gate.decides


def raters_of(gate: Gate, criterion: Criterion) -> Who:
    """Who judges a criterion: whoever it names, else the raters of the gate."""
    return criterion.by or raters(gate).by


def applies(s: Situation, gate: Gate, criterion: Criterion) -> bool:
    """Whether the criterion exists; an unknown `when` counts as yes."""
    return existence(s, gate, criterion).value is not False


def existence(s: Situation, gate: Gate, criterion: Criterion) -> Verdict:
    return predicates.judge(s, criterion.when, gate_scope(s, gate)) if criterion.when else TRUE


def gate_scope(s: Situation, gate: Gate) -> Scope:
    passage = current(s, gate.id)
    if passage is not None:
        return passage_scope(s, passage)
    return Scope(gate.track, s.project.started_at or s.now, phase=gate.phases[0])


def verdict_of(s: Situation, gate_id: str, criterion: str) -> str | None:
    """The verdict that stands on a criterion, if the quorum of the raters has given values."""
    passage = current(s, gate_id)
    if passage is None:
        return None
    gate = s.method.gates[gate_id]
    by = raters_of(gate, gate.criteria[criterion])
    who = people.asked(s, by, passage_scope(s, passage)).who
    scale = gate.criteria[criterion].scale
    return people.standing_verdict(s, who, ballot(s, passage, VoiceKind.VERDICT, criterion), scale)


def advice_given(s: Situation, gate_id: str, advice: str) -> str | None:
    """The value that an adviser's quorum agrees on."""
    passage = current(s, gate_id)
    if passage is None:
        return None
    voice = s.method.gates[gate_id].advises[advice]
    who = people.asked(s, voice.by, passage_scope(s, passage)).who
    values = people.agreed(s, who, ballot(s, passage, VoiceKind.ADVICE, advice))
    return min(values, default=None)


def score(s: Situation, gate_id: str) -> Decimal | None:
    """Percent of what could be reached, weighted; None while a weighted criterion is unrated."""
    passage = current(s, gate_id)
    gate = s.method.gates[gate_id]
    weighted = [c for c in gate.criteria.values() if c.weight and applies(s, gate, c)]
    if passage is None or not weighted or unscored(s, gate_id):
        return None
    total = Decimal(0)
    for criterion in weighted:
        who = people.asked(s, raters_of(gate, criterion), passage_scope(s, passage)).who
        given = people.values_given(s, who, ballot(s, passage, VoiceKind.VERDICT, criterion.id))
        counts = [points(criterion, value) for value in given]
        total += criterion.weight * sum(counts, Decimal(0)) / len(counts)
    return total / sum(c.weight for c in weighted)


def unscored(s: Situation, gate_id: str) -> frozenset[str]:
    """What a score still waits for: criteria not rated, and facts that say which there are."""
    gate = s.method.gates[gate_id]
    found: set[str] = set()
    for criterion in gate.criteria.values():
        exists = existence(s, gate, criterion)
        if not criterion.weight or exists.value is False:
            continue
        if exists.value is None:
            found |= exists.unknown
        elif verdict_of(s, gate_id, criterion.id) is None:
            found.add(criterion.id)
    return frozenset(found)


def points(criterion: Criterion, value: str) -> Decimal:
    """What a value of a scale counts in a score: the best 100, the worst 0, even steps between."""
    steps = len(criterion.scale) - 1
    return HUNDRED * (steps - criterion.scale.index(value)) / steps if steps else HUNDRED


def project_scope(s: Situation) -> Scope:
    """The scope of the project as a whole."""
    return Scope(s.method.main_root, s.project.started_at or s.now, phase=s.method.main_root)


def may_speak(s: Situation, passage: Passage, voice: GivenVoice) -> bool:
    """A member whose own need (a declaration of interest, say) is open cannot give a voice yet.

    A body's result counts if nobody whose presence it rests on is in that case.
    """
    given_by = voice.recorded.present if voice.recorded else (voice.stands_in_for or voice.person,)
    return not any(_owes(s, passage, voice.role, member) for member in given_by)


def _owes(s: Situation, passage: Passage, role: str, member: str) -> bool:
    for instance in s.project.needs.values():
        own = instance.member == member and instance.ref.startswith(f"{role}/")
        if own and instance.origin == passage.key and needs.finding(s, instance).is_open:
            need = need_of(s.method, instance)
            if needs.required(s, need, need_scope(s, instance)).value is not False:
                return True
    return False
