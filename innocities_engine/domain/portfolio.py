"""The projects that a project starts: what it may start now, and what they begin with; and how many
of them there are, where a rule counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from innocities_engine.domain import artefacts, mentions, predicates
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Methodology, Starts
from innocities_engine.domain.grammar import ProjectsTest, Test
from innocities_engine.domain.needs import UNMET
from innocities_engine.domain.project import (
    Child,
    Origin,
    PassageStatus,
    Project,
    Source,
    TrackStatus,
    Version,
    VersionStatus,
)
from innocities_engine.domain.refusing import refuse
from innocities_engine.domain.situation import Situation

AT_WORK = frozenset({TrackStatus.RUNNING, TrackStatus.MOVING})


# ---------------------------------------------------------------- what may be started


def offered(
    method: Methodology, project: Project, *, elsewhere: bool = False
) -> Iterator[tuple[str, Starts]]:
    """What may be started now, by the place that offers it: a phase while the project is in it,
    an outcome once it was decided and is in force.
    """
    for place, starts in offers(method):
        if starts.elsewhere is elsewhere and _holds(project, place):
            yield place, starts


def offers(method: Methodology) -> Iterator[tuple[str, Starts]]:
    """What it starts anywhere, with the place: a phase, or a gate and its outcome."""
    for phase in method.phases.values():
        yield from ((phase.id, starts) for starts in phase.starts)
    for gate in method.gates.values():
        for outcome in gate.outcomes.values():
            yield from ((f"{gate.id}.{outcome.id}", starts) for starts in outcome.starts)


def _holds(project: Project, place: str) -> bool:
    gate, dot, outcome = place.partition(".")
    if not dot:
        return any(t.phase == place and t.status in AT_WORK for t in project.tracks.values())
    return any(
        d.state == "in force"
        and d.proposal.outcome == outcome
        and d.passage.partition("#")[0] == gate
        and not project.passages[d.passage].void
        for d in project.decisions
    )


def left(project: Project, place: str, starts: Starts) -> int | None:
    """How many more may be started there; None: as many as one likes."""
    if starts.at_most is None:
        return None
    begun = sum(c.place == place and c.method == starts.method for c in project.children)
    return max(0, starts.at_most - begun)


def spawn(c: Cursor, command: k.StartFrom, _actor: Actor) -> None:
    """Start a project where it is offered and there is room; the child itself begins elsewhere."""
    if c.project.started_at is None:
        refuse("wrong_state", c.project.id, state="not started")
    here = [
        (place, starts)
        for place, starts in offered(c.method, c.project)
        if starts.method == command.method
    ]
    if not here:
        places = [place for place, s in offers(c.method) if s.method == command.method]
        refuse("not_startable", command.method, places=", ".join(places))
    free = [each for each in here if left(c.project, *each) != 0]
    if not free:
        refuse("enough_started", command.method, at_most=str(here[0][1].at_most))
    place, starts = free[0]
    found = {a: artefacts.newest(c.project, a) for a in starts.inherits}
    c.emit(
        e.ProjectSpawned(
            at=c.now,
            child=Child(command.project, command.method, command.title, place, c.now),
            inherits={a: version.n for a, version in found.items() if version is not None},
        )
    )


def origin_of(project: Project) -> Origin:
    return Origin(project.organisation, project.id, project.title)


def inherited(parent: Project, inherits: Mapping[str, int]) -> tuple[Version, ...]:
    """The versions a new project begins with: handed in, as yet approved by nobody there."""
    return tuple(
        replace(
            parent.versions[artefact][n - 1],
            n=1,
            status=VersionStatus.SUBMITTED,
            rests_on={},
            signed_by=None,
            source=Source(parent.organisation, parent.id, n),
        )
        for artefact, n in inherits.items()
    )


# ---------------------------------------------------------------- how many there are


def counts(s: Situation, tests: Iterable[Test]) -> dict[str, int]:
    """What is counted, and how many there are now: to be kept with what rests on it."""
    return {
        spelled(test): predicates.count(s, test) for test in tests if isinstance(test, ProjectsTest)
    }


def spelled(test: ProjectsTest) -> str:
    """What is counted, in the ids of the methods."""
    condition = " ".join(mentions.words(test.having)) if test.having else ""
    return f"{test.method}: {condition}" if condition else test.method


def asked_for(method: Methodology, project: Project) -> tuple[ProjectsTest, ...]:
    """What a programme still counts for: at the gates that it has not passed, and in its needs."""
    if all(track.end is not None for track in project.tracks.values()):
        return ()
    ahead = [gate for gate in method.gates.values() if not _is_passed(project, gate.id)]
    owed = (
        method.needs_named[each.ref, each.outcome]
        for each in project.needs.values()
        if each.status in UNMET
    )
    found = [test for gate in ahead for test in mentions.tests_of(method, gate)]
    found += [test for need in owed for test in mentions.tests(method, need.done)]
    return tuple(dict.fromkeys(test for test in found if isinstance(test, ProjectsTest)))


def _is_passed(project: Project, gate: str) -> bool:
    return any(p.status is PassageStatus.SETTLED and not p.void for p in project.passages_of(gate))
