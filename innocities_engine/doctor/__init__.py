"""Decide whether what is stored agrees with itself: each thing is worked out anew from the record
and held against what is kept beside it.  It reads only; what to do is left to people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain as chained
from typing import Final

from innocities_engine import errors
from innocities_engine.doctor import around, outbox, projects
from innocities_engine.doctor.differences import Difference, Problem, Row, compared, keyed, problem
from innocities_engine.engine import Engine
from innocities_engine.history import story
from innocities_engine.history.past import Past
from innocities_engine.store import chain, files, people, traces
from innocities_engine.store import projects as kept_projects
from innocities_engine.store.transactions import Store, read

__all__ = ["Difference", "examine"]

AROUND: Final = (*around.WANTED, "incident")


def examine(engine: Engine) -> list[Difference]:
    """Examine every organisation of a store, each project in a short reading of its own."""
    with read(engine.store) as connection:
        homes = [each.id for each in people.organisations(connection)]
        faults = [problem("unsound", said=fault) for fault in traces.unsound(connection)]
        astray = [problem("astray", table=one, other=other) for one, other in
                  traces.astray(connection)]  # fmt: skip
    found = [Difference("", "database", "", *fault) for fault in (*faults, *astray)]
    return [*found, *(each for home in homes for each in _Home(engine, home).examined())]


@dataclass(slots=True)
class _Home:
    """One organisation under examination, and what its record has told so far."""

    engine: Engine
    id: str

    def examined(self) -> Iterator[Difference]:
        finding = chain.verify(self.engine.store, self.id)
        if finding:
            told = problem("entry", finding=finding.problem)
            yield Difference(self.id, "entry", str(finding.entry), *told)
        past = Past(self.id)
        parts = (self._around(past), self._untold(), _files(self.engine.store, self.id))
        for found in chained.from_iterable(map(_braved, parts)):
            yield Difference(self.id, "organisation", "", *found)
        with read(self.engine.store) as connection:
            ids = [row["id"] for row in traces.numbers(connection, self.id)]
        for project in ids:
            for found in _braved(self._project(past, project)):
                yield Difference(self.id, "project", project, *found)

    def _around(self, past: Past) -> Iterator[Problem]:
        with read(self.engine.store) as connection:
            story.go_on(connection, past)
            kept = {table: traces.rows(connection, table, self.id) for table in AROUND}
            begun = traces.begun(connection, self.id)
            given = traces.numbers(connection, self.id)
        yield from around.check(past.now, kept)
        numbers: dict[tuple[object, ...], Row] = {
            (each,): {"number": n} for n, each in enumerate(begun, start=1)
        }
        yield from compared("project", keyed(given, "id"), numbers)
        counted = {(self.id,): {"projects": len(begun)}}
        yield from compared("organisation", keyed(kept["organisation"], "organisation_id"), counted)

    def _project(self, past: Past, project: str) -> Iterator[Problem]:
        engine = self.engine
        with read(engine.store) as connection:
            story.go_on(connection, past)
            told = story.read(connection, engine.methods, project, past)
            kept = projects.Kept(
                kept_projects.kept(connection, self.id, project),
                traces.rows(connection, "membership", self.id, project),
                traces.rows(connection, "artefact_file", self.id, project),
                traces.rows(connection, "shared", self.id, project),
                traces.pushed_ahead(connection, self.id, project),
            )
            inputs = people.inputs(connection, self.id, told.method)
            portfolio = engine.methods.portfolio(connection, told.state)
            notices = traces.rows(connection, "notice", self.id, project)
            letters = traces.letters(connection, self.id, project)
        today = replace(inputs, portfolio=portfolio)
        now = engine.clock()  # it may have been set back since
        yield from projects.check(kept, told, today, max(now, told.state.as_of or now))
        yield from outbox.check(told, notices, letters)

    def _untold(self) -> Iterator[Problem]:
        with read(self.engine.store) as connection:
            lost = traces.untold(connection, self.id)
        yield from (problem("untold", which=key) for key in lost)


def _braved(problems: Iterator[Problem]) -> Iterator[Problem]:
    """Go on with the rest where one thing cannot even be read."""
    try:
        yield from problems
    except (errors.EngineError, LookupError, ValueError, TypeError, AttributeError) as fault:
        yield problem("unreadable", fault=fault)


def _files(store: Store, organisation: str) -> Iterator[Problem]:
    """Every file that a row or the record tells of is on the disk as it was handed in."""
    with read(store) as connection:
        told = {(home, sha256) for home, _, sha256, _ in files.listed(connection)}
        told |= files.recorded(connection)
    for home, sha256 in sorted(told):
        if home != organisation:
            continue
        if not files.path(store, organisation, sha256).exists():
            yield problem("file_lost", which=sha256)
        elif files.damaged(store, organisation, sha256):
            yield problem("file_changed", which=sha256)
