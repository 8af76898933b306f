"""A decision recorded by mistake is annulled: the project stands again as it did before, and both
stay visible for ever. Refused where anything rests on the decision; another one then answers it.
"""

from __future__ import annotations

from dataclasses import replace

from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import reminders
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.judging import gate_of
from innocities_engine.domain.refusing import refuse, refuse_all
from innocities_engine.domain.settle import advance


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
    refuse_all(tuple(
        Blocker("rests_on_it", gate.id, {"by": x.by, "at": x.at.isoformat(), "command": x.command})
        for x in annulled.rests
    ))  # fmt: skip
    past = Cursor(c.method, annulled.before, c.inputs, c.now)
    advance(past, c.now)
    owed = {obligation.key for obligation in reminders.obligations(past.situation)}
    told = {key: at for key, at in c.project.raised.items() if key.partition("|")[0] in owed}
    c.emit(
        e.DecisionCorrected(
            at=c.now,
            passage=decision.passage,
            outcome=decision.proposal.outcome,
            decided_at=decision.at,
            by=actor.person,
            reason=command.reason,
            command=annulled.command,
            before=replace(annulled.before, raised={**annulled.before.raised, **told}),
        )
    )
    for event in past.events:
        c.emit(event)
