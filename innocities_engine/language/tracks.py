"""Which phase and which gate belongs to which track. Decides by following `to` and `turn` from
every phase that opens by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import Faults
from innocities_engine.language.names import Raw


@dataclass(frozen=True, slots=True)
class Tracks:
    """`main`: the root of the main track. `of`: phase to root. `forward`: where `to` leads."""

    main: str
    of: Mapping[str, str]
    forward: Mapping[str, frozenset[str]]

    def phases(self, root: str) -> tuple[str, ...]:
        return tuple(phase for phase, track in self.of.items() if track == root)

    def ahead(self, phase: str) -> frozenset[str]:
        """Every phase that `to` leads to from here, in any number of steps."""
        found: set[str] = set()
        waiting = [phase]
        while waiting:
            for following in self.forward.get(waiting.pop(), ()):
                if following not in found:
                    found.add(following)
                    waiting.append(following)
        return frozenset(found)


def targets(outcome: Raw, effect: str) -> list[str]:
    """The phases that an effect word names."""
    match outcome.get(effect):
        case str(phase):
            return [phase]
        case list(phases):
            return [str(phase) for phase in phases]
        case {"choose": ways}:
            return [str(way["use"]) for way in ways.values() if "use" in way]
    return []


def phases_of(gate: Raw) -> list[str]:
    """The phases named by `in`; `any` gives none, it means the main track."""
    named = gate.get("in", [])
    if named == "any":
        return []
    return [named] if isinstance(named, str) else list(named)


def trace(raw: Raw, faults: Faults) -> Tracks:
    phases: Raw = raw.get("phases", {})
    main = _main(phases, faults)
    steps = _edges(raw, main, ("to", "turn"))
    of: dict[str, str] = {}
    for root in sorted(_roots(phases), key=lambda phase: phase != main):
        _follow(root, steps, of, set(phases), faults)
    begun = any(phase.get("opens") == "start" for phase in phases.values())
    named = {phase for source, reached in steps.items() for phase in (source, *reached)}
    astray = not begun or not named <= set(phases)
    for phase in phases:
        if phase not in of:
            of[phase] = main
            if astray:  # then that is the fault, and this follows from it
                continue
            message = Worded("No outcome leads to this phase, and nothing opens it.")
            hint = Worded("Name it in a `to`, or give it `opens`.")
            faults.error("phase-unreached", message, ("phases", phase), hint=hint)
    ordered = {phase: of[phase] for phase in phases}
    return Tracks(main, ordered, _edges(raw, main, ("to",)))


def _roots(phases: Raw) -> list[str]:
    return [name for name, phase in phases.items() if "opens" in phase]


def _main(phases: Raw, faults: Faults) -> str:
    starting = [name for name, phase in phases.items() if phase.get("opens") == "start"]
    marked = [name for name, phase in phases.items() if phase.get("main") is True]
    for name in marked:
        if name not in starting:
            message = Worded("Only a phase with `opens: start` can begin the main track.")
            hint = Worded("Write `opens: start` on it, or take `main` away.")
            faults.error("no-main-track", message, ("phases", name, "main"), hint=hint)
    if marked and not starting:
        return next(iter(phases), "")  # it is told already that none begins
    chosen = starting if len(starting) == 1 else [name for name in starting if name in marked]
    if len(chosen) == 1:
        return chosen[0]
    message = Worded("No phase says `opens: start`, so no project could begin.")
    hint = Worded("Write `opens: start` on the first phase.")
    if starting:
        message = Worded(
            "{phases} open at the start; which begins the main track is not said.",
            phases=", ".join(starting),
        )
        hint = Worded("Write `main: true` on exactly one of them.")
    faults.error("no-main-track", message, ("phases",), hint=hint)
    return (starting or list(phases) or [""])[0]


def _edges(raw: Raw, main: str, effects: Iterable[str]) -> dict[str, frozenset[str]]:
    steps: dict[str, set[str]] = {}
    for gate in raw.get("gates", {}).values():
        reached = {
            phase
            for outcome in gate.get("outcomes", {}).values()
            for effect in effects
            for phase in targets(outcome, effect)
        }
        for phase in phases_of(gate) or [main]:
            steps.setdefault(phase, set()).update(reached)
    return {phase: frozenset(reached) for phase, reached in steps.items()}


def _follow(
    root: str,
    steps: Mapping[str, frozenset[str]],
    of: dict[str, str],
    known: set[str],
    faults: Faults,
) -> None:
    waiting = [root]
    while waiting:
        phase = waiting.pop()
        if phase not in known or of.get(phase) == root:
            continue
        if phase in of:
            message = Worded(
                "This phase is reached from two tracks, {one} and {other}.",
                one=of[phase],
                other=root,
            )
            hint = Worded("A phase belongs to one track; one that `opens` begins its own.")
            faults.error("phase-in-two-tracks", message, ("phases", phase), hint=hint)
            continue
        of[phase] = root
        waiting.extend(sorted(steps.get(phase, ())))
