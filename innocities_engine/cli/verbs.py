"""Decide how commands are found and what all of them have in common: nouns that load their verbs
when they are asked for, the options of every command, and help that ends with examples. What a verb
does is left to its module; what the options lead to, to the console.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any, Final, NamedTuple

import click

from innocities_engine.cli.speaking import ASKED, Speaking, say

PREFIX: Final = "asked_"
LONGEST_ARGUMENT: Final = 20_000
PROGRAM: Final = "innocities"
EXAMPLE_WIDTH: Final = 76


def _remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    """What is said nearest to the verb wins over what was said before it."""
    if value not in (None, False):
        name = str(option.name).removeprefix(PREFIX)
        context.meta.setdefault(ASKED, {})[name] = value


def _option(spelled: str, name: str = "", **how: Any) -> click.Option:
    """An option of the console; its name may be that of an argument too."""
    known = PREFIX + (name or spelled.removeprefix("--").replace("-", "_"))
    return click.Option([spelled, known], expose_value=False, callback=_remember, **how)


def everywhere(*, hidden: bool) -> list[click.Parameter]:
    """The options of every command; a verb takes them too, so that they may stand last."""
    return [
        _option("--json", is_flag=True, hidden=hidden, help="Answer as JSON."),
        _option("--as", "person", metavar="PERSON", hidden=hidden, help="Who you are."),
        _option("--lang", "language", metavar="sv|nb|en", hidden=hidden, help="In which language.",
                type=click.Choice(["sv", "nb", "en"])),
        _option("--workspace", metavar="DIR", hidden=hidden,
                help="Where things are kept; else the nearest folder upward."),
        _option("--organisation", metavar="ID", hidden=hidden, help="For which organisation."),
        _option("--now", metavar="INSTANT", hidden=hidden,
                help="What time it is, in a simulated workspace."),
    ]  # fmt: skip


def _writing(*, keyed: bool) -> list[click.Parameter]:
    """The options of commands that change something."""
    found: list[click.Parameter] = [
        _option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
    ]
    if keyed:
        told = "Repeated under the same key, nothing happens twice."
        found.append(_option("--idempotency-key", "key", metavar="KEY", help=told))
    return found


class Verb(Speaking, click.Command):
    """One command. `writes`: it changes something; `keyed`: a project, so that it may be repeated
    under a key. Each example is run by a test.
    """

    def __init__(
        self,
        *args: Any,
        examples: Sequence[str] = (),
        writes: bool = False,
        keyed: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.params += _writing(keyed=keyed) if writes or keyed else []
        self.params += everywhere(hidden=True)

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Take only what can be written as text at all."""
        for argument in arguments:
            if any("\ud800" <= c <= "\udfff" for c in argument):
                raise click.UsageError(say(context, "frame.not_utf8"), context)
            if len(argument) > LONGEST_ARGUMENT:
                said = say(context, "frame.too_long", most=LONGEST_ARGUMENT)
                raise click.UsageError(said, context)
        return super().parse_args(context, arguments)

    def format_epilog(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """End with the examples."""
        with formatter.section(say(context, "frame.everywhere")):
            formatter.write_text("--json --as --lang --workspace --organisation --now")
        if self.examples:
            with formatter.section(say(context, "frame.examples")):
                for example in self.examples:
                    formatter.write(f"  {_folded(example)}\n")


def _folded(example: str) -> str:
    """An example in lines that can be pasted as they are."""
    lines = [""]
    for part in example.replace(" --", "\n--").split("\n"):
        if lines[-1] and len(lines[-1]) + len(part) + 3 > EXAMPLE_WIDTH:
            lines.append(f"    {part}")
        else:
            lines[-1] = f"{lines[-1]} {part}".strip() if lines[-1] else part
    return " \\\n  ".join(lines)


class Verbs(dict[str, Verb]):
    """The verbs of a module, by name."""

    def verb(
        self, name: str, *, examples: Sequence[str], writes: bool = False, keyed: bool = False
    ) -> Callable[[Callable[..., Any]], Verb]:
        """Make a function a verb; it is given the console first."""

        def made(function: Callable[..., Any]) -> Verb:
            made_of = {"examples": examples, "writes": writes, "keyed": keyed}
            command = click.command(name, cls=Verb, **made_of)(click.pass_obj(function))
            self[name] = command
            return command

        return made


class Entry(NamedTuple):
    """Where a word of the command line is found: a verb in a module, or a noun with its words."""

    help: str
    module: str = ""
    words: Mapping[str, str | Entry] | None = None

    def command(self, name: str) -> click.Command:
        """What the word stands for."""
        return load(self.module)[name] if self.words is None else Noun(name, self)


class Noun(Speaking, click.Group):
    """Verbs about one thing, each loaded from its module when it is asked for."""

    def __init__(self, name: str, entry: Entry) -> None:
        assert entry.words is not None
        self.words = entry.words
        super().__init__(name, help=entry.help, no_args_is_help=True)
        self.params += everywhere(hidden=True)

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(self.words)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        found = self.words.get(name)
        if isinstance(found, Entry):
            return found.command(name)
        return load(found)[name] if found else None

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        refuse_unknown(context, self, arguments)
        return super().resolve_command(context, arguments)


def load(module: str) -> Verbs:
    """The verbs of a module of this package."""
    found: Verbs = import_module(f"innocities_engine.cli.{module}").verbs
    return found


def refuse_unknown(context: click.Context, group: click.Group, arguments: list[str]) -> None:
    """Name the nearest word where there is no such verb."""
    known = group.list_commands(context)
    if arguments and arguments[0] not in known and not arguments[0].startswith("-"):
        near = get_close_matches(arguments[0], known, n=1)
        text = "frame.no_command_near" if near else "frame.no_command"
        told = {"given": arguments[0], "near": near[0] if near else "", "known": ", ".join(known)}
        raise click.UsageError(say(context, text, **told), context)


def all_verbs(group: click.Group, path: str = PROGRAM) -> Iterator[tuple[str, Verb]]:
    """Every command with its full name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from all_verbs(command, f"{path} {name}")
        elif isinstance(command, Verb):
            yield f"{path} {name}", command
