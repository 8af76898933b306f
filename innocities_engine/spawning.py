"""Decide how a project begins that another one starts: in the same transaction, by whoever started
it, with what it inherits.  Whether it may be started is left to the domain.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from innocities_engine import casework, errors
from innocities_engine.casework import Case, Receipt, Request
from innocities_engine.domain.commands import Share, Start, StartFrom
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.events import ProjectSpawned
from innocities_engine.domain.portfolio import inherited, origin_of
from innocities_engine.domain.project import Project
from innocities_engine.methods import Methods
from innocities_engine.store import checks, definitions, people, projects
from innocities_engine.store.transactions import Transaction


def named(request: Request) -> Request:
    """Give what is to be known by an id one that nobody can guess, unless it was given one."""
    command = request.command
    if isinstance(command, Share):
        command = replace(command, title=checks.name("title", command.title), id=uuid4().hex)
        return replace(request, command=command)
    if not isinstance(command, StartFrom):
        return request
    title = checks.name("title", command.title)
    return replace(
        request, command=replace(command, title=title, project=command.project or uuid4().hex)
    )


def published(
    connection: Transaction, methods: Methods, organisation: str, method: str, version: str
) -> Methodology:
    """Find a method on which projects can be started here."""
    found = definitions.find(connection, organisation, method, version)
    if found is None:
        said = f"{method} {version} is not published here"
        raise errors.NotFound(said).named("not_published", id=method, version=version)
    return methods.get(connection, organisation, found.digest)


def refuse_taken(desk: projects.Desk, project: str) -> None:
    """No two projects have one id."""
    if desk.sequence:
        said = f"there is a project {project} already"
        raise errors.Conflict(message=said).named("project_exists", given=project)


def settle(connection: Transaction, methods: Methods, case: Case, *, writes: bool) -> Receipt:
    """Decide a case, and let each project begin that it starts."""
    receipt = casework.settle(connection, case, writes=writes)
    command = case.request.command
    for event in receipt.events:
        if isinstance(event, ProjectSpawned) and isinstance(command, StartFrom):
            child = _child(connection, methods, case, command, event)
            casework.settle(connection, child, writes=writes)
    return receipt


def _child(
    connection: Transaction, methods: Methods, case: Case, command: StartFrom, event: ProjectSpawned
) -> Case:
    home = case.request.organisation
    method = published(connection, methods, home, command.method, command.version)
    refuse_taken(projects.desk(connection, home, "", command.project), command.project)
    start = Start(
        command.project,
        home,
        command.title,
        command.members,
        command.answers,
        origin_of(case.project),
        inherited(case.project, event.inherits),
    )
    return replace(
        case,
        request=replace(case.request, project=command.project, command=start),
        method=method,
        project=Project(),
        sequence=0,
        inputs=people.inputs(connection, home, method),
    )
