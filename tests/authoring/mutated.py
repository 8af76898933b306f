"""Random changes of a method: some leave it sound, most of them do not, and nobody knows which."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any, TypeAlias

Plain: TypeAlias = dict[str, Any]


def mutate(raw: Plain, rng: Random) -> Plain:
    """The same method with one thing written differently."""
    changed = deepcopy(raw)
    ways = [*_changes(changed, rng)]
    rng.choice(ways)()
    return changed


def _changes(raw: Plain, rng: Random) -> Iterator[Any]:
    gates, phases = raw["gates"], list(raw["phases"])
    names = list(gates)
    for gate in gates.values():
        outcomes = gate["outcomes"]
        yield lambda o=outcomes: o.pop(rng.choice(list(o))) if len(o) > 1 else None
        yield lambda o=outcomes: o.update({"sideways": {"to": rng.choice(phases)}})
        yield lambda o=outcomes: o.update({"round": {"turn": rng.choice(phases)}})
        yield lambda g=gate: g.setdefault("needs", {}).update({rng.choice(names): {}})
        yield lambda g=gate: g.update({"blocks": rng.choice(names)})
        yield lambda g=gate: g.update({"when": {"gate": rng.choice(names), "times": 1}})
        yield lambda o=outcomes: rng.choice(list(o.values())).update({"when": _rule(raw, rng)})
        yield lambda o=outcomes: _held(rng.choice(list(o.values())), raw, rng)
        for need in gate.get("needs", {}).values():
            yield lambda n=need: n.update({"when": _rule(raw, rng)})
    for phase in raw["phases"].values():
        yield lambda p=phase: p.pop("done", None)


def _held(outcome: Plain, raw: Plain, rng: Random) -> None:
    """A wait that its decision brings, and what it holds shut meanwhile."""
    blocks = rng.choice(["move", "next", rng.choice(list(raw["gates"]))])
    wait = {"title": {"en": "Wait"}, "done": _rule(raw, rng), "blocks": blocks}
    outcome.setdefault("needs", {})["strange_wait"] = wait


def _rule(raw: Plain, rng: Random) -> Plain:
    gate = rng.choice(list(raw["gates"]))
    outcome = rng.choice(list(raw["gates"][gate]["outcomes"]))
    phase = rng.choice(list(raw["phases"]))
    some = [
        {"gate": gate, "outcome": [outcome]},
        {"none": [{"gate": gate, "outcome": [outcome]}]},
        {"phase": phase, "is": rng.choice(["current", "entered", "never"])},
        {"passed": f"2 months after {gate}"},
        {"none": [{"passed": "1 month after start"}]},
    ]
    return rng.choice(some)
