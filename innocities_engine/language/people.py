"""Reads Who: whose voice or work it is. Decides what the words mean; who the members are is asked
later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from innocities_engine.domain.grammar import (
    Alternative,
    AnyWho,
    Choose,
    EachWho,
    Exclusion,
    Quorum,
    QuorumKind,
    RoleWho,
    Who,
)
from innocities_engine.domain.worded import Worded
from innocities_engine.language import predicates
from innocities_engine.language.faults import Path
from innocities_engine.language.names import Here, Raw

T = TypeVar("T")


def who(here: Here, raw: Any) -> Who:
    match raw:
        case str():
            return RoleWho(here.thing(raw, "role"))
        case {"choose": ways}:
            return choose(here.at("choose"), ways, who)
        case {"each": each}:
            return EachWho(tuple(who(here.at("each", str(i)), w) for i, w in enumerate(each)))
        case {"any": those}:
            return AnyWho(tuple(who(here.at("any", str(i)), w) for i, w in enumerate(those)))
    return _role_who(here, raw)


def _role_who(here: Here, raw: Raw) -> RoleWho:
    excludes = raw.get("excludes")
    role = raw.get("role", "")
    if excludes == [] and here.names.kind(role):
        message = Worded("`excludes: []` lets people approve or decide on their own work.")
        hint = Worded("Leave it out, unless the rules of the organisation say so.")
        here.faults.warning("excludes-nobody", message, (*here.path, "excludes"), hint=hint)
    return RoleWho(
        here.at("role").thing(role, "role"),
        quorum(str(raw.get("quorum", "one"))),
        None if excludes is None else tuple(Exclusion(word) for word in excludes),
        raw.get("blind", False),
    )


def quorum(text: str) -> Quorum:
    match text.split():
        case ["one"]:
            return Quorum()
        case ["all"]:
            return Quorum(QuorumKind.ALL)
        case ["majority"]:
            return Quorum(QuorumKind.MAJORITY)
        case [n, "percent"]:
            return Quorum(QuorumKind.PERCENT, min(int(n), 100))  # as it was published once
    return Quorum(QuorumKind.COUNT, int(text))


def quorums(raw: Any, path: Path = ()) -> Iterator[tuple[Path, str, Quorum]]:
    """Every role of which so many are asked, and where that is written in a resolved form."""
    if isinstance(raw, Mapping):
        if "role" in raw and "quorum" in raw:
            yield path, raw["role"], quorum(str(raw["quorum"]))
        for key, inner in raw.items():
            yield from quorums(inner, (*path, key))
    elif isinstance(raw, list | tuple):
        for i, inner in enumerate(raw):
            yield from quorums(inner, (*path, str(i)))


def choose(here: Here, ways: Raw, use: Callable[[Here, Any], T]) -> Choose[T]:
    known = [key for key in ways if key != "otherwise"]
    found = []
    for key in known:
        way, inner = ways[key], here.at(key)
        for i, other in enumerate(way.get("over", ())):
            if other not in known or other == key:
                message = Worded("`{name}` is no other alternative.", name=other)
                hint = here.faults.near(other, [k for k in known if k != key])
                inner.at("over", str(i)).error("unknown-name", message, hint)
        if "when" in way and "use" in way:
            holds = predicates.predicate(inner.at("when"), way["when"])
            found.append(
                Alternative(
                    key, holds, use(inner.at("use"), way["use"]), tuple(way.get("over", ()))
                )
            )
    rest = ways.get("otherwise", {})
    otherwise = use(here.at("otherwise", "use"), rest["use"]) if "use" in rest else None
    return Choose(tuple(found), otherwise)


def roles_in(found: Who | None) -> tuple[RoleWho, ...]:
    """Every role that the expression can come to, in order."""
    match found:
        case RoleWho():
            return (found,)
        case EachWho(of) | AnyWho(of):
            return tuple(role for inner in of for role in roles_in(inner))
        case Choose():
            uses = [way.use for way in found.alternatives]
            return tuple(role for use in [*uses, found.otherwise] for role in roles_in(use))
    return ()
