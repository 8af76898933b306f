"""V6: no date counts from what comes only when the thing that is due is over. Such a date is never
known, so nobody is reminded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from innocities_engine.authoring.verify.afterwards import Afterwards, Asked
from innocities_engine.authoring.verify.findings import Finding
from innocities_engine.authoring.verify.papers import is_behind
from innocities_engine.authoring.verify.states import Explored
from innocities_engine.domain.definition import BlockKind, Effect, Gate, Methodology, Need
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
from innocities_engine.language.moments import anchors

IN_TIME, SELDOM, NEVER = range(3)
KINDS: Final = {SELDOM: ("seldom_dated", "warning"), NEVER: ("never_dated", "error")}


@dataclass(frozen=True, slots=True)
class Dating:
    """A date, where it stands, and what all it is for; a rung stands for many things."""

    path: Path
    moment: Moment
    asked: tuple[Asked, ...]


def never_known(found: Explored, method: Methodology) -> Iterator[Finding]:
    after = Afterwards(found) if found.whole else None
    for dating in datings(method):
        rank, source, asked = min(
            (*_judged(method, after, dating.moment, asked), asked) for asked in dating.asked
        )
        if rank == IN_TIME:
            continue
        kind, severity = KINDS[rank]
        story = after.story(source, asked) if after and source in method.gates else None
        yield Finding("V6", kind, dating.path, {"source": source}, severity, story)


def datings(method: Methodology) -> Iterator[Dating]:
    """Every date that is over with a gate or a phase; what an outcome asks for is due later."""
    rungs: dict[Path, tuple[Moment, dict[Asked, None]]] = {}
    for path, due, asked, ladder in _dues(method):
        if due is not None:
            yield Dating(path, due, (asked,))
        if ladder is None or due is None:
            continue
        for rung in method.ladders[ladder].rungs.values():
            if AnchorKind.DECISION in {anchor.kind for anchor in anchors(rung.at)}:
                continue  # it is there for what is asked for after a decision
            at = rungs.setdefault(("ladders", ladder, rung.id, "at"), (rung.at, {}))
            at[1][asked] = None
    yield from (Dating(path, at, tuple(asked)) for path, (at, asked) in rungs.items())


def _dues(method: Methodology) -> Iterator[tuple[Path, Moment | None, Asked, str | None]]:
    for phase in method.phases.values():
        asked = Asked("", (phase.id,))
        for need in phase.needs.values():
            yield ("phases", phase.id, "needs", need.id, "due"), need.due, asked, need.remind
    for gate in method.gates.values():
        asked = Asked(gate.id, gate.phases)
        for facets, due, ladder in _of_gate(gate, tuple(gate.needs.values())):
            yield ("gates", gate.id, *facets), due, asked, ladder


def _of_gate(gate: Gate, needs: Sequence[Need]) -> Iterator[tuple[Path, Moment | None, str | None]]:
    shared = next((need.remind for need in needs if need.due == gate.due), None)
    yield ("due",), gate.due, shared
    for need in needs:
        if need.due != gate.due and not _outlasts(gate, need):
            yield ("needs", need.id, "due"), need.due, need.remind
    for advice in gate.advises.values():
        yield ("advises", advice.id, "due"), advice.due, gate.remind
    yield ("decides", "due"), gate.decides.due, gate.remind


def _outlasts(gate: Gate, need: Need) -> bool:
    """Whether it may still be asked for when the gate has been decided."""
    carried = any(need.id in outcome.carries for outcome in gate.outcomes.values())
    shut = [each.kind is BlockKind.GATE and each.gate in ("", gate.id) for each in need.blocks]
    return carried or (bool(shut) and not any(shut))


def source_of(anchor: Anchor, asked: Asked) -> str:
    """The gate, phase or place that an anchor names; its own decision is that of the gate."""
    if anchor.kind is AnchorKind.DECISION:
        return asked.gate
    if anchor.kind is AnchorKind.NEED and anchor.need is not None:
        return anchor.need.place or ""
    return anchor.name


def _judged(
    method: Methodology, after: Afterwards | None, due: Moment, asked: Asked
) -> tuple[int, str]:
    """Whether what a date counts from comes while it is asked for, and what it is."""
    match due:
        case At(anchor) | Every(_, anchor):
            return _later(method, after, anchor, asked)
        case Latest(of):
            return max(_judged(method, after, part, asked) for part in of)
        case Earliest(of):
            return min(_judged(method, after, part, asked) for part in of)
        case Choose(alternatives, otherwise):
            uses = [*(way.use for way in alternatives), *([otherwise] if otherwise else [])]
            return min(_judged(method, after, use, asked) for use in uses)
    return IN_TIME, ""


def _later(
    method: Methodology, after: Afterwards | None, anchor: Anchor, asked: Asked
) -> tuple[int, str]:
    name = source_of(anchor, asked)
    if anchor.kind is AnchorKind.DECISION:
        return _own_decision(method, asked), name
    if anchor.kind is AnchorKind.GATE and after is not None:
        if after.comes_in_time(name, asked):
            return IN_TIME, ""
        return (SELDOM if after.comes_otherwise(name, asked) else NEVER), name
    gate = method.gates.get(name)
    there = gate.phases if gate else (name,) if name in method.phases else ()
    phases = frozenset(asked.phases)
    behind = bool(phases and there) and all(is_behind(method, phase, phases) for phase in there)
    return (NEVER, name) if behind else (IN_TIME, "")


def _own_decision(method: Methodology, asked: Asked) -> int:
    """A gate that was sent back or has rested keeps the day on which that was decided."""
    outcomes = method.gates[asked.gate].outcomes.values()
    return SELDOM if any(o.effect in (Effect.AGAIN, Effect.HOLD) for o in outcomes) else NEVER
