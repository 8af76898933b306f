"""Proves that a method is sound before anybody depends on it, or tells a project's story that shows
where it is not: V1 to V9 of what `methodology verify` promises.

It reuses the rules of the engine and abstracts only what goes in: commands are given by a smallest
team, facts are answered once from every stretch of values no rule tells apart, and states that no
rule can tell apart are walked from once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from innocities_engine.authoring.verify import (
    backwards,
    dates,
    papers,
    passing,
    reaching,
    rules,
    texts,
    undated,
)
from innocities_engine.authoring.verify.exploring import explore
from innocities_engine.authoring.verify.findings import Finding
from innocities_engine.authoring.verify.roundways import Way, ways_round
from innocities_engine.authoring.verify.sites import sites
from innocities_engine.authoring.verify.states import Explored
from innocities_engine.authoring.verify.team import Team, unused_roles
from innocities_engine.authoring.verify.world import World, world_of
from innocities_engine.domain.definition import Methodology
from innocities_engine.language.faults import Path

MOST_STATES: Final = 5000
MOST_SECONDS: Final = 120.0
BY_STATE: Final = ("V1", "V2", "V3", "V5", "V7")  # what only a walk through all states can say
RULES: Final = ("V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9")


@dataclass(frozen=True)
class Report:
    """`undecided`: the rules of which nothing is said, since a bound was hit."""

    world: World
    findings: tuple[Finding, ...]
    ways_round: tuple[Way, ...]
    states: int
    ways: int
    rules: int
    days: int
    undecided: tuple[str, ...] = ()

    @property
    def team(self) -> Team:
        return self.world.team

    @property
    def sound(self) -> bool:
        """Everything was decided, and nothing found that is an error."""
        return not self.undecided and all(f.severity != "error" for f in self.findings)


def verify(
    method: Methodology,
    *,
    most_states: int = MOST_STATES,
    most_seconds: float = MOST_SECONDS,
    clock: Callable[[], float] = monotonic,
) -> Report:
    """Walk through every state a project can get into, and judge V1 to V9."""
    world = world_of(method)
    end = clock() + most_seconds
    found = explore(world, most_states, lambda: clock() < end)
    findings = _findings(world, found)
    whole = found.whole
    return Report(
        world,
        tuple(findings),
        tuple(ways_round(method)),
        len(found.nodes),
        sum(len(node.ways) for node in found.nodes),
        sum(1 for _ in sites(method)),
        len(dates.DAYS),
        () if whole else BY_STATE,
    )


def _follows(method: Methodology, rule: Finding, told: list[Finding]) -> bool:
    """Whether a rule never holds for a reason that is told already: also that nobody can judge at
    the gate that it looks at.
    """
    judged = rules.judged_at(method, rule)
    return any(rule.path[: len(f.path)] == f.path or _silences(f.path, judged) for f in told)


def _silences(path: Path, judged: set[str]) -> bool:
    """Whether what stands there keeps people from judging at one of these gates."""
    match path:
        case ("gates", gate, "decides" | "rates" | "advises", *_):
            return gate in judged
    return False


def _findings(world: World, found: Explored) -> list[Finding]:
    told = list(world.team.findings)
    told += passing.nobody_there(found)
    told += rules.alternatives(found)
    constant = list(rules.constant_rules(found)) if found.whole else []
    if found.whole:
        told += reaching.unreached(found)
        told += passing.never_passed(found, told, constant)
    told += reaching.dead_ends(found, told)
    if found.whole:
        told += reaching.without_exit(found, told)
    told += [rule for rule in constant if not _follows(world.method, rule, told)]
    told += unused_roles(world.method)
    told += papers.unused(world.method)
    told += papers.rests_on_later(world.method)
    told += dates.inconsistent(found, world)
    unknown = list(undated.never_known(found, world.method))
    told += unknown
    told += backwards.over_when_known(world.method, {finding.path for finding in unknown})
    told += texts.templates(world.method)
    return sorted(told, key=lambda f: (f.severity != "error", RULES.index(f.rule)))
