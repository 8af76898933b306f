"""The one door of the core: a command on a project becomes events, or a refusal that explains.

Pure: no clock, no randomness, no file. Time is worked out up to `now` first, then the command is
judged as things stand, then what follows by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from innocities_engine.domain import (
    beginning,
    confirming,
    correcting,
    deciding,
    handing_in,
    handing_over,
    importing,
    judging,
    migrating,
    pausing,
    people,
    portfolio,
    raising,
    reminders,
    rounds,
    sharing,
    votes,
)
from innocities_engine.domain import (
    commands as k,
)
from innocities_engine.domain import (
    events as e,
)
from innocities_engine.domain.commands import Actor, Command, Inputs
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Fact, Methodology
from innocities_engine.domain.judgements import project_scope
from innocities_engine.domain.project import NeedStatus, Project
from innocities_engine.domain.refusing import refuse
from innocities_engine.domain.settle import advance, settle
from innocities_engine.domain.situation import need_of


def decide(
    method: Methodology,
    project: Project,
    command: Command,
    actor: Actor,
    now: datetime,
    inputs: Inputs,
) -> tuple[e.Event, ...]:
    """Return what happens; raises errors.Refused (blockers), Conflict or NotFound."""
    c = Cursor(method, project, inputs, now)
    advance(c, now)
    hear(c, command, actor)
    return tuple(c.events)


def hear(c: Cursor, command: Command, actor: Actor) -> None:
    """Judge a command at an instant up to which time is worked out, and what follows by itself."""
    obey(c, command, actor)
    settle(c)


def obey(c: Cursor, command: Command, actor: Actor) -> None:
    """Judge a command, and do that alone."""
    resting = votes.resting(c)
    _HANDLERS[type(command)](c, command, actor)
    votes.fall(c, resting)


def _start(c: Cursor, command: k.Start, actor: Actor) -> None:
    """Fill the roles, answer what is known, and enter the phases that open at the start."""
    if c.project.started_at is not None:
        refuse("wrong_state", command.project, state="started")
    beginning.begin(
        c,
        project=command.project,
        organisation=command.organisation,
        title=command.title,
        members=command.members,
        answers=command.answers,
        by=actor.person,
        origin=command.origin,
        inherited=command.inherited,
    )
    beginning.owners_filled(c)


def _assign(c: Cursor, command: k.Assign, actor: Actor) -> None:
    started(c)
    beginning.appoint(c, command.role, command.members)


def started(c: Cursor) -> None:
    if c.project.started_at is None:
        refuse("wrong_state", c.project.id, state="not started")


# ---------------------------------------------------------------- facts


def _answer(c: Cursor, command: k.AnswerFact, actor: Actor) -> None:
    started(c)
    fact = beginning.fact_of(c, command.fact)
    if fact.id in c.method.form_of:
        refuse("bad_value", fact.id, form=c.method.form_of[fact.id][0])
    _may_answer(c, fact, actor)
    c.emit(beginning.answered(c, fact, command.value, actor.person, _asking(c, command)))


def _asking(c: Cursor, command: k.AnswerFact) -> str:
    """The need instance a fact of a need belongs to: the one named, or the only one alive."""
    if command.fact not in c.method.asked_in_needs:
        return ""
    alive = [
        n
        for n in c.project.needs.values()
        if command.fact in need_of(c.method, n).asks
        and n.status in (NeedStatus.OPEN, NeedStatus.DORMANT)
        and command.need in ("", n.key, n.ref)
    ]
    if not alive:
        refuse("not_open", command.need or command.fact)
    if len(alive) > 1:
        refuse("bad_value", command.fact, expected=" | ".join(n.key for n in alive))
    return alive[0].key


def _may_answer(c: Cursor, fact: Fact, actor: Actor) -> None:
    s = c.situation
    scope = project_scope(s)
    allowed = (
        people.people_of(s, fact.by, scope)
        if fact.by is not None
        else people.acting(s, tuple(c.project.members))
    )
    if actor.person not in allowed:
        refuse("not_entitled", fact.id, *people.roles_asked(s, fact.by, scope))


def _comment(c: Cursor, command: k.Comment, actor: Actor) -> None:
    started(c)
    c.emit(e.Commented(at=c.now, by=actor.person, text=command.text))


def _tick(c: Cursor, command: k.Tick, actor: Actor) -> None:
    started(c)
    reminders.raise_due(c)


_HANDLERS: dict[type, Callable[[Cursor, Any, Actor], None]] = {
    k.Start: _start,
    k.Import: importing.take_in,
    k.StartFrom: portfolio.spawn,
    k.Share: sharing.share,
    k.Unshare: sharing.unshare,
    k.Adopt: sharing.adopt,
    k.NoteAdoption: sharing.note_adoption,
    k.Assign: _assign,
    k.Reassign: handing_over.reassign,
    k.AnswerFact: _answer,
    k.Submit: handing_in.submit,
    k.Approve: handing_in.approve,
    k.Return: handing_in.send_back,
    k.Withdraw: handing_in.withdraw,
    k.TickOff: handing_in.tick_off,
    k.Accept: confirming.accept,
    k.Waive: confirming.waive,
    k.Extend: handing_in.extend,
    k.Rate: judging.rate,
    k.Advise: judging.advise,
    k.DeclareConflict: judging.declare_conflict,
    k.Present: judging.present,
    k.TakeBack: judging.take_back,
    k.Decide: deciding.take,
    k.JoinRound: rounds.join,
    k.MissRound: rounds.miss,
    k.DecideInRound: deciding.take_in_round,
    k.Raise: raising.raise_gate,
    k.Resume: raising.resume,
    k.Correct: correcting.correct,
    k.Migrate: migrating.migrate,
    k.UndoMigration: migrating.undo,
    k.PauseMail: pausing.pause,
    k.ResumeMail: pausing.resume,
    k.Comment: _comment,
    k.Tick: _tick,
}
