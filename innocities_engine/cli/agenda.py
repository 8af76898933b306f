"""What stands on the agenda of a body: project by project the papers, what is still missing, what
is judged in the meeting and what can be decided; as data, on a screen and for the page to bring.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from innocities_engine import errors, wording
from innocities_engine.cli import (
    happenings,
    inputs,
    layout,
    names,
    notes,
    reasons,
    standing,
    teller,
)
from innocities_engine.domain import agenda, gates, judgements
from innocities_engine.domain.definition import NeedKind
from innocities_engine.domain.proposals import needs_opened

if TYPE_CHECKING:
    from innocities_engine.cli.console import Console
    from innocities_engine.domain.definition import Outcome
    from innocities_engine.domain.project import Passage, Version
    from innocities_engine.engine import View
    from innocities_engine.store.projects import Glance

Plain = dict[str, Any]

ENDED = ("completed", "stopped")
GIVEN = ("criterion_unrated", "criterion_below", "advice_missing")


@dataclass(frozen=True, slots=True)
class Point:
    """A gate of a project that waits for the body."""

    glance: Glance
    t: teller.Teller
    item: agenda.Item


@dataclass(frozen=True, slots=True)
class Agenda:
    """`name`: the body in the reader's words. `later`: what this meeting cannot reach. `notes`:
    what else is worth knowing of it.
    """

    name: str
    calendar: str
    day: date
    points: tuple[Point, ...]
    later: tuple[Point, ...]
    notes: tuple[notes.Note, ...]


def gathered(console: Console, body: str, given: str) -> Agenda:
    """Everything that waits for a body, in all projects one may see."""
    name, calendar, meets, found = "", "", False, []
    known: set[str] = set()
    persons = teller.persons(console)
    for glance, seen in _running(console):
        t = teller.Teller(console.language, teller.situation(seen), persons, console.me)
        known |= {role.id for role in seen.method.roles.values() if role.kind == "body"}
        wanted = agenda.bodies(seen.method, body)
        if wanted:
            name = name or t.title(wanted[0].id)
            calendar = calendar or agenda.calendar_of(wanted[0])
            meets = meets or calendar == wanted[0].meets
            found += [Point(glance, t, item) for item in agenda.items(t.s, wanted)]
    if not name:
        raise names.unknown(console, "body", body, sorted(known))
    day = _day(console, calendar, given, found)
    reached = [agenda.is_reached(point.t.s, point.item, day) for point in found]
    return Agenda(
        name,
        calendar,
        day,
        tuple(p for p, can in zip(found, reached, strict=True) if can),
        tuple(p for p, can in zip(found, reached, strict=True) if not can),
        tuple(notes.no_meetings(console, calendar, given)) if meets else (),
    )


def _running(console: Console) -> Iterator[tuple[Glance, View]]:
    """The projects that have not ended, oldest first."""
    known = console.engine.projects(console.home.id, console.me, limit=names.MOST_PROJECTS)
    alive = [glance for glance in reversed(known) if glance.status not in ENDED]
    for glance in console.progress(alive, console.say("import.progress")):
        yield glance, console.engine.view(console.home.id, glance.id, console.me)


def _day(console: Console, calendar: str, given: str, found: Sequence[Point]) -> date:
    """The day that was named, which the calendar has to know; else that of the next meeting."""
    days = console.office.meetings(console.home.id).get(calendar, ())
    if given:
        named = inputs.day(console, given)
        if days and named not in days:
            said = wording.short_day(console.language, named)
            raise errors.NotFound(console.say("missing.meeting", given=said, calendar=calendar))
        return named
    today = inputs.day(console, "today")
    coming = [point.item.day for point in found if point.item.day is not None]
    return min((d for d in (*days, *coming) if d >= today), default=today)


# ---------------------------------------------------------------- as data


def data(found: Agenda) -> Plain:
    """The agenda as data."""
    return {
        "body": found.name,
        "calendar": found.calendar,
        "day": found.day.isoformat(),
        "points": [point_data(point) for point in found.points],
        "later": [_named(point) for point in found.later],
        "notes": list(found.notes),
    }


def _named(point: Point) -> Plain:
    day = point.item.day
    return {
        "project": point.glance.id,
        "number": point.glance.number,
        "title": point.glance.title,
        "gate": point.item.passage.gate,
        "name": point.t.passage(point.item.passage.key),
        "body": point.item.body.id,
        "asked": point.item.advice or None,
        "day": day.isoformat() if day else None,
    }


def point_data(point: Point) -> Plain:
    """One gate: what of its standing a body looks at in its meeting."""
    t, passage = point.t, point.item.passage
    gate = standing.gate(t, passage)
    body = point.item.body.id
    judged = [c for c in gate["criteria"] if body in c["who"]]
    own = {c["criterion"] for c in judged}
    own |= {point.item.advice} if point.item.advice else set()
    left = [b for b in gate["blockers"] if not _is_given(own, b["code"], b["subject"])]
    return {
        **_named(point),
        "ready": gate["ready"],
        "presented": gate["presented"],
        "aside": gate["conflicts"],
        "round": gate["round"],
        "papers": [_paper(t, version) for version in judgements.papers(t.s, passage)],
        "missing": left,
        "judged": judged,
        "advice": gate["advice"],
        "warnings": gate["warnings"],
        "outcomes": _advisable(point)
        or [_outcome(point, o, own) for o in _offered(t, passage, gate["outcomes"])],
    }


def _is_given(own: Collection[str], code: str, subject: str) -> bool:
    """Whether what is missing is only what this body gives in its meeting."""
    return code in GIVEN and subject in own


def _paper(t: teller.Teller, version: Version) -> Plain:
    return {
        "artefact": version.artefact,
        "name": t.title(version.artefact),
        "version": version.n,
        "status": version.status.value,
        "by": version.by,
        "on": t.s.day_of(version.at).isoformat(),
        "kind": version.content.kind,
        "file": happenings.handed_in(version),
    }


def _offered(t: teller.Teller, passage: Passage, told: Sequence[Plain]) -> Iterator[Outcome]:
    outcomes = t.method.gates[passage.gate].outcomes
    yield from (outcomes[each["outcome"]] for each in told if each["offered"])


def _advisable(point: Point) -> list[Plain]:
    """What the body can say where it only advises."""
    t, gate, advice = point.t, point.t.method.gates[point.item.passage.gate], point.item.advice
    if not advice:
        return []
    said = {o.id: happenings.outcome(t, gate.id, o.id) for o in gate.outcomes.values()}
    values = gate.advises[advice].scale or tuple(gate.outcomes)
    return [
        {"outcome": value, "name": said.get(value, value), "leads_to": "", "possible": True,
         "asks": []}
        for value in values
    ]  # fmt: skip


def _outcome(point: Point, outcome: Outcome, own: Collection[str]) -> Plain:
    t, passage = point.t, point.item.passage
    gate = t.method.gates[passage.gate]
    opened = needs_opened(t.s, passage, gate, outcome)
    held = gates.review(t.s, passage, outcome).blockers if outcome.passing else ()
    asks = [n for n in opened if n.due_at_decision or n.kind is NeedKind.WRITTEN]
    return {
        "outcome": outcome.id,
        "name": happenings.outcome(t, passage.gate, outcome.id),
        "leads_to": t.leads_to(outcome),
        "possible": all(_is_given(own, blocker.code, blocker.subject) for blocker in held),
        "asks": [{"kind": n.kind.value, "of": n.of or n.id} for n in asks],
    }


# ---------------------------------------------------------------- in words


def worded(point: Point, told: Plain) -> Plain:
    """The same in the reader's words, part by part, for the screen and for the page."""
    t = point.t
    return {
        "project": f"{told['number']} {wording.visible(told['title'])}",
        "gate": _heading(t, told),
        "parts": [
            {"title": t.say(f"meeting.{name}"), "rows": rows}
            for name, rows in (
                ("papers", [_said(t, paper) for paper in told["papers"]]),
                ("missing", [(blocker["text"],) for blocker in told["missing"]]),
                ("judged", [_asked(t, criterion) for criterion in told["judged"]]),
                ("advice", [_advised(t, advice) for advice in told["advice"]]),
                ("notes", [(text,) for text in _notes(t, told)]),
            )
            if rows
        ],
        "choice": t.say("meeting.advisable" if told["asked"] else "meeting.choices"),
        "choices": [(outcome["outcome"], _choice(t, outcome)) for outcome in told["outcomes"]],
    }


def _heading(t: teller.Teller, told: Plain) -> str:
    """What is asked of the body, and whether it can be done."""
    advice = next((a["title"] for a in told["advice"] if a["advice"] == told["asked"]), "")
    if advice:
        return t.say("meeting.advises", gate=told["name"], advice=advice)
    left = len(told["missing"])
    state = "lacks" if left else "in_round" if told["round"] else "ready"
    return t.say(f"meeting.{state}", gate=told["name"], n=left)


def _choice(t: teller.Teller, outcome: Plain) -> str:
    told = f"{outcome['name']}: {outcome['leads_to']}" if outcome["leads_to"] else outcome["name"]
    return told if outcome["possible"] else f"{told} {t.say('meeting.once_ready')}"


def _said(t: teller.Teller, paper: Plain) -> tuple[str, str]:
    on = wording.short_day(t.language, date.fromisoformat(paper["on"]))
    values = {"n": paper["version"], "person": t.person(paper["by"]), "file": paper["file"]}
    return paper["name"], t.say("meeting.paper", day=on, **values)


def _asked(t: teller.Teller, criterion: Plain) -> tuple[str, str]:
    given = criterion["verdict"]
    told = reasons.verdict(t, given) if given else "–"
    return f"{criterion['question']} ({criterion['criterion']})", told


def _advised(t: teller.Teller, advice: Plain) -> tuple[str, str]:
    return advice["title"], advice["value"] or reasons.status(t, "missing")


def _notes(t: teller.Teller, told: Plain) -> Iterator[str]:
    for aside in told["aside"]:
        instead = wording.listed(t.language, map(t.person, aside["substitutes"]), "or")
        text = "page.replaced" if instead else "page.not_replaced"
        said = t.say(text, person=t.person(aside["person"]), other=instead)
        yield f"{t.say('page.aside')}: {said}"
    if told["round"]:
        yield told["round"]["text"]
    yield from (warning["text"] for warning in told["warnings"])


def headline(console: Console, found: Agenda) -> str:
    day = wording.day(console.language, found.day)
    return console.say("meeting.title", body=found.name, day=day)


def later(console: Console, each: Mapping[str, Any]) -> str:
    """When what cannot be reached now comes up."""
    values = {"title": f"{each['number']} {each['title']}", "gate": each["name"]}
    if each["day"] is None:
        return console.say("meeting.undated", **values)
    day = wording.day(console.language, date.fromisoformat(each["day"]))
    return console.say("meeting.later_on", day=day, **values)


# ---------------------------------------------------------------- on a screen


def lines(console: Console, found: Agenda, told: Plain) -> Iterator[str]:
    """The whole agenda."""
    yield layout.heading(headline(console, found))
    for note in found.notes:
        yield from notes.lines([note])
        yield f"    {note['next']}"
    if not told["points"]:
        yield from layout.paragraph(console.say("meeting.none"), indent=2)
    for point, each in zip(found.points, told["points"], strict=True):
        yield ""
        yield from _point(console, worded(point, each))
    if told["later"]:
        yield ""
        yield layout.heading(console.say("meeting.later"))
    for each in told["later"]:
        yield from layout.paragraph(later(console, each), indent=2, hang=2)


def _point(console: Console, point: Plain) -> Iterator[str]:
    yield layout.heading(point["project"])
    yield from layout.paragraph(point["gate"], indent=2, hang=2)
    for part in point["parts"]:
        yield f"  {part['title']}"
        if len(part["rows"][0]) > 1:
            yield from layout.table(part["rows"], indent=4)
        else:
            for (text,) in part["rows"]:
                yield from layout.paragraph(f"– {text}", indent=4, hang=2)
    if point["choices"]:
        yield f"  {point['choice']}"
        yield from layout.table(point["choices"], indent=4)


# ---------------------------------------------------------------- the page to bring


def page(console: Console, found: Agenda, told: Plain) -> str:
    """The agenda as a page of its own, to be printed or read in the meeting."""
    words = ("none", "later", "contents", "by_hand", "printed")
    sides = ("votes_for", "votes_against", "votes_abstained", "away", "why", "terms")
    today = wording.day(console.language, inputs.day(console, "today"))
    values = {
        "language": console.language,
        "title": headline(console, found),
        "organisation": console.home.name,
        "words": {name: console.say(f"meeting.{name}", day=today) for name in words},
        "fields": [console.say(f"column.{side}") for side in sides],
        "points": [worded(p, each) for p, each in zip(found.points, told["points"], strict=True)],
        "later": [later(console, each) for each in told["later"]],
    }
    return console.services.page("agenda", values)
