"""Nothing tells a stranger whether another organisation is there: foreign and missing are one
answer.
"""

from __future__ import annotations

import sqlite3

import pytest

from tests.cli.shell import Shell

READINGS = (
    "project list", "remind list", "person list", "substitute list", "methodology list",
    "organisation show", "calendar meetings list", "calendar closures list", "audit verify",
    "audit checkpoint", "audit export record.jsonl --force", "project search havn", "project deviations",
    "organisation solve 00000000 --reason x",
    "project shared", "person links sol",
)  # fmt: skip
# What has no answer of its own where there is nothing to answer about.
EMPTY = {"organisation solve 00000000 --reason x": 3}


@pytest.mark.parametrize("reading", READINGS)
def test_foreign_and_missing_are_the_same_answer(run: Shell, reading: str) -> None:
    run('organisation add solvik "Solvik havn" --admin sol="Sol Vik"')
    run(f"{reading} --as sol --organisation solvik", expect=EMPTY.get(reading, 0))
    for person in ("stranger", "astrid"):
        answers = [
            run(f"{reading} --as {person} --lang en --organisation {home}", expect=3)
            for home in ("solvik", "nowhere")
        ]
        foreign, missing = (answer.err.replace("solvik", "nowhere") for answer in answers)
        assert foreign == missing
        assert not any(answer.out for answer in answers)


def test_a_person_is_told_of_no_organisation_but_their_own(run: Shell) -> None:
    run('organisation add solvik "Solvik havn" --admin sol="Sol Vik"')

    assert "solvik" not in run("organisation list").out
    assert "halden" not in run("organisation list --as sol").out
    assert run.json("organisation list --as stranger")["organisations"] == []
    every = run.json("organisation list --all")["organisations"]
    assert {each["id"] for each in every} == {"halden", "solvik"}


@pytest.fixture
def troubled(run: Shell) -> Shell:
    """An organisation in which something waits, and a partner who takes part in no project."""
    run("person add partner Partner --right external")
    run("person deactivate ingrid")
    assert run.json("organisation show")["incidents"]
    return run


def test_a_partner_learns_nothing_of_what_waits_about_the_projects_of_others(
    troubled: Shell,
) -> None:
    [first, *_] = [each["id"] for each in troubled.json("organisation show")["incidents"]]

    assert troubled.json("organisation show --as partner")["incidents"] == []
    said = troubled("organisation solve 00000000 --reason x --as partner", expect=3)
    assert first[:8] not in said.err + said.out


def test_an_incident_of_another_organisation_is_closed_by_nobody_else(troubled: Shell) -> None:
    troubled('organisation add solvik "Solvik havn" --admin sol="Sol Vik"')
    [first, *_] = [each["id"] for each in troubled.json("organisation show")["incidents"]]

    own = "--reason x --as sol --organisation solvik --lang en"
    foreign, missing = (
        troubled(f"organisation solve {each} {own}", expect=3).err for each in (first, "0" * 32)
    )
    assert foreign.replace(first, "0" * 32) == missing
    assert "none at all" in " ".join(missing.split())


def test_a_partner_learns_nothing_of_letters_that_failed(troubled: Shell) -> None:
    troubled("tick")
    with sqlite3.connect(troubled.folder / "innocities.db") as database:
        database.execute("UPDATE letter SET state = 'failed', settled_at = next_try")
    database.close()
    failed = [each["id"][:8] for each in troubled.json("remind list --state failed")["letters"]]
    told = troubled("remind resend 00000000", expect=3).err
    assert any(each in told for each in failed)  # which one looks most like it is chance

    said = troubled("remind resend 00000000 --as partner", expect=3)
    assert not any(each in said.err + said.out for each in failed)
