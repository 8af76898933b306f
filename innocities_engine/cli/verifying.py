"""The command that proves a method before anybody depends on it, or shows where it is not sound."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

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

SUSPECTED: Final = {"quorum-beyond-seats": "V3", "no-way-out": "V7"}


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
    told = [fault for fault in faults if not _is_proved(fault, report)]
    warnings = [line for fault in told for line in fault_lines(console.language, fault)]
    console.show(data, [*warnings, *verified.told(console, report, locate)])
    if not report.sound:
        raise click.exceptions.Exit(exits.REFUSED)


def _is_proved(fault: library.Fault, report: Report) -> bool:
    """Whether what the text made one suspect was found; it is told with its proof then."""
    rule = SUSPECTED.get(fault.code)
    return any(f.rule == rule and fault.path.startswith(f.place) for f in report.findings)


@lru_cache(maxsize=8)
def proved(method: Methodology) -> Report | None:
    """What verifying finds; None for a method that ships, which was verified before it did."""
    if library.proved(method.digest):
        return None
    from innocities_engine.authoring.verify import verify as proving

    return proving(method)
