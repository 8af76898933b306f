"""The projects that a programme starts: walks of their own, as far as the rule asks that counts them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from innocities_engine.domain import commands as k
from innocities_engine.domain import grammar as g
from innocities_engine.domain import judgements, predicates
from innocities_engine.domain.commands import Holding
from tests.builders import Walk, a_walk
from tests.methodology import readying, staging


@cache
def grown(method: str, having: g.Predicate | None) -> Walk:
    """A project that has come just so far."""
    walk = a_walk(staging.method(method))
    while having is not None and not _is(walk, having):
        walk = readying.passed(walk, readying.exit_gate(walk))
    return walk


def _is(walk: Walk, rule: g.Predicate) -> bool:
    s = walk.situation
    return predicates.judge(s, rule, judgements.project_scope(s)).value is True


def started(programme: Walk, rule: g.ProjectsTest, n: int, *, young: bool = False) -> Walk:
    """The programme starts so many more, which are as the rule asks, or have only begun."""
    child = grown(rule.method, None if young else rule.having)
    for _ in range(n):
        name = f"child_{len(programme.project.children) + 1}"
        begin = k.StartFrom(name, rule.method, child.method.version, name)
        programme = programme.do(begin, readying.leader(programme))
        holding = Holding(child.method, child.project)
        seen = (*programme.inputs.portfolio, holding)
        programme = replace(programme, inputs=replace(programme.inputs, portfolio=seen))
    return programme
