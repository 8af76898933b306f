"""What hinders nothing and may be a slip all the same is told beside the answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.shell import Shell
from tests.cli.world import FIRST_ROLES

LITEN = ("project", "start", "liten", "--member", "leder=astrid", "--member", "eier=eva")


def codes(found: Any) -> list[str]:
    return [note["code"] for note in found["notes"]]


def test_a_second_project_of_the_same_title_and_method_begins_and_the_first_is_named(
    run: Shell,
) -> None:
    first = run.json(*LITEN, "Badestige")
    again = run.json(*LITEN, "  badestige ", "--id", "to")
    [number] = [
        each["number"]
        for each in run.json("project list")["projects"]
        if each["id"] == first["project"]
    ]
    assert codes(first) == []
    assert [(note["code"], note["number"]) for note in again["notes"]] == [("same_title", number)]
    assert f"no. {number + 1}" in run(*LITEN, "Badestige", "--lang", "en", "--dry-run").out


def test_what_is_repeated_under_its_key_is_no_second_project(run: Shell) -> None:
    keyed = (*LITEN, "Badestige", "--idempotency-key", "k1")
    assert codes(run.json(*keyed)) == codes(run.json(*keyed)) == []


def test_a_project_that_another_one_starts_is_told_of_its_namesake_too(run: Shell) -> None:
    words = ("project", "start", "smartby-prosjekt", "Pilot", "--from", "program",
             *FIRST_ROLES.split(), "--idempotency-key")  # fmt: skip
    assert codes(run.json(*words, "k1")) == codes(run.json(*words, "k1")) == []
    assert codes(run.json(*words, "k2")) == ["same_title"]


@pytest.mark.parametrize(
    ("first", "again", "told"),
    [
        ("idé.md", "idé.md", "has the same content"),
        ("--link https://example.org/1", "--link https://example.org/1", "has the same address"),
        ("idé.md", "--link https://example.org/1", ""),
    ],
)
def test_a_version_that_brings_nothing_new_is_handed_in_and_that_is_said(
    run: Shell, first: str, again: str, told: str
) -> None:
    handed = "project submit havn idebeskrivelse"
    assert codes(run.json(f"{handed} {first} --as ingrid")) == []
    found = run.json(f"{handed} {again} --as ingrid --lang en")
    assert [note["version"] for note in found["notes"]] == [1] * bool(told)
    assert all(told in note["text"] for note in found["notes"])
    assert found["events"][0]["type"] == "VersionSubmitted"


def test_a_substitution_that_stands_already_is_told_and_not_entered_again(run: Shell) -> None:
    [stands] = run.json("substitute list")["substitutions"]
    for period in ("2026-10-01 2026-10-31", "2026-10-05 2026-10-06"):
        found = run.json(f"substitute add gunn dag {period}")
        assert (codes(found), found["substitution"]) == (["stands_already"], stands)
    assert run.json("substitute list")["substitutions"] == [stands]

    found = run.json("substitute add gunn dag 2026-10-05 2026-11-02")
    assert codes(found) == []
    assert len(run.json("substitute list")["substitutions"]) == 2


def test_a_meeting_entered_for_a_day_that_is_over_is_told_once(run: Shell) -> None:
    words = "calendar meetings add styringsgruppe 2026-09-01 2026-11-04 --lang en"
    found = run.json(words)
    assert [(note["code"], note["days"]) for note in found["notes"]] == [
        ("past_days", ["2026-09-01"])
    ]
    assert codes(run.json(words)) == []


def test_nothing_is_over_before_the_time_of_a_simulation_has_begun(bare: Shell) -> None:
    bare("init oslo Oslo --admin a=A --simulated")
    words = "calendar meetings add styre --new"
    assert codes(bare.json(f"{words} 2020-01-01")) == []
    assert codes(bare.json(f"{words} 2020-01-02 --now 2026-01-01")) == ["past_days"]


def test_the_agenda_of_a_body_without_a_coming_meeting_says_how_to_enter_them(run: Shell) -> None:
    assert codes(run.json("meeting agenda styringsgruppe")) == []
    run("calendar meetings remove styringsgruppe 2026-10-07 2026-12-02 2027-01-13")
    [note] = run.json("meeting agenda styringsgruppe")["notes"]
    command = "innocities calendar meetings add styringsgruppe"
    assert (note["code"], note["next"]) == ("no_meetings", f"{command} DATE")
    assert note["next"] in run("meeting agenda styringsgruppe --lang sv").out

    run(f"{command} 2026-09-01 2026-11-04")
    assert codes(run.json("meeting agenda styringsgruppe")) == []
    run("calendar meetings remove styringsgruppe 2026-11-04")
    assert codes(run.json("meeting agenda styringsgruppe")) == ["no_meetings"]
    assert codes(run.json("meeting agenda styringsgruppe --day 2026-09-01")) == []
