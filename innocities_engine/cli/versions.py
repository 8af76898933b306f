"""Decide who tells what happened to a project while it followed another version of its method: in
the words of that version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from innocities_engine.cli.console import Console
from innocities_engine.cli.teller import Teller
from innocities_engine.domain.evolve import evolve
from innocities_engine.domain.project import Project

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Methodology
    from innocities_engine.store.record import Entry


def followed(console: Console, project: Project) -> Methodology:
    """The method that a project follows where it stands so."""
    from innocities_engine.store.transactions import read

    with read(console.store) as connection:
        return console.engine.methods.get(connection, project.organisation, project.digest)


def left(console: Console, project: Project, entries: Sequence[Entry]) -> dict[str, Methodology]:
    """The methods that a project has followed, by digest."""
    if not project.migrations:
        return {}
    known = {state.digest: state for _, state in _told(entries) if state.digest}
    return {digest: followed(console, state) for digest, state in known.items()}


def stretches(
    console: Console, t: Teller, entries: Sequence[Entry]
) -> Iterator[tuple[Teller, list[Entry]]]:
    """What happened under one version after the other, each with whoever tells it."""
    if not t.project.migrations:
        yield t, list(entries)
        return
    under: list[Entry] = []
    state = Project()
    for entry, after in _told(entries):
        if state.digest and after.digest != state.digest:
            yield _teller(console, t, state), under
            under = []
        under.append(entry)
        state = after
    yield _teller(console, t, state), under


def _teller(console: Console, t: Teller, state: Project) -> Teller:
    if state.digest == t.project.digest:
        return t
    return replace(t, s=replace(t.s, method=followed(console, state), project=state))


def _told(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Project]]:
    """Each entry, with the project as it stands after it."""
    state = Project()
    for entry in entries:
        state = evolve(state, entry.event) if entry.event else state
        yield entry, state
