"""Decide which notices the record of a project has caused, told by the same rules as then on what
stood around the project then; and whether what is kept to be told is that, and each letter the one
its notice wants.  What became of a letter no record tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Final

from innocities_engine import casework, vacancies
from innocities_engine.doctor.differences import Problem, Row, compared, keyed, problem
from innocities_engine.domain.commands import Arrival
from innocities_engine.domain.events import DecisionCorrected, DutiesHandedOver, Event
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.migrated import MigrationUndone
from innocities_engine.domain.notices import Notice
from innocities_engine.domain.project import Project
from innocities_engine.domain.situation import Situation
from innocities_engine.history.past import Left
from innocities_engine.history.story import Story
from innocities_engine.settings import VERSION
from innocities_engine.store.chain import ERASED
from innocities_engine.store.outbox import dedupe_key
from innocities_engine.store.record import BLANK, Entry

UNDELIVERED: Final = "undelivered"


@dataclass(slots=True)
class Caused:
    """The notices that a record has caused, by their keys; `unjudged`: the last entries of commands
    that were taken by the rules of another release.
    """

    rows: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    unjudged: set[int] = field(default_factory=set)
    corrections: dict[str, Row] = field(default_factory=dict)

    def add(self, project: str, notice: Notice, last: Entry) -> None:
        key = dedupe_key(project, notice, last.sequence)
        row = {
            "sequence": last.sequence,
            "kind": notice.kind,
            "role": notice.role,
            "person_id": notice.person,
            "due": notice.due,
            "immediate": notice.immediate,
            "data": dict(notice.data),
            "created_at": last.at,
        }
        self.rows.setdefault((key,), row)
        if notice.kind == "corrected":
            self.corrections.setdefault(key.rpartition("|")[0], row)


def caused(story: Story) -> Caused:
    """Tell anew what each command has caused, and whoever left while the project stood so."""
    found, state, last = Caused(), Project(), story.entries[0]
    left = [each for each in story.past.left if each.entry.chain_no > last.chain_no]
    for _, group in groupby(story.entries, key=lambda entry: entry.command_id):
        command = list(group)
        while left and left[0].entry.chain_no < command[0].chain_no:
            _emptied(found, story, state, last, left.pop(0))
        before, last = state, command[-1]
        events = [entry.event for entry in command if entry.event is not None]
        state = fold(before, events)
        _told(found, story, before, state, command, events)
    for each in left:
        _emptied(found, story, state, last, each)
    return found


def _told(
    found: Caused,
    story: Story,
    before: Project,
    after: Project,
    command: Sequence[Entry],
    events: Sequence[Event],
) -> None:
    first, last = command[0], command[-1]
    if first.program != VERSION:
        found.unjudged.add(last.sequence)
    elif events:
        inputs = story.inputs(before, first.chain_no)
        if before.digest and after.digest != before.digest:
            there = Arrival(story.followed(after), story.inputs(after, first.chain_no))
            inputs = replace(inputs, arrival=there)
        for notice in casework.told(story.followed(before), before, after, events, inputs):
            found.add(story.project, notice, last)


def _emptied(found: Caused, story: Story, state: Project, last: Entry, left: Left) -> None:
    if left.entry.program != VERSION:
        found.unjudged.add(last.sequence)
        return
    method = story.followed(state)
    inputs = story.past.at(left.entry.chain_no).inputs(method)
    s = Situation(method, state, inputs, left.entry.at)
    for vacancy in vacancies.emptied(s, left.person, last.sequence):
        for notice in vacancies.notices(vacancy, left.entry.at):
            found.add(story.project, notice, replace(last, at=left.entry.at))


# ---------------------------------------------------------------- held against what is kept


def check(story: Story, notices: Sequence[Row], letters: Sequence[Row]) -> Iterator[Problem]:
    """Hold the notices of a project, and their letters, against what the record has caused."""
    found = caused(story)
    read = [{**row, "data": json.loads(row["data"])} for row in notices]
    judged = [row for row in read if row["sequence"] not in found.unjudged]
    wanted = {key: row for key, row in found.rows.items() if row["sequence"] not in found.unjudged}
    for row in judged:
        if (row["dedupe_key"],) not in wanted and (told := _told_by_name(found, row, letters)):
            wanted[(row["dedupe_key"],)] = told
    agrees = _Agreeing(story).agrees
    yield from compared("notice", keyed(judged, "dedupe_key"), wanted, agrees)
    yield from _letters(story, read, letters)


def _told_by_name(found: Caused, row: Row, letters: Sequence[Row]) -> Row | None:
    """What follows from the fate of letters: whom a correction was told, who hears of a failure."""
    prefix, _, person = row["dedupe_key"].rpartition("|")
    if prefix in found.corrections:
        return {**found.corrections[prefix], "role": "", "person_id": person}
    whole = row["dedupe_key"].split("|")
    about = {letter["id"] for letter in letters}
    if whole[0].endswith(f"/{row['sequence']}/{UNDELIVERED}") and whole[1] in about:
        return {"kind": UNDELIVERED, "role": "", "due": None, "immediate": True}
    return None


class _Agreeing:
    """What may differ from what was caused: who inherited it, and words that were erased."""

    def __init__(self, story: Story) -> None:
        self.erased = any(entry.type == ERASED for entry in story.entries)
        self.heirs = {person: set(heirs) for person, heirs in story.past.heirs.items()}
        for entry in story.entries:
            if isinstance(entry.event, DutiesHandedOver):
                self.heirs.setdefault(entry.event.person, set()).add(entry.event.to)

    def agrees(self, column: str, kept: Any, wanted: Any) -> bool:
        if column == "person_id":
            return kept == wanted or (bool(wanted) and kept in self._heirs_of(wanted))
        if column == "data" and self.erased and kept.keys() == wanted.keys():
            return all(kept[name] in (wanted[name], BLANK) for name in wanted)
        return bool(kept == wanted)

    def _heirs_of(self, person: str) -> set[str]:
        found: set[str] = set()
        waiting = [person]
        while waiting:
            fresh = self.heirs.get(waiting.pop(), set()) - found
            found |= fresh
            waiting += fresh
        return found


def _letters(story: Story, notices: Sequence[Row], letters: Sequence[Row]) -> Iterator[Problem]:
    by_notice = {row["id"]: row for row in notices}
    told = {letter["notice_id"] for letter in letters}
    corrected = [
        e.sequence
        for e in story.entries
        if isinstance(e.event, DecisionCorrected | MigrationUndone)
    ]
    for row in notices:
        taken_back = row["sequence"] < max(corrected, default=0)
        if (row["state"] == "new" and row["id"] in told) or (
            row["state"] == "cancelled" and not taken_back
        ):
            yield problem("notice_state", which=row["dedupe_key"], state=row["state"])
    for letter in letters:
        key = f"{by_notice[letter['notice_id']]['dedupe_key']}/{letter['person_id']}"
        if letter["dedupe_key"] != key:
            yield problem("other_reader", which=letter["id"], person=letter["person_id"])
        written = letter["rendered"]
        if written is not None and letter["message_id"].encode() not in written:
            yield problem("other_mail", which=letter["id"])
