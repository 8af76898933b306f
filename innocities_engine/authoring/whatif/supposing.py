"""A project as it would have stood under a draft, look after look: what the record tells of it,
under the names of the draft, with what the draft asks beyond that open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from innocities_engine.domain import migrating, settle, staying
from innocities_engine.domain.carrying import Carrying
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Project
from innocities_engine.domain.renaming import Names, names

IN_PRACTICE = "migration_round"  # keeps a project from moving, not from being looked at


class Draft:
    """A method that nobody follows yet, and how it calls the things of those that are followed."""

    def __init__(self, method: Methodology) -> None:
        self.method = method
        self._names: dict[str, Names] = {}

    def names(self, followed: Methodology) -> Names:
        if followed.digest not in self._names:
            self._names[followed.digest] = names(followed, self.method, {})
        return self._names[followed.digest]


@dataclass(frozen=True, slots=True)
class Standing:
    """A project under the draft, and how it came there."""

    c: Cursor
    carrying: Carrying

    @property
    def names(self) -> Names:
        return self.carrying.names


class Supposing:
    """One project under a draft. What the draft alone has opened keeps the instant at which it
    did, from one look to the next, and so does what was raised.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._opened: dict[str, datetime] = {}
        self._raised: dict[str, datetime] = {}

    def stand(self, c: Cursor, inputs: Inputs) -> Standing | tuple[Blocker, ...]:
        """Where a project that stands so would stand; or what one would have to know to say it."""
        found = self.draft.names(c.method)
        if why := tuple(_nowhere(c, self.draft.method, found)):
            return why
        carrying = Carrying(c.method, self.draft.method, found, c.project)
        carried = carrying.carried()
        carried = replace(carried, raised={**self._raised, **carried.raised})
        there = Cursor(self.draft.method, carried, inputs, c.now)
        migrating.arrive(there)
        there.project = self._since(there.project, carried)
        settle.settle(there)
        there.project = self._since(there.project, carried)
        return Standing(there, carrying)

    def remember(self, there: Standing) -> None:
        """Keep what stands in no record, for the next look."""
        project = there.c.project
        self._raised.update(project.raised)
        seen = {key: need.opened_at for key, need in project.needs.items()}
        seen |= {key: passage.opened_at for key, passage in project.passages.items()}
        self._opened = seen | self._opened

    def _since(self, project: Project, carried: Project) -> Project:
        """What the record does not tell of was open before, if it was seen before."""
        opened = self._opened
        return replace(
            project,
            needs={
                key: replace(need, opened_at=min(opened.get(key, need.opened_at), need.opened_at))
                if key not in carried.needs else need
                for key, need in project.needs.items()
            },
            passages={
                key: replace(each, opened_at=opened[key], asked_at=opened[key])
                if key not in carried.passages and key in opened else each
                for key, each in project.passages.items()
            },
        )  # fmt: skip


def _nowhere(c: Cursor, new: Methodology, found: Names) -> Iterator[Blocker]:
    for question, ways in migrating.astray(c, new, found):
        yield Blocker("migration_choice", question, {"one_of": ", ".join(ways)})
    yield from (b for b in staying.hindered(c, new, found) if b.code != IN_PRACTICE)
