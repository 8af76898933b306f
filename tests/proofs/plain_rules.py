"""A second, plain reading of rules: facts, predicates, voices and quorums, straight from the words of
a resolved definition and from the record of a project. It shares only the record and the counting
of days with the engine. What no shipped gate uses it does not know, and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from innocities_engine.domain import calendar
from innocities_engine.domain.calendar import Duration
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.project import NeedInstance, Passage, Project, Version, Voice

Spec: TypeAlias = dict[str, Any]
Truth: TypeAlias = bool | None

STANDING = ("submitted", "approved", "signed")
RANK = {"submitted": 0, "approved": 1, "signed": 2}


@dataclass(frozen=True)
class World:
    """A definition in plain words, and one project under it at an instant."""

    definition: Spec
    project: Project
    now: datetime
    inputs: Inputs

    def of(self, kind: str) -> Spec:
        return self.definition.get(kind, {})

    def day(self, instant: datetime) -> date:
        return calendar.local_date(self.inputs.calendar.zone, instant)


# ---------------------------------------------------------------- facts


def value(w: World, fact: str, beside: NeedInstance | None = None) -> Any:
    """What is known of a fact: set by the method, worked out by a rule, or answered."""
    spec = w.of("facts")[fact]
    match spec.get("value"):
        case None:
            return answer(w, fact, beside)
        case {"choose": ways}:
            use = chosen(w, ways)
            return None if use is None else typed(spec, use)
        case dict() as rule:
            return judge(w, rule)
    return typed(spec, spec["value"])


def answer(w: World, fact: str, beside: NeedInstance | None) -> Any:
    """An answer belongs to the need that asks it, to the version that states it, or to all."""
    spec = w.of("facts")[fact]
    if beside is not None and fact in beside.answers:
        return typed(spec, beside.answers[fact].value)
    forms = [a for a, one in w.of("artefacts").items() if fact in one.get("form", ())]
    for artefact in forms:
        version = newest(w, artefact)
        if version is not None and fact in version.answers:
            return typed(spec, version.answers[fact])
    given = w.project.facts.get(fact)
    return typed(spec, given.value) if given is not None and not forms else None


def typed(spec: Spec, raw: Any) -> Any:
    match spec["type"]:
        case "yes_no":
            return raw in (True, "true")
        case "number" | "percent" | "money":
            return Decimal(str(raw))
        case "date":
            return date.fromisoformat(raw)
    return raw


# ---------------------------------------------------------------- predicates


def judge(w: World, rule: Spec, beside: NeedInstance | None = None) -> Truth:
    """True, false, or None while something unknown could still decide it."""
    match rule:
        case {"at_least": n, "of": parts}:
            return enough([judge(w, p, beside) for p in parts], int(n))
        case {"all": parts}:
            return enough([judge(w, p, beside) for p in parts], len(parts))
        case {"any": parts}:
            return enough([judge(w, p, beside) for p in parts], 1)
        case {"none": parts}:
            found = enough([judge(w, p, beside) for p in parts], 1)
            return None if found is None else not found
        case {"fact": fact, **test}:
            return fact_holds(w, fact, test, beside)
        case {"artefact": artefact, "status": status}:
            return any(reaches(v, status) for v in counting(w, artefact))
        case {"role": role, "filled": wanted}:
            return filled(w, role) is (wanted in (True, "true"))
        case {"role": role, "at_least": n}:
            return len(holders(w, role)) >= int(n)
        case {"projects": method, "having": {"phase": phase, "is": "entered"}, "at_least": n}:
            found = [h for h in w.inputs.portfolio if h.method.id == method]
            return sum(phase in h.project.entries for h in found) >= int(n)
        case {"gate": gate, **test}:
            return gate_holds(w, gate, test)
        case {"passed": moment}:
            day = when(w, moment, beside)
            return None if day is None else w.day(w.now) > day
    raise NotImplementedError(f"no shipped gate asks {rule}")


def enough(truths: list[Truth], n: int) -> Truth:
    if sum(t is True for t in truths) >= n:
        return True
    return False if sum(t is not False for t in truths) < n else None


def fact_holds(w: World, fact: str, test: Spec, beside: NeedInstance | None) -> Truth:
    found = value(w, fact, beside)
    ((word, raw),) = test.items()
    if word == "known":
        return (found is not None) is (raw in (True, "true"))
    if isinstance(raw, dict):
        others = [value(w, raw["fact"], beside)]
    else:
        others = [typed(w.of("facts")[fact], r) for r in (raw if word == "one_of" else [raw])]
    if found is None or None in others:
        return None
    other = others[0]
    match word:
        case "is" | "one_of":
            return found in others
        case "is_not":
            return bool(found != other)
        case "at_least":
            return bool(found >= other)
        case "at_most":
            return bool(found <= other)
        case "above":
            return bool(found > other)
        case "below":
            return bool(found < other)
    raise NotImplementedError(f"no shipped gate compares by {word}")


def gate_holds(w: World, gate: str, test: Spec) -> Truth:
    settled = [p for p in passages(w, gate) if p.status == "settled" and not p.void]
    if "times" in test:
        return len(settled) >= int(test["times"])
    return bool(settled) and settled[-1].outcome in test["outcome"]


def chosen(w: World, ways: Spec) -> Any:
    """The alternative that holds and that none beats; None while it is open which."""
    truths = {name: judge(w, way["when"]) for name, way in ways.items() if name != "otherwise"}
    beaten = {loser for name, t in truths.items() if t for loser in ways[name].get("over", ())}
    left = {name: t for name, t in truths.items() if name not in beaten}
    if None in left.values():
        return None
    winner = next((name for name, t in left.items() if t), "otherwise")
    return ways[winner]["use"] if winner in ways else None


# ---------------------------------------------------------------- days


def when(w: World, moment: str, beside: NeedInstance | None) -> date | None:
    """The day of a fact, or so long after a need was done."""
    span, _, name = moment.rpartition(" after ")
    day = anchored(w, name, beside)
    if day is None or not span:
        return day
    length = w.of("facts")[span]["value"] if span in w.of("facts") else span
    return calendar.after(w.inputs.calendar, day, Duration.parse(length)).day


def anchored(w: World, name: str, beside: NeedInstance | None) -> date | None:
    if name in w.of("facts"):
        found = value(w, name, beside)
        return found if isinstance(found, date) else None
    if name in w.of("phases"):
        entered = w.project.entries.get(name, ())
        return w.day(entered[-1]) if entered else None
    named = [n for n in w.project.needs.values() if n.ref.endswith(f"/{name}") and n.done_at]
    own = [n for n in named if beside is None or n.origin == beside.origin]
    last = (own or named)[-1:]
    return (last[0].done_on or w.day(last[0].done_at)) if last else None  # type: ignore[arg-type]


# ---------------------------------------------------------------- versions, gates and people


def newest(w: World, artefact: str) -> Version | None:
    standing = [v for v in w.project.versions.get(artefact, ()) if v.status in STANDING]
    return standing[-1] if standing else None


def counting(w: World, artefact: str) -> list[Version]:
    """The newest version that stands, and the one a decision signed."""
    signed = [v for v in w.project.versions.get(artefact, ()) if v.status == "signed"]
    return [v for v in (newest(w, artefact), *signed) if v is not None]


def reaches(version: Version, status: str) -> bool:
    return RANK[version.status] >= RANK[status]


def passages(w: World, gate: str) -> list[Passage]:
    return sorted((p for p in w.project.passages.values() if p.gate == gate), key=lambda p: p.n)


def filled(w: World, role: str) -> bool:
    seats = int(w.of("roles")[role].get("seats", {}).get("at_least", 1))
    return len(holders(w, role)) >= max(1, seats)


def holders(w: World, role: str) -> list[str]:
    return [m for m in w.project.members.get(role, ()) if m not in w.inputs.inactive]


def who(w: World, raw: Any) -> Any:
    """Whoever is asked: a role with its quorum, or several of them; None while it is open."""
    match raw:
        case {"choose": ways}:
            use = chosen(w, ways)
            return None if use is None else who(w, use)
        case {"each": parts} | {"any": parts}:
            found = [who(w, part) for part in parts]
            return None if None in found else {"each" if "each" in raw else "any": found}
        case str():
            return {"role": raw, "quorum": "one"}
    return {"quorum": "one", **raw}


def roles(asked: Any) -> list[str]:
    parts = asked.get("each") or asked.get("any")
    return [r for part in parts for r in roles(part)] if parts else [asked["role"]]


def needed(quorum: Any, members: int) -> int:
    """How many of so many must agree; never nobody."""
    text = str(quorum)
    if text == "majority":
        return members // 2 + 1
    if text == "all":
        return max(1, members)
    if percent := re.fullmatch(r"(\d+) percent", text):
        return max(1, -(-members * int(percent[1]) // 100))
    return 1 if text == "one" else int(text)


def able(w: World, role: str, passage: str) -> list[str]:
    """The members who may speak: active, and without a conflict of interest at this passage."""
    out = {*w.inputs.inactive, *w.project.conflicts.get(passage, ())}
    return [m for m in w.project.members.get(role, ()) if m not in out]


def counted(w: World, role: str, kind: str, subject: str) -> list[Voice]:
    """The voices of a role on a subject that count; of a body that was written down, that one."""
    given = [
        v for v in w.project.voices.values() if (v.kind, v.subject, v.role) == (kind, subject, role)
    ]
    recorded = [v for v in given if v.recorded is not None]
    speaking = able(w, role, subject.partition("/")[0])
    return recorded[-1:] or [v for v in given if v.person in speaking]


def agreed(w: World, asked: Any, kind: str, subject: str) -> set[str]:
    """The values for which enough of those asked have spoken."""
    if "each" in asked or "any" in asked:
        parts = [agreed(w, part, kind, subject) for part in asked.get("each") or asked["any"]]
        return set.intersection(*parts) if "each" in asked else set().union(*parts)
    given = counted(w, asked["role"], kind, subject)
    if given and given[0].recorded is not None:
        return {given[0].value}
    wanted = needed(asked["quorum"], len(able(w, asked["role"], subject.partition("/")[0])))
    values = [v.value for v in given]
    return {v for v in values if values.count(v) >= wanted}


def verdict(w: World, asked: Any, subject: str, scale: list[str]) -> str | None:
    """The best value that enough of those asked gave or bettered; of each role, the worst."""
    if "each" in asked or "any" in asked:
        found = [verdict(w, part, subject, scale) for part in asked.get("each") or asked["any"]]
        if None in found and "each" in asked:
            return None
        ranks = [scale.index(v) for v in found if v is not None]
        return scale[max(ranks) if "each" in asked else min(ranks)] if ranks else None
    given = counted(w, asked["role"], "verdict", subject)
    if given and given[0].recorded is not None:
        return given[0].value
    wanted = needed(asked["quorum"], len(able(w, asked["role"], subject.partition("/")[0])))
    order = sorted(scale.index(v.value) for v in given)
    return scale[order[wanted - 1]] if len(order) >= wanted else None
