"""Commands about reminders: what will be reminded of, raising what is due, and the letters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from innocities_engine import wording
from innocities_engine.cli import exits, happenings, layout, names, teller, writes
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain import pausing, reminders
from innocities_engine.domain.commands import SYSTEM, Tick
from innocities_engine.store import outbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innocities_engine.domain.reminders import Line

verbs = Verbs()

AHEAD = timedelta(days=92)
STATES = ("due", "leased", "unknown", "sent", "failed", "cancelled")


@verbs.verb(
    "forecast",
    examples=("innocities remind forecast havn", "innocities remind forecast klar --json"),
)
@click.argument("project")
@click.option("--until", default="", metavar="INSTANT", help="How far; else three months.")
def forecast(console: Console, project: str, until: str) -> None:
    """Say what will be reminded of, when and whom, if nobody does anything.

    A line is firm, or estimated (it counts from a meeting that may move), or it waits for
    something that is not known yet.
    """
    seen = names.view(console, project)
    t = teller.of(console, seen)
    end = console.instant(until) if until else seen.now + AHEAD
    coming = list(reminders.reminders(seen.method, seen.project, seen.inputs, seen.now, end))
    waiting = list(reminders.waiting(t.s))
    data: dict[str, Any] = {"lines": [_plain(t, line) for line in (*coming, *waiting)]}
    data["paused_until"] = _paused(t)
    rows = [_row(t, line) for line in (*coming, *waiting)]
    heads = tuple(console.say(f"head.{h}") for h in ("day", "what", "who", "certainty"))
    lines = layout.table([heads, *rows]) if rows else layout.paragraph(console.say("list.no_lines"))
    later = (end + AHEAD).date().isoformat()
    on = console.command("remind", "forecast", project, "--until", later)
    console.show(data, [*_resting(t), *lines, "", console.say("forecast.further"), f"  {on}"])


def _paused(t: teller.Teller) -> str | None:
    last = pausing.resting_until(t.s)
    return last.isoformat() if last else None


def _resting(t: teller.Teller) -> list[str]:
    """Say first that nothing is sent for now."""
    last = pausing.resting_until(t.s)
    return layout.paragraph(t.say("forecast.paused", day=t.day(last))) if last else []


def _plain(t: teller.Teller, line: Line) -> dict[str, Any]:
    waits = line.certainty == "waits"
    return {
        "obligation": line.obligation,
        "rung": line.rung,
        "what": happenings.obligation(t, line.obligation),
        "day": None if waits else line.day.isoformat(),
        "due": None if waits else line.due.isoformat(),
        "to": list(line.to),
        "escalation": line.escalation,
        "certainty": line.certainty,
        "waits": list(line.waits),
    }


def _row(t: teller.Teller, line: Line) -> tuple[str, str, str, str]:
    certainty = t.say(f"certainty.{line.certainty}")
    what = happenings.obligation(t, line.obligation)
    if line.certainty == "waits":
        waits = ", ".join(happenings.awaited(t, name) for name in line.waits)
        return "–", what, t.who(line.to, "and"), f"{certainty}: {waits}"
    due = t.say("forecast.due", what=what, day=wording.short_day(t.language, line.due))
    return layout.whole(t.day(line.day)), due, t.who(line.to, "and"), certainty


@verbs.verb(
    "run",
    writes=True,
    examples=("innocities remind run --dry-run", "innocities remind run"),
)
def run(console: Console) -> None:
    """Raise the reminders that are due, without handing over any letter (“tick” does both)."""
    if console.dry_run:
        _rehearse(console)
        return
    console.advance()
    swept = console.engine.sweep()
    data = {"projects": swept.projects, "events": swept.events, "failed": swept.failed,
            "dry_run": False}  # fmt: skip
    console.show(data, [happenings.swept(console, swept)])
    if swept.failed:
        console.end(exits.INTEGRITY, "tick.failed", n=swept.failed)


def _rehearse(console: Console) -> None:
    found = []
    for organisation, project in console.engine.due():
        receipt = console.engine.execute(organisation, project, Tick(), SYSTEM.person, dry_run=True)
        found.append({"organisation": organisation, "project": project,
                      "events": [type(event).__name__ for event in receipt.events]})  # fmt: skip
    lines = [f"  {each['project']}: {len(each['events'])}" for each in found]
    console.show({"due": found, "dry_run": True}, [console.say("tick.due", n=len(found)), *lines])


@verbs.verb(
    "list",
    examples=("innocities remind list", "innocities remind list --state failed --json"),
)
@click.option("--state", default="", help="due, leased, unknown, sent, failed or cancelled.")
@click.option("--limit", default=50, type=click.IntRange(1, 1000), help="How many at most.")
def listing(console: Console, state: str, limit: int) -> None:
    """List letters, newest first: to whom, about what, and what became of each."""
    if state and state not in STATES:
        raise names.unknown(console, "state", state, STATES)
    people = console.office.persons(console.home.id, console.me)  # for those who may see everybody
    found = outbox.letters(console.store, console.home.id, state=state, limit=limit)
    data = {"letters": [_letter(each) for each in found]}
    if not found:
        console.show(data, layout.paragraph(console.say("list.no_letters")))
        return
    known = {p.id: p.name for p in people} | _titles(console)
    heads = tuple(console.say(f"head.{h}") for h in ("at", "to", "project", "about", "stands"))
    rows = [_shown(console, known, each) for each in found]
    failed = [each for each in found if each.state == "failed"]
    console.show(data, [*layout.table([heads, *rows]), *_again(console, failed)])


def _titles(console: Console) -> dict[str, str]:
    known = console.engine.projects(console.home.id, console.me, limit=names.MOST_PROJECTS)
    return {p.id: p.title for p in known}


def _shown(console: Console, known: Mapping[str, str], each: outbox.Sight) -> tuple[str, ...]:
    about = wording.visible(each.subject) or console.say(f"letter.{each.kind}")
    if each.due and not each.subject:
        day = wording.short_day(console.language, each.due)
        about = console.say("forecast.due", what=about, day=day)
    error = wording.because(console.language, each.error)
    return (
        layout.whole(wording.clock(console.language, each.at.astimezone(console.zone))),
        known.get(each.person, each.person),
        known.get(each.project, each.project),
        about,
        ": ".join(filter(None, (console.say(f"fated.{each.state}"), error))),
    )


def _again(console: Console, failed: Sequence[outbox.Sight]) -> list[str]:
    """How what has failed is sent again, once what was wrong is mended."""
    if not failed:
        return []
    words = [each.id[: teller.SHORT_ID] for each in failed] if len(failed) == 1 else ["--all"]
    lead = layout.paragraph(console.say("remind.again"))
    return ["", *lead, f"  {console.command('remind', 'resend', *words)}"]


def _letter(each: outbox.Sight) -> dict[str, Any]:
    return {
        "id": each.id,
        "person": each.person,
        "project": each.project,
        "kind": each.kind,
        "due": each.due.isoformat() if each.due else None,
        "state": each.state,
        "at": each.at.isoformat(),
        "attempts": each.attempts,
        "message_id": each.message_id,
        "error": each.error,
        "subject": each.subject,
    }


@verbs.verb("resend", writes=True, examples=("innocities remind resend --all",))
@click.argument("letter", default="")
@click.option("--all", "every", is_flag=True, help="Every letter that failed.")
def resend(console: Console, letter: str, every: bool) -> None:
    """Send letters again that failed, once what was wrong is mended.

    They are written anew, to the address that holds now, and go with the next “tick”. What is no
    longer wanted by then is not sent.
    """
    if bool(letter) == every:
        raise click.UsageError(console.say("usage.which_letter"))
    wanted = "" if every else _failed(console, letter)
    with writes.office(console) as office:
        found = office.resend(console.home.id, console.me, wanted)
    data = {"letters": found, "dry_run": console.dry_run}
    console.show(data, writes.told(console, console.say("remind.resent", n=len(found))))


def _failed(console: Console, given: str) -> str:
    """The one failed letter whose id begins so."""
    home, most = console.home.id, names.MOST_PROJECTS
    console.office.persons(home, console.me)  # for those who may see everybody
    known = [each.id for each in outbox.letters(console.store, home, state="failed", limit=most)]
    found = [each for each in known if each.startswith(given)]
    if len(found) != 1:
        raise names.unknown(console, "failed", given, [each[: teller.SHORT_ID] for each in known])
    return found[0]


@verbs.verb(
    "preview",
    examples=(
        "innocities remind preview reminder --lang sv",
        "innocities remind preview decide_asked --lang nb --json",
    ),
)
@click.argument("kind", default="")
@click.option("--html", is_flag=True, help="The page instead of the text.")
def preview(console: Console, kind: str, html: bool) -> None:
    """Show how a kind of letter reads, about a project that does not exist."""
    known = list(console.services.letter_kinds())
    if not kind:
        raise click.UsageError(console.say("usage.no_kind", known=", ".join(known)))
    if kind not in known:
        raise names.unknown(console, "letter", kind, known)
    today = console.clock().astimezone(console.zone)
    letter = console.services.letter(kind, console.language, today)
    data = {"kind": kind, "subject": letter.subject, "text": letter.text, "html": letter.html}
    if html:
        lines = letter.html.splitlines()
    else:
        whole = f"{letter.subject}\n\n{letter.text}".splitlines()
        lines = [part for line in whole for part in _fitted(line)]
    console.show(data, map(wording.visible, lines))


def _fitted(line: str) -> list[str]:
    """A line as it stands, if it fits; what is to be copied is left alone."""
    if layout.width(line) <= layout.screen() or line.lstrip().startswith(("innocities ", "http")):
        return [line]
    return layout.paragraph(line.lstrip(), indent=len(line) - len(line.lstrip()))
