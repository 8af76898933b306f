"""The engine and the oracle walk side by side: each command goes to both, and what they say of it
and of the project afterwards has to be the same.

Beside the comparison stand the promises that the engine alone has to keep: the record replays to
the state, an ended track stays as it is, a passing outcome needs an empty Review, nothing is due
after a sweep, each reminder is raised once, and what was forecast is what is raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from innocities_engine import errors
from innocities_engine.domain import codec, gates, people, reminders
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.decide import decide
from innocities_engine.domain.deciding import OVERRIDE
from innocities_engine.domain.definition import Gate
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.grammar import Choose, Who
from innocities_engine.domain.project import Project, Proposal, TrackStatus
from innocities_engine.domain.settle import advance
from innocities_engine.domain.situation import Situation
from tests.machine import seen
from tests.machine.cases import START, Case
from tests.machine.translating import command_of
from tests.oracle import Reminder, Verdict

Plain = dict[str, Any]
LONG = timedelta(days=500)
A_MOMENT = timedelta(seconds=1)
SAME_CODE = {"not_open": "wrong_state"}  # told apart by one side only
ON_A_NEED = frozenset({"accept", "waive", "tick_off", "extend"})
ON_A_PART = ON_A_NEED | {"rate", "advise"}


class Pair:
    """One project under both."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.oracle = case.oracle()
        self.inputs = case.inputs()
        self.project = Project()
        self.events: list[e.Event] = []
        self.now = case.morning(START).astimezone(UTC)
        self._began = self.now
        self._wake: datetime | None = None
        self._shown: tuple[datetime, Plain] | None = None

    # ------------------------------------------------------------ commands

    def give(self, said: Mapping[str, Any], actor: str) -> bool:
        """Give a command to both, a moment after the last; whether it was accepted."""
        self.now += A_MOMENT
        command = command_of(self.case, self._exactly(said), actor)
        happened, codes = self._engine(command, actor)
        verdict = self.oracle.apply(dict(said), self.now, actor)
        self._shown = None
        self._agree(said, actor, happened is not None, codes, verdict)
        if happened is not None:
            self._record(happened)
        self.compare((said, actor))
        return happened is not None

    def _exactly(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """The same with the engine's own name of the one instance that is meant."""
        if said["do"] not in ON_A_NEED:
            return said
        found = seen.instances(self.current.project, said)
        return {**said, "need": found[0]} if found else said

    def _engine(
        self, command: k.Command, actor: str
    ) -> tuple[tuple[e.Event, ...] | None, frozenset[str]]:
        if isinstance(command, k.Decide) and command.override:
            self._needs_the_right(command, actor)
        try:
            happened = self.road(command, actor)
        except errors.Refused as refusal:
            return None, frozenset(map(code_of, refusal.blockers))
        except (errors.NotFound, errors.AlreadyDecided):
            return None, frozenset({"wrong_state"})
        except errors.Conflict as conflict:
            return None, frozenset(map(code_of, conflict.changed))
        except Exception as fault:
            raise AssertionError(f"the engine breaks: {fault!r}") from fault
        if isinstance(command, k.Decide):
            self._passes_only_through_an_empty_review(command, happened)
        return happened, frozenset()

    def road(self, command: k.Command, actor: str) -> tuple[e.Event, ...]:
        """How a command gets into the engine; to override is not the method's right to give."""
        overrides = isinstance(command, k.Decide) and bool(command.override)
        return self._decide(command, Actor(actor, frozenset({OVERRIDE} if overrides else ())))

    def _decide(self, command: k.Command, actor: Actor) -> tuple[e.Event, ...]:
        return decide(self.case.method, self.project, command, actor, self.now, self.inputs)

    def _needs_the_right(self, command: k.Decide, actor: str) -> None:
        """Without the right the same is accepted only where there is nothing to pass over."""
        try:
            self._decide(command, Actor(actor))
        except errors.EngineError:
            return
        plain = replace(command, override="")
        try:
            self._decide(plain, Actor(actor))
        except errors.Refused:
            raise AssertionError(f"{actor} passes over a shut gate without the right") from None

    def _agree(
        self,
        said: Mapping[str, Any],
        actor: str,
        accepted: bool,
        codes: frozenset[str],
        verdict: Verdict,
    ) -> None:
        told = f"{actor}: {dict(said)}"
        assert accepted == verdict.accepted, (
            f"{told}\n engine {'accepts' if accepted else sorted(codes)},"
            f" oracle {'accepts' if verdict.accepted else sorted(verdict.codes)}"
        )
        theirs = {SAME_CODE.get(code, code) for code in verdict.codes}
        if said["do"] in ON_A_PART or "bad_value" in codes:
            return  # what is not there is not one's own; nonsense is told before anything else
        assert accepted or codes & theirs, (
            f"{told}\n engine says {sorted(codes)}, oracle {sorted(verdict.codes)}"
        )

    def _record(self, happened: tuple[e.Event, ...]) -> None:
        before = self.project
        stored = tuple(codec.load(type(event), codec.dump(event)) for event in happened)
        self.project = fold(self.project, stored)
        self.events += stored
        self._wake = self.next_wake()
        self._ended_tracks_stay(before)

    # ------------------------------------------------------------ time

    def wait(self, span: timedelta) -> None:
        """Time passes and nobody does anything."""
        self.now += span

    # ------------------------------------------------------------ what must hold

    @property
    def current(self) -> Situation:
        """The project as it stands at this instant, with all that time has done to it."""
        c = Cursor(self.case.method, self.project, self.inputs, self.now)
        advance(c, self.now)
        return c.situation

    @property
    def shown(self) -> Plain:
        """What the oracle shows of the project now."""
        if self._shown is None or self._shown[0] != self.now:
            self._shown = self.now, self.oracle.observe(self.now)
        return self._shown[1]

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.case.zone)).date()

    @property
    def is_over(self) -> bool:
        """Ended on every track, or so long under way that nothing new will be found out."""
        return bool(self.shown["ended"]) or self.now - self._began > LONG

    def compare(self, about: object = None) -> None:
        engine = seen.of_engine(self.current)
        oracle = seen.of_oracle(self.shown, self.case.method)
        for part, ours in engine.items():
            theirs = oracle[part]
            assert ours == theirs, f"after {about}: {part}\n{difference(ours, theirs)}"

    def replays(self) -> None:
        assert fold(Project(), self.events) == self.project

    def _ended_tracks_stay(self, before: Project) -> None:
        for root, track in before.tracks.items():
            if track.status is TrackStatus.ENDED:
                assert self.project.tracks[root] == track, f"{root} had ended"

    def _passes_only_through_an_empty_review(
        self, command: k.Decide, happened: tuple[e.Event, ...]
    ) -> None:
        outcome = self.case.method.gates[command.gate].outcomes[command.proposal.outcome]
        decided = any(isinstance(event, e.GateDecided) for event in happened)
        if outcome.passing and decided and not command.override:
            s = self.current
            passage = s.project.open_passage(command.gate)
            assert passage is not None
            assert not gates.review(s, passage, outcome).blockers

    def nobody_passes_a_shut_gate(self) -> None:
        """Whoever decides cannot even vote for a passing outcome that the oracle holds shut."""
        for gate in self.case.method.gates.values():
            for passage in self.shown["gates"][gate.id]:
                for outcome, blockers in passage.get("ways", {}).items():
                    if blockers and gate.outcomes[outcome].passing:
                        self._is_refused(k.Decide(gate.id, Proposal(outcome)), gate)

    def _is_refused(self, command: k.Decide, gate: Gate) -> None:
        roles = {leaf.role for who in every_who(gate.decides.by) for leaf in people.leaves(who)}
        for person in sorted(p for role in roles for p in self.shown["members"].get(role, ())):
            try:
                happened = self._decide(command, Actor(person))
            except errors.EngineError:
                continue
            raise AssertionError(f"{person} passes the shut gate {gate.id}: {happened}")

    def sweep(self) -> None:
        """Let the sweep run now, as a clock does; it runs twice, and the second finds nothing."""
        before = len(self.events)
        self.tick()
        self._tells_the_same(before, self.oracle.sweep(self.now, self.now))
        assert self._decide(k.Tick(), k.SYSTEM) == ()
        wake = self.next_wake()
        assert wake is None or wake > self.now

    def next_wake(self) -> datetime | None:
        return reminders.next_wake(self.case.method, self.project, self.inputs, self.now)

    def tick(self) -> None:
        happened = self._decide(k.Tick(), k.SYSTEM)
        assert not happened or self._is_awake(), f"slept until {self._wake} through {happened}"
        self._record(happened)

    def _is_awake(self) -> bool:
        return self._wake is not None and self._wake <= self.now

    def sweep_on_time(self, until: datetime) -> int:
        """Sweep at each wake-up, so many times; what is raised is exactly what was forecast."""
        self.sweep()
        forecast = reminders.reminders(self.case.method, self.project, self.inputs, self.now, until)
        lines = list(forecast)
        loose = {line.obligation for line in lines if line.certainty != "firm"}
        firm = [(line.key, line.day) for line in lines if line.obligation not in loose]
        before, sweeps = len(self.events), 1
        expected = self.oracle.sweep(self.now, until)
        while (wake := self.next_wake()) is not None and wake <= until:
            assert wake > self.now
            self.now = wake
            self.tick()
            sweeps += 1
        raised = [
            (event.key, self.current.day_of(event.at))
            for event in self.events[before:]
            if isinstance(event, e.ReminderRaised)
            and not event.overtaken
            and event.obligation not in loose
        ]
        assert firm == raised, f"forecast until {until}{difference(firm, raised)}"
        self._tells_the_same(before, expected)
        self.now = until
        self.sweep()
        return sweeps

    def _tells_the_same(self, before: int, expected: list[Reminder]) -> None:
        """Each rung raised since then is one that the oracle knows, on its day and to its roles."""
        s = self.current
        engine = seen.reminders_of_engine(s, self.events[before:])
        oracle = seen.reminders_of_oracle(s, expected)
        assert engine == oracle, f"reminders until {self.now}{difference(engine, oracle)}"

    def each_reminder_once(self) -> None:
        keys = [event.key for event in self.events if isinstance(event, e.ReminderRaised)]
        assert len(keys) == len(set(keys))


def every_who(by: Who) -> list[Who]:
    """The alternatives of a Who, whichever holds now."""
    if not isinstance(by, Choose):
        return [by]
    otherwise = [by.otherwise] if by.otherwise is not None else []
    return [a.use for a in by.alternatives] + otherwise


def code_of(blocker: gates.Blocker) -> str:
    if blocker.params.get("needs") == "declaration":
        return "need_open"
    return SAME_CODE.get(blocker.code, blocker.code)


def difference(ours: Any, theirs: Any) -> str:
    """The parts that differ, told briefly."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        parts = [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]
        return "\n".join(f"{p}: {difference(ours.get(p), theirs.get(p))}" for p in parts)
    if isinstance(ours, list) and isinstance(theirs, list):
        ours, theirs = [x for x in ours if x not in theirs], [x for x in theirs if x not in ours]
    return f"\n  engine {ours}\n  oracle {theirs}"
