"""The frame around commands, help and usage errors, speaks the language of its reader."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir

from innocities_engine.cli import layout
from innocities_engine.cli.speaking import DOMAIN
from innocities_engine.settings import SETTINGS
from tests.catalogues import TRANSLATED, source
from tests.cli.shell import Shell

# What the library says of a mistake in a program, or where nothing of ours leads to.
NEVER_SAID = re.compile(
    r"^d$|editor|Windows error|deprecat|iterable|defined twice|same flag|Could not determine|"
    r"No options defined|Arguments take exactly|continue|without prompting|prog|the version|"
    r"start character|hell completion|confirmation|do not match|color|any key|^Choice|UUID|"
    r"standard stream",
    re.IGNORECASE,
)


def said_by_the_library() -> set[object]:
    where = Path(click.__file__).parent
    found = (msg for _, _, msg, *_ in extract_from_dir(where, [("**.py", "python")]))
    return {tuple(m[:2]) if isinstance(m, tuple) else m for m in found}


def ids(catalogue: Catalog) -> set[object]:
    return {m.id if isinstance(m.id, str) else tuple(m.id) for m in catalogue if m.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_the_library_says_to_readers_is_translated_and_nothing_else(
    language: str,
) -> None:
    every = said_by_the_library()
    wanted = {one for one in every if not NEVER_SAID.search(str(one))}

    assert ids(source(language, DOMAIN)) == wanted
    assert all(all([m.string] if isinstance(m.string, str) else m.string)
               for m in source(language, DOMAIN) if m.id)  # fmt: skip


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_names_what_the_original_names(language: str) -> None:
    for message in source(language, DOMAIN):
        if message.id:
            one = message.id if isinstance(message.id, str) else message.id[-1]
            other = message.string if isinstance(message.string, str) else message.string[-1]
            assert set(re.findall(r"{\w+", one)) == set(re.findall(r"{\w+", other)), one


FRAME = {
    "nb": ("Bruk: innocities project list [VALG]", "Valg:", "Vis denne hjelpen."),
    "sv": ("Användning: innocities project list [FLAGGOR]", "Flaggor:", "Visa den här hjälpen."),
    "en": ("Usage: innocities project list [OPTIONS]", "Options:", "Show this message and exit."),
}
MISTAKES = {
    "project list --nonsens": {
        "nb": "Feil: Valget '--nonsens' finnes ikke.",
        "sv": "Fel: Flaggan '--nonsens' finns inte.",
        "en": "Error: No such option '--nonsens'.",
    },
    "substitute add": {
        "nb": "Feil: Dette argumentet mangler:",
        "sv": "Fel: Det här argumentet saknas:",
        "en": "Error: Missing argument",
    },
    "meeting record styre x.csv": {
        "nb": "Feil: Dette valget mangler:",
        "sv": "Fel: Den här flaggan saknas:",
        "en": "Error: Missing option",
    },
    "project list to": {
        "nb": "Feil: Ett argument for mye (to)",
        "sv": "Fel: Ett argument för mycket (to)",
        "en": "Error: Got unexpected extra argument (to)",
    },
    "project lst": {
        "nb": "Kommandoen «lst» finnes ikke. Mente du «list»?",
        "sv": "Kommandot ”lst” finns inte. Menade du ”list”?",
        "en": "There is no command “lst”. Did you mean “list”?",
    },
    "nonsens": {
        "nb": "Kommandoen «nonsens» finnes ikke.",
        "sv": "Kommandot ”nonsens” finns inte.",
        "en": "There is no command “nonsens”.",
    },
    "project show havn --as": {
        "nb": "Valget '--as' tar en verdi.",
        "sv": "Flaggan '--as' tar ett värde.",
        "en": "Option '--as' requires an argument.",
    },
}


@pytest.mark.parametrize("language", FRAME)
def test_help_is_framed_in_the_language_that_is_asked_for(run: Shell, language: str) -> None:
    told = run(f"project list --lang {language} --help").out

    assert all(words in told for words in FRAME[language])
    assert run(f"project list --help --lang {language}").out == told


def test_help_is_framed_in_the_language_of_the_workspace(run: Shell, tmp_path: Path) -> None:
    assert FRAME["nb"][0] in run("project list --help").out
    assert FRAME["nb"][1] in Shell(tmp_path)(f"project list --help --workspace {run.folder}").out

    settings = run.folder / SETTINGS
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('language = "nb"', 'language = "sv"'), encoding="utf-8")
    assert FRAME["sv"][0] in run("project list --help").out
    settings.write_text("no settings", encoding="utf-8")
    assert FRAME["en"][0] in run("project list --help").out


def test_a_mistake_is_told_in_the_language_of_whoever_makes_it(run: Shell) -> None:
    run("person change eva --language sv")

    for line in ("project list --nonsens --as eva", "project list --as=eva --nonsens"):
        assert "Flaggan '--nonsens' finns inte." in run(line, expect=2).err
    assert "Valget '--nonsens' finnes ikke." in run("project list --nonsens", expect=2).err


def test_outside_a_workspace_it_is_that_of_the_terminal(tmp_path: Path) -> None:
    for language, terminal in {"sv": "sv_SE.UTF-8", "nb": "nn_NO.UTF-8", "en": "C.UTF-8"}.items():
        shell = Shell(tmp_path, {"LANG": terminal})
        assert FRAME[language][1] in shell("project list --help").out


@pytest.mark.parametrize("command", MISTAKES)
@pytest.mark.parametrize("language", FRAME)
def test_what_cannot_be_meant_is_told_in_the_readers_language(
    run: Shell, command: str, language: str
) -> None:
    said = run(f"--lang {language} {command}", expect=2).err

    assert MISTAKES[command][language] in " ".join(said.split())
    if not command.endswith("--as"):  # of which the library does not know whose it is
        assert FRAME[language][0].partition(":")[0] in said
    assert all(layout.width(line) <= layout.NARROW for line in said.splitlines())


def test_what_a_command_refuses_is_framed_in_its_readers_language_too(run: Shell) -> None:
    assert "Feil: " in run("project show byen", expect=2).err
    assert "Error: " in run("project show byen --lang en", expect=2).err
