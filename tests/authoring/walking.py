"""Random walks through a method: what the engine's own `why` says would open a gate is done, somebody
decides, time passes. It shares nothing with the verifier, and so may gainsay it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Final

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain import needs, people, why
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.imagining import imagine
from innocities_engine.domain.project import Condition, Content, Passage, Project, Proposal
from innocities_engine.domain.regions import regions
from innocities_engine.domain.remedies import Action
from innocities_engine.domain.settle import settle
from innocities_engine.domain.situation import Situation, need_of, passage_scope
from tests.builders import A_MOMENT, Walk, a_walk

PAPER: Final = Content("0" * 64, "paper.md")
MOST_OFFERS: Final = 8
STEPS: Final = 12
FAR: Final = timedelta(days=400)


@dataclass(frozen=True)
class Stuck:
    """Where a walk stood when nothing could be done any more."""

    phase: str
    open_gates: tuple[str, ...]
    decided: tuple[str, ...]


def walk(method: Methodology, rng: Random) -> Stuck | None:
    """Walk at random until the main track ends; None unless nothing can be done before that."""
    here = a_walk(method)
    for _ in range(STEPS):
        if _is_over(here):
            return None
        there = _step(here, rng)
        if there is None:
            open_ones = tuple(p.gate for p in here.project.passages.values() if p.status == "open")
            decided = tuple(f"{d.passage}.{d.proposal.outcome}" for d in here.project.decisions)
            return Stuck(here.phase() or "", open_ones, decided)
        here = there
    return None


def _is_over(here: Walk) -> bool:
    track = here.track()
    return track is None or track.end is not None


def _step(here: Walk, rng: Random) -> Walk | None:
    """The first that can be done, of everything that may be tried, in an order of chance."""
    ways = [*_decisions(here), *_others(here)]
    rng.shuffle(ways)
    for way in ways:
        there = _tried(here, way, rng)
        if there is not None:
            return there
    return None


Way = tuple[str, str, str]


def _decisions(here: Walk) -> Iterator[Way]:
    for passage in here.project.passages.values():
        gate = here.method.gates[passage.gate]
        track = here.track(gate.track)
        if passage.status == "open" and track is not None and track.end is None:
            yield from (("decide", gate.id, outcome) for outcome in gate.outcomes)


def _others(here: Walk) -> Iterator[Way]:
    for gate in here.method.gates.values():
        if gate.opens is not None and gate.opens.by is not None:
            yield ("raise", gate.id, "")
    yield from (("resume", root, "") for root, t in here.project.tracks.items() if t.held_by)
    for need in here.project.needs.values():
        by_hand = need_of(here.method, need).kind in needs.BY_HAND
        if by_hand and need.decision and need.status in ("open", "handed in"):
            yield ("do", need.key, "tick_off" if need.status == "open" else "accept")
    yield ("wait", "", "")


def _tried(here: Walk, way: Way, rng: Random) -> Walk | None:
    match way:
        case ("decide", gate, outcome):
            return _decided(here, gate, outcome, rng)
        case ("raise", gate, _):
            return _done(here, k.Raise(gate, "why not"))
        case ("do", need, kind):
            return _imagined(here, [Action(kind, need)])
        case ("resume", root, _):
            return _done(here, k.Resume(root))
    return _waited(here)


def _done(here: Walk, command: k.Command) -> Walk | None:
    """By the first who may."""
    for person in sorted({p for members in here.project.members.values() for p in members}):
        try:
            return here.do(command, person)
        except errors.EngineError:
            continue
    return None


def _waited(here: Walk) -> Walk | None:
    """A long while; None if nothing that matters has changed by it."""
    before = _standing(here.project)
    there = here.on(here.today + FAR)
    c = Cursor(there.method, there.project, there.inputs, there.now)
    settle(c)
    return there if _standing(there.project) != before else None


def _standing(project: Project) -> object:
    asked = {n.key: n.status for n in project.needs.values() if not n.occurrence}
    return project.tracks, {p.key: p.status for p in project.passages.values()}, asked


# ---------------------------------------------------------------- deciding


def _decided(here: Walk, gate_id: str, outcome_id: str, rng: Random) -> Walk | None:
    """Do one of the smallest sets of things that would open the gate, then have it decided."""
    gate = here.method.gates[gate_id]
    outcome = gate.outcomes[outcome_id]
    ready = here
    if outcome.passing or outcome.when is not None:
        passage = here.passage(gate_id)
        told = why.why(here.situation, passage, outcome)
        if not told.review.ready:
            if not told.sets:
                return None
            wanted = (*told.common, *rng.choice(told.sets))
            actions = [_definite(here, action, rng) for action in wanted]
            ready = _imagined(here, actions) or here
    if ready.project.open_passage(gate_id) is None:
        return ready if ready.project is not here.project else None
    return _voted(ready, gate_id, Proposal(outcome_id))


def _imagined(here: Walk, actions: list[Action]) -> Walk | None:
    """As if these things were done; None if nothing came of it."""
    seen = imagine(here.situation, actions)
    if seen.project == here.project:
        return None
    now = max(here.now, seen.now) + A_MOMENT
    return replace(here, project=seen.project, inputs=seen.inputs, now=now)


def _definite(here: Walk, action: Action, rng: Random) -> Action:
    """Of the answers that would do, one."""
    if action.kind != "answer":
        return action
    labels = [r.label for r in regions(here.method, action.subject, here.today)]
    return replace(
        action, values=(rng.choice([v for v in action.values if v in labels] or labels),)
    )


def _voted(here: Walk, gate_id: str, offer: Proposal) -> Walk | None:
    passage = here.passage(gate_id)
    before = len(here.project.decisions)
    for person in _deciders(here.situation, gate_id, passage):
        here = _sworn(here, passage, person)
        for _ in range(MOST_OFFERS):
            try:
                here = here.do(k.Decide(gate_id, offer), person)
                break
            except errors.Refused as refused:
                more = _carrying(
                    here, offer, [b for b in refused.blockers if isinstance(b, Blocker)]
                )
                if more is None:
                    return None
                offer = more
            except errors.EngineError:
                return None
        if len(here.project.decisions) > before:
            return here
    return None


def _deciders(s: Situation, gate: str, passage: Passage) -> tuple[str, ...]:
    return people.people_of(s, s.method.gates[gate].decides.by, passage_scope(s, passage))


def _sworn(here: Walk, passage: Passage, person: str) -> Walk:
    """What each member owes first is done."""
    for need in list(here.project.needs.values()):
        if need.origin == passage.key and need.member == person and need.status == "open":
            here = here.do(k.TickOff(need.key, member=person), person)
    return here


def _carrying(here: Walk, offer: Proposal, refused: list[Blocker]) -> Proposal | None:
    lacking = next((b for b in refused if b.code == "carry_missing"), None)
    if lacking is None:
        return None
    name = lacking.subject
    match name, lacking.params.get("kind"):
        case "to", _:
            return replace(offer, to=lacking.params["one_of"].split(", ")[-1])
        case "review_on", _:
            return replace(offer, review_on=here.today + timedelta(days=3))
        case _, "role":
            seats = max(1, here.method.roles[name].seats_at_least)
            people_ = here.members(name) or tuple(f"{name}_{n}" for n in range(seats))
            return replace(offer, appoint={**offer.appoint, name: people_})
        case _, "artefact":
            return replace(offer, attach={**offer.attach, name: PAPER})
        case _, "written":
            return replace(offer, written={**offer.written, name: (Condition("Mend it", "lead"),)})
    return None
