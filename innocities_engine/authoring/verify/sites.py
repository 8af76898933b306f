"""Where the rules of a method stand: each predicate and each choice among alternatives, with its
path, and for what it is judged in a project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from innocities_engine.authoring.verify.team import all_leaves
from innocities_engine.domain import judgements
from innocities_engine.domain.definition import Gate, Methodology, Need, Outcome, Place, Voice
from innocities_engine.domain.grammar import Choose, Predicate, Who
from innocities_engine.domain.project import NeedStatus
from innocities_engine.domain.situation import (
    Scope,
    Situation,
    need_scope,
    passage_scope,
    phase_scope,
)
from innocities_engine.language.faults import Path

Scopes: TypeAlias = Callable[[Situation], Iterator[Scope]]


@dataclass(frozen=True)
class Site:
    """`rule` or `choose`, never both. `scopes`: the things in a project it is judged for."""

    path: Path
    scopes: Scopes
    rule: Predicate | None = None
    choose: Choose[Any] | None = None


def sites(method: Methodology) -> Iterator[Site]:
    """Every rule of the method, and every choice."""
    for fact in method.facts.values():
        path: Path = ("facts", fact.id, "value")
        yield from _both(path, _project, fact.rule, fact.chosen)
    for artefact in method.artefacts.values():
        for facet, who in (("by", artefact.by), ("approves", artefact.approves)):
            yield from _both(("artefacts", artefact.id, facet), _project, None, who)
    for role in method.roles.values():
        for need in role.needs.values():
            yield from _of_need(
                method, ("roles", role.id, "needs", need.id), need, _with_role(method, role.id)
            )
    for phase in method.phases.values():
        path = ("phases", phase.id)
        yield from _both((*path, "done"), _in_phase(phase.id, ended=True), phase.done, None)
        when = phase.opens.when if phase.opens else None
        yield from _both((*path, "opens", "when"), _before(phase.id), when, None)
        for need in phase.needs.values():
            yield from _of_need(method, (*path, "needs", need.id), need, _in_phase(phase.id))
    for gate in method.gates.values():
        yield from _of_gate(method, gate)


def _both(path: Path, scopes: Scopes, rule: object, choose: object) -> Iterator[Site]:
    if rule is not None and not isinstance(rule, bool):
        yield Site(path, scopes, rule=rule)  # type: ignore[arg-type]
    if isinstance(choose, Choose):
        yield Site(path, scopes, choose=choose)
        for way in choose.alternatives:
            yield Site((*path, "choose", way.id, "when"), scopes, rule=way.when)


def _of_gate(method: Methodology, gate: Gate) -> Iterator[Site]:
    path: Path = ("gates", gate.id)
    open_one, around = _passages(gate), _in_gate(gate)
    yield from _both((*path, "when"), around, gate.when, None)
    yield from _both(
        (*path, "opens", "when"), around, gate.opens.when if gate.opens else None, None
    )
    yield from _both((*path, "due"), open_one, None, gate.due)
    voices: list[tuple[Path, Voice]] = [(("decides",), gate.decides)]
    voices += [(("rates",), gate.rates)] if gate.rates else []
    voices += [(("advises", v.id), v) for v in gate.advises.values()]
    for facet, voice in voices:
        yield from _of_voice((*path, *facet), voice, open_one)
    for criterion in gate.criteria.values():
        at = (*path, "criteria", criterion.id)
        yield from _both((*at, "when"), open_one, criterion.when, None)
        yield from _both((*at, "by"), open_one, None, criterion.by)
    for need in gate.needs.values():
        yield from _of_need(method, (*path, "needs", need.id), need, open_one, gate)
    for outcome in gate.outcomes.values():
        at = (*path, "outcomes", outcome.id)
        yield from _of_outcome(at, outcome, open_one)
        for need in outcome.needs.values():
            yield from _of_need(method, (*at, "needs", need.id), need, open_one, gate)


def _of_voice(path: Path, voice: Voice, scopes: Scopes) -> Iterator[Site]:
    yield from _both((*path, "when"), scopes, voice.when, None)
    yield from _both((*path, "by"), scopes, None, voice.by)
    yield from _both((*path, "due"), scopes, None, voice.due)


def _of_outcome(path: Path, outcome: Outcome, scopes: Scopes) -> Iterator[Site]:
    yield from _both((*path, "when"), scopes, outcome.when, None)
    yield from _both((*path, outcome.effect.value), scopes, None, outcome.choose)


def _of_need(
    method: Methodology, path: Path, need: Need, otherwise: Scopes, gate: Gate | None = None
) -> Iterator[Site]:
    """Whom it takes over from its paper or its gate is judged there, otherwise told twice."""
    scopes = _instances(need, path, otherwise)
    paper = method.artefacts.get(need.of)
    taken_over = (paper.by if paper else None, gate.decides.by if gate else None)
    for facet, rule in (("when", need.when), ("required", need.required), ("done", need.done)):
        yield from _both((*path, facet), scopes, rule, None)
    yield from _both(
        (*path, "opens", "when"), scopes, need.opens.when if need.opens else None, None
    )
    for facet, who in (("by", need.by), ("accepts", need.accepts), ("waives", need.waives)):
        if _ways(who) not in map(_ways, taken_over):
            yield from _both((*path, facet), scopes, None, who)
    yield from _both((*path, "due"), scopes, None, need.due)


def _ways(who: Who | None) -> object:
    """What somebody is chosen by; of a condition fewer confirm than those who decided."""
    if not isinstance(who, Choose):
        return who
    return tuple(way.when for way in who.alternatives), who.otherwise is None


# ---------------------------------------------------------------- what a rule is judged for


def _project(s: Situation) -> Iterator[Scope]:
    yield judgements.project_scope(s)


def _passages(gate: Gate) -> Scopes:
    def scopes(s: Situation) -> Iterator[Scope]:
        passage = s.project.open_passage(gate.id)
        if passage is not None:
            yield passage_scope(s, passage)

    return scopes


def _in_phase(phase: str, *, ended: bool = False) -> Scopes:
    """While the project is in it; and, for what ends it, when it just was."""

    def scopes(s: Situation) -> Iterator[Scope]:
        track = s.project.tracks.get(s.method.phases[phase].track)
        alive = track is not None and (ended or track.end is None)
        if alive and track is not None and track.phase == phase:
            yield phase_scope(s, phase)

    return scopes


def _in_gate(gate: Gate) -> Scopes:
    def scopes(s: Situation) -> Iterator[Scope]:
        track = s.project.tracks.get(gate.track)
        if track is not None and track.end is None and track.phase in gate.phases:
            yield phase_scope(s, track.phase)

    return scopes


def _before(root: str) -> Scopes:
    """Until it is entered for the first time, and when it just was."""

    def scopes(s: Situation) -> Iterator[Scope]:
        if len(s.project.entries.get(root, ())) <= 1:
            yield phase_scope(s, root)

    return scopes


def _with_role(method: Methodology, role: str) -> Scopes:
    gates = [g for g in method.gates.values() if role in {r.role for r in all_leaves(g.decides.by)}]

    def scopes(s: Situation) -> Iterator[Scope]:
        for gate in gates:
            yield from _passages(gate)(s)

    return scopes


def _instances(need: Need, path: Path, otherwise: Scopes) -> Scopes:
    outcome = path[3] if need.place is Place.OUTCOME else ""

    def scopes(s: Situation) -> Iterator[Scope]:
        found = False
        for instance in s.project.needs.values():
            mine = instance.ref == need.ref and (not outcome or instance.outcome == outcome)
            if mine and instance.status not in (NeedStatus.LAPSED, NeedStatus.CARRIED):
                found = True
                yield need_scope(s, instance)
        if not found:
            yield from otherwise(s)

    return scopes


def site_at(method: Methodology, path: Path) -> Site:
    """The rule or the choice that stands at a path."""
    return next(site for site in sites(method) if site.path == path)
