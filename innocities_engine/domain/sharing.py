"""What an organisation shares of a project, and what another one begins with: the papers that were
named, as they are, with what was said of the project for others. Nothing else crosses the border:
no people, no answers, no notes. Who may do it, and where copies are kept, is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from innocities_engine.domain import artefacts, beginning, portfolio
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.crossing import Adopted, Shared
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.project import (
    Content,
    Project,
    Source,
    Version,
    VersionStatus,
)
from innocities_engine.domain.refusing import missing, refuse

ACROSS: Final = ("file", "link")  # answers stay, and so does where an archive keeps a paper
ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,8}$")


# ---------------------------------------------------------------- at home


def shareable(project: Project) -> Iterator[Version]:
    """The papers that may be shared: of each the newest that stands, if it is a file or a link."""
    for artefact in project.versions:
        newest = artefacts.newest(project, artefact)
        if newest is not None and newest.content.kind in ACROSS:
            yield newest


def proposed(method: Methodology, project: Project) -> tuple[str, ...]:
    """The papers that the method has for others as things stand, as far as they can be shared."""
    able = {version.artefact for version in shareable(project)}
    offers = (starts for _, starts in portfolio.offered(method, project, elsewhere=True))
    return tuple(dict.fromkeys(a for starts in offers for a in starts.inherits if a in able))


def share(c: Cursor, command: k.Share, actor: Actor) -> None:
    """Share what is named; shared anew it keeps the id under which others know it."""
    if c.project.started_at is None:
        refuse("wrong_state", c.project.id, state="not started")
    if not (command.papers or command.lessons):
        refuse("nothing_to_share", c.project.id)
    able = {version.artefact: version.n for version in shareable(c.project)}
    for artefact in command.papers:
        if artefact not in able:
            refuse("not_shareable", artefact)
    shared = Shared(
        id=c.project.shared.id if c.project.shared else command.id,
        title=command.title,
        at=c.now,
        by=actor.person,
        about=command.about,
        theme=command.theme,
        lessons=command.lessons,
        versions={artefact: able[artefact] for artefact in command.papers},
    )
    c.emit(e.ProjectShared(at=c.now, shared=shared))


def unshare(c: Cursor, _command: k.Unshare, actor: Actor) -> None:
    """Take back what was shared; what others have begun with it is theirs."""
    if c.project.shared is None:
        refuse("not_shared", c.project.id)
    c.emit(e.ProjectUnshared(at=c.now, by=actor.person))


def note_adoption(c: Cursor, command: k.NoteAdoption, _actor: Actor) -> None:
    c.emit(e.ProjectAdopted(at=c.now, adoption=command.adoption))


# ---------------------------------------------------------------- across the border


def copies(project: Project, shared: Shared, organisation: str) -> tuple[Version, ...]:
    """The shared papers as somebody else begins with them: handed in, by nobody they know.

    `organisation`: the name of the one that shares.
    """
    return tuple(
        Version(
            artefact=artefact,
            n=1,
            content=_plain(artefact, project.versions[artefact][n - 1].content),
            at=shared.at,
            by="",
            status=VersionStatus.SUBMITTED,
            source=Source(organisation, shared.id, n),
        )
        for artefact, n in shared.versions.items()
    )


def _plain(artefact: str, content: Content) -> Content:
    """The same content under the name of its artefact: people name files after each other."""
    ending = ENDING.search(content.name)
    named = f"{artefact}{ending[0] if ending else ''}" if content.kind == "file" else ""
    return replace(content, name=named)


def as_adopted(shared: Shared, organisation: str, adoption: str) -> Adopted:
    """What the new project keeps of what was said."""
    return Adopted(adoption, shared.id, organisation, shared.title, shared.about, shared.lessons)


def adopt(c: Cursor, command: k.Adopt, actor: Actor) -> None:
    """Begin a project with it, by a method of one's own."""
    if c.project.started_at is not None:
        refuse("wrong_state", command.project, state="started")
    if command.adopted is None:
        raise missing("shared project", command.shared)
    beginning.begin(
        c,
        project=command.project,
        organisation=command.organisation,
        title=command.title or command.adopted.title,
        members=command.members,
        answers=command.answers,
        by=actor.person,
        adopted=command.adopted,
        inherited=command.inherited,
    )
    beginning.owners_filled(c)
