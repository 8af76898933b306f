"""Review: why a gate does not let a passing outcome through, and which outcomes it offers.

A pure reading of the state at one instant. The codes are coarse on purpose; the subject says which
need, criterion, advice, fact, gate or role it is about.
"""

from __future__ import annotations

from typing import Any

from . import judging, needs, opening, people, predicates
from .model import Blockers, Need, Passage, Spec, World
from .reading import listed


def offered(w: World, passage: Passage) -> list[str]:
    return [o for o in w.method.outcomes(passage.gate) if is_offered(w, passage, o)]


def is_offered(w: World, passage: Passage, outcome: str) -> bool:
    """Whether its `when` is true, and what it would do can still be done."""
    spec = w.method.outcome(passage.gate, outcome)
    if predicates.holds(w, spec.get("when"), judging.at_gate(w, passage)) is not True:
        return False
    if isinstance(again := spec.get("again"), dict) and again["gate"] != passage.gate:
        return can_reopen(w, again["gate"])
    hold = spec.get("hold")
    held = [
        d
        for d in w.state.decisions
        if (d.gate, d.n, d.outcome) == (passage.gate, passage.n, outcome)
    ]
    return not (isinstance(hold, dict) and len(held) >= int(hold.get("times", 10**6)))


def can_reopen(w: World, gate: str) -> bool:
    """Whether a gate can be asked anew: it is open, or its decision is not in force yet."""
    passages = w.passages(gate)
    return bool(passages) and passages[-1].active


def blockers(w: World, passage: Passage, outcome: str | None = None) -> Blockers:
    """Everything that keeps the gate, or this outcome of it, shut."""
    if outcome is not None and not needs.passing(w.method.outcome(passage.gate, outcome)):
        spec = w.method.outcome(passage.gate, outcome)
        return predicates.asks(w, spec.get("when"), judging.at_gate(w, passage))
    carried = carries(w, passage, outcome) if outcome else set()
    return (
        need_blockers(w, passage, outcome, carried)
        | criteria_blockers(w, passage, carried)
        | advice_blockers(w, passage)
        | gate_blockers(w, passage, outcome)
        | decider_blockers(w, passage)
        | (outcome_asks(w, passage, outcome) if outcome else unoffered_asks(w, passage))
    )


def ready(w: World, passage: Passage) -> bool:
    return passage.status == "open" and not blockers(w, passage)


def carries(w: World, passage: Passage, outcome: str) -> set[str]:
    """The needs and criteria of the gate that the outcome takes along."""
    own = {n.key for n in w.state.needs if n.passage is passage and n.decision is None}
    own |= set(w.method.criteria(passage.gate))
    here = judging.at_gate(w, passage)
    return {
        key
        for key, spec in w.method.needs_of_outcome(passage.gate, outcome).items()
        if key in own and predicates.holds(w, spec.get("when"), here) is True
    }


# The parts of a Review


def need_blockers(w: World, passage: Passage, outcome: str | None, carried: set[str]) -> Blockers:
    found: Blockers = set()
    for need in w.state.needs:
        own = need.passage is passage and need.decision is None
        if own and need.key in carried:
            continue
        if hits(w, need, passage, outcome) and needs.holding(w, need):
            found |= why_open(w, need)
    return found


def why_open(w: World, need: Need) -> Blockers:
    """The need itself, or what must be answered to know whether it is asked at all."""
    here = needs.context(w, need)
    missing = predicates.asks(w, need.spec.get("when"), here)
    if isinstance(need.spec.get("required"), dict):
        missing |= predicates.asks(w, need.spec["required"], here)
    return missing or {("need_open", need.ref)}


def would_block(w: World, need: Need, passage: Passage) -> bool:
    """Whether the gate would be shut if the need were still open."""
    if needs.exists(w, need) is False or needs.required(w, need) is False:
        return False
    return hits(w, need, passage, None)


def hits(w: World, need: Need, passage: Passage, outcome: str | None) -> bool:
    """Whether what the need blocks is this gate, or this way through it."""
    words = needs.blocks(need)
    if passage.gate in words:
        of_some_instance = need.home == passage.gate and need.decision is None
        return need.passage is passage or not of_some_instance
    return need.track == passage.track and holds_way(w, words, passage, outcome)


def holds_way(w: World, words: list[str], passage: Passage, outcome: str | None) -> bool:
    """`next`: every gate of the track that moves on; `end`: completing the track."""
    if "next" in words and w.method.moves_on(passage.gate):
        return True
    ways = w.method.outcomes(passage.gate)
    through = [ways[outcome]] if outcome else [o for o in ways.values() if needs.passing(o)]
    completing = bool(through) and all(o.get("end") == "completed" for o in through)
    return "end" in words and completing


def criteria_blockers(w: World, passage: Passage, carried: set[str]) -> Blockers:
    found: Blockers = set()
    for criterion, spec in w.method.criteria(passage.gate).items():
        if "must" not in spec or criterion in carried:
            continue
        exists = judging.criterion_exists(w, passage, criterion)
        if exists is False or judging.is_met(w, passage, criterion):
            continue
        if exists is None:
            found |= predicates.asks(w, spec.get("when"), judging.at_gate(w, passage))
        elif judging.verdict(w, passage, criterion) is None:
            found.add(("criterion_unrated", criterion))
        else:
            found.add(("criterion_below", criterion))
    return found


def advice_blockers(w: World, passage: Passage) -> Blockers:
    found: Blockers = set()
    here = judging.at_gate(w, passage)
    for advice, spec in w.method.advises(passage.gate).items():
        if is_false(spec.get("required")) or judging.advice_given(w, passage, advice) is not None:
            continue
        exists = judging.advice_exists(w, passage, advice)
        if exists is None:
            found |= predicates.asks(w, spec.get("when"), here)
        elif exists:
            found.add(("advice_missing", advice))
    return found


def is_false(value: Any) -> bool:
    return str(value).lower() == "false"


def gate_blockers(w: World, passage: Passage, outcome: str | None) -> Blockers:
    """The open gates that hold this one shut, or what must be answered to know whether one does."""
    found: Blockers = set()
    for other, spec in w.method.gates.items():
        words = [str(b) for b in listed(spec.get("blocks"))]
        same_track = w.method.track_of_gate(other) == passage.track
        way = same_track and holds_way(w, words, passage, outcome)
        if other == passage.gate or not (passage.gate in words or way):
            continue
        active = w.passage(other)
        if active is not None and active.status == "open":
            found.add(("gate_blocks", other))
        elif active is None:
            found |= unknown_gate(w, other)
    return found


def unknown_gate(w: World, gate: str) -> Blockers:
    """What must be answered to know whether a gate of the current phase exists."""
    track = w.state.tracks[w.method.track_of_gate(gate)]
    if w.method.opens(gate) or track.phase not in w.method.phases_of(gate):
        return set()
    when = w.method.gates[gate].get("when")
    return predicates.asks(w, when, opening.at_track(w, gate, track))


def decider_blockers(w: World, passage: Passage) -> Blockers:
    decides = w.method.decides(passage.gate)
    who = judging.decider(w, passage)
    if who is None:
        return who_asks(w, decides["by"], passage)
    if empty := people.unfilled(w, who):
        return {("role_empty", role) for role in empty}
    if people.possible(w, who, judging.spoken_at(w, passage)):
        return set()
    return {("quorum_impossible", passage.gate)}


def who_asks(w: World, who: Any, passage: Passage) -> Blockers:
    """The facts that say who it is."""
    if isinstance(who, dict) and "choose" in who:
        choice = predicates.choose(w, who, judging.at_gate(w, passage))
        return who_asks(w, choice.use, passage) if choice.known else choice.asks
    parts = listed(who.get("each", who.get("any"))) if isinstance(who, dict) else []
    return set().union(*(who_asks(w, part, passage) for part in parts))


def unoffered_asks(w: World, passage: Passage) -> Blockers:
    """What leaves every passing outcome un-offered."""
    ways = w.method.outcomes(passage.gate)
    through = [o for o, spec in ways.items() if needs.passing(spec)]
    if any(is_offered(w, passage, o) for o in through):
        return set()
    here = judging.at_gate(w, passage)
    return set().union(*(predicates.asks(w, ways[o].get("when"), here) for o in through))


def outcome_asks(w: World, passage: Passage, outcome: str) -> Blockers:
    """What the outcome's own `when`, `needs` and `to` still ask."""
    here = judging.at_gate(w, passage)
    spec = w.method.outcome(passage.gate, outcome)
    found = predicates.asks(w, spec.get("when"), here)
    for need in w.method.needs_of_outcome(passage.gate, outcome).values():
        found |= need_asks(w, need, passage)
    to = spec.get("to")
    if isinstance(to, dict) and "choose" in to:
        found |= predicates.choose(w, to, here).asks
    return found


def need_asks(w: World, need: Spec, passage: Passage) -> Blockers:
    if is_false(need.get("required")):
        return set()
    here = judging.at_gate(w, passage)
    found = predicates.asks(w, need.get("when"), here)
    if isinstance(need.get("required"), dict):
        found |= predicates.asks(w, need["required"], here)
    return found
