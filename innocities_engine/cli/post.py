"""Decide how it is told that letters have to wait because no mail server is set."""

from __future__ import annotations

import click

from innocities_engine import wording
from innocities_engine.cli import layout
from innocities_engine.cli.console import Console
from innocities_engine.settings import SETTINGS, Settings


def remind(console: Console) -> None:
    """Say beside the answer that no mail server is set, where it is so."""
    if console.settings.lacks_server:
        tell(console.language, console.settings)


def tell(language: str, kept: Settings) -> None:
    """Say that letters wait for a mail server, and in which file one is set."""
    told = wording.say(language, "mail.unset", file=kept.workspace.resolve() / SETTINGS)
    for line in layout.paragraph(told):
        click.echo(line, err=True)
