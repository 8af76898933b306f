"""A project at an instant, with everything needed to judge it; and the thing a rule stands on.

`alarms` collects, while rules are judged, the future instants at which time alone could change an
answer: the smallest is when to look again. `judged` keeps what was judged once, by what it is and
of what; it goes with the situation, so nothing in it grows old.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from innocities_engine.domain import calendar
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.definition import Gate, Methodology, Need
from innocities_engine.domain.project import NeedInstance, Passage, Project, Track

if TYPE_CHECKING:
    from innocities_engine.domain.whens import When


@dataclass(frozen=True, slots=True)
class Situation:
    method: Methodology
    project: Project
    inputs: Inputs
    now: datetime
    alarms: list[datetime] = field(default_factory=list, compare=False)
    judged: dict[tuple[str, str], Any] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @property
    def today(self) -> date:
        return self.day_of(self.now)

    def day_of(self, instant: datetime) -> date:
        """The civil day in the organisation's zone."""
        return calendar.local_date(self.inputs.calendar.zone, instant)

    def look_again(self, instant: datetime) -> None:
        if instant > self.now:
            self.alarms.append(instant)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a moment or predicate stands on: a track, perhaps a passage, perhaps a need in it.

    `opened_at` dates yearly moments; `outcome` is the one being weighed or taken.
    """

    track: str
    opened_at: datetime
    passage: str = ""
    need: str = ""
    phase: str = ""
    due: When | None = None  # what a rung counts from, where it is not a need's

    @property
    def gate(self) -> str:
        return self.passage.partition("#")[0]


def passage_scope(s: Situation, passage: Passage) -> Scope:
    gate = s.method.gates[passage.gate]
    return Scope(gate.track, passage.asked_at, passage.key, phase=phase_of(s, gate))


def need_scope(s: Situation, need: NeedInstance) -> Scope:
    owner = need.origin.partition("#")[0]
    if owner in s.method.gates:
        phase = phase_of(s, s.method.gates[owner])
        return Scope(need.track, need.opened_at, need.origin, need.key, phase)
    return Scope(need.track, need.opened_at, "", need.key, owner)


def phase_scope(s: Situation, phase: str) -> Scope:
    opened = s.project.entries.get(phase, ())
    start = s.project.started_at or s.now
    return Scope(s.method.phases[phase].track, opened[-1] if opened else start, phase=phase)


def phase_of(s: Situation, gate: Gate) -> str:
    """The phase a gate stands in now: the current one if it is the gate's, else the last."""
    track: Track | None = s.project.tracks.get(gate.track)
    if track and track.phase in gate.phases:
        return track.phase
    entered = [p for p in gate.phases if p in s.project.entries]
    return max(entered, key=lambda p: s.project.entries[p][-1], default=gate.phases[0])


def need_of(method: Methodology, instance: NeedInstance) -> Need:
    """What the method says of a need instance."""
    return method.needs_named[instance.ref, instance.outcome]
