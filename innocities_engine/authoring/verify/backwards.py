"""V6: no due date is reckoned back from what has happened when the date is first known. Such a date
is over before anybody can be reminded of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from innocities_engine.authoring.verify.findings import Finding
from innocities_engine.domain.definition import Gate, Methodology, Need, Place
from innocities_engine.domain.grammar import (
    Anchor,
    AnchorKind,
    At,
    Choose,
    Earliest,
    Latest,
    Moment,
)
from innocities_engine.language.faults import Path

HAPPENS: Final = frozenset(
    {
        AnchorKind.START,
        AnchorKind.ENTRY,
        AnchorKind.READY,
        AnchorKind.DECISION,
        AnchorKind.GATE,
        AnchorKind.PHASE,
        AnchorKind.NEED,
    }
)
"""Known only once they have happened; sessions, answered dates and days of the year are known
before.
"""


def over_when_known(method: Methodology, unknown: Collection[Path]) -> Iterator[Finding]:
    """`unknown`: the dates of which more is told already."""
    for path, due, decided in _dues(method):
        source = _over(due, decided) if due is not None and path not in unknown else None
        if source is not None:
            yield Finding("V6", "over_when_known", path, {"source": source})


def _over(due: Moment, decided: bool) -> str | None:
    """What a date is reckoned back from that has happened by then; None where it is not."""
    match due:
        case At(anchor, span, before=True) if span is not None and _has_happened(anchor, decided):
            return _named(anchor)
        case Earliest(of):
            return next((name for part in of if (name := _over(part, decided))), None)
        case Latest(of):
            names = [_over(part, decided) for part in of]
            return names[0] if all(names) else None
        case Choose(alternatives, otherwise):
            uses = [*(way.use for way in alternatives), *([otherwise] if otherwise else [])]
            return next((name for use in uses if (name := _over(use, decided))), None)
    return None


def _has_happened(anchor: Anchor, decided: bool) -> bool:
    """The session that took a gate up is over, too, when it has been decided."""
    return anchor.kind in HAPPENS or (decided and anchor.kind is AnchorKind.MEETING)


def _named(anchor: Anchor) -> str:
    return anchor.name or (anchor.need.key if anchor.need else "") or anchor.kind.value


def _dues(method: Methodology) -> Iterator[tuple[Path, Moment | None, bool]]:
    """Every due date, and whether the decision has been taken when what is due opens."""
    for phase in method.phases.values():
        yield from _of_needs(("phases", phase.id), phase.needs.values())
    for role in method.roles.values():
        yield from _of_needs(("roles", role.id), role.needs.values())
    for gate in method.gates.values():
        yield from _of_gate(gate)


def _of_gate(gate: Gate) -> Iterator[tuple[Path, Moment | None, bool]]:
    path = ("gates", gate.id)
    yield (*path, "due"), gate.due, False
    own = [need for need in gate.needs.values() if need.due != gate.due]
    yield from _of_needs(path, own)
    for advice in gate.advises.values():
        yield (*path, "advises", advice.id, "due"), advice.due, False
    if gate.rates is not None:
        yield (*path, "rates", "due"), gate.rates.due, False
    yield (*path, "decides", "due"), gate.decides.due, False
    for outcome in gate.outcomes.values():
        again = {key: gate.needs[key] for key in outcome.carries if key in gate.needs}
        told = {key for key, need in again.items() if outcome.needs[key].due == need.due}
        new = [need for key, need in outcome.needs.items() if key not in told]
        yield from _of_needs((*path, "outcomes", outcome.id), new)


def _of_needs(path: Path, needs: Iterable[Need]) -> Iterator[tuple[Path, Moment | None, bool]]:
    for need in needs:
        decided = need.place is Place.OUTCOME or (need.opens is not None and need.opens.on_decision)
        yield (*path, "needs", need.id, "due"), need.due, decided
