"""No way past a shut gate: of every shipped method, whatever can be tried is tried, by everybody, in
every state up to a bound, and a witness with a plain reading of its own looks on.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from innocities_engine.domain import commands as k
from innocities_engine.domain import deciding, gates, judgements, people
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.decide import _HANDLERS
from tests.proofs.desk import Answer, Tally
from tests.proofs.exploring import begun, explore
from tests.proofs.witness import WayRound

METHODS = (
    "smartby-prosjekt",
    "smartby-havn",
    "smartby-energi",
    "innocities-sverige",
    "innocities-bolag",
    "innocities-hamn",
    "innocities-energi",
    "smartby-program",
)
FULL = bool(os.environ.get("INNOCITIES_FULL"))
# Each night all; on the way to landing the Norwegian base, Sweden and the programme: the others add
# deciders, papers and people to these.
BASES = ("smartby-prosjekt", "innocities-sverige", "smartby-program")
TRIED = METHODS if FULL else BASES
BOUND = 4 if FULL else 1


@pytest.mark.parametrize("name", TRIED)
def test_nothing_that_anybody_tries_gets_past_a_shut_gate(
    told: Callable[[str], None], name: str
) -> None:
    """The bound: of the states whose main track stands in the same phase or end, with the same
    gates open, held, or with the nearest gate shut, nearly ready, ready or voted on, the first few
    that are met; walked breadth first, by everything that was accepted and by whole courses of
    commands, until nothing new is met. In each state every kind of command is tried on everything it could be about, by a holder
    of every role, those who decide with the right to override, a stranger, an administrator and the
    system; of what is alike one is tried.
    """
    explored = explore(name, BOUND)
    told(figures(name, len(explored.kept), explored.tally))

    chosen = begun(name).method
    tally = explored.tally
    assert set(tally.passed) == set(chosen.gates)
    assert set(tally.shut) == set(chosen.gates)
    for answer in (Answer.ACCEPTED, Answer.RULE):
        assert tally.answers[answer] * 5 >= tally.answers.total()
    assert tally.answers[Answer.RIGHTS] > 0


def figures(name: str, states: int, tally: Tally) -> str:
    """What was tried under a method, in a line."""
    counts = ", ".join(f"{tally.answers[answer]} {answer}" for answer in Answer)
    return (
        f"no way past a shut gate, {name}: {states} states, at most {BOUND} of each place;"
        f" {len(tally.actors)} actors, {tally.answers.total()} commands: {counts};"
        f" {tally.passed.total()} decisions passed a gate and were checked a second time,"
        f" {tally.shut.total()} tried to pass a shut one"
    )


# ---------------------------------------------------------------- the proof can fail


def anybody_speaks(
    s: Any, who: Any, ballot: people.Ballot, person: str, value: str, recorded: Any = None
) -> tuple[Any, ...]:
    """As if whoever decides were the first of those who are asked to."""
    deciding_role = ballot.kind == "decision" and s.project.members[people.roles(who)[0]]
    return SPEAK(s, who, ballot, deciding_role[0] if deciding_role else person, value, recorded)


def whatever_was_said(s: Any, _: Any, ballot: people.Ballot) -> frozenset[str]:
    """As if one vote were a quorum."""
    return frozenset(v.value for v in people.voices_on(s, ballot))


def everything_carried(s: Any, outcome: Any, _: Any) -> frozenset[str]:
    """As if every outcome took every need and criterion along."""
    all_gates = s.method.gates.values()
    return frozenset(key for gate in all_gates for key in (*gate.needs, *gate.criteria))


def a_step_further(c: Any, command: k.Comment, actor: Actor) -> None:
    """As if a word said about a project moved it."""
    phases = list(c.method.phases)
    here = phases.index(c.project.tracks[c.method.main_root].phase)
    c.emit(e.PhaseEntered(at=c.now, track=c.method.main_root, phase=phases[here + 1], entry=1))


SPEAK = judgements.speak
FAULTS: dict[str, tuple[object, str, Any, str]] = {
    "needs are not looked at": (gates, "_needs", lambda *_: iter(()), "need "),
    "criteria are not looked at": (gates, "_criteria", lambda *_: [], "criterion "),
    "the Review is not looked at": (deciding, "_allowed", lambda *_: (), "need "),
    "one vote is enough": (people, "agreed", whatever_was_said, "too few voices"),
    "any voice counts": (judgements, "speak", anybody_speaks, "spoke as"),
    "everything is carried over": (gates, "carried_over", everything_carried, "criterion "),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_guard_that_is_dropped_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, broken, words = FAULTS[fault]
    monkeypatch.setattr(place, name, broken)
    with pytest.raises(WayRound, match=words):
        explore("smartby-prosjekt", 1)


def test_a_command_that_moves_a_project_by_itself_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(_HANDLERS, k.Comment, a_step_further)
    with pytest.raises(WayRound, match="PhaseEntered"):
        explore("smartby-prosjekt", 1)
