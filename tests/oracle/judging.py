"""What is said at a gate: verdicts on criteria, the score they make, advice, and who says them.

Every value is read from what was given, by those who are asked today; nothing is stored but the
values themselves.
"""

from __future__ import annotations

from decimal import Decimal

from . import facts, needs, people, predicates
from .model import Blockers, Context, Passage, Spec, Truth, Values, World
from .people import Asked, Subject
from .reading import listed

SCALE = ("met", "partly", "not_met")  # best first


def at_gate(w: World, passage: Passage) -> Context:
    """The context of everything that stands on a gate."""
    phases = w.method.phases_of(passage.gate)
    entries = [e for e in w.state.tracks[passage.track].entries if e.phase in phases]
    return Context(
        track=passage.track,
        passage=passage,
        entry=entries[-1] if entries else None,
        since=w.days.of(passage.asked),
    )


def decider(w: World, passage: Passage) -> Asked | None:
    return people.asked(w, w.method.decides(passage.gate)["by"], at_gate(w, passage))


def spoken_at(w: World, passage: Passage) -> Subject:
    """The subject of every voice at a gate: those who handed in its papers may be kept out."""
    submitters = frozenset(v.by for v in needs.papers(w, passage))
    return Subject(passage, submitters)


# Criteria


def scale_of(spec: Spec) -> list[str]:
    return [str(v) for v in listed(spec.get("scale"))] or list(SCALE)


def criterion_exists(w: World, passage: Passage, criterion: str) -> Truth:
    spec = w.method.criteria(passage.gate)[criterion]
    return predicates.holds(w, spec.get("when"), at_gate(w, passage))


def raters(w: World, passage: Passage, criterion: str) -> Asked | None:
    gate = w.method.gates[passage.gate]
    who = w.method.criteria(passage.gate)[criterion].get("by")
    if who is None:
        rates = gate.get("rates")
        who = rates["by"] if isinstance(rates, dict) and "by" in rates else rates
    if who is None:
        return decider(w, passage)
    return people.asked(w, who, at_gate(w, passage))


def verdict(w: World, passage: Passage, criterion: str) -> str | None:
    spec = w.method.criteria(passage.gate)[criterion]
    values = passage.ratings.get(criterion, Values())
    who = raters(w, passage, criterion)
    return people.verdict(w, who, spoken_at(w, passage), values, scale_of(spec))


def is_met(w: World, passage: Passage, criterion: str) -> bool:
    """Whether the verdict lets the gate pass; without a `must`, whether there is one."""
    spec = w.method.criteria(passage.gate)[criterion]
    value = verdict(w, passage, criterion)
    must = spec.get("must")
    if value is None:
        return False
    return must in (None, "rated") or at_least(scale_of(spec), value, str(must))


def stays_met(w: World, passage: Passage, criterion: str) -> bool:
    """Whether `again: unmet` leaves it: it reached its `must`, or without one the best value."""
    spec = w.method.criteria(passage.gate)[criterion]
    scale = scale_of(spec)
    must = spec.get("must")
    limit = scale[0] if must in (None, "rated") else str(must)
    value = verdict(w, passage, criterion)
    return value is not None and at_least(scale, value, limit)


def at_least(scale: list[str], value: str, limit: str) -> bool:
    return scale.index(value) <= scale.index(limit)


def criteria_test(w: World, predicate: Spec, context: Context) -> Truth:
    passage = context.passage
    if passage is None:
        return None
    which = predicate["criteria"]
    group = "any" if which == "any" else "all"
    truths = []
    for criterion in asked_criteria(w, passage, predicate):
        exists = criterion_exists(w, passage, criterion)
        if exists is not False:
            judged = judgement(w, passage, criterion, predicate)
            truths.append(judged if exists else None)
    return predicates.combine(group, truths, predicate)


def asked_criteria(w: World, passage: Passage, predicate: Spec) -> list[str]:
    which = predicate["criteria"]
    named = [] if which in ("all", "any") else [str(c).split("/")[-1] for c in listed(which)]
    return named or list(w.method.criteria(passage.gate))


def judgement(w: World, passage: Passage, criterion: str, predicate: Spec) -> Truth:
    value = verdict(w, passage, criterion)
    if value is None:
        return None
    scale = scale_of(w.method.criteria(passage.gate)[criterion])
    if "is" in predicate and value not in listed(predicate["is"]):
        return False
    return "at_least" not in predicate or at_least(scale, value, str(predicate["at_least"]))


# Scores


def weighted(w: World, passage: Passage) -> dict[str, Decimal]:
    """The criteria that count in the score, with their weights."""
    found = {}
    for criterion, spec in w.method.criteria(passage.gate).items():
        weight = facts.number(spec.get("weight", 0))
        if weight and criterion_exists(w, passage, criterion) is not False:
            found[criterion] = weight
    return found


def score(w: World, passage: Passage) -> Decimal | None:
    """Percent of what could be reached; unknown while a weighted criterion is unrated."""
    weights = weighted(w, passage)
    points = {c: points_of(w, passage, c) for c in weights}
    if not weights or any(p is None for p in points.values()):
        return None
    total = sum((weights[c] * p for c, p in points.items() if p is not None), Decimal(0))
    return total / sum(weights.values())


def points_of(w: World, passage: Passage, criterion: str) -> Decimal | None:
    """The mean over those who rated, the best value counting 100 and the worst 0."""
    if verdict(w, passage, criterion) is None or not criterion_exists(w, passage, criterion):
        return None
    scale = scale_of(w.method.criteria(passage.gate)[criterion])
    values = passage.ratings.get(criterion, Values())
    found = people.all_given(w, raters(w, passage, criterion), spoken_at(w, passage), values)
    steps = len(scale) - 1
    points = [Decimal(100) * (steps - scale.index(v)) / steps for v in found]
    return sum(points, Decimal(0)) / len(points)


def scored(w: World, predicate: Spec, context: Context) -> Passage | None:
    named = predicate["score"]
    if named == "this":
        return context.passage
    found = w.passages(str(named))
    return found[-1] if found else None


def score_test(w: World, predicate: Spec, context: Context) -> Truth:
    passage = scored(w, predicate, context)
    reached = score(w, passage) if passage else None
    if reached is None:
        return None
    if "below" in predicate and reached >= facts.number(predicate["below"]):
        return False
    return "at_least" not in predicate or reached >= facts.number(predicate["at_least"])


# Advice


def adviser(w: World, passage: Passage, advice: str) -> Asked | None:
    return people.asked(w, w.method.advises(passage.gate)[advice]["by"], at_gate(w, passage))


def advice_scale(w: World, passage: Passage, advice: str) -> list[str]:
    spec = w.method.advises(passage.gate)[advice]
    return [str(v) for v in listed(spec.get("scale"))] or list(w.method.outcomes(passage.gate))


def advice_exists(w: World, passage: Passage, advice: str) -> Truth:
    spec = w.method.advises(passage.gate)[advice]
    return predicates.holds(w, spec.get("when"), at_gate(w, passage))


def advice_given(w: World, passage: Passage, advice: str) -> str | None:
    """The value that the quorum of the adviser gave."""
    values = passage.advice.get(advice, Values())
    who = adviser(w, passage, advice)
    scale = advice_scale(w, passage, advice)
    return next((v for v in scale if people.agreed(w, who, spoken_at(w, passage), values, v)), None)


def advice_test(w: World, predicate: Spec, context: Context) -> Truth:
    *gate, advice = str(predicate["advice"]).split("/")
    passage = context.passage
    if gate:
        found = w.passages(gate[0])
        passage = found[-1] if found else None
    value = advice_given(w, passage, advice) if passage else None
    return None if value is None else value in listed(predicate["is"])


# What is missing


def asks(w: World, predicate: Spec, context: Context) -> Blockers:
    """What must be said at the gate for an unknown test of what is said there to be known."""
    if "advice" in predicate:
        return {("advice_missing", str(predicate["advice"]).split("/")[-1])}
    passage = context.passage if "criteria" in predicate else scored(w, predicate, context)
    if passage is None:
        return set()
    wanted = (
        asked_criteria(w, passage, predicate) if "criteria" in predicate else weighted(w, passage)
    )
    missing: Blockers = set()
    for criterion in wanted:
        spec = w.method.criteria(passage.gate)[criterion]
        if criterion_exists(w, passage, criterion) is None:
            missing |= predicates.asks(w, spec.get("when"), at_gate(w, passage))
        elif verdict(w, passage, criterion) is None:
            missing.add(("criterion_unrated", criterion))
    return missing
