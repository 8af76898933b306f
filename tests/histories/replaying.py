"""What the code of today makes of a history: the events of each command, the state they lead to,
what each gate waits for, and how other commands are answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from innocities_engine import errors
from innocities_engine.domain import codec, gates
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import PassageStatus, Project
from innocities_engine.domain.situation import Situation
from innocities_engine.domain.why import MOST_ACTIONS, why
from tests.builders import A_MOMENT
from tests.histories.stored import Asked, History, Point, digest, read_inputs, written

MOST_TRIALS = 60  # of a search for the ways to open a gate


@dataclass(frozen=True)
class Standing:
    """A project at an instant, under its own method."""

    method: Methodology
    inputs: Inputs
    project: Project
    now: datetime

    @property
    def situation(self) -> Situation:
        return Situation(self.method, self.project, self.inputs, self.now)

    def phases(self) -> dict[str, str]:
        tracks = self.project.tracks.items()
        return {root: f"{t.status} {t.phase} {t.end or ''}".strip() for root, t in tracks}

    def reviews(self) -> dict[str, dict[str, list[str]]]:
        """What each outcome of each open gate waits for."""
        s = self.situation
        return {
            passage.key: {
                outcome.id: sorted(
                    f"{b.code} {b.subject}" for b in gates.review(s, passage, outcome).blockers
                )
                for outcome in self.method.gates[passage.gate].outcomes.values()
            }
            for passage in self.project.passages.values()
            if passage.status is PassageStatus.OPEN
        }

    def ways(self) -> dict[str, list[list[str]]]:
        """How each open gate could be opened, where the search comes to its end."""
        found = {}
        for passage in self.project.passages.values():
            if passage.status is PassageStatus.OPEN:
                told = why(self.situation, passage, most_trials=MOST_TRIALS)
                ways = sorted(
                    (sorted((*told.common, *own)) for own in told.sets),
                    key=lambda way: (len(way), way),
                )
                if not told.cut and all(len(way) <= MOST_ACTIONS for way in ways):
                    found[passage.key] = [
                        [f"{a.kind} {a.subject} {' '.join(a.values)} {a.until or ''}" for a in way]
                        for way in ways
                    ]
        return found

    def answer(self, asked: Asked) -> str:
        """How a command would be answered a moment later: by a digest of its events, or why not."""
        now = self.now + A_MOMENT
        try:
            happened = decide(
                self.method, self.project, asked.read(), asked.actor, now, self.inputs
            )
        except errors.Refused as refused:
            return " ".join(sorted(f"{b.code}:{b.subject}" for b in _blockers(refused)))
        except errors.EngineError as error:
            return error.code
        return f"= {digest(*happened)}"

    def point(self, after: int, tried: Sequence[Asked]) -> Point:
        return Point(
            after,
            digest(self.project),
            self.phases(),
            self.reviews(),
            self.ways(),
            [(asked, self.answer(asked)) for asked in tried],
        )


def _blockers(refused: errors.Refused) -> list[Blocker]:
    return [b for b in refused.blockers if isinstance(b, Blocker)]


def differences(history: History, methods: Mapping[str, Methodology]) -> Iterator[str]:
    """Play a history again, and tell the first thing that is otherwise today.

    1. Each command has the very events that were stored, byte for byte.
    2. The stored events lead to the stored state.
    3. Gates wait for the same, and other commands are answered as they were.
    """
    method, inputs = methods[history.method], read_inputs(history.inputs)
    points = {point.after: point for point in history.points}
    project = Project()
    for number, step in enumerate(history.steps, 1):
        told = f"{history.name}, step {number}, {step.asked.person} {step.asked.command}"
        happened = decide(method, project, step.asked.read(), step.asked.actor, step.now, inputs)
        if [*map(written, happened)] != step.events:
            yield f"{told}: other events\n{_unlike(step.events, [*map(written, happened)])}"
            return
        stored = [codec.load(codec.EVENTS[name], text.encode()) for name, text in step.events]
        project = fold(project, stored)
        if number in points:
            was = points[number]
            today = Standing(method, inputs, project, step.now).point(
                number, [asked for asked, _ in was.tried]
            )
            if today != was:
                yield f"{told}: stands otherwise\n{_parts(was, today)}"
                return


def _unlike(was: Sequence[object], today: Sequence[object]) -> str:
    lines = [f"- {x}" for x in was if x not in today] + [f"+ {x}" for x in today if x not in was]
    return "\n".join(lines) or "in another order"


def _parts(was: Point, today: Point) -> str:
    parts = ("state", "phases", "reviews", "ways")
    lines = [
        f"- {name} {getattr(was, name)}\n+ {name} {getattr(today, name)}"
        for name in parts
        if getattr(was, name) != getattr(today, name)
    ]
    for (asked, before), (_, now) in zip(was.tried, today.tried, strict=True):
        if before != now:
            lines.append(f"{asked.person} {asked.command}\n- {before}\n+ {now}")
    return "\n".join(lines)
