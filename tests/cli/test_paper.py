"""A paper can be read again by whoever sees its project, as it was handed in."""

from __future__ import annotations

import pytest

from innocities_engine import typed
from tests.cli.shell import Shell
from tests.cli.world import neighbour
from tests.features.driver import method


def test_a_file_comes_back_byte_for_byte_and_over_nothing_unasked(run: Shell) -> None:
    whole = bytes(range(256)) * 300
    (run.folder / "kart.bin").write_bytes(whole)
    run("project submit klar heliks_kart kart.bin --as petter")
    copy = run.folder / "kopi.bin"

    said = run("project paper klar heliks_kart kopi.bin --lang en")
    assert said.out == "Helix map, version 2, is in kopi.bin now.\n"
    assert copy.read_bytes() == whole

    run("project paper klar heliks_kart kopi.bin --version 1", expect=4)
    assert copy.read_bytes() == whole
    run("project paper klar heliks_kart kopi.bin --version 1 --force")
    assert copy.read_bytes() == (run.folder / "idé.md").read_bytes()


def test_of_a_link_the_address_is_told_and_of_a_form_its_answers(run: Shell) -> None:
    assert "https://example.org/7" in run("project paper klar behovsbeskrivelse").out
    told = run.json("project paper forprosjekt alternativvurdering kopi.md")
    assert told["answers"]["antall_alternativer"] == "3"


def test_what_is_not_there_is_named_and_a_file_needs_a_place(run: Shell) -> None:
    run("project paper klar heliks_kart", expect=2)
    said = run("project paper klar heliks_kart kopi.md --version 9 --lang en", expect=3)
    assert "no such paper or version of it: Helix map" in said.err
    run("project paper klar finnes-ikke kopi.md", expect=3)
    run("project paper klar heliks_kart kopi.md --as nobody", expect=3)
    assert not (run.folder / "kopi.md").exists()


def test_what_others_share_is_read_before_it_is_taken_over_and_nothing_else_is(run: Shell) -> None:
    neighbour(run)
    there = "--organisation skjaer --as sol"
    run(f"project submit stige plan idé.md {there}")  # after it was shared

    run("project paper Badestige plan kopi.md --shared")
    assert (run.folder / "kopi.md").read_bytes() == (run.folder / "erfaring.md").read_bytes()
    run("project paper Badestige heliks_kart annet.md --shared", expect=3)
    run(f"project paper Badestige plan annet.md --shared {there}", expect=3)
    run(f"project unshare stige {there}")
    run("project paper Badestige plan annet.md --shared", expect=3)
    assert not (run.folder / "annet.md").exists()


def test_a_paper_that_only_came_along_is_read_too(run: Shell) -> None:
    neighbour(run)
    run(
        "project adopt Badestige smartby-prosjekt 'Vår' --id var --member ideeier=ingrid"
        " --member programkoordinator=petter"
    )

    run("project paper var plan kopi.md")

    assert (run.folder / "kopi.md").read_bytes() == (run.folder / "erfaring.md").read_bytes()


def test_a_file_with_nothing_in_it_is_no_paper(run: Shell) -> None:
    (run.folder / "empty.md").write_bytes(b"")
    run("project submit klar prosjektplan empty.md", expect=2)


@pytest.mark.parametrize("text", ["", "   "])
def test_a_comment_that_says_nothing_is_none(run: Shell, text: str) -> None:
    before = run.json("project history klar")["entries"]
    run("project", "comment", "klar", text, expect=2)
    assert run.json("project history klar")["entries"] == before


def test_what_others_have_begun_is_made_no_workspace_of_ones_own(bare: Shell) -> None:
    bare("init port 'Skjær havn' --admin astrid='Astrid Berg'")
    (bare.folder / "innocities.toml").unlink()
    bare("init port 'Skjær havn' --admin astrid='Astrid Berg'")
    (bare.folder / "innocities.toml").unlink()
    bare("init town 'Fjordby' --admin eva='Eva'", expect=4)


def test_no_page_is_written_into_a_folder_that_is_not_there(run: Shell) -> None:
    run("methodology handbook liten --out nowhere/h.html", expect=3)
    assert not (run.folder / "nowhere").exists()


@pytest.mark.parametrize("language", ["sv", "nb"])
def test_what_a_reminder_waits_for_is_told_in_the_language_of_the_reader(
    run: Shell, language: str
) -> None:
    for project in ("klar", "havn"):
        shown = run(f"remind forecast {project} --lang {language}").out
        assert " of " not in shown
        assert "decide:" not in run(f"project list --lang {language}").out


@pytest.mark.parametrize("given", ["1" + " " * 60_000 + "x", " " * 60_000, "1 " * 30_000 + "kr x"])
def test_a_long_answer_that_is_no_amount_is_looked_through_once_and_refused(given: str) -> None:
    with pytest.raises(typed.Unusable):
        typed.fact_value(method("F17").facts["price"], given)


@pytest.mark.parametrize("given", ["1 200 kr", " 1200 KR. ", "1200 %", "1\u00a0200 nok", "1200"])
def test_amounts_are_read_as_people_write_them(given: str) -> None:
    assert typed.fact_value(method("F17").facts["price"], given) == "1200"
