"""What can be so or otherwise in a project as people wish: the slots behind a rule, the values that
make a difference in each, and the search through all of their combinations for one that serves. And
how a need is met, which may take such a search, as a search may take that a need is met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from math import prod
from typing import Final, TypeAlias

from innocities_engine.authoring.verify import children, doing
from innocities_engine.authoring.verify.hands import Hands
from innocities_engine.authoring.verify.samples import plain_answer, samples
from innocities_engine.domain import artefacts, mentions, moments, needs, predicates
from innocities_engine.domain.definition import Criterion, Need, NeedKind
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import (
    AdviceTest,
    AnchorKind,
    ArtefactTest,
    Comparison,
    CriteriaTest,
    FactTest,
    FactValue,
    NeedRef,
    NeedTest,
    PassedTest,
    Predicate,
    ProjectsTest,
    RoleTest,
    ScoreTest,
    Test,
)
from innocities_engine.domain.project import NeedInstance, NeedStatus
from innocities_engine.domain.situation import Scope, need_of, need_scope
from innocities_engine.domain.whens import begins, is_over
from innocities_engine.language.moments import anchors

A_DAY: Final = timedelta(days=1)
UNKNOWN: Final = "?"
TURNS: Final = ("fact", "role", "paper", "projects", "need", "criterion", "advice", "wait")
LEAVE: Final = "leave"
EMPTY: Final = doing.EMPTY
MOST_TRIALS: Final = 3000

Name: TypeAlias = tuple[str, ...]
Goal: TypeAlias = Callable[[Hands], bool]


@dataclass(frozen=True)
class Slot:
    """`name`: its kind and what it is about. `values`: as it is comes first."""

    name: Name
    values: tuple[str, ...]


@dataclass(frozen=True)
class Search:
    """What came of a search: the hands that got there, or that all or not all was tried."""

    found: Hands | None
    whole: bool = True


def slots_of(h: Hands, tests: Iterable[Test], scope: Scope) -> list[Slot]:
    """The slots behind these tests, each once."""
    found: dict[Name, Slot] = {}
    for test in tests:
        for slot in _slots(h, test, scope):
            known = found.get(slot.name)
            values = (*known.values, *slot.values) if known else slot.values
            found[slot.name] = Slot(slot.name, tuple(dict.fromkeys(values)))
    return [slot for slot in found.values() if len(slot.values) > 1]


def _slots(h: Hands, test: Test, scope: Scope) -> Iterator[Slot]:
    method = h.world.method
    match test:
        case FactTest(fact, comparison, value):
            yield from _fact(h, fact, unknown=comparison is Comparison.KNOWN)
            if isinstance(value, FactValue):
                yield from _fact(h, value.fact, unknown=False)
        case ArtefactTest(artefact, status):
            version = artefacts.newest(h.project, artefact)
            now = version.status.value if version else "none"
            yield Slot(("paper", artefact), (LEAVE, *_others(now, status)))
        case CriteriaTest(gate, which):
            ids = method.gates[gate].criteria if isinstance(which, str) else which
            for name in ids:
                criterion = method.gates[gate].criteria[name]
                yield from _criterion(h, gate, criterion, criterion.scale, scope)
        case ScoreTest(gate):
            for criterion in method.gates[gate].criteria.values():
                if criterion.weight:
                    ends = (criterion.scale[0], criterion.scale[-1])
                    yield from _criterion(h, gate, criterion, ends, scope)
        case AdviceTest(gate, advice):
            voice = method.gates[gate].advises[advice]
            yield Slot(
                ("advice", gate, advice), (LEAVE, *(voice.scale or method.gates[gate].outcomes))
            )
        case RoleTest(role, at_least=at_least):
            n = max(at_least or 0, len(h.world.team.people[role]))
            yield Slot(("role", role), (LEAVE, str(n), EMPTY))
        case NeedTest(ref):
            yield Slot(("need", str(ref)), (LEAVE, "done"))
        case PassedTest(moment):
            for anchor in anchors(moment):
                if anchor.kind is AnchorKind.FACT:
                    yield from _fact(h, anchor.name, unknown=False)
                elif anchor.kind is AnchorKind.NEED:
                    yield Slot(("need", str(anchor.need)), (LEAVE, "done"))
            yield Slot(("wait",), (LEAVE, "passed"))
        case ProjectsTest() if children.can_be(method, h.project, test):
            yield Slot(("projects",), (LEAVE, "enough"))


def _criterion(
    h: Hands, gate: str, criterion: Criterion, values: tuple[str, ...], scope: Scope
) -> Iterator[Slot]:
    """How it is judged, and what says whether it is asked at all."""
    yield Slot(("criterion", gate, criterion.id), (LEAVE, *dict.fromkeys(values)))
    for test in mentions.tests(h.world.method, criterion.when):
        yield from _slots(h, test, scope)


def _others(now: str, status: str | None) -> tuple[str, ...]:
    """It may be taken back, handed in once more, and approved."""
    wanted = ("none", "submitted") + (("approved",) if status in ("approved", "signed") else ())
    return tuple(one for one in wanted if one != now or one == "submitted")


def _fact(h: Hands, fact_id: str, *, unknown: bool) -> Iterator[Slot]:
    fact = h.world.method.facts[fact_id]
    if fact.value is not None or fact.rule is not None or fact.chosen is not None:
        return
    values = samples(h.world.method, fact_id, h.s.today)
    yield Slot(("fact", fact_id), (LEAVE, *values, *((UNKNOWN,) if unknown else ())))


# ---------------------------------------------------------------- setting and searching


def put(h: Hands, name: Name, value: str, scope: Scope, tests: Iterable[Test]) -> bool:
    """Make one slot so, and see that it stays so."""
    if value == LEAVE:
        return True
    if not _put(h, name, value, scope, tests):
        return False
    if name[0] not in ("wait", "need", "projects"):
        h.locked[name] = value
    return True


def in_turn(chosen: dict[Name, str]) -> list[tuple[Name, str]]:
    """What says who is asked, and what exists, comes first; waiting, which counts from it, last."""
    return sorted(chosen.items(), key=lambda one: TURNS.index(one[0][0]))


def _put(h: Hands, name: Name, value: str, scope: Scope, tests: Iterable[Test]) -> bool:
    match name:
        case ("fact", fact):
            return _put_fact(h, fact, value, scope)
        case ("paper", artefact):
            return _put_paper(h, artefact, value)
        case ("criterion", gate, criterion):
            return doing.rate(h, gate, criterion, value)
        case ("advice", gate, advice):
            return doing.advise(h, gate, advice, value)
        case ("role", role):
            return doing.fill(h, role, 0 if value == EMPTY else int(value))
        case ("need", ref):
            return meet_named(h, ref, scope)
        case ("wait",):
            return _wait(h, scope, tests)
        case ("projects",):
            counted = frozenset(
                t for t in tests
                if isinstance(t, ProjectsTest) and children.can_be(h.world.method, h.project, t)
            )  # fmt: skip
            inputs = replace(h.world.inputs, assumed=h.world.inputs.assumed | counted)
            h.world = replace(h.world, inputs=inputs)
            return True
    raise AssertionError(name)


def _put_fact(h: Hands, fact: str, value: str, scope: Scope) -> bool:
    if value == UNKNOWN:
        return doing.unanswer(h, fact)
    if fact not in h.world.method.asked_in_needs:
        return doing.answer(h, fact, value)
    own = h.project.needs.get(scope.need)
    asking = [n for n in h.project.needs.values() if fact in need_of(h.world.method, n).asks]
    instance = own if own in asking else (asking[-1] if asking else None)
    return instance is not None and doing.answer(h, fact, value, instance.key)


def _put_paper(h: Hands, artefact: str, value: str) -> bool:
    if value == "none":
        return doing.withdraw(h, artefact)
    definition = h.world.method.artefacts[artefact]
    done = doing.submit(h, definition)
    return doing.approve(h, definition) if done and value == "approved" else done


def _wait(h: Hands, scope: Scope, tests: Iterable[Test]) -> bool:
    """Until every moment among the tests has passed that has a day by now."""
    ends: list[datetime] = []
    for test in tests:
        if isinstance(test, PassedTest):
            over = is_over(h.s, moments.resolve(h.s, test.moment, scope))
            if over is not None and over > h.now:
                ends.append(over)
    if not ends:
        return False
    h.wait(max(ends))
    return True


def combinations(slots: list[Slot]) -> Iterator[dict[Name, str]]:
    """Every combination, those that change least first."""
    everything = product(*(slot.values for slot in slots))
    names = [slot.name for slot in slots]
    found = [dict(zip(names, values, strict=True)) for values in everything]
    return iter(sorted(found, key=lambda c: sum(v != LEAVE for v in c.values())))


def search(h: Hands, tests: Iterable[Test], scope: Scope, goal: Goal) -> Search:
    """Look for a combination of what people can bring about under which the goal is reached."""
    if goal(h):
        return Search(h.fork())
    wanted = list(tests)
    slots = slots_of(h, wanted, scope)
    if prod(len(slot.values) for slot in slots) > MOST_TRIALS:
        return Search(None, whole=False)
    for chosen in combinations(slots):
        trial = h.fork()
        if all(put(trial, n, v, scope, wanted) for n, v in in_turn(chosen)) and goal(trial):
            return Search(trial)
    return Search(None)


def truth(h: Hands, predicate: Predicate, scope: Scope) -> bool | None:
    return predicates.judge(h.s, predicate, scope).value


# ---------------------------------------------------------------- needs


def meet_named(h: Hands, ref: str, scope: Scope) -> bool:
    """Meet the need that a rule names."""
    place, _, key = ref.rpartition("/")
    instance = needs.find(h.s, NeedRef(key, place or None), scope)
    if instance is None:
        return False
    need = need_of(h.world.method, instance)
    if need.when is not None and needs.finding(h.s, instance).exists.value is not True:
        _bring_about(h, instance, need.when)
    meet(h, instance)
    return h.project.needs[instance.key].status is NeedStatus.DONE


def meet(h: Hands, instance: NeedInstance, met: dict[str, Blocker] | None = None) -> bool:
    """Do what meets a need; it wakes first, if it sleeps."""
    instance = h.project.needs[instance.key]
    if not needs.finding(h.s, instance).is_open:
        return True
    need = need_of(h.world.method, instance)
    if met is not None:
        met[instance.key] = Blocker("need_open", instance.key, {"need": need.id})
    if instance.status is NeedStatus.DORMANT:
        return _wake(h, instance, need)
    if need.kind in needs.BY_HAND:
        for other in _holders(h, instance):
            meet(h, other, met)
        return doing.tick(h, instance)
    if need.done is not None:
        return _bring_about(h, instance, need.done)
    match need.kind:
        case NeedKind.ARTEFACT:
            return _paper(h, instance, need)
        case NeedKind.FACT:
            return answered(h, need.of)
        case NeedKind.ROLE:
            return doing.fill(h, need.of)
    return False


def _holders(h: Hands, instance: NeedInstance) -> list[NeedInstance]:
    """Other needs that hold this one shut."""
    return [
        other
        for other, need in needs.unmet(h.s)
        if other.key != instance.key
        and any(b.need is not None and needs.is_named(instance, b.need) for b in need.blocks)
        and needs.finding(h.s, other).is_open
    ]


def _bring_about(h: Hands, instance: NeedInstance, rule: Predicate) -> bool:
    scope = need_scope(h.s, instance)
    tests = list(mentions.tests(h.world.method, rule))

    def is_so(trial: Hands) -> bool:
        now = trial.project.needs[instance.key]
        return truth(trial, rule, scope) is True or now.status is NeedStatus.DONE

    found = search(h, tests, scope, is_so).found
    if found is None:
        return False
    locked = dict(h.locked)
    h.become(found)
    h.locked = locked
    return True


def _wake(h: Hands, instance: NeedInstance, need: Need) -> bool:
    """What it opens after comes first, in whatever form that is said."""
    opens = need.opens
    assert opens is not None
    scope = need_scope(h.s, instance)
    if opens.need is not None:
        before = needs.find(h.s, opens.need, scope)
        if before is None or before.key == instance.key:
            return False
        if before.status not in (NeedStatus.DONE, NeedStatus.WAIVED):
            return meet(h, before)
    if opens.when is not None and truth(h, opens.when, scope) is not True:
        return _bring_about(h, instance, opens.when)
    for moment in opens.at.values():
        start = begins(h.s, moments.resolve(h.s, moment, scope))
        if start is None:
            return False
        h.wait(start)
    return h.project.needs[instance.key].status is not NeedStatus.DORMANT


def _paper(h: Hands, instance: NeedInstance, need: Need) -> bool:
    """Hand in what is missing or too old, and have it approved where that counts."""
    artefact = h.world.method.artefacts[need.of]
    if h.locked.get(("paper", need.of)) == "none":
        return False
    scope = need_scope(h.s, instance)
    trial = need if need.status != "approved" else replace(need, status="submitted")
    version = artefacts.newest(h.project, need.of)
    if version is None or not needs.satisfied(h.s, instance, trial, scope).value:
        if not doing.submit(h, artefact):
            return False
        if not needs.satisfied(h.s, h.project.needs[instance.key], trial, scope).value:
            h.wait(h.now + A_DAY)  # what is newer than a day was handed in on a later one
            doing.submit(h, artefact)
    now = h.project.needs[instance.key]
    if needs.finding(h.s, now).is_open:
        return doing.approve(h, artefact)
    return True


def answered(h: Hands, name: str) -> bool:
    fact = h.world.method.facts.get(name)
    if fact is None:
        return False
    if fact.rule is not None or fact.chosen is not None:
        return False
    locked = h.locked.get(("fact", name))
    if locked == UNKNOWN:
        return False
    asking = [n for n in h.project.needs.values() if name in need_of(h.world.method, n).asks]
    need = asking[-1].key if asking else ""
    return doing.answer(h, name, locked or plain_answer(h.s, fact), need)
