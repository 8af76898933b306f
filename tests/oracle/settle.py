"""Settling: the steps that follow from the state by themselves, and the effects of decisions.

No step takes a decision. Each uses up an entry, an instance or a decision, so that repeating them
until none applies comes to an end.
"""

from __future__ import annotations

from . import facts, judging, needs, opening, predicates
from .model import Context, Decision, Entry, Hold, Need, Passage, Spec, Track, World
from .reading import listed


def settle(w: World) -> None:
    steps = (
        opening.make_needs,
        opening.open_needs,
        mark_done,
        take_effect,
        finish_phases,
        opening.open_tracks,
        close_untrue,
        opening.open_gates,
    )
    while any(step(w) for step in steps):
        pass


# Keeping note of when things became so


def mark_done(w: World) -> bool:
    """Note since when each need is done; it stays so if a decision opened it or its gate is decided."""
    changed = False
    for need in w.state.needs:
        if need.fixed is not None or need.waived is not None or need.opened is None:
            continue
        done = needs.status(w, need) == "done"
        if done != (need.done_at is not None):
            need.done_at = w.now if done else None
            changed = True
        decided = need.passage is not None and need.passage.status == "decided"
        if done and (need.decision is not None or decided):
            need.fixed = "done"
            changed = True
    return changed


# Effects


def take_effect(w: World) -> bool:
    for track in w.state.tracks.values():
        for decision in list(track.pending):
            if not is_held_back(w, track, decision):
                track.pending.remove(decision)
                apply_effect(w, track, decision)
                return True
    return False


def is_held_back(w: World, track: Track, decision: Decision) -> bool:
    """Whether a need of the decision, or an open gate, holds the move."""
    by_need = any(
        need.decision is decision and "move" in needs.blocks(need) and keeps_waiting(w, need)
        for need in w.state.needs
    )
    return by_need or any(
        p.status == "open"
        and p.track == track.id
        and "move" in listed(w.method.gates[p.gate].get("blocks"))
        for p in w.state.passages
    )


def keeps_waiting(w: World, need: Need) -> bool:
    """Whether a need that blocks the move is neither done nor waived; a dormant one is not done."""
    if need.fixed is not None or need.waived is not None:
        return False
    return needs.exists(w, need) is not False and needs.required(w, need) is not False


def apply_effect(w: World, track: Track, decision: Decision) -> None:
    passage = passage_of(w, decision)
    spec = w.method.outcome(decision.gate, decision.outcome)
    decision.in_force = True
    if "again" in spec:
        ask_again(w, passage, spec["again"])
    elif "hold" in spec:
        hold(w, track, passage, decision)
    else:
        settle_passage(w, passage)
        if "end" in spec:
            end(w, track, str(spec["end"]), decision)
        elif decision.target is not None:
            leave(w, track, decision.target)
            if "turn" in spec:
                make_dormant(w, track, decision.target)
            opening.enter(w, track, decision.target)


def passage_of(w: World, decision: Decision) -> Passage:
    return next(p for p in w.passages(decision.gate) if p.n == decision.n)


def settle_passage(w: World, passage: Passage) -> None:
    passage.status = "settled"
    lapse_needs(w, passage)


def lapse_needs(w: World, passage: Passage) -> None:
    for need in w.state.needs:
        if need.passage is passage and need.decision is None:
            close(w, need)


def close(w: World, need: Need) -> None:
    """Fix a need as it stands: done, or lapsed."""
    if need.fixed is None and need.waived is None:
        ticked = need.ticked is not None and needs.is_done(w, need)
        need.fixed = "done" if ticked or needs.status(w, need) == "done" else "lapsed"


def ask_again(w: World, passage: Passage, again: str | Spec) -> None:
    ask = str(again.get("ask", "unmet")) if isinstance(again, dict) else str(again)
    gate = again["gate"] if isinstance(again, dict) else passage.gate
    if gate == passage.gate:
        open_anew(w, passage, ask)
        return
    settle_passage(w, passage)
    other = [p for p in w.passages(gate) if p.status not in ("lapsed", "dormant")]
    if other:
        open_anew(w, other[-1], ask)


def open_anew(w: World, passage: Passage, ask: str) -> None:
    """Ask the same instance again: only what was not met, or everything."""
    cancel_decision(w, passage)
    kept = [c for c in passage.ratings if ask == "unmet" and judging.stays_met(w, passage, c)]
    passage.ratings = {c: passage.ratings[c] for c in kept}
    passage.advice.clear()
    passage.votes.clear()
    passage.presented = None
    passage.status, passage.outcome = "open", None
    passage.asked = w.now
    for need in w.state.needs:
        if need.passage is passage and need.decision is None:
            need.fixed = None
            if ask == "all":
                void(w, need)


def void(w: World, need: Need) -> None:
    """Everything is asked again: acts, waivers, and the approvals of what the gate needs."""
    need.ticked = need.accepted = need.waived = None
    need.acceptances.clear()
    need.waivers.clear()
    if need.kind == "artefact":
        for version in w.state.versions.get(needs.name(need), []):
            version.approvals.clear()
            if version.status == "approved":
                version.status = "submitted"


def hold(w: World, track: Track, passage: Passage, decision: Decision) -> None:
    passage.status, passage.outcome = "open", None
    passage.votes.clear()
    unfix(w, passage)
    first = track.holds.pop().first if track.held else w.today  # held again is held on
    chosen = facts.read_date(decision.command["review"])
    track.holds.append(Hold(first, decision.gate, decision.by, chosen))


def unfix(w: World, passage: Passage) -> None:
    for need in w.state.needs:
        if need.passage is passage and need.decision is None and need.fixed == "done":
            need.fixed = None


def make_dormant(w: World, track: Track, target: str) -> None:
    """What was settled on the way from the phase that is turned to counts no more."""
    ahead = w.method.ahead(target)
    for passage in w.state.passages:
        on_the_way = ahead & set(w.method.phases_of(passage.gate))
        if passage.track == track.id and passage.status == "settled" and on_the_way:
            passage.status = "dormant"
            forget_truth(w, passage.gate)


def forget_truth(w: World, gate: str) -> None:
    """Let what opens the gate turn true once more."""
    for key in [key for key in w.state.was_true if key[0] == gate]:
        del w.state.was_true[key]


def leave(w: World, track: Track, target: str) -> None:
    """What stands in the phase lapses; a gate with `opens` that also names the next one stays."""
    end_hold(w, track)
    leave_entry(w, track.entries[-1])
    for passage in w.state.passages:
        if passage.track != track.id or not passage.active:
            continue
        opens = bool(w.method.opens(passage.gate))
        if not (opens and target in w.method.phases_of(passage.gate)):
            lapse(w, passage)


def lapse(w: World, passage: Passage) -> None:
    cancel_decision(w, passage)
    passage.status = "lapsed"
    lapse_needs(w, passage)


def close_untrue(w: World) -> bool:
    """An open gate lapses when its own `when` is no longer true."""
    for passage in w.state.passages:
        when = w.method.gates[passage.gate].get("when")
        here = judging.at_gate(w, passage)
        if w.state.tracks[passage.track].held is not None:
            continue
        if passage.status == "open" and predicates.holds(w, when, here) is not True:
            lapse(w, passage)
            return True
    return False


def leave_entry(w: World, entry: Entry) -> None:
    entry.left = True
    for need in w.state.needs:
        if need.entry is entry:
            close(w, need)


def end_hold(w: World, track: Track) -> None:
    if track.held is not None:
        track.held.last = w.today


def end(w: World, track: Track, how: str, decision: Decision | None) -> None:
    """End the track; when the main track is stopped, every other one stops, too."""
    end_hold(w, track)
    track.status = how
    track.pending.clear()
    if track.entries:
        leave_entry(w, track.entries[-1])
    for passage in w.state.passages:
        if passage.track == track.id and passage.active:
            lapse(w, passage)
    for need in w.state.needs:
        if need.track == track.id and (decision is None or need.decision is not decision):
            close(w, need)
    if track.id == w.method.main and how == "stopped":
        for other in w.state.tracks.values():
            if other.status == "running":
                end(w, other, "stopped", None)


def cancel_decision(w: World, passage: Passage) -> None:
    """Take back the decision of a gate that is not yet in force."""
    track = w.state.tracks[passage.track]
    for decision in list(track.pending):
        if passage_of(w, decision) is passage:
            cancel(w, track, decision)


def cancel(w: World, track: Track, decision: Decision) -> None:
    """A pending effect is cancelled, and the needs of its decision lapse."""
    track.pending.remove(decision)
    for need in w.state.needs:
        if need.decision is decision:
            close(w, need)


def finish_phases(w: World) -> bool:
    """A phase whose `done` is true completes its track, with nothing decided."""
    for track in w.state.tracks.values():
        if track.phase is None:
            continue
        done = w.method.phases[track.phase].get("done")
        entry = track.entries[-1]
        here = Context(track.id, entry=entry, since=w.days.of(entry.at))
        if done is not None and predicates.holds(w, done, here) is True and not held_open(w, track):
            end(w, track, "completed", None)
            return True
    return False


def held_open(w: World, track: Track) -> bool:
    """Whether something open on the track blocks its `end`."""
    return any(
        need.track == track.id and "end" in needs.blocks(need) and needs.holding(w, need)
        for need in w.state.needs
    )
