"""How somebody in a project makes things true: answers facts, hands in papers, fills roles, waits.

It reads from the method what is asked and gives the commands that a person would give. Whether a
gate is then open is the engine's to say; this module only ever issues commands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeAlias

from innocities_engine.domain import (
    artefacts,
    judgements,
    moments,
    needs,
    people,
    predicates,
    values,
)
from innocities_engine.domain import commands as k
from innocities_engine.domain import grammar as g
from innocities_engine.domain.definition import Artefact, Fact, FactType, Need, NeedKind
from innocities_engine.domain.project import Content, NeedInstance, NeedStatus
from innocities_engine.domain.situation import Scope, need_of, need_scope
from innocities_engine.domain.whens import civil_day
from tests.builders import Walk, people_in

Raw: TypeAlias = bool | str
PAPER: Final = Content("0" * 64, "paper.pdf")
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Wishes:
    """What is left undone (needs, facts, criteria, advice, roles), and what is answered or judged
    otherwise than the simplest way."""

    left: frozenset[str] = frozenset()
    answers: Mapping[str, Raw] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)


PLAIN: Final = Wishes()


class Stuck(AssertionError):
    """Nobody can do what is asked."""


# ---------------------------------------------------------------- facts


def easy_answer(walk: Walk, fact: Fact) -> Raw:
    """The answer that asks for least."""
    match fact.type:
        case FactType.YES_NO:
            return False
        case FactType.NUMBER | FactType.PERCENT | FactType.MONEY:
            return "0"
        case FactType.DATE:
            return (walk.today - A_DAY).isoformat()
        case FactType.YEARLY_DATE:
            return "03-15"
        case FactType.DURATION:
            return fact.choices[0] if fact.choices else "1 month"
        case FactType.CHOICE | FactType.CHOICES:
            return fact.choices[-1]
    return "ja"


def answered(
    walk: Walk, fact_id: str, value: Raw | None, wishes: Wishes = PLAIN, need: str = ""
) -> Walk:
    """Answer a fact where it is asked: in the form of an artefact, or by whoever may say it."""
    fact = walk.method.facts[fact_id]
    forms = walk.method.form_of.get(fact_id, ())
    if forms and value is None:
        return handed_in(walk, forms[0], replace(wishes, left=wishes.left | {fact_id}))
    if forms and value is not None:
        answers = {**wishes.answers, fact_id: value}
        return handed_in(walk, forms[0], replace(wishes, answers=answers))
    by = people.people_of(walk.situation, fact.by, judgements.project_scope(walk.situation))
    if fact.by is None:
        by = tuple(p for members in walk.project.members.values() for p in members)
    if not by:
        raise Stuck(f"nobody may answer {fact_id}")
    return walk.do(k.AnswerFact(fact_id, value, need), by[0])


def known(walk: Walk, fact_id: str, wishes: Wishes, need: str = "") -> Walk:
    """Answer a fact as wished, else in the easiest way."""
    if fact_id in wishes.left:
        return walk
    fact = walk.method.facts[fact_id]
    if fact.rule is not None or fact.chosen is not None:
        for asked in sorted(facts_in(walk, fact.rule or fact.chosen)):
            if value_of(walk, asked) is None:
                return known(walk, asked, wishes)
        return walk
    value = wishes.answers.get(fact_id, easy_answer(walk, fact))
    return answered(walk, fact_id, value, wishes, need)


def value_of(walk: Walk, fact_id: str, instance: NeedInstance | None = None) -> values.Value | None:
    s = walk.situation
    scope = need_scope(s, instance) if instance else judgements.project_scope(s)
    return predicates.fact_value(s, fact_id, scope)


def facts_in(walk: Walk, rule: object) -> frozenset[str]:
    """The facts that somebody must answer before this rule can be judged."""
    match rule:
        case g.AllOf(of) | g.AnyOf(of) | g.NoneOf(of) | g.AtLeastOf(_, of):
            return frozenset().union(*(facts_in(walk, part) for part in of))
        case g.Choose(alternatives):
            return frozenset().union(*(facts_in(walk, a.when) for a in alternatives))
        case g.PassedTest(g.At(g.Anchor(g.AnchorKind.FACT, name))):
            return frozenset({name})
        case g.FactTest(fact_id):
            fact = walk.method.facts[fact_id]
            if fact.value is not None:
                return frozenset()
            inner = fact.rule or fact.chosen
            return facts_in(walk, inner) if inner is not None else frozenset({fact_id})
    return frozenset()


# ---------------------------------------------------------------- papers, people, acts


def submitted(walk: Walk, artefact: Artefact, form: Mapping[str, Raw]) -> Walk:
    by = people.people_of(walk.situation, artefact.by, judgements.project_scope(walk.situation))
    by = by or tuple(p for role in needs.leaders(walk.situation) for p in walk.members(role))
    if not by:
        raise Stuck(f"nobody may hand in {artefact.id}")
    return walk.do(k.Submit(artefact.id, PAPER, form), by[0])


def handed_in(walk: Walk, artefact_id: str, wishes: Wishes, *, approved: bool = False) -> Walk:
    """Hand in a version that answers its whole form, and have it approved where that counts."""
    if artefact_id in wishes.left:
        raise Stuck(f"{artefact_id} is left undone")
    artefact = walk.method.artefacts[artefact_id]
    version = artefacts.newest(walk.project, artefact_id)
    said: Mapping[str, Raw] = version.answers if version else {}
    form = {}
    for name in artefact.form:
        if name not in wishes.left:
            easy = easy_answer(walk, walk.method.facts[name])
            form[name] = wishes.answers.get(name, said.get(name, easy))
    walk = submitted(walk, artefact, form)
    return signed_off(walk, artefact_id) if approved else walk


def signed_off(walk: Walk, artefact_id: str) -> Walk:
    by = walk.method.artefacts[artefact_id].approves
    for person in people.people_of(walk.situation, by, judgements.project_scope(walk.situation)):
        walk = walk.do(k.Approve(artefact_id), person)
        version = artefacts.newest(walk.project, artefact_id)
        if version is not None and version.status == "approved":
            return walk
    raise Stuck(f"nobody approves {artefact_id}")


def filled(walk: Walk, role: str) -> Walk:
    return walk.do(k.Assign(role, people_in(walk.method.roles[role])), "starter")


def acted(walk: Walk, instance: NeedInstance) -> Walk:
    """Tick an act off, and have it confirmed where somebody must."""
    if instance.status is NeedStatus.OPEN:
        by = instance.member or owners_of(walk, instance)[0]
        walk = walk.do(k.TickOff(instance.key, member=instance.member), by)
    if walk.project.needs[instance.key].status is NeedStatus.HANDED_IN:
        decision = walk.project.decision_of(instance.decision or "")
        assert decision is not None
        for role in decision.roles:
            walk = walk.do(k.Accept(instance.key), walk.members(role)[0])
    return walk


def owners_of(walk: Walk, instance: NeedInstance) -> tuple[str, ...]:
    owners = needs.owners(walk.situation, instance)
    found = tuple(p for o in owners for p in (walk.members(o) if o in walk.method.roles else (o,)))
    if not found:
        raise Stuck(f"nobody owes {instance.key}")
    return found


def due_day(walk: Walk, instance: NeedInstance) -> date | None:
    return needs.due_day(walk.situation, instance)


def owing_roles(walk: Walk, instance: NeedInstance) -> tuple[str, ...]:
    return needs.owners(walk.situation, instance)


def leading_roles(walk: Walk) -> tuple[str, ...]:
    return needs.leaders(walk.situation)


# ---------------------------------------------------------------- making a rule true


def wanted(
    walk: Walk,
    rule: g.Predicate,
    wishes: Wishes,
    *,
    truth: bool = True,
    of: NeedInstance | None = None,
) -> Walk:
    """Make a rule true, or untrue, as far as the wishes leave room."""
    match rule:
        case g.NoneOf(parts):
            return wanted(walk, g.AnyOf(parts), wishes, truth=not truth, of=of)
        case g.AtLeastOf(n, parts):
            count = n if truth else len(parts) - n + 1
            return _all(walk, parts[:count], wishes, truth, of)
        case g.AllOf(parts) if truth:
            return _all(walk, parts, wishes, truth, of)
        case g.AnyOf(parts) if not truth:
            return _all(walk, parts, wishes, truth, of)
        case g.AllOf(parts) | g.AnyOf(parts):
            return _first(walk, parts, wishes, truth, of)
        case g.FactTest():
            return _fact(walk, rule, wishes, truth, of)
        case g.RoleTest(role):
            return filled(walk, role) if truth else walk.do(k.Assign(role, ()), "starter")
        case g.ArtefactTest(artefact) if truth:
            return handed_in(walk, artefact, wishes)
        case g.ProjectsTest() if truth:
            return _counted(walk, rule)
        case g.PassedTest(moment) if truth:
            return waited(walk, moment, wishes, of)
    raise Stuck(f"nobody can make {rule} {truth}")


def _counted(walk: Walk, rule: g.ProjectsTest) -> Walk:
    """Start as many projects as are counted, each of which has come so far."""
    from tests.methodology import children  # which knows how a project gets anywhere

    return children.started(walk, rule, rule.n)


def _all(
    walk: Walk, parts: Iterable[g.Predicate], wishes: Wishes, truth: bool, of: NeedInstance | None
) -> Walk:
    for part in parts:
        walk = wanted(walk, part, wishes, truth=truth, of=of)
    return walk


def _first(
    walk: Walk, parts: Iterable[g.Predicate], wishes: Wishes, truth: bool, of: NeedInstance | None
) -> Walk:
    """Make the first of several true that the wishes allow."""
    for part in parts:
        try:
            return wanted(walk, part, wishes, truth=truth, of=of)
        except Stuck:
            continue
    raise Stuck("the wishes leave no way")


def _fact(
    walk: Walk, test: g.FactTest, wishes: Wishes, truth: bool, of: NeedInstance | None
) -> Walk:
    fact = walk.method.facts[test.fact]
    if fact.rule is not None:
        assert isinstance(test.value, bool)
        return wanted(walk, fact.rule, wishes, truth=test.value is truth)
    if fact.chosen is not None:
        return _chosen(walk, fact.chosen, test, wishes, truth)
    need = of.key if of and test.fact in walk.method.asked_in_needs else ""
    if test.comparison is g.Comparison.KNOWN:
        if (test.value is True) is truth:
            return known(walk, test.fact, wishes, need)
        if value_of(walk, test.fact, of) is None:
            return walk
        raise Stuck(f"{test.fact} is answered")
    for raw in _candidates(walk, fact, test, wishes):
        if _holds(walk, fact, raw, test) is truth:
            return answered(walk, test.fact, raw, wishes, need)
    raise Stuck(f"no answer to {test.fact} serves")


def _holds(walk: Walk, fact: Fact, raw: Raw, test: g.FactTest) -> bool:
    value = values.typed(fact, raw)
    if isinstance(test.value, tuple):
        return any(value == values.typed(fact, v) for v in test.value)
    return values.compare(value, test.comparison, _right(walk, test))


def _right(walk: Walk, test: g.FactTest) -> values.Value:
    if isinstance(test.value, g.FactValue):
        found = value_of(walk, test.value.fact)
        if found is None:
            raise Stuck(f"{test.value.fact} is not known")
        return found
    assert not isinstance(test.value, tuple)
    return values.typed(walk.method.facts[test.fact], test.value)


def _candidates(walk: Walk, fact: Fact, test: g.FactTest, wishes: Wishes) -> Iterator[Raw]:
    """Answers worth trying: the wish alone if there is one, else those around the value asked."""
    if fact.id in wishes.left:
        return
    if fact.id in wishes.answers:
        yield wishes.answers[fact.id]
        return
    if fact.type is FactType.YES_NO:
        yield from (False, True)
    elif fact.choices:
        yield from reversed(fact.choices)
    else:
        right = _right(walk, test)
        if isinstance(right, Decimal):
            yield from (str(right + d) for d in (0, 1, -1))
        elif isinstance(right, date):
            yield from ((right + d * A_DAY).isoformat() for d in (0, 1, -1))


def _chosen(
    walk: Walk, choose: g.Choose[g.Operand], test: g.FactTest, wishes: Wishes, truth: bool
) -> Walk:
    """Answer so that this alternative is chosen; or, for `otherwise`, none of the others."""
    for alternative in choose.alternatives:
        if (alternative.use == test.value) is truth:
            try:
                return wanted(walk, alternative.when, wishes)
            except Stuck:
                continue
    if (choose.otherwise == test.value) is truth:
        return _all(walk, [a.when for a in choose.alternatives], wishes, False, None)
    raise Stuck(f"{test.fact} is never {test.value}")


# ---------------------------------------------------------------- waiting


def waited(walk: Walk, moment: g.Moment, wishes: Wishes, of: NeedInstance | None) -> Walk:
    """Do what the moment counts from, then let its day pass."""
    assert isinstance(moment, g.At)
    s = walk.situation
    scope = need_scope(s, of) if of else judgements.project_scope(s)
    if not moments.resolve(s, moment, scope).known:
        walk = _anchored(walk, moment.anchor, scope, wishes)
    when = moments.resolve(walk.situation, moment, scope)
    day = civil_day(walk.situation, when)
    if day is None:
        raise Stuck(f"nobody knows when {moment} is")
    return walk if day < walk.today else walk.on(day + A_DAY)


def _anchored(walk: Walk, anchor: g.Anchor, scope: Scope, wishes: Wishes) -> Walk:
    if anchor.kind is g.AnchorKind.FACT:
        return known(walk, anchor.name, wishes)
    if anchor.kind is g.AnchorKind.NEED and anchor.need is not None:
        instance = needs.find(walk.situation, anchor.need, scope)
        if instance is not None and anchor.need.key not in wishes.left:
            return met(walk, instance, wishes)
    raise Stuck(f"{anchor} cannot be brought about")


def met(walk: Walk, instance: NeedInstance, wishes: Wishes) -> Walk:
    """Do what one need asks, whoever owes it."""
    need = need_of(walk.method, instance)
    if need.done is not None:
        return wanted(walk, need.done, wishes, of=instance)
    match need.kind:
        case NeedKind.ARTEFACT:
            return handed_in(walk, need.of, wishes, approved=_must_be_approved(walk, need))
        case NeedKind.FACT:
            return known(walk, need.of, wishes, instance.key)
        case NeedKind.ROLE:
            return filled(walk, need.of)
        case NeedKind.ACT | NeedKind.WRITTEN:
            return acted(walk, instance)
    raise Stuck(f"{instance.key} is met by a decision")


def _must_be_approved(walk: Walk, need: Need) -> bool:
    if need.status == "approved":
        return True
    return need.status == "signed" and walk.method.artefacts[need.of].approves is not None
