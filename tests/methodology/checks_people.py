"""Checks of the people in a project: what their roles let them do, and the parties of the helix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import combinations
from typing import Any

from innocities_engine.domain import commands as k
from innocities_engine.domain import grammar as g
from innocities_engine.domain import moments, people
from innocities_engine.domain.definition import Voice
from innocities_engine.domain.judgements import project_scope
from innocities_engine.domain.project import Proposal
from tests.builders import Walk
from tests.methodology import readying, staging, wanting
from tests.methodology.checking import assert_passes, assert_shut, check
from tests.methodology.inventory import rows_of
from tests.methodology.nearly import almost, ready_at
from tests.methodology.readying import ready
from tests.methodology.staging import Given, roles_in
from tests.methodology.wanting import PAPER

A_DAY = timedelta(days=1)
Said = Mapping[str, Any] | None


# ---------------------------------------------------------------- people


@check
def role(method: str, role: str, is_: str, seats: int = 1, meets: str = "") -> None:
    """Whoever is assigned acts in the role, and whoever held it no longer does."""
    walk = staging.at(method, staging.first_gate(method))
    definition = walk.method.roles[role]
    assert definition.kind == is_
    for n in range(1, seats + 1):
        some = walk.do(k.Assign(role, tuple(f"new_{i}" for i in range(n))), "starter")
        assert people.is_filled(some.situation, role) is (n == seats)
    _acts(walk, role, seats)
    if meets:
        _meets(walk, role, meets)


def _acts(walk: Walk, role: str, seats: int) -> None:
    """The newly assigned may do what the role is there for, and those before them may not."""
    old, new = walk.members(role)[0], tuple(f"new_{i}" for i in range(seats))
    there, command = _duty(walk, role)
    after = there.do(k.Assign(role, new), "starter")
    if command is None:
        return
    assert {b.code for b in after.refusal(command, old)} == {"not_entitled"}
    blockers = after.refusal(command, new[0])
    assert all(b.code != "not_entitled" or b.params.get("needs") == "declaration" for b in blockers)


def _duty(walk: Walk, role: str) -> tuple[Walk, k.Command | None]:
    """Something the role does, where it does it; None where it is only told of a decision."""
    method = walk.method
    for artefact in method.artefacts.values():
        if role in roles_in(artefact.by):
            return walk, k.Submit(artefact.id, PAPER)
    for fact in method.facts.values():
        if role in roles_in(fact.by) and fact.id not in method.form_of:
            return walk, k.AnswerFact(fact.id, wanting.easy_answer(walk, fact))
    for gate in method.gates.values():
        first = next(iter(gate.outcomes))
        for when, who in staging.ways_to_decide(gate):
            if role in who:
                what = staging.such_that(method.id, gate.id, when)
                command = k.Decide(gate.id, Proposal(first))
                return staging.placed(method.id, gate.id, what), command
        for voice in gate.advises.values():
            if role in roles_in(voice.by):
                there = _asked_for_advice(method.id, gate.id, voice)
                return there, k.Advise(gate.id, voice.id, first)
        if role in gate.tells:
            return staging.at(method.id, gate.id), None
    raise AssertionError(f"{role} has nothing to do")


def _asked_for_advice(name: str, gate: str, voice: Voice) -> Walk:
    walk = staging.placed(name, gate, staging.such_that(name, gate, voice.when))
    return readying.advised(walk, gate, voice.after) if voice.after else walk


def _meets(walk: Walk, role: str, meets: str) -> None:
    """Its sessions are those of its own calendar, and the next one counts."""
    days = [walk.today + n * A_DAY for n in (10, 40)]
    when = g.At(g.Anchor(g.AnchorKind.MEETING_OF, role))
    for fixed, first in ((days, days[0]), (days[1:], days[1])):
        there = walk.meeting({meets: fixed, "another calendar": [walk.today]})
        assert moments.resolve(there.situation, when, project_scope(there.situation)).day == first
    nowhere = walk.meeting({"another calendar": days})
    scope = project_scope(nowhere.situation)
    assert not moments.resolve(nowhere.situation, when, scope).known


@check
def owners(method: str, role: str, artefacts: Sequence[str], given: Said = None) -> None:
    """Whoever holds the role hands these in; so do other owners and the leader, and nobody else."""
    walk = staging.placed(method, staging.first_gate(method), staging.given(method, given))
    leaders = set(wanting.leading_roles(walk))
    for artefact in artefacts:
        owned = set() if given else _owners_by_the_rows(method, artefact)
        for other, members in walk.project.members.items():
            if members:
                refused = walk.refusal(k.Submit(artefact, PAPER), members[0])
                allowed = other in {role, *owned, *leaders}
                assert {b.code for b in refused} == (set() if allowed else {"not_entitled"}), other


def _owners_by_the_rows(method: str, artefact: str) -> set[str]:
    """Who else owns it, according to other rows or, where they are silent, to the method."""
    said = {
        row.check["role"]
        for row in rows_of(method)
        if row.kind == "owners" and artefact in row.check["artefacts"]
    }
    by = staging.method(method).artefacts[artefact].by
    return said | (set(roles_in(by)) if isinstance(by, g.AnyWho) else set())


@check
def no_voice(method: str, role: str) -> None:
    """It decides, rates and approves nothing: not by the method, and not by command."""
    chosen = staging.method(method)
    for gate in chosen.gates.values():
        judges = [gate.rates.by] if gate.rates else []
        judges += [c.by for c in gate.criteria.values() if c.by]
        assert not any(role in roles_in(who) for who in (gate.decides.by, *judges)), gate.id
    assert not any(role in roles_in(a.approves) for a in chosen.artefacts.values())
    walk = staging.at(method, staging.first_gate(method))
    member = walk.members(role)[0]
    first = staging.first_gate(method)
    ready_walk = ready_at(method, first)
    offer = readying.proposal(ready_walk, first, "go", readying.deciders(ready_walk, first)[0])
    commands: list[k.Command] = [k.Decide(first, offer), *_ratings(ready_walk, first)]
    for command in commands:
        assert {b.code for b in ready_walk.refusal(command, member)} == {"not_entitled"}


def _ratings(walk: Walk, gate: str) -> list[k.Rate]:
    return [k.Rate(gate, {c.id: c.scale[0]}) for c in walk.method.gates[gate].criteria.values()]


# ---------------------------------------------------------------- parties


def parties(walk: Walk) -> list[str]:
    return [role.id for role in walk.method.roles.values() if role.kind == "party"]


def with_parties(walk: Walk, *present: str) -> Walk:
    """These parties take part, and no others."""
    for party in parties(walk):
        walk = walk.do(k.Assign(party, ()), "starter")
    for party in present:
        walk = wanting.filled(walk, party)
    return walk


@check
def parties_block(method: str, gate: str, need: str, at_least: int, of: Sequence[str]) -> None:
    """Shut with fewer parties, open with so many, whichever they are."""
    walk = staging.at(method, gate)
    assert sorted(of) == sorted(parties(walk))
    almost = ready(with_parties(walk), gate, wanting.Wishes(frozenset({need})))
    for few in combinations(of, at_least - 1):
        assert_shut(with_parties(almost, *few), gate, need, {need})
    for enough in combinations(of, at_least):
        assert_passes(with_parties(almost, *enough), gate)


@check
def sectors_block(
    method: str,
    gate: str,
    need: str,
    shut: Sequence[str],
    open: Sequence[str],  # noqa: A002 - the word of the inventory
) -> None:
    """Sectors are counted, not parties."""
    walk = staging.at(method, gate)
    almost = ready(with_parties(walk), gate, wanting.Wishes(frozenset({need})))
    assert_shut(with_parties(almost, *shut), gate, need, {need})
    assert_passes(with_parties(almost, *open), gate)


@check
def party(method: str, role: str, sector: str) -> None:
    """May be left empty; with a party of another sector it is enough, alone it is not."""
    walk = with_parties(almost(method, "G1", Given(), {"to_sektorer"}))
    definition = walk.method.roles[role]
    assert (definition.kind, definition.sector) == ("party", sector)
    others = [walk.method.roles[p] for p in parties(walk) if p != role]
    for other in others:
        together = with_parties(walk, role, other.id)
        if other.sector == sector:
            assert_shut(together, "G1", "to_sektorer", {"to_sektorer"})
        else:
            assert_passes(together, "G1")
    assert_shut(with_parties(walk, role), "G1", "to_sektorer", {"to_sektorer"})
    elsewhere = {o.sector: o.id for o in others if o.sector != sector}
    assert_passes(with_parties(walk, *list(elsewhere.values())[:2]), "G1")
