"""Decide how a running command gets at a method: by digest, from what was published, read once a
process and never from its source text.
"""

from __future__ import annotations

import json

from innocities_engine.domain.commands import Holding
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.project import Project
from innocities_engine.store import definitions, projects
from innocities_engine.store.transactions import Transaction


class Methods:
    """The methods this process has read so far; a digest names one content for ever."""

    def __init__(self) -> None:
        self._read: dict[str, Methodology] = {}

    def get(self, connection: Transaction, organisation: str, digest: str) -> Methodology:
        """Find a method that an organisation has published."""
        if digest not in self._read:
            # Imported on first use, otherwise commands that touch no project would pay for it.
            from innocities_engine.library import compile_resolved

            content = definitions.content(connection, organisation, digest)
            self._read[digest] = compile_resolved(json.loads(content))
        return self._read[digest]

    def portfolio(self, connection: Transaction, project: Project) -> tuple[Holding, ...]:
        """Find the projects that a project has started, as they stand now."""
        if not project.children:
            return ()
        ids = [child.project for child in project.children]
        return tuple(
            Holding(self.get(connection, project.organisation, digest), state)
            for digest, state in projects.states(connection, project.organisation, ids)
        )
