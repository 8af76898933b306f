"""Walks through the parts of a method: who is named, what is needed where, what has a source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from innocities_engine.domain import grammar as g

if TYPE_CHECKING:
    from innocities_engine.authoring.spelled import Spelled
    from innocities_engine.domain.definition import Gate, Methodology, Need, Phase, Role
    from innocities_engine.language.faults import Path

SOURCED: Final = ("phases", "gates", "roles", "artefacts", "facts", "ladders")


def sources(told: Spelled) -> Iterator[dict[str, str]]:
    """Where each part comes from, in the order in which methods are read."""
    raw = told.raw
    parts = ({section: raw[section]} for section in SOURCED if section in raw)
    for part in ({"basis": raw["basis"]} if "basis" in raw else {}, *parts):
        for path, value in _bases(part, ()):
            said = (each.value.strip("“”«»") for each in told.told(path, value).parts)
            yield {"title": told.place(path[:-1]) or told.p.method.id, "told": ": ".join(said)}


def roles(who: g.Who | None) -> frozenset[str]:
    """Whoever may be asked, whatever the facts."""
    match who:
        case g.RoleWho(role=role):
            return frozenset({role})
        case g.EachWho(of) | g.AnyWho(of):
            return frozenset().union(*map(roles, of))
        case g.Choose(alternatives, otherwise):
            return frozenset().union(*(roles(a.use) for a in alternatives), roles(otherwise))
    return frozenset()


def needs_of(gate: Gate) -> list[Need]:
    """What it asks before and after the decision."""
    outcomes = (n for outcome in gate.outcomes.values() for n in outcome.needs.values())
    return [*gate.needs.values(), *outcomes]


def everywhere(method: Methodology) -> Iterator[tuple[Need, str]]:
    """Every need with the gate, phase or role it stands on."""
    for gate in method.gates.values():
        yield from ((need, gate.id) for need in needs_of(gate))
    owners: tuple[Phase | Role, ...] = (*method.phases.values(), *method.roles.values())
    for owner in owners:
        yield from ((need, owner.id) for need in owner.needs.values())


def _bases(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Every source that a method names, with its path."""
    if isinstance(value, dict):
        for key, child in value.items():
            if key == "basis":
                yield (*path, key), child
            else:
                yield from _bases(child, (*path, key))
