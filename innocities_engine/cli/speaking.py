"""Decide in which language the frame around commands speaks: help, and what is said of a command
line that cannot be meant.  The library asks gettext for its own sentences, so they stand in
catalogues of that form beside our wording, and so do the helps of our commands, which are English
where the commands are made; which language it is, the reader's console tells, and only once
something is to be said, since it may take a look into the database.
"""

from __future__ import annotations

import gettext
import inspect
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy
from pathlib import Path
from typing import Any, Final

import click

from innocities_engine import wording

DOMAIN: Final = "click"
HELP: Final = "help"
WORKSPACE: Final = "INNOCITIES_WORKSPACE"
SPOKEN: Final = "innocities.spoken"
ASKED: Final = "innocities.asked"
TYPED: Final = "innocities.typed"
# What says for whom a line is answered.
READER: Final = {
    "--lang": "language",
    "--as": "person",
    "--workspace": "workspace",
    "--organisation": "organisation",
}


def speak(language: str) -> None:
    """Let the library and the helps of commands speak this language from now on."""
    for domain in (DOMAIN, HELP):
        gettext.bindtextdomain(domain, wording.CATALOGUES)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language  # where gettext looks first, whatever the terminal speaks


def in_words(text: str) -> str:
    """A text of help in the language spoken; none stays none."""
    plain = unbroken(text)
    return plain and gettext.dgettext(HELP, plain)


def unbroken(text: str) -> str:
    """A text of help without the lines it was written in, which are nobody's business elsewhere."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)


def language_of(context: click.Context) -> str:
    """The reader's language: as asked, wherever that stands on the line, else as for answers."""
    if SPOKEN not in context.meta:
        context.meta[SPOKEN] = _readers(context)
    return str(context.meta[SPOKEN])


def helping(context: click.Context) -> str:
    """The language of help: as asked, else the workspace's, else the terminal's.  Nothing is asked
    of the database, otherwise help would be slow.
    """
    if SPOKEN not in context.meta:
        asked = _typed(context.meta.get(TYPED, ())) | context.meta.get(ASKED, {})
        chosen = asked.get("language") or _settled(asked) or os.environ.get("LANG", "")
        context.meta[SPOKEN] = wording.spoken(str(chosen))
    return str(context.meta[SPOKEN])


def _settled(asked: Mapping[str, Any]) -> str:
    """What the settings of the workspace say, if we are in one and they can be read."""
    from innocities_engine import errors, settings

    given = asked.get("workspace") or os.environ.get(WORKSPACE)
    folder = Path(str(given)) if given else settings.nearest(Path.cwd())
    with suppress(errors.EngineError, OSError):
        return settings.load(folder).language if folder else ""
    return ""


def say(context: click.Context, text: str, /, **values: object) -> str:
    """One text of our own about the command line."""
    return wording.say(language_of(context), text, **values)


def _readers(context: click.Context) -> str:
    """As answers would be, also where the line could not be read to its end."""
    from innocities_engine.cli.console import Console

    known = context.meta.get(ASKED, {})
    asked = _typed(context.meta.get(TYPED, ())) | known
    console = context.find_object(Console)
    if console is not None and asked == known:
        return console.language
    services = console.services if console else context.find_root().obj
    fresh = Console(services, {**context.meta, ASKED: asked})
    try:
        return fresh.language
    finally:
        fresh.close()


def _typed(words: Sequence[str]) -> dict[str, str]:
    """Which reader the words of a line name, taken as they stand."""
    found: dict[str, str] = {}
    for word, after in zip(words, (*words[1:], ""), strict=True):
        option, equals, value = word.partition("=")
        if name := READER.get(option):
            found[name] = value if equals else after
    if found.get("language") not in wording.LANGUAGES:
        found.pop("language", None)
    return found


def _translated(command: Speaking) -> Speaking:
    """The command with its texts in the language spoken; what they are looked up by stays."""
    told = copy(command)
    told.help = in_words(command.help or "")
    told.epilog = in_words(command.epilog or "")
    told.params = [_parameter(each) for each in command.params]
    return told


def _parameter(parameter: click.Parameter) -> click.Parameter:
    told = copy(parameter)
    if isinstance(told, click.Option | click.Argument) and told.help:
        told.help = in_words(told.help)
    return told


class Speaking(click.Command):
    """A command whose frame is said in the reader's language."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Read the line; where it cannot be meant, once more in the reader's language."""
        given = list(args)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            context = error.ctx or parent or click.Context(self, obj=extra.get("obj"))
            context.meta.setdefault(TYPED, tuple(given))
            speak(language_of(context))
        return super().make_context(info_name, given, parent, **extra)

    def get_help(self, ctx: click.Context) -> str:
        speak(helping(ctx))
        if option := self.get_help_option(ctx):
            option.help = gettext.gettext("Show this message and exit.")
        return super(Speaking, _translated(self)).get_help(ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        return super(Speaking, _translated(self)).get_short_help_str(limit)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The words of a usage line, those that stand for others in the reader's language."""
        named = {"[OPTIONS]": "frame.options", "COMMAND [ARGS]...": "frame.command"}
        pieces = super().collect_usage_pieces(ctx)
        return [say(ctx, named[each]) if each in named else each for each in pieces]
