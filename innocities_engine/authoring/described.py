"""Decide how a method is described to somebody who wants to see it as a whole: its phases, and what
each of its gates asks of whom and leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from innocities_engine import wording
from innocities_engine.authoring.diagram import leads, text, title, who
from innocities_engine.authoring.plainly import Plainly
from innocities_engine.domain.definition import (
    Element,
    Gate,
    Methodology,
    Need,
    NeedKind,
    Outcome,
)
from innocities_engine.domain.grammar import Predicate


def described(method: Methodology, language: str) -> dict[str, Any]:
    """The method as plain data: phases, and gates with what they ask."""
    return {
        "id": method.id,
        "version": method.version,
        "digest": method.digest,
        "title": title(method, method, language),
        "help": text(method, method.help, language),
        "languages": list(method.languages),
        "country": method.country,
        "phases": [
            {
                "phase": p.id,
                "title": title(method, p, language),
                "track": p.track,
                "main": p.track == method.main_root,
                "needs": [_need(method, need, language) for need in p.needs.values()],
            }
            for p in method.phases.values()
        ],
        "gates": [_gate(method, gate, language) for gate in method.gates.values()],
    }


def _gate(method: Methodology, gate: Gate, language: str) -> dict[str, Any]:
    return {
        "gate": gate.id,
        "title": title(method, gate, language),
        "help": text(method, gate.help, language),
        "phases": [title(method, method.phases[p], language) for p in gate.phases],
        "decides": Plainly(method, language).who(gate.decides.by),
        "needs": [_need(method, need, language) for need in gate.needs.values()],
        "criteria": [
            {"criterion": c.id, "question": text(method, c.question, language), "must": c.must}
            for c in gate.criteria.values()
        ],
        "rates": who(method, gate.rates.by, language) if gate.rates else "",
        "advises": [
            {"advice": v.id, "who": who(method, v.by, language)} for v in gate.advises.values()
        ],
        "outcomes": [_outcome(method, o, language) for o in gate.outcomes.values()],
        "basis": basis(method, gate, language),
    }


def _outcome(method: Methodology, outcome: Outcome, language: str) -> dict[str, Any]:
    return {
        "outcome": outcome.id,
        "passing": outcome.passing,
        "leads": leads(method, outcome, language),
        "needs": [_need(method, need, language) for need in outcome.needs.values()],
    }


def basis(method: Methodology, element: Element, language: str) -> str:
    basis = element.basis
    if basis is None:
        return ""
    said = (_kind(basis.kind, language), basis.source, text(method, basis.help, language))
    return ": ".join(filter(None, said))


def _kind(kind: str, language: str) -> str:
    name = f"basis.{kind}"
    return wording.say(language, name) if wording.knows(name) else kind


def _need(method: Methodology, need: Need, language: str) -> dict[str, Any]:
    named = text(method, need.do, language) or text(method, need.title, language)
    things: Mapping[NeedKind, Mapping[str, Element]] = {
        NeedKind.ARTEFACT: method.artefacts,
        NeedKind.FACT: method.facts,
        NeedKind.ROLE: method.roles,
        NeedKind.GATE: method.gates,
    }
    thing = things.get(need.kind, {}).get(need.of)
    return {
        "need": need.id,
        "kind": need.kind.value,
        "title": named or (title(method, thing, language) if thing else need.id),
        "required": need.required if isinstance(need.required, bool) else None,
        "only_if": _rule(method, need.when, language),
        "required_if": _rule(method, need.required, language),
    }


def _rule(method: Methodology, rule: Predicate | bool | None, language: str) -> str:
    """A rule in words; what is not left to a rule has none."""
    return "" if rule is None or isinstance(rule, bool) else Plainly(method, language).rule(rule)
