"""What the program ends with, and what it says when it cannot do what was asked."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from click.testing import CliRunner

import innocities_engine
import notifications
from innocities_engine import errors
from innocities_engine.cli import exits
from innocities_engine.cli.app import app
from innocities_engine.store import transactions
from tests.cli.shell import Shell
from tests.cli.world import BODY


def kinds() -> Iterator[type[errors.EngineError]]:
    """Every kind of error there is, wherever it is defined."""
    for package in (innocities_engine, notifications):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                import_module(module.name)
    waiting = [errors.EngineError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += kind.__subclasses__()


def test_every_kind_of_error_has_a_number() -> None:
    assert {kind.code for kind in kinds()} == set(exits.BY_CODE)


REFUSALS = [
    # 1: a rule says no
    (("project decide havn G1 go --appoint prosjektleder=astrid --appoint prosjekteier=eva"
     f" {BODY}"), 1, "refused"),
    ("project submit havn idebeskrivelse idé.md --as dag", 1, "refused"),
    ("project approve forprosjekt finansieringsbevis --as kirsten", 1, "refused"),
    ("project present lagt G2 --as astrid", 1, "refused"),
    (("project start smartby-prosjekt X --member styringsgruppe=bjorn --id havn2 --answer"
     " tema=energi --member ordforer=ingrid"), 0, ""),
    # 3: not there, or not for you
    ("project show ingenting", 3, "not-found"),
    (f"project show {'9' * 5000}", 3, "not-found"),
    (f"project show {'9' * 30}", 3, "not-found"),
    ("project show havn --as nobody", 3, "not-found"),
    ("project start smartby-prosjekt X --as dag", 3, "not-permitted"),
    ("project show havn --as system", 3, "not-permitted"),
    ("project submit havn idebeskrivelse finnes-ikke.md --as ingrid", 3, "not-found"),
    ("project submit havn idebeskrivlse idé.md --as ingrid", 3, "not-found"),
    ("person rights dag sjef", 3, "not-found"),
    ("person list --organisation oslo", 3, "not-found"),
    ("methodology publish finnes-ikke", 3, "not-found"),
    # 4: something else came first
    ("db backup .", 4, "conflict"),
    ("person add dag Dag", 4, "conflict"),
    ("init oslo Oslo --admin a=A", 4, "conflict"),
    (("project decide ferdig G1 go --appoint prosjektleder=astrid --appoint prosjekteier=eva"
     f" --review 0123456789abcdef {BODY}"), 4, "conflict"),
    ("project decide konsept G1 stop --as petter", 4, "already-decided"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "code", "kind"), REFUSALS, ids=[r[0] for r in REFUSALS])
def test_an_error_ends_with_its_number_and_is_told_as_data_too(
    run: Shell, command: str, code: int, kind: str
) -> None:
    said = run(f"{command} --json", expect=code)

    if kind:
        assert said.data["error"]["code"] == kind
        assert said.err.strip()
        assert "Traceback" not in said.err


USAGE = [
    "project",
    "project shw havn",
    "project submit havn",
    "project submit havn idebeskrivelse --as ingrid",
    "project submit havn idebeskrivelse --link javascript:alert(1) --as ingrid",
    "project submit havn idebeskrivelse --link 'https://a b' --as ingrid",
    "project answer forprosjekt anslatt_kostnad=mye --as astrid",
    "project answer forprosjekt krysser_arsskifte=kanskje --as astrid",
    "project decide ferdig G1",
    "project decide vent G2 hold --review-on imorgen --as eva",
    "project rate klar G1",
    "project show byen",
    "project comment havn 'a\x1bb' --as ingrid",
    "project comment havn '\u200b' --as ingrid",
    "project start smartby-prosjekt '\u200b' --as astrid",
    "person add ny '\u200b'",
    f"project decide ferdig G1 go --votes bjorn={'9' * 5000} {BODY}",
    "calendar explain 'ti dager fra i dag'",
    "calendar meetings add styringsgruppe 2026-13-01",
    "substitute add eva dag 2026-10-31 2026-10-01",
    "organisation add 'Stor By' Storby --admin a=A",
    "person add x X --language klingon",
    "project list --now 2026-09-01",
    "project list --before -99999999999999999999",
    "remind forecast havn --until 9999-12-31",
    "calendar meetings add styringsgruppe 0001-01-01",
    "substitute add dag dag 2026-09-01 2026-09-30",
    "remind preview",
    "audit verify --anchor idé.md",
    "audit verify --anchor artefacts",
    "audit verify --export artefacts",
    "audit export artefacts",
]


@pytest.mark.parametrize("command", USAGE)
def test_what_cannot_be_meant_ends_with_two_and_says_what_to_write(
    run: Shell, command: str
) -> None:
    said = run(command, expect=2)

    assert said.err.strip()
    assert "Traceback" not in said.err


def test_time_cannot_be_set_where_it_is_not_simulated(bare: Shell) -> None:
    bare("init oslo Oslo --admin ada=Ada")

    assert "--simulated" in bare("project list --now 2026-09-01", expect=2).err


def test_outside_any_workspace_one_is_told_how_to_make_one(bare: Shell) -> None:
    assert "innocities init" in bare("project list --lang en", expect=3).err


def test_a_workspace_is_found_from_a_folder_within_it(run: Shell) -> None:
    inner = run.folder / "a" / "b"
    inner.mkdir(parents=True)

    assert Shell(inner)("project list").out == run("project list").out


def test_whoever_asks_may_be_named_in_the_environment(run: Shell) -> None:
    dag = Shell(run.folder, {"INNOCITIES_AS": "dag"})

    assert dag("project start liten X --member leder=dag", expect=3)


def test_a_database_that_is_locked_ends_with_five(
    run: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from innocities_engine.store import transactions

    monkeypatch.setattr(transactions, "PATIENCE_SECONDS", 0.05)
    holder = sqlite3.connect(run.folder / "innocities.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        said = run("project comment havn Hei --as ingrid --json", expect=5)
    finally:
        holder.close()

    assert said.data["error"]["code"] == "unavailable"
    run("project comment havn Hei --as ingrid")


def test_a_record_that_was_changed_ends_with_six_and_names_the_entry(run: Shell) -> None:
    with sqlite3.connect(run.folder / "innocities.db") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE event SET actor = 'eva' WHERE chain_no = 40")
    database.close()

    verdict = run.json("audit verify", expect=6)
    assert verdict["entry"] == 40
    assert not run.json("db doctor", expect=6)["sound"]
    assert "post 40: ble endret" in run("db doctor --lang nb", expect=6).out


def test_a_difference_is_told_in_the_language_of_the_reader(run: Shell) -> None:
    with sqlite3.connect(run.folder / "innocities.db") as database:
        database.execute("INSERT INTO right VALUES ('halden', 'dag', 'administrator')")
    database.close()

    [found] = run.json("db doctor --lang sv", expect=6)["differences"]
    assert (found["organisation"], found["code"]) == ("halden", "uncaused")
    assert found["problem"].startswith("rättighet dag administrator:")
    assert "halden: rettighet dag administrator" in run("db doctor --lang nb", expect=6).out


def test_a_file_that_is_no_export_is_not_taken_for_one_that_was_changed(run: Shell) -> None:
    (run.folder / "picture").write_bytes(b"\xff\xfe\x00")

    for file in ("picture", "idé.md", "innocities.toml"):
        assert "audit export" in run(f"audit verify --export {file}", expect=2).err


def test_an_export_with_an_entry_that_cannot_be_read_is_found_to_be_changed(run: Shell) -> None:
    run("audit export record.jsonl")
    path = run.folder / "record.jsonl"
    path.write_bytes(b"\xff" + path.read_bytes())

    assert run.json("audit verify --export record.jsonl", expect=6)["entry"] == 1


def test_an_export_is_written_over_another_file_only_when_asked(run: Shell) -> None:
    run("audit export record.jsonl")
    run("audit export record.jsonl", expect=4)
    run("audit export record.jsonl --force")


@pytest.mark.parametrize("kept", ["plain", "json", "manifest"])
def test_each_form_in_which_an_anchor_is_given_out_is_taken_back(run: Shell, kept: str) -> None:
    anchor = run.folder / "anchor"
    if kept == "manifest":
        said = run("db backup copy")
        anchor = run.folder / "copy" / "manifest.json"
        assert "manifest.json" in "".join(said.out.split())
    else:
        anchor.write_text(run(f"audit checkpoint {'--json' if kept == 'json' else ''}").out)
    run("audit export record.jsonl")

    run("audit", "verify", "--anchor", str(anchor))
    run("audit", "verify", "--anchor", str(anchor), "--export", "record.jsonl")


def test_what_a_manifest_says_of_the_end_is_held_against_the_record(run: Shell) -> None:
    run("db backup copy")
    manifest = run.folder / "copy" / "manifest.json"
    kept = json.loads(manifest.read_text())
    kept["anchors"]["halden"][0] += 1
    manifest.write_text(json.dumps(kept))

    run("audit verify --anchor copy/manifest.json", expect=6)


def test_what_holds_names_and_texts_is_for_its_owner_alone(bare: Shell) -> None:
    bare('init oslo Oslo --admin a="A B" --workspace work')
    bare("db backup copy --workspace work")
    bare("audit export record.jsonl --workspace work")

    for path in ("work/innocities.db", "copy/innocities.db", "copy/manifest.json", "record.jsonl"):
        assert (bare.folder / path).stat().st_mode & 0o777 == 0o600, path
    for path in ("work", "work/artefacts", "copy"):
        assert (bare.folder / path).stat().st_mode & 0o777 == 0o700, path


def test_an_export_that_cannot_be_written_leaves_nothing_behind(run: Shell) -> None:
    before = sorted(run.folder.iterdir())

    said = run("audit export no-such-folder/record.jsonl --lang en", expect=3)
    assert said.err == "There is no file or folder no-such-folder.\n"
    assert sorted(run.folder.iterdir()) == before


def test_the_doctor_says_how_the_database_keeps_what_is_committed(run: Shell) -> None:
    journal, synchronous = transactions.journal_mode()
    expected = {
        "library": sqlite3.sqlite_version,
        "journal": journal,
        "synchronous": synchronous,
    }
    assert run.json("db doctor")["database"] == expected
    assert all(each in run("db doctor").out for each in expected.values())


def test_the_same_key_gives_the_first_answer_and_no_second_effect(run: Shell) -> None:
    command = "project comment havn Hei --as ingrid --idempotency-key k1"
    first = run.json(command)
    second = run.json(command)

    assert (first["repeated"], second["repeated"]) == (False, True)
    assert first["command"] == second["command"]
    assert first["sequence"] == second["sequence"]
    reused = run(command.replace("Hei", "Hade") + " --json", expect=4)
    assert reused.data["error"]["code"] == "key-reused"


def test_whoever_decides_second_is_told_what_was_decided_and_gets_back_what_they_typed(
    run: Shell,
) -> None:
    reason = "Vi har ikke råd,\nog ingen tid"
    said = run("project", "decide", "konsept", "G1", "stop", "--reason", reason, "--as", "petter",
               expect=4)  # fmt: skip

    first, *rest = said.err.split("\n")
    assert "avgjort før deg" in first
    assert re.search(
        r"8\. sep\. 2026 12:00: G1 .* Bjørn Dahl, Cecilia Ek og Dag Aas: Gå", " ".join(rest)
    )
    typed = "innocities project decide konsept G1 stop --reason"
    assert f"  {typed} 'Vi har ikke råd,\n  og ingen tid' --as petter\n" in said.err


def test_a_review_that_was_looked_at_holds_for_each_outcome(run: Shell) -> None:
    review = run.json("project why ferdig G1")["review"]
    carried = "--appoint prosjektleder=astrid --appoint prosjekteier=eva"
    condition = "--condition 'Spør hytteeierne; prosjektleder; 2026-11-30'"
    for outcome in ("go", f"go_with_conditions {condition}"):
        run(f"project decide ferdig G1 {outcome} {carried} --review {review} {BODY} --dry-run")


def test_a_wrong_name_is_answered_with_the_nearest(run: Shell) -> None:
    assert "«idebeskrivelse»" in run("project submit havn idebeskrivlse x", expect=3).err
    assert "«project»" in run("projct list", expect=2).err
    assert "«Havn i byen»" in run("project show 'Hvan i byen'", expect=3).err


def test_what_is_no_file_is_not_waited_for(run: Shell) -> None:
    os.mkfifo(run.folder / "rør")

    assert "rør" in run("project submit havn idebeskrivelse rør --as ingrid", expect=3).err


def test_whoever_is_not_known_here_is_told_so_in_their_language(run: Shell) -> None:
    told = run("project list --as nobody --lang sv", expect=3).err
    assert told == run("project show havn --as nobody --lang sv", expect=3).err
    assert "Det finns ingen person ”nobody”" in told


def test_a_list_names_phases_and_what_is_owed_by_their_titles(run: Shell) -> None:
    (line,) = (each for each in run("project list").out.splitlines() if "Klar i byen" in each)
    assert "Idé og behov" in line


def test_a_project_is_named_by_id_number_beginning_or_part_of_the_title(run: Shell) -> None:
    number = next(p["number"] for p in run.json("project list")["projects"] if p["id"] == "havn")
    wanted = run.json("project show havn")["project"]

    for name in ("havn", str(number), "hav", "Havn i", "HAVN I BYEN"):
        assert run.json("project", "show", name)["project"] == wanted
    assert re.search(r"\(\d+; ", run("project show byen", expect=2).err)


def test_a_definition_with_faults_ends_with_one_and_every_fault_with_its_place(
    run: Shell, tmp_path: Path
) -> None:
    broken = run.folder / "metode" / "1.0.0.yaml"
    broken.parent.mkdir()
    broken.write_text("schema: innocities/methodology/1\nid: metode\nversjon: 1\n")

    found = run.json("methodology check metode/1.0.0.yaml", expect=1)
    assert not found["usable"]
    assert {"file", "line", "column", "code", "message"} <= set(found["faults"][0])
    refused = run("methodology publish metode/1.0.0.yaml --json", expect=1)
    assert refused.data["error"]["faults"]


def test_what_is_wrong_with_a_definition_is_told_in_the_readers_language(run: Shell) -> None:
    broken = run.folder / "metode" / "1.0.0.yaml"
    broken.parent.mkdir()
    broken.write_text("schema: innocities/methodology/1\nid: metode\nversjon: 1\n")
    wanted = {
        "sv": "fel: versjon: `versjon` är inget ord för en metod. Menade du `version`?",
        "nb": "feil: versjon: `versjon` er ikke noe ord for en metode. Mente du `version`?",
        "en": "error: versjon: `versjon` is not a word of a methodology. Did you mean `version`?",
    }

    for language, line in wanted.items():
        asked = f"metode/1.0.0.yaml --lang {language}"
        assert line in " ".join(run(f"methodology check {asked}", expect=1).out.split())
        for verb in ("verify", "publish"):
            assert line in " ".join(run(f"methodology {verb} {asked}", expect=1).err.split())
        faults = run.json(f"methodology check {asked}", expect=1)["faults"]
        fault = next(each for each in faults if each["code"] == "unknown-key")
        assert f"{fault['message']} {fault['hint']}" == line.split(": ", 2)[2]
        assert (fault["severity"], fault["params"]["key"]) == ("error", "versjon")


def test_half_a_character_in_a_definition_is_a_fault_with_its_place(run: Shell) -> None:
    method = run.folder / "metode" / "1.0.0.yaml"
    method.parent.mkdir()
    method.write_text('schema: innocities/methodology/1\nid: "metode\\ud800"\n', encoding="utf-8")

    for command in ("check", "publish"):
        said = run(f"methodology {command} metode/1.0.0.yaml", expect=1)
        assert "1.0.0.yaml:2:5" in said.out + said.err
        assert "U+D800" in said.out + said.err


def test_a_copy_of_a_changed_record_is_put_back_and_told_in_the_language_of_the_reader(
    run: Shell,
) -> None:
    with sqlite3.connect(run.folder / "innocities.db") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE event SET actor = 'eva' WHERE chain_no = 40")
    database.close()
    run("db backup copy")

    said = run("db restore copy --workspace back --lang sv", expect=6)
    assert "Post 40" in said.out
    assert "ändrades" in said.out
    [broken] = run.json("db restore copy --workspace again", expect=6)["broken"]
    assert (broken["organisation"], broken["entry"]) == ("halden", 40)
    assert "ändrades" in run("audit verify --lang sv", expect=6).out


def test_a_restored_workspace_ends_where_its_manifest_says(run: Shell) -> None:
    run("db backup copy")

    assert "manifest" in run("db restore copy --workspace back --lang en").out


def test_a_slip_in_the_name_of_a_body_makes_no_calendar(run: Shell) -> None:
    before = run.json("calendar meetings list")
    said = run("calendar meetings add styringsgrupe 2026-10-14 --lang en", expect=3)

    assert "Did you mean “styringsgruppe”?" in " ".join(said.err.split())
    assert "--new" in said.err
    assert run.json("calendar meetings list") == before


def test_a_calendar_of_a_body_that_is_still_to_come_is_added_when_that_is_said(run: Shell) -> None:
    run("calendar meetings add formannskap 2026-10-14 --new")
    run("calendar meetings add formannskap 2026-10-21")

    assert run.json("calendar meetings list")["meetings"]["formannskap"] == [
        "2026-10-14", "2026-10-21",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "a fault of the program"), ("sv", "ett fel i programmet"), ("nb", "feil i programmet")],
)
def test_a_fault_of_the_program_is_told_in_the_language_of_the_reader(
    tmp_path: Path, language: str, words: str
) -> None:
    """Nothing was composed here, which no command that draws a page expects."""
    page = tmp_path / "page.html"
    line = f"methodology handbook smartby-prosjekt --out {page} --lang {language}"
    said = CliRunner().invoke(app, line.split(), obj=None)

    assert said.exit_code == exits.FAULT
    assert words in said.stderr
    assert "INNOCITIES_DEBUG=1" in said.stderr


def test_a_review_that_is_a_day_is_told_from_the_day_of_a_review(run: Shell) -> None:
    said = run("project decide konsept G2 hold --review 2026-10-30 --as eva --lang sv", expect=2)
    assert "--review-on" in said.err
    said = run("project decide konsept G2 hold --review abc --review-on 2026-10-30 --as eva"
               " --lang sv", expect=4)  # fmt: skip
    assert "inte det som prövningen abc gällde" in said.err
