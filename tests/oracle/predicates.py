"""Predicates: true, false or unknown, by Kleene's rules; and the alternatives of a `choose`.

Beside the truth of a predicate stands the question what is missing for it to be known: the unknown
leaves of those parts that are themselves unknown, since only they could change the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import facts, judging, moments, needs, people
from .model import Blockers, Choice, Context, Spec, Truth, World
from .reading import flag, listed, mapped

GROUPS = ("all", "any", "none")


def choose(w: World, spec: Spec, context: Context) -> Choice:
    """The alternative that holds; unknown while one that could still win is unknown."""
    alternatives = mapped(spec["choose"])
    otherwise = alternatives.pop("otherwise", {}) or spec.get("otherwise") or {}
    truth = {a: holds(w, s.get("when"), context) for a, s in alternatives.items()}
    beaten = {
        str(loser)
        for winner, s in alternatives.items()
        if truth[winner]
        for loser in listed(s.get("over"))
    }
    missing: Blockers = set()
    open_ones = [a for a in alternatives if truth[a] is None and a not in beaten]
    for a in open_ones:
        missing |= asks(w, alternatives[a].get("when"), context)
    if open_ones:
        return Choice(known=False, use=None, asks=missing)
    winners = [a for a in alternatives if truth[a] and a not in beaten]
    use = alternatives[winners[0]].get("use") if winners else otherwise.get("use")
    return Choice(known=True, use=use, asks=set())


def holds(w: World, predicate: Spec | None, context: Context) -> Truth:
    """Whether a predicate is true, false or unknown; one that is absent is true."""
    if predicate is None:
        return True
    if (group := group_of(predicate)) is not None:
        word, parts = group
        return combine(word, [holds(w, part, context) for part in parts], predicate)
    return test(w, predicate, context)


def group_of(predicate: Spec) -> tuple[str, list[Spec]] | None:
    if "of" in predicate and "at_least" in predicate:
        return "at_least", listed(predicate["of"])
    word = next((w for w in GROUPS if w in predicate), None)
    return (word, listed(predicate[word])) if word else None


def combine(word: str, values: Sequence[Truth], predicate: Spec) -> Truth:
    needed = (
        {"all": len(values), "any": 1, "none": 1}.get(word)
        if word != "at_least"
        else int(predicate["at_least"])
    )
    assert needed is not None
    certain = sum(v is True for v in values)
    possible = sum(v is not False for v in values)
    truth = True if certain >= needed else False if possible < needed else None
    return truth if word != "none" or truth is None else not truth


def asks(w: World, predicate: Spec | None, context: Context) -> Blockers:
    """What must become known for an unknown predicate to be decided; nothing for a known one."""
    if predicate is None or holds(w, predicate, context) is not None:
        return set()
    if (group := group_of(predicate)) is not None:
        return set().union(*(asks(w, part, context) for part in group[1]))
    if "fact" in predicate:
        return fact_asks(w, predicate, context)
    if "passed" in predicate:
        return moments.asks(w, predicate["passed"], context)
    return judging.asks(w, predicate, context)


def fact_asks(w: World, predicate: Spec, context: Context) -> Blockers:
    named = [predicate["fact"], *(v["fact"] for v in predicate.values() if isinstance(v, dict))]
    return set().union(
        *(facts.asks(w, f, context) for f in named if facts.value_of(w, f, context) is None)
    )


def test(w: World, predicate: Spec, context: Context) -> Truth:
    tests = {
        "fact": fact_test,
        "artefact": artefact_test,
        "gate": gate_test,
        "need": need_test,
        "criteria": judging.criteria_test,
        "score": judging.score_test,
        "advice": judging.advice_test,
        "role": role_test,
        "phase": phase_test,
        "passed": passed_test,
        "projects": projects_test,
    }
    subject = next(s for s in tests if s in predicate)
    return tests[subject](w, predicate, context)


def fact_test(w: World, predicate: Spec, context: Context) -> Truth:
    fact = predicate["fact"]
    value = facts.value_of(w, fact, context)
    results: list[Truth] = []
    for word, authored in predicate.items():
        if word == "fact":
            continue
        if word == "known":
            results.append((value is not None) == flag(authored))
            continue
        other = right_side(w, fact, authored, context)
        results.append(None if value is None or other is None else compare(word, value, other))
    return combine("all", results, predicate)


def right_side(w: World, fact: str, authored: Any, context: Context) -> Any:
    if isinstance(authored, dict):
        return facts.value_of(w, authored["fact"], context)
    spec = w.method.facts[fact]
    if isinstance(authored, list):
        return [facts.typed(spec, one) for one in authored]
    return facts.typed(spec, authored)


def compare(word: str, value: Any, other: Any) -> bool:
    left, right = facts.comparable(value), facts.comparable(other)
    match word:
        case "is":
            return bool(left == right)
        case "is_not":
            return bool(left != right)
        case "at_least":
            return bool(left >= right)
        case "at_most":
            return bool(left <= right)
        case "above":
            return bool(left > right)
        case "below":
            return bool(left < right)
        case "one_of":
            return bool(left in right)
        case "includes":
            wanted = right if isinstance(right, frozenset) else frozenset([right])
            return bool(wanted <= left)
    raise ValueError(f"no such comparison: {word}")


def artefact_test(w: World, predicate: Spec, context: Context) -> Truth:
    name = predicate["artefact"]
    version = facts.newest(w, name)
    results: list[Truth] = []
    if "status" in predicate:
        results.append(needs.has_status(w, name, str(predicate["status"])))
    if "newer_than" in predicate:
        limit = moments.when(w, predicate["newer_than"], context)
        results.append(version is not None and moments.is_newer(w, version, limit))
    if "stale" in predicate:
        is_stale = version is not None and facts.stale(w, version)
        results.append(is_stale == flag(predicate["stale"]))
    return all(bool(r) for r in results)


def gate_test(w: World, predicate: Spec, context: Context) -> Truth:
    gate = str(predicate["gate"])
    settled = [p.outcome for p in w.passages(gate) if p.status == "settled"]
    wanted = listed(predicate.get("outcome", list(w.method.outcomes(gate))))
    if "times" in predicate:
        return sum(outcome in wanted for outcome in settled) >= int(predicate["times"])
    return bool(settled) and settled[-1] in wanted


def need_test(w: World, predicate: Spec, context: Context) -> Truth:
    found = needs.find(w, str(predicate["need"]), context)
    wanted = str(predicate["is"])
    states = [needs.status(w, need) for need in found]
    match wanted:
        case "overdue":
            return any(needs.overdue(w, need) for need in found)
        case "open":
            return "open" in states
    return bool(states) and all(state == wanted for state in states)


def role_test(w: World, predicate: Spec, context: Context) -> Truth:
    role = predicate["role"]
    is_filled = "filled" not in predicate or people.filled(w, role) == flag(predicate["filled"])
    return is_filled and len(people.members(w, role)) >= int(predicate.get("at_least", 0))


def phase_test(w: World, predicate: Spec, context: Context) -> Truth:
    phase = str(predicate["phase"])
    track = w.state.tracks[w.method.track_of_phase(phase)]
    entered = any(entry.phase == phase for entry in track.entries)
    truth = {"current": track.phase == phase, "entered": entered, "never": not entered}
    return truth[str(predicate["is"])]


def passed_test(w: World, predicate: Spec, context: Context) -> Truth:
    return moments.passed(w, predicate["passed"], context)


def projects_test(w: World, predicate: Spec, context: Context) -> Truth:
    of_the_method = (p for p in w.portfolio if p.method.raw["id"] == predicate["projects"])
    found = sum(holds(p, predicate.get("having"), Context()) is True for p in of_the_method)
    if "at_least" in predicate:
        return found >= int(predicate["at_least"])
    return found <= int(predicate["at_most"])
