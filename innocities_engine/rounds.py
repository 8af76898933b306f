"""Rounds: projects of one organisation that wait at the same gate are taken together, in one
transaction, in the order of their ids. How they are ranked and what may be chosen is left to the
domain; when a transaction begins and ends, to the attempts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias
from uuid import uuid4

from innocities_engine import attempts, errors
from innocities_engine.casework import Case, Receipt, Request
from innocities_engine.domain import codec, people, rounds
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.decide import decide
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Project, Proposal
from innocities_engine.domain.round_events import RoundOpened
from innocities_engine.domain.settle import advance
from innocities_engine.domain.situation import Situation, passage_scope
from innocities_engine.domain.taking import (
    PREFIX,
    Candidate,
    OpenRound,
    Ranking,
    RoundState,
    TakeRound,
    annulled,
    candidates,
    evolve_round,
    filled,
    gates_with_rounds,
    in_round,
    opens_on,
    planned,
    ranking,
    round_id,
    taken_event,
)
from innocities_engine.engine import Engine, View
from innocities_engine.store import projects, record, rights
from innocities_engine.store.transactions import Transaction, read, rehearsed

Asked: TypeAlias = OpenRound | TakeRound


@dataclass(frozen=True, slots=True)
class Waiting:
    """A project at the gate: what keeps it out of the round, and when its round opens."""

    candidate: Candidate
    kept_out: tuple[Blocker, ...]
    opens: date | None


@dataclass(frozen=True, slots=True)
class RoundView:
    """The rounds of a gate: the open one with those who are in it, and who waits for the next.

    `titles`: of every project that was ever in one of its rounds. `annulled`: by round, those whose
    decision in it does not stand.
    """

    method: str
    gate: str
    state: RoundState | None
    there: tuple[Candidate, ...]
    ranking: Ranking
    waiting: tuple[Waiting, ...]
    past: tuple[RoundState, ...]
    titles: Mapping[str, str]
    annulled: Mapping[str, tuple[str, ...]]


# ---------------------------------------------------------------- commands


def open_round(
    engine: Engine, organisation: str, command: OpenRound, actor: str,
    *, reason: str = "", idempotency_key: str = "", dry_run: bool = False,
) -> tuple[Receipt, ...]:  # fmt: skip
    """Open the round of a gate for every project that is ready and waits for it."""

    def work(connection: Transaction) -> tuple[Receipt, ...]:
        known = _states(connection, organisation, command.method, command.gate)
        ids = projects.following(connection, organisation, command.method)
        cases = _cases(engine, connection, organisation, ids, command.gate, actor, reason)
        _refuse_open(known, _candidates(cases.values(), command.gate))
        able = _able(cases, command.gate)
        if not able:
            raise errors.Refused((Blocker("round_empty", command.gate),))
        _refuse_strangers(connection, organisation, actor, able)
        state = round_id(command.method, command.gate, len(known) + 1)
        told: dict[str, k.JoinRound | k.MissRound] = {
            each.project: k.MissRound(command.gate, state)
            for each in _candidates(cases.values(), command.gate)
            if rounds.misses(each.s, each.passage)
        }
        told |= {each.project: k.JoinRound(command.gate, state) for each in able}
        receipts = _settled(engine, connection, cases, told, dry_run=dry_run)
        opened = RoundOpened(
            at=engine.clock(),
            round=state,
            method=command.method,
            gate=command.gate,
            n=len(known) + 1,
            passages={each.project: each.passage.key for each in able},
        )
        envelope = _envelope(cases[able[0].project], state, "OpenRound", reason)
        record.append(connection, envelope, [opened], 0)
        return receipts

    asked = _attempt(organisation, actor, command, reason, idempotency_key)
    return _carried_out(engine, asked, work, dry_run=dry_run)


def take_round(
    engine: Engine, organisation: str, command: TakeRound, actor: str,
    *, idempotency_key: str = "", dry_run: bool = False,
) -> tuple[Receipt, ...]:  # fmt: skip
    """Take the open round: decide on all of its projects, or give one's vote on all of them.

    1. All that is still in the round is gathered and ranked; another ranking is a conflict.
    2. The choice is judged by the ranking, each project's decision by its gate.
    3. With the quorum in every project all are decided, else the votes alone are kept.
    """
    if command.recorded:
        command = replace(command, recorded=replace(command.recorded, by=actor))

    def work(connection: Transaction) -> tuple[Receipt, ...]:
        state, cases = _open_one(engine, connection, organisation, command, actor)
        there = in_round(_candidates(cases.values(), state.gate), state)
        standing = ranking(there, filled(state, (case.project for case in cases.values())))
        if command.ranking and command.ranking != standing.digest:
            raise errors.Conflict
        if not there:
            _require_steering(connection, organisation, actor)
        plan = planned(state, there, standing, command)
        whole = all(_is_decided(cases[project], each) for project, each in plan.items())
        if whole:
            plan = {project: replace(each, concludes=True) for project, each in plan.items()}
        receipts = _settled(engine, connection, cases, plan, dry_run=dry_run)
        if whole:
            taken = taken_event(state, standing, command, plan, engine.clock())
            case = next(iter(cases.values()))
            envelope = _envelope(case, state.id, "TakeRound", command.reason)
            record.append(
                connection, envelope, [taken],
                record.last_number(connection, organisation, state.id),
            )  # fmt: skip
        return receipts

    asked = _attempt(organisation, actor, command, command.reason, idempotency_key)
    return _carried_out(engine, asked, work, dry_run=dry_run)


def _is_decided(case: Case, command: k.DecideInRound) -> bool:
    """Whether the project would be decided, were this voice the last that is missing."""
    with attempts.asked_of(case.request):
        happened = decide(
            case.method, case.project, replace(command, concludes=True), case.actor, case.now,
            case.inputs,
        )  # fmt: skip
    return any(isinstance(x, e.GateDecided) and x.decision.round for x in happened)


def _settled(
    engine: Engine, connection: Transaction, cases: Mapping[str, Case],
    commands: Mapping[str, k.JoinRound | k.MissRound] | Mapping[str, k.DecideInRound],
    *, dry_run: bool,
) -> tuple[Receipt, ...]:  # fmt: skip
    """Settle the cases in the order of their ids."""
    receipts = []
    for project in sorted(commands):
        case = cases[project]
        request = replace(case.request, command=commands[project])
        with attempts.asked_of(request):
            case = replace(case, request=request)
            receipts.append(engine.settle(connection, case, dry_run=dry_run, writes=True))
    return tuple(receipts)


def _attempt(
    organisation: str, actor: str, command: Asked, reason: str, key: str
) -> attempts.Attempt:
    name = type(command).__name__

    def content_hash() -> str:
        parts = json.dumps((organisation, actor, reason, name)).encode()
        return hashlib.sha256(parts + codec.dump(_as_asked(command))).hexdigest()

    stream = f"{PREFIX}{command.method}:{command.gate}"
    return attempts.Attempt(organisation, actor, name, content_hash, stream, key)


def _as_asked(command: Asked) -> Asked:
    if isinstance(command, TakeRound) and command.asked:
        return replace(command, taken={}, rest={})
    return command


def _carried_out(
    engine: Engine, asked: attempts.Attempt, work: attempts.Work, *, dry_run: bool
) -> tuple[Receipt, ...]:
    store = rehearsed(engine.store) if dry_run else engine.store
    return attempts.carry_out(store, asked, work, engine.clock, writes=True, remembered=not dry_run)


# ---------------------------------------------------------------- what it rests on


def _cases(
    engine: Engine, connection: Transaction, organisation: str, ids: Iterable[str], gate: str,
    actor: str, reason: str,
) -> dict[str, Case]:  # fmt: skip
    """Gather the projects as one who wants to decide on them finds them."""
    wanted = k.Decide(gate, Proposal(""))
    return {
        project: engine.case(connection, Request(organisation, project, actor, wanted, reason))
        for project in ids
    }


def _candidates(cases: Iterable[Case], gate: str) -> list[Candidate]:
    return candidates(map(_situation, cases), gate)


def _situation(case: Case | View) -> Situation:
    """The project now, with what time alone has brought about."""
    c = Cursor(case.method, case.project, case.inputs, case.now)
    advance(c, case.now)
    return c.situation


def _able(cases: Mapping[str, Case], gate: str) -> list[Candidate]:
    there = _candidates(cases.values(), gate)
    return [each for each in there if not rounds.kept_out(each.s, each.passage)]


def _states(
    connection: Transaction, organisation: str, method: str = "", gate: str = ""
) -> list[RoundState]:
    """The rounds of a gate, or all of them, oldest first."""
    prefix = f"{PREFIX}{method}:{gate}:" if method else PREFIX
    found = []
    for name in record.streams(connection, organisation, prefix):
        state = RoundState()
        for event in record.stream(connection, organisation, name):
            state = evolve_round(state, event)
        found.append(state)
    return found


def _refuse_open(known: Iterable[RoundState], there: Sequence[Candidate]) -> None:
    for state in known:
        if _is_open(state, there):
            raise errors.Refused((Blocker("round_open", state.gate, {"n": str(state.n)}),))


def _open_one(
    engine: Engine, connection: Transaction, organisation: str, command: TakeRound, actor: str
) -> tuple[RoundState, dict[str, Case]]:
    """The open round with its projects; one that was taken before gives way to a later one."""
    known = _states(connection, organisation, command.method, command.gate)
    if not known:
        raise errors.Refused((Blocker("no_round", command.gate),))
    for state in reversed(known):
        cases = _cases(
            engine, connection, organisation, sorted(state.passages), state.gate, actor,
            command.reason,
        )  # fmt: skip
        if _is_open(state, _candidates(cases.values(), state.gate)):
            return state, cases
    raise errors.RoundOver


def _refuse_strangers(
    connection: Transaction, organisation: str, actor: str, able: Sequence[Candidate]
) -> None:
    """A round is opened by whoever steers, or has a voice at the gate in one of its projects."""
    if not any(actor in _deciding(each, actor) for each in able):
        _require_steering(connection, organisation, actor)


def _deciding(each: Candidate, actor: str) -> tuple[str, ...]:
    scope = passage_scope(each.s, each.passage)
    who = people.asked(each.s, each.gate.decides.by, scope).who
    recording = people.recorded_by(each.s, who, actor, scope)
    return (*people.people_of(each.s, each.gate.decides.by, scope), *([actor] if recording else []))


def _require_steering(connection: Transaction, organisation: str, actor: str) -> None:
    held = projects.desk(connection, organisation, actor, "").rights
    rights.require(held, rights.STEERING, "A round")


def _envelope(case: Case, stream: str, command: str, reason: str) -> record.Envelope:
    return record.Envelope(
        organisation=case.request.organisation,
        project=stream,
        actor=case.request.actor,
        capacity=" ".join(sorted(case.actor.rights)),
        command=command,
        command_id=uuid4().hex,
        reason=reason,
        method_digest=case.method.digest,
        at=case.now,
    )


# ---------------------------------------------------------------- questions


def look(engine: Engine, organisation: str, person: str) -> list[RoundView]:
    """Show the rounds of an organisation, gate by gate: who is in them, and who waits."""
    with read(engine.store) as connection:
        desk = projects.desk(connection, organisation, person, "")
        if not desk.known:
            raise errors.NoOrganisation(organisation)
        rights.require(desk.rights, rights.SEEING_ALL, "To see rounds")
        states = _states(connection, organisation)
        ids = projects.following(connection, organisation)
        known = sorted({project for state in states for project in state.passages})
        ever = [project for _, project in projects.states(connection, organisation, known)]
    found = [engine.view(organisation, project, person) for project in ids]
    now = [_situation(view) for view in found if gates_with_rounds(view.method)]
    places = {(s.method.id, gate) for s in now for gate in gates_with_rounds(s.method)}
    places |= {(state.method, state.gate) for state in states}
    return [_view(place, now, states, ever) for place in sorted(places)]


def _view(
    place: tuple[str, str],
    situations: Sequence[Situation],
    states: Sequence[RoundState],
    ever: Sequence[Project],
) -> RoundView:
    method, gate = place
    there = candidates((s for s in situations if s.method.id == method), gate)
    known = [state for state in states if (state.method, state.gate) == place]
    state = next((each for each in reversed(known) if _is_open(each, there)), None)
    inside = in_round(there, state) if state else []
    past = tuple(each for each in known if each.taken is not None)
    return RoundView(
        method,
        gate,
        state,
        tuple(inside),
        ranking(inside, filled(state, ever) if state else 0),
        tuple(_waiting(_by_title(each for each in there if each not in inside))),
        past,
        {each.id: each.title for each in ever},
        {each.id: annulled(each, ever) for each in past},
    )


def _is_open(state: RoundState, there: Sequence[Candidate]) -> bool:
    """Not yet taken, or again because a decision taken in it was annulled."""
    return state.taken is None or bool(in_round(there, state))


def _by_title(there: Iterable[Candidate]) -> list[Candidate]:
    return sorted(there, key=lambda each: (each.s.project.title, each.project))


def _waiting(there: Iterable[Candidate]) -> Iterator[Waiting]:
    for each in there:
        yield Waiting(each, rounds.kept_out(each.s, each.passage), opens_on(each))
