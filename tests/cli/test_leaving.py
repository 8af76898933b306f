"""Somebody leaves the municipality: everything goes to others, and nothing is done by halves."""

from __future__ import annotations

from typing import Any

from tests.cli.shell import Shell


def active(run: Shell, person: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = run("person list --json").data["persons"]
    return next(p for p in found if p["id"] == person)


def members(run: Shell, project: str, role: str) -> list[str]:
    found: list[str] = run(f"project show {project} --json").data["members"][role]
    return found


def test_whoever_leaves_holds_nothing_any_more_and_acts_no_more(run: Shell) -> None:
    told = run("person leave dag --to lars --json").data

    assert told["deactivated"]
    assert all(project["done"] for project in told["projects"])
    assert {p["id"] for p in run("project list --json").data["projects"]} >= {
        project["project"] for project in told["projects"]
    }
    assert (active(run, "dag")["active"], active(run, "dag")["rights"]) == (False, [])
    for project in told["projects"]:
        seen = run(f"project show {project['project']} --json").out
        assert '"dag"' not in seen or '"decisions"' in seen
    run("project comment havn Hei --as dag", expect=3)
    run("audit verify")
    run("db doctor")


def test_a_rehearsal_says_what_goes_to_whom_and_changes_nothing(run: Shell) -> None:
    before = run("audit checkpoint --json").data
    told = run("person leave dag --to lars --role styringsgruppe=gunn --dry-run --json").data

    goes = {(each["what"], each["to"]) for project in told["projects"] for each in project["goes"]}
    assert goes == {("Styringsgruppe", "gunn"), ("Styre", "lars")}
    assert [(x["person"], x["to"]) for x in told["substitutions"]] == [("gunn", "lars")]
    assert not told["deactivated"]
    assert run("audit checkpoint --json").data["hash"] == before["hash"]
    assert active(run, "dag")["active"]


def test_the_heir_stands_in_where_somebody_stood_in_and_nobody_for_whoever_left(
    run: Shell,
) -> None:
    run("substitute add dag cecilia 2026-09-01 2026-12-31")
    run("person leave dag --to lars")

    found = run("substitute list --json").data["substitutions"]
    to_come = [x for x in found if x["last"] >= "2026-09-08"]
    assert [(x["person"], x["substitute"], x["first"]) for x in to_come] == [
        ("gunn", "lars", "2026-10-01")
    ]
    assert [(x["person"], x["last"]) for x in found if x not in to_come] == [("dag", "2026-09-07")]


def test_an_heir_is_not_a_substitute_of_their_own(run: Shell) -> None:
    run("person leave dag --to gunn")

    assert run("substitute list --json").data["substitutions"] == []


def test_a_condition_owed_by_name_and_its_reminders_go_to_the_heir(run: Shell) -> None:
    run("project decide klar G1 rework --reason x --present bjorn,cecilia,dag --recorded"
        " --as petter")  # fmt: skip
    run(
        "project rate klar G1 noe_nytt=partly all=met --minutes 5/26 --recorded"
        " --present bjorn,cecilia,dag --as petter"
    )
    run(
        "project decide klar G1 go_with_conditions --condition 'Spør naboene; ingrid; 2026-11-30'"
        " --appoint prosjektleder=astrid --appoint prosjekteier=eva --minutes 5/26 --recorded"
        " --present bjorn,cecilia,dag --as petter"
    )
    told = run("person leave ingrid --to lars --json").data

    klar = next(p for p in told["projects"] if p["project"] == "klar")
    assert {"what": "Spør naboene", "to": "lars"} in klar["goes"]
    ahead = run("remind forecast klar --json").out
    assert '"lars"' in ahead
    assert '"ingrid"' not in ahead
    run("project tick-off klar G1/G1_vilkar --as lars")


def test_what_cannot_be_delivered_goes_to_the_heir_of_whoever_got_it(run: Shell) -> None:
    told = run("person leave astrid --to eva --as eva --json").data

    assert told["fallback"]
    assert run("organisation show --json --as eva").data["fallback"] == "eva"


def test_the_last_administrator_stays(run: Shell) -> None:
    run("person rights eva manager")
    before = run("audit checkpoint --json").data

    for command in ("person leave astrid --to eva", "person rights astrid member",
                    "person deactivate astrid"):  # fmt: skip
        said = run(f"{command} --lang en", expect=1)
        assert "nobody can administer" in " ".join(said.err.split())
        assert "method" not in said.err
        assert "metod" not in run(f"{command} --lang sv", expect=1).err.casefold()
    assert run("audit checkpoint --json").data["hash"] == before["hash"]


def test_an_heir_who_has_a_seat_already_where_seats_must_be_taken_is_refused(run: Shell) -> None:
    run("project raise havn STANS --as astrid", expect=None)
    said = run("person leave bjorn --to cecilia --json", expect=1).data

    assert not said["deactivated"]
    assert {b["code"] for p in said["projects"] for b in p["blockers"]} == {"heir_seated"}
    assert active(run, "bjorn")["active"]
    again = run("person leave bjorn --to lars --json").data
    assert again["deactivated"]


def test_an_heir_in_conflict_where_nobody_else_could_decide_is_refused(run: Shell) -> None:
    run("project declare-conflict konsept G2 --as gunn", expect=None)
    run("project assign konsept gevinstansvarlig=gunn --as eva")
    run("project declare-conflict konsept G2 --as gunn")

    said = run("project reassign konsept eva gunn --json --as astrid", expect=1).data
    assert [b["code"] for b in said["error"]["blockers"]] == ["heir_silent"]
    run("project reassign konsept eva gunn --role prosjekteier=lars --as astrid")
    assert members(run, "konsept", "prosjekteier") == ["lars"]


def test_only_an_administrator_lets_somebody_leave(run: Shell) -> None:
    run("person leave dag --to lars --as petter", expect=3)


def test_nobody_who_has_left_is_given_anything_to_do(run: Shell) -> None:
    run("person leave dag --to lars")

    for command in (
        "project assign havn programkoordinator=dag",
        "project reassign havn lars dag",
    ):
        said = run(f"{command} --json", expect=1).data
        assert [b["code"] for b in said["error"]["blockers"]] == ["has_left"]
