"""The command that lets a project run under a method, on a virtual clock and real calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from innocities_engine import wording
from innocities_engine.cli import exits, layout, methods, outputs, scenarios
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innocities_engine.authoring.stage import Stage

verbs = Verbs()
FURTHEST = timedelta(days=366 * 30)


@dataclass(frozen=True, slots=True)
class _Played:
    """What was played: where it led to, what it is called, and what is said of it at its end."""

    stage: Stage
    title: str
    data: dict[str, Any]
    verdict: Sequence[str]
    is_true: bool = True


@verbs.verb(
    "simulate",
    examples=(
        "innocities methodology simulate sverige-overklagat --lang sv",
        (
            "innocities methodology simulate base-vilkar-for-sent --until 2028-01-31"
            " --picture tidslinje.svg"
        ),
        "innocities methodology simulate smartby-prosjekt --random 7 --steps 40",
    ),
)
@click.argument("scenario", metavar="SCENARIO|METHOD")
@click.option("--until", default="", metavar="DAY", help="Let time pass until then at the end.")
@click.option("--random", "seed", type=click.IntRange(0), metavar="SEED",
              help="Go through METHOD at random; the same number goes the same way.")  # fmt: skip
@click.option("--steps", type=click.IntRange(1), metavar="N", help="At random: so many at most.")
@click.option("--picture", default="", type=outputs.FILE, metavar="FILE.svg",
              help="Draw the time it took, too.")  # fmt: skip
@click.option("--force", is_flag=True, help="Also over a file that is there.")
def simulate(
    console: Console, scenario: str, until: str, seed: int | None, steps: int | None,
    picture: str, force: bool,
) -> None:  # fmt: skip
    """Play a scenario, or go through a method at random, and tell day by day what happens.

    Each decision is told, each date with how it was counted, each letter with who gets it. Ends
    with 1 if a sentence of the scenario is not true.
    """
    from innocities_engine.cli import simulated

    if steps is not None and seed is None:
        raise click.UsageError(console.say("simulate.steps_of_what"))
    played = _story(console, scenario) if seed is None else _walk(console, scenario, seed, steps)
    stage = played.stage
    if until:
        stage = stage.until(stage.noon(_day(console, until, stage.today)))
    told = simulated.days(stage, console.language)
    files = {picture: simulated.picture(stage, console.language).encode()} if picture else {}
    outputs.write(console, files, force=force, mode=outputs.SHARED)
    data = {**played.data, "days": told, "files": list(files)}
    head = [layout.heading(wording.visible(played.title)), ""]
    console.show(data, [*head, *simulated.lines(console.language, told), *played.verdict])
    for file in files:
        console.talk("diff.written", file=file)
    if not played.is_true:
        raise click.exceptions.Exit(exits.REFUSED)


def _story(console: Console, given: str) -> _Played:
    from innocities_engine.authoring import scenario as playing

    story = playing.play(scenarios.found(console, given))
    title = story.title.get(console.language) or next(iter(story.title.values()), story.name)
    told, data = list(scenarios.verdict(console, story)), scenarios.plain(console, story)
    if not story.course:
        console.show(data, told)
        raise click.exceptions.Exit(exits.REFUSED)
    return _Played(story.course[-1], title, data, told, not story.untrue)


def _walk(console: Console, given: str, seed: int, steps: int | None) -> _Played:
    from innocities_engine.authoring import diagram, wandering, wandering_said

    method = methods.definition(console, given)
    words = wandering_said.Words(
        console.say("simulate.reason"), console.say("simulate.condition"), console.language
    )
    walked = wandering.wander(method, seed, steps or wandering.MOST_STEPS, words)
    name = diagram.title(method, method, console.language)
    ended = console.say(
        f"simulate.ended_{walked.ended}", n=walked.steps, years=wandering.MOST_YEARS,
        day=wording.day(console.language, walked.stage.today),
    )  # fmt: skip
    data = {
        "method": method.id,
        "version": method.version,
        "seed": seed,
        "steps": walked.steps,
        "ended": walked.ended,
    }
    title = console.say("simulate.at_random", title=name, seed=seed)
    return _Played(walked.stage, title, data, layout.paragraph(ended))


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
