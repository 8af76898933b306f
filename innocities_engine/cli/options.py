"""The options with which somebody writes down what a body gave, the same for every voice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from innocities_engine.cli import inputs

if TYPE_CHECKING:
    from innocities_engine.cli.console import Console
    from innocities_engine.domain.project import Recorded


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said about a body's session; all empty where the voice is one's own."""

    recorded: bool
    present: str
    minutes: str
    on: str
    votes: tuple[str, ...]


def body(function: Callable[..., Any]) -> Callable[..., Any]:
    """Take the options of a recorder, as one value."""

    @click.option("--recorded", is_flag=True, help="You write down what a body gave.")
    @click.option("--present", default="", metavar="PERSON,…", help="Who was there.")
    @click.option("--minutes", default="", metavar="REF", help="Where it is written.")
    @click.option("--on", default="", metavar="DATE", help="When the body met.")
    @click.option("--votes", multiple=True, metavar="SIDE=N", help="Such as for=5.")
    @wraps(function)
    def gathered(
        *args: Any, recorded: bool, present: str, minutes: str, on: str,
        votes: tuple[str, ...], **kwargs: Any,
    ) -> Any:  # fmt: skip
        return function(*args, spoken=Spoken(recorded, present, minutes, on, votes), **kwargs)

    return gathered


def voiced(console: Console, spoken: Spoken) -> Recorded | None:
    """The record of a body's session; None where the voice is one's own."""
    return inputs.recorded(
        console, spoken.recorded, spoken.present, spoken.minutes, spoken.on, spoken.votes
    )
