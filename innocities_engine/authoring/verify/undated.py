"""V6: no date counts from what comes only when the thing that is due is over. Such a date is never
known, so nobody is reminded.
"""

from __future__ import annotations

from collections.abc import Iterator

from innocities_engine.authoring.verify.findings import Finding
from innocities_engine.authoring.verify.papers import is_behind
from innocities_engine.domain.definition import Gate, Methodology
from innocities_engine.domain.grammar import (
    Anchor,
    AnchorKind,
    At,
    Choose,
    Earliest,
    Every,
    Latest,
    Moment,
)
from innocities_engine.language.faults import Path


def never_known(method: Methodology) -> Iterator[Finding]:
    for phase in method.phases.values():
        for need in phase.needs.values():
            path: Path = ("phases", phase.id, "needs", need.id, "due")
            yield from _told(method, need.due, frozenset({phase.id}), path)
    for gate in method.gates.values():
        for path, due in _dues(gate):
            yield from _told(method, due, frozenset(gate.phases), path)


def _dues(gate: Gate) -> Iterator[tuple[Path, Moment | None]]:
    """What is over with the gate; what its outcomes ask for is due later."""
    path: Path = ("gates", gate.id)
    yield (*path, "due"), gate.due
    for need in gate.needs.values():
        if need.due != gate.due:
            yield (*path, "needs", need.id, "due"), need.due
    for advice in gate.advises.values():
        yield (*path, "advises", advice.id, "due"), advice.due
    yield (*path, "decides", "due"), gate.decides.due


def _told(
    method: Methodology, due: Moment | None, phases: frozenset[str], path: Path
) -> Iterator[Finding]:
    source = _unknown(method, due, phases)
    if source:
        yield Finding("V6", "never_dated", path, {"source": source})


def _unknown(method: Methodology, due: Moment | None, phases: frozenset[str]) -> str:
    """What is still to come whenever this date is asked for."""
    match due:
        case At(anchor) | Every(_, anchor):
            return _later(method, anchor, phases)
        case Latest(of):
            return next(filter(None, (_unknown(method, part, phases) for part in of)), "")
        case Earliest(of):
            return _all_of([_unknown(method, part, phases) for part in of])
        case Choose(alternatives, otherwise):
            uses = [*(way.use for way in alternatives), *([otherwise] if otherwise else [])]
            return _all_of([_unknown(method, use, phases) for use in uses])
    return ""


def _all_of(sources: list[str]) -> str:
    return sources[0] if all(sources) else ""


def _later(method: Methodology, anchor: Anchor, phases: frozenset[str]) -> str:
    """The gate or phase it counts from, if no project has come to it while it is in these."""
    name = anchor.name
    if anchor.kind is AnchorKind.NEED and anchor.need is not None:
        name = anchor.need.place or ""
    gate = method.gates.get(name)
    there = gate.phases if gate else (name,) if name in method.phases else ()
    behind = bool(phases and there) and all(is_behind(method, phase, phases) for phase in there)
    return name if behind else ""
