"""Decide how what somebody wrote is blanked for good: behind its seals, in the state of the
project, and in what was told of it; with an entry that says so, and the chain of the record
unbroken.  Which texts must go is left to whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from innocities_engine import errors
from innocities_engine.domain.commands import SYSTEM
from innocities_engine.domain.taking import PREFIX
from innocities_engine.engine import Engine
from innocities_engine.readings import columns
from innocities_engine.store import forgetting, people, projects, record, rights, sharing
from innocities_engine.store.transactions import Transaction, read, write


def search(engine: Engine, organisation: str, words: str, actor: str) -> list[record.Written]:
    """Find the texts of an organisation that hold these words, in upper or lower case."""
    with read(engine.store) as connection:
        _require(connection, organisation, actor)
        found = record.texts(connection, organisation)
    return [each for each in found if words.casefold() in each.text.casefold()]


def erase(
    engine: Engine,
    organisation: str,
    project: str,
    seals: Sequence[str],
    actor: str,
    *,
    reason: str,
) -> None:
    """Blank texts of a project.

    1. The texts and their salts go, and an entry tells by whom and why.
    2. The state is built anew from the record, and must still be one that rules can read.
    3. Notices, letters, incidents and attempts in vain may repeat the words: they go there too.
    """
    with write(engine.store) as connection:
        _require(connection, organisation, actor)
        if project.startswith(PREFIX):  # a round has no state beside its record
            record.erase(connection, _envelope(engine, organisation, project, actor, reason), seals)
            return
        kept = projects.kept(connection, organisation, project)
        envelope = _envelope(engine, organisation, project, actor, reason)
        texts = record.erase(connection, envelope, seals)
        _rebuild(engine, connection, envelope, str(kept["method_digest"]))
        forgetting.forget(connection, organisation, project, texts)


def _require(connection: Transaction, organisation: str, actor: str) -> None:
    if actor != SYSTEM.person:
        held = projects.desk(connection, organisation, actor, "").rights
        rights.require(held, rights.RULING, "To erase what was written")


def _envelope(
    engine: Engine, organisation: str, project: str, actor: str, reason: str
) -> record.Envelope:
    return record.Envelope(
        organisation=organisation,
        project=project,
        actor=actor,
        capacity="administrator",
        command="Erase",
        command_id=uuid4().hex,
        reason=reason,
        method_digest="",
        at=engine.clock(),
    )


def _rebuild(
    engine: Engine, connection: Transaction, envelope: record.Envelope, digest: str
) -> None:
    organisation, project, now = envelope.organisation, envelope.project, envelope.at
    entries = record.entries(connection, organisation, project)
    state = record.replay(entries)
    method = engine.methods.get(connection, organisation, digest)
    outside = people.inputs(connection, organisation, method)
    outside = replace(outside, portfolio=engine.methods.portfolio(connection, state))
    try:
        kept = columns(method, state, outside, now)
    except ValueError as fault:
        raise errors.Refused(
            message="One of these is an answer that rules compute with; give another answer first."
        ) from fault
    seen = projects.kept(connection, organisation, project)["sequence"]
    projects.update_project(
        connection,
        state,
        state,
        seen=seen,
        sequence=entries[-1].sequence,
        columns=kept,
        now=now,
    )
    sharing.keep(connection, method, state)
