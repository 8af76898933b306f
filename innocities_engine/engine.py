"""The one road into the state of a project: authorise, load, decide, record, and plan what to
tell and when to look again, in one transaction; and the questions one may ask.  What is allowed
is left to the domain, how it is kept to the store, how it is told to the notifications.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from innocities_engine import attempts, casework, errors, moving, spawning
from innocities_engine.casework import Case, Receipt, Request
from innocities_engine.domain import judging
from innocities_engine.domain.commands import (
    SYSTEM,
    Actor,
    Adopt,
    Command,
    Import,
    Inputs,
    Start,
    Tick,
)
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.project import Project
from innocities_engine.domain.situation import Situation
from innocities_engine.methods import Methods
from innocities_engine.store import (
    checks,
    files,
    incidents,
    people,
    projects,
    record,
    rights,
    search,
)
from innocities_engine.store.projects import Glance
from innocities_engine.store.search import Hit
from innocities_engine.store.transactions import Store, Transaction, read, rehearsed, write

log = logging.getLogger(__name__)

PUSHED_AHEAD: Final = timedelta(hours=1)
SWEEP_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class View:
    """A project as it stands, everything that its rules read, and who looks at it."""

    method: Methodology
    project: Project
    inputs: Inputs
    sequence: int
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep has done; `failed`: projects that were pushed ahead."""

    projects: int = 0
    events: int = 0
    failed: int = 0

    def plus(self, events: int | None) -> Swept:
        """Count one more project, and its events or its failure."""
        if events is None:
            return replace(self, failed=self.failed + 1)
        return replace(self, projects=self.projects + 1, events=self.events + events)


class Engine:
    """Issues commands and answers questions for the organisations of one store."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.clock = clock
        self.methods = Methods()
        self._inputs: dict[tuple[str, tuple[str, ...]], tuple[int, Inputs]] = {}

    # ------------------------------------------------------------ commands

    def start(
        self,
        organisation: str,
        method: str,
        version: str,
        actor: str,
        *,
        title: str,
        members: Mapping[str, tuple[str, ...]] | None = None,
        answers: Mapping[str, bool | str] | None = None,
        project: str = "",
        reason: str = "",
        idempotency_key: str = "",
        dry_run: bool = False,
    ) -> Receipt:
        """Start a project on a published method; without an id it gets one nobody can guess."""
        title = checks.name("title", title)
        command = Start(project, organisation, title, members or {}, answers or {})
        return self.begin(
            method, version, command, actor,
            reason=reason, idempotency_key=idempotency_key, dry_run=dry_run,
        )  # fmt: skip

    def begin(
        self,
        method: str,
        version: str,
        command: Start | Import,
        actor: str,
        *,
        reason: str = "",
        idempotency_key: str = "",
        dry_run: bool = False,
    ) -> Receipt:
        """Start a project on a published method, or take one in that ran before."""
        request = Request(command.organisation, f"{method} {version}", actor, command, reason)

        def begin(connection: Transaction, request: Request) -> Case:
            return self.beginning(connection, request, command, method, version)

        [receipt] = self._attempt([request], begin, idempotency_key, dry_run=dry_run)
        return receipt

    def execute(
        self,
        organisation: str,
        project: str,
        command: Command,
        actor: str,
        *,
        reason: str = "",
        idempotency_key: str = "",
        dry_run: bool = False,
    ) -> Receipt:
        """Issue a command to a project, wholly or not at all."""
        request = Request(organisation, project, actor, command, reason)
        [receipt] = self._attempt([request], self.case, idempotency_key, dry_run=dry_run)
        return receipt

    def execute_together(
        self,
        organisation: str,
        asked: Sequence[tuple[str, Command]],
        actor: str,
        *,
        reasons: Sequence[str] = (),
        typed: Sequence[str] = (),
        idempotency_key: str = "",
        dry_run: bool = False,
    ) -> tuple[Receipt, ...]:
        """Issue commands to several projects, all of them or none; the receipts stand as asked.

        Projects are taken by id, several commands to the same one as they come; `reasons`: why,
        one for each. `typed`: the words by which it is the same again, where those are others than
        the commands. A refusal tells by its `project` whose it is.
        """
        requests = [
            Request(organisation, each, actor, command, reason)
            for (each, command), reason in zip(asked, reasons or [""] * len(asked), strict=True)
        ]
        if not requests:
            return ()
        return self._attempt(requests, self.case, idempotency_key, typed, dry_run=dry_run)

    def answered(
        self, organisation: str, project: str, bodies: Sequence[str], actor: str,
        *, typed: Sequence[str], idempotency_key: str,
    ) -> tuple[Receipt, ...]:  # fmt: skip
        """Tell what `execute_together` answered to these words, if it did, to whoever writes down
        what one of the bodies gave.
        """

        def hears(connection: Transaction) -> None:
            desk = projects.desk(connection, organisation, actor, project)
            method, state = self._found(connection, desk, project, actor)
            s = Situation(method, state, self.inputs(connection, desk, method, state), self.clock())
            judging.require_recorder(s, bodies, actor)

        return attempts.before(self.store, organisation, idempotency_key, typed, hears)

    def _attempt(
        self,
        requests: Sequence[Request],
        gather: Callable[[Transaction, Request], Case],
        key: str,
        typed: Sequence[str] = (),
        *,
        dry_run: bool,
    ) -> tuple[Receipt, ...]:
        writes = not dry_run or len(requests) > 1  # a later command sees what an earlier one did
        store = rehearsed(self.store) if dry_run else self.store

        def hears(connection: Transaction) -> None:
            for request in requests:
                with attempts.asked_of(request):
                    case = self.case(connection, request)
                    s = Situation(case.method, case.project, case.inputs, case.now)
                    judging.require_voice(s, request.command, request.actor)

        def settled(connection: Transaction) -> tuple[Receipt, ...]:
            receipts: dict[int, Receipt] = {}
            for place in sorted(range(len(requests)), key=lambda n: requests[n].project):
                with attempts.asked_of(requests[place]):
                    case = gather(connection, requests[place])
                    receipts[place] = self.settle(connection, case, dry_run=dry_run, writes=writes)
            return tuple(receipts[place] for place in range(len(requests)))

        return attempts.carry_out(
            store, attempts.of(requests, key, typed, hears), settled, self.clock,
            writes=writes, remembered=not dry_run,
        )  # fmt: skip

    def settle(
        self, connection: Transaction, case: Case, *, dry_run: bool, writes: bool
    ) -> Receipt:
        """Decide a case and write it down, if the files that are handed in are there.

        What is refused is refused for its own reasons, whether or not its files were taken in.
        """
        case = moving.informed(connection, self.methods, case)
        receipt = spawning.settle(connection, self.methods, case, writes=writes)
        for content in () if dry_run else files.handed_in(case.request.command):
            files.require(self.store, case.request.organisation, content)
        return receipt

    def beginning(
        self,
        connection: Transaction,
        request: Request,
        command: Start | Import | Adopt,
        method_id: str,
        version: str,
    ) -> Case:
        """Gather what the beginning of a project rests on, for whoever may begin one."""
        command = replace(command, project=command.project or uuid4().hex)
        desk = projects.desk(connection, request.organisation, request.actor, command.project)
        self._refuse_unknown(desk, request.actor)
        home = request.organisation
        method = spawning.published(connection, self.methods, home, method_id, version)
        spawning.refuse_taken(desk, command.project)
        begun = replace(request, project=command.project, command=command)
        return self._assembled(connection, begun, desk, method, Project())

    def case(self, connection: Transaction, request: Request) -> Case:
        """Gather what a command to a project rests on, for whoever may issue it."""
        request = spawning.named(request)
        desk = projects.desk(connection, request.organisation, request.actor, request.project)
        method, project = self._found(connection, desk, request.project, request.actor)
        return self._assembled(connection, request, desk, method, project)

    def _found(
        self, connection: Transaction, desk: projects.Desk, project_id: str, person: str
    ) -> tuple[Methodology, Project]:
        """What is not there and what one may not know of are the same answer."""
        self._refuse_unknown(desk, person)
        project = projects.thaw(desk.snapshot) if desk.sequence else None
        visible = project and (
            person == SYSTEM.person or casework.may_see(desk.rights, person, project)
        )
        if not project or not visible:
            raise errors.NotFound(f"there is no project {project_id}")
        return self.methods.get(connection, desk.organisation, desk.method_digest), project

    def _refuse_unknown(self, desk: projects.Desk, person: str) -> None:
        if not desk.known and person != SYSTEM.person:
            raise errors.NoOrganisation(desk.organisation)

    def _assembled(
        self,
        connection: Transaction,
        request: Request,
        desk: projects.Desk,
        method: Methodology,
        project: Project,
    ) -> Case:
        inputs, now = self.inputs(connection, desk, method, project), self.clock()
        s = Situation(method, project, inputs, now)
        return Case(
            request=request,
            actor=casework.authorised(request, desk.rights, s),
            method=method,
            project=project,
            sequence=desk.sequence,
            inputs=inputs,
            now=now,
        )

    def inputs(
        self, connection: Transaction, desk: projects.Desk, method: Methodology, project: Project
    ) -> Inputs:
        """Gather what rules read beside a project; most of it only when its number has grown."""
        key = (desk.organisation, method.quiet)
        number, inputs = self._inputs.get(key, (-1, None))
        if inputs is None or number != desk.inputs:
            inputs = people.inputs(connection, desk.organisation, method)
            self._inputs[key] = (desk.inputs, inputs)
        portfolio = self.methods.portfolio(connection, project)
        return replace(inputs, portfolio=portfolio) if portfolio else inputs

    # ------------------------------------------------------------ time

    def sweep(self) -> Swept:
        """Work out what time alone has brought about, project by project.

        1. Find projects whose time has come, longest overdue first; others cost nothing.
        2. Tick each in a transaction of its own.
        3. One that fails is pushed an hour ahead and becomes an incident: it stops no other.
        """
        swept = Swept()
        while due := self.due():
            for organisation, project in due:
                swept = swept.plus(self._tick(organisation, project))
        return swept

    def due(self, limit: int = SWEEP_BATCH) -> list[tuple[str, str]]:
        """List projects whose time has come, by organisation and id."""
        with read(self.store) as connection:
            return projects.due(connection, self.clock(), limit)

    def _tick(self, organisation: str, project: str) -> int | None:
        """Tick one project; the number of events, or None where that failed."""
        try:
            return len(self.execute(organisation, project, Tick(), SYSTEM.person).events)
        except errors.Unavailable:
            raise
        except Exception as fault:
            log.exception("a project could not be ticked", extra={"action": "tick_failed"})
            self._push_ahead(organisation, project, fault)
            return None

    def _push_ahead(self, organisation: str, project: str, fault: Exception) -> None:
        now = self.clock()
        with write(self.store) as connection:
            projects.set_wake(connection, organisation, project, now + PUSHED_AHEAD)
            said = f"{type(fault).__name__}: {fault}"
            kind = incidents.TICK_FAILED
            incidents.report(connection, organisation, kind, project, said, now=now)

    # ------------------------------------------------------------ questions

    def view(self, organisation: str, project: str, person: str) -> View:
        """Show a project to somebody who may see it."""
        with read(self.store) as connection:
            desk = projects.desk(connection, organisation, person, project)
            method, state = self._found(connection, desk, project, person)
            inputs = self.inputs(connection, desk, method, state)
        held = casework.rights_in(desk.rights, person, method, state)
        actor = SYSTEM if person == SYSTEM.person else Actor(person, held)
        return View(method, state, inputs, desk.sequence, actor, self.clock())

    def history(
        self, organisation: str, project: str, person: str, *, until: datetime | None = None
    ) -> Sequence[record.Entry]:
        """Tell what happened to a project, oldest first."""
        with read(self.store) as connection:
            desk = projects.desk(connection, organisation, person, project)
            self._found(connection, desk, project, person)
            return record.entries(connection, organisation, project, until=until)

    def as_of(self, organisation: str, project: str, person: str, instant: datetime) -> Project:
        """Show a project as it was."""
        return record.replay(self.history(organisation, project, person, until=instant))

    def projects(
        self,
        organisation: str,
        person: str,
        *,
        mine: bool = False,
        status: str = "",
        phase: str = "",
        before_number: int | None = None,
        limit: int = 50,
    ) -> list[Glance]:
        """List the projects somebody may see, newest first."""
        with read(self.store) as connection:
            return projects.page(
                connection,
                organisation,
                person=self._whose(connection, organisation, person, mine=mine),
                status=status,
                phase=phase,
                before_number=before_number,
                limit=limit,
            )

    def search(
        self,
        organisation: str,
        person: str,
        words: Sequence[str],
        *,
        artefacts: Sequence[str] = (),
        mine: bool = False,
        limit: int = 50,
    ) -> list[Hit]:
        """Find where every word was said, in the projects somebody may see."""
        with read(self.store) as connection:
            whose = self._whose(connection, organisation, person, mine=mine)
            return search.search(
                connection, organisation, words, artefacts=artefacts, person=whose, limit=limit
            )

    def soonest(
        self, organisation: str, person: str, *, mine: bool = False, limit: int = 50
    ) -> list[Glance]:
        """List the projects somebody may see by what is due first."""
        with read(self.store) as connection:
            whose = self._whose(connection, organisation, person, mine=mine)
            return projects.soonest(connection, organisation, person=whose, limit=limit)

    def _whose(self, connection: Transaction, organisation: str, person: str, *, mine: bool) -> str:
        """In whose projects to look: one's own, or "" for all, as asked and as one may."""
        desk = projects.desk(connection, organisation, person, "")
        self._refuse_unknown(desk, person)
        sees_all = person == SYSTEM.person or bool(desk.rights & rights.SEEING_ALL)
        return person if mine or not sees_all else ""

    def project_id(self, organisation: str, person: str, name: str) -> str:
        """Find the id of a project by its id or its running number."""
        with read(self.store) as connection:
            found = projects.glance(connection, organisation, name).id
            desk = projects.desk(connection, organisation, person, found)
            self._found(connection, desk, name, person)
            return found
