"""Decide what a move to another version of a method rests on: the method it leads to, with what its
rules read; of a move that is taken back, what stood before it.  What becomes of the project is left
to the domain.
"""

from __future__ import annotations

from dataclasses import replace

from innocities_engine import annulling, spawning
from innocities_engine.casework import Case
from innocities_engine.domain import portfolio
from innocities_engine.domain.commands import Arrival, Migrate, UndoMigration
from innocities_engine.domain.grammar import ProjectsTest
from innocities_engine.methods import Methods
from innocities_engine.store import people, projects
from innocities_engine.store.transactions import Transaction


def informed(connection: Transaction, methods: Methods, case: Case) -> Case:
    """Let a move know where it leads; any other case is as it was."""
    request, command = case.request, case.request.command
    home = request.organisation
    match command:
        case Migrate():
            method = spawning.published(connection, methods, home, command.method, command.version)
        case UndoMigration():
            found = annulling.last_move(connection, home, request.project)
            case = replace(case, request=replace(request, command=replace(command, annulled=found)))
            if found is None:
                return case
            method = methods.get(connection, home, found.before.digest)
        case _:
            return case
    inputs = people.inputs(connection, home, method)
    counted = _counted(connection, methods, case) if isinstance(command, Migrate) else ()
    arrival = Arrival(method, replace(inputs, portfolio=case.inputs.portfolio), counted)
    return replace(case, inputs=replace(case.inputs, arrival=arrival))


def _counted(connection: Transaction, methods: Methods, case: Case) -> tuple[ProjectsTest, ...]:
    """What the programme counts that the project was started from."""
    origin, home = case.project.origin, case.request.organisation
    if origin is None or origin.organisation != home:
        return ()
    return tuple(
        test
        for digest, state in projects.states(connection, home, [origin.project])
        for test in portfolio.asked_for(methods.get(connection, home, digest), state)
    )
