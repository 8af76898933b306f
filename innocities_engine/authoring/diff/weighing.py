"""Says of each difference what it means for running projects: texts only, looser, stricter, or
another structure; and whether it can stop one that could go on before.

Where it cannot be told which of two sentences asks more, the newer one counts as stricter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias, cast

from innocities_engine.authoring.diff.comparing import Change, Kind
from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, EFFECTS
from innocities_engine.language.faults import Path
from innocities_engine.language.phrases import BASIS, TEXTS, WAS
from innocities_engine.language.references import shape_at

Plain: TypeAlias = Any
STATUSES: Final = ("submitted", "approved", "signed")
SCALE: Final = ("met", "partly", "not_met")
RATED: Final = "rated"
READ_ONLY: Final = tuple(DEFINITIONS[ref.name] for ref in (TEXTS, BASIS, WAS))
MOST_PERCENT: Final = 100


class Consequence(StrEnum):
    TEXT = "text"
    LOOSER = "looser"
    STRICTER = "stricter"
    STRUCTURE = "structure"


@dataclass(frozen=True, slots=True)
class Weight:
    """`stops`: it can stop a running project that could go on before."""

    consequence: Consequence
    stops: bool = False


TEXT: Final = Weight(Consequence.TEXT)
LOOSER: Final = Weight(Consequence.LOOSER)
STRICTER: Final = Weight(Consequence.STRICTER, stops=True)
LATER: Final = Weight(Consequence.STRICTER)  # more is asked, but nothing waits for it
REBUILT: Final = Weight(Consequence.STRUCTURE, stops=True)
BESIDE: Final = Weight(Consequence.STRUCTURE)  # something is there that nothing waits for


@dataclass(frozen=True, slots=True)
class Weighed:
    """A difference and its weight."""

    change: Change
    consequence: Consequence
    stops: bool


Judge: TypeAlias = "Callable[[Seen], Weight]"
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
    return one(Seen(change.before, change.after, method, change.path))


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


# ---------------------------------------------------------------- which of two asks more


@dataclass(frozen=True, slots=True)
class Seen:
    """A value before and after, where it stands, and the method it stands in."""

    before: Plain
    after: Plain
    method: Mapping[str, Plain]
    path: Path

    @property
    def element(self) -> Mapping[str, Plain]:
        """What the facet belongs to."""
        value: Any = self.method
        for step in self.path[:-1]:
            value = value[step]
        return cast("Mapping[str, Plain]", value)


def _ranked(before: float, after: float, more: Weight = STRICTER) -> Weight:
    return more if after > before else LOOSER


def _number(of: Seen) -> Weight:
    """A higher number asks more; one that is not there asks for one."""
    return _ranked(int(of.before or 1), int(of.after or 1))


def _most(of: Seen) -> Weight:
    return _ranked(-int(of.before or 10**6), -int(of.after or 10**6))


def _seats(of: Seen) -> Weight:
    asked = int((of.after or of.before).get("at_least", 1)) > 1
    limited = "at_most" in (of.after or of.before)
    return (STRICTER if of.after else LOOSER) if asked or limited else BESIDE


def _longer(of: Seen) -> Weight:
    """A list that grew asks more of people."""
    before, after = set(_listed(of.before)), set(_listed(of.after))
    return LOOSER if after < before else STRICTER


def _shorter(of: Seen) -> Weight:
    """A list that grew leaves more to choose from."""
    before, after = set(_listed(of.before)), set(_listed(of.after))
    return LOOSER if after > before else STRICTER


def _listed(value: Plain) -> list[Plain]:
    return list(value) if isinstance(value, list | tuple) else [value] if value else []


def _need(of: Seen) -> Weight:
    """A need that is only recommended, or that holds nothing shut, stops nobody."""
    asked = of.after
    if asked.get("required", True) is False:
        return BESIDE
    held = asked.get("blocks")
    own = (of.path[0] == "gates" and "outcomes" not in of.path) or (
        of.path[0] == "roles" and "opens" not in asked
    )
    if held == "none" or (held is None and not own and asked.get("due") != "decision"):
        stated = of.path[0] == "gates" and _stated(asked, of)
        return STRICTER if stated else LATER
    return STRICTER


def _stated(asked: Mapping[str, Plain], of: Seen) -> bool:
    """Facts and roles that an outcome asks have to be in the decision itself."""
    name = str(asked.get("of", of.path[-1]))
    known = (*of.method.get("facts", ()), *of.method.get("roles", ()))
    return name in known and asked.get("due", "decision") == "decision"


def _criterion(of: Seen) -> Weight:
    return STRICTER if "must" in of.after else BESIDE


def _criterion_gone(of: Seen) -> Weight:
    return REBUILT if int(of.before.get("weight", 0)) else LOOSER


def _must(of: Seen) -> Weight:
    """The worst value that still lets a gate pass; the further up the scale, the more it asks."""
    scale = [str(v) for v in of.element.get("scale", SCALE)]
    known = [scale.index(v) if v in scale else len(scale) for v in (of.before, of.after)]
    return _ranked(-known[0], -known[1])


def _required(of: Seen) -> Weight:
    rank = {"False": 0, "True": 2}
    before, after = (rank.get(str(True if v is None else v), 1) for v in (of.before, of.after))
    return LOOSER if after < before else STRICTER


def _status(of: Seen) -> Weight:
    before, after = (STATUSES.index(v or STATUSES[0]) for v in (of.before, of.after))
    return _ranked(before, after)


def _newer(of: Seen) -> Weight:
    return LOOSER if of.after in (None, "none") else STRICTER


def _blocks(of: Seen) -> Weight:
    before, after = set(_listed(of.before)), set(_listed(of.after))
    return LOOSER if of.after == "none" or after < before else STRICTER


def _due(of: Seen) -> Weight:
    """Dates only remind, but for what the decision itself has to say."""
    return STRICTER if of.after == "decision" else LATER


def _advice(of: Seen) -> Weight:
    return BESIDE if of.after.get("required", True) is False else STRICTER


def _gate(of: Seen) -> Weight:
    """Another gate to decide holds nothing shut, unless it says so."""
    return BESIDE if of.after.get("blocks", "none") == "none" else REBUILT


def _voice(of: Seen) -> Weight:
    """The same role with another quorum asks more or less; other people decide otherwise."""
    before, after = _one_role(of.before), _one_role(of.after)
    if before is None or after is None or before["role"] != after["role"]:
        return REBUILT
    ranks = [_quorum(str(who.get("quorum", "one"))) for who in (before, after)]
    left_out = [set(_listed(who.get("excludes"))) for who in (before, after)]
    if None in ranks or (ranks[0] == ranks[1] and left_out[0] == left_out[1]):
        return STRICTER
    fewer = ranks[1] <= ranks[0] and left_out[1] <= left_out[0]  # type: ignore[operator]
    return LOOSER if fewer else STRICTER


def _one_role(who: Plain) -> Mapping[str, Plain] | None:
    if isinstance(who, str):
        return {"role": who}
    return who if isinstance(who, dict) and "role" in who else None


def _quorum(text: str) -> float | None:
    """How much a quorum asks, where two can be compared: numbers, or shares of the seats."""
    if text.isdecimal() or text == "one":
        return float(text) if text != "one" else 1.0
    shares = {"majority": 50.5, "all": float(MOST_PERCENT)}
    share = shares.get(text) or float(text.removesuffix("percent"))
    return 10_000 + share  # beside a number a share counts as more


def _weighted(of: Seen) -> Weight:
    return REBUILT if _mentions(of.method, "score") else BESIDE


def _mentions(value: Plain, word: str) -> bool:
    if isinstance(value, dict):
        return word in value or any(_mentions(child, word) for child in value.values())
    return any(_mentions(child, word) for child in value) if isinstance(value, list) else False


# ---------------------------------------------------------------- of which facet

_ASKS: Final[Rule] = (STRICTER, LOOSER, STRICTER)  # what is there asks more than what is not
_FREES: Final[Rule] = (LOOSER, STRICTER, STRICTER)  # what is there asks less
_DATES: Final[Rule] = (LATER, LATER, LATER)
_BUILDS: Final[Rule] = (REBUILT, REBUILT, REBUILT)
_BESIDE: Final[Rule] = (BESIDE, BESIDE, BESIDE)
_TEXT: Final[Rule] = (TEXT, TEXT, TEXT)
_COMPARED: Final = {"at_least": (_number, _number, _number), "at_most": (_most, _most, _most)}

RULES: Final[Mapping[tuple[str, str], Rule]] = {
    ("methodology", "languages"): _TEXT,
    ("methodology", "remind"): _DATES,
    ("calendar", "quiet"): _DATES,
    # whole elements
    ("role", ""): (BESIDE, REBUILT, REBUILT),
    ("fact", ""): (BESIDE, REBUILT, REBUILT),
    ("artefact", ""): (BESIDE, REBUILT, REBUILT),
    ("phase", ""): (BESIDE, REBUILT, REBUILT),
    ("gate", ""): (_gate, REBUILT, REBUILT),
    ("ladder", ""): _DATES,
    ("rung", ""): _DATES,
    ("need", ""): (_need, LOOSER, REBUILT),
    ("criterion", ""): (_criterion, _criterion_gone, REBUILT),
    ("advice", ""): (_advice, LOOSER, REBUILT),
    ("outcome", ""): (LOOSER, REBUILT, REBUILT),
    ("method", ""): (LOOSER, STRICTER, STRICTER),  # projects that may be started
    # roles
    ("role", "seats"): (_seats, _seats, _seats),
    ("seats", "at_least"): _COMPARED["at_least"],
    ("seats", "at_most"): _COMPARED["at_most"],
    ("role", "sector"): _BESIDE,
    ("role", "meets"): _ASKS,
    ("role", "notice"): _ASKS,
    ("role", "records"): (LOOSER, STRICTER, STRICTER),
    # facts and artefacts
    ("fact", "choices"): (STRICTER, LOOSER, _shorter),
    ("fact", "by"): _ASKS,
    ("artefact", "by"): (STRICTER, STRICTER, STRICTER),
    ("artefact", "approves"): _ASKS,
    ("artefact", "form"): (STRICTER, LOOSER, _longer),
    ("artefact", "template"): _BESIDE,
    ("artefact", "from"): _BESIDE,
    ("artefact", "keep"): _DATES,
    # phases
    ("phase", "expected"): _DATES,
    # needs
    ("need", "do"): (REBUILT, REBUILT, TEXT),
    ("need", "required"): (_required, _required, _required),
    ("need", "when"): _FREES,
    ("need", "by"): (STRICTER, STRICTER, STRICTER),
    ("need", "due"): (_due, LATER, _due),
    ("need", "blocks"): (_blocks, STRICTER, _blocks),
    ("need", "status"): (_status, _status, _status),
    ("need", "newer_than"): (_newer, _newer, _newer),
    ("need", "waives"): _FREES,
    ("need", "accepts"): _ASKS,
    ("need", "remind"): _DATES,
    ("need", "asks"): (STRICTER, LOOSER, _longer),
    ("need", "each"): _ASKS,
    ("need", "outcome"): (STRICTER, LOOSER, _shorter),
    ("need", "times"): (_number, _number, _number),
    ("written", "at_least"): _COMPARED["at_least"],
    ("written", "for"): _ASKS,
    # gates
    ("gate", "in"): (STRICTER, STRICTER, _shorter),
    ("gate", "when"): _FREES,
    ("gate", "due"): _DATES,
    ("gate", "blocks"): (_blocks, LOOSER, _blocks),
    ("gate", "tells"): _BESIDE,
    ("gate", "remind"): _DATES,
    ("gate", "rates"): (REBUILT, REBUILT, REBUILT),
    ("criterion", "question"): _TEXT,
    ("criterion", "must"): (STRICTER, LOOSER, _must),
    ("criterion", "weight"): (_weighted, _weighted, _weighted),
    ("criterion", "when"): _FREES,
    ("criterion", "by"): (STRICTER, STRICTER, STRICTER),
    ("voice", "by"): (REBUILT, REBUILT, _voice),
    ("voice", "when"): _FREES,
    ("voice", "due"): _DATES,
    ("voice", "required"): (_required, _required, _required),
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
    ("rung", "to"): _DATES,
    ("rung", "escalation"): _DATES,
}
