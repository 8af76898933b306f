"""What can be decided in a state: every outcome of every open gate, under each of the answers that
lead elsewhere, with all that is asked there or with what may wait left open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from innocities_engine.authoring.verify import doing, slots
from innocities_engine.authoring.verify.abstracting import Abstraction
from innocities_engine.authoring.verify.findings import Line
from innocities_engine.authoring.verify.hands import Hands
from innocities_engine.authoring.verify.states import Explored, Node, line_of
from innocities_engine.authoring.verify.working import Aim, Ready, ready
from innocities_engine.domain import arising, machine, mentions, needs, people, predicates
from innocities_engine.domain.definition import (
    BlockKind,
    Effect,
    Gate,
    Methodology,
    NeedKind,
    Outcome,
)
from innocities_engine.domain.grammar import Choose, Predicate, Who
from innocities_engine.domain.project import PassageStatus
from innocities_engine.domain.situation import passage_scope


def decided_ways(found: Explored, n: int, root: str) -> Iterator[tuple[Hands, Line]]:
    node = found.nodes[n]
    for passage in list(node.project.passages.values()):
        gate = found.world.method.gates[passage.gate]
        if passage.status is not PassageStatus.OPEN or gate.track != root:
            continue
        at = node.hands
        for outcome in gate.outcomes.values():
            aim = Aim(passage.key, gate, outcome)
            got = _prepared(found, n, at, aim)
            if got is None:
                continue
            if outcome.passing:
                at = got
            elif (gate.id, outcome.id) in found.routine:
                node.taken.add((gate.id, outcome.id))
                continue
            for h in _variants(got, aim, found.seen):
                yield from _decided(found, node, h, aim)
            if _is_routine(found.world.method, gate, outcome) and (
                (gate.id, outcome.id) in node.taken
            ):
                found.routine.add((gate.id, outcome.id))
            if outcome.carries:
                yield from _carried(found, node, aim)


def _is_routine(method: Methodology, gate: Gate, outcome: Outcome) -> bool:
    """Asked again the gate is where it was; after a hold the project goes on as before; stopped
    it stands still.
    """
    match outcome.effect:
        case Effect.AGAIN:
            return outcome.again is not None and outcome.again.gate is None and not outcome.needs
        case Effect.HOLD:
            return outcome.hold is not None and outcome.hold.times is None and not outcome.needs
        case Effect.END:
            return outcome.end == "stopped" and gate.track == method.main_root
    return False


def _prepared(found: Explored, n: int, at: Hands, aim: Aim) -> Hands | None:
    """The gate as it has to be for an outcome; without a role that comes later, if that can be."""
    node = found.nodes[n]
    strict = ready(at, aim)
    if strict.hands is not None:
        return strict.hands
    loose = at.fork()
    loose.by_hand = True
    result = ready(loose, Aim(aim.passage, aim.gate, aim.outcome, aim.leave))
    if result.hands is not None:
        for missing in result.hands.missing | loose.missing:
            if missing.role in found.world.team.late:
                found.missing.setdefault(missing, n)
        return result.hands
    node.blocked[aim.gate.id, aim.outcome.id] = result
    found.whole = found.whole and result.whole
    return None


def _carried(found: Explored, node: Node, aim: Aim) -> Iterator[tuple[Hands, Line]]:
    """The same decision, but that what may wait is not there yet."""
    h = node.hands.fork()
    h.by_hand = True
    gate = aim.gate
    scope = passage_scope(h.s, h.project.passages[aim.passage])
    for key in aim.outcome.carries:
        rule = aim.outcome.needs[key].when
        if rule is not None:
            tests = list(mentions.tests(h.world.method, rule))
            there = slots.search(h, tests, scope, _holds_at(rule, aim.passage)).found
            if there is None:
                return
            h.become(there)
        if key in gate.criteria:
            slots.put(h, ("criterion", gate.id, key), gate.criteria[key].scale[-1], scope, ())
        elif gate.needs[key].kind == "artefact":
            slots.put(h, ("paper", gate.needs[key].of), "none", scope, ())
    again = Aim(aim.passage, gate, aim.outcome, frozenset(aim.outcome.carries))
    got = ready(h, again).hands
    if got is not None and doing.is_open(got, aim.passage):
        yield from _decided(found, node, got, again)


def _holds_at(rule: Predicate, passage: str) -> Callable[[Hands], bool]:
    return lambda h: (
        doing.is_open(h, passage)
        and (slots.truth(h, rule, passage_scope(h.s, h.project.passages[passage])) is True)
    )


def _variants(h: Hands, aim: Aim, seen: Abstraction) -> Iterator[Hands]:
    """One for each place the facts may lead to, and each decider who has something to do then."""
    yield h
    method = h.world.method
    if aim.outcome.choose is not None:
        for use in machine.targets(aim.outcome):
            yield from _routed(h, aim, aim.outcome.choose, use)
    by = aim.gate.decides.by
    if isinstance(by, Choose):
        for way in by.alternatives:
            if _has_needs(method, way.use, seen):
                yield from _routed(h, aim, by, way.use)


def _has_needs(method: Methodology, who: Who, seen: Abstraction) -> bool:
    """Whether those who decide get something to do that makes a difference afterwards."""
    roles = (method.roles[leaf.role] for leaf in people.leaves(who))
    return any(
        need.id in seen.holding | seen.asked and arising.born_with_decision(role, need)
        for role in roles
        for need in role.needs.values()
    )


def _routed(h: Hands, aim: Aim, choose: Choose[Any], use: object) -> Iterator[Hands]:
    """The gate made ready under answers that choose this, if there are any."""

    def chosen(trial: Hands) -> bool:
        if not doing.is_open(trial, aim.passage):
            return False
        scope = passage_scope(trial.s, trial.project.passages[aim.passage])
        return bool(predicates.choose(trial.s, choose, scope).value == use)

    if chosen(h):
        return
    scope = passage_scope(h.s, h.project.passages[aim.passage])
    tests = list(mentions.of_choose(h.world.method, choose))
    there = slots.search(h, tests, scope, chosen).found
    got = ready(there, Aim(aim.passage, aim.gate, aim.outcome)).hands if there else None
    if got is not None:
        yield got


def _decided(found: Explored, node: Node, h: Hands, aim: Aim) -> Iterator[tuple[Hands, Line]]:
    """Decide, in each way that the decision itself may lead."""
    gate, outcome = aim.gate, aim.outcome
    if not doing.is_open(h, aim.passage):
        yield h, line_of("prepare", node.hands, h, gate=gate.id)
        return
    for to in outcome.targets if len(outcome.targets) > 1 else (None,):
        trial = h.fork()
        if doing.decide(trial, gate.id, outcome, to):
            node.taken.add((gate.id, outcome.id))
            _terms_met(trial, found.seen)
            after = trial.project.tracks[gate.track].phase
            yield trial, line_of("decide", node.hands, trial, gate=gate.id, outcome=outcome.id,
                               phase=after)  # fmt: skip
        else:
            node.blocked.setdefault((gate.id, outcome.id), Ready(None, trial))


def _terms_met(h: Hands, seen: Abstraction) -> None:
    """Do at once what the decision asks for and people can do there and then.

    Whatever can be reached while it is open can be reached when it is done, since no rule asks
    for it; so a project that still owes it needs no state of its own. What holds the very effect
    of the decision stays: meanwhile something else may be decided.
    """
    for instance, need in list(needs.unmet(h.s)):
        if not instance.decision or need.id in seen.asked or instance.status != "open":
            continue
        at_once = need.kind in needs.BY_HAND or need.kind is NeedKind.ARTEFACT
        if not at_once or any(b.kind is BlockKind.MOVE for b in need.blocks):
            continue
        trial = h.fork()
        trial.by_hand = True
        if slots.meet(trial, instance) and trial.project.needs[instance.key].status == "done":
            h.become(trial)
