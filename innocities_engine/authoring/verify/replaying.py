"""Replaying a counter-example: the real engine hears every command of the story, one after the
other, and at the end it must be so as is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from innocities_engine import errors
from innocities_engine.authoring.verify.dates import decided_by
from innocities_engine.authoring.verify.findings import Finding, Params, Step
from innocities_engine.authoring.verify.rules import gaping, overlapping
from innocities_engine.authoring.verify.sites import site_at
from innocities_engine.authoring.verify.undated import datings, source_of
from innocities_engine.authoring.verify.world import World
from innocities_engine.domain import commands as k
from innocities_engine.domain import moments, needs, people
from innocities_engine.domain.commands import SYSTEM, Actor
from innocities_engine.domain.decide import decide
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Project, Proposal, TrackStatus
from innocities_engine.domain.situation import Situation, need_of, passage_scope
from innocities_engine.domain.whens import civil_day
from innocities_engine.language.faults import Path
from innocities_engine.language.moments import anchors

A_LONG_WHILE: Final = timedelta(days=5 * 365)


class Untrue(Exception):
    """The story cannot be told so, or what it claims is not so."""


def replay(world: World, finding: Finding) -> Situation:
    """The project at the end of the story; `Untrue` if the engine sees it otherwise."""
    if finding.story is None:
        raise Untrue("there is no story")
    project = Project()
    now = finding.story.steps[0].at
    for step in finding.story.steps:
        project, now = _heard(world, project, step), step.at
    s = Situation(world.method, project, world.inputs, now)
    if not is_so(s, finding):
        raise Untrue(f"{finding.story.claim} is not so")
    return s


def _heard(world: World, project: Project, step: Step) -> Project:
    actor = SYSTEM if step.by == SYSTEM.person else Actor(step.by, frozenset({"manager"}))
    try:
        events = decide(world.method, project, step.command, actor, step.at, world.inputs)
    except errors.EngineError as why:
        raise Untrue(f"{step.command} by {step.by}: {why}") from why
    return fold(project, events)


def is_so(s: Situation, finding: Finding) -> bool:
    """Whether what is claimed at the end of a story is so."""
    assert finding.story is not None
    claim = finding.story.claim
    match claim.kind:
        case "stuck":
            return _is_stuck(s, claim.params)
        case "pending":
            return _is_pending(s, claim.params["track"])
        case "locked":
            return not any(_anybody_may(s, g, o) for g, o in _ways_out(s, claim.params["track"]))
        case "idle":
            return s.project.tracks[claim.params["track"]].end is None
        case "vacant":
            return not people.is_filled(s, claim.params["role"])
        case "overlap" | "gap":
            site = site_at(s.method, finding.path)
            assert site.choose is not None
            found = overlapping if claim.kind == "overlap" else gaping
            return any(found(s, site.choose, scope) for scope in site.scopes(s))
        case "past":
            return _is_past(s, finding.path, claim.params["source"])
    return claim.kind == "late" and _is_late(s, claim.params)


def _is_stuck(s: Situation, params: Params) -> bool:
    """Whoever tries to have the outcome is refused, for one of the reasons named."""
    refused = _refusals(s, params["gate"], params["outcome"])
    wanted = {*params["codes"].split(", "), "not_entitled"}
    return refused is not None and bool(refused & wanted)


def _anybody_may(s: Situation, gate: str, outcome: str) -> bool:
    return _refusals(s, gate, outcome) is None


def _refusals(s: Situation, gate: str, outcome: str) -> set[str] | None:
    """Why everybody who tries it is refused; None if somebody is not."""
    everybody = {person for members in s.project.members.values() for person in members}
    command = k.Decide(gate, Proposal(outcome))
    seen: set[str] = set()
    for person in sorted(everybody):
        try:
            decide(s.method, s.project, command, Actor(person), s.now, s.inputs)
        except errors.Refused as refused:
            seen |= {b.code for b in refused.blockers if isinstance(b, Blocker)}
        except errors.EngineError:
            continue
        else:
            return None
    return seen


def _ways_out(s: Situation, root: str) -> Iterator[tuple[str, str]]:
    """What is not passing, at the gates of a track that are open."""
    for gate in s.method.gates.values():
        if gate.track == root and s.project.open_passage(gate.id) is not None:
            yield from ((gate.id, o.id) for o in gate.outcomes.values() if not o.passing)


def _is_pending(s: Situation, root: str) -> bool:
    """The track is still about to move, when years have passed."""
    later = s.now + A_LONG_WHILE
    events = decide(s.method, s.project, k.Tick(), SYSTEM, later, s.inputs)
    return fold(s.project, events).tracks[root].status is TrackStatus.MOVING


def _is_past(s: Situation, path: Path, source: str) -> bool:
    dating = next((each for each in datings(s.method) if each.path == path), None)
    if dating is None:
        return False
    sources = {source_of(a, asked) for a in anchors(dating.moment) for asked in dating.asked}
    if source not in sources:
        return False
    decided = any(passage.decided_at for passage in s.project.passages_of(source))
    return decided and not all(asked.is_open(s.method, s.project) for asked in dating.asked)


def _is_late(s: Situation, params: Params) -> bool:
    passage, gate = s.project.open_passage(params["gate"]), s.method.gates[params["gate"]]
    if passage is None:
        return False
    mine = next(n for n in s.project.needs.values()
                if n.ref == params["need"] and n.origin == passage.key)  # fmt: skip
    asked = need_of(s.method, mine).due
    due = decided_by(gate, asked) if asked else None
    if due is None:
        return False
    decision = civil_day(s, moments.resolve(s, due, passage_scope(s, passage)))
    paper = needs.due_day(s, mine)
    return paper is not None and decision is not None and paper > decision
