"""Moments: the day or the happening that a text such as "2 working days before meeting" names.

A happening (a decision, an entry, a need that was done) is an instant; everything else is a local
date, which has begun with its day and has passed when its day is over. Also decides which dates a
hold moves: those counted forward from a happening of the project, unless the period is statutory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from . import calendar, facts, judging, needs, people, predicates, review
from .calendar import Duration
from .model import Blockers, Context, Passage, Spec, Truth, Version, World
from .reading import listed

RELATIVE = re.compile(r"(?P<length>.+?) (?P<way>before|after) (?P<anchor>.+)")
EVERY = re.compile(r"every (?P<length>.+?) after (?P<anchor>.+?)(?: at most (?P<times>\d+) times)?")


@dataclass(frozen=True)
class When:
    day: date
    instant: datetime | None = None  # of a happening
    moves: bool = False  # whether what is counted from it stands still on hold
    floats: bool = False  # whether it is another day tomorrow


@dataclass(frozen=True)
class Every:
    length: str
    anchor: str
    times: int | None


def every(moment: Any) -> Every | None:
    """Read "every 5 working days after due at most 6 times"."""
    found = EVERY.fullmatch(moment.strip()) if isinstance(moment, str) else None
    if not found:
        return None
    times = int(found["times"]) if found["times"] else None
    return Every(found["length"], found["anchor"], times)


def when(w: World, moment: Any, context: Context) -> When | None:
    """The day or happening that is meant; None while it is not known."""
    if isinstance(moment, dict):
        return when_of_group(w, moment, context)
    found = RELATIVE.fullmatch(str(moment).strip())
    if not found:
        return anchor(w, str(moment).strip(), context)
    length = length_of(w, found["length"], context)
    base = anchor(w, found["anchor"], context)
    if length is None or base is None:
        return None
    if found["way"] == "before":
        return When(calendar.subtract(w.days, base.day, length), floats=base.floats)
    return counted(w, base, length, context)


def when_of_group(w: World, moment: dict[str, Any], context: Context) -> When | None:
    """Of `earliest` and `latest`, what has not happened yet lies beyond every date."""
    if "choose" in moment:
        choice = predicates.choose(w, moment, context)
        return when(w, choice.use, context) if choice.known and choice.use is not None else None
    parts = [
        when(w, part, context) for part in listed(moment.get("earliest", moment.get("latest")))
    ]
    known = [part for part in parts if part is not None]
    if "earliest" in moment:
        return min(known, key=lambda part: part.day, default=None)
    return max(known, key=lambda part: part.day) if len(known) == len(parts) else None


def occurrence(w: World, repeat: Every, k: int, context: Context) -> date | None:
    """The k-th date of an `every`, each counted from the anchor."""
    length = length_of(w, repeat.length, context)
    base = anchor(w, repeat.anchor, context)
    if length is None or base is None or (repeat.times is not None and k > repeat.times):
        return None
    return counted(w, base, length.times(k), context).day


def counted(w: World, base: When, length: Duration, context: Context) -> When:
    day = calendar.add(w.days, base.day, length)
    if base.moves and length.kind != "statutory" and context.track is not None:
        day = past_holds(w, context.track, base.day, day, length)
    return When(day, floats=base.floats)


def past_holds(w: World, track: str, start: date, day: date, length: Duration) -> date:
    """Move a date by the days on hold that fell between its anchor and itself."""
    for hold in w.state.tracks[track].holds:
        last = hold.last or w.today
        first = max(hold.first, start)
        if hold.first <= day and first < last:
            day += last - first
            fits = is_free if length.kind == "working" else is_loud
            day = calendar.walk_until(day, calendar.DAY, partial(fits, w))
    return day


def is_loud(w: World, day: date) -> bool:
    return not calendar.in_quiet(w.days, day)


def is_statutory(w: World, moment: Any, context: Context) -> bool:
    """Whether a law sets how long it takes."""
    if not isinstance(moment, str):
        return False
    found = RELATIVE.fullmatch(moment.removeprefix("every "))
    length = length_of(w, found["length"], context) if found else None
    return length is not None and length.kind == "statutory"


def length_of(w: World, text: str, context: Context) -> Duration | None:
    """A duration, written out or named by a fact."""
    written = calendar.duration(text)
    if written is not None:
        return written
    value = facts.value_of(w, text, context)
    return value if isinstance(value, Duration) else None


def happening(w: World, instant: datetime | None) -> When | None:
    return None if instant is None else When(w.days.of(instant), instant, moves=True)


def anchor(w: World, name: str, context: Context) -> When | None:
    passage = context.passage
    match name:
        case "start":
            return happening(w, w.state.started)
        case "entry":
            return happening(w, context.entry.at if context.entry else None)
        case "ready":
            return happening(w, ready(w, passage) if passage else None)
        case "decision":
            decided = passage.decided if passage else None
            return happening(w, context.decision.at if context.decision else decided)
        case "due":
            return None if context.due is None else When(context.due, moves=True)
        case "meeting":
            return meeting(w, context)
    if name.startswith("meeting of "):
        spec = w.method.roles[name.removeprefix("meeting of ")]
        since = context.since or w.today
        session = session_asked_on(w, spec, since, since)
        return None if session is None else When(session)
    return named(w, name, context)


def named(w: World, name: str, context: Context) -> When | None:
    """An anchor that is an id: a date fact, a need, a gate, a phase; or a day of the year."""
    since = context.since or (w.days.of(w.state.started) if w.state.started else w.today)
    if (day := calendar.yearly(name)) is not None:
        return When(calendar.on_or_after(since, day))
    if name in w.method.facts and w.method.facts[name].get("type") in ("date", "yearly_date"):
        value = facts.value_of(w, name, context)
        if isinstance(value, tuple):
            value = calendar.on_or_after(since, value)
        return None if value is None else When(value)
    if found := needs.find(w, name, context):
        return happening(w, needs.all_done_at(w, found))
    if name in w.method.gates:
        decided = [d.at for d in w.state.decisions if d.gate == name]
        return happening(w, decided[-1] if decided else None)
    if name in w.method.phases:
        entries = w.state.tracks[w.method.track_of_phase(name)].entries
        return happening(w, next((e.at for e in reversed(entries) if e.phase == name), None))
    return None


def ready(w: World, passage: Passage) -> datetime | None:
    """When the papers were presented to the decider, else when the last blocking need was done."""
    if passage.presented:
        return passage.presented[0]
    if review.need_blockers(w, passage, None, set()):
        return None
    blocking = [n for n in w.state.needs if review.would_block(w, n, passage)]
    instants = [n.waived or n.done_at for n in blocking if n.fixed in (None, "done")]
    return max([passage.asked, *(instant for instant in instants if instant is not None)])


# Meetings


def meeting(w: World, context: Context) -> When | None:
    """The session where the gate is taken up; after the decision, the day it was taken."""
    if context.decision is not None:
        return When(context.decision.held)
    passage = context.passage
    if passage is None or judging.decider(w, passage) is None:
        return None
    body = session_body(w, passage)
    if body is not None:
        session = next_session(w, body, passage)
        return None if session is None else When(session, floats=floats(w, body, passage))
    due = w.method.decides(passage.gate).get("due")
    return when(w, due, judging.at_gate(w, passage)) if due is not None else None


def session_body(w: World, passage: Passage) -> str | None:
    """The deciding body, else the body that rates, else the last adviser that is a body."""
    advice = [a for a in w.method.advises(passage.gate) if judging.advice_exists(w, passage, a)]
    rates = w.method.gates[passage.gate].get("rates")
    rates = rates["by"] if isinstance(rates, dict) and "by" in rates else rates
    asked = [
        judging.decider(w, passage),
        people.asked(w, rates, judging.at_gate(w, passage)),
        *(judging.adviser(w, passage, a) for a in reversed(advice)),
    ]
    roles = [role for who in asked if who is not None for role in who.roles]
    return next((r for r in roles if w.method.is_body(r) and "meets" in w.method.roles[r]), None)


def floats(w: World, role: str, passage: Passage) -> bool:
    """Whether the session has to be asked for and was not, or was asked for and has gone by."""
    spec = w.method.roles[role]
    if spec["meets"] != "on_request":
        return False
    asked_on = w.days.of(passage.presented[0]) if passage.presented else None
    stands = None if asked_on is None else session_asked_on(w, spec, asked_on, asked_on)
    return stands is None or stands < w.today


def next_session(w: World, role: str, passage: Passage | None) -> date | None:
    """The next session that can still be reached; papers presented count as asking for one."""
    asked_on = w.days.of(passage.presented[0]) if passage and passage.presented else w.today
    spec = w.method.roles.get(role, {})
    session = session_asked_on(w, spec, asked_on, w.today)
    rolls_daily = "notice" in spec and not (passage and passage.presented)
    if session is not None:
        w.over(w.today if rolls_daily else session)
    return session


def session_asked_on(w: World, spec: Spec, asked_on: date, earliest: date) -> date | None:
    """The first session that something asked for on that day can reach, its notice being kept."""
    notice = calendar.duration(str(spec["notice"])) if "notice" in spec else None
    match spec.get("meets"):
        case None:
            return None
        case "on_request":
            first = calendar.add(w.days, asked_on, notice) if notice else asked_on
            return calendar.walk_until(max(first, earliest), calendar.DAY, partial(is_free, w))
        case name:
            loud = replace(w.days, quiet=())
            sessions = w.days.meetings.get(str(name), ())
            return next(
                (
                    day
                    for day in sessions
                    if day >= earliest
                    and (not notice or calendar.subtract(loud, day, notice) >= asked_on)
                ),
                None,
            )


def is_free(w: World, day: date) -> bool:
    return w.days.is_working(day) and not calendar.in_quiet(w.days, day)


# Questions


def begun(w: World, moment: Any, context: Context) -> bool:
    """Whether the moment has come, as something that it opens asks."""
    if (parts := parts_of(w, moment, context)) is not None:
        word, moments = parts
        return (any if word == "earliest" else all)([begun(w, m, context) for m in moments])
    found = when(w, moment, context)
    if found is None:
        return False
    return w.reached(found.instant) if found.instant else w.begun(found.day)


def passed(w: World, moment: Any, context: Context) -> Truth:
    """Whether the moment is over, as a predicate asks; unknown where it cannot be told."""
    if (parts := parts_of(w, moment, context)) is not None:
        word, moments = parts
        truths = [passed(w, m, context) for m in moments]
        return predicates.combine("any" if word == "earliest" else "all", truths, {})
    found = when(w, moment, context)
    if found is None:
        return None
    return w.reached(found.instant) if found.instant else w.over(found.day)


def parts_of(w: World, moment: Any, context: Context) -> tuple[str, list[Any]] | None:
    if not isinstance(moment, dict):
        return None
    if "choose" in moment:
        choice = predicates.choose(w, moment, context)
        return ("latest", [choice.use]) if choice.known and choice.use is not None else None
    word = "earliest" if "earliest" in moment else "latest"
    return word, listed(moment[word])


def asks(w: World, moment: Any, context: Context) -> Blockers:
    """The facts that must be answered for the moment to be known."""
    if isinstance(moment, dict) and "choose" in moment:
        choice = predicates.choose(w, moment, context)
        return asks(w, choice.use, context) if choice.known else choice.asks
    if isinstance(moment, dict):
        parts = listed(moment.get("earliest", moment.get("latest")))
        return set().union(*(asks(w, part, context) for part in parts))
    found = RELATIVE.fullmatch(str(moment).strip())
    names = [found["length"], found["anchor"]] if found else [str(moment).strip()]
    return set().union(
        *(
            facts.asks(w, name, context)
            for name in names
            if name in w.method.facts and facts.value_of(w, name, context) is None
        )
    )


def is_newer(w: World, version: Version, limit: When | None) -> bool:
    """A happening is compared by instants, a date by days; an unknown limit limits nothing."""
    if limit is None:
        return True
    if limit.instant is not None:
        return version.at > limit.instant
    return w.days.of(version.at) > limit.day


def rests_on_meeting(moment: Any) -> bool:
    """Whether a moment is counted from the session where its gate is taken up."""
    if isinstance(moment, dict) and "choose" in moment:
        return any(rests_on_meeting(a.get("use")) for a in moment["choose"].values())
    if isinstance(moment, dict):
        return any(map(rests_on_meeting, listed(moment.get("earliest", moment.get("latest")))))
    return str(moment).split()[-1:] == ["meeting"]
