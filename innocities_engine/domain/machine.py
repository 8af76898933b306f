"""The states of a track and of an artefact version as `transitions` machines, one per definition.

A machine knows which walks the definition allows; it keeps no state of any project and gets no
text of a definition as a callback. Whether a gate lets through is told to it with each event.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from transitions import EventData, Machine, MachineError

from innocities_engine.domain.definition import Effect, Gate, Methodology, Outcome
from innocities_engine.domain.grammar import Alternative, Choose
from innocities_engine.domain.project import Track, TrackStatus, VersionStatus

UNOPENED, COMPLETED, STOPPED = "=unopened", "=completed", "=stopped"
HELD, MOVING = "=held", "=moving"
RESUME, DONE, WAIT, STOP, CANCEL, OPEN = "=resume", "=done", "=wait", "=stop", "=cancel", "=open"


class WalkRefused(Exception):
    """The definition has no such walk from here."""


class _Cursor:
    """What a machine moves: thrown away after one event."""

    def __init__(self, state: str) -> None:
        self.state = state


def _allowed(event: EventData) -> bool:
    return bool(event.kwargs["allowed"])


def state_of(track: Track | None) -> str:
    """The name of a track's state in its machine."""
    if track is None:
        return UNOPENED
    match track.status:
        case TrackStatus.HELD:
            return track.phase + HELD
        case TrackStatus.MOVING:
            return track.phase + MOVING
        case TrackStatus.ENDED:
            return COMPLETED if track.end == "completed" else STOPPED
    return track.phase


def trigger(gate: str, outcome: str, target: str | None = None) -> str:
    return f"{gate}.{outcome}" + (f">{target}" if target else "")


@lru_cache(maxsize=256)
def track_machine(method: Methodology, root: str) -> Machine:
    """The machine of one track: its phases, each with a held and a moving twin, and its ends."""
    phases = [p.id for p in method.phases.values() if p.track == root]
    states = [UNOPENED, COMPLETED, STOPPED]
    for phase in phases:
        states += [phase, phase + HELD, phase + MOVING]
    walks: list[dict[str, Any]] = [
        {"trigger": OPEN, "source": UNOPENED, "dest": root},
        {"trigger": STOP, "source": states[3:], "dest": STOPPED},
    ]
    for phase in phases:
        walks += [
            {"trigger": RESUME, "source": phase + HELD, "dest": phase},
            {"trigger": CANCEL, "source": phase + MOVING, "dest": phase},
            {"trigger": DONE, "source": [phase, phase + HELD, phase + MOVING], "dest": COMPLETED},
        ]
    for gate in method.gates.values():
        if gate.track == root:
            for phase in gate.phases:
                walks += _gate_walks(gate, phase)
    return Machine(
        model=None,
        states=states,
        transitions=walks,
        initial=UNOPENED,
        auto_transitions=False,
        send_event=True,
    )


def _gate_walks(gate: Gate, phase: str) -> list[dict[str, Any]]:
    anywhere = [phase, phase + HELD, phase + MOVING]
    walks: list[dict[str, Any]] = [
        {"trigger": gate.id + WAIT, "source": anywhere, "dest": phase + MOVING}
    ]
    for outcome in gate.outcomes.values():
        guard = {"conditions": [_allowed]} if outcome.passing else {}
        for target, dest in _destinations(outcome, phase):
            walks.append(
                {"trigger": trigger(gate.id, outcome.id, target), "source": anywhere, "dest": dest}
                | guard
            )
    return walks


def _destinations(outcome: Outcome, phase: str) -> list[tuple[str | None, str | None]]:
    """Pairs of target and state; a state None means: nothing moves."""
    match outcome.effect:
        case Effect.TO | Effect.TURN:
            return [(target, target) for target in targets(outcome)]
        case Effect.HOLD:
            return [(None, phase + HELD)]
        case Effect.END:
            return [(None, COMPLETED if outcome.end == "completed" else STOPPED)]
    return [(None, None)]


def targets(outcome: Outcome) -> tuple[str, ...]:
    """Every phase this outcome may lead to."""
    if outcome.choose is None:
        return outcome.targets
    return tuple(dict.fromkeys(_uses(outcome.choose)))


def _uses(choose: Choose[str]) -> list[str]:
    found = [a.use for a in choose.alternatives if isinstance(a, Alternative)]
    return [*found, *([choose.otherwise] if choose.otherwise else [])]


def walk(
    method: Methodology, root: str, track: Track | None, name: str, *, allowed: bool = True
) -> str:
    """Fire `name` and return the new state; WalkRefused where the definition has no such walk."""
    return _fire(track_machine(method, root), state_of(track), name, allowed=allowed)


def _fire(machine: Machine, state: str, name: str, *, allowed: bool) -> str:
    cursor = _Cursor(state)
    event = machine.events.get(name)
    try:
        if event is None or not event.trigger(cursor, allowed=allowed):
            raise WalkRefused(f"{name} from {state}")
    except MachineError:
        raise WalkRefused(f"{name} from {state}") from None
    return cursor.state


# ---------------------------------------------------------------- the life of a version


@lru_cache(maxsize=1)
def version_machine() -> Machine:
    submitted, approved, signed = (
        VersionStatus.SUBMITTED.value,
        VersionStatus.APPROVED.value,
        VersionStatus.SIGNED.value,
    )
    return Machine(
        model=None,
        states=[s.value for s in VersionStatus],
        initial=submitted,
        auto_transitions=False,
        send_event=True,
        transitions=[
            {"trigger": "approve", "source": submitted, "dest": approved},
            {"trigger": "void", "source": approved, "dest": submitted},
            {"trigger": "return", "source": [submitted, approved], "dest": "returned"},
            {"trigger": "withdraw", "source": [submitted, approved], "dest": "withdrawn"},
            {"trigger": "sign", "source": [submitted, approved, signed], "dest": signed},
            {"trigger": "supersede", "source": signed, "dest": "superseded"},
        ],
    )


def version_walk(status: VersionStatus, name: str) -> VersionStatus:
    """The status after `name`; WalkRefused where a version has no such way."""
    return VersionStatus(_fire(version_machine(), status.value, name, allowed=True))
