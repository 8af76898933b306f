"""The command that lets a project run under a method, on a virtual clock and real calendars."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from innocities_engine import wording
from innocities_engine.cli import exits, layout, outputs, scenarios
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs

if TYPE_CHECKING:
    from innocities_engine.authoring.scenario import Story

verbs = Verbs()
FURTHEST = timedelta(days=366 * 30)


@verbs.verb(
    "simulate",
    examples=(
        "innocities methodology simulate sverige-overklagat --lang sv",
        (
            "innocities methodology simulate base-vilkar-for-sent --until 2028-01-31"
            " --picture tidslinje.svg"
        ),
    ),
)
@click.argument("scenario", metavar="FILE|NAME")
@click.option("--until", default="", metavar="DAY", help="Let time pass until then at the end.")
@click.option("--picture", default="", type=outputs.FILE, metavar="FILE.svg",
              help="Draw the time it took, too.")  # fmt: skip
@click.option("--force", is_flag=True, help="Also over a file that is there.")
def simulate(console: Console, scenario: str, until: str, picture: str, force: bool) -> None:
    """Play a scenario, and tell day by day what happens: decisions, dates and why, letters.

    Each date says how it was counted; each letter who gets it. Ends with 1 if a sentence of the
    scenario is not true.
    """
    from innocities_engine.authoring import scenario as playing
    from innocities_engine.cli import simulated

    story = playing.play(scenarios.found(console, scenario))
    stage = story.course[-1]
    if until:
        stage = stage.until(stage.noon(_day(console, until, stage.today)))
    told = simulated.days(stage, console.language)
    files = {picture: simulated.picture(stage, console.language).encode()} if picture else {}
    outputs.write(console, files, force=force, mode=outputs.SHARED)
    data = {**story.plain(), "days": told, "files": list(files)}
    console.show(data, [*_head(console, story), *simulated.lines(console.language, told),
                        *scenarios.verdict(console, story)])  # fmt: skip
    for file in files:
        console.talk("diff.written", file=file)
    if story.untrue:
        raise click.exceptions.Exit(exits.REFUSED)


def _day(console: Console, given: str, today: date) -> date:
    try:
        day = date.fromisoformat(given)
    except ValueError:
        told = console.say("usage.day", given=given, example=today.isoformat())
        raise click.UsageError(told) from None
    if not today <= day <= today + FURTHEST:
        raise click.UsageError(
            console.say("simulate.until_when", first=today, last=today + FURTHEST)
        )
    return day


def _head(console: Console, story: Story) -> list[Any]:
    title = story.title.get(console.language) or next(iter(story.title.values()), story.name)
    return [layout.heading(wording.visible(title)), ""]
