"""Which states of a project are alike: those that no rule of the method can tell apart, as far as
people cannot make them otherwise at will.

Facts, papers, verdicts and who holds a role may change at any time, so they are left out; what
stays is where the tracks stand, which gates are open, what rules may ask of those that were
decided, which needs of decisions are still open, and which moments have passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from innocities_engine.authoring.verify import children
from innocities_engine.authoring.verify.hands import Hands
from innocities_engine.authoring.verify.world import World
from innocities_engine.domain import artefacts, judgements, mentions, needs, people, predicates
from innocities_engine.domain.definition import (
    BlockKind,
    Gate,
    Methodology,
    Need,
    NeedKind,
    Place,
)
from innocities_engine.domain.grammar import (
    AdviceTest,
    Anchor,
    AnchorKind,
    ArtefactTest,
    Choose,
    CriteriaTest,
    Every,
    GateTest,
    Moment,
    NeedTest,
    PassedTest,
    PhaseTest,
    Predicate,
    ScoreTest,
    Test,
)
from innocities_engine.domain.opening import opens_by_rule
from innocities_engine.domain.project import PassageStatus, Project
from innocities_engine.domain.situation import Situation, phase_scope
from innocities_engine.language.moments import anchors

State: TypeAlias = tuple[object, ...]
ENDLESS: Final = 3  # of a gate that comes again without end, so many instances are told apart


@dataclass(frozen=True)
class Abstraction:
    """What the rules of a method can tell apart."""

    outcomes: dict[str, tuple[tuple[str, ...], ...]]  # gate -> the sets of outcomes asked for
    times: dict[str, int]  # gate -> the largest number of instances asked for
    dated: frozenset[str]  # gates from whose decision something counts
    entered: frozenset[str]  # phases of which it is asked whether they ever were entered
    holding: frozenset[str]  # keys of needs that hold something shut, or that one waits for
    asked: frozenset[str]  # keys of needs whose state rules ask for, or from which they count
    passing: dict[str, tuple[PassedTest, ...]]  # gate or phase -> moments its course rests on
    scheduled: dict[str, int]  # gate -> how often it comes
    signed: frozenset[str]  # papers of which it matters elsewhere whether they were signed
    named: frozenset[str]  # keys of needs that anything at all speaks of
    judged: frozenset[str]  # gates whose verdicts or advice are asked for elsewhere
    apart: frozenset[str]  # tracks that neither time nor another track has to do with


def abstraction(method: Methodology) -> Abstraction:
    tests = list(_all_tests(method))
    moments = [*(m for t in tests for m in _moments_of(t)), *_all_moments(method)]
    anchored = [anchor for moment in moments for anchor in anchors(moment)]
    lasting = [anchor for moment in _lasting(method) for anchor in anchors(moment)]
    return Abstraction(
        outcomes=_outcomes(method, tests),
        times=_times(method, tests),
        dated=frozenset(a.name for a in anchored if a.kind is AnchorKind.GATE),
        entered=frozenset(
            t.phase for t in tests if isinstance(t, PhaseTest) and t.state != "current"
        ),
        holding=_holding(method),
        asked=frozenset(t.need.key for t in tests if isinstance(t, NeedTest))
        | {a.need.key for a in lasting if a.need is not None},
        passing=_passing(method),
        scheduled={g.id: _slots(g) for g in method.gates.values() if g.opens and g.opens.at},
        signed=_signed(method, tests),
        named=_named(method, tests, anchored),
        judged=frozenset(
            t.gate for t in tests if isinstance(t, CriteriaTest | ScoreTest | AdviceTest)
        ),
        apart=frozenset(r for r in method.roots if _is_apart(method, r)),
    )


def _all_tests(method: Methodology) -> Iterator[Test]:
    for predicate in mentions.all_predicates(method):
        yield from mentions.tests(method, predicate)
    for choose in _chooses(method):
        yield from mentions.of_choose(method, choose)
    yield from children.places(method)


def _chooses(method: Methodology) -> Iterator[Choose[Any]]:
    for fact in method.facts.values():
        if fact.chosen is not None:
            yield fact.chosen
    for artefact in method.artefacts.values():
        if isinstance(artefact.approves, Choose):
            yield artefact.approves


def _moments_of(test: Test) -> tuple[Moment, ...]:
    """What must be newer than something can always be handed in again, so that it sets no limit."""
    return (test.moment,) if isinstance(test, PassedTest) else ()


def _all_moments(method: Methodology) -> Iterator[Moment]:
    """The moments at which something opens; dates by which something is due hold nothing shut."""
    for need in method.all_needs:
        yield from need.opens.at.values() if need.opens else ()
    yield from _openings(method)


def _openings(method: Methodology) -> Iterator[Moment]:
    for phase in method.phases.values():
        yield from phase.opens.at.values() if phase.opens else ()
    for gate in method.gates.values():
        yield from gate.opens.at.values() if gate.opens else ()


def _lasting(method: Methodology) -> Iterator[Moment]:
    """The moments that matter beyond the gate they stand on: what is asked at a gate alone can be
    done there, whatever was done before.
    """
    yield from _openings(method)
    for tests in _passing(method).values():
        yield from (test.moment for test in tests)
    for need in method.all_needs:
        if need.blocks and _outlives(need):
            for test in _of_need(method, need):
                yield from _moments_of(test)
            yield from need.opens.at.values() if need.opens else ()


def _outcomes(method: Methodology, tests: list[Test]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for test in tests:
        if isinstance(test, GateTest):
            found.setdefault(test.gate, set()).add(test.outcomes)
    for need in method.all_needs:
        if need.kind is NeedKind.GATE:
            passing = tuple(o.id for o in method.gates[need.of].outcomes.values() if o.passing)
            found.setdefault(need.of, set()).add(need.outcome_in or passing)
    return {gate: tuple(sorted(sets)) for gate, sets in found.items()}


def _times(method: Methodology, tests: list[Test]) -> dict[str, int]:
    found: dict[str, int] = {}
    asked = [(t.gate, t.times or 0) for t in tests if isinstance(t, GateTest)]
    asked += [(n.of, n.times if n.times > 1 else 0) for n in method.all_needs
              if n.kind is NeedKind.GATE]  # fmt: skip
    for gate, n in asked:
        found[gate] = max(n, found.get(gate, 0))
    return {gate: n for gate, n in found.items() if n}


def _holding(method: Methodology) -> frozenset[str]:
    found = {need.id for need in method.all_needs if need.blocks and _outlives(need)}
    chains = {n.id: n.opens.need.key for n in method.all_needs
              if n.opens is not None and n.opens.need is not None}  # fmt: skip
    for _ in chains:
        found |= {before for key, before in chains.items() if key in found}
    found |= {b.need.key for n in method.all_needs for b in n.blocks if b.need is not None}
    opening = (g.opens.need for g in method.gates.values() if g.opens is not None)
    return frozenset(found | {ref.key for ref in opening if ref is not None})


def _outlives(need: Need) -> bool:
    """Whether it may hold something else shut than the gate it stands on, which does so anew."""
    if need.place in (Place.GATE, Place.ROLE):
        return any(b.kind is not BlockKind.GATE for b in need.blocks)
    return True


def _passing(method: Methodology) -> dict[str, tuple[PassedTest, ...]]:
    """The moments that decide what is offered, where it leads, and what opens or ends."""
    found: dict[str, tuple[PassedTest, ...]] = {}
    for gate in method.gates.values():
        rules: list[Predicate | bool | None] = [gate.when, gate.opens.when if gate.opens else None]
        rules += [outcome.when for outcome in gate.outcomes.values()]
        tests = [t for rule in rules for t in mentions.tests(method, rule)]
        for choose in (*(o.choose for o in gate.outcomes.values()), gate.decides.by):
            if isinstance(choose, Choose):
                tests += mentions.of_choose(method, choose)
        found[gate.id] = _passed(tests)
    for phase in method.phases.values():
        rules = [phase.done, phase.opens.when if phase.opens else None]
        found[phase.id] = _passed([t for r in rules for t in mentions.tests(method, r)])
    return {name: tests for name, tests in found.items() if tests}


def _passed(tests: list[Test]) -> tuple[PassedTest, ...]:
    return tuple(dict.fromkeys(t for t in tests if isinstance(t, PassedTest)))


def _slots(gate: Gate) -> int:
    assert gate.opens is not None
    every = [m for m in gate.opens.at.values() if isinstance(m, Every)]
    return sum(m.at_most or ENDLESS for m in every) + len(gate.opens.at) - len(every)


def _signed(method: Methodology, tests: list[Test]) -> frozenset[str]:
    """Papers of which it matters elsewhere than at their gate whether they were signed."""
    asked = {t.artefact for t in tests if isinstance(t, ArtefactTest) and t.status == "signed"}
    asked |= {n.of for n in method.all_needs if n.status == "signed" and n.place is not Place.GATE}
    return frozenset(asked)


def _named(method: Methodology, tests: list[Test], anchored: list[Anchor]) -> frozenset[str]:
    found = {t.need.key for t in tests if isinstance(t, NeedTest)}
    found |= {anchor.need.key for anchor in anchored if anchor.need is not None}
    for need in method.all_needs:
        moments = [need.newer_than, need.due]
        named = (a.need for m in moments if m is not None for a in anchors(m))
        found |= {ref.key for ref in named if ref is not None}
        found |= {b.need.key for b in need.blocks if b.need is not None}
        found |= {need.opens.need.key} if need.opens and need.opens.need else set()
    return frozenset(found | _holding(method))


def forgotten(seen: Abstraction, project: Project) -> Project:
    """Without what no rule can look back to: papers stay, and what was decided."""
    over = {
        p.key for p in project.passages.values()
        if p.status not in (PassageStatus.OPEN, PassageStatus.DECIDED)
    }  # fmt: skip
    return replace(
        project,
        needs={
            key: n for key, n in project.needs.items()
            if n.origin not in over or n.decision or n.ref.partition("/")[2] in seen.named
        },
        voices={
            key: v for key, v in project.voices.items()
            if (subject := v.subject.partition("/")[0]) not in over
            or subject.partition("#")[0] in seen.judged
        },
    )  # fmt: skip


def _is_apart(method: Methodology, root: str) -> bool:
    """Whether what happens on a track beside the main one commutes with all the rest."""
    if root == method.main_root:
        return False
    for track in method.roots:
        tests = list(_tests_of_track(method, track))
        named = {name for test in tests for name in _tracks_named(method, test)}
        if track == root and (named - {root, method.main_root} or _timed(method, root, tests)):
            return False
        if track != root and root in named:
            return False
    shared = (t for role in method.roles.values() for n in role.needs.values()
              for t in _of_need(method, n))  # fmt: skip
    return not any(_tracks_named(method, test) for test in shared)


def _tests_of_track(method: Methodology, root: str) -> Iterator[Test]:
    for phase in method.phases.values():
        if phase.track == root:
            yield from mentions.tests(method, phase.done)
            yield from mentions.tests(method, phase.opens.when if phase.opens else None)
            for need in phase.needs.values():
                yield from _of_need(method, need)
    for gate in method.gates.values():
        if gate.track == root:
            yield from mentions.tests_of(method, gate)
            yield from (GateTest(n.of) for n in gate.needs.values() if n.kind is NeedKind.GATE)
            yield from (GateTest(b.gate) for b in gate.blocks if b.gate)
            for outcome in gate.outcomes.values():
                named = (b.gate for n in outcome.needs.values() for b in n.blocks)
                yield from (GateTest(gate) for gate in named if gate)


def _of_need(method: Methodology, need: Need) -> Iterator[Test]:
    for rule in (need.when, need.required, need.done, need.opens.when if need.opens else None):
        yield from mentions.tests(method, rule)


def _tracks_named(method: Methodology, test: Test) -> set[str]:
    match test:
        case GateTest(gate) | CriteriaTest(gate) | ScoreTest(gate) | AdviceTest(gate):
            return {method.gates[gate].track}
        case PhaseTest(phase):
            return {method.phases[phase].track}
        case NeedTest(ref) if ref.place is not None and ref.place in method.gates:
            return {method.gates[ref.place].track}
        case NeedTest():
            return set(method.roots)
    return set()


def _timed(method: Methodology, root: str, tests: list[Test]) -> bool:
    gates = (g for g in method.gates.values() if g.track == root)
    return any(isinstance(t, PassedTest) for t in tests) or any(
        g.opens is not None and g.opens.at for g in gates
    )


# ---------------------------------------------------------------- the state


def state_of(world: World, seen: Abstraction, h: Hands) -> State:
    """What is left of a project."""
    project = h.project
    return (
        tuple(sorted(
            (root, t.status, "" if t.end else t.phase, t.end or "", bool(t.moving))
            for root, t in project.tracks.items()
        )),
        tuple(_open(project)),
        tuple(_remembered(world.method, seen, project)),
        tuple(sorted(p for p in seen.entered if p in project.entries)),
        _waiting(h, seen),
        tuple(moments_passed(h.s, seen)),
        tuple(a for a in sorted(seen.signed) if artefacts.baseline(project, a) is not None),
        tuple(r for r in sorted(world.team.late) if not people.is_filled(h.s, r)),
    )  # fmt: skip


def _open(project: Project) -> Iterator[tuple[str, str, str]]:
    for passage in project.passages.values():
        if passage.status is PassageStatus.OPEN:
            yield passage.gate, "open", passage.round
        elif passage.status is PassageStatus.DECIDED:
            yield passage.gate, "decided", passage.outcome or ""


def _remembered(
    method: Methodology, seen: Abstraction, project: Project
) -> Iterator[tuple[object, ...]]:
    """Of each gate what rules may ask of its instances."""
    for gate in method.gates.values():
        past = list(project.passages_of(gate.id))
        settled = [p for p in past if p.status is PassageStatus.SETTLED and not p.void]
        asked = seen.outcomes.get(gate.id, ())
        last = settled[-1].outcome if settled else None
        many = seen.times.get(gate.id, 0)
        slots = seen.scheduled.get(gate.id, 0)
        held = [o for o in gate.outcomes.values() if o.hold is not None and o.hold.times]
        yield (
            tuple(last in wanted for wanted in asked),
            tuple(min(many, sum(not w or p.outcome in w for p in settled)) for w in asked)
            if many else (),
            gate.id in seen.dated and any(p.decided_at for p in past),
            min(slots, len({p.slot for p in past if not p.void and p.slot})),
            project.truths.get(gate.id, False) if opens_by_rule(gate) else False,
            tuple(min(o.hold.times or 0, _held(project, gate.id, o.id)) for o in held if o.hold),
        )  # fmt: skip


def _held(project: Project, gate: str, outcome: str) -> int:
    passage = project.open_passage(gate)
    if passage is None:
        return 0
    made = (d for d in project.decisions if d.passage == passage.key)
    return sum(d.proposal.outcome == outcome for d in made)


def _waiting(h: Hands, seen: Abstraction) -> tuple[tuple[str, str, str], ...]:
    """The needs that hold something shut beyond their gate, and those that rules ask for."""
    found = set()
    for instance in h.project.needs.values():
        key = instance.ref.partition("/")[2]
        lasts = instance.decision is not None or instance.origin not in h.project.passages
        unmet = lasts and key in seen.holding and instance.status in needs.UNMET
        if unmet or (key in seen.asked and instance.status in needs.LIVE):
            found.add((instance.ref, instance.outcome, instance.status.value))
    return tuple(sorted(found))


def moments_passed(s: Situation, seen: Abstraction) -> Iterator[bool | None]:
    """Which of the moments that the course of a project rests on have passed."""
    method = s.method
    for name, tests in seen.passing.items():
        gate = method.gates.get(name)
        track = s.project.tracks.get(gate.track if gate else method.phases[name].track)
        if gate is not None and (track is None or track.phase not in gate.phases):
            continue
        if gate is None and track is not None and track.phase != name:
            continue
        scope = judgements.gate_scope(s, gate) if gate else phase_scope(s, name)
        for test in tests:
            yield predicates.judge(s, test, scope).value
