"""How answers look: within 80 columns, without a character that acts, readable without colour."""

from __future__ import annotations

import unicodedata

import pytest

from innocities_engine import wording
from innocities_engine.cli import layout
from tests.cli.shell import Shell
from tests.harness.hostile import HOSTILE

WIDE = 80
PAGES = {
    "project list": 0,
    "project show forprosjekt": 0,
    "project show vilkar": 0,
    "project why konsept": 1,
    "project history gjort --all": 0,
    "round list": 0,
    "round rank valg": 0,
    "remind forecast klar": 0,
    "remind preview reminder": 0,
    "methodology show innocities-sverige": 0,
    "methodology diagram smartby-prosjekt": 0,
    "person list": 0,
    "substitute list": 0,
    "organisation show": 0,
}


def too_wide(text: str) -> list[str]:
    """Lines that do not fit; what one is to type may be as long as it must."""
    return [
        line
        for line in text.splitlines()
        if layout.width(line) > WIDE and not line.lstrip().startswith("innocities ")
    ]


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_answers_fit_into_80_columns_in_each_language(run: Shell, language: str) -> None:
    for command, code in PAGES.items():
        said = run(f"{command} --lang {language}", expect=code)
        assert too_wide(said.out + said.err) == [], command


def acting(text: str) -> set[str]:
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")} - {"\n"}


TEXTS = [h for h in HOSTILE if h.fits_argument and h.text.strip()]


@pytest.fixture(scope="module")
def told(made, tmp_path_factory):  # type: ignore[no-untyped-def]
    """One municipality in which every hostile text was tried in every field."""
    import shutil

    folder = tmp_path_factory.mktemp("hostile") / "halden"
    run = Shell(shutil.copytree(made, folder))
    taken = 0
    for hostile in TEXTS:
        text = hostile.text
        if text.startswith("-"):
            continue
        for words in (
            ("project", "comment", "havn", text, "--as", "ingrid"),
            ("project", "submit", "havn", "heliks_kart", "--link", f"https://x/{text}",
             "--as", "petter"),
            ("calendar", "meetings", "add", text, "2027-03-10"),
        ):  # fmt: skip
            said = run(*words, expect=None)
            assert said.code in (0, 1, 2, 3), (hostile.id, said)
            assert acting(said.out + said.err) == set(), hostile.id
            taken += said.code == 0
    assert taken > len(TEXTS) // 4
    return run


def test_no_text_of_the_database_acts_on_the_terminal(told: Shell) -> None:
    for command in ("project history havn --all", "project show havn", "calendar meetings list"):
        said = told(command)
        assert acting(said.out) == set(), command
        assert said.out.count("\x1b") == 0


def test_data_holds_no_acting_character_and_gives_texts_back_as_they_were(told: Shell) -> None:
    said = told("project history havn --json")

    assert acting(said.out) == set()
    kept = {e["event"]["text"] for e in said.data["entries"] if e["command"] == "Comment"}
    assert kept


@pytest.mark.parametrize("hostile", TEXTS, ids=lambda h: h.id)
def test_what_is_shown_is_one_line_of_visible_characters(hostile) -> None:  # type: ignore[no-untyped-def]
    shown = wording.visible(hostile.text)

    assert acting(shown) == set()
    assert "\n" not in shown
    assert not any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" for c in shown)


def test_no_colour_where_none_is_wanted(run: Shell) -> None:
    assert "\x1b" not in run("project show klar").out


def test_tables_wrap_their_cells_and_keep_their_columns() -> None:
    rows = [("a", "long words that do not fit in the room there is", "x"), ("bb", "short", "y")]

    lines = layout.table(rows, room=30)
    assert all(layout.width(line) <= 30 for line in lines)
    assert next(line[0] for line in lines if line.strip()) == "a"
    assert lines[-1].split() == ["bb", "short", "y"]


def test_a_word_longer_than_the_room_is_broken_and_nothing_is_lost() -> None:
    assert "".join(layout.wrapped("x" * 95, 40)) == "x" * 95
    assert max(map(layout.width, layout.wrapped("港" * 50, 21))) <= 21


def test_a_quoted_command_stays_in_one_piece() -> None:
    text = "Make a workspace, which one does with “innocities init”, and go on."

    assert any("“innocities init”" in line for line in layout.wrapped(text, 50))


FAULTY = """\
schema: innocities/methodology/1
id: small
version: "1.0.0"
languages: [en]
title: {en: Small}
calendar: {country: "NO"}
roles:
  board: {title: {en: Board}, kind: body, seats: {at_least: 2, at_most: 3}}
phases:
  first: {title: {en: First}, opens: start}
gates:
  a_gate_with_a_name_as_long_as_one_may_have_it:
    title: {en: Only}
    in: first
    decides: {by: {role: bord, quorum: 5}}
    outcomes:
      done: {end: completed, needs: {terms: {written: {}, due: after the summer}}}
"""


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("verb", ["check", "verify"])
def test_faults_of_a_method_fit_and_their_places_stay_whole(
    run: Shell, language: str, verb: str
) -> None:
    folder = run.folder / "a-folder-with-a-long-name" / ("and-one-in-it-" * 4)
    folder.mkdir(parents=True)
    file = folder / "draft.yaml"
    file.write_text(FAULTY, encoding="utf-8")

    told = run(f"methodology {verb} {file} --lang {language}", expect=1)
    faults = [f"{file}:{line}:{column}:" for line, column in ((15, 26), (17, 64))]
    lines = (told.out + told.err).splitlines()

    assert [line for line in lines if line.startswith(str(folder))] == faults
    assert [line for line in too_wide("\n".join(lines)) if line not in faults] == []
    assert any(line.startswith("  ") for line in lines)


def test_a_place_stands_in_front_of_what_is_said_there(run: Shell) -> None:
    (run.folder / "draft.yaml").write_text(FAULTY, encoding="utf-8")
    lines = run("methodology check draft.yaml --lang en", expect=1).out.splitlines()
    assert lines[0].startswith("draft.yaml:15:26: error:")
    assert lines[1].startswith("  ")
    assert "`bord` is no role." in " ".join(line.strip() for line in lines)


def test_as_data_a_fault_is_one_text(run: Shell) -> None:
    (run.folder / "draft.yaml").write_text(FAULTY, encoding="utf-8")
    error = run.json("methodology verify draft.yaml --lang en", expect=1)["error"]
    assert len(error["message"].splitlines()) == 1 + len(error["faults"])
