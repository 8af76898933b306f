"""Decide what a notice is about once its project has moved to another version of the method: the
same things, as they are called now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from innocities_engine.domain import needs, regrouping
from innocities_engine.domain.migration import Migration
from innocities_engine.domain.situation import Situation
from innocities_engine.store.outbox import Waiting

# What the words of a notice name; the others are keys of what is owed, or plain text.
_KINDS: Mapping[str, str] = {
    "gate": "gate",
    "phase": "phase",
    "role": "role",
    "vacant": "role",
    "artefact": "artefact",
    "need": "need",
}
_OWED = ("obligation", "instance")
REMINDING: Final = frozenset({"reminder", "escalation"})


def called_now(s: Situation, notice: Waiting, person: str = "") -> Waiting:
    """The notice, for a person, with the names that the version has which is followed now."""
    since = sorted(_since(s, notice), key=lambda each: each[0])
    for _, move in since:
        notice = _after(move, notice)
    return _meant_for(s, notice, person) if since else notice


def _since(s: Situation, notice: Waiting) -> Iterator[tuple[datetime, Migration]]:
    """How names have changed since, and when: what was taken back later is as if it had not been,
    but for what was told in between.
    """
    for move in s.project.migrations:
        if move.undone is None and move.at >= notice.created_at:
            yield move.at, move
        elif move.undone is not None and move.at <= notice.created_at <= move.undone:
            yield move.undone, move.reversed()


def _meant_for(s: Situation, notice: Waiting, person: str) -> Waiting:
    """What was asked of a role may be asked of each of its members now, or the other way round."""
    data = dict(notice.data)
    for name in (name for name in _OWED if name in data and ":" not in data[name]):
        found = regrouping.meant(data[name], s.project.needs)
        own = [key for key in found if key.endswith(f"@{person}")]
        data[name] = next(iter(own or found[:1]), data[name])
    role = notice.role
    if notice.kind in REMINDING and role and role not in s.method.roles:
        role = next(iter(needs.leaders(s)), role)  # whoever leads owes what nobody else does now
    return replace(notice, role=role, data=data)


def _after(move: Migration, notice: Waiting) -> Waiting:
    data = dict(notice.data)
    for name, kind in (("outcome", "outcome"), ("item", "advice")):
        if name in data and "gate" in data:
            data[name] = move.inside(kind, data["gate"], data[name])
    for name, kind in _KINDS.items():
        if name in data:
            data[name] = move.called(kind, data[name])
    for name in _OWED:
        if name in data:
            data[name] = move.owed(data[name])
    return replace(notice, role=move.called("role", notice.role), data=data)


def has_no_place(s: Situation, notice: Waiting) -> bool:
    """Whether the version that is followed now knows nothing of what a notice is about."""
    m, data = s.method, notice.data
    known = {
        "gate": m.gates, "phase": m.phases, "role": m.roles, "vacant": m.roles,
        "artefact": m.artefacts,
    }  # fmt: skip
    return any(data.get(name) and data[name] not in things for name, things in known.items())
