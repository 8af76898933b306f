"""The smallest team that a method can be carried out by: for each role as few people as its seats
and the quorums it speaks with allow. Where no number of people is enough, the place is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from innocities_engine.authoring.verify.findings import Finding
from innocities_engine.domain.definition import Methodology, NeedKind, Place
from innocities_engine.domain.grammar import AnyWho, Choose, EachWho, Exclusion, RoleWho, Who
from innocities_engine.domain.people import leaves
from innocities_engine.language.faults import Path

MOST_SEATS = 60  # beyond that a body is as good as without limit


@dataclass(frozen=True)
class Team:
    """`people`: who holds each role that is used, somebody else for each seat. `late`: the roles
    that decisions appoint, so that nobody holds them from the start.
    """

    people: Mapping[str, tuple[str, ...]]
    late: frozenset[str]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Voice:
    """A place where people speak. `owners`: whose own work they would judge, were it theirs."""

    path: Path
    who: Who
    owners: frozenset[str] = frozenset()


def smallest_team(method: Methodology) -> Team:
    sizes = {role.id: max(1, role.seats_at_least) for role in method.roles.values()}
    findings = [_crossed(method, role) for role in sizes if _most(method, role) < sizes[role]]
    crossed = {finding.path[1] for finding in findings}
    for voice in voices(method):
        for leaf in _binding(method, voice.who, voice):
            wanted = _enough(leaf, voice, sizes[leaf.role])
            if wanted is not None and wanted <= _most(method, leaf.role):
                sizes[leaf.role] = wanted
            elif leaf.role not in crossed:
                findings.append(_too_few(method, voice, leaf))
    idle = _unused(method)
    people = {role: _named(role, n) for role, n in sizes.items() if role not in idle}
    return Team(people, _late(method) - idle, tuple(findings))


def unused_roles(method: Methodology) -> Iterator[Finding]:
    """Roles that have nothing to do; the smallest team is without them."""
    for role in sorted(_unused(method)):
        yield Finding("V3", "role_unused", ("roles", role), {"role": role}, "warning")


def _unused(method: Methodology) -> frozenset[str]:
    """Roles that nothing names but what stands in them, and that lead no project."""
    named = {
        name
        for facet in fields(method)
        if facet.name != "roles"
        for name in _texts(getattr(method, facet.name))
    }
    for role in method.roles.values():
        named |= {*_texts(role)} - {role.id}
    return frozenset(r.id for r in method.roles.values() if not r.leads) - named


def _texts(value: Any) -> Iterator[str]:
    """Every text in a part of a method, the names of others among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, tuple | frozenset):
        for inner in value:
            yield from _texts(inner)
    elif is_dataclass(value):
        for facet in fields(value):
            yield from _texts(getattr(value, facet.name))


def _named(role: str, n: int) -> tuple[str, ...]:
    return (role,) if n == 1 else tuple(f"{role}-{i}" for i in range(1, n + 1))


def _most(method: Methodology, role: str) -> int:
    seats = method.roles[role].seats_at_most
    return MOST_SEATS if seats is None else seats


def _late(method: Methodology) -> frozenset[str]:
    """The roles that decisions appoint, and that no gate or phase asks somebody to fill."""
    asked = [need for need in method.all_needs if need.kind is NeedKind.ROLE]
    first = method.phases[method.main_root].needs.values()
    owners = {leaf.role for need in first for leaf in all_leaves(need.by)}
    by_hand = {need.of for need in asked if need.place is not Place.OUTCOME}
    return frozenset({need.of for need in asked} - owners - by_hand)


# ---------------------------------------------------------------- who speaks where


def voices(method: Methodology) -> Iterator[Voice]:
    """Every place at which a quorum is asked."""
    for artefact in method.artefacts.values():
        if artefact.approves is not None:
            owners = frozenset(leaf.role for leaf in all_leaves(artefact.by))
            yield Voice(("artefacts", artefact.id, "approves"), artefact.approves, owners)
    for gate in method.gates.values():
        path: Path = ("gates", gate.id)
        yield Voice((*path, "decides", "by"), gate.decides.by)
        if gate.rates is not None:
            yield Voice((*path, "rates", "by"), gate.rates.by)
        for advice in gate.advises.values():
            yield Voice((*path, "advises", advice.id), advice.by)
        for criterion in gate.criteria.values():
            if criterion.by is not None:
                yield Voice((*path, "criteria", criterion.id, "by"), criterion.by)


def all_leaves(who: Who | None) -> Iterator[RoleWho]:
    """The roles in it, of every alternative."""
    match who:
        case EachWho(of) | AnyWho(of):
            for part in of:
                yield from all_leaves(part)
        case Choose(alternatives, otherwise):
            for way in (*(a.use for a in alternatives), otherwise):
                yield from all_leaves(way)
        case _:
            yield from leaves(who)


def _binding(method: Methodology, who: Who | None, voice: Voice) -> Iterator[RoleWho]:
    """Those that must be able to speak; of any, those that can if there are some."""
    match who:
        case RoleWho():
            yield who
        case EachWho(of):
            for part in of:
                yield from _binding(method, part, voice)
        case AnyWho(of):
            able = [p for p in of if _is_able(method, p, voice)]
            for part in able or of:
                yield from _binding(method, part, voice)
        case Choose(alternatives, otherwise):
            for way in (*(a.use for a in alternatives), otherwise):
                yield from _binding(method, way, voice)


def _is_able(method: Methodology, who: Who, voice: Voice) -> bool:
    found = _binding(method, who, voice)
    return all((_enough(leaf, voice, 1) or MOST_SEATS + 1) <= _most(method, leaf.role)
               for leaf in found)  # fmt: skip


def _enough(who: RoleWho, voice: Voice, at_least: int) -> int | None:
    """The smallest number of members with which a quorum can speak."""
    out = 1 if who.role in voice.owners and _excludes_submitter(who) else 0
    sizes = range(at_least, MOST_SEATS + 1)
    return next((n for n in sizes if n > out and n - out >= who.quorum.needed(n - out)), None)


def _excludes_submitter(who: RoleWho) -> bool:
    return who.excludes is None or Exclusion.SUBMITTER in who.excludes


# ---------------------------------------------------------------- what cannot be


def _crossed(method: Methodology, role: str) -> Finding:
    seats = method.roles[role]
    params = {
        "role": role,
        "at_least": str(seats.seats_at_least),
        "at_most": str(_most(method, role)),
    }
    return Finding("V3", "seats_cross", ("roles", role, "seats"), params)


def _too_few(method: Methodology, voice: Voice, who: RoleWho) -> Finding:
    params = {"role": who.role, "at_most": str(_most(method, who.role))}
    if voice.path[0] == "artefacts":
        return Finding("V4", "own_approval", voice.path, params | {"artefact": voice.path[1]})
    return Finding("V3", "quorum_never", voice.path, params | {"gate": voice.path[1]})
