"""The part of a method that decides where a project can get to: needs that hold nothing shut, that
no rule asks for and no decision must state are left out. What is left out is judged by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from innocities_engine.authoring.verify.abstracting import abstraction
from innocities_engine.domain.definition import Gate, Methodology, Need, NeedKind, Outcome


def reduced(method: Methodology) -> Methodology:
    seen = abstraction(method)
    named = seen.holding | seen.asked

    def matter(needs: Mapping[str, Need]) -> dict[str, Need]:
        return {key: need for key, need in needs.items() if key in named or _matters(need)}

    def of_outcome(outcome: Outcome) -> Outcome:
        kept = matter(outcome.needs)
        return replace(
            outcome,
            needs={k: n for k, n in outcome.needs.items() if k in kept or k in outcome.carries},
        )

    def of_gate(gate: Gate) -> Gate:
        kept = matter(gate.needs)
        carried = {key for o in gate.outcomes.values() for key in o.carries}
        return replace(
            gate,
            needs={k: n for k, n in gate.needs.items() if k in kept or k in carried},
            outcomes={o.id: of_outcome(o) for o in gate.outcomes.values()},
        )

    return replace(
        method,
        phases={p.id: replace(p, needs=matter(p.needs)) for p in method.phases.values()},
        roles={r.id: replace(r, needs=matter(r.needs)) for r in method.roles.values()},
        gates={g.id: of_gate(g) for g in method.gates.values()},
    )


def _matters(need: Need) -> bool:
    if need.due_at_decision or need.kind in (NeedKind.WRITTEN, NeedKind.ROLE):
        return True
    return bool(need.blocks) and need.required is not False
