"""V9: the ways round a gate that a method leaves open on purpose, for whoever answers for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from innocities_engine.authoring.verify.team import all_leaves
from innocities_engine.domain import opening
from innocities_engine.domain.definition import Effect, Methodology
from innocities_engine.language.faults import Path


@dataclass(frozen=True, slots=True)
class Way:
    """`kind`: turn (forward), waiver, carried. `detail`: the phase, or the roles that may."""

    kind: str
    path: Path
    gate: str
    detail: str


def ways_round(method: Methodology) -> Iterator[Way]:
    for gate in method.gates.values():
        for outcome in gate.outcomes.values():
            path = ("gates", gate.id, "outcomes", outcome.id)
            if outcome.effect is Effect.TURN:
                for phase in outcome.targets:
                    if any(_is_ahead(method, phase, p) for p in gate.phases):
                        yield Way("turn", path, gate.id, phase)
            for key in outcome.carries:
                yield Way("carried", (*path, "needs", key), gate.id, key)
        for need in gate.needs.values():
            if need.waives is not None:
                roles = ", ".join(dict.fromkeys(leaf.role for leaf in all_leaves(need.waives)))
                yield Way("waiver", ("gates", gate.id, "needs", need.id), gate.id, roles)


def _is_ahead(method: Methodology, target: str, phase: str) -> bool:
    return target != phase and phase not in opening.ahead(method, target)
