"""Work out when a Moment is, for the thing it stands on.

Relative moments move by the days a track was held; statutory periods, meetings, dates and yearly
days run on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from innocities_engine.domain import calendar, needs, people, predicates
from innocities_engine.domain.calendar import Duration, DurationKind, Step
from innocities_engine.domain.definition import Role
from innocities_engine.domain.grammar import (
    Anchor,
    AnchorKind,
    At,
    Earliest,
    Every,
    FactDuration,
    Latest,
    Moment,
    Span,
)
from innocities_engine.domain.project import Decision, Hold, Passage, PassageStatus
from innocities_engine.domain.situation import Scope, Situation, passage_scope
from innocities_engine.domain.whens import When, begins, civil_day, is_over, unknown

MOVES_ON = "moves_on"  # the step of a date that is another one tomorrow
HELD_SO_FAR = "held_so_far"  # and of one that is while a hold lasts

# ---------------------------------------------------------------- resolving


def resolve(s: Situation, moment: Moment, scope: Scope) -> When:
    """Say when `moment` is for the thing `scope` stands for. Every: its first occurrence."""
    match moment:
        case At():
            return _at(s, moment, scope)
        case Every():
            return next((when for _, when in occurrences(s, moment, scope)), unknown("interval"))
        case Earliest(of):
            known = [w for w in (resolve(s, m, scope) for m in of) if w.known]
            return _chosen(s, known, min) if known else unknown("earliest")
        case Latest(of):
            return _latest(s, [resolve(s, m, scope) for m in of])
    chosen = predicates.choose(s, moment, scope)
    if chosen.value is None:
        return When(waits=chosen.unknown or frozenset({"otherwise"}))
    return resolve(s, chosen.value, scope)


def _latest(s: Situation, whens: list[When]) -> When:
    waits = frozenset().union(*(w.waits for w in whens if not w.known))
    return When(waits=waits) if waits else _chosen(s, whens, max)


def _chosen(s: Situation, whens: list[When], choose: Callable[..., When]) -> When:
    """The first or the last of them. One that moves on may cross one that stands, by time alone."""
    found = choose(whens, key=lambda w: is_over(s, w) or s.now)
    crossing = moves_on(found) is (choose is min)
    if crossing and any(moves_on(w) is not moves_on(found) for w in whens):
        s.look_again(calendar.end_of_day(s.inputs.calendar, s.today))
    return found


def _at(s: Situation, moment: At, scope: Scope) -> When:
    anchored = anchor(s, moment.anchor, scope)
    if not anchored.known or moment.span is None:
        return anchored
    span = duration(s, moment.span, scope)
    if not isinstance(span, Duration):
        return span
    start = civil_day(s, anchored)
    assert start is not None
    count = calendar.before if moment.before else calendar.after
    explained = count(s.inputs.calendar, start, span)
    when = When(day=explained.day, steps=(*anchored.steps, *explained.steps))
    if span.kind is DurationKind.STATUTORY or moment.anchor.kind not in _STANDS_STILL:
        return when
    return shifted(s, when, anchored, scope, span.kind)


def duration(s: Situation, span: Span, scope: Scope) -> Duration | When:
    """The duration itself, or what it waits for."""
    if isinstance(span, Duration):
        return span
    assert isinstance(span, FactDuration)
    value = predicates.fact_value(s, span.fact, scope)
    return value if isinstance(value, Duration) else unknown(span.fact)


def occurrences(
    s: Situation, every: Every, scope: Scope, first: int = 1
) -> Iterator[tuple[int, When]]:
    """Yield (n, when) from the first asked for; nothing while anchor or interval are unknown."""
    n = first
    while (when := occurrence(s, every, scope, n)) is not None:
        yield n, when
        n += 1


def occurrence(s: Situation, every: Every, scope: Scope, n: int) -> When | None:
    """The n-th time, counted from the anchor itself, so that months do not drift."""
    anchored = anchor(s, every.anchor, scope)
    span = duration(s, every.span, scope)
    start = civil_day(s, anchored)
    if start is None or not isinstance(span, Duration) or span.n == 0:
        return None
    if every.at_most is not None and n > every.at_most:
        return None
    explained = calendar.after(s.inputs.calendar, start, replace(span, n=span.n * n))
    when = When(day=explained.day, steps=(*anchored.steps, *explained.steps))
    if span.kind is not DurationKind.STATUTORY and every.anchor.kind in _STANDS_STILL:
        when = shifted(s, when, anchored, scope, span.kind)
    return when


# ---------------------------------------------------------------- holds

_STANDS_STILL = frozenset(
    {
        AnchorKind.START,
        AnchorKind.ENTRY,
        AnchorKind.READY,
        AnchorKind.DECISION,
        AnchorKind.DUE,
        AnchorKind.GATE,
        AnchorKind.NEED,
        AnchorKind.PHASE,
    }
)


def shifted(
    s: Situation,
    when: When,
    anchored: When,
    scope: Scope,
    kind: DurationKind = DurationKind.PLAIN,
) -> When:
    """Move a relative day by the days of each hold, from the anchor on, that began before it."""
    track = s.project.tracks.get(scope.track)
    since = begins(s, anchored)
    if track is None or since is None or when.day is None:
        return when
    cal = s.inputs.calendar
    day, steps = when.day, list(when.steps)
    for hold in track.holds:
        if s.day_of(hold.since) > day:
            continue
        days = hold_days(s, hold, since)
        if days > 0:
            day = calendar.out_of_quiet(cal, day + timedelta(days=days))
            while kind is DurationKind.WORKING and not calendar.is_working_day(cal, day):
                day = calendar.out_of_quiet(cal, calendar.next_working_day(cal, day))
        if days > 0 or hold.until is None:
            code = "held" if hold.until else HELD_SO_FAR
            steps.append(Step(code, (("days", days), ("day", day))))
    return replace(when, day=day, steps=tuple(steps))


def fixed(s: Situation, owed: str, scope: Scope) -> When | None:
    """The day that a migration has set for what is owed; a hold moves it like any other."""
    found = s.project.dates.get(owed)
    if found is None:
        return None
    return shifted(s, When(day=found.day), When(instant=found.since), scope)


def hold_days(s: Situation, hold: Hold, since: datetime) -> int:
    """Whole civil days on hold since then, so far."""
    return (s.day_of(hold.until or s.now) - s.day_of(max(hold.since, since))).days


# ---------------------------------------------------------------- anchors


def anchor(s: Situation, a: Anchor, scope: Scope) -> When:
    """Resolve what a moment counts from."""
    match a.kind:
        case AnchorKind.START:
            return _happened(s.project.started_at, "start")
        case AnchorKind.ENTRY | AnchorKind.PHASE:
            entered = s.project.entries.get(a.name or scope.phase, ())
            return _happened(entered[-1] if entered else None, a.name or scope.phase)
        case AnchorKind.READY:
            return _happened(needs.ready_at(s, scope.passage), "ready")
        case AnchorKind.MEETING:
            return meeting(s, scope)
        case AnchorKind.DECISION:
            return _decision(s, scope)
        case AnchorKind.DUE:
            return _due(s, scope)
        case AnchorKind.GATE:
            return _gate(s, a.name)
        case AnchorKind.NEED:
            return _need(s, a, scope)
        case AnchorKind.FACT:
            return _fact(s, a.name, scope)
        case AnchorKind.MEETING_OF:
            opened = s.day_of(scope.opened_at)
            return _session(s, s.method.roles[a.name], opened, asked=opened)
        case AnchorKind.YEARLY:
            return When(day=_yearly(s.day_of(scope.opened_at), a.month, a.day))


def _due(s: Situation, scope: Scope) -> When:
    if scope.due is not None:
        return scope.due
    return needs.due(s, s.project.needs[scope.need]) if scope.need else unknown("due")


def _happened(instant: datetime | None, name: str) -> When:
    return When(instant=instant) if instant else unknown(name)


def _decision(s: Situation, scope: Scope) -> When:
    if (own := _own_decision(s, scope)) is not None:
        return When(instant=own.at)
    passage = s.project.passages.get(scope.passage)
    return _happened(passage.decided_at if passage else None, "decision")


def _own_decision(s: Situation, scope: Scope) -> Decision | None:
    """The decision that asked for the need this stands on, whatever was decided since."""
    need = s.project.needs.get(scope.need)
    if need is None or not need.decision:
        return None
    made = (d for d in s.project.decisions if d.passage == need.decision)
    return max((d for d in made if d.at <= need.opened_at), key=lambda d: d.at, default=None)


def _gate(s: Situation, gate: str) -> When:
    decided = [p.decided_at for p in s.project.passages_of(gate) if p.decided_at]
    return _happened(decided[-1] if decided else None, gate)


def _need(s: Situation, a: Anchor, scope: Scope) -> When:
    assert a.need is not None
    instance = needs.find(s, a.need, scope)
    if instance is None or instance.done_at is None:
        return unknown(str(a.need))
    return When(day=instance.done_on) if instance.done_on else When(instant=instance.done_at)


def _fact(s: Situation, fact: str, scope: Scope) -> When:
    value = predicates.fact_value(s, fact, scope)
    match value:
        case (int() as month, int() as day):
            return When(day=_yearly(s.day_of(scope.opened_at), month, day))
        case date():
            return When(day=value)
    return unknown(fact)


def _yearly(on_or_after: date, month: int, day: int) -> date:
    """The next such day; 29 February falls on the 28th where there is none."""
    found = _clamped(on_or_after.year, month, day)
    return found if found >= on_or_after else _clamped(on_or_after.year + 1, month, day)


def _clamped(year: int, month: int, day: int) -> date:
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


# ---------------------------------------------------------------- meetings


def meeting(s: Situation, scope: Scope) -> When:
    """The session where the gate is taken up: of the deciding body, else of the body that rates,

    else of the last adviser that is a body; where there is none, the `due` of `decides`.
    """
    passage = s.project.passages.get(scope.passage)
    if passage is None:
        return unknown("meeting")
    gate = s.method.gates[passage.gate]
    decision = _own_decision(s, scope)
    if decision is None and passage.decided_at and passage.status is not PassageStatus.OPEN:
        decision = s.project.decision_of(passage.key)
    if decision is not None:
        return When(day=held_on(s, decision))
    body = people.meeting_body(s, gate, passage_scope(s, passage))
    if body is None:
        decide_by = gate.decides.due
        return resolve(s, decide_by, scope) if decide_by else unknown("meeting")
    return session(s, body, passage)


def moves_on(due: When) -> bool:
    """Whether it is another date tomorrow, as long as no session was asked for or a hold lasts:
    nobody is late then, nor reminded of it.
    """
    return any(step.code in (MOVES_ON, HELD_SO_FAR) for step in due.steps)


def session(s: Situation, body: Role, passage: Passage) -> When:
    """The first session of a body that the gate can reach."""
    asked = s.day_of(passage.presented.at) if passage.presented else None
    return _session(s, body, max(s.today, asked or s.today), asked)


def held_on(s: Situation, decision: Decision) -> date:
    """The day of the last session in which it was taken, or of the last vote that was given."""
    days = [minutes.on for minutes in decision.minutes if minutes.on]
    if decision.recorded is None or decision.recorded.on is None:
        days.append(s.day_of(decision.at))
    return max(days)


def _session(s: Situation, body: Role, earliest: date, asked: date | None) -> When:
    """The first session from `earliest` on that can be reached from the day it was `asked` for."""
    cal = s.inputs.calendar
    if body.meets is None:
        return unknown(f"meeting of {body.id}")
    if body.meets == "on_request":
        return _on_request(s, body, earliest, asked)
    day, asked_on = earliest, asked or earliest
    while (found := calendar.next_meeting(cal, body.meets, day)) is not None:
        closes = (
            calendar.before(calendar.without_quiet(cal), found, body.notice).day
            if (body.notice)
            else found
        )
        if closes >= asked_on:
            s.look_again(calendar.end_of_day(cal, found if asked else closes))
            return When(day=found, steps=(Step("meeting", (("body", body.id), ("day", found))),))
        day = found + timedelta(days=1)
    return unknown(f"meeting of {body.id}")


def _on_request(s: Situation, body: Role, earliest: date, asked: date | None) -> When:
    """A session that was asked for stands; until then the first possible one moves on each day."""
    cal = s.inputs.calendar
    day = calendar.session_on_request(cal, asked or earliest, body.notice).day
    if asked and day >= earliest:
        s.look_again(calendar.end_of_day(cal, day))
        return When(day=day)
    if day < earliest:
        day = calendar.session_on_request(cal, earliest).day
    return When(day=day, steps=(Step(MOVES_ON, (("body", body.id), ("day", day))),))
