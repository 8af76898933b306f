"""Decide what a row of a table says of a running project, and what is wrong with it: every cell
that cannot be read is named with its column and with what to write instead. Whether the way it
tells is one the method has is left to the engine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from innocities_engine.cli import inputs, names
from innocities_engine.cli.import_columns import Column
from innocities_engine.cli.table import Cells, Headed, Problem, listed
from innocities_engine.domain.commands import Import
from innocities_engine.domain.past import (
    DecidedOnPaper,
    DoneOnPaper,
    PaperHandedIn,
    ResumedOnPaper,
)
from innocities_engine.domain.project import Condition, Content, Proposal

if TYPE_CHECKING:
    from innocities_engine.cli.spreadsheet import Row
    from innocities_engine.domain.definition import Gate, Methodology

DATED: Final = re.compile(r"(.*);\s*(\d[\d./-]*)", re.DOTALL)
ON_PAPER: Final = re.compile(r"(?:paper|papir|papper)\s*:\s*(.+)", re.IGNORECASE)
RESUMED: Final = frozenset(("resume", "resumed", "gjenopptatt", "återupptagen", "återupptaget"))


@dataclass(frozen=True)
class Reader(Headed):
    """What the rows of running projects are read with."""

    method: Methodology

    def read(self, row: Row) -> tuple[Import | None, list[Problem]]:
        """The project that a row tells of; None where something is wrong with it."""
        told = Telling(self, row)
        command = told.project()
        return (None if told.problems else command), told.problems


@dataclass
class Telling(Cells):
    """One row while it is read."""

    reader: Reader

    # ------------------------------------------------------------ a row

    def project(self) -> Import | None:
        decided, resumed = self._past()
        papers = list(self._papers())
        title = self._title()
        members = self._members()
        started = self._started([*decided, *resumed])
        answers = self._answers()
        done = tuple(self._done())
        decided = self._with_conditions(decided)
        reference = self.cell("reference")
        phase = self.cell("phase")
        method = self.reader.method
        column = Column("phase")
        at = self.tried(column, names.pick, "phase", phase, method.phases) if phase else ""
        if title is None or started is None:
            return None
        return Import(
            project="",
            organisation=self.reader.console.home.id,
            title=title,
            started=started,
            members=members,
            answers={f: v for f, v in answers.items() if f not in method.form_of},
            decided=tuple(decided),
            resumed=tuple(resumed),
            papers=tuple(self._with_forms(papers, answers)),
            done=done,
            phase=at or "",
            reference=(
                reference and self.tried(Column("reference"), inputs.text, reference, "reference")
            )
            or "",
        )

    def _title(self) -> str | None:
        column = Column("title")
        return self.tried(
            column, inputs.text, self.cell("title"), self.reader.headings.get(column, "")
        )

    def _started(self, told: list[Any]) -> date | None:
        """When it started; where nobody says so, with the first thing that is told."""
        given, column = self.cell("started"), Column("started")
        if given:
            return self.day(column, given)
        if not told and not self.problems:
            self.wrong(column, "import.started")
        return min((each.on for each in told), default=None)

    def _members(self) -> dict[str, tuple[str, ...]]:
        found = {}
        for role in self.reader.method.roles:
            given = listed(self.cell("role", role))
            held = [self.person(Column("role", role), one) for one in given]
            if given:
                found[role] = tuple(one for one in held if one is not None)
        return found

    def _answers(self) -> dict[str, bool | str]:
        found: dict[str, bool | str] = {}
        for fact in self.reader.method.facts.values():
            given = self.cell("fact", fact.id)
            column = Column("fact", fact.id)
            value = self.tried(column, inputs.fact_value, fact, given) if given else None
            if value is not None:
                found[fact.id] = value
        return found

    # ------------------------------------------------------------ decisions

    def _past(self) -> tuple[list[DecidedOnPaper], list[ResumedOnPaper]]:
        decided: list[DecidedOnPaper] = []
        resumed: list[ResumedOnPaper] = []
        for gate in self.reader.method.gates.values():
            for each in self._at(gate):
                if isinstance(each, DecidedOnPaper):
                    decided.append(each)
                else:
                    resumed.append(each)
        return sorted(decided, key=lambda each: each.on), resumed

    def _at(self, gate: Gate) -> Iterator[DecidedOnPaper | ResumedOnPaper]:
        """What was decided at a gate: one line of each cell for each time."""
        days = self.lines("gate_date", gate.id)
        outcomes = self.lines("gate_outcome", gate.id)
        date_column = Column("gate_date", gate.id)
        if not days:
            parts = ("outcome", "by", "minutes", "reason")
            if any(self.cell(f"gate_{part}", gate.id) for part in parts):
                self.wrong(date_column, "import.when", gate=gate.id)
            return
        if len(outcomes) != len(days):
            known = ", ".join(gate.outcomes)
            text = "import.outcome" if not outcomes else "import.outcomes"
            self.wrong(
                Column("gate_outcome", gate.id), text, gate=gate.id, known=known, n=len(days)
            )
            return
        by, minutes, reasons = (
            self._each(Column(f"gate_{part}", gate.id), len(days))
            for part in ("by", "minutes", "reason")
        )
        for n, (given, outcome) in enumerate(zip(days, outcomes, strict=True)):
            on = self.day(date_column, given)
            if outcome.casefold() in RESUMED and outcome not in gate.outcomes:
                if on is not None:
                    yield ResumedOnPaper(gate.id, on)
                continue
            proposal = self._proposal(gate, outcome)
            if on is not None and proposal is not None:
                yield self._decided(gate, proposal, on, (by[n], minutes[n], reasons[n]))

    def _each(self, column: Column, times: int) -> list[str]:
        """One text for each time; what is said once holds each time."""
        cell = self.cell(column.kind, column.of)
        if times == 1:
            return [cell]
        lines = self.lines(column.kind, column.of) or [""]
        if len(lines) not in (1, times):
            self.wrong(column, "import.as_many", n=times)
        return (lines * times)[:times]

    def _decided(
        self, gate: Gate, proposal: Proposal, on: date, said: tuple[str, str, str]
    ) -> DecidedOnPaper:
        by, minutes, reason = said
        people = listed(by)
        known = {one: self.named(one) for one in people}
        columns = [Column(f"gate_{part}", gate.id) for part in ("minutes", "reason")]
        return DecidedOnPaper(
            gate=gate.id,
            proposal=proposal,
            on=on,
            by=tuple(person for one in people if (person := known[one]) is not None),
            names=tuple(one for one in people if known[one] is None),
            minutes=self.tried(columns[0], inputs.prose, minutes, "minutes") or "",
            reason=self.tried(columns[1], inputs.prose, reason, "reason") or "",
        )

    def _proposal(self, gate: Gate, given: str) -> Proposal | None:
        """OUTCOME, or OUTCOME > PHASE, or OUTCOME > DAY for the review of a hold."""
        named, _, more = (part.strip() for part in given.partition(">"))
        column = Column("gate_outcome", gate.id)
        outcome = self.tried(column, names.pick, "outcome", named, gate.outcomes)
        if outcome is None or not more:
            return Proposal(outcome) if outcome else None
        if more[:1].isdecimal():
            review = self.day(column, more)
            return Proposal(outcome, review_on=review) if review else None
        to = self.tried(column, names.pick, "phase", more, self.reader.method.phases)
        return Proposal(outcome, to=to) if to else None

    # ------------------------------------------------------------ conditions, acts

    def _with_conditions(self, decided: list[DecidedOnPaper]) -> list[DecidedOnPaper]:
        """Each open condition belongs to the last decision at its gate."""
        for line in self.lines("conditions"):
            place, told = self._placed(line, decided)
            condition = self._condition(line, told) if place else None
            if place is None or condition is None:
                continue
            n, key = place
            proposal = decided[n].proposal
            written = {**proposal.written, key: (*proposal.written.get(key, ()), condition)}
            decided[n] = replace(decided[n], proposal=replace(proposal, written=written))
        return decided

    def _placed(
        self, line: str, decided: list[DecidedOnPaper]
    ) -> tuple[tuple[int, str] | None, str]:
        """Which decision a condition belongs to, by GATE or GATE/KEY before a colon."""
        method = self.reader.method
        lead, colon, told = line.partition(":")
        gate, _, key = lead.strip().partition("/")
        if not colon or gate not in method.gates:
            gate, key, told = "", "", line
        places = [
            (n, need.id)
            for n, each in enumerate(decided)
            if gate in ("", each.gate)
            for need in method.gates[each.gate].outcomes[each.proposal.outcome].needs.values()
            if need.written is not None and key in ("", need.id)
        ]
        if not places:
            self.wrong(Column("conditions"), "import.no_such_condition", given=line)
            return None, told
        if len({(decided[n].gate, need) for n, need in places}) > 1:
            known = ", ".join(f"{decided[n].gate}/{need}" for n, need in places)
            self.wrong(Column("conditions"), "import.which_condition", given=line, known=known)
            return None, told
        return places[-1], told

    def _condition(self, line: str, told: str) -> Condition | None:
        column = Column("conditions")
        parts = [part.strip() for part in told.rsplit(";", 2)]
        if len(parts) != 3 or not all(parts):
            self.wrong(column, "import.condition", given=line)
            return None
        text, owner, due = parts
        plain = self.tried(column, inputs.text, text, "condition")
        found = self.named(owner) or self.tried(
            column, names.pick, "role", owner, self.reader.method.roles
        )
        day = self.day(column, due)
        return Condition(plain, found, day) if plain and found and day else None

    def _done(self) -> Iterator[DoneOnPaper]:
        column = Column("done")
        known = {name for need in self.reader.method.all_needs for name in (need.id, need.ref)}
        for line in self.lines("done"):
            need, _, given = (part.strip() for part in line.partition(";"))
            if need not in known:
                self.add(
                    column, str(names.unknown(self.reader.console, "need", need, sorted(known)))
                )
                continue
            day = self.day(column, given)
            if day is not None:
                yield DoneOnPaper(need, day)

    # ------------------------------------------------------------ papers

    def _papers(self) -> Iterator[PaperHandedIn]:
        for artefact in self.reader.method.artefacts:
            column = Column("paper", artefact)
            for line in self.lines("paper", artefact):
                dated = DATED.fullmatch(line)
                source, given = (dated[1].strip(), dated[2]) if dated else (line, "")
                on = self.day(column, given) if given else None
                content = self._content(column, source)
                if content is not None and (on is not None or not given):
                    yield PaperHandedIn(artefact, content, on)

    def _content(self, column: Column, source: str) -> Content | None:
        """A reference on paper, a link, or a file that lies beside the table."""
        on_paper = ON_PAPER.fullmatch(source)
        if on_paper:
            name = self.tried(column, inputs.text, on_paper[1], "paper")
            return (name and Content(_hash(name), name, "paper")) or None
        return self.handed_in(column, source)

    def _with_forms(
        self, papers: list[PaperHandedIn], answers: Mapping[str, bool | str]
    ) -> Iterator[PaperHandedIn]:
        """What a form asks belongs to the newest version; without any, it is one by itself."""
        newest = {paper.artefact: paper for paper in papers}
        for artefact in self.reader.method.artefacts.values():
            asked = {fact: answers[fact] for fact in artefact.form if fact in answers}
            if asked and artefact.id not in newest:
                content = inputs.content(self.reader.console, "", answered=asked)
                yield PaperHandedIn(artefact.id, content, None, asked)
            elif asked:
                paper = newest[artefact.id]
                papers[papers.index(paper)] = replace(paper, answers=asked)
        yield from papers


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
