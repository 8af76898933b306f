"""Putting an overlay on a later version of its base, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from innocities_engine import wording
from tests.cli.shell import Shell

BASE = Path(__file__).parents[1] / "features" / "definitions" / "board.yaml"
NEXT = """\
schema: innocities/overlay/1
id: board
version: "2.0.0"
languages: [en]
extends: {id: board, version: "1.0.0"}
changes:
  - id: V2
    reason: {en: Lessons of the first year.}
    operations:
      - {rename: artefacts/plan, to: scheme}
      - {replace: roles/panel/title, value: {en: Jury}}
"""
OVERLAY = """\
# What the harbour does otherwise.
schema: innocities/overlay/1
id: harbour
version: "1.0.0"
languages: [sv, en]
extends: {id: board, version: "1.0.0"}   # the small method
changes:
  - id: H1
    reason: {sv: Vi är en hamn., en: We are a harbour.}
    operations:
      - {replace: roles/panel/title, value: {sv: Nämnd, en: Committee}}   # as we say
      - {add: gates/G1/needs/plan/status, value: approved}
"""


@pytest.fixture
def desk(bare: Shell) -> Shell:
    """A base in two versions, and an overlay on the first."""
    texts = {"board/1.0.0": BASE.read_text("utf-8"), "board/2.0.0": NEXT, "harbour/1.0.0": OVERLAY}
    for name, text in texts.items():
        path = bare.folder / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return bare


def rebase(desk: Shell, *more: str, expect: int = 0) -> Any:
    words = ("methodology", "rebase", "harbour/1.0.0.yaml", "board/2.0.0.yaml")
    return desk.json(*words, *more, expect=expect)


def test_nothing_is_written_until_everything_is_chosen(desk: Shell) -> None:
    found = rebase(desk, "--out", "harbour/2.0.0.yaml", "--lang", "en", expect=1)
    (conflict,) = found["conflicts"]
    assert (conflict["operation"], conflict["kind"]) == ("H1/1", "both_changed")
    assert conflict["theirs"] == {"en": "Jury"}
    assert not (desk.folder / "harbour" / "2.0.0.yaml").exists()


def test_the_overlay_is_written_as_its_author_had_it_but_for_what_is_called_otherwise(
    desk: Shell,
) -> None:
    done = rebase(desk, "--choose", "H1/1=ours", "--out", "harbour/1.1.0.yaml")
    assert (done["version"], done["files"]) == ("1.1.0", ["harbour/1.1.0.yaml"])
    head, rest = OVERLAY.replace("needs/plan", "needs/scheme").split("languages", 1)
    wanted = "languages".join((head.replace("1.0.0", "1.1.0"), rest.replace("1.0.0", "2.0.0")))
    assert (desk.folder / "harbour" / "1.1.0.yaml").read_text("utf-8") == wanted
    assert desk.json("methodology check harbour/1.1.0.yaml")["usable"]


def test_the_lines_of_the_file_end_as_they_did(desk: Shell) -> None:
    windows = OVERLAY.encode().replace(b"\n", b"\r\n")
    (desk.folder / "harbour" / "1.0.0.yaml").write_bytes(windows)

    rebase(desk, "--choose", "H1/1=ours", "--out", "harbour/1.1.0.yaml")
    made = (desk.folder / "harbour" / "1.1.0.yaml").read_bytes()
    assert made.count(b"\r\n") == made.count(b"\n") == OVERLAY.count("\n")
    assert desk.json("methodology check harbour/1.1.0.yaml")["usable"]


def test_an_operation_that_gives_way_leaves_the_file(desk: Shell) -> None:
    rebase(desk, "--choose", "H1/1=theirs", "--out", "new.yaml")
    text = (desk.folder / "new.yaml").read_text("utf-8")
    assert "panel" not in text
    assert "needs/scheme/status" in text


def test_the_note_tells_in_the_language_of_the_overlay_what_changed(desk: Shell) -> None:
    rebase(desk, "--choose", "H1/1=ours", "--out", "new.yaml", "--note", "note.md", "--lang", "nb")
    note = (desk.folder / "note.md").read_text("utf-8")
    assert note.startswith("# harbour 1.1.0\n")
    assert wording.say("sv", "rebase.upstream") in note
    assert "gates/G1/needs/scheme/status" in note


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_conflict_shows_both_sides_and_what_to_type(desk: Shell, language: str) -> None:
    words = "methodology rebase harbour/1.0.0.yaml board/2.0.0.yaml"
    shown = desk(f"{words} --lang {language}", expect=1).out
    assert "--choose H1/1=ours" in shown
    assert "--choose H1/1=theirs" in shown
    assert "Jury" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_what_cannot_be_used_is_not_written(desk: Shell) -> None:
    path = desk.folder / "board" / "2.0.0.yaml"
    path.write_text(NEXT + "      - {remove: gates/G2}\n      - {remove: roles/panel}\n", "utf-8")
    overlay = desk.folder / "harbour" / "1.0.0.yaml"
    overlay.write_text(OVERLAY + "      - {add: artefacts/plan/approves, value: panel}\n", "utf-8")
    found = rebase(desk, "--choose", "H1/1=theirs", "--out", "new.yaml", expect=1)
    assert any("panel" in fault for fault in found["faults"])
    assert not [fault for fault in found["faults"] if "tmp" in fault]  # as it will be called
    assert not (desk.folder / "new.yaml").exists()


def test_a_method_that_extends_nothing_cannot_be_put_on_another(desk: Shell) -> None:
    said = desk("methodology rebase board/1.0.0.yaml board/2.0.0.yaml --lang en", expect=3).err
    assert "no overlay" in said


def test_a_choice_that_is_none_is_told(desk: Shell) -> None:
    words = "methodology rebase harbour/1.0.0.yaml board/2.0.0.yaml --choose H1/1=mine"
    assert "H1/1=mine" in desk(words, expect=2).err


@pytest.mark.parametrize("choice", ["H9/9=ours", "H1/2=theirs"])
def test_a_choice_where_there_is_none_is_told(desk: Shell, choice: str) -> None:
    words = "methodology rebase harbour/1.0.0.yaml board/2.0.0.yaml --choose H1/1=ours --lang en"
    said = desk(f"{words} --choose {choice}", expect=2).err
    assert choice in said


@pytest.mark.parametrize("version", ["1.0.0", "0.9.0", "1.0.1"])
def test_a_version_that_says_too_little_is_refused(desk: Shell, version: str) -> None:
    words = "methodology rebase harbour/1.0.0.yaml board/2.0.0.yaml --choose H1/1=ours --lang en"
    said = desk(f"{words} --to-version {version} --out new.yaml", expect=2).err
    assert "at least version 1.1.0" in said
    assert not (desk.folder / "new.yaml").exists()


def test_a_version_of_ones_own_is_kept(desk: Shell) -> None:
    rebase(desk, "--choose", "H1/1=ours", "--out", "new.yaml", "--to-version", "7.0.0")
    assert 'version: "7.0.0"' in (desk.folder / "new.yaml").read_text("utf-8")


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_choice_that_is_spelt_wrong_is_told_what_can_be_chosen(
    desk: Shell, language: str
) -> None:
    command = "methodology rebase harbour/1.0.0.yaml board/2.0.0.yaml --choose H1/1=our"
    said = desk(f"{command} --lang {language}", expect=2).err
    assert "H1/1=our" in said
    assert "=ours" in said
    assert "=theirs" in said


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_another_method_is_refused_in_one_sentence(desk: Shell, language: str) -> None:
    words = f"methodology rebase harbour/1.0.0.yaml smartby-prosjekt --lang {language}"
    ran = desk(words, expect=2)
    said = " ".join(ran.err.split())
    assert "smartby-prosjekt 1.0.0" in said
    assert wording.say(language, "rebase.other_method", given="smartby-prosjekt 1.0.0",
                       overlay="harbour", base="board", version="1.0.0") in said  # fmt: skip
    assert ran.out == ""


def test_the_version_it_stands_on_already_leaves_nothing_to_do(desk: Shell) -> None:
    words = "methodology rebase harbour/1.0.0.yaml board/1.0.0.yaml --out new.yaml --lang en"
    said = " ".join(desk(words, expect=2).err.split())
    assert "harbour stands on board 1.0.0 already: there is nothing to do" in said
    assert not (desk.folder / "new.yaml").exists()


def test_going_back_has_to_be_meant(desk: Shell) -> None:
    newer = NEXT.replace("      - {rename: artefacts/plan, to: scheme}\n", "")
    (desk.folder / "board" / "2.0.0.yaml").write_text(newer, "utf-8")
    rebase(desk, "--choose", "H1/1=ours", "--out", "harbour/2.0.0.yaml")
    words = "methodology rebase harbour/2.0.0.yaml board/1.0.0.yaml --out new.yaml --lang en"
    said = " ".join(desk(words, expect=2).err.split())
    assert "1.0.0 comes before it" in said
    assert "--back" in said
    assert not (desk.folder / "new.yaml").exists()

    desk(f"{words} --back --choose H1/1=ours")
    text = (desk.folder / "new.yaml").read_text("utf-8")
    assert 'extends: {id: board, version: "1.0.0"}' in text
