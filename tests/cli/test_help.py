"""Help speaks the language of its reader, in every command, and fits a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from innocities_engine import wording
from innocities_engine.cli.app import TREE, app
from innocities_engine.cli.speaking import HELP, unbroken
from innocities_engine.cli.verbs import PROGRAM
from tests.catalogues import TRANSLATED, names, pairs, source
from tests.cli.shell import Shell
from tests.cli.test_screen import too_wide


def every_command(of: click.Command, path: str = PROGRAM) -> Iterator[tuple[str, click.Command]]:
    """The program, its nouns and its verbs, each with its full name."""
    yield path, of
    if isinstance(of, click.Group):
        context = click.Context(of)
        for name in of.list_commands(context):
            command = of.get_command(context, name)
            assert command is not None
            yield from every_command(command, f"{path} {name}")


COMMANDS = dict(every_command(app))


def texts(command: click.Command) -> set[str]:
    """What a command says of itself, its options and arguments."""
    helps = [
        each.help for each in command.params if isinstance(each, click.Option | click.Argument)
    ]
    said = [command.help, command.epilog, *helps]
    said += [entry.help for entry in TREE.values()] if command is app else []
    return {unbroken(text) for text in said if text}


def shown(command: click.Command) -> set[str]:
    """Of these, what its help shows; the options of every command are shown by the program alone."""
    hidden = {unbroken(each.help or "") for each in command.params
              if isinstance(each, click.Option) and each.hidden}  # fmt: skip
    return texts(command) - hidden


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_help_is_translated_and_nothing_else(language: str) -> None:
    wanted = set().union(*map(texts, COMMANDS.values()))
    found = dict(pairs(source(language, HELP)))

    assert (wanted - set(found), set(found) - wanted) == (set(), set())  # missing, stale
    assert [text for text, told in found.items() if not told or told == text] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translated_help_names_the_same_options_values_and_commands(language: str) -> None:
    for text, told in pairs(source(language, HELP)):
        assert names(told) == names(text)
        assert told.count("\n\n") == text.count("\n\n"), text


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_each_command_tells_its_help_in_the_language_and_within_80_columns(
    bare: Shell, language: str
) -> None:
    translated = {} if language == wording.FALLBACK else dict(pairs(source(language, HELP)))
    for name, command in COMMANDS.items():
        told = bare(f"{name} --help --lang {language}").out
        assert too_wide(told) == [], name
        for text in shown(command):
            assert words(translated.get(text, text)) in words(told), (name, text)


def words(text: str) -> str:
    """A text wherever its lines are broken."""
    return "".join(text.split())


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_noun_lists_its_verbs_in_the_language_also_where_no_verb_is_given(
    bare: Shell, language: str
) -> None:
    translated = dict(pairs(source(language, HELP)))
    for arguments in (f"--lang {language} calendar --help", f"--lang {language} calendar"):
        said = bare(arguments, expect=None)
        assert words(translated["When bodies meet."]) in words(said.out + said.err)
