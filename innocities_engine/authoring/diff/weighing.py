"""Says of each difference what it means for running projects: texts only, looser, stricter, or
another structure; and whether it can stop one that could go on before. How two values of a facet
compare stands in `asking`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from innocities_engine.authoring.diff import asking, dating
from innocities_engine.authoring.diff.asking import (
    BESIDE,
    LATER,
    LOOSER,
    REBUILT,
    STRICTER,
    TEXT,
    Consequence,
    Weight,
)
from innocities_engine.authoring.diff.comparing import Change, Kind
from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, EFFECTS
from innocities_engine.language.faults import Path
from innocities_engine.language.phrases import BASIS, TEXTS, WAS
from innocities_engine.language.references import shape_at

Plain: TypeAlias = Any
READ_ONLY: Final = tuple(DEFINITIONS[ref.name] for ref in (TEXTS, BASIS, WAS))


@dataclass(frozen=True, slots=True)
class Weighed:
    """A difference and its weight."""

    change: Change
    consequence: Consequence
    stops: bool


Judge: TypeAlias = "Callable[[asking.Seen], Weight]"
Rule: TypeAlias = "tuple[Weight | Judge, Weight | Judge, Weight | Judge]"  # added, removed, changed


def weighed(
    changes: Iterable[Change], old: Mapping[str, Plain], new: Mapping[str, Plain]
) -> list[Weighed]:
    """Each difference between the two methods with its weight. A whole map of elements that came or
    went is told element by element.
    """
    found = []
    for change in (one for each in changes for one in _one_by_one(each)):
        weight = _weight(change, old if change.kind is Kind.REMOVED else new)
        found.append(Weighed(change, weight.consequence, weight.stops))
    return found


def _one_by_one(change: Change) -> Iterator[Change]:
    if change.kind not in (Kind.ADDED, Kind.REMOVED) or not _holds_elements(change.path):
        yield change
        return
    for key, value in (change.after or change.before or {}).items():
        path = (*change.path, key)
        if change.kind is Kind.ADDED:
            yield Change(Kind.ADDED, path, after=value)
        else:
            yield Change(Kind.REMOVED, path, before=value)


def _holds_elements(path: Path) -> bool:
    shape = shape_at(path)
    if not isinstance(shape, sh.MapOf) or shape in READ_ONLY:
        return False
    return isinstance(shape_at((*path, "any")), sh.Record | sh.MapOf)


def _weight(change: Change, method: Mapping[str, Plain]) -> Weight:
    if change.kind is Kind.ORDERED:
        return TEXT
    if change.kind is Kind.RENAMED:
        return BESIDE
    rule = RULES.get(place_of(change.path))
    if rule is None:
        return TEXT if _is_read_only(change.path) else REBUILT
    one = rule[(Kind.ADDED, Kind.REMOVED, Kind.CHANGED).index(change.kind)]
    if isinstance(one, Weight):
        return one
    return one(asking.Seen(change.before, change.after, method, change.path))


def place_of(path: Path) -> tuple[str, str]:
    """What the change is of, and which facet of it: "" where the whole of it came or went."""
    around = shape_at(path[:-1])
    if isinstance(around, sh.MapOf):
        return (around.what, "") if path[-1] not in around.special else (around.what, path[-1])
    return (around.what, path[-1]) if isinstance(around, sh.Record) else ("", path[-1])


def _is_read_only(path: Path) -> bool:
    """Whether only people read what stands there."""
    shapes = (shape_at(path[:n]) for n in range(1, len(path) + 1))
    return any(shape in READ_ONLY for shape in shapes)


# ---------------------------------------------------------------- of which facet

_ASKS: Final[Rule] = (STRICTER, LOOSER, STRICTER)  # what is there asks more than what is not
_FREES: Final[Rule] = (LOOSER, STRICTER, STRICTER)  # what is there asks less
_DATES: Final[Rule] = (LATER, LATER, LATER)
_REMINDS: Final[Rule] = (LATER, LOOSER, LATER)
_DATED: Final[Rule] = (dating.dated, dating.dated, dating.dated)
_LADDER: Final[Rule] = (dating.remind, dating.remind, dating.remind)
_BUILDS: Final[Rule] = (REBUILT, REBUILT, REBUILT)
_BESIDE: Final[Rule] = (BESIDE, BESIDE, BESIDE)
_TEXT: Final[Rule] = (TEXT, TEXT, TEXT)
_COMPARED: Final = {
    "at_least": (asking.number, asking.number, asking.number),
    "at_most": (asking.most, asking.most, asking.most),
}

RULES: Final[Mapping[tuple[str, str], Rule]] = {
    ("methodology", "languages"): _TEXT,
    ("methodology", "remind"): _LADDER,
    ("calendar", "quiet"): (dating.quiet, dating.quiet, dating.quiet),
    # whole elements
    ("role", ""): (BESIDE, REBUILT, REBUILT),
    ("fact", ""): (BESIDE, REBUILT, REBUILT),
    ("artefact", ""): (BESIDE, REBUILT, REBUILT),
    ("phase", ""): (BESIDE, REBUILT, REBUILT),
    ("gate", ""): (asking.gate, REBUILT, REBUILT),
    ("ladder", ""): _REMINDS,
    ("rung", ""): _REMINDS,
    ("need", ""): (asking.need, asking.need_gone, REBUILT),
    ("criterion", ""): (asking.criterion, asking.criterion_gone, REBUILT),
    ("advice", ""): (asking.advice, LOOSER, REBUILT),
    ("outcome", ""): (asking.outcome, REBUILT, REBUILT),
    ("method", ""): (LOOSER, STRICTER, STRICTER),  # projects that may be started
    # roles
    ("role", "seats"): (asking.seats, asking.seats, asking.seats),
    ("seats", "at_least"): _COMPARED["at_least"],
    ("seats", "at_most"): _COMPARED["at_most"],
    ("role", "sector"): _BESIDE,
    ("role", "meets"): _ASKS,
    ("role", "notice"): _ASKS,
    ("role", "records"): (STRICTER, STRICTER, STRICTER),  # others than before, either way
    # facts and artefacts
    ("fact", "choices"): (STRICTER, LOOSER, asking.shorter),
    ("fact", "by"): _ASKS,
    ("artefact", "by"): (STRICTER, STRICTER, STRICTER),
    ("artefact", "approves"): (STRICTER, STRICTER, asking.speaks),
    ("artefact", "form"): (STRICTER, LOOSER, asking.longer),
    ("artefact", "template"): _BESIDE,
    ("artefact", "from"): (asking.rests, asking.rests, asking.rests),
    ("artefact", "keep"): _DATES,
    # phases
    ("phase", "expected"): (dating.expected, dating.expected, dating.expected),
    # needs
    ("need", "do"): (REBUILT, REBUILT, TEXT),
    ("need", "required"): (asking.required, asking.required, asking.required),
    ("need", "when"): _FREES,
    ("need", "by"): (STRICTER, STRICTER, asking.speaks),
    ("need", "due"): (dating.due, dating.due, dating.due),
    ("need", "blocks"): (asking.blocks, asking.blocks, asking.blocks),
    ("need", "status"): (asking.status, asking.status, asking.status),
    ("need", "newer_than"): (asking.newer, asking.newer, asking.newer),
    ("need", "waives"): _FREES,
    ("need", "accepts"): (STRICTER, asking.confirmed_no_more, STRICTER),
    ("need", "remind"): _LADDER,
    ("need", "asks"): (STRICTER, LOOSER, asking.longer),
    ("need", "each"): _ASKS,
    ("need", "outcome"): (STRICTER, STRICTER, asking.shorter),
    ("need", "times"): (asking.number, asking.number, asking.number),
    ("written", "at_least"): _COMPARED["at_least"],
    ("written", "for"): (STRICTER, STRICTER, STRICTER),
    # gates
    ("gate", "in"): (STRICTER, STRICTER, asking.phases),
    ("gate", "when"): (STRICTER, STRICTER, STRICTER),  # it may be the only way on
    ("gate", "due"): _DATED,
    ("gate", "blocks"): (asking.blocks, asking.blocks, asking.blocks),
    ("gate", "tells"): _BESIDE,
    ("gate", "remind"): _LADDER,
    ("gate", "rates"): (REBUILT, REBUILT, REBUILT),
    ("criterion", "question"): _TEXT,
    ("criterion", "must"): (STRICTER, LOOSER, asking.must),
    ("criterion", "weight"): (asking.weighted, asking.weighted, asking.weighted),
    ("criterion", "when"): _FREES,
    ("criterion", "by"): (STRICTER, STRICTER, asking.speaks),
    ("voice", "by"): (REBUILT, REBUILT, asking.voice),
    ("voice", "when"): _FREES,
    ("voice", "due"): _DATED,
    ("voice", "required"): (asking.required, asking.required, asking.required),
    ("voice", "after"): _ASKS,
    # outcomes
    **{("outcome", effect): _BUILDS for effect in EFFECTS},
    ("outcome", "when"): _ASKS,
    ("outcome", "tells"): _BESIDE,
    ("starts", "inherits"): _BESIDE,
    ("starts", "at_most"): _COMPARED["at_most"],
    ("starts", "in"): _BUILDS,
    # reminders
    ("rung", "at"): _DATES,
    ("rung", "to"): (dating.fewer, dating.fewer, dating.fewer),
    ("rung", "escalation"): (dating.escalation, dating.escalation, dating.escalation),
}
