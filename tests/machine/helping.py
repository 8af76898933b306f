"""What would help a project on: a decision at a gate that is ready, or something it still misses.

It is read off what the oracle shows of the project; how each command is given is left to `moves`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.machine.moves import (
    EACH,
    Chooser,
    Move,
    Spec,
    View,
    accept,
    advising,
    answering,
    deciding,
    handing_in,
    judging,
    of_needs,
    on_need,
    raise_gate,
    rating,
    resume,
    roles_in,
    somebody,
    spec_of,
    team,
)
from tests.oracle.reading import listed


def step_forward(c: Chooser, v: View) -> Move | None:
    """Take away something that holds an open gate shut, or decide at one that is ready."""
    gates = v.open_gates()
    if not gates:
        return c.one([raise_gate, resume, of_needs("tick_off", "by")])(c, v)
    return towards(c, v, c.one(gates))


def towards(c: Chooser, v: View, gate: str) -> Move | None:
    passage = v.passage(gate)
    ways = [outcome for outcome, blockers in passage["ways"].items() if not blockers]
    if ways and c.one([False] * 11 + [True]):
        return deciding(c, v, gate, ways)
    if passing := [outcome for outcome in ways if leads_on(v, gate, outcome)]:
        return deciding(c, v, gate, passing)
    if not passage["blockers"]:
        return deciding(c, v, gate, ways)
    code, subject = c.one(passage["blockers"])
    return MENDING.get(code, lambda c, v, g, s: None)(c, v, gate, subject)


def leads_on(v: View, gate: str, outcome: str) -> bool:
    spec = v.method.outcome(gate, outcome)
    return not {"turn", "again", "hold"} & set(spec) and spec.get("end") != "stopped"


def mend_need(c: Chooser, v: View, gate: str, ref: str) -> Move | None:
    found = [n for n in v.open_needs() if n["need"] == ref]
    if not found:
        return None
    need = c.one(found)
    spec = spec_of(v, need)
    key = ref.partition("/")[2]
    name = str(spec.get("of", key))
    if spec.get("waives") and c.one([False, False, False, True]):
        return on_need(c, v, "waive", "waives", need)
    if "done" in spec:
        return mend_wait(c, v, spec)
    match v.method.kind(key, spec, gate):
        case "artefact":
            return hand_in_or_approve(c, v, name)
        case "fact":
            return fact_or_form(c, v, name)
        case "role":
            said = {"do": "assign", "role": name, "members": team(c, v, name)}
            return said, c.one(v.case.people)
        case "gate":
            return towards(c, v, name) if name in v.open_gates() else raise_one(c, v, name)
    if need["handed_in"]:
        return accept(c, v)
    return on_need(c, v, "tick_off", "by", need)


def mend_wait(c: Chooser, v: View, spec: Spec) -> Move | None:
    """Do something about what the wait waits for; of time alone there is nothing to do."""
    facts = set(named_in("fact", spec["done"])) | set(map(str, listed(spec.get("asks"))))
    known = sorted(f for f in facts if "value" not in v.method.facts[f])
    roles, papers = named_in("role", spec["done"]), named_in("artefact", spec["done"])
    things = [*known, *roles, *papers]
    if not things:
        return None
    thing = c.one(things)
    if thing in papers:
        return handing_in(c, v, thing)
    return mend_role(c, v, "", thing) if thing in roles else fact_or_form(c, v, thing)


def named_in(word: str, predicate: Any) -> list[str]:
    """The facts, roles or artefacts that a predicate asks about."""
    if isinstance(predicate, dict):
        own = [predicate[word]] if isinstance(predicate.get(word), str) else []
        return own + [name for part in predicate.values() for name in named_in(word, part)]
    if isinstance(predicate, list):
        return [name for part in predicate for name in named_in(word, part)]
    return []


def fact_or_form(c: Chooser, v: View, fact: str) -> Move:
    if forms := v.method.forms_with(fact):
        return handing_in(c, v, c.one(forms))
    return answering(c, v, fact)


def hand_in_or_approve(c: Chooser, v: View, artefact: str) -> Move:
    standing = [x for x in v.shown["versions"].get(artefact, []) if x["status"] == "submitted"]
    if standing and c.one([True, True, False]):
        return judging(c, v, "approve", artefact)
    return handing_in(c, v, artefact)


def raise_one(c: Chooser, v: View, gate: str) -> Move | None:
    by = v.method.opens(gate).get("by")
    return ({"do": "raise", "gate": gate}, somebody(c, v, by)) if by else None


def mend_role(c: Chooser, v: View, gate: str, role: str) -> Move:
    return {"do": "assign", "role": role, "members": team(c, v, role)}, c.one(v.case.people)


def mend_deciders(c: Chooser, v: View, gate: str, subject: str) -> Move:
    return mend_role(c, v, gate, c.one(roles_in(v.method.decides(gate)["by"])))


MENDING: dict[str, Callable[[Chooser, View, str, str], Move | None]] = {
    "need_open": mend_need,
    "criterion_unrated": rating,
    "criterion_below": rating,
    "advice_missing": advising,
    "answer_first": lambda c, v, gate, fact: fact_or_form(c, v, fact),
    "gate_blocks": lambda c, v, gate, other: deciding(c, v, other),
    "role_empty": mend_role,
    "quorum_impossible": mend_deciders,
}

ALL: dict[str, Callable[[Chooser, View], Move | None]] = {"step_forward": step_forward, **EACH}
