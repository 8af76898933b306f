"""Decide what is worth a word beside an answer although it hinders nothing: it may be meant so, and
may be a slip. As data, and in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from innocities_engine import wording
from innocities_engine.cli import layout
from innocities_engine.cli.names import MOST_PROJECTS

if TYPE_CHECKING:
    from datetime import date

    from innocities_engine.casework import Receipt
    from innocities_engine.cli.console import Console
    from innocities_engine.cli.teller import Teller
    from innocities_engine.domain.commands import Submit

Note: TypeAlias = dict[str, Any]


def lines(notes: Iterable[Note]) -> list[str]:
    return [line for note in notes for line in layout.paragraph(note["text"], hang=2)]


def beside(notes: Sequence[Note]) -> tuple[dict[str, Any], list[str]]:
    """The notes as an answer takes them."""
    return {"notes": list(notes)}, lines(notes)


def same_title(console: Console, method: str, title: str, *, but: str = "") -> list[Note]:
    """The project there is of this title and method beside the one that begins, the newest where
    there are several.
    """
    wanted = _folded(title)
    known = console.engine.projects(console.home.id, console.me, limit=MOST_PROJECTS)
    others = (each for each in known if each.method == method and each.id != but)
    found = [each for each in others if _folded(each.title) == wanted]
    return [
        {
            "code": "same_title",
            "project": each.id,
            "number": each.number,
            "text": console.say("note.same_title", title=each.title, n=each.number),
        }
        for each in found[:1]
    ]


def _folded(title: str) -> str:
    return " ".join(title.split()).casefold()


def new(notes: Sequence[Note], receipt: Receipt) -> Sequence[Note]:
    """What was done before, under the same key, is not remarked on as if it were another one."""
    return () if receipt.repeated else notes


def same_content(t: Teller, command: Submit) -> list[Note]:
    """The newest version that stands, where what is handed in is nothing else."""
    from innocities_engine.domain import artefacts

    newest = artefacts.newest(t.project, command.artefact)
    if newest is None or newest.content.sha256 != command.content.sha256:
        return []
    if dict(newest.answers) != dict(command.answers):
        return []
    key = "note.same_link" if command.content.kind == "link" else "note.same_content"
    text = t.say(key, thing=t.title(command.artefact), n=newest.n)
    return [{"code": "same_content", "version": newest.n, "text": text}]


def past_days(console: Console, days: Iterable[date]) -> list[Note]:
    """The meetings that are over already: no date is counted from them any more."""
    today = console.clock().astimezone(console.zone).date()
    gone = sorted(day for day in days if day < today)
    if not gone or not console.has_time:
        return []
    told = wording.listed(console.language, [wording.short_day(console.language, d) for d in gone])
    text = console.say("note.past_days", days=told)
    return [{"code": "past_days", "days": [day.isoformat() for day in gone], "text": text}]


def stands_already(console: Console, **values: object) -> list[Note]:
    return [{"code": "stands_already", "text": console.say("note.stands_already", **values)}]


def no_meetings(console: Console, calendar: str, given: str) -> list[Note]:
    """That a body has no meeting to come, unless somebody asks for one of those it had."""
    today = console.clock().astimezone(console.zone).date()
    days = console.office.meetings(console.home.id).get(calendar, ())
    if any(day >= today for day in days) or (given and days):
        return []
    return [
        {
            "code": "no_meetings",
            "text": console.say("note.no_meetings", calendar=calendar),
            "next": console.command("calendar", "meetings", "add", calendar, "DATE"),
        }
    ]
