"""Decide whether a project is kept as its record says: its state, what it is listed with, who holds
its roles, when it is looked at next, the files that were handed in to it, and what others may read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from innocities_engine.doctor.differences import Problem, Row, Rows, compared, keyed, problem
from innocities_engine.domain import codec
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.events import VersionSubmitted
from innocities_engine.history.story import Story
from innocities_engine.readings import columns
from innocities_engine.store import sharing
from innocities_engine.store.projects import Columns
from innocities_engine.store.record import Entry


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one project. `troubled`: it waits for somebody to see why it failed."""

    row: Row
    members: Sequence[Row]
    files: Sequence[Row]
    shared: Sequence[Row]
    troubled: bool


def check(kept: Kept, story: Story, today: Inputs, now: datetime) -> Iterator[Problem]:
    """Hold everything kept of a project against its record."""
    state = story.state
    if kept.row["snapshot"] != codec.dump(state):
        yield problem("other_state")
    read = columns(story.method, state, today, now)
    waits = _is_waited_for(kept, now)
    listed = {**_listed(story), **({} if waits else _owed(read))}
    yield from compared("project", {(state.id,): kept.row}, {(state.id,): listed})
    yield from () if waits else _looked_at(kept, read)
    held: Rows = {(role, each): {} for role, members in state.members.items() for each in members}
    yield from compared("membership", keyed(kept.members, "role", "person_id"), held)
    yield from compared("artefact_file", keyed(kept.files, "sha256"), _handed_in(story.entries))
    shared = sharing.row(story.method, state)
    told = {(state.id,): shared} if shared else {}
    yield from compared("shared", keyed(kept.shared, "project_id"), told)


def _listed(story: Story) -> Row:
    """What lists show, read off with the last entry and as the world was then."""
    state, first, last = story.state, story.entries[0], story.entries[-1]
    read = columns(story.method, state, story.inputs(state, last.chain_no), last.at)
    return {
        "sequence": last.sequence,
        "title": state.title,
        "method_id": state.method,
        "method_version": state.version,
        "method_digest": state.digest,
        "status": read.status,
        "live": read.live,
        "phase": read.phase,
        "overridden": bool(state.overrides),
        "started_at": state.started_at or first.at,
        "changed_at": last.at,
    }


def _owed(read: Columns) -> Row:
    """What is due next, which time alone may change."""
    return {"next_due": read.next_due, "next_what": read.next_what}


def _is_waited_for(kept: Kept, now: datetime) -> bool:
    """Whether time has passed that has not been looked at yet, or cannot be."""
    planned: datetime | None = kept.row["wake_at"]
    return kept.troubled or (planned is not None and planned <= now)


def _looked_at(kept: Kept, read: Columns) -> Iterator[Problem]:
    """To be looked at early does no harm; too late would lose something."""
    wanted, planned = read.wake_at, kept.row["wake_at"]
    if wanted is not None and (planned is None or planned > wanted):
        yield problem("late" if planned else "never_looked_at", kept=planned, wanted=wanted)


def _handed_in(entries: Sequence[Entry]) -> Rows:
    """Each file once, as it came first."""
    found: dict[tuple[str, ...], Row] = {}
    for entry in entries:
        event = entry.event
        if isinstance(event, VersionSubmitted) and event.version.content.kind == "file":
            content = event.version.content
            row = {"size": content.size, "added_by": entry.actor, "added_at": entry.at}
            found.setdefault((content.sha256,), row)
    return found
