"""Decide which columns the table of a meeting has, what a row of it says that was decided, and in
which column lies what the engine refuses. Whether it may be decided is left to the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from innocities_engine import wording
from innocities_engine.cli import (
    happenings,
    import_columns,
    inputs,
    names,
    papers_read,
    reasons,
    table,
    teller,
)
from innocities_engine.cli.import_columns import Column
from innocities_engine.cli.options import Carried
from innocities_engine.cli.project_decision import asking_key, proposal_of
from innocities_engine.cli.project_voices import verdicts_of
from innocities_engine.cli.table import Cells, Headed, listed
from innocities_engine.domain import agenda, moments, people
from innocities_engine.domain.commands import Advise, Decide, Rate
from innocities_engine.domain.events import GateDecided
from innocities_engine.domain.project import PassageStatus, Proposal
from innocities_engine.domain.situation import passage_scope

if TYPE_CHECKING:
    from innocities_engine.cli.agenda import Plain
    from innocities_engine.cli.console import Console
    from innocities_engine.cli.spreadsheet import Row, Sheet
    from innocities_engine.domain.commands import Command
    from innocities_engine.domain.definition import Gate
    from innocities_engine.domain.gates import Blocker
    from innocities_engine.domain.project import Content, Passage, Recorded
    from innocities_engine.engine import View

PROJECT: Final = Column("project")
GATE: Final = Column("gate")
OUTCOME: Final = Column("outcome")
VOTES: Final = {
    "for": Column("votes_for"),
    "against": Column("votes_against"),
    "abstained": Column("votes_abstained"),
}
AWAY: Final = Column("away")
JUDGED: Final = Column("judged")
WHY: Final = Column("why")
TERMS: Final = Column("terms")
APPOINTS: Final = Column("appoints")
FIXES: Final = Column("fixes")
BRINGS: Final = Column("brings")
READ: Final = Column("read")
COLUMNS: Final = (
    PROJECT, GATE, OUTCOME, *VOTES.values(), AWAY, JUDGED, WHY, TERMS, APPOINTS, FIXES, BRINGS,
    READ,
)  # fmt: skip
# What somebody wrote who decided something; who is away and which papers there are stand in the
# table from the start.
SAID: Final = (*VOTES.values(), JUDGED, WHY, TERMS, APPOINTS, FIXES, BRINGS)


@dataclass(frozen=True, slots=True)
class Session:
    """The meeting that is written down: whose it was, when, and what holds for all it decided."""

    body: str
    day: date
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class Said:
    """A command that a row gives, and why."""

    row: Row
    command: Command
    reason: str = ""


# ---------------------------------------------------------------- columns


def heading(language: str, column: Column) -> str:
    return wording.say(language, f"column.{column.kind}")


def reader(console: Console, sheet: Sheet, folder: Path) -> tuple[Headed, list[str]]:
    """What each column means in whichever language, and what is wrong with the header."""
    known = {
        import_columns.folded(heading(language, column)): column
        for language in wording.LANGUAGES
        for column in COLUMNS
    }
    found, faults = table.columns(console, sheet, known)
    headings = {column: heading(console.language, column) for column in COLUMNS}
    faults += [
        console.say("meeting.no_column", column=headings[column])
        for column in (PROJECT, OUTCOME)
        if column not in found.values()
    ]
    headings |= {column: sheet.header.cells[n] for n, column in found.items()}
    persons = {p.id: p.name for p in console.office.persons(console.home.id, console.me)}
    return Headed(console, found, headings, persons, folder), faults


def template(console: Console, points: Iterable[Plain], day: str) -> list[list[str]]:
    """An empty table for an agenda: a row a gate, with what helps to fill it in."""
    mark = import_columns.REMARK
    notes = [f"{mark} {console.say(f'meeting.note_{n}')}" for n in ("title", "choices", "asks")]
    rows = [[*(heading(console.language, column) for column in COLUMNS), *notes]]
    for point in points:
        cells = {
            PROJECT: str(point["number"]),
            GATE: point["gate"],
            AWAY: ", ".join(aside["person"] for aside in point["aside"]),
            READ: _read(point["papers"], day),
        }
        choices = ", ".join(outcome["outcome"] for outcome in point["outcomes"])
        rows.append(
            [*(cells.get(column, "") for column in COLUMNS), point["title"], choices, _asks(point)]
        )
    return rows


def _read(papers: Sequence[Plain], day: str) -> str:
    """The papers that were there; nothing is said of a body that met before one of them came."""
    if any(paper["on"] > day for paper in papers):
        return ""
    return papers_read.written({paper["artefact"]: paper["version"] for paper in papers})


def _asks(point: Plain) -> str:
    """What outcomes ask the decision to carry, by their names."""
    asked = ((o["outcome"], [ask["of"] for ask in o["asks"]]) for o in point["outcomes"])
    return "; ".join(f"{outcome}: {', '.join(of)}" for outcome, of in asked if of)


# ---------------------------------------------------------------- one row


class Line(Cells):
    """One row of a meeting while it is read. `is_late`: its gate was decided before."""

    is_late = False

    @property
    def is_open(self) -> bool:
        """Whether nothing was decided: the gate waits for another meeting."""
        return not self.cell("outcome")

    def project(self) -> str | None:
        """Whose row it is."""
        if self.is_open and any(self.cell(column.kind) for column in SAID):
            self.wrong(OUTCOME, "meeting.no_outcome")
            return None
        given = self.cell("project")
        if not given:
            self.wrong(PROJECT, "meeting.no_project")
            return None
        return self.tried(PROJECT, names.project_id, given)

    @property
    def words(self) -> str:
        """What it says, wherever its columns stand and however its project is named."""
        told = {column.kind: self.cell(column.kind) for column in COLUMNS if column != PROJECT}
        return repr({kind: cell for kind, cell in told.items() if cell})

    def gate(self, seen: View) -> Gate | None:
        """The gate that is decided; it has to be one that this body decides."""
        return self.tried(GATE, names.gate, seen, self.cell("gate"))

    def said(self, seen: View, gate: Gate, session: Session) -> list[Said]:
        """What the row gives: first what was judged, then what was decided."""
        if self._decided_before(seen, gate):
            return []
        item = self._item(seen, gate, session.body)
        recorded = replace(self._recorded(session), body=item.body.id if item else "")
        read = self.tried(READ, papers_read.read, self.cell("read"), seen.method.artefacts)
        given = self.cell("why")
        reason = self.tried(WHY, inputs.prose, given, self.reader.headings[WHY]) or ""
        verdicts = self._judged(seen, gate)
        rated = [Said(self.row, Rate(gate.id, verdicts, recorded))] if verdicts else []
        recorded = replace(recorded, votes=self._votes())
        if item and item.advice:
            told = Advise(gate.id, item.advice, self.cell("outcome"), reason, recorded, read)
            return [*rated, Said(self.row, told, reason)]
        proposal = self._proposal(seen, gate)
        if proposal is None:
            return []
        decided = Decide(
            gate=gate.id,
            proposal=proposal,
            reason=reason,
            recorded=recorded,
            asking_key=asking_key(seen, gate),
            papers=read,
        )
        return [*rated, Said(self.row, decided, reason)]

    def _item(self, seen: View, gate: Gate, name: str) -> agenda.Item | None:
        """What the body is asked at the gate. What is written under the heading of one body is not
        to be the decision of another.
        """
        t = teller.of(self.reader.console, seen)
        passage = t.project.open_passage(gate.id)
        if passage is None:
            return None
        item = agenda.asked_of(t.s, passage, agenda.bodies(seen.method, name))
        if item is None:
            deciders = people.roles_asked(t.s, gate.decides.by, passage_scope(t.s, passage))
            who = t.who(deciders, "and")
            self.wrong(GATE, "meeting.not_theirs", gate=t.gate(gate.id), body=name, who=who)
        return item

    def _decided_before(self, seen: View, gate: Gate) -> bool:
        """Say of a gate that is not open any more when it was decided, and what."""
        t = teller.of(self.reader.console, seen)
        latest = next(reversed(tuple(t.project.passages_of(gate.id))), None)
        if latest is None or latest.void or latest.status is PassageStatus.OPEN:
            return False
        decision = t.project.decision_of(latest.key)
        if decision is None:
            return False
        told = happenings.told(t, GateDecided(at=decision.at, decision=decision))
        day = wording.short_day(t.language, moments.held_on(t.s, decision))
        self.wrong(OUTCOME, "meeting.decided", day=day, told=told)
        self.is_late = True
        return True

    def _recorded(self, session: Session) -> Recorded:
        """The meeting without those who took no part in this."""
        away = [self.person(AWAY, one) for one in listed(self.cell("away"))]
        there = tuple(one for one in session.recorded.present if one not in away)
        return replace(session.recorded, present=there)

    def _votes(self) -> dict[str, int]:
        found = {}
        for side, column in VOTES.items():
            given = self.cell(column.kind)
            if given and not (given.isdecimal() and len(given) <= inputs.MOST_DIGITS):
                self.wrong(column, "meeting.no_number", given=given)
            elif given:
                found[side] = int(given)
        return found

    def _judged(self, seen: View, gate: Gate) -> Mapping[str, str]:
        given = listed(self.cell("judged"))
        return (self.tried(JUDGED, verdicts_of, seen, gate, given) if given else None) or {}

    def _proposal(self, seen: View, gate: Gate) -> Proposal | None:
        """OUTCOME, or OUTCOME > PHASE, or OUTCOME > DAY for the review of a hold; and what it
        carries, each from its own column.
        """
        named, _, more = (part.strip() for part in self.cell("outcome").partition(">"))
        outcome = self.tried(OUTCOME, names.outcome, gate, named)
        if outcome is None:
            return None
        review = self.day(OUTCOME, more) if more[:1].isdecimal() else None
        parts = {
            OUTCOME: Carried(to="" if more[:1].isdecimal() else more),
            TERMS: Carried(conditions=tuple(self.lines("terms"))),
            APPOINTS: Carried(appoint=tuple(self.lines("appoints"))),
            FIXES: Carried(answered=tuple(self.lines("fixes"))),
        }
        told = {
            column: self.tried(column, proposal_of, seen.method, outcome, carried)
            for column, carried in parts.items()
        }
        led, terms, appoints, fixes = told.values()
        if led is None or terms is None or appoints is None or fixes is None:
            return None
        return Proposal(
            outcome=outcome.id,
            to=led.to,
            review_on=review,
            written=terms.written,
            appoint=appoints.appoint,
            answers=fixes.answers,
            attach=self._brought(seen),
        )

    def _brought(self, seen: View) -> dict[str, Content]:
        """The papers it brings: ARTEFACT=FILE or ARTEFACT=LINK."""
        lines = self.lines("brings")
        given = self.tried(BRINGS, inputs.pairs, lines, self.reader.headings[BRINGS]) or {}
        found = {}
        for name, source in given.items():
            artefact = self.tried(BRINGS, names.pick, "artefact", name, seen.method.artefacts)
            content = self.handed_in(BRINGS, source)
            if artefact is not None and content is not None:
                found[artefact] = content
        return found


# ---------------------------------------------------------------- what the engine refuses


def refused(t: teller.Teller, line: Line, gate: Gate, blocker: Blocker) -> None:
    """Tell a refusal in the column that mends it, and what to write there."""
    passage = t.project.open_passage(gate.id)
    reason = reasons.reason(t, blocker, passage)
    column, mend = _mended(t, gate, blocker, passage)
    told = mend or (reason.next and t.say("meeting.first", command=reason.next))
    line.add(column, f"{reason.text} {told}".strip())


def _mended(
    t: teller.Teller, gate: Gate, blocker: Blocker, passage: Passage | None
) -> tuple[Column, str]:
    code, subject, kind = blocker.code, blocker.subject, blocker.params.get("kind", "")
    if subject in gate.criteria:
        best = gate.criteria[subject].scale[0]
        return JUDGED, t.say("meeting.so", example=f"{subject}={best}")
    if code in ("carry_missing", "bad_value") and subject not in gate.advises:
        return _carried(t, subject, kind)
    if code == "paper_changed":
        return READ, t.say("meeting.read_again")
    if code == "paper_later" and passage is not None:
        return READ, t.say("meeting.so", example=papers_read.there(t, passage))
    if code == "no_seat":
        return AWAY, t.say("meeting.was_away", person=t.person(subject))
    return (VOTES["for"] if code == "too_many_votes" else OUTCOME), ""


def _carried(t: teller.Teller, subject: str, kind: str) -> tuple[Column, str]:
    """How what a decision carries is written in the table."""
    if subject == "review_on":
        return OUTCOME, t.say("import.review_on")
    if subject == "to":
        return OUTCOME, t.say("meeting.so", example="OUTCOME > PHASE")
    known = {"role": APPOINTS, "fact": FIXES, "artefact": BRINGS}
    kinds = {"role": t.method.roles, "fact": t.method.facts, "artefact": t.method.artefacts}
    found = kind or next((k for k, things in kinds.items() if subject in things), "")
    if found not in known:
        return TERMS, t.say("meeting.so", example=f"{subject}: TEXT; OWNER; 2026-12-31")
    return known[found], t.say(
        "meeting.so", example=f"{subject}={'PERSON' if found == 'role' else '…'}"
    )
