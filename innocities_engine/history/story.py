"""Decide what the record tells of one project, and of all that its rules read at each entry: what
stood around it, and how the projects stood that it had started.  It only gathers.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from innocities_engine.domain.commands import Holding, Inputs
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.migrated import ProjectMigrated
from innocities_engine.domain.project import Project
from innocities_engine.history.past import Past
from innocities_engine.methods import Methods
from innocities_engine.store import record
from innocities_engine.store.record import Entry
from innocities_engine.store.transactions import Transaction

TODAY: Final = sys.maxsize  # after every entry


@dataclass(frozen=True, slots=True)
class Story:
    """What the record tells of a project; `children`: and of those it started."""

    project: str
    entries: Sequence[Entry]
    state: Project
    methods: Mapping[str, Methodology]
    past: Past
    children: Mapping[str, Sequence[Entry]]

    @property
    def method(self) -> Methodology:
        """The method that the project follows now."""
        return self.methods[self.state.digest]

    def followed(self, state: Project) -> Methodology:
        """The method that it followed when it stood so; before it began, the first."""
        return self.methods[state.digest or self.entries[0].method_digest]

    def inputs(
        self, state: Project, chain_no: int = TODAY, method: Methodology | None = None
    ) -> Inputs:
        """What the rules of the project read at an entry, where it stood so; or those of another
        method than it followed.
        """
        inputs = self.past.at(chain_no).inputs(method or self.followed(state))
        portfolio = (self._holding(child.project, chain_no) for child in state.children)
        return replace(inputs, portfolio=tuple(each for each in portfolio if each is not None))

    def _holding(self, child: str, chain_no: int) -> Holding | None:
        known = [entry for entry in self.children.get(child, ()) if entry.chain_no < chain_no]
        state = record.replay(known)
        return Holding(self.methods[state.digest], state) if known else None


def go_on(connection: Transaction, past: Past) -> None:
    """Read what was recorded of the organisation since."""
    here = record.OF_THE_ORGANISATION
    past.extend(record.entries(connection, past.now.organisation, here, after=past.read))


def read(connection: Transaction, methods: Methods, project: str, past: Past) -> Story:
    """Gather what the record tells of a project."""
    organisation = past.now.organisation
    entries = record.entries(connection, organisation, project)
    state = record.replay(entries)
    children = {
        child.project: record.entries(connection, organisation, child.project)
        for child in state.children
    }
    known = (*entries, *(entry for each in children.values() for entry in each))
    digests = {entry.method_digest for entry in known if entry.event is not None}
    digests |= {x.event.after.digest for x in known if isinstance(x.event, ProjectMigrated)}
    read_methods = {each: methods.get(connection, organisation, each) for each in digests}
    return Story(project, entries, state, read_methods, past, children)
