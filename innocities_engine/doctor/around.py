"""Decide what the tables around the projects must hold, by the record of the organisation: one
function a table, from what the record tells to the rows it wants.  What no record tells, such as
somebody's address, no row here speaks of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from innocities_engine import library
from innocities_engine.doctor.differences import Problem, Row, Rows, compared, keyed, problem
from innocities_engine.history.past import Around
from innocities_engine.store import incidents


class Wanted(NamedTuple):
    """What names a row of a table, and which rows the record wants."""

    key: tuple[str, ...]
    rows: Callable[[Around], Rows]


def _organisation(around: Around) -> Rows:
    told = dict(around.settings)
    wanted: dict[str, Any] = {"created_at": around.founded_at, **told}
    wanted["quiet"] = "\n".join(wanted.pop("quiet", ()))
    wanted["fallback_id"] = wanted.pop("fallback", None)
    return {(around.organisation,): wanted}


def _persons(around: Around) -> Rows:
    return {
        (name,): {
            "active": name not in around.inactive,
            "created_at": since,
            "links": around.links.get(name, 0),
        }
        for name, since in around.persons.items()
    }


def _rights(around: Around) -> Rows:
    return {(name, right): {} for name, held in around.rights.items() for right in held}


def _substitutes(around: Around) -> Rows:
    return {
        (name,): {
            "person_id": each.person,
            "substitute_id": each.substitute,
            "first": each.first,
            "last": each.last,
            "role": each.role,
        }
        for name, each in around.substitutions.items()
    }


def _meetings(around: Around) -> Rows:
    return {(name, day): {} for name, days in around.meetings.items() for day in days}


def _closures(around: Around) -> Rows:
    return {(day,): {} for day in around.closures}


def _definitions(around: Around) -> Rows:
    return {
        named: {
            "digest": entry.details["digest"],
            "published_by": entry.actor,
            "published_at": entry.at,
            "reason": entry.reason,
        }
        for named, entry in around.methods.items()
    }


WANTED: Final[Mapping[str, Wanted]] = {
    "organisation": Wanted(("organisation_id",), _organisation),
    "person": Wanted(("id",), _persons),
    "right": Wanted(("person_id", "name"), _rights),
    "substitute": Wanted(("id",), _substitutes),
    "meeting": Wanted(("calendar", "day"), _meetings),
    "closure": Wanted(("day",), _closures),
    "definition": Wanted(("id", "version"), _definitions),
}


def check(around: Around, kept: Mapping[str, Sequence[Row]]) -> Iterator[Problem]:
    """Hold each table against what the record wants of it."""
    for table, wanted in WANTED.items():
        yield from compared(table, keyed(kept[table], *wanted.key), wanted.rows(around))
    for row in kept["definition"]:
        yield from _content(row)
    yield from _solved(around, kept["incident"])


def _content(row: Row) -> Iterator[Problem]:
    """A published method is what its digests say, and goes by its own name."""
    which = f"{row['id']} {row['version']}"
    content = bytes(row["content"])
    if hashlib.sha256(content).hexdigest() != row["digest"]:
        yield problem("method_changed", which=which)
        return
    method = json.loads(content)
    wanted = {"id": method["id"], "version": method["version"],
              "rules_digest": library.rules_digest(method)}  # fmt: skip
    yield from compared("definition", {(which,): row}, {(which,): wanted})


def _solved(around: Around, rows: Sequence[Row]) -> Iterator[Problem]:
    """Whatever a person closed is closed by that person; the rest comes right by itself.

    Whoever fills a role closes with it that it was empty, and the project's record tells that.
    """
    closed = keyed([row for row in rows if row["solved_at"]], "id")
    told = {
        (name,): {"solved_at": entry.at, "solved_by": entry.actor}
        for name, entry in around.solved.items()
    }
    by_itself = {
        key: row
        for key, row in closed.items()
        if key not in told
        and (row["solved_by"] == incidents.SYSTEM or row["kind"] == incidents.ROLE_EMPTY)
        and row["solved_by"]
    }
    wanted: dict[tuple[Any, ...], Row] = {**told, **{key: {} for key in by_itself}}
    yield from compared("incident", closed, wanted)
    yield from (
        problem("half_solved", which=row["id"])
        for row in rows
        if row["solved_by"] and not row["solved_at"]
    )
