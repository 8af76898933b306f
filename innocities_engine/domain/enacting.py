"""What a decision brings about: what it carries, what it opens and signs, and where it leads.
Whether it may be taken is left to `deciding`.
"""

from __future__ import annotations

from innocities_engine.domain import (
    arising,
    artefacts,
    gates,
    judgements,
    machine,
    needs,
    predicates,
    proposals,
)
from innocities_engine.domain import events as e
from innocities_engine.domain import handing_in as papers
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Effect, Gate, Need, NeedKind, Outcome
from innocities_engine.domain.effects import give_way, holds_move, take_effect
from innocities_engine.domain.project import (
    Decision,
    NeedInstance,
    Passage,
    Proposal,
    TrackStatus,
    Version,
    VersionStatus,
)
from innocities_engine.domain.situation import need_of, need_scope, passage_scope


def target_of(c: Cursor, passage: Passage, outcome: Outcome, proposal: Proposal) -> str | None:
    if outcome.choose is not None:
        s = c.situation
        return predicates.choose(s, outcome.choose, passage_scope(s, passage)).value
    if outcome.effect not in (Effect.TO, Effect.TURN):
        return None
    return proposal.to or outcome.targets[0]


def enact(
    c: Cursor,
    passage: Passage,
    gate: Gate,
    outcome: Outcome,
    decision: Decision,
    actor: Actor,
) -> None:
    s = c.situation
    carried = gates.carried_over(s, outcome, passage_scope(s, passage))
    done_already = _settle_carried(c, passage, frozenset(outcome.carries))
    track = c.project.tracks[gate.track]
    if track.status is TrackStatus.HELD and track.held_by is not None:
        if track.held_by.partition("#")[0] == gate.id and outcome.effect is not Effect.HOLD:
            c.emit(e.TrackResumed(at=c.now, track=gate.track))
    give_way(c, gate.track, outcome)
    c.emit(e.GateDecided(at=c.now, decision=decision))
    _carry(c, decision, actor)
    if outcome.passing:
        _sign(c, passage, gate)
    for key in _carried_instances(c, passage, carried - done_already):
        c.emit(e.NeedCarried(at=c.now, need=key))
    arising.open_decision_needs(c, passage, decision, frozenset(done_already))
    _discharge(c, decision, outcome)
    name = machine.trigger(gate.id, outcome.id, decision.target)
    if holds_move(c, passage.key):
        machine.walk(c.method, gate.track, c.project.tracks[gate.track], gate.id + machine.WAIT)
        return
    machine.walk(c.method, gate.track, c.project.tracks[gate.track], name, allowed=True)
    take_effect(c, c.project.passages[passage.key], gate.track)


def _settle_carried(c: Cursor, passage: Passage, carried: frozenset[str]) -> set[str]:
    """Of what is carried over, what is met already does not arise again."""
    met = set()
    for instance in c.project.needs.values():
        key = instance.ref.partition("/")[2]
        if instance.origin == passage.key and not instance.decision and key in carried:
            if not needs.finding(c.situation, instance).is_open:
                met.add(key)
    gate = c.method.gates[passage.gate]
    for key in carried & set(gate.criteria):
        given = judgements.verdict_of(c.situation, gate.id, key)
        criterion = gate.criteria[key]
        must = criterion.must if criterion.must not in (None, "rated") else criterion.scale[-1]
        if given is not None and criterion.scale.index(given) <= criterion.scale.index(must or ""):
            met.add(key)
    return met


def _carried_instances(c: Cursor, passage: Passage, keys: frozenset[str]) -> list[str]:
    return [
        n.key
        for n in c.project.needs.values()
        if n.origin == passage.key
        and not n.decision
        and n.ref.partition("/")[2] in keys
        and n.status in needs.UNMET
    ]


def _carry(c: Cursor, decision: Decision, actor: Actor) -> None:
    """What the decision carries takes effect with it: appointments, answers, papers."""
    for role, members in decision.proposal.appoint.items():
        c.emit(e.RoleFilled(at=c.now, role=role, members=tuple(dict.fromkeys(members))))
    for fact, value in decision.proposal.answers.items():
        c.emit(e.FactAnswered(at=c.now, fact=fact, value=value, by=actor.person))
    for name, content in decision.proposal.attach.items():
        artefact = papers.artefact_of(c, name)
        version = papers.new_version(c, artefact, content, {}, actor)
        c.emit(e.VersionSubmitted(at=c.now, version=version))


def _discharge(c: Cursor, decision: Decision, outcome: Outcome) -> None:
    """Needs that were due with the decision are done by it; what it left out is not."""
    for instance in list(c.project.needs.values()):
        fresh = instance.decision == decision.passage and instance.opened_at == c.now
        if not fresh or instance.outcome not in ("", outcome.id):
            continue
        need = need_of(c.method, instance)
        stated = need.kind in needs.BY_HAND or proposals.states(need, decision.proposal)
        if need.due_at_decision and stated and instance.status in needs.UNMET:
            c.emit(e.NeedDone(at=c.now, need=instance.key))


def _sign(c: Cursor, passage: Passage, gate: Gate) -> None:
    """The passing decision signs the version that counts; an earlier baseline is superseded.

    What was waived, carried over or passed over is not signed: nobody approved it.
    """
    for need in gate.needs.values():
        if need.kind is not NeedKind.ARTEFACT or need.status != "signed":
            continue
        version = _to_sign(c, c.project.needs[f"{need.ref}#{passage.n}"], need)
        if version is None or version.status is VersionStatus.SIGNED:
            continue
        for other in _same_baseline(c, need.of):
            old = artefacts.baseline(c.project, other)
            if old is not None:
                c.emit(e.VersionSuperseded(at=c.now, artefact=other, n=old.n))
        c.emit(e.VersionSigned(at=c.now, artefact=need.of, n=version.n, passage=passage.key))


def _to_sign(c: Cursor, instance: NeedInstance, need: Need) -> Version | None:
    s = c.situation
    is_asked = needs.finding(s, instance).exists.value is True
    scope = need_scope(s, instance)
    return needs.counted_version(s, instance, need, scope) if is_asked else None


def _same_baseline(c: Cursor, artefact: str) -> set[str]:
    """Artefacts joined by `replaces` share one baseline."""
    joined = {artefact}
    while True:
        more = {a.id for a in c.method.artefacts.values() if a.replaces in joined} | {
            r for a in joined if (r := c.method.artefacts[a].replaces) is not None
        }
        if more <= joined:
            return joined
        joined |= more
