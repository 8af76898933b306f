"""Decide what goes beside the record when words of a project are blanked: whatever repeats them in
notices, letters, incidents and attempts in vain.  The record itself is left to `record`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, or_, select, update

from innocities_engine.store import answers, tables
from innocities_engine.store.record import BLANK


def forget(connection: Connection, organisation: str, project: str, texts: Sequence[str]) -> None:
    """Blank what repeats these texts.

    What is still to be sent is written again, and keeps its identity.
    """
    notice = tables.notice.c
    about = (notice.organisation_id == organisation, notice.project_id == project)
    for name, data in connection.execute(select(notice.id, notice.data).where(*about)).all():
        blanked = json.dumps(_blanked(json.loads(data), texts), ensure_ascii=False)
        connection.execute(
            update(tables.notice).where(*about, notice.id == name).values(data=blanked)
        )
    told = select(notice.id).where(*about)
    _forget_incidents(connection, organisation, project, told, texts)
    _forget_mails(connection, organisation, told)
    answers.forget_attempts(connection, organisation, project)


def _blanked(data: Mapping[str, str], texts: Sequence[str]) -> dict[str, str]:
    return {name: BLANK if _repeats(said, texts) else said for name, said in data.items()}


def _repeats(said: str, texts: Sequence[str]) -> bool:
    return any(text in said for text in texts)


def _forget_mails(connection: Connection, organisation: str, told: Select[Any]) -> None:
    """Of a mail that tells several things no part stands alone, so the whole mail goes."""
    c = tables.letter.c
    theirs = select(c.id, c.carried_by).where(
        c.organisation_id == organisation, c.notice_id.in_(told)
    )
    mails = sorted({row.carried_by or row.id for row in connection.execute(theirs)})
    here = c.organisation_id == organisation
    connection.execute(update(tables.letter).where(here, c.id.in_(mails)).values(rendered=None))
    # What is written again tells only what is claimed with it, so each waits for itself.
    waiting = (here, c.carried_by.in_(mails), c.settled_at.is_(None))
    connection.execute(update(tables.letter).where(*waiting).values(carried_by=None))


def _forget_incidents(
    connection: Connection, organisation: str, project: str, told: Select[Any], texts: Sequence[str]
) -> None:
    c, letter = tables.incident.c, tables.letter.c
    theirs = select(letter.id).where(
        letter.organisation_id == organisation, letter.notice_id.in_(told)
    )
    about = (
        c.organisation_id == organisation,
        or_(
            c.subject == project,
            c.subject.startswith(f"{project}/", autoescape=True),
            c.subject.in_(theirs),
            c.subject.in_(told),
        ),
    )
    found = connection.execute(select(c.id, c.message).where(*about)).all()
    for name in _repeating(found, texts):
        connection.execute(
            update(tables.incident).where(*about, c.id == name).values(message=BLANK)
        )


def _repeating(found: Sequence[Any], texts: Sequence[str]) -> Iterator[str]:
    return (row.id for row in found if _repeats(row.message, texts))
