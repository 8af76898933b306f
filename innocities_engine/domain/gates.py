"""The Review of a gate: every reason why it is shut, as data.

A pure function of the state and the instant. Nothing else says whether a gate may be passed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from innocities_engine.domain import artefacts, judgements, moments, needs, people, predicates
from innocities_engine.domain.definition import (
    BlockKind,
    Blocks,
    Criterion,
    Effect,
    Gate,
    Outcome,
    Place,
)
from innocities_engine.domain.people import Asked
from innocities_engine.domain.project import Passage, PassageStatus, VoiceKind
from innocities_engine.domain.situation import Scope, Situation, passage_scope, phase_scope
from innocities_engine.domain.verdicts import TRUE

WAITS_FOR_ROUND = "waits_for_round"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why not. `subject` is an id or a need's key; `who` are the roles that can mend it.

    Codes: need_open, criterion_below, criterion_unrated, advice_missing, gate_blocks, answer_first,
    role_empty, quorum_impossible, not_offered, not_open, carry_missing, not_entitled, wrong_state,
    bad_value, no_seat, too_few_present, bad_session, too_many_votes, no_meeting, bad_day,
    not_on_the_way, elsewhere, not_startable, enough_started,
    holds_nothing, heir_is_oneself, heir_seated, heir_silent, has_left, last_administrator,
    still_held, rests_on_it, waits_for_round, not_in_round, round_takes, round_departs,
    round_fewer, round_tie, round_open, round_empty, no_round, not_shareable, nothing_to_share,
    not_shared, which_body, paper_changed, paper_later,
    migrated_already, migration_over, migration_pending, migration_round, migration_held,
    migration_wait, migration_merges, migration_choice, migration_no_choice, migration_stuck,
    migration_unreached, migration_unproved, migration_track, migration_not_behind,
    migration_counted, migration_uncounted, migration_namesake, rests_on_move, rests_on_erased.
    """

    code: str
    subject: str
    params: Mapping[str, str] = field(default_factory=dict, hash=False)
    who: tuple[str, ...] = ()
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """`digest` changes when papers, verdicts, advice or panel change: what a decision rests on.

    It is the same for each outcome, since people look at the papers before they choose.
    """

    passage: str
    blockers: tuple[Blocker, ...]
    warnings: tuple[Blocker, ...]
    digest: str

    @property
    def ready(self) -> bool:
        return not self.blockers


# ---------------------------------------------------------------- the Review


def review(s: Situation, passage: Passage, outcome: Outcome | None = None) -> Review:
    """Find everything that holds the passage shut; with an outcome, for exactly that outcome."""
    gate = s.method.gates[passage.gate]
    scope = passage_scope(s, passage)
    carried = carried_over(s, outcome, scope) if outcome else frozenset()
    blockers, warnings = _found(s, passage, carried)
    whole = _found(s, passage, frozenset())[0] if carried else blockers
    digest = _digest(s, passage, whole)
    if outcome is not None:
        blockers += offered(s, passage, outcome)
    elif not blockers:
        blockers += _nothing_offered(s, gate, passage)
    warnings += _stale(s, passage) + _no_meeting(s, gate, scope)
    return Review(passage.key, _unique(blockers), _unique(warnings), digest)


def _found(
    s: Situation, passage: Passage, carried: frozenset[str]
) -> tuple[list[Blocker], list[Blocker]]:
    """What blocks and what only warns, whatever is chosen; what is carried over left out."""
    gate = s.method.gates[passage.gate]
    scope = passage_scope(s, passage)
    blockers: list[Blocker] = []
    warnings: list[Blocker] = []
    for need_blockers, required in _needs(s, passage, carried):
        (blockers if required else warnings).extend(need_blockers)
    blockers += _criteria(s, gate, scope, carried)
    blockers += _advice(s, gate, scope)
    blockers += _gates(s, gate)
    blockers += _deciders(s, gate, passage, scope)
    return blockers, warnings


def _unique(blockers: list[Blocker]) -> tuple[Blocker, ...]:
    return tuple({(b.code, b.subject): b for b in reversed(blockers)}.values())[::-1]


def is_ready(s: Situation, passage: Passage) -> bool:
    return review(s, passage).ready


def carried_over(s: Situation, outcome: Outcome, scope: Scope) -> frozenset[str]:
    """The keys that do not block this outcome: named again in it, and existing there now."""
    keys = set()
    for key in outcome.carries:
        when = outcome.needs[key].when
        if when is None or predicates.judge(s, when, scope).value is True:
            keys.add(key)
    return frozenset(keys)


def _needs(
    s: Situation, passage: Passage, carried: frozenset[str]
) -> Iterator[tuple[list[Blocker], bool]]:
    """Yield the blockers of each open need, and whether it is required."""
    for instance, need in needs.blocking(s, passage.key):
        if need.place is Place.GATE and need.id in carried and instance.origin == passage.key:
            continue
        found = needs.finding(s, instance)
        if not found.is_open:
            continue
        if need.each_member and _enough_members(s, passage, need.id, need.owner_id):
            continue
        waits = found.exists.unknown if found.exists.value is None else frozenset()
        if found.required.value is None:
            waits |= found.required.unknown
        who = needs.owners(s, instance)
        day = needs.due_day(s, instance)
        if waits and found.required.value is not False:
            yield [_answer_first(s, fact, need.ref) for fact in sorted(waits)], True
            continue
        params = {"need": need.id, "kind": need.kind.value, "of": need.of}
        if found.waits:
            params["answer"] = ", ".join(sorted(found.waits))
        yield (
            [Blocker("need_open", instance.key, params, who, day)],
            (found.required.value is not False),
        )


def _enough_members(s: Situation, passage: Passage, key: str, role: str) -> bool:
    """A need of each member holds the gate until a quorum of them has met theirs."""
    gate = s.method.gates[passage.gate]
    who = people.asked(s, gate.decides.by, passage_scope(s, passage)).who
    leaf = next((w for w in people.leaves(who) if w.role == role), None)
    if leaf is None:
        return True
    seats = people.seats(s, leaf, judgements.ballot(s, passage, VoiceKind.DECISION))
    met = {
        n.member
        for n in s.project.needs.values()
        if n.origin == passage.key and n.ref == f"{role}/{key}" and not needs.finding(s, n).is_open
    }
    return len([seat for seat in seats if seat.member in met]) >= leaf.quorum.needed(len(seats))


def _answer_first(s: Situation, fact: str, subject: str) -> Blocker:
    definition = s.method.facts.get(fact)
    who: tuple[str, ...] = ()
    if definition is not None:
        asked_by = judgements.project_scope(s)
        who = people.roles_asked(s, definition.by, asked_by) if definition.by else needs.leaders(s)
    return Blocker("answer_first", fact, {"for": subject}, who)


def _criteria(s: Situation, gate: Gate, scope: Scope, carried: frozenset[str]) -> list[Blocker]:
    found = []
    for criterion in gate.criteria.values():
        if criterion.must is None or criterion.id in carried:
            continue
        who = people.roles_asked(s, judgements.raters_of(gate, criterion), scope)
        exists = predicates.judge(s, criterion.when, scope) if criterion.when else TRUE
        given = judgements.verdict_of(s, gate.id, criterion.id)
        if exists.value is False or _is_met(criterion, given):
            continue
        if exists.value is None:
            found += [_answer_first(s, f, criterion.id) for f in sorted(exists.unknown)]
        elif given is None:
            found.append(Blocker("criterion_unrated", criterion.id, {}, who))
        else:
            params = {"verdict": given, "must": criterion.must}
            found.append(Blocker("criterion_below", criterion.id, params, who))
    return found


def _is_met(criterion: Criterion, given: str | None) -> bool:
    if given is None or criterion.must in (None, "rated"):
        return given is not None
    return criterion.scale.index(given) <= criterion.scale.index(criterion.must)


def _advice(s: Situation, gate: Gate, scope: Scope) -> list[Blocker]:
    found: list[Blocker] = []
    for voice in gate.advises.values():
        if not voice.required or judgements.advice_given(s, gate.id, voice.id) is not None:
            continue
        exists = predicates.judge(s, voice.when, scope) if voice.when else TRUE
        if exists.value is None:
            found += [_answer_first(s, f, voice.id) for f in sorted(exists.unknown)]
        elif exists.value:
            asked = people.asked(s, voice.by, scope)
            found += [_answer_first(s, f, voice.id) for f in sorted(asked.unknown)]
            found.append(Blocker("advice_missing", voice.id, {}, people.roles(asked.who)))
    return found


def _gates(s: Situation, gate: Gate) -> list[Blocker]:
    """Open gates that hold this one shut."""
    found = []
    for other in s.method.gates.values():
        if other.id == gate.id or not other.blocks:
            continue
        if not any(_hits(b, other, gate) for b in other.blocks):
            continue
        if s.project.open_passage(other.id) is not None:
            found.append(Blocker("gate_blocks", other.id))
        else:
            found += [_answer_first(s, fact, other.id) for fact in sorted(_unknown_gate(s, other))]
    return found


def _hits(blocks: Blocks, holder: Gate, gate: Gate) -> bool:
    """Whether what an open gate holds shut is this one."""
    if blocks.kind is BlockKind.NEXT:
        return holder.track == gate.track and needs.leads_on(gate)
    return blocks.kind is BlockKind.GATE and blocks.gate == gate.id


def _unknown_gate(s: Situation, gate: Gate) -> frozenset[str]:
    """What has to be answered to know whether a gate of the current phase exists."""
    track = s.project.tracks.get(gate.track)
    if gate.when is None or gate.opens is not None or track is None or track.end is not None:
        return frozenset()
    if track.phase not in gate.phases:
        return frozenset()
    return predicates.judge(s, gate.when, phase_scope(s, track.phase)).unknown


def decider(s: Situation, gate: Gate, scope: Scope) -> Asked:
    return people.asked(s, gate.decides.by, scope)


def _deciders(s: Situation, gate: Gate, passage: Passage, scope: Scope) -> list[Blocker]:
    asked = decider(s, gate, scope)
    if asked.who is None:
        return [_answer_first(s, f, f"{gate.id}/decides") for f in sorted(asked.unknown)]
    empty = people.empty_roles(s, asked.who)
    if empty:
        return [Blocker("role_empty", role, {}, needs.leaders(s)) for role in empty]
    if not people.possible(s, asked.who, judgements.ballot(s, passage, VoiceKind.DECISION)):
        return [Blocker("quorum_impossible", gate.id, {}, people.roles(asked.who))]
    return []


def offered(s: Situation, passage: Passage, outcome: Outcome) -> list[Blocker]:
    """What keeps this very outcome from being taken, beside the gate."""
    found = unoffered(s, passage, outcome)
    if outcome.end == "completed" and outcome.effect is Effect.END:
        found += _end_held(s, s.method.gates[passage.gate])
    return found


def unoffered(s: Situation, passage: Passage, outcome: Outcome) -> list[Blocker]:
    """What its own `when`, `to` and `needs` still ask, or that its `when` is false."""
    gate = s.method.gates[passage.gate]
    scope = passage_scope(s, passage)
    found = _by_its_when(s, gate, scope, outcome)
    if gate.round is not None and (outcome.passing or outcome.id == gate.round.rest):
        found.append(round_waited_for(s, passage))
    if outcome.choose is not None:
        chosen = predicates.choose(s, outcome.choose, scope)
        if chosen.value is None:
            found += [_unknown(s, gate, u, outcome.id) for u in sorted(chosen.unknown)] or [
                Blocker("not_offered", f"{gate.id}.{outcome.id}")
            ]
    if _used_up(s, passage, outcome) or _in_force(s, outcome):
        found.append(Blocker("not_offered", f"{gate.id}.{outcome.id}"))
    for need in outcome.needs.values():
        if need.when is not None:
            verdict = predicates.judge(s, need.when, scope)
            if verdict.value is None and need.required is not False:
                found += [_unknown(s, gate, u, need.ref) for u in sorted(verdict.unknown)]
    return found


def round_waited_for(s: Situation, passage: Passage, day: date | None = None) -> Blocker:
    """Say that a project waits for others: for the round it is in, or until that day."""
    gate = s.method.gates[passage.gate]
    who = people.roles_asked(s, gate.decides.by, passage_scope(s, passage))
    return Blocker("waits_for_round", gate.id, {"round": passage.round}, who, day)


def _by_its_when(s: Situation, gate: Gate, scope: Scope, outcome: Outcome) -> list[Blocker]:
    verdict = predicates.judge(s, outcome.when, scope) if outcome.when else TRUE
    if verdict.value is False:
        return [Blocker("not_offered", f"{gate.id}.{outcome.id}")]
    return [_unknown(s, gate, name, outcome.id) for name in sorted(verdict.unknown)]


def _used_up(s: Situation, passage: Passage, outcome: Outcome) -> bool:
    """Whether the project was held at this passage as often as it may be."""
    if outcome.hold is None or outcome.hold.times is None:
        return False
    held = (d for d in s.project.decisions if d.passage == passage.key)
    return sum(d.proposal.outcome == outcome.id for d in held) >= outcome.hold.times


def _in_force(s: Situation, outcome: Outcome) -> bool:
    """Whether the gate it would ask again has no decision that still could be taken back."""
    if outcome.again is None or outcome.again.gate is None:
        return False
    last = list(s.project.passages_of(outcome.again.gate))[-1:]
    return not any(p.status in (PassageStatus.DECIDED, PassageStatus.OPEN) for p in last)


def _unknown(s: Situation, gate: Gate, name: str, subject: str) -> Blocker:
    """An unknown is a fact to answer, or a criterion, score or advice not given yet."""
    if name in gate.criteria:
        return Blocker("criterion_unrated", name)
    if name in gate.advises:
        return Blocker("advice_missing", name)
    return _answer_first(s, name, subject)


def _end_held(s: Situation, gate: Gate) -> list[Blocker]:
    found = []
    for instance, need in needs.unmet(s):
        if any(b.kind is BlockKind.END for b in need.blocks) and instance.track == gate.track:
            state = needs.finding(s, instance)
            if state.is_open and state.required.value is not False:
                found.append(
                    Blocker("need_open", instance.key, {"need": need.id, "kind": need.kind.value})
                )
    for other in s.method.gates.values():
        if any(b.kind is BlockKind.END for b in other.blocks) and s.project.open_passage(other.id):
            found += [Blocker("gate_blocks", other.id)]
    return found


def _nothing_offered(s: Situation, gate: Gate, passage: Passage) -> list[Blocker]:
    """Unknown facts matter too when they leave every passing outcome un-offered."""
    scope = passage_scope(s, passage)
    missing = [_by_its_when(s, gate, scope, o) for o in gate.outcomes.values() if o.passing]
    if not missing or not all(missing):
        return []
    return [b for blockers in missing for b in blockers if b.code != "not_offered"]


# ---------------------------------------------------------------- warnings and digest


def _stale(s: Situation, passage: Passage) -> list[Blocker]:
    return [
        Blocker("stale", version.artefact, {"version": str(version.n)})
        for version in judgements.papers(s, passage)
        if artefacts.is_stale(s.project, version)
    ]


def _no_meeting(s: Situation, gate: Gate, scope: Scope) -> list[Blocker]:
    body = people.meeting_body(s, gate, scope)
    if body is None or moments.meeting(s, scope).known:
        return []
    return [Blocker("no_meeting", body.id)]


def papers(s: Situation, passage: Passage) -> dict[str, int]:
    """The versions a decision rests on."""
    return {version.artefact: version.n for version in judgements.papers(s, passage)}


def _digest(s: Situation, passage: Passage, whole: list[Blocker]) -> str:
    gate = s.method.gates[passage.gate]
    judged = {
        v.key: v.value
        for v in s.project.voices.values()
        if v.kind in (VoiceKind.VERDICT, VoiceKind.ADVICE)
        and v.subject.startswith(f"{passage.key}/")
    }
    asked = decider(s, gate, passage_scope(s, passage)).who
    content = [
        passage.key,
        passage.asking,
        papers(s, passage),
        judged,
        people.panel(s, asked, judgements.ballot(s, passage, VoiceKind.DECISION)),
        sorted({f"{b.code}:{b.subject}" for b in whole}),
        *([s.method.rules_digest] if s.project.migrations else []),
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
