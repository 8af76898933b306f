"""Take over what another organisation shares: a project begins here, and the one it was taken from
says so, both in one transaction and each in its own record. What comes along and what does not is
left to the domain; where shared things are found, to the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from innocities_engine import attempts, errors
from innocities_engine.casework import Case, Receipt, Request
from innocities_engine.domain import sharing
from innocities_engine.domain.commands import SYSTEM, Adopt, NoteAdoption
from innocities_engine.domain.crossing import Adoption, Shared
from innocities_engine.domain.project import Version
from innocities_engine.engine import Engine
from innocities_engine.store import checks, files, people, projects, rights
from innocities_engine.store import sharing as kept_sharing
from innocities_engine.store.sharing import Offer
from innocities_engine.store.transactions import Transaction, read, rehearsed


def offers(
    engine: Engine, organisation: str, person: str, words: Sequence[str] = (), limit: int = 50
) -> list[Offer]:
    """List what other organisations share, the newest first."""
    with read(engine.store) as connection:
        _require_seeing(connection, organisation, person)
        return kept_sharing.offers(connection, organisation, words, limit)


def _require_seeing(connection: Transaction, organisation: str, person: str) -> None:
    desk = projects.desk(connection, organisation, person, "")
    if not desk.known:
        raise errors.NoOrganisation(organisation)
    rights.require(desk.rights, rights.SEEING_ALL, "To see what others share")


def paper(
    engine: Engine, organisation: str, person: str, shared: str, artefact: str
) -> tuple[Version, bytes]:
    """Show a paper that another organisation shares, and what its file holds."""
    with read(engine.store) as connection:
        _require_seeing(connection, organisation, person)
        giver, project = kept_sharing.place(connection, organisation, shared)
        [(_, state)] = projects.states(connection, giver, [project])
    held = sharing.copies(state, state.shared, "") if state.shared else ()
    found = next((version for version in held if version.artefact == artefact), None)
    if found is None or found.source is None:
        raise errors.NotFound(artefact).named("no_paper", given=artefact)
    found = replace(found, n=found.source.n)
    if found.content.kind != "file":
        return found, b""
    with files.opened(engine.store, giver, found.content.sha256) as source:
        return found, source.read()


def adopt(
    engine: Engine, command: Adopt, method: str, version: str, actor: str,
    *, reason: str = "", idempotency_key: str = "", dry_run: bool = False,
) -> Receipt:  # fmt: skip
    """Begin a project with what another organisation shares.

    1. Its files are copied, since large ones would keep everybody else waiting.
    2. If it is still shared as it was, the project begins, and the one it came from notes it; the
       two are written in the order of their organisations, so that no two wait for each other.
    """
    if command.title:
        command = replace(command, title=checks.name("title", command.title))
    request = Request(command.organisation, f"{method} {version}", actor, command, reason)
    seen = None if dry_run else _fetched(engine, request, command.shared)

    def work(connection: Transaction) -> tuple[Receipt, ...]:
        with attempts.asked_of(request):
            case = engine.beginning(connection, request, command, method, version)
            case, source = _both(engine, connection, case, command.shared)
            if not dry_run and source.project.shared != seen:
                raise errors.Conflict(message="what is shared has changed").named("shared_changed")
        done = {
            each.request.organisation: engine.settle(
                connection, each, dry_run=dry_run, writes=not dry_run
            )
            for each in sorted((case, source), key=lambda each: each.request.organisation)
        }
        return (done[command.organisation],)

    store = rehearsed(engine.store) if dry_run else engine.store
    [receipt] = attempts.carry_out(
        store, attempts.of([request], idempotency_key), work, engine.clock,
        writes=not dry_run, remembered=not dry_run,
    )  # fmt: skip
    return receipt


def _fetched(engine: Engine, request: Request, wanted: str) -> Shared | None:
    """Copy the files of what is shared; for nobody who may not take it over."""
    taker = request.organisation
    with read(engine.store) as connection:
        desk = projects.desk(connection, taker, request.actor, "")
        if not (desk.known and desk.rights & rights.required(request.command)):
            return None
        try:
            giver, project = kept_sharing.place(connection, taker, wanted)
        except errors.NotFound:
            return None
        [(_, state)] = projects.states(connection, giver, [project])
    if state.shared is not None:
        for version in sharing.copies(state, state.shared, ""):
            if version.content.kind == "file":
                files.copy(engine.store, giver, taker, version.content)
    return state.shared


def _both(engine: Engine, connection: Transaction, case: Case, wanted: str) -> tuple[Case, Case]:
    """The beginning, with what comes along; and the project it comes from."""
    giver, project = kept_sharing.place(connection, case.request.organisation, wanted)
    name = people.organisation(connection, case.request.organisation).name
    adoption = Adoption(uuid4().hex, name, case.now)
    request = Request(giver, project, SYSTEM.person, NoteAdoption(adoption))
    source = engine.case(connection, request)
    shared, sharer = source.project.shared, people.organisation(connection, giver).name
    command = case.request.command
    assert shared is not None  # the store keeps nothing that the state does not share
    assert isinstance(command, Adopt)  # as it was asked
    command = replace(
        command,
        adopted=sharing.as_adopted(shared, sharer, adoption.id),
        inherited=sharing.copies(source.project, shared, sharer),
    )
    return replace(case, request=replace(case.request, command=command)), source
