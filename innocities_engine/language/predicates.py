"""Reads Predicate, typed: every test is held against what it tests, so that a comparison that could
never make sense is a fault of the text and not a surprise later.
"""

from __future__ import annotations

import re
from typing import Any, Final

from innocities_engine.domain import values
from innocities_engine.domain.definition import Fact, FactType
from innocities_engine.domain.durations import MONTHS
from innocities_engine.domain.grammar import (
    AdviceTest,
    AllOf,
    AnyOf,
    ArtefactTest,
    AtLeastOf,
    Comparison,
    CriteriaTest,
    FactTest,
    FactValue,
    GateTest,
    Literal,
    NeedRef,
    NeedTest,
    NoneOf,
    Operand,
    PassedTest,
    PhaseTest,
    Predicate,
    ProjectsTest,
    RoleTest,
    ScoreTest,
)
from innocities_engine.domain.mentions import parts
from innocities_engine.domain.worded import Worded
from innocities_engine.language import moments
from innocities_engine.language.faults import SILENT, Faults, listed
from innocities_engine.language.names import Here, Raw, index

DEFAULT_SCALE: Final = ("met", "partly", "not_met")
_AFAR: Final = (FactTest, ArtefactTest, GateTest, PhaseTest, RoleTest)
_COMPARISONS: Final = frozenset(Comparison)
_EQUAL: Final = (Comparison.IS, Comparison.IS_NOT, Comparison.ONE_OF, Comparison.KNOWN)
_ORDER: Final = (Comparison.AT_LEAST, Comparison.AT_MOST, Comparison.ABOVE, Comparison.BELOW)
_NUMBERS: Final = (FactType.NUMBER, FactType.PERCENT, FactType.MONEY)
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_ALLOWED: Final = {
    FactType.YES_NO: (Comparison.IS, Comparison.IS_NOT, Comparison.KNOWN),
    FactType.CHOICE: _EQUAL,
    FactType.CHOICES: (Comparison.INCLUDES, Comparison.KNOWN),
    FactType.TEXT: (Comparison.KNOWN,),
}


def predicate(here: Here, raw: Any) -> Predicate:
    match raw:
        case {"of": those}:
            return AtLeastOf(raw.get("at_least", 1), _many(here.at("of"), those))
        case {"all": those}:
            return AllOf(_many(here.at("all"), those))
        case {"any": those}:
            return AnyOf(_many(here.at("any"), those))
        case {"none": those}:
            return NoneOf(_many(here.at("none"), those))
    return _test(here, raw)


def _many(here: Here, raw: list[Any]) -> tuple[Predicate, ...]:
    return tuple(predicate(here.at(str(i)), one) for i, one in enumerate(raw))


def _test(here: Here, raw: Raw) -> Predicate:
    match raw:
        case {"fact": str()}:
            return _fact(here, raw)
        case {"artefact": str()}:
            return _artefact(here, raw)
        case {"gate": str()}:
            return _gate(here, raw)
        case {"need": str(need)}:
            place, _, key = need.rpartition("/")
            found = here.at("need").need(need) or NeedRef(key, place or None)
            return NeedTest(found, raw.get("is", "done"))
        case {"criteria": which}:
            return _criteria(here, raw, which)
        case {"score": str()}:
            return _score(here, raw)
        case {"advice": str()}:
            return _advice(here, raw)
        case {"role": str(role)}:
            here.at("role").thing(role, "role")
            return RoleTest(role, raw.get("filled"), raw.get("at_least"))
        case {"phase": str(phase)}:
            here.at("phase").thing(phase, "phase")
            return PhaseTest(phase, raw.get("is", "current"))
        case {"passed": when}:
            return PassedTest(moments.moment(here.at("passed"), when))
        case {"projects": str(method)}:
            return _projects(here, raw, method)
    return AllOf(())  # only when a fault has been told


# ---------------------------------------------------------------- facts


def _fact(here: Here, raw: Raw) -> Predicate:
    name = here.at("fact").thing(raw["fact"], "fact")
    word = next((key for key in raw if key in _COMPARISONS), "known")
    comparison = Comparison(word)
    value = raw.get(word, True)
    fact = here.names.facts.get(name)
    if fact is None:
        return FactTest(name, comparison, _as_written(value))
    allowed = _ALLOWED.get(fact.type, (*_EQUAL, *_ORDER))
    if comparison not in allowed:
        message = Worded("A {type} fact cannot be compared by `{word}`.", type=fact.type, word=word)
        hint = Worded("It knows {words}.", words=", ".join(allowed))
        here.at(word).error("wrong-comparison", message, hint)
        return FactTest(name, Comparison.KNOWN, True)
    return FactTest(name, comparison, _operand(here.at(word), fact, comparison, value))


def _operand(here: Here, fact: Fact, comparison: Comparison, value: Any) -> Operand:
    if comparison is Comparison.KNOWN:
        return bool(value)
    if isinstance(value, dict):
        return _other_fact(here.at("fact"), fact, value.get("fact", ""))
    if comparison is Comparison.ONE_OF:
        return tuple(literal(here.at(str(i)), fact, one) for i, one in enumerate(value))
    return literal(here, fact, value)


def _as_written(value: Any) -> Operand:
    match value:
        case {"fact": str(other)}:
            return FactValue(other)
        case list():
            return tuple(value)
    return value if isinstance(value, bool) else str(value)


def _other_fact(here: Here, fact: Fact, name: str) -> FactValue:
    other = here.names.facts.get(here.thing(name, "fact"))
    if other and (other.type, other.currency) != (fact.type, fact.currency):
        told = f"{other.type} {other.currency}".strip()
        wanted = f"{fact.type} {fact.currency}".strip()
        message = Worded(
            "`{name}` is a {type}; it is compared with a {other}.",
            name=name,
            type=told,
            other=wanted,
        )
        here.error("wrong-type", message)
    return FactValue(name)


def literal(here: Here, fact: Fact, raw: Literal) -> Literal:
    """The value in its one canonical form, or a fault."""
    text = raw
    if isinstance(text, str) and fact.type is FactType.PERCENT:
        text = text.removesuffix(" percent")
    if isinstance(text, str) and fact.type is FactType.YEARLY_DATE:
        text = _month_day(text)
    try:
        if fact.type in _NUMBERS and not _NUMBER.fullmatch(str(text)):
            raise ValueError(Worded("write it in digits, such as 1500 or 2.5"))
        return values.canonical(fact, text)
    except ValueError as fault:
        hint = here.faults.near(str(raw), fact.choices) if fact.choices else SILENT
        told = str(raw).lower() if isinstance(raw, bool) else raw
        message = Worded(
            "“{text}” is not a value of the {type} fact `{fact}`: {fault}.",
            text=told,
            type=fact.type,
            fact=fact.id,
            fault=fault.args[0],
        )
        here.error("wrong-value", message, hint)
        return raw


def _month_day(text: str) -> str:
    day, _, month = text.partition(" ")
    if month in MONTHS and day.isdigit():
        return f"{MONTHS.index(month) + 1:02d}-{int(day):02d}"
    return text


# ---------------------------------------------------------------- gates and what is in them


def _artefact(here: Here, raw: Raw) -> ArtefactTest:
    name = here.at("artefact").thing(raw["artefact"], "artefact")
    newer = (
        moments.moment(here.at("newer_than"), raw["newer_than"]) if "newer_than" in raw else None
    )
    return ArtefactTest(name, raw.get("status"), newer, raw.get("stale"))


def _gate(here: Here, raw: Raw) -> GateTest:
    gate = here.at("gate").thing(raw["gate"], "gate")
    outcomes = tuple(raw.get("outcome", ()))
    outcomes_of(here, gate, outcomes, "outcome")
    return GateTest(gate, outcomes, raw.get("times"))


def outcomes_of(here: Here, gate: str, outcomes: tuple[str, ...], facet: str) -> None:
    """Every one of these must be an outcome of the gate."""
    known = here.names.gate(gate).get("outcomes", {})
    for i, outcome in enumerate(outcomes):
        if known and outcome not in known:
            message = Worded("{gate} has no outcome `{outcome}`.", gate=gate, outcome=outcome)
            here.at(facet, str(i)).error("unknown-name", message, here.faults.near(outcome, known))


def _in_gate(here: Here, what: Worded, named: str = "") -> str:
    gate = named or here.gate
    if not gate:
        message = Worded("{What} belongs to a gate, and none is near.", What=what)
        here.error("no-gate", message, Worded("Name the gate."))
    elif named:
        here.thing(named, "gate")
    return gate


def _criteria(here: Here, raw: Raw, which: Any) -> CriteriaTest:
    word = "is" if "is" in raw else "at_least"
    value = raw.get(word, "")
    names = [which] if isinstance(which, str) else which
    gates = {name.rpartition("/")[0] for name in names}
    if len(gates) > 1:
        here.error("two-gates", Worded("These criteria belong to different gates."))
    gate = _in_gate(here, Worded("A criterion"), gates.pop() if gates else "")
    known = here.names.gate(gate).get("criteria", {})
    asked = list(known) if which in ("all", "any") else [n.rpartition("/")[2] for n in names]
    for i, name in enumerate(asked):
        if name not in known:
            message = Worded("{gate} has no criterion `{name}`.", gate=gate, name=name)
            hint = here.faults.near(name, known)
            here.at("criteria", str(i)).error("unknown-name", message, hint)
        elif value not in (scale := scale_of(known[name])):
            message = Worded(
                "“{text}” is not a value of the criterion {criterion}.",
                text=value,
                criterion=f"{gate}.{name}",
            )
            hint = Worded("Its scale is {values}.", values=listed(scale))
            here.at(word).error("wrong-value", message, hint)
    chosen = which if which in ("all", "any") else tuple(asked)
    return CriteriaTest(gate, chosen, Comparison(word), value)


def scale_of(criterion: Raw) -> tuple[str, ...]:
    return tuple(criterion.get("scale", DEFAULT_SCALE))


def _score(here: Here, raw: Raw) -> ScoreTest:
    word = "below" if "below" in raw else "at_least"
    named = "" if raw["score"] == "this" else raw["score"]
    gate = _in_gate(here.at("score"), Worded("A score"), named)
    criteria = here.names.gate(gate).get("criteria", {})
    if gate and not any(c.get("weight") for c in criteria.values()):
        message = Worded(
            "No criterion of {gate} has a `weight`, so its score is never known.", gate=gate
        )
        hint = Worded("Give a criterion a `weight`, or ask something else.")
        here.at("score").error("never-known", message, hint)
    percent = int(str(raw.get(word, "0")).removesuffix(" percent"))
    if percent > 100:
        message = Worded("{n} percent is more than all.", n=percent)
        here.at(word).error("wrong-value", message, Worded("Write `100 percent` or less."))
    return ScoreTest(gate, Comparison(word), percent)


def _advice(here: Here, raw: Raw) -> AdviceTest:
    place, _, advice = raw["advice"].rpartition("/")
    gate = _in_gate(here.at("advice"), Worded("Advice"), place)
    known = here.names.gate(gate).get("advises", {})
    value = raw.get("is", "")
    if advice not in known:
        message = Worded(
            "{where} has no advice `{advice}`.", where=gate or Worded("Here"), advice=advice
        )
        here.at("advice").error("unknown-name", message, here.faults.near(advice, known))
    else:
        scale = known[advice].get("scale") or list(here.names.gate(gate).get("outcomes", {}))
        if value not in scale:
            message = Worded("“{text}” cannot be advised by {advice}.", text=value, advice=advice)
            hint = Worded("It can be {values}.", values=listed(scale))
            here.at("is").error("wrong-value", message, hint)
    return AdviceTest(gate, advice, value)


def _projects(here: Here, raw: Raw, method: str) -> ProjectsTest:
    word = "at_least" if "at_least" in raw else "at_most"
    having = None
    if "having" in raw:
        own = method == here.names.raw.get("id")
        abroad = here if own else Here(index({}), Faults())  # its names are not ours to judge
        having = predicate(abroad.at("having"), raw["having"])
        if not own:
            _seen_from_afar(here.at("having"), having)
    return ProjectsTest(method, having, Comparison(word), raw.get(word, 0))


def _seen_from_afar(here: Here, having: Predicate) -> None:
    """What depends on names and moments of another method cannot be read without that method."""
    for test in parts(having):
        if not isinstance(test, _AFAR) or getattr(test, "newer_than", None) is not None:
            here.error(
                "not-seen-from-here",
                Worded("Of projects on another method this cannot be asked."),
                Worded("Ask about a fact, the status of an artefact, a gate, a phase or a role."),
            )
