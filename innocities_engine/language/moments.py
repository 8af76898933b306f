"""Reads Moment, Duration and `opens`: when something is, and what it is reckoned from. Which date
that comes to is the engine's affair; here it is only seen whether it can ever be known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from innocities_engine.domain.definition import FactType, Opens
from innocities_engine.domain.durations import MONTHS, Duration, YearlyPeriod
from innocities_engine.domain.grammar import (
    Anchor,
    AnchorKind,
    At,
    Choose,
    Earliest,
    Every,
    FactDuration,
    Latest,
    Moment,
    Span,
)
from innocities_engine.domain.worded import Worded
from innocities_engine.language import people, predicates
from innocities_engine.language.faults import because
from innocities_engine.language.names import Here, optional

_EVERY: Final = re.compile(r"every (.+?) after (.+?)(?: at most ([0-9]+) times)?")
_OFFSET: Final = re.compile(r"(.+?) (before|after) (.+)")
_YEARLY: Final = re.compile(rf"([0-9]{{1,2}}) ({'|'.join(MONTHS)})")
_OWN: Final[dict[str, AnchorKind]] = {
    kind.value: kind
    for kind in (
        AnchorKind.START,
        AnchorKind.ENTRY,
        AnchorKind.READY,
        AnchorKind.MEETING,
        AnchorKind.DECISION,
        AnchorKind.DUE,
    )
}
_WHY_NEVER: Final = {
    "entry": Worded("nothing is entered here"),
    "ready": Worded("it waits for itself"),
    "meeting": Worded("no session takes this up"),
    "decision": Worded("nothing has been decided then"),
    "due": Worded("it has no due date of its own then"),
}


def moment(here: Here, raw: Any) -> Moment:
    match raw:
        case {"choose": ways}:
            return people.choose(here.at("choose"), ways, moment)
        case {"earliest": those}:
            return Earliest(
                tuple(moment(here.at("earliest", str(i)), m) for i, m in enumerate(those))
            )
        case {"latest": those}:
            return Latest(tuple(moment(here.at("latest", str(i)), m) for i, m in enumerate(those)))
    return _text(here, str(raw))


def _text(here: Here, text: str) -> Moment:
    if every := _EVERY.fullmatch(text):
        length, anchor, times = every.groups()
        return Every(span(here, length), _anchor(here, anchor), int(times) if times else None)
    if offset := _OFFSET.fullmatch(text):
        length, side, anchor = offset.groups()
        return At(_anchor(here, anchor), span(here, length), side == "before")
    return At(_anchor(here, text))


def span(here: Here, text: str) -> Span:
    if text[0].isdigit():
        return duration(here, text)
    fact = here.names.facts.get(here.thing(text, "fact"))
    if fact and fact.type is not FactType.DURATION:
        message = Worded(
            "The fact `{fact}` is a {type}, not a duration.", fact=text, type=fact.type
        )
        here.error("wrong-type", message)
    return FactDuration(text)


@lru_cache(maxsize=1024)
def parsed(text: str) -> Duration:
    return Duration.parse(text)


def duration(here: Here, text: str) -> Duration:
    try:
        return parsed(text)
    except ValueError as fault:
        here.error("wrong-value", because(fault))
        return Duration.parse("1 day")


def _anchor(here: Here, text: str) -> Anchor:
    if text in _OWN:
        return _own(here, text)
    if text.startswith("meeting of "):
        return _meeting_of(here, text.removeprefix("meeting of "))
    if yearly := _YEARLY.fullmatch(text):
        return _yearly(here, yearly[1], yearly[2])
    if text in here.siblings or "/" in text:
        return Anchor(AnchorKind.NEED, need=here.need(text))
    match here.names.kind(text):
        case "gate":
            return Anchor(AnchorKind.GATE, text)
        case "phase":
            return Anchor(AnchorKind.PHASE, text)
        case "fact":
            return _fact(here, text)
    return _need(here, text)


def _own(here: Here, text: str) -> Anchor:
    if text not in here.anchors:
        why = _WHY_NEVER.get(text, Worded("there is none"))
        message = Worded("`{name}` can never be known here: {why}.", name=text, why=why)
        hint = Worded("Known here: {known}.", known=", ".join(sorted(here.anchors)))
        here.error("rests-on-ready" if text == "ready" else "never-known", message, hint)
    return Anchor(_OWN[text])


def _meeting_of(here: Here, role: str) -> Anchor:
    here.thing(role, "role")
    if here.names.kind(role) == "role" and "meets" not in here.names.raw["roles"][role]:
        message = Worded("The role {role} has no sessions, so this can never be known.", role=role)
        hint = Worded("Give {role} a calendar with `meets`.", role=role)
        here.error("never-known", message, hint)
    return Anchor(AnchorKind.MEETING_OF, role)


def _yearly(here: Here, day: str, month: str) -> Anchor:
    number = MONTHS.index(month) + 1
    try:
        YearlyPeriod(number, int(day), number, int(day))
    except ValueError:
        here.error("wrong-value", Worded("There is no {day} {month}.", day=day, month=month))
    return Anchor(AnchorKind.YEARLY, month=number, day=int(day))


def _fact(here: Here, text: str) -> Anchor:
    fact = here.names.facts[text]
    if fact.type not in (FactType.DATE, FactType.YEARLY_DATE):
        message = Worded("The fact `{fact}` is a {type}, not a date.", fact=text, type=fact.type)
        here.error("wrong-type", message)
    return Anchor(AnchorKind.FACT, text)


def _need(here: Here, text: str) -> Anchor:
    if text in here.names.places:
        return Anchor(AnchorKind.NEED, need=here.need(text))
    names = [
        *_OWN,
        *here.siblings,
        *here.names.places,
        *here.names.of_kind("gate", "phase", "fact"),
    ]
    found = here.names.kind(text)
    message = Worded("`{name}` names nothing with a date.", name=text)
    if found:
        message = Worded(
            "`{name}` is of the kind {found} and has no date.", name=text, found=Worded(found)
        )
    here.error("unknown-name", message, here.faults.near(text, names))
    return Anchor(AnchorKind.START)


def moments(here: Here, raw: Any) -> dict[str, Moment]:
    """One moment under "", or several by id."""
    if isinstance(raw, str) or _is_moment(raw):
        return {"": moment(here, raw)}
    return {key: moment(here.at(key), one) for key, one in raw.items()}


def _is_moment(raw: Any) -> bool:
    return any(word in raw for word in ("choose", "earliest", "latest"))


def opens(here: Here, raw: Any) -> Opens:
    """When something begins to exist."""
    if isinstance(raw, str) or _is_moment(raw):
        return _opens_at(here, raw)
    return Opens(
        at=moments(here.at("at"), raw["at"]) if "at" in raw else {},
        when=optional(here, raw, "when", predicates.predicate),
        by=optional(here, raw, "by", people.who),
    )


def _opens_at(here: Here, raw: Any) -> Opens:
    if raw == "decision":
        _own(here, raw)
        return Opens(on_decision=True)
    if raw == "entry":
        _own(here, raw)
        return Opens(on_entry=True)
    at = moment(here, raw)
    if isinstance(at, At) and at.span is None and at.anchor.need:
        return Opens(need=at.anchor.need)
    return Opens(at={"": at})


def anchors(moment: Moment) -> Iterable[Anchor]:
    """Every anchor a moment rests on."""
    match moment:
        case At(anchor) | Every(_, anchor):
            yield anchor
        case Earliest(of) | Latest(of):
            for inner in of:
                yield from anchors(inner)
        case Choose():
            for use in [*(way.use for way in moment.alternatives), moment.otherwise]:
                if use is not None:
                    yield from anchors(use)
