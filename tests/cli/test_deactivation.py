"""Whoever is deactivated blocks nothing, acts no more and gets no mail; what goes empty is told."""

from __future__ import annotations

from tests.cli.shell import Shell


def texts(run: Shell, gate: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = run(f"project why {gate} --lang en --json", expect=1).data[
        "blockers"
    ]
    return found


def test_a_role_that_goes_empty_is_told_to_whoever_leads_and_to_administrators(run: Shell) -> None:
    said = run("person deactivate eva --json").data
    assert ("konsept", "prosjekteier") in {(v["project"], v["role"]) for v in said["vacant"]}

    kinds = {trouble["kind"] for trouble in run("organisation show --json").data["incidents"]}
    assert "role empty" in kinds
    run("tick")
    letters = run("remind list --limit 1000 --json").data["letters"]
    assert {each["person"] for each in letters if each["kind"] == "role_empty"} == {
        "astrid",
        "petter",
    }
    mails = [path.read_text(errors="replace") for path in run.folder.glob("mailbox/**/*.eml")]
    assert mails
    assert not [mail for mail in mails if "\nTo: Eva" in mail or "eva@example.org" in mail]


def test_what_has_been_filled_since_is_told_nobody(run: Shell) -> None:
    run("person deactivate ingrid")
    for project in ("havn", "klar", "ferdig"):
        run(f"project assign {project} ideeier=lars")
    run("tick")

    letters = run("remind list --limit 1000 --json").data["letters"]
    open_still = {x["subject"] for x in run("organisation show --json").data["incidents"]}
    assert not open_still & {f"{project}/ideeier" for project in ("havn", "klar", "ferdig")}
    about = {x["state"] for x in letters
             if x["kind"] == "role_empty" and x["project"] in ("havn", "klar", "ferdig")}  # fmt: skip
    assert about <= {"cancelled"}


def test_a_gate_says_whom_to_appoint_where_nobody_is_left_to_act(run: Shell) -> None:
    run("person deactivate ingrid")
    missing = next(b for b in texts(run, "havn G1") if b["subject"].startswith("G1/idebeskrivelse"))

    assert "appoint somebody" in missing["text"]
    assert missing["next"] == "innocities project assign havn ideeier=PERSON"


def test_a_decider_who_is_gone_is_a_blocker_that_says_whom_to_appoint(run: Shell) -> None:
    run("person deactivate eva")
    empty = next(b for b in texts(run, "konsept G2") if b["code"] == "role_empty")

    assert empty["subject"] == "prosjekteier"
    assert "assign konsept prosjekteier=PERSON" in empty["next"]


def test_a_quorum_is_of_those_who_are_there(run: Shell) -> None:
    for project in ("klar",):
        run(f"project assign {project} styringsgruppe=bjorn,cecilia,dag,lars")
    run("person deactivate lars")
    run("project rate klar G1 noe_nytt=partly all=met --as bjorn")
    run("project rate klar G1 noe_nytt=partly all=met --as cecilia")

    unrated = [b for b in run("project why klar G1 --json", expect=None).data["blockers"]
               if b["code"].startswith("criterion")]  # fmt: skip
    assert unrated == []


def test_whoever_is_deactivated_acts_no_more_and_a_rehearsal_changes_nothing(run: Shell) -> None:
    run("person deactivate dag --dry-run")
    run("project comment havn Hei --as dag")
    run("person deactivate dag")
    run("project comment havn Hei --as dag", expect=3)
