"""Checks of days and of the order of things: due dates, reminders, tracks, what comes again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from innocities_engine.domain import calendar
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.calendar import Duration
from innocities_engine.domain.project import NeedInstance, Proposal, TrackStatus
from innocities_engine.domain.reminders import Line, reminders
from tests.builders import Walk, calendar_of
from tests.methodology import readying, staging, wanting
from tests.methodology.checking import assert_passes, assert_shut, check
from tests.methodology.nearly import ready_at
from tests.methodology.readying import decided, ready
from tests.methodology.staging import Given
from tests.methodology.wanting import Wishes

A_DAY = timedelta(days=1)
Said = Mapping[str, Any] | None


def instances(walk: Walk, ref: str) -> list[NeedInstance]:
    return [n for n in walk.project.needs.values() if n.ref == ref]


def due_days(walk: Walk, ref: str) -> list[date | None]:
    return [wanting.due_day(walk, n) for n in instances(walk, ref)]


# ---------------------------------------------------------------- due dates


@check
def due(method: str, need: str, given: Said, is_: date) -> None:
    """The due date of a need that is open."""
    what = staging.given(method, given)
    assert due_days(_where_it_is_owed(method, need, what), need) == [is_]


def _where_it_is_owed(method: str, need: str, what: Given) -> Walk:
    """The gate has just opened, or the phase been entered, that asks for it."""
    place = need.partition("/")[0]
    if place in staging.method(method).gates:
        return staging.placed(method, place, what)
    return staging.entered(method, place, what)


@check
def recurs(method: str, need: str, given: Said, due: Sequence[date]) -> None:
    """It comes again by itself, the next one on the day after the one before was due."""
    walk = staging.entered(method, need.partition("/")[0], staging.given(method, given))
    for n, day in enumerate(due, start=1):
        assert due_days(walk, need) == list(due[:n])
        walk = walk.on(day)
        assert due_days(walk, need) == list(due[:n])
        walk = walk.on(day + A_DAY)


@check
def decision_due(method: str, gate: str, ready: date, is_: date) -> None:
    """The decision is due so long after the last paper came, or after the papers were presented."""
    walk = staging.at(method, gate)
    complete = readying.ready(walk.on(ready), gate)
    assert {line.due for line in _lines(complete, _decision(complete, gate))} == {is_}
    early = readying.ready(walk.on(ready - 3 * A_DAY), gate).on(ready)
    presented = early.do(k.Present(gate), readying.leader(early))
    assert {line.due for line in _lines(presented, _decision(presented, gate))} == {is_}


def _decision(walk: Walk, gate: str) -> str:
    return f"decide:{walk.passage(gate).key}"


def _lines(walk: Walk, obligation: str) -> list[Line]:
    """What will be reminded of, about one obligation, if nobody does anything."""
    until = walk.now + timedelta(days=60)
    found = reminders(walk.method, walk.project, walk.inputs, walk.now, until)
    return [line for line in found if line.obligation == obligation]


@check
def reminder(
    method: str,
    ladder: str,
    rung: str,
    due: date,
    on: date,
    to: Sequence[str],
    need: str = "",
    decision: str = "",
    review: str = "",
    escalation: bool = False,
    given: Said = None,
    ready: date | None = None,
) -> None:
    """A rung falls on its day, for those it names; the sweep raises it then, and not before."""
    if need:
        walk = _where_it_is_owed(method, need, staging.given(method, given))
        walk = walk.on(on - A_DAY)
        instance = instances(walk, need)[-1]
        obligation, owners = instance.key, wanting.owing_roles(walk, instance)
    elif decision:
        assert ready is not None
        walk = readying.ready(staging.at(method, decision).on(ready), decision)
        obligation, owners = _decision(walk, decision), _deciding_roles(walk, decision)
    else:
        walk = _held_until(method, review, due)
        obligation = f"review:{walk.method.main_root}#1"
        owners = _deciding_roles(walk, review)
    expected = {role for name in to for role in (owners if name == "owner" else (name,))}
    [line] = [one for one in _lines(walk, obligation) if one.rung == rung]
    assert (line.due, line.day, line.escalation) == (due, on, escalation)
    assert set(line.to) == expected
    assert rung in walk.method.ladders[ladder].rungs
    _raised(walk, line, on)


def _held_until(method: str, gate: str, due: date) -> Walk:
    walk = readying.routed(staging.at(method, gate), gate).on(due - 40 * A_DAY)
    for person in readying.deciders(walk, gate):
        if (track := walk.track()) is not None and track.review_on is None:
            walk = readying.declared(walk, gate, person)
            walk = walk.do(k.Decide(gate, Proposal("hold", review_on=due)), person)
    return walk


def _deciding_roles(walk: Walk, gate: str) -> tuple[str, ...]:
    people = readying.deciders(walk, gate)
    return tuple(r for r, members in walk.project.members.items() if set(members) & set(people))


def _raised(walk: Walk, line: Line, on: date) -> None:
    walk = _swept(walk, on - A_DAY)
    assert line.key not in walk.project.raised
    walk = _swept(walk, on)
    [raised] = [x for x in walk.happened if isinstance(x, e.ReminderRaised) and x.key == line.key]
    assert (set(raised.to), raised.overtaken) == (set(line.to), False)


def _swept(walk: Walk, day: date) -> Walk:
    return walk.on(max(day, walk.today)).do(k.Tick(), "system")


# ---------------------------------------------------------------- calendars

ONLY_THERE = {  # off in one country, a working day in the other
    "NO": (date(2026, 4, 2), date(2027, 5, 17), date(2026, 5, 25)),
    "SE": (date(2026, 6, 19), date(2028, 6, 6), date(2027, 1, 6), date(2026, 12, 24)),
}


@check
def calendar_(method: str, country: str) -> None:
    """Working days are those of the country, and deadlines count them."""
    cal = calendar_of(staging.method(method))
    for where, days in ONLY_THERE.items():
        for day in days:
            assert calendar.is_working_day(cal, day) is (where != country), day
            walk = staging.at(method, "G1").meeting({"styringsgruppe": [day + A_DAY]})
            assert due_days(walk, "G1/idebeskrivelse")[0] is not None
            counted = calendar.before(cal, day + A_DAY, Duration.parse("2 working days")).day
            assert due_days(walk, "G1/idebeskrivelse") == [counted]
            assert calendar.is_working_day(cal, counted)


@check
def statutory_end(method: str, country: str, start: date, period: str, is_: date) -> None:
    """A period that the law sets ends there under the calendar of the method."""
    cal = calendar_of(staging.method(method))
    assert cal.country == country
    number, unit = period.split()
    assert calendar.after(cal, start, Duration.parse(f"{number} statutory {unit}")).day == is_


@check
def quiet_moves(method: str, start: date, span: str, is_: date) -> None:
    """A soft date that falls into the quiet period moves past it; a statutory one does not."""
    cal = calendar_of(staging.method(method))
    number, unit = span.split()
    assert calendar.after(cal, start, Duration.parse(span)).day == is_
    by_law = calendar.after(cal, start, Duration.parse(f"{number} statutory {unit}")).day
    assert any(by_law in period for period in cal.quiet)
    assert not any(is_ in period for period in cal.quiet)


# ---------------------------------------------------------------- phases and tracks


@check
def phase(method: str, phase: str, track: str, gate: str, expected: str) -> None:
    """Its exit is this gate, and its soft length blocks nothing."""
    walk = staging.at(method, gate)
    assert walk.phase(track) == phase
    assert walk.method.phases[phase].expected == Duration.parse(expected)
    assert readying.exit_gate(walk) == gate
    soft = calendar.after(walk.inputs.calendar, walk.today, Duration.parse(expected)).day
    late = assert_passes(ready(walk.on(soft + A_DAY), gate), gate)
    left = late.track(track)
    assert left is not None
    assert left.phase != phase or left.end == "completed"


@check
def order(method: str, main: Sequence[str], others: Sequence[str]) -> None:
    """The phases that a project runs through when it passes every gate."""
    walk = staging.begun(method)
    root = walk.method.main_root
    seen = [walk.phase()]
    while not readying.is_over(walk):
        walk = readying.at_exit(walk)
        walk = readying.passed(walk, readying.exit_gate(walk))
        seen += [walk.phase()] if walk.phase() not in seen else []
    assert seen == list(main)
    beside = sorted(p for p in walk.project.entries if walk.method.phases[p].track != root)
    assert beside == sorted({*others, *_without_gates(walk)})


def _without_gates(walk: Walk) -> set[str]:
    """Tracks without a gate of their own; a row need not name them."""
    with_gates = {phase for gate in walk.method.gates.values() for phase in gate.phases}
    return {p for p in walk.method.roots if p not in with_gates}


@check
def track_opens(
    method: str,
    phase: str,
    gate: str,
    outcomes: Sequence[str],
    ends: Mapping[str, str] | None = None,
) -> None:
    """Unopened until the gate is passed so; then it runs beside the main track, or after it."""
    walk = staging.at(method, gate)
    assert walk.track(phase) is None
    for outcome in walk.method.gates[gate].outcomes.values():
        passing = outcome.passing
        before = ready_at(method, gate) if passing else readying.routed(walk, gate)
        after = decided(before, gate, outcome.id)
        track = after.track(phase)
        assert (track is not None) is (outcome.id in outcomes), outcome.id
        if track is not None:
            assert (track.status, track.phase) == (TrackStatus.RUNNING, phase)
    if ends:
        _ends_by_itself(ready_at(method, gate), gate, outcomes[0], phase, ends)


def _ends_by_itself(
    walk: Walk, gate: str, outcome: str, phase: str, ends: Mapping[str, str]
) -> None:
    walk = readying.arrived(decided(walk, gate, outcome), ends["gate"])
    track = walk.track(phase)
    assert track is not None
    assert track.status is TrackStatus.RUNNING
    track = decided(ready(walk, ends["gate"]), ends["gate"], ends["outcome"]).track(phase)
    assert track is not None
    assert track.end == "completed"


@check
def repeats(method: str, gate: str, given: Said, opens: Sequence[date]) -> None:
    """It opens on these days, the one before being decided, and never again."""
    what = staging.given(method, given)
    [into] = what.days
    walk = staging.placed(method, into, what)
    walk = readying.passed_on(walk, into, what.days, what.wishes())
    phases = walk.method.gates[gate].phases
    while walk.phase(walk.method.gates[gate].track) not in phases:
        walk = readying.passed(walk, readying.exit_gate(walk), what.wishes())
    for n, day in enumerate(opens, start=1):
        walk = walk.on(day - A_DAY)
        assert walk.project.open_passage(gate) is None
        walk = walk.on(day)
        assert walk.passage(gate).n == n
        walk = assert_passes(ready(walk, gate, what.wishes()), gate)
    later = walk.on(opens[-1] + timedelta(days=1000))
    assert len(list(later.project.passages_of(gate))) == len(opens)


@check
def gate_opens(
    method: str, gate: str, started: date, opens_on: date, never_if_started: date
) -> None:
    """It opens on that day in a project that began before it, and never in one that began after."""
    walk = staging.begun(method, started).on(opens_on - A_DAY)
    assert walk.project.open_passage(gate) is None
    assert walk.on(opens_on).project.open_passage(gate) is not None
    later = staging.begun(method, never_if_started).on(never_if_started + timedelta(days=800))
    assert list(later.project.passages_of(gate)) == []


@check
def gate_blocks(method: str, gate: str, blocks: Sequence[str]) -> None:
    """While the gate is open these others are shut, and nothing else holds them."""
    for blocked in blocks:
        walk = readying.arrived(ready_at(method, blocked), gate)
        walk = ready(walk, blocked, Wishes(frozenset({gate})))
        assert_shut(walk, blocked, gate, {gate})
        assert_passes(readying.passed(walk, gate), blocked)
