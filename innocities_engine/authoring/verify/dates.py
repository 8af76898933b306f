"""V6: whatever the day a project gets to a gate, nothing is due after the decision that needs it,
and no reminder comes after what it should come before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from innocities_engine.authoring.verify.findings import Claim, Finding, Story
from innocities_engine.authoring.verify.states import Explored
from innocities_engine.authoring.verify.world import FIRST, World
from innocities_engine.domain import moments
from innocities_engine.domain.definition import Gate, Ladder, Need, Rung
from innocities_engine.domain.grammar import Anchor, AnchorKind, At, Every, Moment
from innocities_engine.domain.project import (
    Passage,
    PassageStatus,
    Project,
    Track,
    TrackStatus,
)
from innocities_engine.domain.situation import Scope, Situation, passage_scope
from innocities_engine.domain.whens import When, civil_day
from innocities_engine.language.faults import Path
from innocities_engine.language.moments import anchors

YEARS: Final = 3
SESSION: Final = At(Anchor(AnchorKind.MEETING))
DAYS: Final = tuple(FIRST + timedelta(days=n) for n in range(365 * YEARS))


def inconsistent(found: Explored, world: World) -> Iterator[Finding]:
    """`found` tells the way to a gate; the dates are worked out for every day one may get there."""
    for gate in world.method.gates.values():
        yield from _due_after(found, world, gate)
    told: set[Path] = set()
    for gate in world.method.gates.values():
        for finding in _rungs(world, gate):
            if finding.path not in told:
                told.add(finding.path)
                yield finding


# ---------------------------------------------------------------- papers and the decision


def _due_after(found: Explored, world: World, gate: Gate) -> Iterator[Finding]:
    known: dict[Moment, date | None] = {}
    for need in gate.needs.values():
        due = need.due
        if due is None or isinstance(due, Every) or not need.blocks:
            continue
        decides = decided_by(gate, due)
        if decides is None:
            continue
        if due not in known:
            known[due] = _first_crossing(world, gate, due, decides)
        day = known[due]
        if day is not None:
            path: Path = ("gates", gate.id, "needs", need.id, "due")
            if due == gate.due:
                path = ("gates", gate.id, "due")
            yield _late(found, world, gate, need, path, day)


def decided_by(gate: Gate, due: Moment) -> Moment | None:
    """What the date of a paper is compared with: that of the decision, or, where the paper's counts
    from the session, the session itself. None where one of them follows from the other.
    """
    kinds = {anchor.kind for anchor in anchors(due)}
    if AnchorKind.READY in kinds:
        return None
    if AnchorKind.MEETING in kinds:
        return SESSION
    decides = gate.decides.due
    follows = {AnchorKind.READY, AnchorKind.MEETING}
    if decides is None or follows & {anchor.kind for anchor in anchors(decides)}:
        return None
    return decides


def _late(found: Explored, world: World, gate: Gate, need: Need, path: Path, day: date) -> Finding:
    params = {"gate": gate.id, "need": need.id, "day": day.isoformat()}
    opened = (n for n, node in enumerate(found.nodes) if node.project.open_passage(gate.id))
    n = next(opened, None)
    story = None
    if n is not None:
        claim = Claim("late", {"gate": gate.id, "need": need.ref})
        story = Story(found.lines(n), claim)
    return Finding("V6", "due_after_gate", path, params, story=story)


def _first_crossing(world: World, gate: Gate, due: Moment, decides: Moment) -> date | None:
    """The first day on which the paper would be due after the decision is."""
    for day in DAYS:
        s, scope = entered(world, gate, day)
        paper = civil_day(s, moments.resolve(s, due, scope))
        decision = civil_day(s, moments.resolve(s, decides, scope))
        if paper is None or decision is None:
            if day == DAYS[0]:
                return None  # what waits for something else waits on every day
            continue
        if paper > decision:
            return day
    return None


def entered(world: World, gate: Gate, day: date) -> tuple[Situation, Scope]:
    """A project that enters the phase of a gate on that day, and begins with it."""
    now: datetime = world.noon(day)
    phase = gate.phases[0] if gate.phases else world.method.main_root
    passage = Passage(gate.id, 1, PassageStatus.OPEN, now, now)
    project = Project(
        id="project",
        started_at=now,
        as_of=now,
        tracks={gate.track: Track(TrackStatus.RUNNING, phase, 1, now)},
        entries={phase: (now,)},
        passages={passage.key: passage},
        members=world.team.people,
    )
    s = Situation(world.method, project, world.inputs, now)
    return s, passage_scope(s, passage)


# ---------------------------------------------------------------- ladders


def _rungs(world: World, gate: Gate) -> Iterator[Finding]:
    for need in gate.needs.values():
        due = need.due or gate.due
        name = need.remind
        if due is None or isinstance(due, Every) or name is None:
            continue
        ladder = world.method.ladders[name]
        yield from _in_disorder(world, gate, ladder, due)


def _in_disorder(world: World, gate: Gate, ladder: Ladder, due: Moment) -> Iterator[Finding]:
    """On the days that differ most a rung is compared with the due date and with the others."""
    for day in DAYS[:: 7 * 4 + 1]:
        s, scope = entered(world, gate, day)
        when = moments.resolve(s, due, scope)
        if not when.known:
            return
        days = {r.id: _rung_day(s, scope, r, when) for r in ladder.rungs.values()}
        for rung in ladder.rungs.values():
            kind = _wrong(s, ladder, rung, days, when, gate)
            if kind:
                path = ("ladders", ladder.id, rung.id)
                params = {"ladder": ladder.id, "rung": rung.id, "gate": gate.id,
                          "day": day.isoformat()}  # fmt: skip
                yield Finding("V6", kind, path, params)
                return


def _rung_day(s: Situation, scope: Scope, rung: Rung, due: When) -> date | None:
    return civil_day(s, moments.resolve(s, rung.at, replace(scope, due=due)))


def _wrong(
    s: Situation,
    ladder: Ladder,
    rung: Rung,
    days: dict[str, date | None],
    due: When,
    gate: Gate,
) -> str:
    mine, owed = days[rung.id], civil_day(s, due)
    if mine is None or owed is None:
        return ""
    plain = [days[r.id] for r in ladder.rungs.values() if not r.escalation]
    if rung.escalation:
        first = min((day for day in plain if day is not None), default=None)
        return "escalates_first" if first is not None and mine < first else ""
    before = isinstance(rung.at, At) and (rung.at.before or not _counts_from_due(rung.at))
    return "reminds_late" if before and mine > owed else ""


def _counts_from_due(at: At) -> bool:
    return at.anchor.kind == "due"
