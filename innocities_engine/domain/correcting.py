"""A decision recorded by mistake is annulled: the project stands again as it did before, and both
stay visible for ever. Refused where anything rests on the decision; another one then answers it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import regrouping, reminders, retelling, values
from innocities_engine.domain.commands import Actor, Inputs
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Ladder, Methodology
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.judging import gate_of
from innocities_engine.domain.migration import Migration
from innocities_engine.domain.project import Project
from innocities_engine.domain.refusing import refuse, refuse_all
from innocities_engine.domain.settle import advance
from innocities_engine.domain.situation import Situation


def correct(c: Cursor, command: k.Correct, actor: Actor) -> None:
    """Annul the last decision at a gate.

    1. The state before it takes its place, with what has been reminded of since and still is owed.
    2. What time alone has brought about since is worked out anew.
    """
    gate = gate_of(c, command.gate)
    annulled = command.annulled
    decision = next(
        (d for d in reversed(c.project.decisions) if d.passage.partition("#")[0] == gate.id), None
    )
    if annulled is None or decision is None:
        refuse("wrong_state", gate.id, state="not decided")
    if not command.reason.strip():
        refuse("bad_value", gate.id, expected="reason")
    refuse_all(tuple(Blocker("rests_on_it", gate.id, told) for told in done_since(annulled)))
    before, since = stands_again(c, c.method, c.inputs, annulled.before)
    c.emit(
        e.DecisionCorrected(
            at=c.now,
            passage=decision.passage,
            outcome=decision.proposal.outcome,
            decided_at=decision.at,
            by=actor.person,
            reason=command.reason,
            command=annulled.command,
            before=before,
        )
    )
    for event in since:
        c.emit(event)


def done_since(annulled: k.Annulled) -> tuple[dict[str, str], ...]:
    """What somebody has done since on its account, and has to undo first."""
    return tuple({"by": x.by, "at": x.at.isoformat(), "command": x.command} for x in annulled.rests)


def stands_again(
    c: Cursor, method: Methodology, inputs: Inputs, before: Project, move: Migration | None = None
) -> tuple[Project, tuple[e.Event, ...]]:
    """A state that takes its place again, with what has been reminded of since and still is owed;
    and what time alone has brought about since then. `move`: how things are called there.
    """
    refuse_all(_illegible(method, before))
    past = Cursor(method, before, inputs, c.now)
    advance(past, c.now)
    owed = [obligation.key for obligation in reminders.obligations(past.situation)]
    parts = ((key.partition("|"), at) for key, at in c.project.raised.items())
    told = {
        f"{key}|{rest}": at
        for (obligation, _, rest), at in parts
        for key in regrouping.meant(move.owed(obligation) if move else obligation, owed)
    }
    raised = {**told, **before.raised}
    if move is not None:
        there = replace(past.situation, project=replace(past.project, raised=raised))
        raised = retelling.told_already(_ladders(c.situation, move, owed), there, move.roles)
    return replace(before, raised=raised), tuple(past.events)


def _ladders(s: Situation, move: Migration, owed: Collection[str]) -> dict[str, Ladder]:
    """By which ladder somebody was reminded of what is owed, under the names of before."""
    return {
        key: each.ladder
        for each in reminders.obligations(s)
        for key in regrouping.meant(move.owed(each.key), owed)
    }


def _illegible(method: Methodology, before: Project) -> tuple[Blocker, ...]:
    """The answers that a version computes with and that were erased since."""
    given = [(fact, answer.value) for fact, answer in before.facts.items()]
    for instance in before.needs.values():
        given += [(fact, answer.value) for fact, answer in instance.answers.items()]
    for version in (version for held in before.versions.values() for version in held):
        given += version.answers.items()
    lost = {fact for fact, value in given if not values.is_legible(method.facts.get(fact), value)}
    params = {"version": method.version}
    return tuple(Blocker("rests_on_erased", fact, params) for fact in sorted(lost))
