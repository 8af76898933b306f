"""Looks at the projects of the past as if they had followed a draft: which gates would have been
refused and why, which days would have been others, how many more reminders there would have been,
and what a move to the draft would be for those that still run. Nothing but the record is read.

Nobody can say what people would have done under other rules. So no command is given again: each
project is taken as it stood at each of its commands, and the draft is asked what it makes of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Final

from innocities_engine.authoring.migration import Kind, Plan, Planner
from innocities_engine.authoring.whatif.findings import Looked, Moved, Refusal, Side, Unplaced, Week
from innocities_engine.authoring.whatif.refusing import refused
from innocities_engine.authoring.whatif.supposing import Draft, Standing, Supposing
from innocities_engine.domain import events as e
from innocities_engine.domain import redating, reminders
from innocities_engine.domain.carrying import Carrying
from innocities_engine.domain.commands import Actor, Arrival, Migrate
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.evolve import evolve
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.migration import Policy
from innocities_engine.domain.project import Project, VoiceKind
from innocities_engine.domain.renaming import names
from innocities_engine.domain.settle import advance, settle
from innocities_engine.domain.situation import Situation
from innocities_engine.engine import View
from innocities_engine.history.story import Story
from innocities_engine.store.record import Entry

__all__ = ["Kind", "Looked", "Moved", "Refusal", "Side", "Unplaced", "Week", "WhatIf"]

MOVER: Final = Actor("", frozenset({"administrator"}))


class WhatIf:
    """Looks at projects under one draft; what is proved once is proved for all that stand alike."""

    def __init__(self, draft: Methodology) -> None:
        self._draft = Draft(draft)
        self._planner = Planner(draft)

    def look(self, story: Story, now: datetime) -> Looked:
        """Go through the record of one project, and on to today."""
        looking = _Looking(self._draft, story, now)
        looking.go_through()
        return looking.found

    def move(self, story: Story, now: datetime) -> Plan | None:
        """What a move of the project would be today; None if it has come to its end."""
        if all(track.end is not None for track in story.state.tracks.values()):
            return None
        draft, state = self._draft.method, story.state
        inputs = story.inputs(state)
        view = View(story.method, state, inputs, story.entries[-1].sequence, MOVER, now)
        if state.digest == draft.digest:
            return Plan(view, Kind.IDENTICAL)
        arrival = Arrival(draft, story.inputs(state, method=draft))

        def move() -> tuple[e.Event, ...]:
            command = Migrate(draft.id, draft.version, Policy.KEEP)
            read = replace(inputs, arrival=arrival)
            return decide(story.method, state, command, MOVER, now, read)

        return self._planner.plan(view, move)


@dataclass(frozen=True, slots=True)
class _Look:
    """A project as it stood at an entry, under the method that it followed."""

    state: Project
    entry: Entry
    at: datetime


class _Looking:
    """One project on its way through its record."""

    def __init__(self, draft: Draft, story: Story, now: datetime) -> None:
        self.story = story
        self.draft = draft
        self.supposing = Supposing(draft)
        began, last = story.entries[0].at, story.entries[-1].at
        self.found = Looked(story.state, story.method, began, max(now, last))
        self._raised: dict[str, datetime] = {}
        self._before: tuple[Methodology, Project] | None = None

    def go_through(self) -> None:
        """Command after command: what was decided by it, and what came until the next."""
        state = Project()
        commands = [list(each) for _, each in groupby(self.story.entries, lambda x: x.command_id)]
        for number, entries in enumerate(commands, 1):
            before, state = state, self._decided(state, entries)
            if state is before or state.started_at is None:
                continue
            self.found.commands += 1
            until = commands[number][0].at if number < len(commands) else self.found.ended
            taken_in = any(isinstance(entry.event, e.ProjectTakenIn) for entry in entries)
            self._wait(_Look(state, entries[-1], entries[-1].at), until, from_paper=taken_in)

    # ------------------------------------------------------------ what was decided

    def _decided(self, state: Project, entries: Sequence[Entry]) -> Project:
        """Judge each decision of a command as the project stood before the votes for it."""
        asked = None
        for entry in entries:
            match entry.event:
                case e.VoiceGiven(voice=voice) if voice.kind is VoiceKind.DECISION:
                    asked = asked or _Look(state, entry, entry.at)
                case e.GateDecided(decision=decision) if asked and not decision.on_paper:
                    self._judge(asked, entry.event)
                    asked = None
            state = evolve(state, entry.event) if entry.event else state
        return state

    def _judge(self, look: _Look, event: e.GateDecided) -> None:
        c = self._standing(look)
        there = self._supposed(look, c)
        if not isinstance(there, Standing):
            return
        if gate := there.names.gates.get(event.decision.passage.partition("#")[0]):
            self.found.decisions[gate] += 1
        if found := refused(c.situation, there, event.decision):
            self.found.refusals.append(found)

    # ------------------------------------------------------------ what came until the next command

    def _wait(self, look: _Look, until: datetime, *, from_paper: bool) -> None:
        c = self._standing(look)
        there = self._supposed(look, c)
        if not isinstance(there, Standing):
            self._unplaced(Unplaced(look.at, until, c.situation, there))
            return
        self.found.moved |= {each.key: each for each in _moved(c.situation, there)}
        if from_paper:
            reminders.pass_over_due(there.c)
        for side, one in ((Side.FOLLOWED, c), (Side.DRAFT, there.c)):
            self.found.mail[side].update(_told(one, until))
        self._raised.update(c.project.raised)
        self.supposing.remember(there)

    def _unplaced(self, new: Unplaced) -> None:
        """One stretch for as long as the same is in the way."""
        known = self.found.unplaced
        if known and (known[-1].until, known[-1].why) == (new.at, new.why):
            known[-1] = replace(known[-1], until=new.until)
        else:
            known.append(new)

    def _standing(self, look: _Look) -> Cursor:
        """Under the method that it followed, with each reminder raised once."""
        method = self.story.followed(look.state)
        self._rename_raised(method)
        self._before = method, look.state
        project = replace(look.state, raised={**self._raised, **look.state.raised})
        inputs = self.story.inputs(look.state, look.entry.chain_no)
        c = Cursor(method, project, inputs, look.at)
        settle(c)
        return c

    def _rename_raised(self, method: Methodology) -> None:
        """What was raised goes by the names of the method that is followed now."""
        if self._before is None or self._before[0].digest == method.digest:
            return
        left, state = self._before
        project = replace(state, raised=self._raised)
        self._raised = Carrying(left, method, names(left, method, {}), project).raised()

    def _supposed(self, look: _Look, c: Cursor) -> Standing | tuple[Blocker, ...]:
        inputs = self.story.inputs(look.state, look.entry.chain_no, self.draft.method)
        return self.supposing.stand(c, inputs)


def _moved(s: Situation, there: Standing) -> Iterator[Moved]:
    """What is owed now under both, by another day."""
    days = {due.key: due.day for due in redating.dues(there.c.situation)}
    for due in redating.dues(s):
        key = there.carrying.obligation(due.key)
        if key is not None and key in days and days[key] != due.day:
            yield Moved(key, due.day, days[key])


def _told(c: Cursor, until: datetime) -> Iterator[Week]:
    """The weeks of the reminders that somebody is told of, if a sweep came whenever one is due."""
    while True:
        seen = len(c.events)
        reminders.raise_due(c)
        s = c.situation
        for event in c.events[seen:]:
            if isinstance(event, e.ReminderRaised) and not event.overtaken:
                yield s.day_of(event.at).isocalendar()[:2]
        wake = min((alarm for alarm in c.alarms if alarm > c.now), default=None)
        if wake is None or wake > until:
            return
        advance(c, wake)
