"""How many projects a project may have started by now, where a rule counts them. How far they get
is taken for granted: they follow methods of their own, and those are verified by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from innocities_engine.domain import mentions, portfolio
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.grammar import Comparison, GateTest, PhaseTest, ProjectsTest, Test
from innocities_engine.domain.project import Project


def counted(method: Methodology) -> tuple[ProjectsTest, ...]:
    """What its rules count, each once."""
    rules = mentions.all_predicates(method)
    tests = (test for rule in rules for test in mentions.tests(method, rule))
    return tuple(dict.fromkeys(test for test in tests if isinstance(test, ProjectsTest)))


def places(method: Methodology) -> Iterator[Test]:
    """What has to be known of a project to tell what it could start: the places it has been at."""
    methods = {test.method for test in counted(method)}
    for place, starts in portfolio.offers(method):
        gate, dot, outcome = place.partition(".")
        if starts.method in methods:
            yield GateTest(gate, (outcome,)) if dot else PhaseTest(place, "entered")


def can_be(method: Methodology, project: Project, test: ProjectsTest) -> bool:
    """Whether so many can have been started at the places where the project has been."""
    if test.comparison is not Comparison.AT_LEAST:
        return True
    room = [
        starts.at_most
        for place, starts in portfolio.offers(method)
        if starts.method == test.method and not starts.elsewhere and _been(project, place)
    ]
    return None in room or sum(filter(None, room)) >= test.n


def _been(project: Project, place: str) -> bool:
    gate, dot, outcome = place.partition(".")
    if not dot:
        return place in project.entries
    return any(
        decision.proposal.outcome == outcome and decision.passage.partition("#")[0] == gate
        for decision in project.decisions
    )
