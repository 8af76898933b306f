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

    def emit(self, event: Event) -> None:
        self.project = evolve(self.project, event)
        self.events.append(event)

    @property
    def situation(self) -> Situation:
        return Situation(self.method, self.project, self.inputs, self.now, self.alarms)
