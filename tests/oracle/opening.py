"""What begins to exist: entries, gate instances, needs, tracks, as their moment comes.

Each step looks for one thing that applies, makes it so, and says whether it did; `settle` repeats
them until none applies.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from . import judging, moments, needs, predicates
from .model import Context, Decision, Entry, Need, Passage, Spec, Track, World
from .reading import listed

CONSUMED = ("open", "decided", "settled")


# Tracks and phases


def open_tracks(w: World) -> bool:
    main = w.state.tracks[w.method.main]
    if main.status == "stopped":
        return False
    for root in w.method.roots:
        track = w.state.tracks[root]
        if track.status == "unopened" and begins(w, w.method.phases[root]["opens"], Context(root)):
            enter(w, track, root)
            return True
    return False


def begins(w: World, opens: Any, here: Context) -> bool:
    """Whether everything that `opens` asks has come."""
    if not isinstance(opens, dict) or not {"at", "when", "by"} & set(opens):
        return moments.begun(w, opens, here)
    if "at" in opens and not moments.begun(w, opens["at"], here):
        return False
    return predicates.holds(w, opens.get("when"), here) is True


def enter(w: World, track: Track, phase: str) -> None:
    n = 1 + sum(entry.phase == phase for entry in track.entries)
    track.status = "running"
    track.entries.append(Entry(phase, n, track.id, w.now))


# Gates


def open_gates(w: World) -> bool:
    opened = [open_gate(w, gate) for gate in w.method.gates]  # each keeps note of its predicate
    return any(opened)


def open_gate(w: World, gate: str) -> bool:
    track = w.state.tracks[w.method.track_of_gate(gate)]
    if track.held is not None:
        return False
    inside = track.phase in w.method.phases_of(gate)
    here = at_track(w, gate, track)
    opens = w.method.opens(gate)
    holds = inside and exists(w, gate, here) and rule_of_opens(w, gate, here)
    if opens_by_rule(w, gate):
        occasion = "true" if turns_true(w, gate, here, holds) else None
    else:
        occasion = next_occasion(w, gate, opens, here) if holds else None
    if occasion is None or w.passage(gate) is not None:
        return False
    open_passage(w, gate, occasion)
    return True


def exists(w: World, gate: str, here: Context) -> bool:
    return predicates.holds(w, w.method.gates[gate].get("when"), here) is True


def rule_of_opens(w: World, gate: str, here: Context) -> bool:
    return predicates.holds(w, w.method.opens(gate).get("when"), here) is True


def opens_by_rule(w: World, gate: str) -> bool:
    """Whether the gate opens each time a predicate turns true: its own, or that of its `opens`."""
    opens = w.method.opens(gate)
    if not opens:
        return "when" in w.method.gates[gate]
    return "at" not in opens and "by" not in opens


def at_track(w: World, gate: str, track: Track) -> Context:
    """The context of a gate that has no instance yet."""
    phases = w.method.phases_of(gate)
    entries = [e for e in track.entries if e.phase in phases]
    entry = entries[-1] if entries else None
    return Context(track.id, entry=entry, since=w.days.of(entry.at) if entry else None)


def turns_true(w: World, gate: str, here: Context, now_true: bool) -> bool:
    """Whether it is true now, inside the phases of the gate, and was not before.

    What opens on entry is asked anew with each entry.
    """
    entry = here.entry if not w.method.opens(gate) else None
    key = (gate, f"{entry.phase} {entry.n}" if entry else "")
    before = w.state.was_true.get(key, False)
    w.state.was_true[key] = now_true
    return now_true and not before


def next_occasion(w: World, gate: str, opens: Spec, here: Context) -> str | None:
    """The first occasion that has come and has no instance; None while there is none."""
    if not opens:
        assert here.entry is not None
        occasions = [f"{here.entry.phase} {here.entry.n}"]
    elif "by" in opens:
        return None
    else:
        occasions = scheduled(w, opens["at"], here)
    used = {p.occasion for p in w.passages(gate) if p.status in CONSUMED}
    return next((occasion for occasion in occasions if occasion not in used), None)


def scheduled(w: World, at: Any, here: Context) -> list[str]:
    """The occasions that have come, the oldest first."""
    if (repeat := moments.every(at)) is not None:
        found = []
        base = identity(w, repeat.anchor, here)
        k = 1
        while (day := moments.occurrence(w, repeat, k, here)) is not None and w.begun(day):
            found.append(f"{k} of {base}")
            k += 1
        return found
    named = at if isinstance(at, dict) and not is_moment(at) else {"at": at}
    come = [
        (moments.when(w, m, here), key) for key, m in named.items() if moments.begun(w, m, here)
    ]
    come.sort(key=lambda pair: (pair[0].day if pair[0] else w.today, pair[1]))
    return [f"{key} of {identity(w, named[key], here)}" for _, key in come]


def is_moment(at: Spec) -> bool:
    return bool({"earliest", "latest", "choose"} & set(at))


def identity(w: World, moment: Any, here: Context) -> str:
    """What is counted from an entry comes again with the next one; everything else comes once."""
    if isinstance(moment, dict):
        return ""
    found = moments.RELATIVE.fullmatch(str(moment))
    counted_from = found["anchor"] if found else str(moment)
    if counted_from != "entry" and counted_from not in w.method.phases:
        return ""
    base = moments.anchor(w, counted_from, here)
    return str(base.instant) if base else ""


def open_passage(w: World, gate: str, occasion: str) -> Passage:
    n = 1 + len(w.passages(gate))
    passage = Passage(gate, n, w.method.track_of_gate(gate), w.now, w.now, occasion)
    w.state.passages.append(passage)
    return passage


def can_be_raised(w: World, gate: str) -> bool:
    """Whether whoever may raise the gate can do so now."""
    opens = w.method.opens(gate)
    track = w.state.tracks[w.method.track_of_gate(gate)]
    here = at_track(w, gate, track)
    if track.phase not in w.method.phases_of(gate) or w.passage(gate) is not None:
        return False
    if "at" in opens and not scheduled(w, opens["at"], here):
        return False
    return exists(w, gate, here) and rule_of_opens(w, gate, here)


# Needs


def make_needs(w: World) -> bool:
    """Make the needs that stand on open gates and current phases and are not there yet."""
    before = len(w.state.needs)
    for passage in w.state.passages:
        if passage.status == "open":
            make_gate_needs(w, passage)
    for track in w.state.tracks.values():
        if track.phase is not None and track.held is None:
            make_phase_needs(w, track.entries[-1])
    return len(w.state.needs) > before


def make_gate_needs(w: World, passage: Passage) -> None:
    own = w.method.needs_of_gate(passage.gate)
    for key, spec in own.items():
        if not w.method.with_decision(key, own):
            make(w, new(w, key, spec, "gate", passage=passage))
    who = judging.decider(w, passage)
    for role in who.roles if who else ():
        specs = w.method.needs_of_role(role)
        for key, spec in specs.items():
            if not w.method.with_decision(key, specs):
                make_role_need(w, key, spec, passage, None, role)


def make_role_need(
    w: World, key: str, spec: Spec, passage: Passage, decision: Decision | None, role: str
) -> None:
    members: list[str | None] = [None]
    if spec.get("each") == "member":
        members = list(needs.voices_of(w, passage, role) or [])
    for member in members:
        need = new(w, key, spec, "role", passage=passage, decision=decision)
        need.role, need.member = role, member
        make(w, need)


def make_phase_needs(w: World, entry: Entry) -> None:
    for key, spec in w.method.needs_of_phase(entry.phase).items():
        make(w, new(w, key, spec, "phase", entry=entry))


def new(
    w: World,
    key: str,
    spec: Spec,
    place: str,
    *,
    passage: Passage | None = None,
    entry: Entry | None = None,
    decision: Decision | None = None,
) -> Need:
    home = passage.gate if passage else entry.phase if entry else ""
    track = passage.track if passage else entry.track if entry else ""
    kind = w.method.kind(key, spec, passage.gate if passage else None)
    return Need(key, kind, spec, home, place, track, w.now, passage, entry, decision)


def make(w: World, need: Need) -> None:
    """Add the need, or its next occurrence, unless it is there or its interval is unknown."""
    there = [
        n
        for n in needs.siblings(w, need)
        if (n.key, n.role, n.member) == (need.key, need.role, need.member)
    ]
    if moments.every(need.spec.get("due")) is None:
        if not there:
            w.state.needs.append(need)
        return
    last_due = nominal_due(w, there[-1]) if there else None
    if there and (last_due is None or not w.over(last_due)):
        return
    need.occurrence = len(there) + 1
    if needs.due(w, need) is not None:
        w.state.needs.append(need)


def nominal_due(w: World, need: Need) -> date | None:
    """When a recurring need was due, whatever it was extended to."""
    repeat = moments.every(need.spec.get("due"))
    return (
        moments.occurrence(w, repeat, need.occurrence, needs.context(w, need)) if repeat else None
    )


def open_needs(w: World) -> bool:
    changed = False
    for need in w.state.needs:
        if need.opened is None and need.fixed is None and need_begins(w, need):
            need.opened = w.now
            changed = True
    return changed


def need_begins(w: World, need: Need) -> bool:
    opens = need.spec.get("opens")
    if opens in (None, "entry", "decision") or need.origin is not None:
        return True
    return begins(w, opens, needs.context(w, need))


def make_decision_needs(w: World, passage: Passage, decision: Decision) -> None:
    """Open the needs of a decision: its outcome's, and those of the deciding roles and the gate."""
    who = judging.decider(w, passage)
    for role in who.roles if who else ():
        specs = w.method.needs_of_role(role)
        for key, spec in specs.items():
            if w.method.with_decision(key, specs):
                make_role_need(w, key, spec, passage, decision, role)
    own = w.method.needs_of_gate(passage.gate)
    for key, spec in own.items():
        if w.method.with_decision(key, own):
            make(w, new(w, key, spec, "gate", passage=passage, decision=decision))
    for key, spec in w.method.needs_of_outcome(passage.gate, decision.outcome).items():
        make_outcome_need(w, key, spec, passage, decision)


def make_outcome_need(w: World, key: str, spec: Spec, passage: Passage, decision: Decision) -> None:
    earlier = standing_need(w, key, passage)
    if earlier is not None:
        carry(w, earlier, spec, passage, decision)
    elif key in w.method.criteria(passage.gate) and judging.is_met(w, passage, key):
        return
    elif "written" in spec:
        for written in listed((decision.command.get("conditions") or {}).get(key)):
            need = new(w, key, spec, "outcome", passage=passage, decision=decision)
            need.written = written
            w.state.needs.append(need)
    else:
        make(w, new(w, key, spec, "outcome", passage=passage, decision=decision))


def standing_need(w: World, key: str, passage: Passage) -> Need | None:
    """The gate's own need of this key, where it exists at this passage."""
    own = (n for n in w.state.needs if n.passage is passage and n.decision is None)
    return next((n for n in own if n.key == key and needs.exists(w, n) is not False), None)


def carry(w: World, earlier: Need, spec: Spec, passage: Passage, decision: Decision) -> None:
    """A need of the gate that is still open goes on as a need of the outcome."""
    taken = predicates.holds(w, spec.get("when"), judging.at_gate(w, passage)) is True
    if earlier.fixed is not None or earlier.waived is not None or not taken:
        return
    kept = {
        k: v
        for k, v in earlier.spec.items()
        if k not in ("when", "due", "blocks", "opens", "required")
    }
    need = new(w, earlier.key, kept | spec, "outcome", passage=passage, decision=decision)
    need.kind, need.origin, need.ticked = earlier.kind, earlier, earlier.ticked
    earlier.fixed = "carried"
    w.state.needs.append(need)
