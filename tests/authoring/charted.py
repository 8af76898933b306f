"""A method as the state chart that is exported of it, run by an interpreter that knows nothing of
this project; what the record of a project says to it; and where it must then stand.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

from statemachine import State
from statemachine.io import load
from statemachine.orderedset import OrderedSet

from innocities_engine.domain import events as e
from innocities_engine.domain import machine
from innocities_engine.domain.definition import Effect, Methodology
from innocities_engine.domain.evolve import evolve
from innocities_engine.domain.project import Project, Track, TrackStatus

NAMESPACE: Final = "http://www.w3.org/2005/07/scxml"
ALL_ENDED: Final = "done.state.project"
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)

Standing = frozenset[str]
"""The states in which a chart is."""


class Chart:
    """An exported file, run by python-statemachine."""

    def __init__(self, text: str) -> None:
        transitions = ET.fromstring(text).iter(f"{{{NAMESPACE}}}transition")
        self.events = frozenset(each.attrib["event"] for each in transitions) - {ALL_ENDED}
        self._made = load(text, format="scxml")
        self.begin()

    def begin(self) -> None:
        """Begin with a project that has just been started."""
        self.entered = Counter[str]()
        self._running = self._made(listeners=[self])

    def on_enter_state(self, target: State) -> None:
        """Called by the interpreter."""
        self.entered[target.id] += 1

    def stand(self, states: Standing) -> None:
        """Go on from other states."""
        if self.is_over:
            self.begin()
        self._running.current_state_value = (
            OrderedSet(states) if len(states) > 1 else next(iter(states))
        )

    def send(self, event: str) -> None:
        self._running.send(event)

    @property
    def stands(self) -> Standing:
        return frozenset(self._running.configuration_values)

    @property
    def expects(self) -> frozenset[str]:
        """The events that its states name."""
        return frozenset(event.id for event in self._running.allowed_events) - {ALL_ENDED}

    @property
    def is_over(self) -> bool:
        return bool(self._running.is_terminated)


# ---------------------------------------------------------------- where a project stands


def is_over(states: Standing) -> bool:
    """Whether nothing happens from there on."""
    return states <= {"stopped", "ended"}


def standing(method: Methodology, tracks: Mapping[str, Track]) -> Standing:
    """The states a chart must be in where the tracks of a project stand so."""
    ends = {root: tracks[root].end for root in tracks}
    if ends.get(method.main_root) == "stopped":
        return frozenset({"stopped"})
    if ends.keys() == {*method.roots} and all(ends.values()):
        return frozenset({"ended"})
    found = {"project"}
    for root in method.roots:
        track = tracks.get(root)
        found |= {f"track.{root}"}
        if track is None and method.phases[root].at_start:
            found |= {f"phase.{root}", f"running.{root}"}  # begins with the project
        elif track is None:
            found |= {f"unopened.{root}"}
        elif track.status is TrackStatus.ENDED:
            found |= {f"{track.end}.{root}"}
        else:
            found |= {f"phase.{track.phase}", f"{track.status.value}.{track.phase}"}
    return frozenset(found)


# ---------------------------------------------------------------- what a record says


@dataclass
class Record:
    """Reads the record of a project, as the file explains its events."""

    method: Methodology
    project: Project = field(default_factory=Project)
    _deciding: str = ""  # the decision that is taking effect

    def read(self, happened: e.Event) -> str | None:
        """What one entry of the record is to a chart; None if it is nothing to it."""
        before, self.project = self.project, evolve(self.project, happened)
        match happened:
            case e.DecisionTookEffect(passage=passage):
                return self._takes_effect(passage)
            case e.PhaseEntered(track=root) if root not in before.tracks:
                return None if self.method.phases[root].at_start else f"open.{root}"
            case e.PhaseEntered() | e.TrackHeld():
                return self._decided()
            case e.TrackEnded(track=root):
                return self._ended(before, root)
            case e.TrackMoving(passage=passage):
                return f"wait.{self._named(passage)}"
            case e.MoveCancelled(track=root, passage=passage):
                return f"cancel.{root}" if before.tracks[root].moving == passage else None
            case e.TrackResumed(track=root):
                return f"resume.{root}"
        return None

    def _named(self, passage: str) -> str:
        decision = self.project.decision_of(passage)
        assert decision is not None
        return f"{passage.partition('#')[0]}.{decision.proposal.outcome}"

    def _takes_effect(self, passage: str) -> str | None:
        decision = self.project.decision_of(passage)
        assert decision is not None
        gate = self.method.gates[passage.partition("#")[0]]
        told = f"effect.{self._named(passage)}"
        if gate.outcomes[decision.proposal.outcome].effect in (Effect.AGAIN, Effect.STAY):
            return told
        self._deciding = f"{told}.{decision.target}" if decision.target else told
        return None

    def _decided(self) -> str:
        told, self._deciding = self._deciding, ""
        assert told
        return told

    def _ended(self, before: Project, root: str) -> str | None:
        main = before.tracks[self.method.main_root]
        if self._deciding:
            return self._decided()
        return None if main.end == "stopped" else f"complete.{before.tracks[root].phase}"


@dataclass
class Traces:
    """Records of projects, held against a chart. `sent`: how often each event was; `walked`: in
    which states.
    """

    sent: Counter[str] = field(default_factory=Counter)
    walked: set[tuple[str, str]] = field(default_factory=set)
    compared: int = 0
    annulled: int = 0

    def add(self, other: Traces) -> None:
        self.sent += other.sent
        self.walked |= other.walked
        self.compared += other.compared
        self.annulled += other.annulled

    def differences(
        self, method: Methodology, chart: Chart, steps: Iterable[Iterable[e.Event]]
    ) -> Iterator[str]:
        """Live through a project; tell each entry after which the chart stands elsewhere, or has
        not entered each phase as often.
        """
        record = Record(method)
        chart.begin()
        for happened in (each for step in steps for each in step):
            event = record.read(happened)
            if event is not None:
                if event not in chart.expects:
                    yield f"{event} is not expected"
                self.walked |= {(state, event) for state in chart.stands}
                chart.send(event)
                self.sent[event] += 1
            expected = standing(method, record.project.tracks)
            entered = _entries(method, record.project)
            if isinstance(happened, e.DecisionCorrected):  # which no chart can tell
                chart.stand(expected)
                chart.entered = entered
                self.annulled += 1
            self.compared += 1
            self.walked |= {("project", ALL_ENDED)} if expected == {"ended"} else set()
            if chart.stands != expected or chart.is_over != is_over(expected):
                yield f"{event or happened}: {sorted(chart.stands)}, not {sorted(expected)}"
            phases = {s: n for s, n in chart.entered.items() if s.startswith("phase.")}
            if phases != entered:
                yield f"{event or happened}: entered {phases}, not {entered}"


def _entries(method: Methodology, project: Project) -> Counter[str]:
    """How often each phase was entered; those that begin with the project are there from the first."""
    begun = {root: 1 for root in method.roots if method.phases[root].at_start}
    known = begun | {phase: len(entered) for phase, entered in project.entries.items()}
    return Counter({f"phase.{phase}": n for phase, n in known.items()})


# ---------------------------------------------------------------- every event in every state

Ways = dict[tuple[str, str], str]
"""From a state of the engine's machine, by an event of the chart, to another state."""


def ways(method: Methodology, plain: Mapping[str, Any], root: str) -> Ways:
    """All that the engine's machine lets one track do, as events of the chart."""
    found: Ways = {}
    walks = machine.track_machine(method, root)
    for state in walks.states:
        for trigger in walks.events:
            try:
                there = machine.walk(method, root, track_in(state), trigger)
            except machine.WalkRefused:
                continue
            for event in _events(method, plain, root, state, trigger):
                found[state, event] = there
    return found


def track_in(state: str) -> Track | None:
    """A track that stands in this state of its machine."""
    phase, _, how = state.partition("=")
    if state == machine.UNOPENED:
        return None
    if not phase:
        return Track(TrackStatus.ENDED, "", 1, BEGINNING, end=how)
    return Track(TrackStatus(how or "running"), phase, 1, BEGINNING)


def _events(
    method: Methodology, plain: Mapping[str, Any], root: str, state: str, trigger: str
) -> list[str]:
    """What a trigger of the machine is in the chart.

    The machine knows no rules: a phase without `done` is never done, and where nothing holds a move
    no track waits. A track that is held goes on being held, whatever waits.
    """
    phase, _, how = state.partition("=")
    match trigger:
        case machine.OPEN:
            return [] if method.phases[root].at_start else [f"open.{root}"]
        case machine.STOP:
            return []  # follows from the end of the main track
        case machine.RESUME:
            return [f"resume.{root}"]
        case machine.CANCEL:
            return [f"cancel.{root}", f"resume.{root}"]
        case machine.DONE:
            return [f"complete.{phase}"] if "done" in plain["phases"][phase] else []
    if trigger.endswith(machine.WAIT):
        gate = trigger.removesuffix(machine.WAIT)
        outcomes = plain["gates"][gate]["outcomes"]
        return [
            f"wait.{gate}.{outcome}"
            for outcome in outcomes
            if how != "held" and may_wait(method, plain, phase, gate, outcome)
        ]
    return [f"effect.{trigger.replace('>', '.')}"]


def may_wait(
    method: Methodology, plain: Mapping[str, Any], phase: str, gate: str, outcome: str
) -> bool:
    """Whether a need of the outcome or of a decider blocks the move, or a gate that may be open."""
    said = plain["gates"][gate]
    asked = [*(said["outcomes"][outcome] or {}).get("needs", {}).values()]
    for role, about in plain["roles"].items():
        if f'"{role}"' in json.dumps(said["decides"]):
            asked += about.get("needs", {}).values()
    asked += (plain["gates"][g.id] for g in method.gates.values() if phase in g.phases)
    return any('"move"' in json.dumps((each or {}).get("blocks")) for each in asked)


class Machines:
    """What the engine's machines let the tracks of a method do, all of it."""

    def __init__(self, method: Methodology, plain: Mapping[str, Any]) -> None:
        self.method = method
        self.walks = {root: ways(method, plain, root) for root in method.roots}
        at_start = {root: method.phases[root].at_start for root in method.roots}
        self.begun = {r: r if early else machine.UNOPENED for r, early in at_start.items()}
        reached = {r: _reached(walks, self.begun[r]) for r, walks in self.walks.items()}
        completed = {r: machine.COMPLETED for r in method.roots if machine.COMPLETED in reached[r]}
        self.places = [
            here
            for others in (self.begun, {**self.begun, **completed})
            for root in method.roots
            for state in reached[root]
            if not is_over(self.standing(here := {**others, root: state}))
        ]

    def standing(self, states: Mapping[str, str]) -> Standing:
        tracks = {root: track_in(state) for root, state in states.items()}
        return standing(self.method, {root: track for root, track in tracks.items() if track})

    def misfits(self, chart: Chart) -> Iterator[str]:
        """Send every event in every state each track gets into, while the others have begun or
        ended; tell where the chart then stands elsewhere, or expects what a machine refuses.
        """
        yield from self._otherwise(self.begun, chart, "begins")
        for here in self.places:
            chart.stand(self.standing(here))
            walked = {e for r, found in self.walks.items() for s, e in found if s == here[r]}
            if chart.expects != walked:
                yield f"expected in {here}: {sorted(chart.expects ^ walked)}"
        known = {event for found in self.walks.values() for _, event in found}
        for here in self.places:
            for event in sorted(known | chart.events | {"effect", "effect.no.such"}):
                chart.stand(self.standing(here))
                chart.send(event)
                there = {r: self.walks[r].get((s, event), s) for r, s in here.items()}
                yield from self._otherwise(there, chart, f"{event} in {here}")

    def _otherwise(self, states: Mapping[str, str], chart: Chart, told: str) -> Iterator[str]:
        expected = self.standing(states)
        if chart.stands != expected or chart.is_over != is_over(expected):
            yield f"{told}: {sorted(chart.stands)}, not {sorted(expected)}"


def _reached(found: Ways, begun: str) -> list[str]:
    reached = {begun: None}
    todo = [begun]
    while todo:
        here = todo.pop()
        new = [there for (state, _), there in found.items() if state == here]
        todo += [there for there in new if there not in reached]
        reached |= dict.fromkeys(new)
    return [*reached]
