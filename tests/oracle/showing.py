"""What can be seen of a project from outside, as plain data that can be compared and printed."""

from __future__ import annotations

from typing import Any

from . import facts, needs, review
from .model import Need, Passage, Track, World


def show(w: World) -> dict[str, Any]:
    return {
        "started": w.state.started is not None,
        "ended": w.state.ended,
        "tracks": {root: show_track(track) for root, track in w.state.tracks.items()},
        "gates": {gate: [show_passage(w, p) for p in w.passages(gate)] for gate in w.method.gates},
        "needs": [show_need(w, need) for need in w.state.needs],
        "versions": {
            artefact: [{"n": v.n, "status": v.status, "stale": facts.stale(w, v)} for v in versions]
            for artefact, versions in w.state.versions.items()
        },
        "members": {role: list(members) for role, members in w.state.members.items()},
    }


def show_track(track: Track) -> dict[str, Any]:
    entry = track.entries[-1] if track.entries else None
    status = track.status
    if status == "running":
        status = "held" if track.held else "moving" if track.pending else "running"
    return {
        "status": status,
        "phase": entry.phase if entry else None,
        "entry": entry.n if entry else 0,
        "review": track.held.review.isoformat() if track.held else None,
    }


def show_passage(w: World, passage: Passage) -> dict[str, Any]:
    is_open = passage.status == "open"
    shown: dict[str, Any] = {
        "n": passage.n,
        "status": passage.status,
        "outcome": passage.outcome,
    }
    if is_open:
        blockers = sorted(review.blockers(w, passage))
        shown |= {
            "ready": not blockers,
            "blockers": [list(blocker) for blocker in blockers],
            "papers": {v.artefact: v.n for v in needs.papers(w, passage)},
            "ways": {o: show_way(w, passage, o) for o in w.method.outcomes(passage.gate)},
        }
    return shown


def show_way(w: World, passage: Passage, outcome: str) -> list[list[str]]:
    """What stands in the way of one outcome; nothing, where it can be taken."""
    found = review.blockers(w, passage, outcome)
    asked = review.outcome_asks(w, passage, outcome)
    if not asked and not review.is_offered(w, passage, outcome):
        found.add(("not_offered", outcome))
    return sorted([code, subject] for code, subject in found)


def show_need(w: World, need: Need) -> dict[str, Any]:
    day = needs.due(w, need)
    return {
        "need": need.ref,
        "place": need.place,
        "instance": need.passage.n if need.passage else need.entry.n if need.entry else 1,
        "outcome": need.decision.outcome if need.decision else None,
        "occurrence": need.occurrence,
        "member": need.member,
        "text": (need.written or {}).get("text"),
        "status": needs.status(w, need),
        "handed_in": need.ticked is not None and needs.status(w, need) == "open",
        "due": day.isoformat() if day else None,
        "overdue": needs.overdue(w, need),
    }
