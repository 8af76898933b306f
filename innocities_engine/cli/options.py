"""The options that several commands share: with which somebody writes down what a body gave, and
with which a decision says all that it carries. Each set reaches its command as one value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from innocities_engine.cli import inputs, names

if TYPE_CHECKING:
    from innocities_engine.cli.console import Console
    from innocities_engine.domain.definition import Methodology
    from innocities_engine.domain.project import Recorded


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said about a body's session; all empty where the voice is one's own."""

    recorded: bool
    present: str
    minutes: str
    on: str
    votes: tuple[str, ...]
    body: str


def body(function: Callable[..., Any]) -> Callable[..., Any]:
    """Take the options of a recorder, as one value."""

    @click.option("--recorded", is_flag=True, help="You write down what a body gave.")
    @click.option("--present", default="", metavar="PERSON,…", help="Who was there.")
    @click.option("--minutes", default="", metavar="REF", help="Where it is written.")
    @click.option("--on", default="", metavar="DATE", help="When the body met.")
    @click.option("--votes", multiple=True, metavar="SIDE=N", help="Such as for=5.")
    @click.option(
        "--body",
        "whose",
        default="",
        metavar="ROLE",
        help="Whose minutes, where it can be several bodies.",
    )
    @wraps(function)
    def gathered(
        *args: Any, recorded: bool, present: str, minutes: str, on: str,
        votes: tuple[str, ...], whose: str, **kwargs: Any,
    ) -> Any:  # fmt: skip
        spoken = Spoken(recorded, present, minutes, on, votes, whose)
        return function(*args, spoken=spoken, **kwargs)

    return gathered


read = click.option(
    "--papers", "read", default="", metavar="PAPER@N,…", help="Which versions the body had read."
)


def voiced(console: Console, spoken: Spoken, method: Methodology | None) -> Recorded | None:
    """The record of a body's session; None where the voice is one's own."""
    body = spoken.body
    if body and method is not None:
        body = names.pick(console, "role", body, method.roles)
    return inputs.recorded(
        console, spoken.recorded or bool(body), spoken.present, spoken.minutes, spoken.on,
        spoken.votes, body,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Carried:
    """What a decision was said to carry, as it was typed."""

    to: str = ""
    review_on: str = ""
    conditions: tuple[str, ...] = ()
    appoint: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    attach: tuple[str, ...] = ()


_CARRIED = (
    click.option("--to", default="", metavar="PHASE", help="Where to, if there is a choice."),
    click.option("--review-on", default="", metavar="DATE", help="When a hold is reviewed."),
    click.option("--condition", "conditions", multiple=True, metavar='"KEY: TEXT; OWNER; DATE"',
                 help="A condition; KEY only if there are several kinds."),
    click.option("--appoint", multiple=True, metavar="ROLE=PERSON,…", help="Whom it appoints."),
    click.option("--answer", "answered", multiple=True, metavar="FACT=VALUE",
                 help="What it fixes."),
    click.option("--attach", multiple=True, metavar="ARTEFACT=FILE", help="A paper it brings."),
)  # fmt: skip


def decision(function: Callable[..., Any]) -> Callable[..., Any]:
    """Take what a decision carries, as one value."""

    @wraps(function)
    def gathered(
        *args: Any, to: str, review_on: str, conditions: tuple[str, ...],
        appoint: tuple[str, ...], answered: tuple[str, ...], attach: tuple[str, ...],
        **kwargs: Any,
    ) -> Any:  # fmt: skip
        carried = Carried(to, review_on, conditions, appoint, answered, attach)
        return function(*args, carried=carried, **kwargs)

    for option in reversed(_CARRIED):
        gathered = option(gathered)
    return gathered
