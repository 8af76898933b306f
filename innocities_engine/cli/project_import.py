"""Commands that take in projects which ran before the program was there: from a table, one row a
project, with a template for it. A row that is wrong stops no other.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from innocities_engine import errors
from innocities_engine.cli import exits, import_columns, layout, methods, spreadsheet, table, teller
from innocities_engine.cli.console import Console
from innocities_engine.cli.import_columns import REMARK, Column
from innocities_engine.cli.import_rows import Reader
from innocities_engine.cli.spreadsheet import Row, Sheet
from innocities_engine.cli.table import Problem
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Project
from innocities_engine.domain.situation import Situation
from innocities_engine.store import people
from innocities_engine.store.answers import KeyReused
from innocities_engine.store.transactions import read

if TYPE_CHECKING:
    from innocities_engine.domain.commands import Import
    from innocities_engine.domain.definition import Methodology
    from innocities_engine.store.definitions import Published

verbs = Verbs()

REST: Final = ".rest"


@dataclass
class Outcome:
    """What became of the rows."""

    taken: list[dict[str, object]] = field(default_factory=list)
    known: int = 0
    problems: list[Problem] = field(default_factory=list)
    left: list[Row] = field(default_factory=list)


@verbs.verb(
    "import",
    writes=True,
    examples=(
        "innocities project import --template smartby-prosjekt",
        (
            'innocities project import --method smartby-prosjekt --set "Title=Havnelab"'
            ' --set "Role: ideeier=ingrid" --set "Role: programkoordinator=petter"'
            ' --set "G1: date=2026-03-12" --set "G1: outcome=go" --set "G1: minutes=4/26"'
            ' --set "G1: decided by=Styringsgruppen"'
        ),
    ),
)
@click.argument("file", default="", metavar="[FILE.csv]")
@click.option("--method", default="", help="By which method they run; else the only published.")
@click.option("--template", default="", metavar="METHOD", help="Print an empty table for it.")
@click.option(
    "--set",
    "cells",
    multiple=True,
    metavar='"COLUMN=VALUE"',
    help="One project without a file, by the columns of the template.",
)
def take_in(console: Console, file: str, method: str, template: str, cells: Sequence[str]) -> None:
    """Take in projects that run already: which gates were passed when, by whom, on which papers.

    One row a project; write an empty table with --template, fill it in, and look at --dry-run
    first. Rows that are right are taken in, each wholly; the others are named with what to mend,
    and written to FILE.rest.csv. The same row twice is one project.
    """
    if template:
        _print_template(console, methods.published(console, template)[1])
        return
    if bool(file) == bool(cells):
        raise click.UsageError(console.say("import.what"))
    path = Path(file)
    sheet = table.opened(console, path) if file else _one_row(console, cells)
    published, definition = methods.published(console, method or _only_method(console))
    reader = _reader(console, definition, sheet, path.parent if file else Path())
    console.advance()
    outcome = _take_in(console, published, reader, sheet)
    rest = _write_rest(path, sheet, outcome) if file and not console.dry_run else None
    _report(console, outcome, rest)


def _only_method(console: Console) -> str:
    known = {each.id for each in console.office.published(console.home.id)}
    if len(known) != 1:
        raise click.UsageError(console.say("import.method", known=", ".join(sorted(known)) or "–"))
    return known.pop()


# ---------------------------------------------------------------- the table


def _one_row(console: Console, cells: Sequence[str]) -> Sheet:
    pairs = [cell.partition("=") for cell in cells]
    for name, equals, _ in pairs:
        if not equals or not name.strip():
            raise click.UsageError(console.say("usage.pair", option="--set", given=name))
    header = Row(1, 1, tuple(name.strip() for name, _, _ in pairs))
    return Sheet(header, (Row(2, 2, tuple(value.strip() for _, _, value in pairs)),))


def _reader(console: Console, method: Methodology, sheet: Sheet, folder: Path) -> Reader:
    """What each column means; all that mean nothing, or the same, are named at once."""
    found, faults = table.columns(console, sheet, import_columns.recognised(method))
    if Column("title") not in found.values():
        faults.append(console.say("import.column_title"))
    if faults:
        raise errors.Refused(message="\n".join(faults))
    headings = import_columns.headings(console.language, method)
    headings |= {column: sheet.header.cells[n] for n, column in found.items()}
    persons = {p.id: p.name for p in console.office.persons(console.home.id, console.me)}
    return Reader(console, found, headings, persons, folder, method)


# ---------------------------------------------------------------- the rows


def _take_in(console: Console, published: Published, reader: Reader, sheet: Sheet) -> Outcome:
    """Each row in a transaction of its own; what is wrong with one stops no other."""
    outcome = Outcome()
    seen: dict[str, int] = {}
    for row in console.progress(table.rows(sheet), console.say("import.progress")):
        command, problems = reader.read(row)
        problems += table.too_long(console, sheet, row)
        if command is not None:
            problems += _twice(reader, row, command, seen)
        if command is not None and not problems:
            problems = _issue(console, published, reader, row, command, outcome)
        if problems:
            outcome.problems += problems
            outcome.left.append(row)
    return outcome


def _twice(reader: Reader, row: Row, command: Import, seen: dict[str, int]) -> list[Problem]:
    """Two rows of one name would be one project."""
    first = seen.setdefault(_identity(command), row.number)
    if first == row.number:
        return []
    heading = reader.headings[Column("reference")]
    text = reader.console.say("import.twice", row=first, column=heading)
    return [Problem(row.number, row.line, reader.headings[Column("title")], text)]


def _identity(command: Import) -> str:
    """What one project is known by where its papers are kept, else its title."""
    return " ".join((command.reference or command.title).casefold().split())


def _issue(
    console: Console,
    published: Published,
    reader: Reader,
    row: Row,
    command: Import,
    outcome: Outcome,
) -> list[Problem]:
    try:
        receipt = console.engine.begin(
            published.id,
            published.version,
            command,
            console.me,
            idempotency_key=f"import {published.id} {_identity(command)}",
            dry_run=console.dry_run,
        )
    except KeyReused:
        text = console.say("import.changed")
        return [Problem(row.number, row.line, reader.headings[Column("title")], text)]
    except errors.Refused as refused:
        found = [b for b in refused.blockers if isinstance(b, Blocker)]
        return [_problem(console, reader, row, blocker) for blocker in found]
    except (errors.NotFound, errors.Conflict) as error:
        return [Problem(row.number, row.line, "", str(error))]
    if receipt.repeated:
        outcome.known += 1
    else:
        project = "" if console.dry_run else receipt.project
        outcome.taken.append({"row": row.number, "title": command.title, "project": project})
    return []


def _problem(console: Console, reader: Reader, row: Row, blocker: Blocker) -> Problem:
    from innocities_engine.cli import reasons

    text = _lacking(console, blocker)
    if not text:
        told = teller.Teller(console.language, _blank(console, reader.method), reader.persons)
        text = reasons.reason(told, blocker).text
    heading = reader.headings.get(_column(reader.method, blocker), "")
    return Problem(row.number, row.line, heading, text)


def _lacking(console: Console, blocker: Blocker) -> str:
    """What an outcome has to say besides, told as one writes it in a table."""
    if blocker.code == "carry_missing" and blocker.subject == "to":
        return console.say("import.to", one_of=blocker.params["one_of"])
    if blocker.code == "carry_missing" and blocker.subject == "review_on":
        return console.say("import.review_on")
    return ""


def _blank(console: Console, method: Methodology) -> Situation:
    with read(console.store) as connection:
        outside = people.inputs(connection, console.home.id, method)
    return Situation(method, Project(), outside, console.clock())


def _column(method: Methodology, blocker: Blocker) -> Column:
    """In which column lies what the engine refuses."""
    subject, gate = blocker.subject, blocker.params.get("gate", "")
    if blocker.code == "elsewhere":
        return Column("phase")
    if subject == "started":
        return Column("started")
    if gate:
        carried = subject in ("to", "review_on") or blocker.code == "answer_first"
        return Column("gate_outcome", gate) if carried else Column("conditions")
    if subject in method.gates:
        return Column("gate_date", subject)
    kinds = {"role": method.roles, "fact": method.facts, "paper": method.artefacts}
    found = (Column(kind, subject) for kind, known in kinds.items() if subject in known)
    return next(found, Column("done"))


# ---------------------------------------------------------------- what became of it


def _write_rest(path: Path, sheet: Sheet, outcome: Outcome) -> Path | None:
    """Write the rows that were left, each with what is wrong with it, to be mended and taken in."""
    if not outcome.left:
        return None
    texts: dict[int, list[str]] = {}
    for problem in outcome.problems:
        texts.setdefault(problem.row, []).append(problem.said)
    rest = path if path.stem.endswith(REST) else path.with_name(f"{path.stem}{REST}.csv")
    keep = [n for n, head in enumerate(sheet.header.cells) if not head.startswith(REMARK)]
    header = [REMARK, *(sheet.header.cells[n] for n in keep)]
    rows = [
        ["\n".join(texts[row.number]), *(row.cells[n] if n < len(row.cells) else "" for n in keep)]
        for row in outcome.left
    ]
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".csv")
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as target:
        target.write(spreadsheet.written([header, *rows]))
    Path(name).replace(rest)
    return rest


def _report(console: Console, outcome: Outcome, rest: Path | None) -> None:
    data = {
        "taken_in": outcome.taken,
        "known": outcome.known,
        "left": len(outcome.left),
        "problems": [asdict(problem) for problem in outcome.problems],
        "rest": str(rest) if rest else None,
        "dry_run": console.dry_run,
    }
    console.show(data, _lines(console, outcome, rest))
    if outcome.problems:
        console.end(exits.REFUSED)


def _lines(console: Console, outcome: Outcome, rest: Path | None) -> Iterator[str]:
    yield from table.lines(console, outcome.problems)
    text = "import.would" if console.dry_run else "import.done"
    yield from layout.paragraph(console.say(text, n=len(outcome.taken)), hang=2)
    if outcome.known:
        yield from layout.paragraph(console.say("import.known", n=outcome.known), hang=2)
    if outcome.left:
        yield from layout.paragraph(console.say("import.left", n=len(outcome.left)), hang=2)
    if rest:
        yield from layout.paragraph(console.say("import.rest", file=rest), hang=2)


# ---------------------------------------------------------------- the template


def _print_template(console: Console, method: Methodology) -> None:
    headings = import_columns.headings(console.language, method)
    example = _example(console, method)
    rows = [list(headings.values()), [example.get(column, "") for column in headings]]
    if console.json:
        console.show({"columns": rows[0], "example": rows[1]}, ())
    else:
        click.echo(spreadsheet.written(rows), nl=False)


def _example(console: Console, method: Methodology) -> dict[Column, str]:
    """One row that shows how each kind of cell is written; it begins so that nobody imports it."""
    say = console.say
    gate = next(iter(method.gates.values()))
    outcome = next(iter(gate.outcomes))
    found = {
        Column("reference"): f"{REMARK} {say('import.example')}",
        Column("title"): say("import.example_title"),
        Column("started"): "2025-01-15",
        Column("gate_date", gate.id): "2025-03-12",
        Column("gate_outcome", gate.id): outcome,
        Column("gate_by", gate.id): say("import.example_by"),
        Column("gate_minutes", gate.id): "4/25",
        Column("conditions"): say("import.example_condition", gate=gate.id),
    }
    found |= {Column("role", role): "astrid" for role in list(method.roles)[:1]}
    papers = ("https://arkiv.example/117", say("import.example_paper"), "plan.pdf; 2025-02-20")
    for artefact, source in zip(method.artefacts, papers, strict=False):
        found[Column("paper", artefact)] = source
    return found
