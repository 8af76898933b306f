"""Decide which tables there are and what the database itself refuses: a second content under one
identity, a row that points into another organisation, a state that has no name, a change to what is
recorded.  Who writes them, and when, is left to the other modules of the store.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

NAMING: Final = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
SQLModel.metadata.naming_convention = NAMING

RIGHTS: Final = ("member", "manager", "author", "administrator", "auditor", "external")
LETTER_STATES: Final = ("due", "leased", "sent", "unknown", "failed", "cancelled")
NOTICE_STATES: Final = ("new", "expanded", "cancelled")


class UTCDateTime(TypeDecorator[datetime]):
    """Instants go in and come out aware, in UTC, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _within(own: str, target: str, other: str = "id") -> ForeignKeyConstraint:
    """Point at a row of the same organisation, and at no other."""
    return ForeignKeyConstraint(
        ["organisation_id", own], [f"{target}.organisation_id", f"{target}.{other}"]
    )


def _in_organisation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id"], ["organisation.organisation_id"])


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class _Row(SQLModel):
    organisation_id: str = Field(primary_key=True, max_length=64)


class Organisation(_Row, table=True):
    """`chain_count`, `chain_head`: the end of the chain; `inputs`: grows when what rules read does.

    `projects`: the running number given last. `quiet`: yearly periods, one a line.
    """

    name: str
    country: str
    zone: str
    language: str
    quiet: str = ""
    fallback_id: str | None = None
    letters_a_minute: int = 60
    inputs: int = 0
    projects: int = 0
    chain_count: int = 0
    chain_head: str = ""
    created_at: datetime = Field(sa_type=UTCDateTime)


class Person(_Row, table=True):
    """`optional_mail`: whether mail that one may do without is wanted; `hour`: when, locally.

    `links`: how often the links this person had were taken back.
    """

    __table_args__ = (_in_organisation(),)
    id: str = Field(primary_key=True, max_length=64)
    name: str
    address: str = ""
    language: str = ""
    zone: str = ""
    hour: int = 8
    optional_mail: bool = True
    active: bool = True
    links: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = Field(sa_type=UTCDateTime)


class Right(_Row, table=True):
    __table_args__ = (_within("person_id", "person"), _one_of("name", RIGHTS))
    person_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)


class Substitute(_Row, table=True):
    __table_args__ = (
        _within("person_id", "person"),
        _within("substitute_id", "person"),
        CheckConstraint("last >= first", name="period"),
    )
    id: str = Field(primary_key=True)
    person_id: str
    substitute_id: str
    first: date
    last: date
    role: str | None = None


class Meeting(_Row, table=True):
    __table_args__ = (_in_organisation(),)
    calendar: str = Field(primary_key=True)
    day: date = Field(primary_key=True)


class Closure(_Row, table=True):
    __table_args__ = (_in_organisation(),)
    day: date = Field(primary_key=True)


class Definition(_Row, table=True):
    """A published method: `content` is its resolved canonical form."""

    __table_args__ = (_in_organisation(), UniqueConstraint("organisation_id", "digest"))
    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    digest: str
    rules_digest: str
    content: bytes = Field(sa_type=LargeBinary)
    published_by: str
    published_at: datetime = Field(sa_type=UTCDateTime)
    reason: str = ""


class ProjectRow(_Row, table=True):
    """The current state of a project, and in columns what lists and the clock ask for."""

    __tablename__: ClassVar[Any] = "project"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        _within("method_digest", "definition", "digest"),
        _partial("ix_project_wake_at", "wake_at", where="wake_at IS NOT NULL"),
        Index("ix_project_due", "organisation_id", "next_due"),
    )
    id: str = Field(primary_key=True, max_length=64)
    number: int
    title: str
    method_id: str
    method_version: str
    method_digest: str
    sequence: int
    snapshot: bytes = Field(sa_type=LargeBinary)
    wake_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    status: str
    live: bool
    phase: str
    next_due: date | None = None
    next_what: str = ""
    overridden: bool = False
    started_at: datetime = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)


class Membership(_Row, table=True):
    """Who holds which role where: read from the projects, so that people can be asked about."""

    __table_args__ = (
        _within("project_id", "project"),
        _within("person_id", "person"),
        Index("ix_membership_person", "organisation_id", "person_id"),
    )
    project_id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)


class EventRow(_Row, table=True):
    """One entry of the record. Instants are text, since the chain is over what is stored.

    `reason` and the free texts of `payload` are seals; `command_id` joins what one command caused.
    """

    __tablename__: ClassVar[Any] = "event"
    __table_args__ = (
        _in_organisation(),
        UniqueConstraint("organisation_id", "chain_no"),
        UniqueConstraint("organisation_id", "prev_hash"),
        Index("ix_event_command", "organisation_id", "command_id"),
    )
    project_id: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    chain_no: int
    type: str
    payload: bytes = Field(sa_type=LargeBinary)
    actor: str
    capacity: str
    command: str
    command_id: str
    reason: str
    method_digest: str
    program: str
    recorded_at: str
    prev_hash: str
    hash: str


class Text(_Row, table=True):
    """What stands behind a seal; without content and salt where it was blanked."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "project_id", "sequence"],
            ["event.organisation_id", "event.project_id", "event.sequence"],
        ),
    )
    project_id: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    seal: str = Field(primary_key=True)
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    content: str | None = None


class NoticeRow(_Row, table=True):
    """A fact to be told to a role or a person; `data` is JSON text."""

    __tablename__: ClassVar[Any] = "notice"
    __table_args__ = (
        UniqueConstraint("organisation_id", "dedupe_key"),
        _within("project_id", "project"),
        _one_of("state", NOTICE_STATES),
        _partial("ix_notice_new", "created_at", where="state = 'new'"),
    )
    id: str = Field(primary_key=True)
    dedupe_key: str
    project_id: str
    sequence: int
    kind: str
    role: str
    person_id: str
    due: date | None = None
    immediate: bool
    data: str
    state: str = "new"
    created_at: datetime = Field(sa_type=UTCDateTime)


class Letter(_Row, table=True):
    """A notice for one person and its fate.

    `next_try`: when it may be claimed (again); of a leased one, when the lease is over.
    `carried_by`: the letter that tells this one's news as well.
    """

    __table_args__ = (
        UniqueConstraint("organisation_id", "dedupe_key"),
        _within("notice_id", "notice"),
        _within("person_id", "person"),
        _within("carried_by", "letter"),
        _one_of("state", LETTER_STATES),
        _partial("ix_letter_next_try", "next_try", where="settled_at IS NULL"),
        _partial("ix_letter_settled_at", "settled_at", where="settled_at IS NOT NULL"),
        CheckConstraint(
            "(settled_at IS NULL) = (state IN ('due', 'leased', 'unknown'))", name="settled"
        ),
        Index("ix_letter_person", "organisation_id", "person_id"),
        Index("ix_letter_notice", "organisation_id", "notice_id"),
        _partial(
            "ix_letter_carried", "organisation_id", "carried_by", where="carried_by IS NOT NULL"
        ),
    )
    id: str = Field(primary_key=True)
    dedupe_key: str
    notice_id: str
    person_id: str
    state: str = "due"
    attempts: int = 0
    next_try: datetime = Field(sa_type=UTCDateTime)
    lease_no: int = 0
    lease_owner: str = ""
    carried_by: str | None = None
    message_id: str = ""
    rendered: bytes | None = Field(default=None, sa_type=LargeBinary)
    error: str = ""
    created_at: datetime = Field(sa_type=UTCDateTime)
    first_tried_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Incident(_Row, table=True):
    """Work for an administrator."""

    __table_args__ = (
        _in_organisation(),
        _partial("ix_incident_open", "organisation_id", "at", where="solved_at IS NULL"),
    )
    id: str = Field(primary_key=True)
    kind: str
    subject: str
    message: str
    at: datetime = Field(sa_type=UTCDateTime)
    solved_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    solved_by: str = ""


class Refusal(_Row, table=True):
    """Who tried what in vain, and why not; outside the chain."""

    __table_args__ = (Index("ix_refusal_actor", "organisation_id", "actor", "at"),)
    id: str = Field(primary_key=True)
    project_id: str
    actor: str
    command: str
    code: str
    details: str
    at: datetime = Field(sa_type=UTCDateTime)


class Idempotency(_Row, table=True):
    """The answer a key was given, and the hash of what it came with."""

    __table_args__ = (_in_organisation(),)
    key: str = Field(primary_key=True)
    content_hash: str
    answer: str
    at: datetime = Field(sa_type=UTCDateTime)


class ArtefactFile(_Row, table=True):
    __tablename__: ClassVar[Any] = "artefact_file"
    __table_args__ = (_in_organisation(),)
    project_id: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    size: int
    added_by: str
    added_at: datetime = Field(sa_type=UTCDateTime)


class SharedRow(_Row, table=True):
    """What others may read of a project, read off its state; they know it by `id` alone.

    `words`: where it is searched, in small letters.
    """

    __tablename__: ClassVar[Any] = "shared"
    __table_args__ = (_within("project_id", "project"), UniqueConstraint("id"))
    project_id: str = Field(primary_key=True)
    id: str
    content: bytes = Field(sa_type=LargeBinary)
    words: str
    shared_at: datetime = Field(sa_type=UTCDateTime)


class Heartbeat(SQLModel, table=True):
    """When a part of the installation last said that it is alive."""

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)


def table(row: type[SQLModel]) -> Table:
    """The Core table of a row class."""
    found: Table = row.__table__  # type: ignore[attr-defined]  # set by the mapper
    return found


def immutability(name: str) -> tuple[str, str]:
    """The triggers by which SQLite refuses to change or delete rows of a table."""
    return tuple(
        f"CREATE TRIGGER {name}_no_{act.lower()} BEFORE {act} ON {name} "
        f"BEGIN SELECT RAISE(ABORT, '{name} is never changed'); END"
        for act in ("UPDATE", "DELETE")
    )  # type: ignore[return-value]  # one for each of two acts


IMMUTABLE: Final = ("event", "definition")

organisation = table(Organisation)
person = table(Person)
right = table(Right)
substitute = table(Substitute)
meeting = table(Meeting)
closure = table(Closure)
definition = table(Definition)
project = table(ProjectRow)
membership = table(Membership)
event = table(EventRow)
sealed = table(Text)
notice = table(NoticeRow)
letter = table(Letter)
incident = table(Incident)
refusal = table(Refusal)
idempotency = table(Idempotency)
artefact_file = table(ArtefactFile)
heartbeat = table(Heartbeat)
shared = table(SharedRow)
metadata = SQLModel.metadata
