"""Tells of two values of a facet which asks more of a project, and whether the newer can stop one
that went on before. Where that cannot be told, the newer counts as stricter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias, cast

from innocities_engine.language.faults import Path

Plain: TypeAlias = Any
STATUSES: Final = ("submitted", "approved", "signed")
SCALE: Final = ("met", "partly", "not_met")
SHARES: Final = {"majority": 50.5, "all": 100.0}


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


def number(of: Seen) -> Weight:
    """A higher number asks more; one that is not there asks for one."""
    return _ranked(int(of.before or 1), int(of.after or 1))


def most(of: Seen) -> Weight:
    return _ranked(-int(of.before or 10**6), -int(of.after or 10**6))


def seats(of: Seen) -> Weight:
    asked = int((of.after or of.before).get("at_least", 1)) > 1
    limited = "at_most" in (of.after or of.before)
    return (STRICTER if of.after else LOOSER) if asked or limited else BESIDE


def longer(of: Seen) -> Weight:
    """A list that grew asks more of people."""
    before, after = set(_listed(of.before)), set(_listed(of.after))
    return LOOSER if after < before else STRICTER


def shorter(of: Seen) -> Weight:
    """A list that grew leaves more to choose from."""
    before, after = set(_listed(of.before)), set(_listed(of.after))
    return LOOSER if after > before else STRICTER


def _listed(value: Plain) -> list[Plain]:
    return list(value) if isinstance(value, list | tuple) else [value] if value else []


def need(of: Seen) -> Weight:
    """A need that is only recommended, or that holds nothing shut, stops nobody."""
    asked = of.after
    if asked.get("required", True) is False:
        return BESIDE
    if asked.get("blocks") is not None:
        return LATER if asked["blocks"] == "none" else STRICTER
    if "outcomes" in of.path:
        return STRICTER if "written" in asked or _stated(asked, of) else LATER
    if of.path[0] == "roles":
        return LATER if _after_decision(asked, of) else STRICTER
    return STRICTER if of.path[0] == "gates" else LATER


def _stated(asked: Mapping[str, Plain], of: Seen) -> bool:
    """Facts and roles that an outcome asks have to be in the decision itself."""
    name = str(asked.get("of", of.path[-1]))
    known = (*of.method.get("facts", ()), *of.method.get("roles", ()))
    return bool(asked.get("due", "decision" if name in known else "") == "decision")


def _after_decision(asked: Mapping[str, Plain], of: Seen) -> bool:
    """Whether a need of a role opens with the decision, directly or through others of its own."""
    beside = of.method["roles"][of.path[1]].get("needs", {})
    opens, seen = asked.get("opens"), set()
    while isinstance(opens, str) and opens in beside and opens not in seen:
        seen.add(opens)
        opens = beside[opens].get("opens")
    return bool(opens == "decision")


def need_gone(of: Seen) -> Weight:
    """What an outcome no longer takes along holds its gate shut again."""
    if "outcomes" not in of.path:
        return LOOSER
    gate = of.method["gates"][of.path[1]]
    taken = of.path[-1] in gate.get("needs", {}) or of.path[-1] in gate.get("criteria", {})
    return STRICTER if taken else LOOSER


def criterion(of: Seen) -> Weight:
    """Where a rule asks for verdicts or a score, one that is missing leaves it unknown."""
    return STRICTER if "must" in of.after or _is_asked_for(of, of.after) else BESIDE


def criterion_gone(of: Seen) -> Weight:
    return REBUILT if _is_asked_for(of, of.before) else LOOSER


def _is_asked_for(of: Seen, criterion: Mapping[str, Plain]) -> bool:
    weighs = int(criterion.get("weight", 0)) > 0
    return _tests(of.method, "criteria") or (weighs and _tests(of.method, "score"))


def outcome(of: Seen) -> Weight:
    """One more to choose from; the first that leads on makes its gate the next one for some."""
    gate = of.method["gates"][of.path[1]]
    leading = [o for o in gate["outcomes"].values() if "to" in o or o.get("end") == "completed"]
    return STRICTER if leading == [of.after] else LOOSER


def must(of: Seen) -> Weight:
    """The worst value that still lets a gate pass; the further up the scale, the more it asks."""
    scale = [str(v) for v in of.element.get("scale", SCALE)]
    known = [scale.index(v) if v in scale else len(scale) for v in (of.before, of.after)]
    return _ranked(-known[0], -known[1])


def required(of: Seen) -> Weight:
    rank = {"False": 0, "True": 2}
    before, after = (rank.get(str(True if v is None else v), 1) for v in (of.before, of.after))
    return LOOSER if after < before else STRICTER


def status(of: Seen) -> Weight:
    """At its own gate what will be signed only has to stand, and makes a baseline for others."""
    if "signed" in (of.before, of.after) and of.path[0] == "gates":
        return STRICTER
    before, after = (STATUSES.index(v or STATUSES[0]) for v in (of.before, of.after))
    return _ranked(before, after)


def newer(of: Seen) -> Weight:
    """Without it, what the place says holds again, of which `none` had been free."""
    return LOOSER if of.after == "none" or (of.after is None and of.before != "none") else STRICTER


def confirmed_no_more(of: Seen) -> Weight:
    """For what an outcome asks the decider confirms then, and not whoever did."""
    return STRICTER if "outcomes" in of.path else LOOSER


def phases(of: Seen) -> Weight:
    """More phases to be decided in, and in which it holds others shut."""
    if of.element.get("blocks", "none") != "none":
        return STRICTER
    if of.after == "any":
        return LOOSER
    return STRICTER if of.before == "any" else shorter(of)


def rests(of: Seen) -> Weight:
    return STRICTER if _tests(of.method, "stale") else BESIDE


def blocks(of: Seen) -> Weight:
    """What no longer waits for the effect of a decision may begin before somebody was heard, so
    that `move` is taken away asks for a look.
    """
    before, after = (_held(of, value) for value in (of.before, of.after))
    if before is None or after is None or "move" in before - after:
        return STRICTER
    return LOOSER if after < before else STRICTER


def _held(of: Seen, written: Plain) -> set[Plain] | None:
    """What is held shut, by default what the place says; None where that has several answers."""
    if written is not None:
        return set(_listed(written)) - {"none"}
    if of.path[0] == "gates" and "needs" in of.path and "outcomes" not in of.path:
        return {of.path[1]}
    if of.path[0] == "roles" and not _after_decision(of.element, of):
        return None
    return set()


def advice(of: Seen) -> Weight:
    return BESIDE if of.after.get("required", True) is False else STRICTER


def gate(of: Seen) -> Weight:
    """Another gate to decide holds nothing shut, unless it says so."""
    return BESIDE if of.after.get("blocks", "none") == "none" else REBUILT


def voice(of: Seen) -> Weight:
    """The same role with another quorum asks more or less; other people decide otherwise."""
    if _one_more(of):
        return LOOSER
    before, after = _one_role(of.before), _one_role(of.after)
    if before is None or after is None or before["role"] != after["role"]:
        return REBUILT
    if before.get("excludes") != after.get("excludes") or before.get("blind") != after.get("blind"):
        return STRICTER
    old, new = (str(who.get("quorum", "one")) for who in (before, after))
    return LOOSER if _asks_fewer(old, new) else STRICTER


def speaks(of: Seen) -> Weight:
    """Who owns, rates, approves: others than before, or some more that may do it as well."""
    return LOOSER if _one_more(of) else STRICTER


def _one_more(of: Seen) -> bool:
    """Whether those who could speak still can, and some more instead of them. Whoever sits, or has
    to prepare and post what is decided, brings dates and needs of their own.
    """
    before, after = _instead(of.before), _instead(of.after)
    if not all(part in after for part in before) or len(after) <= len(before):
        return False
    roles = of.method.get("roles", {})
    names = [part["role"] for part in after if part not in before and part.keys() == {"role"}]
    plain = [n for n in names if not {"meets", "needs", "records"} & set(roles.get(n, ()))]
    return len(plain) == len(after) - len(before)


def _instead(who: Plain) -> list[Mapping[str, Plain]]:
    """Those of whom any may speak."""
    parts = who["any"] if isinstance(who, dict) and "any" in who else [who]
    return [{"role": part} if isinstance(part, str) else part for part in parts]


def _one_role(who: Plain) -> Mapping[str, Plain] | None:
    if isinstance(who, str):
        return {"role": who}
    return who if isinstance(who, dict) and "role" in who else None


def _asks_fewer(old: str, new: str) -> bool:
    """Whether the newer quorum is met wherever the older was. A number and a share of the seats
    cannot be compared, but that one is never more than either.
    """
    if new in ("one", "1"):
        return True
    numbers = [1 if quorum == "one" else int(quorum) for quorum in (old, new) if _is_number(quorum)]
    if numbers:
        return len(numbers) == len((old, new)) and numbers[1] <= numbers[0]
    shares = [SHARES.get(q) or float(q.removesuffix("percent")) for q in (old, new)]
    return shares[1] <= shares[0]


def _is_number(quorum: str) -> bool:
    return quorum == "one" or quorum.isdecimal()


def weighted(of: Seen) -> Weight:
    return REBUILT if _tests(of.method, "score") else BESIDE


def _tests(value: Plain, word: str) -> bool:
    """Whether a rule somewhere asks for this; a map of that name is none."""
    if isinstance(value, dict):
        asked = word in value and not isinstance(value[word], dict)
        return asked or any(_tests(child, word) for child in value.values())
    return any(_tests(child, word) for child in value) if isinstance(value, list) else False
