"""What to remind of, when, and whom: one source for the sweep and for the forecast.

An obligation is an open need, a voice that is asked for, or the review of a hold; the rungs of its
ladder say when. A rung comes due with its day in the organisation's zone; at which hour somebody is
written to is the delivery's matter. Of several rungs due at once only the latest is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from innocities_engine.domain import (
    calendar,
    handing_in,
    judgements,
    moments,
    needs,
    pausing,
    people,
    predicates,
    rounds,
)
from innocities_engine.domain import events as e
from innocities_engine.domain.calendar import Step
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Gate, Ladder, Methodology, NeedKind, Rung, Voice
from innocities_engine.domain.grammar import Every
from innocities_engine.domain.project import (
    NeedInstance,
    NeedStatus,
    Passage,
    PassageStatus,
    Project,
    TrackStatus,
)
from innocities_engine.domain.settle import advance, settle
from innocities_engine.domain.situation import (
    Scope,
    Situation,
    need_of,
    need_scope,
    passage_scope,
)
from innocities_engine.domain.whens import When, civil_day

HORIZON = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something due: its key, by when, who owes it (roles, or one person), and how to remind."""

    key: str
    due: When
    owners: tuple[str, ...]
    ladder: Ladder
    opened_at: datetime
    scope: Scope
    statutory: bool = False
    deciders: tuple[str, ...] = ()
    confirmers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One rung of one obligation: raised at `instant`, on `day`; `counted`: but for quiet days."""

    key: str
    obligation: str
    rung: str
    day: date
    instant: datetime
    due: date
    to: tuple[str, ...]
    escalation: bool
    counted: date
    certainty: str = "firm"  # firm | estimated | waits
    waits: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


# ---------------------------------------------------------------- obligations


def obligations(s: Situation) -> Iterator[Obligation]:
    """Everything somebody owes now, whether or not its date is known."""
    for instance, _ in needs.unmet(s):
        if instance.status in (NeedStatus.OPEN, NeedStatus.HANDED_IN):
            yield from _need(s, instance)
    for passage in s.project.passages.values():
        if passage.status is PassageStatus.OPEN:
            yield from _voices(s, passage)
    yield from _reviews(s)


def _ladder(s: Situation, *names: str | None) -> Ladder | None:
    name = next((n for n in (*names, s.method.remind) if n), None)
    return s.method.ladders.get(name) if name else None


def _need(s: Situation, instance: NeedInstance) -> Iterator[Obligation]:
    need = need_of(s.method, instance)
    gate = s.method.gates.get(instance.origin.partition("#")[0])
    ladder = _ladder(s, need.remind, gate.remind if gate else None)
    found = needs.finding(s, instance)
    if ladder is None or not found.is_open or found.exists.value is not True:
        return
    confirmers = handing_in.confirming_roles(s, instance, need)
    handed_in = instance.status is NeedStatus.HANDED_IN
    yield Obligation(
        instance.key,
        needs.due(s, instance),
        confirmers if handed_in else needs.owners(s, instance),
        ladder,
        instance.opened_at,
        need_scope(s, instance),
        statutory=handing_in.is_due_by_law(s, instance),
        deciders=_deciders(s, gate, instance.origin),
        confirmers=confirmers,
    )


def _deciders(s: Situation, gate: Gate | None, origin: str) -> tuple[str, ...]:
    if gate is None or origin not in s.project.passages:
        return ()
    return people.roles_asked(s, gate.decides.by, passage_scope(s, s.project.passages[origin]))


def _voices(s: Situation, passage: Passage) -> Iterator[Obligation]:
    """The voices asked for at an open gate: advice, ratings, and the decision once it is ready."""
    gate = s.method.gates[passage.gate]
    for key, voice in asked_at(s, passage):
        yield from _voice(s, gate, passage, voice, key)


def asked_at(s: Situation, passage: Passage) -> Iterator[tuple[str, Voice]]:
    """The voices that are waited for at an open gate, by what is owed."""
    gate = s.method.gates[passage.gate]
    for voice in gate.advises.values():
        if judgements.advice_given(s, gate.id, voice.id) is None and _asked(s, passage, voice):
            yield f"advise:{passage.key}/{voice.id}", voice
    if gate.rates is not None and _unrated(s, gate):
        yield f"rate:{passage.key}", gate.rates
    waits = gate.round is not None and passage.presented is None
    if needs.ready_at(s, passage.key) is not None and not waits:
        yield f"decide:{passage.key}", gate.decides


def _asked(s: Situation, passage: Passage, voice: Voice) -> bool:
    if voice.when is None:
        return True
    return predicates.judge(s, voice.when, passage_scope(s, passage)).value is True


def _unrated(s: Situation, gate: Gate) -> bool:
    return any(
        judgements.verdict_of(s, gate.id, c.id) is None
        for c in gate.criteria.values()
        if judgements.applies(s, gate, c)
    )


def _voice(
    s: Situation, gate: Gate, passage: Passage, voice: Voice, key: str
) -> Iterator[Obligation]:
    ladder = _ladder(s, gate.remind)
    scope = passage_scope(s, passage)
    due = voice_due(s, passage, voice, key)
    if ladder is None or due is None:
        return
    roles = people.roles_asked(s, voice.by, scope)
    opened = needs.ready_at(s, passage.key) or passage.asked_at
    yield Obligation(
        key,
        due,
        roles,
        ladder,
        opened,
        scope,
        deciders=_deciders(s, gate, passage.key),
        statutory=voice.due is not None and handing_in.is_statutory(voice.due),
    )


def voice_due(s: Situation, passage: Passage, voice: Voice, key: str) -> When | None:
    """When a voice is due; that on a round, without a date of its own, when the round opens."""
    gate, scope = s.method.gates[passage.gate], passage_scope(s, passage)
    if (fixed := moments.fixed(s, key, scope)) is not None:
        return fixed
    if voice.due is not None:
        return moments.resolve(s, voice.due, scope)
    return rounds.opens(s, passage) if gate.round is not None and voice is gate.decides else None


def _reviews(s: Situation) -> Iterator[Obligation]:
    """The review that a hold promised: its date only reminds, time never resumes by itself."""
    for root, track in s.project.tracks.items():
        if track.status is not TrackStatus.HELD or track.held_by is None:
            continue
        passage = s.project.passages[track.held_by]
        gate = s.method.gates[passage.gate]
        ladder = _ladder(s, gate.remind)
        if ladder is None or track.review_on is None:
            continue
        deciders = _deciders(s, gate, passage.key)
        held = track.holds[-1].since
        runs_on = replace(passage_scope(s, passage), track="")  # on no clock that a hold stops
        yield Obligation(
            f"review:{root}#{len(track.holds)}", When(day=track.review_on), deciders, ladder,
            held, runs_on, deciders=deciders,
        )  # fmt: skip


# ---------------------------------------------------------------- rungs


def lines(s: Situation, counting: Situation, obligation: Obligation) -> Iterator[Line]:
    """The rungs of an obligation with a known due date, unordered; of repeated ones, one ahead.

    `counting`: the same situation, as rungs count in it.
    """
    due = civil_day(s, obligation.due)
    stopped = is_stopped(s, obligation.scope.track, obligation.statutory)
    if due is None or stopped or moments.moves_on(obligation.due):
        return
    opened = s.day_of(obligation.opened_at)
    # What no hold stops is not counted on by one either.
    track = "" if obligation.statutory else obligation.scope.track
    scope = replace(obligation.scope, due=obligation.due, track=track)
    for rung in obligation.ladder.rungs.values():
        for name, when in _rung_days(counting, scope, rung):
            counted = civil_day(s, when)
            if counted is None or counted < opened:
                continue
            day = pausing.told_on(s, counted, statutory=obligation.statutory)
            if not obligation.statutory:
                day = _out_of_quiet(s, day)
            yield Line(
                key=f"{obligation.key}|{name}|{due.isoformat()}",
                obligation=obligation.key,
                rung=name,
                day=day,
                instant=calendar.start_of_day(s.inputs.calendar, day),
                due=due,
                to=_recipients(obligation, rung),
                escalation=rung.escalation,
                counted=counted,
                certainty=_certainty(obligation),
                steps=when.steps,
            )


def _out_of_quiet(s: Situation, day: date) -> date:
    """What comes late waits for the end of a quiet period, too."""
    return calendar.out_of_quiet(s.inputs.calendar, max(day, s.today))


def _certainty(obligation: Obligation) -> str:
    """A date that counts from a meeting moves with the calendar of the body."""
    return "estimated" if any(s.code == "meeting" for s in obligation.due.steps) else "firm"


def is_stopped(s: Situation, root: str, by_law: bool) -> bool:
    """Clocks stop on hold; statutory periods and the review itself run on."""
    track = s.project.tracks.get(root)
    held = track is not None and track.status is TrackStatus.HELD
    return held and not by_law


def as_counted(s: Situation) -> Situation:
    """Rungs count working days as they are: quiet periods move the mail, not the count."""
    inputs = replace(s.inputs, calendar=calendar.without_quiet(s.inputs.calendar))
    return replace(s, inputs=inputs)


def _rung_days(counting: Situation, scope: Scope, rung: Rung) -> Iterator[tuple[str, When]]:
    if not isinstance(rung.at, Every):
        yield rung.id, moments.resolve(counting, rung.at, scope)
        return
    for k, when in moments.occurrences(counting, rung.at, scope):
        yield f"{rung.id}.{k}", when
        day = civil_day(counting, when)
        if day is None or day > counting.today:
            return


def _recipients(obligation: Obligation, rung: Rung) -> tuple[str, ...]:
    found: list[str] = []
    for name in rung.to:
        if name == "owner":
            found += obligation.owners
        elif name in ("decider", "deciders"):
            found += obligation.deciders
        elif name == "accepts":
            found += obligation.confirmers
        else:
            found.append(name)
    return tuple(dict.fromkeys(found))


# ---------------------------------------------------------------- raising


def due_lines(s: Situation) -> list[tuple[Line, bool]]:
    """The rungs due and not raised yet, each with whether one of a later day overtakes it."""
    found: list[tuple[Line, bool]] = []
    counting = as_counted(s)
    for obligation in obligations(s):
        rungs = lines(s, counting, obligation)
        all_lines = sorted(rungs, key=lambda line: (line.counted, line.rung))
        fresh = [line for line in all_lines if line.key not in s.project.raised]
        for line in fresh:
            s.look_again(line.instant)
        come = (line.counted for line in all_lines if line.instant <= s.now)
        latest = max(come, default=None)
        found += ((line, line.counted != latest) for line in fresh if line.instant <= s.now)
    return found


def raise_due(c: Cursor) -> None:
    """Raise what is due now, each rung once; without recipients there is nothing to tell."""
    _raise(c, due_lines(c.situation))


def _raise(c: Cursor, due: Iterable[tuple[Line, bool]]) -> None:
    for line, overtaken in due:
        c.emit(_raised(c, line, overtaken=overtaken or not line.to))


def pass_over_due(c: Cursor) -> None:
    """Nobody is told of what was due before now; what comes due later is raised as ever."""
    for line, _ in due_lines(c.situation):
        c.emit(_raised(c, line, overtaken=True))


def _raised(c: Cursor, line: Line, *, overtaken: bool) -> e.ReminderRaised:
    return e.ReminderRaised(
        at=c.now,
        key=line.key,
        obligation=line.obligation,
        rung=line.rung,
        due=line.due,
        to=line.to,
        escalation=line.escalation,
        overtaken=overtaken,
        about=about(c.situation, line.obligation),
    )


def about(s: Situation, obligation: str) -> dict[str, str]:
    """What the obligation is, by ids: kind, gate, need, artefact, phase."""
    instance = s.project.needs.get(obligation)
    if instance is not None:
        need = need_of(s.method, instance)
        found = {"kind": "need", "need": need.ref, "of": need.of, "what": need.kind.value}
        place = instance.origin.partition("#")[0]
        found["gate" if place in s.method.gates else "phase"] = place
        if need.kind is NeedKind.WRITTEN:
            found["text"] = instance.text
        if instance.status is NeedStatus.HANDED_IN:
            found["kind"] = "accept"
        return {k: v for k, v in found.items() if v}
    kind, _, subject = obligation.partition(":")
    if kind == "review":
        return {"kind": kind, "phase": s.project.tracks[subject.partition("#")[0]].phase}
    passage, _, item = subject.partition("/")
    return {k: v for k, v in (
        ("kind", kind), ("gate", passage.partition("#")[0]), ("item", item)
    ) if v}  # fmt: skip


def next_wake(
    method: Methodology, project: Project, inputs: Inputs, now: datetime
) -> datetime | None:
    """The next instant with something to work out or to raise; None if time changes nothing."""
    c = Cursor(method, project, inputs, now)
    settle(c)
    s = c.situation
    unraised = [line.instant for line, _ in due_lines(s)]
    ahead = [alarm for alarm in c.alarms if alarm > now]
    return now if c.events else min((*unraised, *ahead), default=None)


def reminders(
    method: Methodology,
    project: Project,
    inputs: Inputs,
    now: datetime,
    until: datetime | None = None,
) -> Iterator[Line]:
    """Yield all that would be raised from `now` on if no further command came, in order.

    It sweeps a copy of the project at each of its wake-ups, so it is the sweep, looked at early.
    """
    end = until or now + HORIZON
    c = Cursor(method, project, inputs, now)
    advance(c, now)
    while True:
        s = c.situation
        due = due_lines(s)
        for line, overtaken in due:
            if not overtaken and line.to:
                yield replace(line, day=max(line.day, s.today), instant=max(line.instant, s.now))
        _raise(c, due)
        wake = next_wake(method, c.project, inputs, c.now)
        if wake is None or wake > end:
            return
        advance(c, wake)


def waiting(s: Situation) -> Iterator[Line]:
    """The obligations nobody can be reminded of yet, each with what its date waits for."""
    for obligation in obligations(s):
        if not obligation.due.known and obligation.due.waits:
            yield Line(
                key=obligation.key, obligation=obligation.key, rung="", day=s.today,
                instant=s.now, due=s.today, to=obligation.owners, escalation=False, counted=s.today,
                certainty="waits", waits=tuple(sorted(obligation.due.waits)),
            )  # fmt: skip
