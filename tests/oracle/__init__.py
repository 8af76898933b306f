"""A reference interpreter of the definition language, to hold the engine against.

It shares no code with the engine: its calendar, its reading of the grammars and its rules are its
own, written from the contract alone, plain before fast. It takes a resolved definition as nested
dicts (the YAML structure after overlays and `like`, scalars as text or native) and commands as
dicts. `README.md` lists where the contract left a choice, and which was taken.

Time passes by itself: before a command is judged, and before the state is shown, every consequence
of time takes effect at its own instant, in order. Asking never changes anything.

Commands (`do` and its fields; `?` = optional). `need` is "G1/key", "phase/key" or a bare key;
`occurrence?`, `member?` and `text?` (of a written condition) choose among instances. `recorded?`
(true) with `present?` (persons), `body?` and `session?` (a date) gives the value of a body whose
results the actor may record.

    start                  members?: {role: [persons]}
    assign                 role, members: [persons]      (replaces the holders)
    answer                 fact, value, need?            (need: whose instance asks the fact)
    submit                 artefact, form?: {fact: value}
    approve, return        artefact, version?, recorded?, present?, session?
    withdraw               artefact, version?
    tick_off               need, occurrence?, member?, text?
    accept, waive          need, occurrence?, member?, text?, recorded?, present?
    extend                 need, due, …
    rate                   gate, criterion, value, recorded?, present?, session?
    advise                 gate, advice, value, recorded?, present?, session?,
                           read?: {artefact: version}    (what had been read, as it is said)
    declare_conflict       gate?, person?                (without gate: in the whole project)
    present, withdraw_presentation   gate
    raise                  gate
    decide                 gate, outcome, to?, review?, recorded?, present?, session?, read?,
                           conditions?: {key: [{text, owner?, due?, for?}]},
                           answers?: {fact: value}, appoint?: {role: [persons]},
                           attach?: {artefact: {fact: value}}, acts?: [keys]
    override               as decide
    resume                 track?                        (the id of its root; default the main one)
    tick                   (nothing but the passing of time)

An accepted `decide` is a vote; it is the decision when `observe` shows it in force or decided.

Blocker codes: need_open, criterion_below, criterion_unrated, advice_missing, gate_blocks,
answer_first, quorum_impossible, role_empty, not_offered, not_open, carry_missing, wrong_state,
not_entitled, no_seat, too_few_present, bad_session, paper_later, paper_changed, which_body.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from . import deciding, doing, reminders, review, settle, showing, voicing
from .calendar import Days
from .model import Blocker, Passage, Refused, State, Substitute, Track, World
from .reading import Method

__all__ = ["Oracle", "Reminder", "Substitute", "Verdict"]

HANDLERS = (
    doing.HANDLERS
    | voicing.HANDLERS
    | {
        "start": deciding.start,
        "decide": deciding.decide,
        "override": deciding.override,
    }
)
BEFORE_ALL = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Verdict:
    """Whether a command is accepted, and if not, why."""

    accepted: bool
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reminder:
    """A rung that became due, for one due date and one role; overtaken ones are not sent."""

    at: datetime
    obligation: str
    rung: str
    due: date
    role: str
    overtaken: bool


class Oracle:
    """One project under one definition."""

    def __init__(
        self,
        definition: dict[str, Any],
        *,
        zone: str,
        country: str,
        meetings: Mapping[str, Iterable[date]] | None = None,
        closures: Iterable[date] = (),
        substitutes: Iterable[Substitute] = (),
        sweeps: bool = True,
    ) -> None:
        """`sweeps`: reminders are raised as soon as they are due, and not by `sweep` alone."""
        method = Method(definition)
        sessions = {name: sorted(days) for name, days in (meetings or {}).items()}
        days = Days(country, ZoneInfo(zone), frozenset(closures), method.quiet, sessions)
        state = State(tracks={root: Track(root) for root in method.roots})
        self._world = World(method, days, tuple(substitutes), state, BEFORE_ALL, sweeps=sweeps)

    def apply(self, command: dict[str, Any], at: datetime, actor: str) -> Verdict:
        """Let time pass until `at`, then judge the command and, if it is accepted, follow it."""
        self._world = self._at(at)
        attempt = self._world.copy()
        try:
            follow(attempt, command, actor)
        except Refused as refusal:
            return Verdict(accepted=False, codes=refusal.codes)
        self._world = attempt
        return Verdict(accepted=True)

    def sees(self, others: Iterable[Oracle]) -> None:
        """From now on the projects it has started are as these stand."""
        self._world = replace(self._world, portfolio=tuple(other._world for other in others))

    def observe(self, at: datetime) -> dict[str, Any]:
        """Everything observable, as plain JSON-able data."""
        return showing.show(self._at(at))

    def review(self, gate: str, at: datetime, outcome: str | None = None) -> frozenset[Blocker]:
        """The blockers of the gate's open instance, or of one outcome of it."""
        w = self._at(at)
        passage = open_instance(w, gate)
        return frozenset(review.blockers(w, passage, outcome)) if passage else not_open(gate)

    def offered(self, gate: str, at: datetime) -> list[str]:
        w = self._at(at)
        passage = open_instance(w, gate)
        return review.offered(w, passage) if passage else []

    def reminders(self, after: datetime, until: datetime) -> list[Reminder]:
        """What becomes due after one instant and until another, were there no further command."""
        w = self._at(max(until, self._world.now))
        return [r for r in told(w, frozenset()) if after < r.at <= until]

    def sweep(self, first: datetime, until: datetime) -> list[Reminder]:
        """Raise what is due at one instant, however late, and from then on all of it on time."""
        w = self._at(first)
        before = frozenset(w.state.raised)
        swept = replace(w, sweeps=True)
        step_to(swept, w.now)
        pass_time(swept, until.astimezone(UTC))
        self._world = replace(swept, sweeps=w.sweeps)
        return told(swept, before)

    def next_change(self, at: datetime, horizon: datetime) -> datetime | None:
        """The next instant, up to the horizon, at which something would change by itself."""
        w = self._at(at)
        before = showing.show(w), dict(w.state.raised)
        while (instant := next_wake(w)) is not None and instant <= horizon:
            step_to(w, instant)
            if (showing.show(w), w.state.raised) != before:
                return instant
        return None

    def _at(self, instant: datetime) -> World:
        """A copy of the world, moved on to the instant."""
        instant = instant.astimezone(UTC)
        if instant < self._world.now:
            raise ValueError("time does not run backwards")
        w = self._world.copy()
        pass_time(w, instant)
        return w


def told(w: World, before: frozenset[tuple[str, str, date]]) -> list[Reminder]:
    """Every reminder that was raised, but for the rungs that had been before."""
    found = [
        Reminder(raised.at, *key, role, raised.overtaken)
        for key, raised in w.state.raised.items()
        if key not in before
        for role in raised.roles
    ]
    return sorted(found, key=lambda r: (r.at, r.obligation, r.rung, r.role))


def not_open(gate: str) -> frozenset[Blocker]:
    return frozenset({("not_open", gate)})


def open_instance(w: World, gate: str) -> Passage | None:
    passage = w.passage(gate)
    usable = passage is not None and passage.status == "open"
    return passage if usable else None


def follow(w: World, command: dict[str, Any], actor: str) -> None:
    """Apply one command and what follows from it; Refused where it is not accepted."""
    if command["do"] == "tick":
        return
    if command["do"] != "start" and w.state.started is None:
        raise Refused("wrong_state")
    resting = voicing.what_votes_rest_on(w)
    HANDLERS[command["do"]](w, command, actor)
    voicing.drop_votes_on_other_papers(w, resting)
    step_to(w, w.now)


def pass_time(w: World, until: datetime) -> None:
    """Go from one instant of change to the next."""
    while (wake := next_wake(w)) is not None and wake <= until:
        step_to(w, wake)
    step_to(w, until)


def step_to(w: World, instant: datetime) -> None:
    """Stand at an instant and do what is due there; notes what would be due next."""
    w.now = instant
    w.wakes.clear()
    if w.state.started is None:
        return
    settle.settle(w)
    if w.sweeps:
        reminders.raise_reminders(w)


def next_wake(w: World) -> datetime | None:
    """The next instant at which some comparison with the clock comes out differently."""
    return min(w.wakes, default=None)
