"""Decide which projects a command for many of them means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from innocities_engine.cli import inputs, names
from innocities_engine.cli.console import Console

if TYPE_CHECKING:
    from innocities_engine.store.projects import Glance


@dataclass(frozen=True, slots=True)
class Filters:
    """Which projects are meant; all that are given must hold."""

    status: str = ""
    phase: str = ""
    method: str = ""
    person: str = ""
    role: str = ""
    mine: bool = False
    due_before: str = ""

    @property
    def any(self) -> bool:
        return any((self.status, self.phase, self.method, self.person, self.role, self.mine,
                    self.due_before))  # fmt: skip


OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "status": {"default": "", "help": "running, held, moving, completed or stopped."},
    "phase": {"default": "", "help": "Those in this phase."},
    "method": {"default": "", "help": "Those that follow this method."},
    "person": {"default": "", "help": "Those where this person holds a role."},
    "role": {"default": "", "help": "Those where this role is held; with --person, by them."},
    "mine": {"is_flag": True, "help": "Those where you hold a role."},
    "due-before": {
        "default": "", "metavar": "DATE", "help": "Those with something due by then."
    },
}  # fmt: skip


def options(*left_out: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that name projects, on the command line of a verb."""

    def with_them(function: Callable[..., Any]) -> Callable[..., Any]:
        for name in reversed([each for each in OPTIONS if each not in left_out]):
            function = click.option(f"--{name}", **OPTIONS[name])(function)
        return function

    return with_them


def chosen(console: Console, filters: Filters) -> Iterator[Glance]:
    last = inputs.day(console, filters.due_before) if filters.due_before else None
    known = console.engine.projects(
        console.home.id, console.me, mine=filters.mine, status=filters.status,
        phase=filters.phase, limit=names.MOST_PROJECTS,
    )  # fmt: skip
    for glance in known:
        due = last is None or (glance.next_due is not None and glance.next_due <= last)
        if due and filters.method in ("", glance.method) and _holds(console, filters, glance):
            yield glance


def _holds(console: Console, filters: Filters, glance: Glance) -> bool:
    if not (filters.person or filters.role):
        return True
    members = console.engine.view(console.home.id, glance.id, console.me).project.members
    return any(
        held and filters.role in ("", role) and (not filters.person or filters.person in held)
        for role, held in members.items()
    )
