"""What was typed wrong is told in the language of the reader, wherever it was found out."""

from __future__ import annotations

import pytest

from tests.cli.shell import Shell

WRONG = {
    "person add Bjorn Bjorn": "kan inte vara id för en person",
    "person add ny Ny --address dag@x": "enkel e-postadress",
    "person add ny Ny --zone Mars": "tidszon",
    "project assign havn prosjektleder=ingen": "ingen person",
    "calendar closures add 2026-12-24 --as dag": "Detta är för",
    "db backup .": "finns redan",
    "init oslo Oslo --admin a=A": "innehåller redan en installation",
}


@pytest.mark.parametrize("command", WRONG)
def test_an_error_is_told_in_the_language_of_the_reader(run: Shell, command: str) -> None:
    said = run(f"{command} --lang sv", expect=None)

    assert said.code
    assert WRONG[command] in " ".join(said.err.split())


def test_somebody_unknown_is_told_so_in_the_organisation_the_folder_implies(run: Shell) -> None:
    said = run("project list --as nobody", expect=3)

    assert "«nobody» i halden" in said.err


def test_of_another_organisation_nobody_learns_whether_it_exists(run: Shell) -> None:
    run('organisation add skjaervik-havn "Skjærvik havn" --admin eva="Eva Ek"')
    one = run("project list --organisation skjaervik-havn --as dag", expect=3).err
    other = run("project list --organisation atlantis-by --as dag", expect=3).err

    assert one.replace("skjaervik-havn", "atlantis-by") == other


def test_a_near_name_is_told_to_those_who_belong_there(run: Shell) -> None:
    run('organisation add skjaervik-havn "Skjærvik havn" --admin eva="Eva Ek"')

    assert "«skjaervik-havn»" in run("project list --organisation skjaervik --as eva", expect=3).err
    assert (
        "skjaervik-havn" not in run("project list --organisation skjaervik --as dag", expect=3).err
    )


def test_rights_and_those_who_stand_in_are_listed_in_words(run: Shell) -> None:
    assert "medlem" in run("person list --lang sv").out
    listed = run("substitute list --lang sv").out

    assert "Gunn Vik" in listed
    assert "Dag Aas" in listed
