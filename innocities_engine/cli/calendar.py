"""The command that explains a date."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from innocities_engine import typed, wording
from innocities_engine.cli import inputs, layout
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain import calendar as days
from innocities_engine.domain.durations import Duration
from innocities_engine.domain.explained import explain as told
from innocities_engine.store import people
from innocities_engine.store.transactions import read

if TYPE_CHECKING:
    from datetime import date

    from innocities_engine.domain.explained import Explained

verbs = Verbs()
_SPAN = re.compile(
    r"(?P<span>.+?)\s+(?P<way>from|after|before|från|efter|före|innan|fra|etter|før)\s+(?P<day>\S+)"
)
_BACK = frozenset(("before", "före", "innan", "før"))
_WORDS = typed.UNITS | {
    "arbetsdag": "working day", "arbetsdagar": "working days",
    "arbeidsdag": "working day", "arbeidsdager": "working days",
}  # fmt: skip


@verbs.verb(
    "explain",
    examples=(
        'innocities calendar explain "10 working days from 2026-04-30"',
        'innocities calendar explain "3 statutory weeks after 2026-05-29" --lang sv',
    ),
)
@click.argument("text", nargs=-1, required=True, metavar='"DURATION from|before DATE"')
def explain(console: Console, text: tuple[str, ...]) -> None:
    """Work out a date by the organisation's calendar, and say how it was counted."""
    found = _read(console, " ".join(text))
    told_ = told(found, console.language)
    data = {
        "day": found.day.isoformat(),
        "explanation": told_,
        "steps": [{"code": s.code, **{k: str(v) for k, v in s.params}} for s in found.steps],
    }
    lines = [wording.day(console.language, found.day), *layout.paragraph(told_, indent=2)]
    console.show(data, lines)


def _read(console: Console, text: str) -> Explained:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise click.UsageError(console.say("usage.arithmetic", given=text))
    day: date = inputs.day(console, found["day"])
    words = " ".join(_WORDS.get(word, word) for word in found["span"].casefold().split())
    with read(console.store) as connection:
        calendar = people.inputs(connection, console.home.id, None).calendar
    try:
        duration = Duration.parse(words)
        count = days.before if found["way"] in _BACK else days.after
        return count(calendar, day, duration)
    except (ValueError, OverflowError) as fault:
        raise click.UsageError(
            f"{console.say('usage.arithmetic', given=text)} {wording.visible(str(fault))}"
        ) from None
