"""Decide one command: gather what its rules read, let the domain decide, and write down
everything that follows.  When a transaction begins and ends, and what a refusal leads to, is left
to the engine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from innocities_engine import annulling, errors
from innocities_engine.domain import codec, mentions, needs
from innocities_engine.domain import people as people_in_roles
from innocities_engine.domain.commands import (
    SYSTEM,
    Actor,
    Adopt,
    Assign,
    Command,
    Correct,
    Decide,
    DecideInRound,
    Import,
    Inputs,
    Reassign,
    Start,
    StartFrom,
    UndoMigration,
)
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.events import Event, RoleFilled
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.notices import Notice, notices
from innocities_engine.domain.project import Project
from innocities_engine.domain.situation import Situation
from innocities_engine.readings import columns
from innocities_engine.store import (
    files,
    incidents,
    outbox,
    people,
    projects,
    record,
    rights,
    sharing,
    succession,
)
from innocities_engine.store.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for what."""

    organisation: str
    project: str
    actor: str
    command: Command
    reason: str = ""

    @property
    def content_hash(self) -> str:
        """Equal for what is asked twice in the same words."""
        parts = (self.organisation, self.project, self.actor, self.reason, self.name)
        return hashlib.sha256(json.dumps(parts).encode() + codec.dump(self._words)).hexdigest()

    @property
    def _words(self) -> Command:
        """What was said; at which asking a decision was aimed is read anew with each try."""
        command = self.command
        return replace(command, asking_key="") if isinstance(command, Decide) else command

    @property
    def name(self) -> str:
        return type(self.command).__name__


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and everything that its decision rests on."""

    request: Request
    actor: Actor
    method: Methodology
    project: Project
    sequence: int
    inputs: Inputs
    now: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command has done. `repeated`: it had been done before, under the same key."""

    project: str
    sequence: int
    events: tuple[Event, ...]
    command_id: str = ""
    repeated: bool = False


def authorised(request: Request, held: frozenset[str], s: Situation) -> Actor:
    """Let somebody act within their rights, or refuse."""
    if request.actor == SYSTEM.person:
        return SYSTEM
    here = rights_in(held, request.actor, s.method, s.project)
    if isinstance(request.command, rights.OF_THE_WHOLE):
        rights.require(held, rights.required(request.command), f"The command {request.name}")
    elif not _is_asked_to(request, held, s):
        rights.require(here, rights.required(request.command), f"The command {request.name}")
        if _gives_a_voice(request.command, s):
            rights.require_to_seat(held)
    return Actor(request.actor, here)


def _gives_a_voice(command: Command, s: Situation) -> bool:
    """Whoever leads a project works on it, and does not choose those who judge the work."""
    match command:
        case Assign(role=role):
            return role in mentions.with_a_voice(s.method)
        case Reassign():
            held = people_in_roles.by_role(s.project.members, command.person)
            return not mentions.with_a_voice(s.method).isdisjoint(held)
    return False


def _is_asked_to(request: Request, held: frozenset[str], s: Situation) -> bool:
    """Whoever is asked to see that a role is filled may fill it, without managing the project."""
    command = request.command
    if not isinstance(command, Assign) or not held & rights.DAILY or not s.project.started_at:
        return False
    return request.actor in people_in_roles.acting(s, needs.filling(s, command.role))


def rights_in(
    held: frozenset[str], person: str, method: Methodology, project: Project
) -> frozenset[str]:
    """Tell the rights of a person in one project: whoever leads it manages it, whoever rules may
    override a shut gate.
    """
    leading = (role.id for role in method.roles.values() if role.leads)
    leads = any(person in project.members.get(role, ()) for role in leading)
    managing = {"manager"} if leads and held & rights.DAILY else set()
    overriding = {"override"} if held & rights.RULING else set()
    return held | managing | overriding


def may_see(held: frozenset[str], person: str, project: Project) -> bool:
    """Tell whether somebody may know of a project; partners only of those they take part in."""
    takes_part = any(person in members for members in project.members.values())
    return bool(held & rights.SEEING_ALL) or ("external" in held and takes_part)


def settle(connection: Transaction, case: Case, *, writes: bool) -> Receipt:
    """Decide a case; unless nothing is to be written, write down all that follows.

    1. The domain decides, or refuses.
    2. Events are appended, the state they lead to replaces the one they were decided on.
    3. What is to be told is planned, and when to look again.
    """
    _refuse_strangers(connection, case)
    case = _informed(connection, case)
    request = case.request
    events = decide(case.method, case.project, request.command, case.actor, case.now, case.inputs)
    receipt = Receipt(request.project, case.sequence + len(events), tuple(events), uuid4().hex)
    if writes:
        _write(connection, case, receipt)
    return receipt


def _informed(connection: Transaction, case: Case) -> Case:
    """Let a correction know what the record says of the decision it annuls."""
    request, command = case.request, case.request.command
    if not isinstance(command, Correct):
        return case
    found = annulling.found(connection, request.organisation, request.project, command.gate)
    return replace(case, request=replace(request, command=replace(command, annulled=found)))


def _refuse_strangers(connection: Transaction, case: Case) -> None:
    """Nobody is given anything to do whom nobody knows, or who has left."""
    request = case.request
    named = set(_named(request.command))
    strangers = people.unknown(connection, request.organisation, named) if named else set()
    if strangers:
        raise people.unknown_person(*sorted(strangers))
    gone = sorted((named | set(_owning(request.command))) & case.inputs.inactive)
    if gone:
        raise errors.Refused(tuple(Blocker("has_left", person) for person in gone))


def _named(command: Command) -> Iterable[str]:
    match command:
        case Start(members=roles) | StartFrom(members=roles) | Adopt(members=roles):
            return (person for members in roles.values() for person in members)
        case Import(members=roles, decided=decided):
            held = (person for members in roles.values() for person in members)
            return (*held, *(person for each in decided for person in each.by))
        case Assign(members=members):
            return members
        case Reassign():
            return (command.to, *command.roles.values())
        case Decide(proposal=proposal) | DecideInRound(decide=Decide(proposal=proposal)):
            return (person for members in proposal.appoint.values() for person in members)
    return ()


def _owning(command: Command) -> Iterable[str]:
    """The people, or roles, who are to owe what a decision writes down."""
    match command:
        case Decide(proposal=proposal) | DecideInRound(decide=Decide(proposal=proposal)):
            return (owed.owner for conditions in proposal.written.values() for owed in conditions)
    return ()


def _write(connection: Transaction, case: Case, receipt: Receipt) -> None:
    request, now = case.request, case.now
    place = (request.organisation, request.project)
    after = fold(case.project, receipt.events)
    method, inputs = _followed(case, after)
    kept = columns(method, after, inputs, now)
    if case.sequence == 0:
        projects.insert_project(connection, after, receipt.sequence, kept, now)
    elif receipt.events:
        projects.update_project(
            connection,
            case.project,
            after,
            seen=case.sequence,
            sequence=receipt.sequence,
            columns=kept,
            now=now,
        )
    else:
        projects.look_again(connection, *place, kept)
    if case.project.shared != after.shared or (after.shared and case.method is not method):
        sharing.keep(connection, method, after)
    if after.origin and receipt.events:
        projects.wake(connection, request.organisation, after.origin.project, now)
    for content in files.told_of(receipt.events):
        files.enter(connection, *place, content, person=request.actor, now=now)
    for filled in (x for x in receipt.events if isinstance(x, RoleFilled) and case.sequence):
        subject = f"{request.project}/{filled.role}"
        incidents.is_over(
            connection, request.organisation, incidents.ROLE_EMPTY, subject, request.actor, now
        )
    if isinstance(request.command, Reassign):
        succession.hand_over_letters(connection, place, request.command, now)
    planned = told(case.method, case.project, after, receipt.events, case.inputs)
    if isinstance(request.command, Correct | UndoMigration) and request.command.annulled:
        taken = outbox.take_back(connection, place, request.command.annulled.sequence, now)
        planned += _corrected(planned, taken)
    outbox.add(connection, *place, planned, sequence=receipt.sequence, now=now)
    # The end of the chain is shared by all writers of an organisation, so it is taken last.
    record.append(connection, _envelope(case, receipt), receipt.events, case.sequence)


def _followed(case: Case, after: Project) -> tuple[Methodology, Inputs]:
    """The method that a project follows now, and what its rules read."""
    arrival = case.inputs.arrival
    if arrival is not None and arrival.method.digest == after.digest:
        return arrival.method, arrival.inputs
    return case.method, case.inputs


def told(
    method: Methodology,
    before: Project,
    after: Project,
    events: Iterable[Event],
    inputs: Inputs,
) -> tuple[Notice, ...]:
    """Tell what people are told because of these events."""
    return notices(method, before, after, events, inputs)


def _corrected(planned: Iterable[Notice], taken: Iterable[str]) -> tuple[Notice, ...]:
    """Whoever was told of the wrong decision by name hears that it was one."""
    first = next((notice for notice in planned if notice.kind == "corrected"), None)
    if first is None:
        return ()
    key = first.dedupe_key.rpartition("|")[0]
    return tuple(
        replace(first, dedupe_key=f"{key}|{person}", role="", person=person) for person in taken
    )


def _envelope(case: Case, receipt: Receipt) -> record.Envelope:
    request = case.request
    return record.Envelope(
        organisation=request.organisation,
        project=request.project,
        actor=request.actor,
        capacity=" ".join(sorted(case.actor.rights)),
        command=request.name,
        command_id=receipt.command_id,
        reason=request.reason,
        method_digest=case.method.digest,
        at=case.now,
    )
