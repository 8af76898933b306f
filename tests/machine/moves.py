"""The commands that are tried: what would help a project on, and what nobody should get away with.

A move is a command of the oracle and whoever gives it; who and what is drawn by a `Chooser`, so that
Hypothesis can shrink it. Which move would help the project on is the matter of `helping`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from tests.machine.cases import STRANGER, Case
from tests.oracle.reading import Method, chosen_values, listed

T = TypeVar("T")
Spec = dict[str, Any]
Move = tuple[Spec, str]  # the command, and who gives it


class Chooser(Protocol):
    """Draws; the first option is the simplest."""

    def one(self, options: Sequence[T]) -> T: ...


@dataclass
class View:
    """What the one who moves knows: the method, what is shown, and the proposals made so far."""

    case: Case
    method: Method
    shown: dict[str, Any]
    today: date
    proposals: dict[str, list[Spec]] = field(default_factory=dict)

    def members(self, role: str) -> list[str]:
        found: list[str] = self.shown["members"].get(role, [])
        return found

    def open_gates(self) -> list[str]:
        return [g for g, passages in self.shown["gates"].items() if open_one(passages)]

    def passage(self, gate: str) -> Spec:
        found = open_one(self.shown["gates"][gate])
        assert found is not None
        return found

    def open_needs(self) -> list[Spec]:
        return [n for n in self.shown["needs"] if n["status"] == "open"]


def open_one(passages: Sequence[Spec]) -> Spec | None:
    return next((p for p in passages if p["status"] == "open"), None)


# ---------------------------------------------------------------- who


def roles_in(who: Any) -> list[str]:
    """Every role that a Who may mean."""
    if isinstance(who, dict) and "role" in who:
        return [str(who["role"])]
    if isinstance(who, dict):
        inner = chosen_values(who) if "choose" in who else listed(who.get("each", who.get("any")))
        return [role for part in inner for role in roles_in(part)]
    if isinstance(who, list):
        return [role for part in who for role in roles_in(part)]
    return [str(who)] if who else []


def people_in(v: View, who: Any) -> list[str]:
    stand_ins = {s.person: s.stands_in for s in v.case.setting.substitutes}
    held = [p for role in roles_in(who) for p in v.members(role)]
    return list(dict.fromkeys(held + [stand_ins[p] for p in held if p in stand_ins]))


def somebody(c: Chooser, v: View, who: Any) -> str:
    """Mostly one of those asked; sometimes anybody at all."""
    asked = people_in(v, who)
    return c.one([*asked * 4, c.one(v.case.people)])


def recorders(v: View, who: Any) -> list[Any]:
    bodies = [r for r in roles_in(who) if v.method.is_body(r)]
    return [v.method.roles[r].get("records", r) for r in bodies]


def speaks(c: Chooser, v: View, who: Any, gate: str = "") -> tuple[Spec, str]:
    """Give a voice oneself, or record a body's with those present, and with what it had read."""
    records = recorders(v, who)
    if not records or c.one([True, True, False]):
        return {}, somebody(c, v, who)
    members = list(dict.fromkeys(p for role in roles_in(who) for p in v.members(role)))
    present = c.one(
        [*[members] * 6, members[:1], people_in(v, who), [*members, c.one(v.case.people)]]
    )
    said: Spec = {"recorded": True, "present": present}
    if c.one([True, False, False]):
        days, reads = c.one([(0, 0), (0, 1), (-1, 0), (-1, 1), (-3, 0), (1, 0)])
        said["session"] = (v.today + timedelta(days)).isoformat()
        if reads and gate in v.open_gates():
            said["read"] = v.passage(gate)["papers"]
    return said, somebody(c, v, records[0])


# ---------------------------------------------------------------- values


def answer_to(c: Chooser, v: View, fact: str) -> Any:
    spec = v.method.facts[fact]
    if choices := listed(spec.get("choices")):
        picked = c.one([*choices * 4, "something else"])
        return str(picked)
    day = v.today
    values: dict[str, list[Any]] = {
        "yes_no": [True, False],
        "number": ["3", "1", "2"],
        "money": ["900000", "100", "2000000"],
        "percent": ["50", "80", "10"],
        "date": [(day + timedelta(n)).isoformat() for n in (0, 10, -3, 45)],
        "yearly_date": ["15 April", "1 June"],
        "duration": ["1 week", "2 weeks"],
        "text": ["words"],
    }
    return c.one([*values[str(spec.get("type", "text"))] * 4, "perhaps"])


def form_of(c: Chooser, v: View, artefact: str) -> Spec:
    asked = listed(v.method.artefacts[artefact].get("form"))
    return {fact: answer_to(c, v, fact) for fact in asked if c.one([True] * 6 + [False])}


def team(c: Chooser, v: View, role: str) -> list[str]:
    usual = list(v.case.members[role]) or [f"{role}_1"]
    return c.one([*[usual] * 5, usual[:1], [*usual, c.one(v.case.people)], []])


# ---------------------------------------------------------------- each command


def assign(c: Chooser, v: View) -> Move:
    role = c.one(list(v.method.roles))
    return {"do": "assign", "role": role, "members": team(c, v, role)}, c.one(v.case.people)


def answer(c: Chooser, v: View) -> Move | None:
    return answering(c, v, c.one(list(v.method.facts))) if v.method.facts else None


def answering(c: Chooser, v: View, fact: str) -> Move:
    said = {"do": "answer", "fact": fact, "value": answer_to(c, v, fact)}
    return said, somebody(c, v, v.method.facts[fact].get("by") or list(v.method.roles))


def submit(c: Chooser, v: View) -> Move | None:
    return handing_in(c, v, c.one(list(v.method.artefacts))) if v.method.artefacts else None


def handing_in(c: Chooser, v: View, artefact: str) -> Move:
    said = {"do": "submit", "artefact": artefact, "form": form_of(c, v, artefact)}
    return said, somebody(c, v, v.method.artefacts[artefact].get("by"))


def approve(c: Chooser, v: View) -> Move | None:
    return judging(c, v, "approve", c.one(list(v.method.artefacts))) if v.method.artefacts else None


def send_back(c: Chooser, v: View) -> Move | None:
    return judging(c, v, "return", c.one(list(v.method.artefacts))) if v.method.artefacts else None


def judging(c: Chooser, v: View, do: str, artefact: str) -> Move:
    who = v.method.artefacts[artefact].get("approves")
    if who is None:
        needing = [g for g, _ in v.method.statuses_needed(artefact)]
        who = [v.method.decides(g)["by"] for g in needing]
    said: Spec = {"do": do, "artefact": artefact}
    return said, somebody(c, v, who)


def withdraw(c: Chooser, v: View) -> Move | None:
    if not v.method.artefacts:
        return None
    artefact = c.one(list(v.method.artefacts))
    version = c.one([None, None, 1, 2])
    said = {"do": "withdraw", "artefact": artefact} | ({"version": version} if version else {})
    return said, somebody(c, v, v.method.artefacts[artefact].get("by"))


def of_needs(do: str, facet: str) -> Callable[[Chooser, View], Move | None]:
    """A command on one open need; whoever the facet names gives it."""

    def move(c: Chooser, v: View) -> Move | None:
        found = v.open_needs()
        return on_need(c, v, do, facet, c.one(found)) if found else None

    return move


def on_need(c: Chooser, v: View, do: str, facet: str, need: Spec) -> Move:
    said: Spec = {"do": do, "need": need["need"], "occurrence": need["occurrence"]}
    if need["text"]:
        said["text"] = need["text"]
    if do == "extend":
        said["due"] = (v.today + timedelta(c.one([30, 1, -5]))).isoformat()
    if do == "tick_off" and need["member"]:
        said["member"] = need["member"]
        return said, c.one([need["member"], need["member"], c.one(v.case.people)])
    spec = spec_of(v, need)
    who = spec.get(facet) or list(v.method.roles)
    return said, somebody(c, v, who)


def spec_of(v: View, need: Spec) -> Spec:
    """What the method says of a need that is shown."""
    home, _, key = need["need"].partition("/")
    if home in v.method.phases:
        return v.method.needs_of_phase(home)[key]
    if need["place"] == "outcome":
        return v.method.needs_of_outcome(home, need["outcome"])[key]
    if need["place"] == "gate":
        return v.method.needs_of_gate(home)[key]
    found = (v.method.needs_of_role(r) for r in roles_in(v.method.decides(home)["by"]))
    return next(specs[key] for specs in found if key in specs)


def accept(c: Chooser, v: View) -> Move | None:
    """Mostly what waits for it."""
    waiting = [n for n in v.open_needs() if n["handed_in"]] or v.open_needs()
    if not waiting:
        return None
    need = c.one(waiting)
    gate = need["need"].partition("/")[0]
    decides = v.method.decides(gate)["by"] if gate in v.method.gates else list(v.method.roles)
    said, _ = on_need(c, v, "accept", "accepts", need)
    return said, somebody(c, v, spec_of(v, need).get("accepts", decides))


def rate(c: Chooser, v: View) -> Move | None:
    gates = [g for g in gates_to_try(v) if v.method.criteria(g)]
    if not gates:
        return None
    gate = c.one(gates)
    return rating(c, v, gate, c.one(list(v.method.criteria(gate))))


def rating(c: Chooser, v: View, gate: str, criterion: str) -> Move:
    spec = v.method.criteria(gate)[criterion]
    scale = listed(spec.get("scale")) or ["met", "partly", "not_met"]
    rates = v.method.gates[gate].get("rates")
    by_gate = rates["by"] if rates else v.method.decides(gate)["by"]
    voice, actor = speaks(c, v, spec.get("by", by_gate))
    value = c.one([*scale[:1] * 3, *scale])
    return {"do": "rate", "gate": gate, "criterion": criterion, "value": value} | voice, actor


def advise(c: Chooser, v: View) -> Move | None:
    gates = [g for g in gates_to_try(v) if v.method.advises(g)]
    if not gates:
        return None
    gate = c.one(gates)
    return advising(c, v, gate, c.one(list(v.method.advises(gate))))


def advising(c: Chooser, v: View, gate: str, advice: str) -> Move:
    spec = v.method.advises(gate)[advice]
    scale = listed(spec.get("scale")) or list(v.method.outcomes(gate))
    voice, actor = speaks(c, v, spec["by"], gate)
    said = {"do": "advise", "gate": gate, "advice": advice, "value": c.one(scale)}
    return said | voice, actor


def declare_conflict(c: Chooser, v: View) -> Move:
    gate = c.one(gates_to_try(v))
    return {"do": "declare_conflict", "gate": gate}, somebody(c, v, v.method.decides(gate)["by"])


def present(c: Chooser, v: View) -> Move:
    return {"do": "present", "gate": c.one(gates_to_try(v))}, somebody(c, v, v.method.leads)


def take_back(c: Chooser, v: View) -> Move:
    said = {"do": "withdraw_presentation", "gate": c.one(gates_to_try(v))}
    return said, somebody(c, v, v.method.leads)


def raise_gate(c: Chooser, v: View) -> Move | None:
    gates = [g for g in v.method.gates if "by" in v.method.opens(g)]
    if not gates:
        return None
    gate = c.one(gates)
    return {"do": "raise", "gate": gate}, somebody(c, v, v.method.opens(gate)["by"])


def resume(c: Chooser, v: View) -> Move:
    track = c.one(v.method.roots)
    decides = [v.method.decides(g)["by"] for g in v.open_gates()]
    return {"do": "resume", "track": track}, somebody(c, v, decides)


def gates_to_try(v: View) -> list[str]:
    """Open gates, and once in a while any."""
    return v.open_gates() * 3 + list(v.method.gates)[:2]


# ---------------------------------------------------------------- deciding


def decide(c: Chooser, v: View) -> Move:
    return deciding(c, v, c.one(gates_to_try(v)))


def deciding(c: Chooser, v: View, gate: str, outcomes: Sequence[str] = ()) -> Move:
    """Vote as somebody did before, or propose something."""
    said = proposal_again(c, v, gate) or proposal(c, v, gate, outcomes)
    voice, actor = speaks(c, v, v.method.decides(gate)["by"], gate)
    return said | voice, actor


def proposal_again(c: Chooser, v: View, gate: str) -> Spec | None:
    """The last proposal for this gate, so that votes can meet."""
    earlier = v.proposals.get(gate)
    return dict(earlier[-1]) if earlier and c.one([True, True, True, False]) else None


def proposal(c: Chooser, v: View, gate: str, outcomes: Sequence[str] = ()) -> Spec:
    outcome = c.one(list(outcomes) or list(v.method.outcomes(gate)))
    said: Spec = {"do": "decide", "gate": gate, "outcome": outcome}
    spec = v.method.outcome(gate, outcome)
    word = spec.get("to", spec.get("turn"))
    if isinstance(word, list) and len(word) > 1:
        said["to"] = c.one([*word, *word, None])
    if "hold" in spec:
        said["review"] = (v.today + timedelta(c.one([20, 5, 400]))).isoformat()
    said |= carried(c, v, gate, outcome)
    v.proposals.setdefault(gate, []).append(said)
    return said


def carried(c: Chooser, v: View, gate: str, outcome: str) -> Spec:
    """What the outcome asks of the decision; once in a while something is left out."""
    said: dict[str, Any] = {"conditions": {}, "answers": {}, "appoint": {}, "attach": {}}
    for key, spec in v.method.needs_of_outcome(gate, outcome).items():
        name = str(spec.get("of", key))
        if c.one([False] * 7 + [True]):
            continue
        if "written" in spec:
            said["conditions"][key] = conditions(c, v, spec)
        elif v.method.due_with_decision(key, spec):
            match v.method.kind(key, spec, gate):
                case "fact":
                    said["answers"][name] = answer_to(c, v, name)
                case "role":
                    said["appoint"][name] = team(c, v, name)
                case "artefact":
                    said["attach"][name] = {}
    return {word: value for word, value in said.items() if value}


def conditions(c: Chooser, v: View, spec: Spec) -> list[Spec]:
    count = c.one([1, 2, 3])
    day = c.one([None, 14, 400])
    due = {"due": (v.today + timedelta(day)).isoformat()} if day else {}
    owner = c.one([*people_in(v, v.method.leads), STRANGER])
    return [{"text": f"condition {n}", "owner": owner} | due for n in range(1, count + 1)]


def override(c: Chooser, v: View) -> Move:
    gate = c.one(gates_to_try(v))
    voice, actor = speaks(c, v, v.method.decides(gate)["by"], gate)
    return proposal(c, v, gate) | {"do": "override"} | voice, actor


# ---------------------------------------------------------------- all of them

EACH: dict[str, Callable[[Chooser, View], Move | None]] = {
    "assign": assign,
    "answer": answer,
    "submit": submit,
    "approve": approve,
    "return": send_back,
    "withdraw": withdraw,
    "tick_off": of_needs("tick_off", "by"),
    "accept": accept,
    "waive": of_needs("waive", "waives"),
    "extend": of_needs("extend", "accepts"),
    "rate": rate,
    "advise": advise,
    "declare_conflict": declare_conflict,
    "present": present,
    "withdraw_presentation": take_back,
    "raise": raise_gate,
    "resume": resume,
    "decide": decide,
    "override": override,
}
