"""Checks of whose voice counts: who decides, advises, judges and is told, and who steps aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from innocities_engine.domain import commands as k
from innocities_engine.domain.commands import Substitution
from innocities_engine.domain.notices import notices
from innocities_engine.domain.project import (
    Proposal,
    Recorded,
)
from tests.builders import Walk
from tests.methodology import readying, staging, wanting
from tests.methodology.checking import (
    assert_passes,
    assert_shut,
    check,
)
from tests.methodology.nearly import almost, ready_at
from tests.methodology.readying import decided, declared, names, passing, ready
from tests.methodology.staging import roles_in

A_DAY = timedelta(days=1)
Said = Mapping[str, Any] | None


def strangers(walk: Walk, *roles: str) -> Iterator[str]:
    """Somebody from every other role."""
    return (m[0] for role, m in walk.project.members.items() if role not in roles and m)


# ---------------------------------------------------------------- who decides


@check
def decided_by(
    method: str,
    gate: str,
    role: str = "",
    quorum: str = "one",
    each: Sequence[str] = (),
    any: Sequence[str] = (),  # noqa: A002 - the word of the inventory
    given: Said = None,
) -> None:
    """These voices take effect and no fewer; nobody else's count."""
    what = staging.given(method, given)
    walk = ready_at(method, gate, what)
    roles = (*each, *any) or (role,)
    for person in (p for r in roles for p in walk.members(r)):
        walk = declared(walk, gate, person)
    speaker = walk.members(roles[0])[0]
    offer = readying.proposal(walk, gate, passing(walk, gate).id, speaker, what.wishes())
    for person in strangers(walk, *roles):
        assert _codes(walk, gate, offer, person) == {"not_entitled"}, person
    if any:
        for one in roles:
            _takes_effect(walk, gate, offer, (walk.members(one)[0],))
    elif each:
        for order in (each, each[::-1]):
            _takes_effect(walk, gate, offer, [walk.members(r)[0] for r in order])
    else:
        seats = len(walk.members(role))
        voices = {"one": 1, "majority": seats // 2 + 1, "all": seats}[quorum]
        _takes_effect(walk, gate, offer, walk.members(role)[-voices:])
        _recorded(walk, gate, offer, role, voices)


def _codes(walk: Walk, gate: str, offer: Proposal, person: str) -> set[str]:
    return {b.code for b in readying.refused(walk, gate, offer, person)}


def _takes_effect(walk: Walk, gate: str, offer: Proposal, people: Sequence[str]) -> None:
    """Nothing is decided until the last of these voices."""
    key = walk.passage(gate).key
    for n, person in enumerate(people, start=1):
        walk = walk.do(k.Decide(gate, offer), person)
        decision = walk.project.decision_of(key)
        assert (decision is not None) is (n == len(people)), f"after {n} voices"
    assert decision is not None
    assert set(decision.by) == set(people)


def _recorded(walk: Walk, gate: str, offer: Proposal, role: str, voices: int) -> None:
    """Of a body somebody may write down the result, as the method says; both names stand there."""
    definition = walk.method.roles[role]
    if definition.kind != "body":
        return
    recorders = roles_in(definition.records) or {role}
    present = walk.members(role)[:voices]
    for other, members in walk.project.members.items():
        if members:
            note = Recorded(members[0], present, "12/26")
            refused = walk.refusal(k.Decide(gate, offer, recorded=note), members[0])
            assert {b.code for b in refused} == (
                set() if other in recorders else {"not_entitled"}
            ), other
    clerk = walk.members(min(recorders))[0]
    after = walk.do(k.Decide(gate, offer, recorded=Recorded(clerk, present, "12/26")), clerk)
    decision = after.project.decision_of(walk.passage(gate).key)
    assert decision is not None
    assert (decision.by, decision.recorded and decision.recorded.by) == (present, clerk)


@check
def advised_by(
    method: str,
    gate: str,
    advice: str,
    role: str,
    quorum: str,
    given: Said = None,
    after: str = "",
) -> None:
    """Shut without this advice, open with it, whatever it says; an earlier adviser comes first."""
    what = staging.given(method, given)
    voices = staging.method(method).gates[gate].advises
    later = {v.id for v in voices.values() if v.after == advice}
    walk = almost(method, gate, what, {advice, *later})
    if after:
        early = almost(method, gate, what, {advice, *later, after})
        refused = early.refusal(k.Advise(gate, advice, _says(walk, gate, advice)), f"{role}_1")
        assert names(refused) == {after}
    assert_shut(walk, gate, advice, {advice, *later})
    command = k.Advise(gate, advice, _says(walk, gate, advice, worst=True))
    for person in strangers(walk, role):
        assert {b.code for b in walk.refusal(command, person)} == {"not_entitled"}, person
    seats = len(walk.members(role))
    wanted = {"one": 1, "majority": seats // 2 + 1, "all": seats}[quorum]
    for n, person in enumerate(walk.members(role)[:wanted], start=1):
        walk = walk.do(command, person)
        assert (advice in names(walk.review(gate).blockers)) is (n < wanted)
    assert_passes(ready(walk, gate, what.wishes()), gate)


def _says(walk: Walk, gate: str, advice: str, *, worst: bool = False) -> str:
    voice = walk.method.gates[gate].advises[advice]
    scale = voice.scale or tuple(walk.method.gates[gate].outcomes)
    return scale[-1] if worst else scale[0]


@check
def criterion_blocks(
    method: str, gate: str, criterion: str, worst: str, by: str = "", given: Said = None
) -> None:
    """Shut while there is no verdict or one below the worst that passes; open from there on."""
    what = staging.given(method, given)
    scale = staging.method(method).gates[gate].criteria[criterion].scale
    left = {criterion}
    shut = almost(method, gate, what, left)
    assert_shut(shut, gate, criterion, left)
    accepted = scale if worst == "rated" else scale[: scale.index(worst) + 1]
    for value in scale:
        wishes = replace(what.wishes(), verdicts={criterion: value})
        judged = readying.rated(shut, gate, wishes)
        if value in accepted:
            assert names(judged.review(gate).blockers) == set(), value
        else:
            assert_shut(judged, gate, criterion, left)
    worst_that_passes = replace(what.wishes(), verdicts={criterion: accepted[-1]})
    assert_passes(readying.rated(shut, gate, worst_that_passes), gate)
    if by:
        _only_judged_by(shut, gate, criterion, by, scale[0])


def _only_judged_by(walk: Walk, gate: str, criterion: str, role: str, value: str) -> None:
    for other, members in walk.project.members.items():
        if members:
            person = members[0]
            judged = declared(walk, gate, person)
            refused = judged.refusal(k.Rate(gate, {criterion: value}), person)
            expected = set() if other == role else {"not_entitled"}
            assert {b.code for b in refused} == expected, person


@check
def told(method: str, gate: str, roles: Sequence[str]) -> None:
    """Whoever the gate tells hears of the decision, beside those who lead the project."""
    walk = staging.at(method, gate)
    before = ready_at(method, gate)
    back = "rework" if "rework" in walk.method.gates[gate].outcomes else "stop"
    for outcome in (back, passing(before, gate).id):
        after = decided(before, gate, outcome)
        found = notices(walk.method, before.project, after.project, after.happened, walk.inputs)
        heard = {n.role for n in found if n.kind == "decided"}
        assert heard - set(wanting.leading_roles(after)) == set(roles)


@check
def member_blocks(method: str, gate: str, role: str, need: str, given: Said = None) -> None:
    """Shut until a quorum has declared; whoever has not declared cannot vote."""
    what = staging.given(method, given)
    walk = almost(method, gate, what, {need})
    assert need in names(walk.review(gate).blockers)
    assert not readying.missing(walk, gate, what.wishes(need))
    offer_by = walk.members(role)[0]
    outcome = passing(walk, gate).id
    refused = readying.refused(walk, gate, Proposal(outcome), offer_by)
    assert {(b.code, b.params.get("needs")) for b in refused} == {("not_entitled", "declaration")}
    seats = walk.members(role)
    quorum = len(seats) // 2 + 1 if walk.method.roles[role].kind == "body" else 1
    others = {r for r in walk.project.members if r != role}
    for person in (p for r in others for p in walk.members(r)):
        walk = declared(walk, gate, person)
    for n, person in enumerate(seats[:quorum], start=1):
        assert need in names(walk.review(gate).blockers), f"open after {n - 1}"
        walk = declared(walk, gate, person)
    assert need not in names(walk.review(gate).blockers)
    silent = seats[quorum:]
    for person in silent:
        assert readying.refused(walk, gate, Proposal(outcome), person)
    assert_passes(ready(walk, gate, what.wishes()), gate, wishes=what.wishes())


@check
def conflict(method: str, gate: str, role: str, given: Said = None) -> None:
    """Whoever declares a conflict has no voice; whoever stands in for them has, in both names."""
    what = staging.given(method, given)
    walk = ready_at(method, gate, what)
    partial, *others = walk.members(role)
    for person in (partial, *others):
        walk = declared(walk, gate, person)
    offer = readying.proposal(walk, gate, passing(walk, gate).id, partial)
    alone = walk.do(k.DeclareConflict(gate, "my brother's firm"), partial)
    assert _codes(alone, gate, offer, partial) == {"not_entitled"}
    if others:
        _takes_effect(alone, gate, offer, others[: len(others) // 2 + 1])
    else:
        assert "quorum_impossible" in {b.code for b in alone.review(gate).blockers}
    _stood_in_for(alone, gate, offer, partial, others[: (len(others) + 1) // 2])


def _stood_in_for(
    walk: Walk, gate: str, offer: Proposal, partial: str, others: Sequence[str]
) -> None:
    """The substitute speaks from the seat of whoever has the conflict."""
    assert _codes(walk, gate, offer, "ersatt") == {"not_entitled"}
    stand_in = Substitution(partial, "ersatt", walk.today, walk.today)
    walk = replace(walk, inputs=replace(walk.inputs, substitutions=(stand_in,)))
    unrated = [b.subject for b in walk.review(gate).blockers if b.code == "criterion_unrated"]
    if unrated:
        walk = walk.do(k.Rate(gate, dict.fromkeys(unrated, "met")), "ersatt")
    _takes_effect(walk, gate, offer, ["ersatt", *others])
    walk = walk.do(k.Decide(gate, offer), "ersatt")
    spoken = [v.stands_in_for for v in walk.project.voices.values() if v.person == "ersatt"]
    assert spoken
    assert set(spoken) == {partial}
