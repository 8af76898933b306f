"""A word that was said is found again, by whoever may see where it was said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.shell import Shell
from tests.cli.world import BODY


def hits(run: Shell, *words: str) -> list[tuple[str, str]]:
    found: list[Any] = run.json("project", "search", *words)["hits"]
    return [(each["id"], each["type"]) for each in found]


def test_a_title_is_found(run: Shell) -> None:
    assert hits(run, "havn", "byen") == [("havn", "ProjectStarted")]


def test_a_comment_a_condition_a_reason_and_a_minutes_reference_are_found(run: Shell) -> None:
    run("project comment havn 'Snakk med Kystverket'")
    run("project decide konsept G2 hold --review-on 2026-10-30 --reason Budsjettvedtak --as eva")
    run(f"project rate klar G1 all=met --minutes 77/2026 {BODY}")

    assert hits(run, "kystverket") == [("havn", "Commented")]
    assert ("vilkar", "NeedOpened") in hits(run, "hytteeierne")
    assert hits(run, "budsjettvedtak") == [("konsept", "GateDecided")]
    assert {project for project, _ in hits(run, "77/2026")} == {"klar"}


def test_a_paper_is_found_by_its_file_name_and_by_what_the_method_calls_it(run: Shell) -> None:
    by_name = {p for p, kind in hits(run, "idé.md") if kind == "VersionSubmitted"}
    by_title = {p for p, kind in hits(run, "Finansieringsbevis") if kind == "VersionSubmitted"}

    assert "klar" in by_name
    assert by_title == {"penger"}


@pytest.mark.parametrize("spelled", ["ØREKYTE", "ørekyte", "Ørekyte"])
def test_letters_may_be_large_or_small_beyond_ascii_too(spelled: str, run: Shell) -> None:
    run("project comment havn 'En ørekyte ble sett'")

    assert hits(run, spelled) == [("havn", "Commented")]


def test_every_word_has_to_stand_in_the_same_text(run: Shell) -> None:
    run("project comment havn 'Det ene'")
    run("project comment havn 'Det andre'")

    assert hits(run, "ene", "andre") == []
    assert hits(run, "Det ene") == [("havn", "Commented")]


@pytest.mark.parametrize("sign", ["%", "_", "\\", "' OR 1=1 --", '"', "%00"])
def test_no_sign_stands_for_others(sign: str, run: Shell) -> None:
    run("project", "comment", "havn", "nothing special")

    assert [hit for hit in hits(run, sign) if hit[1] == "Commented"] == []


def test_a_partner_finds_only_where_they_take_part(run: Shell) -> None:
    run("person add gjest Gjest --right external")
    run("project assign havn linjeleder=gjest")
    for project in ("havn", "klar"):
        run("project", "comment", project, "et hemmelig ord")

    assert {p for p, _ in hits(run, "hemmelig")} == {"havn", "klar"}
    assert {p for p, _ in hits(run, "hemmelig", "--as", "gjest")} == {"havn"}


def test_nothing_is_found_in_another_organisation(run: Shell) -> None:
    run('organisation add moss "Moss kommune" --admin astrid="Astrid Berg"')
    run("project comment havn 'et hemmelig ord'")

    assert hits(run, "hemmelig")
    assert hits(run, "hemmelig", "--organisation", "moss") == []


def test_what_was_found_fits_into_80_columns(run: Shell) -> None:
    run("project", "comment", "havn", "langt " * 200)

    told = run("project search langt --lang en").out

    assert max(map(len, told.splitlines())) <= 80
