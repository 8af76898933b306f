"""Checks of what can be chosen at a gate, what a choice must carry, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain.project import (
    Condition,
    NeedStatus,
    PassageStatus,
    Proposal,
    TrackStatus,
)
from tests.builders import Walk
from tests.methodology import readying, staging, wanting
from tests.methodology.checking import (
    assert_passes,
    assert_shut,
    check,
    left_by,
    need_named,
)
from tests.methodology.checks_voices import strangers
from tests.methodology.nearly import almost, ready_at
from tests.methodology.readying import decided, declared, names, ready
from tests.methodology.staging import roles_in
from tests.methodology.wanting import PLAIN, Wishes

A_DAY = timedelta(days=1)
Said = Mapping[str, Any] | None


# ---------------------------------------------------------------- what is offered


@check
def outcomes(method: str, gate: str, offered: Sequence[str], last: Sequence[str] = ()) -> None:
    """Exactly these can be chosen; at the last instance exactly those."""
    walk = ready_at(method, gate)
    _offers(walk, gate, offered)
    if last:
        opens = walk.method.gates[gate].opens
        assert opens is not None
        while walk.passage(gate).n < len(opens.at):
            walk = ready(readying.arrived(assert_passes(walk, gate), gate), gate)
        _offers(walk, gate, last)


def _offers(walk: Walk, gate: str, offered: Sequence[str]) -> None:
    for outcome in walk.method.gates[gate].outcomes:
        refused = readying.why_not(walk, gate, outcome)
        assert refused == (set() if outcome in offered else {f"{outcome}"}), outcome
    assert set(offered) <= set(walk.method.gates[gate].outcomes)
    speaker = readying.deciders(walk, gate)[0]
    try:
        declared(walk, gate, speaker).do(k.Decide(gate, Proposal("no such outcome")), speaker)
    except errors.NotFound:
        return
    raise AssertionError("anything can be chosen")


@check
def carries(
    method: str, gate: str, outcomes: Sequence[str], needs: Sequence[str], given: Said = None
) -> None:
    """Refused unless the decision itself brings these."""
    what = staging.given(method, given)
    for outcome in outcomes:
        walk = ready_at(method, gate, what, outcome)
        speaker = readying.deciders(walk, gate)[0]
        walk = declared(walk, gate, speaker)
        for need in needs:
            wishes = Wishes(frozenset({need}), what.facts)
            poor = readying.proposal(walk, gate, outcome, speaker, wishes)
            lacking = readying.refused(walk, gate, poor, speaker)
            assert {(b.code, b.subject) for b in lacking} == {("carry_missing", need)}
        after = decided(walk, gate, outcome, what.wishes())
        assert after.project.passages[walk.passage(gate).key].outcome == outcome


# ---------------------------------------------------------------- where an outcome leads


@check
def outcome_effect(
    method: str,
    gate: str,
    outcome: str,
    effect: str,
    target: Any = None,
    opens: str = "",
    given: Said = None,
) -> None:
    """What follows the decision; an outcome that is not passing needs nothing to be in place."""
    what = staging.given(method, given)
    walk = staging.placed(method, gate, what)
    definition = walk.method.gates[gate].outcomes[outcome]
    if definition.passing:
        before = ready_at(method, gate, what, outcome)
    else:
        before = readying.routed(walk, gate)
        assert names(before.review(gate).blockers), "the gate is ready before anybody did anything"
    for one in target if isinstance(target, list) else [target]:
        to = one if isinstance(target, list) else None
        after = decided(before, gate, outcome, what.wishes(), to)
        EFFECTS[effect](before, after, gate, one)
        if opens:
            opened = [n for n in after.project.needs.values() if n.ref == f"{gate}/{opens}"]
            assert {n.status for n in opened} == {NeedStatus.OPEN}
    if isinstance(target, list):
        _one_must_be_named(before, gate, outcome)


def _one_must_be_named(walk: Walk, gate: str, outcome: str) -> None:
    speaker = readying.deciders(walk, gate)[0]
    walk = declared(walk, gate, speaker)
    for to in (None, "no such phase"):
        refused = readying.refused(walk, gate, Proposal(outcome, to=to), speaker)
        assert "to" in names(refused)


def _enters(before: Walk, after: Walk, gate: str, target: str) -> None:
    root = before.method.gates[gate].track
    assert (before.phase(root), after.phase(root)) == (before.phase(root), target)
    track = after.track(root)
    assert track is not None
    assert (track.status, track.entered_at) == (TrackStatus.RUNNING, after.now)
    assert after.project.passages[before.passage(gate).key].status is PassageStatus.SETTLED


def _turns(before: Walk, after: Walk, gate: str, target: str) -> None:
    """Back in an earlier phase, whose gates are asked anew; and so is this one, later."""
    _enters(before, after, gate, target)
    assert after.project.entries[target][0] < after.now
    again = next(g for g in after.method.gates.values() if target in g.phases and g.opens is None)
    assert after.passage(again.id).n > 1
    voided = [p for p in after.project.passages.values() if p.gate == again.id and p.void]
    assert voided
    there = readying.arrived(after, gate)
    assert there.passage(gate).n == before.passage(gate).n + 1


def _asks_again(before: Walk, after: Walk, gate: str, target: str | None) -> None:
    """The same instance, in the same phase, as often as it is chosen."""
    root = before.method.gates[gate].track
    for n in (1, 2):
        assert after.phase(root) == before.phase(root)
        assert after.passage(gate).key == before.passage(gate).key
        assert after.passage(gate).asking == before.passage(gate).asking + n
        after = decided(after, gate, _last_outcome(after, gate))


def _last_outcome(walk: Walk, gate: str) -> str:
    decision = walk.project.decision_of(walk.passage(gate).key)
    assert decision is not None
    return decision.proposal.outcome


def _ends(before: Walk, after: Walk, gate: str, target: str) -> None:
    root = before.method.gates[gate].track
    track = after.track(root)
    assert track is not None
    assert (track.status, track.end) == (TrackStatus.ENDED, target)
    others = {r for r in before.project.tracks if r != root}
    assert all(_lives_on(before, after, r, root, target) for r in others)


def _lives_on(before: Walk, after: Walk, other: str, ended: str, end: str) -> bool:
    """Only a stopped main track stops the others; a track may also end by a rule of its own."""
    earlier, track = before.track(other), after.track(other)
    assert earlier is not None
    assert track is not None
    if earlier.end is not None:
        return track.end == earlier.end
    if ended == before.method.main_root and end == "stopped":
        return track.end is not None
    ends_itself = after.method.phases[track.phase].done is not None
    return track.end != "stopped" and (track.end is None or ends_itself)


def _stays(before: Walk, after: Walk, gate: str, target: str | None) -> None:
    root = before.method.gates[gate].track
    assert after.track(root) == before.track(root)
    assert after.project.passages[before.passage(gate).key].status is PassageStatus.SETTLED


EFFECTS = {
    "to": _enters,
    "turn": _turns,
    "again": _asks_again,
    "end": _ends,
    "stay": _stays,
}


# ---------------------------------------------------------------- conditions, holds, stops


@check
def conditions(
    method: str,
    gate: str,
    outcome: str,
    need: str,
    target: str,
    at_most: str,
    holds: str = "",
) -> None:
    """Written while deciding, within a bound; they hold the next gate until they are accepted."""
    walk = ready_at(method, gate, outcome=outcome)
    speaker = readying.deciders(walk, gate)[0]
    walk = declared(walk, gate, speaker)
    offer = readying.proposal(walk, gate, outcome, speaker)
    bound, owner = _bound(walk, at_most), readying.owner(walk)
    for written, accepted in (
        ((), False),
        ((Condition("", owner),), False),
        ((Condition("Ask the neighbours", ""),), False),
        ((Condition("Ask the neighbours", "nobody at all"),), False),
        ((Condition("Ask the neighbours", owner, bound + A_DAY),), False),
        ((Condition("Ask the neighbours", owner, bound),), True),
    ):
        attempt = replace(offer, written={need: written})
        refused = readying.refused(walk, gate, attempt, speaker)
        assert names(refused) == (set() if accepted else {need}), written
    after = decided(walk, gate, outcome)
    root = walk.method.gates[gate].track
    track = after.track(root)
    assert track is not None
    assert target in (track.phase if track.end is None else track.end)
    condition = next(n for n in after.project.needs.values() if n.ref == f"{gate}/{need}")
    assert wanting.due_day(after, condition) == bound
    _held_until_accepted(after, holds, need, condition.key)


def _bound(walk: Walk, at_most: str) -> date:
    """So many months after today, by the number of the day; no quiet period is near."""
    months, unit = at_most.removesuffix(" after decision").split()
    assert unit.startswith("month")
    years, month = divmod(walk.today.month - 1 + int(months), 12)
    assert month not in (6, 7)
    return walk.today.replace(year=walk.today.year + years, month=month + 1)


def _held_until_accepted(walk: Walk, gate: str, need: str, key: str) -> None:
    left = frozenset({need})
    if gate:
        walk = ready(readying.arrived(walk, gate), gate, Wishes(left))
        assert_shut(walk, gate, need, left)
    owner = walk.members(readying.owner(walk))[0]
    walk = walk.do(k.TickOff(key), owner)
    assert walk.project.needs[key].status is NeedStatus.HANDED_IN
    if gate:
        assert_shut(walk, gate, need, left)
    decision = walk.project.decision_of(walk.project.needs[key].decision or "")
    assert decision is not None
    assert {b.code for b in walk.refusal(k.Accept(key), owner)} == {"not_entitled"}
    for role in decision.roles:  # of a body one member is enough
        assert walk.project.needs[key].status is NeedStatus.HANDED_IN
        walk = walk.do(k.Accept(key), walk.members(role)[0])
    assert walk.project.needs[key].status is NeedStatus.DONE
    if gate:
        assert_passes(walk, gate)


@check
def hold(method: str, gate: str, at_most: str) -> None:
    """Needs a review date, at most so far ahead; resumed, it is at the same phase and gate."""
    walk = readying.routed(staging.at(method, gate), gate)
    speaker = readying.deciders(walk, gate)[0]
    walk = declared(walk, gate, speaker)
    days, unit = at_most.split()
    assert unit == "days"
    limit = walk.today + timedelta(days=int(days))
    for review, accepted in (
        (None, False),
        (walk.today, False),
        (walk.today + A_DAY, True),
        (limit, True),
        (limit + A_DAY, False),
    ):
        refused = readying.refused(walk, gate, Proposal("hold", review_on=review), speaker)
        assert names(refused) == (set() if accepted else {"review_on"}), review
    held = decided(walk, gate, "hold")
    root = walk.method.gates[gate].track
    track = held.track(root)
    assert track is not None
    assert track.status is TrackStatus.HELD
    assert track.review_on is not None
    _resumes(walk, held.on(track.review_on + A_DAY), gate, root, speaker)


def _resumes(before: Walk, held: Walk, gate: str, root: str, speaker: str) -> None:
    """Time alone never resumes; whoever decided does."""
    track = held.track(root)
    assert track is not None
    assert track.status is TrackStatus.HELD
    resumed = held.do(k.Resume(root), speaker)
    track = resumed.track(root)
    assert track is not None
    assert (track.status, track.phase) == (TrackStatus.RUNNING, before.phase(root))
    assert resumed.passage(gate).key == before.passage(gate).key
    stranger = next(p for p in strangers(held, *_deciding(held, gate)) if p != speaker)
    assert {b.code for b in held.refusal(k.Resume(root), stranger)} == {"not_entitled"}
    assert_passes(ready(resumed, gate), gate)


def _deciding(walk: Walk, gate: str) -> set[str]:
    """Those who decide, and those who may write down what they decided."""
    roles = roles_in(walk.method.gates[gate].decides.by)
    return {*roles, *(r for role in roles for r in roles_in(walk.method.roles[role].records))}


@check
def stop(method: str, gate: str, need: str, due: str) -> None:
    """Possible while the gate is shut; ends every track, and asks what was learnt."""
    walk = readying.routed(staging.at(method, gate), gate)
    assert names(walk.review(gate).blockers)
    after = decided(walk, gate, "stop")
    assert {t.end for t in after.project.tracks.values()} <= {"stopped", "completed"}
    assert {t.status for t in after.project.tracks.values()} == {TrackStatus.ENDED}
    main = after.track()
    assert main is not None
    assert main.end == "stopped"
    asked = next(n for n in after.project.needs.values() if n.ref == f"{gate}/{need}")
    assert asked.status is NeedStatus.OPEN
    assert wanting.due_day(after, asked) == _bound(after, due)
    learnt = wanting.met(after, asked, PLAIN)
    assert learnt.project.needs[asked.key].status is NeedStatus.DONE
    later = after.on(after.today + timedelta(days=500))
    assert {t.status for t in later.project.tracks.values()} == {TrackStatus.ENDED}


@check
def carried(
    method: str,
    gate: str,
    outcome: str,
    need: str,
    given: Said,
    blocks: str,
    due: date,
) -> None:
    """This outcome takes the open need along, and it then holds that gate; others refuse."""
    what = staging.given(method, given)
    chosen = staging.method(method)
    left = left_by(chosen, chosen.gates[gate], need)
    walk = almost(method, gate, what, left, outcome)
    for other in chosen.gates[gate].outcomes.values():
        if other.passing and other.id != outcome:
            assert_shut(walk, gate, need, left, other.id)
    after = decided(walk, gate, outcome, what.wishes())
    definition = need_named(walk.method, walk.method.gates[gate], need)
    going_on = [n for n in after.project.needs.values() if n.ref == f"{gate}/{need}" and n.decision]
    assert [n.status for n in going_on] == [NeedStatus.OPEN]
    assert wanting.due_day(after, going_on[0]) == due
    later = readying.arrived(after, blocks, what.wishes())
    later = ready(later, blocks, what.wishes(need))
    assert_shut(later, blocks, need, {need})
    later = wanting.handed_in(later, definition.of, PLAIN)
    assert_shut(later, blocks, need, {need})
    assert_passes(wanting.signed_off(later, definition.of), blocks)
