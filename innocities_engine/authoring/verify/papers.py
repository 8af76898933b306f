"""V4: every paper is used, and nothing a paper rests on comes only after it."""

from __future__ import annotations

from collections.abc import Iterator

from innocities_engine.authoring.verify.findings import Finding
from innocities_engine.domain import mentions, opening
from innocities_engine.domain.definition import Methodology, NeedKind
from innocities_engine.domain.grammar import ArtefactTest


def unused(method: Methodology) -> Iterator[Finding]:
    """Papers that no need, rule, form or other paper asks for."""
    used = {need.of for need in method.all_needs if need.kind is NeedKind.ARTEFACT}
    used |= {
        test.artefact
        for rule in mentions.all_predicates(method)
        for test in mentions.tests(method, rule)
        if isinstance(test, ArtefactTest)
    }
    for artefact in method.artefacts.values():
        used |= {*artefact.rests_on} if artefact.id in used else set()
    inherited = {a for p in method.phases.values() for s in p.starts for a in s.inherits}
    for artefact in method.artefacts.values():
        if artefact.id not in used | inherited and not artefact.form:
            path = ("artefacts", artefact.id)
            yield Finding("V4", "unused", path, {"artefact": artefact.id}, "warning")


def rests_on_later(method: Methodology) -> Iterator[Finding]:
    """Papers that rest on others which are asked for only in phases that lie behind."""
    asked = {a: _phases_asking(method, a) for a in method.artefacts}
    for artefact in method.artefacts.values():
        for source in artefact.rests_on:
            mine, others = asked[artefact.id], asked[source]
            if mine and others and all(is_behind(method, p, mine) for p in others):
                path = ("artefacts", artefact.id, "from")
                params = {"artefact": artefact.id, "source": source}
                yield Finding("V4", "rests_on_later", path, params, "warning")


def _phases_asking(method: Methodology, artefact: str) -> frozenset[str]:
    gates = (g for g in method.gates.values() if artefact in mentions.artefacts_of(method, g))
    phases = {p for gate in gates for p in gate.phases}
    phases |= {p.id for p in method.phases.values()
               if any(n.of == artefact for n in p.needs.values())}  # fmt: skip
    return frozenset(phases)


def is_behind(method: Methodology, phase: str, before: frozenset[str]) -> bool:
    """Whether every one of these phases leads to it, and it to none of them."""
    return all(
        phase in opening.ahead(method, p) and p not in opening.ahead(method, phase) for p in before
    )
