"""The work of one command: emits events and folds each at once, so what is judged next is true.

The only mutable thing in the core; it lives for one call of `decide` and is thrown away.
"""

from __future__ import annotations

from datetime import datetime

from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.events import Event
from innocities_engine.domain.evolve import evolve
from innocities_engine.domain.project import Project
from innocities_engine.domain.situation import Situation


class Cursor:
    def __init__(
        self, method: Methodology, project: Project, inputs: Inputs, now: datetime
    ) -> None:
        self.method = method
        self.project = project
        self.inputs = inputs
        self.now = now
        self.events: list[Event] = []
        self.alarms: list[datetime] = []
        self._situation = self._looked_at()

    def arrive(self, method: Methodology, inputs: Inputs) -> None:
        """Go on under another method."""
        self.method, self.inputs = method, inputs

    def look_from(self, instant: datetime) -> None:
        """Go on at another instant, from which what is still to come is looked for anew."""
        self.now = instant
        self.alarms = []

    def emit(self, event: Event) -> None:
        self.project = evolve(self.project, event)
        self.events.append(event)

    @property
    def situation(self) -> Situation:
        """As things stand: the same one until something changes, with what was judged in it."""
        s = self._situation
        if (
            s.project is not self.project
            or s.method is not self.method
            or s.now is not self.now
            or s.alarms is not self.alarms
            or s.inputs is not self.inputs
        ):
            self._situation = s = self._looked_at()
        return s

    def _looked_at(self) -> Situation:
        return Situation(self.method, self.project, self.inputs, self.now, self.alarms)
