"""What is known about a project: the value of a fact, by its type, and where it comes from.

A parameter carries its value, a named rule is a predicate, the facts of a form belong to the newest
standing version, the facts that a need asks belong to that instance of the need, and every other
fact is what was answered last.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from . import predicates
from .calendar import Duration, duration, yearly
from .model import Blockers, Context, Need, Version, World
from .reading import listed

STANDING = ("submitted", "approved", "signed")


def value_of(w: World, fact: str, context: Context) -> Any:
    """The typed value; None while it is unknown."""
    spec = w.method.facts[fact]
    authored = spec.get("value")
    if isinstance(authored, dict) and "choose" in authored:
        choice = predicates.choose(w, authored, context)
        return typed(spec, choice.use) if choice.known and choice.use is not None else None
    if isinstance(authored, dict):
        return predicates.holds(w, authored, context)
    raw = authored if authored is not None else answered(w, fact, context)
    return None if raw is None else typed(spec, raw)


def answered(w: World, fact: str, context: Context) -> Any:
    if fact in w.method.asked_by_needs:
        need = asking_need(w, fact, context)
        return need.answers.get(fact) if need else None
    if forms := w.method.forms_with(fact):
        versions = [v for v in (newest(w, a) for a in forms) if v is not None]
        latest = max(versions, key=lambda v: v.seq, default=None)
        return latest.form.get(fact) if latest else None
    return w.state.facts.get(fact)


def asking_need(w: World, fact: str, context: Context) -> Need | None:
    """The need instance that asks the fact: the one at hand, its sibling, or the last there is."""
    asking = [n for n in w.state.needs if fact in listed(n.spec.get("asks"))]
    if context.need in asking:
        return context.need
    near = [n for n in asking if n.decision is context.decision and n.passage is context.passage]
    chosen = near or asking
    return chosen[-1] if chosen else None


def asks(w: World, fact: str, context: Context) -> Blockers:
    """What must be answered for the fact to become known."""
    authored = w.method.facts[fact].get("value")
    if isinstance(authored, dict) and "choose" in authored:
        return predicates.choose(w, authored, context).asks
    if isinstance(authored, dict):
        return predicates.asks(w, authored, context)
    return {("answer_first", fact)}


def newest(w: World, artefact: str) -> Version | None:
    """The newest version that stands."""
    standing = [v for v in w.state.versions.get(artefact, []) if v.status in STANDING]
    return standing[-1] if standing else None


def stale(w: World, version: Version) -> bool:
    """Whether something that the version was built on was handed in anew since."""
    newer = ((newest(w, name), source) for name, source in version.sources.items())
    return any(now is not None and now.seq > source.seq for now, source in newer)


def typed(spec: dict[str, Any], raw: Any) -> Any:
    """Read an answer by the type of its fact; ValueError where it does not fit."""
    kind = str(spec.get("type", "text"))
    if kind == "yes_no":
        text = str(raw).lower()
        if text not in ("true", "false"):
            raise ValueError(f"not yes or no: {raw!r}")
        return text == "true"
    if kind in ("number", "money", "percent"):
        return number(raw)
    if kind == "date":
        return read_date(raw)
    if kind == "yearly_date":
        return required(yearly(str(raw)), raw)
    if kind == "duration":
        return required(duration(str(raw)), raw)
    if kind == "choices":
        return frozenset(str(one) for one in listed(raw))
    return str(raw)


def number(raw: Any) -> Decimal:
    try:
        return Decimal(str(raw).removesuffix("percent").removesuffix("%").strip())
    except InvalidOperation as error:
        raise ValueError(f"not a number: {raw!r}") from error


def read_date(raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    return raw if isinstance(raw, date) else date.fromisoformat(str(raw))


def required(value: Any, raw: Any) -> Any:
    if value is None:
        raise ValueError(f"not understood: {raw!r}")
    return value


def fits(spec: dict[str, Any], raw: Any) -> bool:
    """Whether an answer is one that the fact can take."""
    try:
        value = typed(spec, raw)
    except ValueError:
        return False
    choices = [typed(spec, choice) for choice in listed(spec.get("choices"))]
    if not choices:
        return True
    if isinstance(value, frozenset):
        return value <= frozenset().union(*choices)
    return value in choices


def comparable(value: Any) -> Any:
    """A value in a form that orders: durations by their length in days, roughly."""
    if isinstance(value, Duration):
        return value.n * {"day": 1, "week": 7, "month": 30, "year": 365}[value.unit]
    return value
