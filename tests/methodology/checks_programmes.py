"""Checks of a programme and its projects: what it may start and when, and what it counts."""

from __future__ import annotations

from collections.abc import Sequence

from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import grammar as g
from innocities_engine.domain.project import NeedStatus
from tests.builders import Walk
from tests.methodology import children, readying, staging
from tests.methodology.checking import assert_passes, assert_shut, check
from tests.methodology.wanting import Wishes


@check
def starts(method: str, phase: str, projects: str, inherits: Sequence[str]) -> None:
    """In this phase whoever leads starts such projects, which get these papers; before it, nobody."""
    gate = staging.gate_into(staging.method(method), phase)
    before = readying.ready(staging.at(method, gate), gate)
    begin = k.StartFrom("child", projects, "1.0.0", "Child")
    here = [before.method.phases[p] for p in before.method.gates[gate].phases]
    if not any(offer.method == projects for each in here for offer in each.starts):
        refused = before.refusal(begin, readying.leader(before))
        assert {b.code for b in refused} == {"not_startable"}
    within = readying.decided(before, gate, readying.passing(before, gate).id)
    assert within.phase() == phase
    [event] = within.do(begin, readying.leader(within)).happened
    assert isinstance(event, e.ProjectSpawned)
    assert (event.child.method, event.child.place) == (projects, phase)
    assert set(event.inherits) == set(inherits)
    other = k.StartFrom("child", method, "1.0.0", "Child")
    assert {b.code for b in within.refusal(other, readying.leader(within))} == {"not_startable"}


@check
def count_blocks(
    method: str, gate: str, need: str, projects: str, phase: str, at_least: int, waived_by: str
) -> None:
    """Shut while fewer of its projects have come so far, however many it started; open with so
    many, or when this role has exempted it.
    """
    walk = staging.at(method, gate)
    left = frozenset({need})
    shut = readying.ready(walk, gate, Wishes(left))
    rule = g.ProjectsTest(projects, g.PhaseTest(phase, "entered"), g.Comparison.AT_LEAST, at_least)
    young = children.started(shut, rule, at_least, young=True)
    few = children.started(young, rule, at_least - 1)
    for short in (shut, young, few):
        assert_shut(short, gate, need, left)
    assert_passes(children.started(few, rule, 1), gate)
    _waived(shut, gate, need, waived_by)


def _waived(shut: Walk, gate: str, need: str, role: str) -> None:
    instance = next(n for n in shut.project.needs.values() if n.ref.endswith(f"/{need}"))
    for other, members in shut.project.members.items():
        refused = {b.code for b in shut.refusal(k.Waive(instance.key, "four will do"), members[0])}
        assert refused == (set() if other == role else {"not_entitled"}), other
    waived = shut.do(k.Waive(instance.key, "four will do"), shut.members(role)[0])
    assert waived.project.needs[instance.key].status is NeedStatus.WAIVED
    assert_passes(waived, gate)
