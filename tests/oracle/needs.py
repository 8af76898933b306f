"""Needs: whether one exists, is required, is done, by when, and what it holds shut.

Everything is judged as things stand from the records; what was fixed (done, carried, lapsed) by a
decision or its effect is not judged again. Which needs there are is the work of `settle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from . import facts, judging, moments, people, predicates
from .calendar import Duration
from .model import Context, Need, Passage, Spec, Truth, Version, World
from .reading import flag, listed

RANK = {"submitted": 0, "approved": 1, "signed": 2}


def context(w: World, need: Need) -> Context:
    since = w.days.of(need.opened or need.created)
    if need.passage is not None:
        at_gate = judging.at_gate(w, need.passage)
        return Context(need.track, need.passage, need.decision, need, at_gate.entry, since=since)
    return Context(need.track, need=need, entry=need.entry, since=since)


def name(need: Need) -> str:
    return str(need.spec.get("of", need.key))


# Finding


def siblings(w: World, need: Need) -> list[Need]:
    """The needs that stand beside this one: of the same decision, instance or stay."""
    return [
        n
        for n in w.state.needs
        if n.decision is need.decision and n.passage is need.passage and n.entry is need.entry
    ]


def find(w: World, ref: str, context: Context) -> list[Need]:
    """The instances that a reference means: the siblings first, else the last there were."""
    found = [n for n in w.state.needs if ref in n.names]
    near = [n for n in found if n.decision is context.decision and n.passage is context.passage]
    near = near if context.passage is not None else [n for n in found if n.entry is context.entry]
    chosen = near or [n for n in found if n.passage is context.passage] or found
    if not chosen:
        return []
    beside = siblings(w, chosen[-1])
    return [n for n in chosen if n in beside]


def all_done_at(w: World, found: Sequence[Need]) -> datetime | None:
    """When the last of these was done or waived; None while one is not."""
    there = [n for n in found if exists(w, n) is not False]
    instants = [n.waived or n.done_at for n in there]
    known = [instant for instant in instants if instant is not None]
    return max(known) if known and len(known) == len(there) else None


# Judging


def exists(w: World, need: Need) -> Truth:
    if need.role is not None and need.decision is None and not still_asked(w, need):
        return False
    return predicates.holds(w, need.spec.get("when"), context(w, need))


def still_asked(w: World, need: Need) -> bool:
    """Whether the role that brought the need still decides, and the member still has a voice."""
    assert need.passage is not None and need.role is not None
    voices = voices_of(w, need.passage, need.role)
    return voices is not None and (need.member is None or need.member in voices)


def voices_of(w: World, passage: Passage, role: str) -> list[str] | None:
    """Whose seats have a voice at the gate, of one role; None where it does not decide there."""
    who = judging.decider(w, passage)
    leaf = next((leaf for leaf in who.leaves if leaf.role == role), None) if who else None
    return None if leaf is None else list(people.seats(w, leaf, judging.spoken_at(w, passage)))


def required(w: World, need: Need) -> Truth:
    value = need.spec.get("required")
    if isinstance(value, dict):
        return predicates.holds(w, value, context(w, need))
    return flag(value, default=True)


def status(w: World, need: Need) -> str:
    if need.fixed is not None:
        return need.fixed
    if need.waived is not None:
        return "waived"
    if need.opened is None or exists(w, need) is False:
        return "dormant"
    return "done" if is_done(w, need) else "open"


def is_done(w: World, need: Need) -> bool:
    if need.fixed is not None:
        return need.fixed == "done"
    if any(holds_shut(w, other, need) for other in w.state.needs if "blocks" in other.spec):
        return False
    if "done" in need.spec:
        return predicates.holds(w, need.spec["done"], context(w, need)) is True
    match need.kind:
        case "artefact":
            return counted_version(w, need) is not None
        case "fact":
            return facts.value_of(w, name(need), context(w, need)) is not None
        case "role":
            return people.filled(w, name(need))
        case "gate":
            return gate_done(w, need)
    return need.ticked is not None and (need.accepted is not None or accepters(need) is None)


def holds_shut(w: World, other: Need, need: Need) -> bool:
    """Whether another need, still open, says that it blocks this one."""
    named = need.names & set(blocks(other))
    return other is not need and bool(named) and status(w, other) == "open"


def gate_done(w: World, need: Need) -> bool:
    gate = name(need)
    wanted = listed(need.spec.get("outcome")) or [
        o for o in w.method.outcomes(gate) if passing(w.method.outcome(gate, o))
    ]
    return settled_so(w, gate, wanted, int(need.spec.get("times", 0)))


def settled_so(w: World, gate: str, wanted: list[str], times: int) -> bool:
    """Whether so many instances were settled by one of these, or else the last one was."""
    outcomes = [p.outcome for p in w.passages(gate) if p.status == "settled"]
    if times > 1:
        return sum(outcome in wanted for outcome in outcomes) >= times
    return bool(outcomes) and outcomes[-1] in wanted


def passing(outcome: dict[str, Any]) -> bool:
    """Whether an outcome needs its gate ready: it moves on, completes, or only settles."""
    if "to" in outcome or outcome.get("end") == "completed":
        return True
    return not {"turn", "again", "hold", "end"} & set(outcome)


def accepters(need: Need) -> Any:
    """Who confirms an act: as written; of an act or condition that a decision made, the decider."""
    by_decision = need.place == "outcome" and need.kind in ("act", "written", "criterion")
    return need.spec.get("accepts", "decider" if by_decision else None)


# Versions


def has_status(w: World, artefact: str, wanted: str) -> bool:
    newest = facts.newest(w, artefact)
    signed = any(v.status == "signed" for v in w.state.versions.get(artefact, []))
    return signed or (newest is not None and RANK[newest.status] >= RANK[wanted])


def candidates(w: World, need: Need, passage: Passage | None = None) -> list[Version]:
    """The versions a need may look at, in itself or for a gate that rests on it: the newest that
    stands, and the signed baseline.
    """
    passage = passage or need.passage
    frozen = passage.presented if passage and passage.presented and not need.decision else None
    standing = [v for v in w.state.versions.get(name(need), []) if v.status in RANK]
    presented = frozen[1].get(name(need)) if frozen else None
    looked_at = [v for v in standing if presented in (None, v.n)][-1:]
    return [v for v in standing if v in looked_at or v.status == "signed"]


def counted_version(w: World, need: Need) -> Version | None:
    """The version that fulfils the need, the newest first."""
    fulfilling = [
        v for v in candidates(w, need) if is_fresh(w, need, v) and is_far_enough(w, need, v)
    ]
    return fulfilling[-1] if fulfilling else None


def is_far_enough(w: World, need: Need, version: Version) -> bool:
    wanted = str(need.spec.get("status", "submitted"))
    if wanted == "signed" and need.decision is None and need.place != "phase":
        approves = "approves" in w.method.artefacts[name(need)]
        wanted = "approved" if approves else "submitted"
    return RANK[version.status] >= RANK[wanted]


def is_fresh(w: World, need: Need, version: Version) -> bool:
    """Whether the version is young enough for this instance of the need."""
    if need.origin is not None:
        return is_fresh(w, need.origin, version)
    newer_than = need.spec.get("newer_than")
    if newer_than == "none":
        return True
    if newer_than is not None:
        limit = moments.when(w, newer_than, context(w, need))
        if not moments.is_newer(w, version, limit):
            return False
    if need.decision is not None:
        return version.seq > need.decision.seq
    if (repeat := moments.every(need.spec.get("due"))) is not None:
        return is_of_occurrence(w, need, repeat, version)
    return version.seq > instance_before(w, need.passage)


def is_of_occurrence(w: World, need: Need, repeat: moments.Every, version: Version) -> bool:
    if need.occurrence == 1:
        return version.at >= need.created
    before = moments.occurrence(w, repeat, need.occurrence - 1, context(w, need))
    return before is not None and w.days.of(version.at) > before


def instance_before(w: World, passage: Passage | None) -> int:
    """The last decision of an earlier instance, where the gate comes again by its `opens`."""
    if passage is None or not w.method.comes_again(passage.gate):
        return 0
    earlier = [d.seq for d in w.state.decisions if d.gate == passage.gate and d.n < passage.n]
    return max(earlier, default=0)


def papers(w: World, passage: Passage) -> list[Version]:
    """The exact versions that a decision at the gate rests on."""
    asking = [n for n in w.state.needs if n.kind == "artefact" and n.decision is None]
    resting = [n for n in asking if n.passage is passage or holds_from_phase(w, n, passage)]
    return [version for n in resting for version in candidates(w, n, passage)[-1:]]


def holds_from_phase(w: World, need: Need, passage: Passage) -> bool:
    """Whether a need of the phase the track is in says that it holds this gate shut."""
    if need.place != "phase" or need.entry is None or need.entry.left:
        return False
    onwards = need.track == passage.track and w.method.moves_on(passage.gate)
    return passage.gate in blocks(need) or (onwards and "next" in blocks(need))


# Dates


def due(w: World, need: Need) -> date | None:
    if need.extended is not None:
        return need.extended
    if need.written is not None:
        return written_due(w, need, need.written)
    moment = due_moment(w, need)
    if moment is None or moment == "decision":
        return None
    if (repeat := moments.every(moment)) is not None:
        return moments.occurrence(w, repeat, need.occurrence, context(w, need))
    found = moments.when(w, moment, context(w, need))
    return None if found is None else found.day


def written_due(w: World, need: Need, written: Spec) -> date | None:
    """The date that the decider wrote; the clocks of a condition stop on hold, too."""
    if not written.get("due") or need.decision is None:
        return None
    day, decided = facts.read_date(written["due"]), w.days.of(need.decision.at)
    return moments.past_holds(w, need.track, decided, day, Duration(0, "day"))


def due_moment(w: World, need: Need) -> Any:
    """The `due` of the need, else of the gate it stands on."""
    default = w.method.gates[need.home].get("due") if need.passage and not need.decision else None
    return need.spec.get("due", default)


def overdue(w: World, need: Need) -> bool:
    day = due(w, need)
    return day is not None and status(w, need) == "open" and w.over(day)


# Holding shut


def blocks(need: Need) -> list[str]:
    default = need.home if need.passage is not None and need.decision is None else "none"
    return [str(b) for b in listed(need.spec.get("blocks", default))]


def holding(w: World, need: Need) -> bool:
    """Whether the need holds shut what it blocks; an unknown `when` or `required` does."""
    if need.fixed is not None or need.waived is not None:
        return False
    if exists(w, need) is False or required(w, need) is False:
        return False
    if need.opened is None:
        return chain_begun(w, need)
    return not is_done(w, need) and not enough_members(w, need)


def enough_members(w: World, need: Need) -> bool:
    """Of a need that each member owes: whether as many have done it as make up the quorum."""
    if need.member is None or need.role is None or need.passage is None:
        return False
    who = judging.decider(w, need.passage)
    leaf = next((leaf for leaf in who.leaves if leaf.role == need.role), None) if who else None
    voices = voices_of(w, need.passage, need.role)
    if leaf is None or voices is None:
        return False
    theirs = [n for n in siblings(w, need) if (n.key, n.role) == (need.key, need.role)]
    done = [n for n in theirs if n.member in voices and status(w, n) in ("done", "waived")]
    return len(done) >= people.quorum(leaf, len(voices))


def chain_begun(w: World, need: Need) -> bool:
    """Whether a dormant need opens with another one whose own time has come."""
    opens = need.spec.get("opens")
    if not isinstance(opens, str):
        return False
    before = [n for n in siblings(w, need) if n.key == opens.split()[-1] and n is not need]
    return any(
        n.fixed != "lapsed"
        and exists(w, n) is not False
        and (n.opened is not None or n.waived is not None or chain_begun(w, n))
        for n in before
    )
