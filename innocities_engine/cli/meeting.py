"""Commands about one meeting of a body in which several projects are decided: papers in, decisions
out. Each project's decisions are one transaction; a row that is wrong stops no other project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innocities_engine import errors
from innocities_engine.cli import (
    acts,
    agenda,
    inputs,
    layout,
    many,
    meeting_rows,
    outputs,
    refusals,
    spreadsheet,
    table,
    teller,
)
from innocities_engine.cli.console import Console
from innocities_engine.cli.many import Answer, Beside, Listening
from innocities_engine.cli.meeting_rows import Line, Said, Session
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.agenda import bodies, calendar_of
from innocities_engine.domain.gates import Blocker
from innocities_engine.store.answers import KeyReused

if TYPE_CHECKING:
    from innocities_engine.casework import Receipt
    from innocities_engine.cli.spreadsheet import Row
    from innocities_engine.cli.table import Headed, Problem
    from innocities_engine.domain.definition import Gate
    from innocities_engine.engine import View
    from innocities_engine.store.projects import Glance

verbs = Verbs()


@verbs.verb(
    "agenda",
    examples=(
        "innocities meeting agenda styringsgruppe",
        (
            "innocities meeting agenda styringsgruppe --day 2026-10-07 --page sak.html"
            " --table tabell.csv"
        ),
    ),
)
@click.argument("body")
@click.option("--day", default="", metavar="DAY", help="Which meeting; else the next one.")
@click.option("--page", default="", type=outputs.FILE, metavar="FILE",
              help="Write a page to bring along or to print, too.")  # fmt: skip
@click.option("--table", "empty", default="", type=outputs.FILE, metavar="FILE",
              help="Write an empty table for what is decided, too.")  # fmt: skip
@click.option("--force", is_flag=True, help="Also over a file that is there.")
def show(console: Console, body: str, day: str, page: str, empty: str, force: bool) -> None:
    """List what waits for a body in one of its meetings, project by project.

    The papers, what is still missing, what is judged there and what can be decided. BODY is a role
    of the method, or the calendar by which it meets.
    """
    found = agenda.gathered(console, body, day)
    told = agenda.data(found)
    files = {}
    if page:
        files[page] = agenda.page(console, found, told).encode()
    if empty:
        rows = meeting_rows.template(console, told["points"], told["day"])
        files[empty] = spreadsheet.written(rows).encode()
    outputs.write(console, files, force=force)
    console.show({**told, "files": list(files)}, agenda.lines(console, found, told))
    for file in files:
        console.talk("meeting.written", file=file)


@verbs.verb(
    "record",
    keyed=True,
    examples=(
        (
            "innocities meeting record styringsgruppe --day today --minutes 6/26"
            " --present bjorn,cecilia,dag vedtak.csv --dry-run --as petter"
        ),
    ),
)
@click.argument("body")
@click.argument("file", type=outputs.FILE, metavar="FILE.csv")
@click.option("--day", required=True, metavar="DAY", help="When the body met.")
@click.option("--minutes", required=True, metavar="REF", help="Where it is written.")
@click.option("--present", required=True, metavar="PERSON,…", help="Who was there.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
def record(
    console: Console, body: str, file: str, day: str, minutes: str, present: str, yes: bool
) -> None:
    """Write down what a body decided in one meeting, from the table that `meeting agenda` writes.

    It is rehearsed first: you see what each project would answer, and are asked. What a project got
    is written down wholly or not at all; one that refuses stops no other. A row without an outcome
    is left for another meeting. The same table again decides nothing twice.
    """
    path = Path(file)
    sheet = table.opened(console, path)
    headed, faults = meeting_rows.reader(console, sheet, path.parent)
    if faults:
        raise errors.Refused(message="\n".join(faults))
    recorded = inputs.recorded(console, True, present, minutes, day)
    assert recorded is not None
    assert recorded.on is not None
    rows = _sorted(console, sheet, headed)
    recording = _Recording(console, headed, Session(body, recorded.on, recorded), rows.of)
    many.carry_out(console, rows.glances, recording.ask, yes=yes, beside=_beside(console, rows))


# ---------------------------------------------------------------- whose rows


@dataclass
class _Rows:
    """The rows of each project in the order they stand; those of none, and those left open."""

    glances: list[Glance] = field(default_factory=list)
    of: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    left: int = 0


def _sorted(console: Console, sheet: spreadsheet.Sheet, headed: Headed) -> _Rows:
    found = _Rows()
    for row in table.rows(sheet):
        line = Line(headed, row, table.too_long(console, sheet, row))
        project = line.project() if not line.problems else None
        if line.problems or project is None:
            found.problems += line.problems
        elif line.is_open:
            found.left += 1
        else:
            found.of.setdefault(project, []).append(row)
    known = {glance.id: glance for glance in _glances(console)}
    found.glances = [known[project] for project in found.of]
    return found


def _glances(console: Console) -> Sequence[Glance]:
    from innocities_engine.cli.names import MOST_PROJECTS

    return console.engine.projects(console.home.id, console.me, limit=MOST_PROJECTS)


def _beside(console: Console, rows: _Rows) -> Beside:
    lines = list(table.lines(console, rows.problems))
    if rows.left:
        lines += layout.paragraph(console.say("meeting.left", n=rows.left))
    data = {"problems": [asdict(problem) for problem in rows.problems], "left": rows.left}
    return Beside(data, tuple(lines), bool(rows.problems))


# ---------------------------------------------------------------- one project


@dataclass
class _Read:
    """What the rows of one project say, each with the gate it is about."""

    lines: list[tuple[Line, Gate]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Asked:
    """By what it is known when it is asked again."""

    key: str = ""
    typed: tuple[str, ...] = ()


class _Recording:
    """The decisions of one meeting, as they are written down for one project after the other."""

    def __init__(
        self, console: Console, headed: Headed, session: Session, rows: Mapping[str, list[Row]]
    ) -> None:
        self.inner = Listening(console, {})
        self.headed = replace(headed, console=self.inner)
        self.session = session
        self.rows = rows

    def ask(self, glance: Glance, dry_run: bool) -> Answer:
        """1. The same again gets the same answer. 2. What the rows say is issued, all of it or
        nothing. 3. What is wrong is told by row and column.
        """
        inner = self.inner
        inner.begin({"dry_run": dry_run})
        seen = inner.engine.view(inner.home.id, glance.id, inner.me)
        inner.focus = seen
        lines = [Line(self.headed, row) for row in self.rows[glance.id]]
        asked = _Asked(self._key(seen), self._typed(lines))
        try:
            done = self._answered(seen, asked)
        except KeyReused as error:
            lines[0].wrong(meeting_rows.OUTCOME, "meeting.changed")
            return self._wrong(glance, error.code, lines[0].problems)
        except errors.Refused as error:
            lines[0].add(meeting_rows.OUTCOME, refusals.told(inner, error)[0]["message"])
            return self._wrong(glance, error.code, lines[0].problems)
        if done:
            self._report(seen, done)
            return many.answered(inner, glance, dry_run=dry_run)
        read = self._read(seen, lines)
        if read.problems:
            late = all(line.is_late for line in lines if line.problems)
            code = errors.AlreadyDecided.code if late else "usage"
            return self._wrong(glance, code, read.problems)
        inner.advance()
        try:
            self._report(seen, self._issued(seen, read.said, asked, dry_run=dry_run))
        except errors.Unavailable:
            raise
        except errors.EngineError as error:
            return self._wrong(glance, error.code, self._refused(seen, read, error))
        return many.answered(inner, glance, dry_run=dry_run)

    def _answered(self, seen: View, asked: _Asked) -> tuple[Receipt, ...]:
        """What the same rows were answered before, for whoever writes down for the body."""
        known = bodies(seen.method, self.session.body)
        if not known:
            return ()
        return self.inner.engine.answered(
            seen.project.organisation,
            seen.project.id,
            [role.id for role in known],
            self.inner.me,
            typed=asked.typed,
            idempotency_key=asked.key,
        )

    def _read(self, seen: View, lines: Sequence[Line]) -> _Read:
        found = _Read()
        first: dict[str, int] = {}
        for line in lines:
            gate, number = line.gate(seen), line.row.number
            if gate is not None and first.setdefault(gate.id, number) != number:
                line.wrong(meeting_rows.GATE, "meeting.twice", row=first[gate.id], gate=gate.id)
            elif gate is not None:
                found.said += line.said(seen, gate, self.session)
                found.lines.append((line, gate))
            found.problems += line.problems
        return found

    def _issued(
        self, seen: View, said: Sequence[Said], asked: _Asked, *, dry_run: bool
    ) -> tuple[Receipt, ...]:
        project = seen.project
        return self.inner.engine.execute_together(
            project.organisation,
            [(project.id, each.command) for each in said],
            self.inner.me,
            reasons=[each.reason for each in said],
            typed=asked.typed,
            idempotency_key=asked.key,
            dry_run=dry_run,
        )

    def _report(self, seen: View, receipts: Sequence[Receipt]) -> None:
        events = tuple(event for receipt in receipts for event in receipt.events)
        repeated = all(receipt.repeated for receipt in receipts)
        acts.report(self.inner, replace(receipts[-1], events=events, repeated=repeated), seen)

    def _key(self, seen: View) -> str:
        """One meeting decides at a gate once, unless what was decided there was annulled since."""
        rows = (Line(self.headed, row) for row in self.rows[seen.project.id])
        decided = {gate.id for line in rows if (gate := line.gate(seen)) is not None}
        annulled = (each.passage.partition("#")[0] for each in seen.project.corrections)
        turn = sum(gate in decided for gate in annulled)
        named = self.inner.outer.key
        known = bodies(seen.method, self.session.body)
        body = calendar_of(known[0]) if known else self.session.body
        meeting = named or f"{body} {self.session.day}"
        return f"meeting {meeting} {turn} {seen.project.id}"

    def _typed(self, lines: Sequence[Line]) -> tuple[str, ...]:
        recorded = self.session.recorded
        return (recorded.minutes, *sorted(recorded.present), *(line.words for line in lines))

    # ------------------------------------------------------------ what is wrong

    def _refused(self, seen: View, read: _Read, error: errors.EngineError) -> list[Problem]:
        """Tell a refusal by the row and the columns it is about."""
        inner = self.inner
        line, gate = self._at_fault(seen, read)
        blockers = getattr(error, "blockers", ()) or getattr(error, "changed", ())
        found = [blocker for blocker in blockers if isinstance(blocker, Blocker)]
        t = teller.of(inner, seen)
        if not found:
            line.add(meeting_rows.OUTCOME, refusals.told(inner, error)[0]["message"])
        for blocker in found:
            meeting_rows.refused(t, line, gate, blocker)
        return line.problems

    def _at_fault(self, seen: View, read: _Read) -> tuple[Line, Gate]:
        """The first row with which those before it are refused."""
        for line, gate in read.lines[:-1]:
            until = next(n for n, s in enumerate(read.said) if s.row.number > line.row.number)
            try:
                self._issued(seen, read.said[:until], _Asked(), dry_run=True)
            except errors.EngineError:
                return line, gate
        return read.lines[-1]

    def _wrong(self, glance: Glance, code: str, problems: Sequence[Problem]) -> Answer:
        data = {
            "code": code,
            "message": "\n".join(problem.said for problem in problems),
            "problems": [asdict(problem) for problem in problems],
        }
        return Answer(glance, many.REFUSED, data, tuple(table.lines(self.inner, problems)))
