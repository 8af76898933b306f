"""Checks of what a decision sets going: acts in a chain, waits, and the answers that end them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from innocities_engine.domain.definition import Need
from innocities_engine.domain.project import NeedInstance, NeedStatus
from tests.builders import Walk
from tests.methodology import readying, staging, wanting
from tests.methodology.checking import check
from tests.methodology.checks_time import instances
from tests.methodology.nearly import ready_at
from tests.methodology.readying import decided, names, ready
from tests.methodology.wanting import Wishes

A_DAY = timedelta(days=1)
Said = Mapping[str, Any] | None


# ---------------------------------------------------------------- after a decision


def deciding(method: str, role: str) -> tuple[str, staging.Given]:
    """A gate that the role decides, and what must be so for it to."""
    for gate in staging.method(method).gates.values():
        for when, who in staging.ways_to_decide(gate):
            if role in who:
                return gate.id, staging.such_that(method, gate.id, when)
    raise AssertionError(f"{role} decides nothing")


def by_role(walk: Walk, gate: str, role: str, need: str) -> NeedInstance:
    """The need that the decision at the gate opened, on the role or on the outcome."""
    found = [
        n
        for n in walk.project.needs.values()
        if n.decision and n.decision.partition("#")[0] == gate
        and n.ref in (f"{role}/{need}", f"{gate}/{need}")
    ]  # fmt: skip
    assert len(found) == 1, f"{gate} opened {need} {len(found)} times"
    return found[0]


@check
def after_decision(
    method: str,
    gate: str,
    role: str,
    need: str,
    given: Said = None,
    on: date | None = None,
    due: date | None = None,
) -> None:
    """A decision by this role opens the need, due on that day; it holds nothing shut."""
    what = staging.given(method, given)
    walk = ready_at(method, gate, what)
    walk = ready(walk.on(on or walk.today), gate, what.wishes())
    passage = walk.passage(gate).key
    after = decided(walk, gate, readying.passing(walk, gate).id, what.wishes())
    decision = after.project.decision_of(passage)
    assert decision is not None
    assert role in decision.roles
    assert decision.state == "in force"
    opened = by_role(after, gate, role, need)
    assert opened.status is NeedStatus.OPEN
    assert wanting.due_day(after, opened) == due
    main = after.track()
    if main is not None and main.end is None:
        onward = readying.exit_gate(after)
        onward_walk = ready(after, onward, Wishes(answers=what.facts))
        assert need not in names(onward_walk.review(onward).blockers)


@check
def chain(method: str, role: str, need: str, opens: str, on: date, due: date) -> None:
    """The second opens when the first is done, and is due so long after it."""
    gate, walk = _decided_before(method, role, on)
    first, second = (by_role(walk, gate, role, n) for n in (need, opens))
    assert (first.status, second.status) == (NeedStatus.OPEN, NeedStatus.DORMANT)
    walk = _done_on(walk, first, on)
    second = walk.project.needs[second.key]
    assert second.status is NeedStatus.OPEN
    assert wanting.due_day(walk, second) == due


def _decided_before(method: str, role: str, on: date) -> tuple[str, Walk]:
    """The role has decided a gate, ten days before."""
    gate, what = deciding(method, role)
    walk = ready_at(method, gate, what).on(on - 10 * A_DAY)
    walk = ready(walk, gate, what.wishes())
    return gate, decided(walk, gate, readying.passing(walk, gate).id, what.wishes())


def _done_on(walk: Walk, instance: NeedInstance, on: date) -> Walk:
    """The act, and what it waits for, is done on its day."""
    walk = walk.on(on)
    while walk.project.needs[instance.key].status is NeedStatus.DORMANT:
        before = next(n for n in _acts_of(walk, instance) if n.status is NeedStatus.OPEN)
        walk = wanting.acted(walk, before)
    return wanting.acted(walk, walk.project.needs[instance.key])


def _acts_of(walk: Walk, instance: NeedInstance) -> list[NeedInstance]:
    """The acts that the chain of a need begins with."""
    owner = instance.ref.partition("/")[0]
    chained = {n.id: n for n in walk.method.roles[owner].needs.values()}
    wanted, key = set(), instance.ref.partition("/")[2]
    while (need := _opener(chained[key])) is not None:
        wanted.add(need)
        key = need
    return [
        n
        for n in walk.project.needs.values()
        if n.decision == instance.decision and n.ref.partition("/")[2] in wanted
    ]


def _opener(need: Need) -> str | None:
    return need.opens.need.key if need.opens and need.opens.need else None


@check
def wait(
    method: str,
    need: str,
    act: str,
    on: date,
    open_on: date,
    done_on: date,
    role: str = "",
    gate: str = "",
    answers: Mapping[str, date] | None = None,
    answers_elsewhere: Mapping[str, date] | None = None,
) -> None:
    """With the act done on a day the wait is open until one day, and over on another."""
    if role:
        gate, walk = _decided_before(method, role, on)
        walk = _done_on(walk, by_role(walk, gate, role, act), on)
        waiting = by_role(walk, gate, role, need)
    else:
        walk = _waits_at(method, gate, need, act, on)
        waiting = instances(walk, f"{gate}/{need}")[-1]
    keys = dict.fromkeys(answers or {}, waiting.key)
    if answers_elsewhere:
        walk, other = _decided_again(walk, gate, role, need)
        keys |= dict.fromkeys(answers_elsewhere, other.key)
    said = {**(answers or {}), **(answers_elsewhere or {})}
    for day in sorted({open_on, done_on, *said.values()}):
        walk = walk.on(day)
        for fact, value in said.items():
            if value == day:
                walk = wanting.answered(walk, fact, day.isoformat(), need=keys[fact])
        if day in (open_on, done_on):
            status = walk.project.needs[waiting.key].status
            assert status is (NeedStatus.DONE if day == done_on else NeedStatus.OPEN), day


def _waits_at(method: str, gate: str, need: str, act: str, on: date) -> Walk:
    """The act of a gate is done on its day, the reason for asking it being given."""
    definition = staging.method(method).gates[gate].needs[need]
    what = staging.such_that(method, gate, definition.when)
    walk = staging.placed(method, gate, what).on(on)
    return wanting.met(walk, instances(walk, f"{gate}/{act}")[-1], what.wishes())


def _decided_again(walk: Walk, gate: str, role: str, need: str) -> tuple[Walk, NeedInstance]:
    """The same role decides the next gate, too, and waits for it anew."""
    other = readying.exit_gate(walk)
    walk = readying.passed(walk, other)
    assert other != gate
    return walk, by_role(walk, other, role, need)
