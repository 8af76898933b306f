"""Take in a project that ran before the program was there.

What is on paper was decided and is not judged again: a gate may have been passed with papers
missing, and nobody's votes are asked for. But the way has to be one the method has: each gate open
on its day, each outcome one of its own. What time alone brought about comes in between, as if the
project had run here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NoReturn

from innocities_engine.domain import (
    beginning,
    calendar,
    handing_in,
    machine,
    needs,
    on_paper,
    opening,
    reminders,
    trail,
)
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.grammar import NeedRef
from innocities_engine.domain.judging import gate_of
from innocities_engine.domain.past import (
    DecidedOnPaper,
    DoneOnPaper,
    PaperHandedIn,
    ResumedOnPaper,
)
from innocities_engine.domain.project import NeedInstance, NeedStatus, Passage, TrackStatus
from innocities_engine.domain.refusing import refuse, refuse_all
from innocities_engine.domain.settle import advance, settle
from innocities_engine.domain.situation import need_of

NOON: Final = 12
A_MOMENT: Final = timedelta(microseconds=1)


def take_in(c: Cursor, command: k.Import, actor: Actor) -> None:
    """Live through the past, and let nobody be reminded of it.

    1. The days that are told have to be possible.
    2. The project starts on its first day, with the people and the answers of today.
    3. What happened is recorded on its day; what time brought about comes in between.
    4. It has to stand where it is said to stand.
    """
    if c.project.started_at is not None:
        refuse("wrong_state", command.project, state="started")
    today = c.situation.today
    refuse_all(tuple(trail.impossible_days(command, today)))
    _Past(c, command, actor).live_through(trail.steps(c.method, command, today))
    if not command.decided:
        beginning.owners_filled(c)
    _leave_behind(c)
    c.emit(e.ProjectTakenIn(at=c.now, by=actor.person, reference=command.reference))


class _Past:
    """The past of one project while it is lived through again."""

    def __init__(self, c: Cursor, command: k.Import, actor: Actor) -> None:
        self.c = c
        self.command = command
        self.actor = actor
        self.arrival = c.now
        asked = c.method.asked_in_needs
        self.unasked = {f: value for f, value in command.answers.items() if f in asked}

    def live_through(self, steps: Sequence[trail.Step]) -> None:
        self._begin()
        for day in dict.fromkeys(step.day for step in steps):
            self._reach(calendar.at_local(self.c.inputs.calendar, day, NOON))
            self._live([step.told for step in steps if step.day == day])
        self._reach(self.arrival)
        self._stands(self.command.phase)
        for fact in self.unasked:
            refuse("not_open", fact)

    def _begin(self) -> None:
        c, command = self.c, self.command
        c.now = min(calendar.start_of_day(c.inputs.calendar, command.started), self.arrival)
        beginning.begin(
            c,
            project=command.project,
            organisation=command.organisation,
            title=command.title,
            members=command.members,
            answers={f: v for f, v in command.answers.items() if f not in self.unasked},
            by=self.actor.person,
        )
        settle(c)

    def _reach(self, instant: datetime) -> None:
        """Let time pass until then; no day is lived through beyond the present."""
        assert self.c.project.as_of is not None
        advance(self.c, max(self.c.project.as_of, min(instant, self.arrival)))

    def _live(self, told: list[trail.Told]) -> None:
        """What happened on one day, each thing as soon as it could."""
        while told:
            each = next((one for one in told if self._can_be(one)), told[0])
            told.remove(each)
            self.c.now = min(self.c.now + A_MOMENT, self.arrival)
            match each:
                case PaperHandedIn():
                    self._hand_in(each)
                case ResumedOnPaper():
                    self._resume(each)
                case DecidedOnPaper():
                    on_paper.record(self.c, self._opened(each), each, self.command, self.actor)
                case DoneOnPaper():
                    self._do(each)
            settle(self.c)
            self._answer_what_is_asked()

    def _can_be(self, told: trail.Told) -> bool:
        project = self.c.project
        match told:
            case DecidedOnPaper():
                return project.open_passage(told.gate) is not None
            case ResumedOnPaper():
                return self._held_at(told.gate)
            case DoneOnPaper():
                return bool(self._open_needs(told.need))
        return True

    # ------------------------------------------------------------ what happened

    def _hand_in(self, paper: PaperHandedIn) -> None:
        artefact = handing_in.artefact_of(self.c, paper.artefact)
        version = handing_in.new_version(self.c, artefact, paper.content, paper.answers, self.actor)
        self.c.emit(e.VersionSubmitted(at=self.c.now, version=version))

    def _opened(self, told: DecidedOnPaper) -> Passage:
        """The open instance of a gate; one that a role raises was raised for this decision."""
        gate = gate_of(self.c, told.gate)
        passage = self.c.project.open_passage(gate.id)
        if passage is None:
            on_paper.let_move(self.c, gate.track)
            settle(self.c)
            passage = self.c.project.open_passage(gate.id)
        raised = gate.opens is not None and gate.opens.by is not None
        if passage is None and raised and opening.may_open(self.c, gate):
            passage = opening.open_gate(self.c, gate, raised_by=self.actor.person)
        if passage is None:
            self._not_on_the_way(gate.id, gate.track, told)
        return passage

    def _not_on_the_way(
        self, gate: str, root: str, told: DecidedOnPaper | ResumedOnPaper
    ) -> NoReturn:
        track = self.c.project.tracks.get(root)
        stood = "" if track is None else track.end or track.phase
        refuse("not_on_the_way", gate, on=told.on.isoformat(), stood=stood)

    def _held_at(self, gate: str) -> bool:
        track = self.c.project.tracks.get(gate_of(self.c, gate).track)
        held = track is not None and track.status is TrackStatus.HELD and track.held_by
        return bool(held) and str(held).partition("#")[0] == gate

    def _resume(self, told: ResumedOnPaper) -> None:
        root = gate_of(self.c, told.gate).track
        if not self._held_at(told.gate):
            self._not_on_the_way(told.gate, root, told)
        machine.walk(self.c.method, root, self.c.project.tracks[root], machine.RESUME)
        self.c.emit(e.TrackResumed(at=self.c.now, track=root))

    def _do(self, told: DoneOnPaper) -> None:
        """An act was done; what a later gate took as done with it already is not done twice."""
        found = self._open_needs(told.need)
        if not found and any(n.status is NeedStatus.DONE for n in self._named(told.need)):
            return
        if not found:
            refuse("not_open", told.need)
        if need_of(self.c.method, found[0]).kind not in needs.BY_HAND:
            refuse("bad_value", told.need, expected="an act")
        self.c.emit(e.NeedDone(at=self.c.now, need=found[0].key, on=told.on))

    def _open_needs(self, name: str) -> list[NeedInstance]:
        return [n for n in self._named(name) if n.status in needs.UNMET]

    def _named(self, name: str) -> list[NeedInstance]:
        place, _, key = name.rpartition("/")
        ref = NeedRef(key, place or None)
        return [n for n in self.c.project.needs.values() if needs.is_named(n, ref)]

    def _answer_what_is_asked(self) -> None:
        """A fact that belongs to a need is answered as soon as the need asks it."""
        for instance in self.c.project.needs.values():
            for fact in need_of(self.c.method, instance).asks:
                if fact in self.unasked and instance.status in needs.UNMET:
                    value = self.unasked.pop(fact)
                    known = beginning.fact_of(self.c, fact)
                    self.c.emit(
                        beginning.answered(self.c, known, value, self.actor.person, instance.key)
                    )
                    settle(self.c)

    def _stands(self, phase: str) -> None:
        """Where it stands now is told in the row too, so that a slip of the pen is noticed."""
        root = self.c.method.main_root
        if phase and self.c.project.tracks[root].phase != phase:
            on_paper.let_move(self.c, root)
            settle(self.c)
        stands = self.c.project.tracks[root].phase
        if phase not in ("", stands):
            refuse("elsewhere", phase, stands=stands)


def _leave_behind(c: Cursor) -> None:
    """What came again and again was done or not; of what is past nobody is asked or reminded."""
    s = c.situation
    for instance in list(c.project.needs.values()):
        due = needs.due_day(s, instance) if instance.occurrence else None
        if due is not None and due < s.today and instance.status in needs.UNMET:
            c.emit(e.NeedLapsed(at=c.now, need=instance.key))
    settle(c)
    reminders.pass_over_due(c)
