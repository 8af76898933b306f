"""The command that proves a method before anybody depends on it, or shows where it is not sound."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import click

from innocities_engine import errors, library
from innocities_engine.cli import exits, methods
from innocities_engine.cli.console import Console
from innocities_engine.cli.refusals import fault_lines, plain_fault
from innocities_engine.cli.verbs import Verbs

if TYPE_CHECKING:
    from innocities_engine.authoring.verify import Report
    from innocities_engine.domain.definition import Methodology

verbs = Verbs()


@verbs.verb(
    "verify",
    examples=(
        "innocities methodology verify smartby-program",
        "innocities methodology verify metode/1.0.0.yaml --json",
    ),
)
@click.argument("method", metavar="FILE|ID")
def verify(console: Console, method: str) -> None:
    """Prove that a method is sound, or tell a project's story that shows where it is not.

    It walks through every state a project can get into: is everything reached, can each gate be
    passed and by whom, can every project still be completed, are rules and dates consistent? Ends
    with 1 if it finds an error or cannot decide; warnings alone do no harm.
    """
    from innocities_engine.authoring.verify import verify as proving
    from innocities_engine.cli import verified

    path, shelf = methods.source(console, method)
    found, faults = library.check(path, shelf)
    if found is None:
        raise errors.DefinitionInvalid(tuple(f for f in faults if f.severity == "error"))
    report = proving(found)
    locate = library.located(path, shelf)
    data = {
        "file": str(path),
        "id": found.id,
        "version": found.version,
        "digest": found.digest,
        "faults": [plain_fault(console.language, fault) for fault in faults],
        **verified.plain(console, report, locate),
    }
    warnings = [line for fault in faults for line in fault_lines(console.language, fault)]
    console.show(data, [*warnings, *verified.told(console, report, locate)])
    if not report.sound:
        raise click.exceptions.Exit(exits.REFUSED)


@lru_cache(maxsize=8)
def proved(method: Methodology) -> Report | None:
    """What verifying finds; None for a method that ships, which was verified before it did."""
    if library.proved(method.digest):
        return None
    from innocities_engine.authoring.verify import verify as proving

    return proving(method)
