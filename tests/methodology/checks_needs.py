"""Checks of what a gate needs: shut without it, open with it, all else being in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from innocities_engine.domain import commands as k
from innocities_engine.domain import grammar as g
from innocities_engine.domain.definition import Methodology, Need, NeedKind
from innocities_engine.domain.project import NeedStatus
from tests.builders import Walk
from tests.methodology import readying, staging, wanting
from tests.methodology.checking import (
    assert_passes,
    assert_shut,
    but,
    check,
    held_back,
    left_by,
    need_named,
    values_of,
)
from tests.methodology.nearly import almost, ready_at
from tests.methodology.readying import names, passing, ready
from tests.methodology.staging import Given

A_DAY = timedelta(days=1)
Said = Mapping[str, Any] | None


@check
def need_blocks(
    method: str,
    gate: str,
    need: str,
    waived_by: str = "",
    form_of: str = "",
    given: Said = None,
    outcome: str = "",
) -> None:
    """Shut without it, open with it; where a form asks several things, shut without each."""
    what = staging.given(method, given)
    chosen = staging.method(method)
    definition = need_named(chosen, chosen.gates[gate], need)
    left = held_back(chosen, chosen.gates[gate], definition)
    if definition.kind is NeedKind.ROLE:
        walk = untouched(staging.placed(method, gate, what), definition)
        shut = ready(walk, gate, what.wishes(*left), outcome)
    else:
        shut = almost(method, gate, what, left, outcome)
    assert_shut(shut, gate, need, left, outcome)
    assert_passes(ready(shut, gate, what.wishes(), outcome), gate, outcome)
    if form_of:
        _each_answer_of_the_form(chosen, gate, definition, form_of, what)
    if waived_by:
        _waived(shut, gate, need, waived_by)


def untouched(walk: Walk, need: Need) -> Walk:
    """As it was before anybody met the need: a role that it asks for is vacant."""
    return walk.do(k.Assign(need.of, ()), "starter") if need.kind is NeedKind.ROLE else walk


def _each_answer_of_the_form(
    chosen: Methodology, gate: str, need: Need, artefact: str, what: Given
) -> None:
    asked = chosen.gates[gate]
    facts = held_back(chosen, asked, need) & set(chosen.artefacts[artefact].form)
    assert facts, f"{artefact} does not ask what {need.id} needs"
    for fact in facts:
        left = left_by(chosen, asked, fact)
        shut = almost(chosen.id, gate, what, left)
        assert_shut(shut, gate, need.id, left)
        assert_passes(wanting.handed_in(shut, artefact, what.wishes()), gate)


def _waived(shut: Walk, gate: str, need: str, role: str) -> None:
    """Whoever the method names may exempt the project, with a reason; nobody else may."""
    name = f"{gate}/{need}"
    for other, members in shut.project.members.items():
        refused = {b.code for b in shut.refusal(k.Waive(name, "not needed"), members[0])}
        assert refused == (set() if other == role else {"not_entitled"})
    allowed = shut.members(role)[0]
    assert shut.refusal(k.Waive(name, " "), allowed)
    waived = shut.do(k.Waive(name, "no personal data"), allowed)
    assert_passes(waived, gate)
    key = next(n.key for n in waived.project.needs.values() if n.ref == name)
    assert waived.project.needs[key].status is NeedStatus.WAIVED


@check
def need_recommended(method: str, gate: str, need: str, given: Said = None) -> None:
    """Shown, and open without it; no longer shown once it is there."""
    what = staging.given(method, given)
    walk = staging.placed(method, gate, what)
    definition = need_named(walk.method, walk.method.gates[gate], need)
    walk = ready(untouched(walk, definition), gate, what.wishes())
    assert need in names(walk.review(gate).warnings)
    assert_passes(walk, gate)
    instance = next(
        n for n in walk.project.needs.values() if n.ref == definition.ref and n.status == "open"
    )
    done = wanting.met(walk, instance, what.wishes())
    assert need not in names(done.review(gate).warnings)


@check
def need_conditional(
    method: str,
    gate: str,
    need: str,
    otherwise: str,
    value: Any = True,
    fact: str = "",
    given: Said = None,
    holds: Said = None,
    fails: Said = None,
) -> None:
    """Required when it is so; otherwise recommended or absent; while unknown, asked first."""
    so = staging.given(method, {**(given or {}), **(holds or {fact: value})})
    not_so = staging.given(method, {**(given or {}), **(fails or {fact: value is not True})})
    chosen = staging.method(method)
    asked = chosen.gates[gate]
    left = held_back(chosen, asked, need_named(chosen, asked, need)) - {fact}
    shut = almost(method, gate, so, left)
    assert_shut(shut, gate, need, left)
    assert_passes(ready(shut, gate, so.wishes()), gate)
    if fact:
        _asked_first(method, gate, fact, left, given)
    _not_so(method, gate, need, replace(not_so, empty=so.filled), otherwise)


def _asked_first(method: str, gate: str, fact: str, held: frozenset[str], given: Said) -> None:
    """While nobody has said whether it is so, that is what holds the gate shut."""
    what = staging.given(method, given)
    rule = g.FactTest(fact, g.Comparison.KNOWN, value=True)
    unsaid = sorted(wanting.facts_in(staging.at(method, gate), rule) - what.facts.keys())
    assert any(_is_asked(method, gate, unknown, held, what) for unknown in unsaid)


def _is_asked(method: str, gate: str, unknown: str, held: frozenset[str], what: Given) -> bool:
    """Asked first, or answered as a need of its own."""
    asked = staging.method(method).gates[gate]
    left = left_by(staging.method(method), asked, unknown) | held
    walk = retracted(almost(method, gate, what, left), unknown, what)
    silent = ready(walk, gate, what.wishes(*left))
    told = {b.code for b in silent.review(gate).blockers if readying.name_of(b) == unknown}
    return "answer_first" in told or (unknown in asked.needs and "need_open" in told)


def _not_so(method: str, gate: str, need: str, what: Given, otherwise: str) -> None:
    walk = ready_at(method, gate, what)
    review = walk.review(gate)
    assert need not in names(review.blockers)
    assert (need in names(review.warnings)) is {"recommended": True, "absent": False}[otherwise]
    assert_passes(walk, gate)


def retracted(walk: Walk, fact: str, what: Given) -> Walk:
    """Take back what was said, if anything was."""
    if wanting.value_of(walk, fact) is None:
        return walk
    return wanting.answered(walk, fact, None, what.wishes())


@check
def need_at_instance(method: str, gate: str, need: str, instances: Mapping[str, str]) -> None:
    """Required, or absent, each time the gate comes again."""
    walk = staging.at(method, gate)
    for n, state in sorted(instances.items()):
        walk = readying.arrived(walk, gate)
        assert walk.passage(gate).n == int(n)
        left = left_by(walk.method, walk.method.gates[gate], need)
        almost = ready(walk, gate, wanting.Wishes(left=left))
        review = almost.review(gate)
        assert (need in names(review.blockers)) is {"required": True, "absent": False}[state]
        assert state == "required" or need not in names(review.warnings)
        walk = assert_passes(ready(almost, gate), gate)


@check
def facts_block(
    method: str,
    gate: str,
    need: str,
    shut: Sequence[Mapping[str, Any]],
    open: Any,  # noqa: A002 - the word of the inventory
    given: Said = None,
) -> None:
    """Shut with each of these answers, open with those."""
    what = staging.given(method, given)
    walk = _after_all(staging.placed(method, gate, what), what, [*shut, *values_of(open)])
    left = left_by(walk.method, walk.method.gates[gate], need)
    for answers in shut:
        wishes = wanting.Wishes(left, {**what.facts, **staging.all_raw(answers)})
        almost = staging.said(walk, wishes.answers)
        almost = _handed_in_for(ready(almost, gate, wishes), need, gate, wishes)
        assert_shut(almost, gate, need, left)
    for answers in values_of(open):
        wishes = wanting.Wishes(answers={**what.facts, **staging.all_raw(answers)})
        almost = ready(staging.said(walk, wishes.answers), gate, but(wishes, left))
        assert_passes(_handed_in_for(almost, need, gate, wishes), gate)


def _after_all(walk: Walk, what: Given, answers: Sequence[Mapping[str, Any]]) -> Walk:
    """Go on until every day that is answered is over: a day to come would shut the gate itself."""
    days = [v for a in answers for v in a.values() if isinstance(v, date)]
    dates = [f for f in what.facts if walk.method.facts[f].type == "date"]
    days += [date.fromisoformat(str(what.facts[f])) for f in dates]
    return walk.on(max(days) + A_DAY) if days else walk


def _handed_in_for(walk: Walk, need: str, gate: str, wishes: wanting.Wishes) -> Walk:
    """Say in their forms, or directly, the facts that the need looks at."""
    definition = need_named(walk.method, walk.method.gates[gate], need)
    assert definition.done is not None
    for fact in sorted(wanting.facts_in(walk, definition.done) & wishes.answers.keys()):
        walk = wanting.answered(walk, fact, wishes.answers[fact], wishes)
    return walk


@check
def passed_blocks(method: str, gate: str, need: str, fact: str, given: Said = None) -> None:
    """Shut until the day in the fact is over."""
    what = staging.given(method, given)
    left = left_by(staging.method(method), staging.method(method).gates[gate], need)
    shut = almost(method, gate, what, left)
    for days in (0, 1):
        day = (shut.today + days * A_DAY).isoformat()
        told = wanting.answered(shut, fact, day, what.wishes())
        assert_shut(told, gate, need, left)
        later = told.on(shut.today + (days + 1) * A_DAY)
        assert_passes(later, gate)


# ---------------------------------------------------------------- facts asked first


@check
def answer_first(method: str, gate: str, fact: str, given: Said = None) -> None:
    """Shut, and asks the fact, while it is unknown; answered, the gate can be passed."""
    what = staging.given(method, given)
    left = left_by(staging.method(method), staging.method(method).gates[gate], fact)
    walk = retracted(almost(method, gate, what, left), fact, what)
    walk = ready(walk, gate, what.wishes(*left))
    review = walk.review(gate, passing(walk, gate).id)
    assert ("answer_first", fact) in {(b.code, b.subject) for b in review.blockers}
    assert_shut(walk, gate, fact, left)
    assert_passes(ready(walk, gate, what.wishes()), gate)
