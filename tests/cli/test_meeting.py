"""Several gates are decided in one meeting of a body: the papers go in, the decisions come out."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innocities_engine import wording
from innocities_engine.cli import meeting_rows, spreadsheet
from tests.cli.pages import assert_readable
from tests.cli.shell import Shell
from tests.cli.world import METHODS

NOW = "2026-10-01T09:00"
PEOPLE = ("bjorn", "cecilia", "dag", "siri", "petter", "lise", "eva")
BOARD = ("bjorn", "cecilia", "dag")
MEETING = "--day 2026-10-01 --minutes 9/26"
GO = {"Outcome": "go", "Judged": "all=met", "Appoints": "eier=eva"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A port with three projects: all papers, all papers and judged already, none."""
    folder = tmp_path_factory.mktemp("made") / "port"
    folder.mkdir()
    run = Shell(folder)
    run(f"init port 'Skjær havn' --admin astrid='Astrid Berg' --simulated --now {NOW}")
    for person in PEOPLE:
        run("person", "add", person, person.capitalize())
    run("methodology", "publish", str(METHODS / "hall" / "1.0.0.yaml"))
    run("calendar meetings add havnestyre 2026-10-14 2026-11-11")
    for project in ("kai", "bom", "lys"):
        run(f"project start hall '{project.capitalize()} ved sjøen' --id {project}"
            f" --member leder=lise --member styre={','.join(BOARD)} --member sekretaer=petter")  # fmt: skip
    for project in ("kai", "bom"):
        run(f"project submit {project} plan --link https://example.org/{project} --as lise")
    run("project rate bom B1 all=met --recorded --present bjorn,dag --minutes 8/26 --as petter")
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Shell:
    return Shell(Path(shutil.copytree(made, tmp_path / "port")))


@pytest.fixture(scope="module")
def looking(made: Path) -> Shell:
    """A shell in the port itself, for what changes nothing."""
    return Shell(made)


def written(run: Shell, *rows: Mapping[str, str], name: str = "decided.csv") -> str:
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    cells = [headings, *([row.get(h, "") for h in headings] for row in rows)]
    (run.folder / name).write_text(spreadsheet.written(cells), encoding="utf-8", newline="")
    return name


def row(project: str, gate: str = "B1", **cells: str) -> dict[str, str]:
    return {"Project": project, "Gate": gate, **cells}


def recorded(
    run: Shell, *rows: Mapping[str, str], more: Iterable[str] = ("--yes",), expect: int = 0,
    present: Iterable[str] = BOARD, by: str = "petter",
) -> Any:  # fmt: skip
    words = ("meeting", "record", "styre", *MEETING.split(), "--present", ",".join(present))
    return run.json(*words, written(run, *rows), *more, "--as", by, "--lang", "en", expect=expect)


def results(found: Any) -> dict[str, str]:
    return {one["id"]: one["result"] for one in found["projects"]}


def problems(found: Any) -> list[tuple[int, str, str]]:
    each = [p for one in found["projects"] for p in (one["error"] or {}).get("problems", ())]
    return [(p["line"], p["column"], p["text"]) for p in (*found["problems"], *each)]


def decisions(run: Shell, project: str) -> list[tuple[str, str]]:
    shown = run.json("project", "show", project)["decisions"]
    return [(each["gate"], each["outcome"]) for each in shown]


# ---------------------------------------------------------------- papers in


def test_the_agenda_lists_every_gate_that_waits_for_the_body_with_all_it_looks_at(
    looking: Shell,
) -> None:
    found = looking.json("meeting agenda styre --lang en")

    assert (found["day"], found["calendar"]) == ("2026-10-14", "havnestyre")
    by = {(p["project"], p["gate"]): p for p in found["points"]}
    assert list(by) == [(p, g) for p in ("kai", "bom", "lys") for g in ("B1", "RAMME")]
    kai, lys = by["kai", "B1"], by["lys", "B1"]
    assert [(p["artefact"], p["version"], p["by"]) for p in kai["papers"]] == [("plan", 1, "lise")]
    assert [(c["criterion"], c["verdict"]) for c in by["bom", "B1"]["judged"]] == [
        ("nytte", "met"), ("trygt", "met"),
    ]  # fmt: skip
    assert [blocker["subject"] for blocker in lys["missing"]] == ["B1/plan#1"]
    assert {o["outcome"]: o["possible"] for o in lys["outcomes"]} == {
        "go": False, "terms": False, "rework": True, "hold": True, "stop": True,
    }  # fmt: skip


def test_what_the_body_judges_in_its_meeting_keeps_nothing_from_being_decided_there(
    looking: Shell,
) -> None:
    [kai, *_] = looking.json("meeting agenda styre")["points"]

    assert [c["verdict"] for c in kai["judged"]] == [None, None]
    assert kai["missing"] == []
    assert all(outcome["possible"] for outcome in kai["outcomes"])


@pytest.mark.parametrize("name", ["styre", "havnestyre", "Havnestyre", "port board"])
def test_a_body_goes_by_its_role_its_title_or_its_calendar(looking: Shell, name: str) -> None:
    assert len(looking.json("meeting", "agenda", name)["points"]) == 6


def test_a_body_nobody_knows_is_told_with_those_there_are(looking: Shell) -> None:
    assert "styre" in looking("meeting agenda kommunestyre --lang en", expect=3).err


def test_a_body_has_an_agenda_only_for_days_on_which_it_meets(looking: Shell) -> None:
    said = looking("meeting agenda styre --day 2026-10-15 --lang en", expect=3)

    assert "no meeting on 15 Oct 2026" in said.err


def test_what_cannot_reach_a_meeting_is_told_with_the_day_it_can(run: Shell) -> None:
    found = run.json("meeting agenda styre --day 2026-10-14 --now 2026-10-12T09:00")

    assert found["points"] == []
    assert {each["day"] for each in found["later"]} == {"2026-11-11"}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_page_to_bring_stands_alone_and_can_be_read_by_everybody(
    run: Shell, language: str
) -> None:
    run(f"meeting agenda styre --page sak.html --lang {language}")

    text = (run.folder / "sak.html").read_text(encoding="utf-8")
    assert_readable(text, language)
    assert "Kai ved sjøen" in text
    assert wording.say(language, "meeting.by_hand") in text


def test_what_somebody_wrote_stays_text_on_the_page(run: Shell) -> None:
    run("project", "start", "hall", "<script>alert(1)</script>", "--member", "leder=lise",
        "--member", "styre=bjorn,cecilia,dag", "--member", "sekretaer=petter")  # fmt: skip

    run("meeting agenda styre --page sak.html")

    text = (run.folder / "sak.html").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_no_file_is_written_over_unasked(run: Shell) -> None:
    (run.folder / "sak.html").write_text("mine")

    run("meeting agenda styre --table ny.csv --page sak.html", expect=4)
    assert (run.folder / "sak.html").read_text() == "mine"
    assert not (run.folder / "ny.csv").exists()

    run("meeting agenda styre --table ny.csv --page sak.html --force")
    assert (run.folder / "sak.html").read_text() != "mine"


def test_everything_fits_into_80_columns(looking: Shell) -> None:
    for language in wording.LANGUAGES:
        told = looking("meeting", "agenda", "styre", "--lang", language).out
        assert max(map(len, told.splitlines())) <= 80


def test_of_very_many_columns_that_mean_nothing_the_first_are_named_and_the_rest_counted(
    run: Shell,
) -> None:
    headings = ["Project", "Outcome", *(f"Note {n}" for n in range(20_000))]
    (run.folder / "wide.csv").write_text(spreadsheet.written([headings, ["kai", "go"]]), "utf-8")
    words = f"meeting record styre wide.csv {MEETING} --present bjorn,dag --yes --as petter"
    told = " ".join(run(f"{words} --lang en", expect=1).err.split())

    assert told.count("Column ") == 12
    assert "And 19988 more columns are wrong" in told


# ---------------------------------------------------------------- decisions out


def test_the_table_the_agenda_writes_is_filled_in_and_taken_in(run: Shell) -> None:
    run("meeting agenda styre --table decided.csv --lang nb")
    sheet = spreadsheet.read((run.folder / "decided.csv").read_bytes())
    filled = [list(sheet.header.cells), *(list(row.cells) for row in sheet.rows)]
    outcome, votes = filled[0].index("Utfall"), filled[0].index("For")
    filled[1][outcome], filled[1][votes] = "stop", "2"
    (run.folder / "decided.csv").write_text(spreadsheet.written(filled), newline="")

    found = run.json(f"meeting record styre {MEETING} --present bjorn,dag decided.csv --yes"
                     " --as petter")  # fmt: skip

    assert (results(found), found["left"]) == ({"kai": "done"}, 5)
    [decision] = run.json("project show kai")["decisions"]
    assert (decision["outcome"], decision["by"]) == ("stop", ["bjorn", "dag"])
    assert (decision["recorded_by"], decision["minutes"]) == ("petter", "9/26")


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_headings_are_read_in_every_language(run: Shell, language: str) -> None:
    names = {c: meeting_rows.heading(language, c) for c in meeting_rows.COLUMNS}
    told = {names[meeting_rows.PROJECT]: "bom", names[meeting_rows.OUTCOME]: "stop"}

    assert results(recorded(run, told, more=["--dry-run"])) == {"bom": "would"}


CONDITION = "Spør naboene; leder; 2026-11-30"
OUTCOMES: dict[str, tuple[dict[str, str], list[str]]] = {
    "go": ({"Appoints": "eier=eva"}, ["--appoint", "eier=eva"]),
    "terms": (
        {"Appoints": "eier=eva", "Conditions": f"{CONDITION}\nMål støy; lise"},
        ["--appoint", "eier=eva", "--condition", CONDITION, "--condition", "Mål støy; lise"],
    ),
    "hold": ({}, ["--review-on", "2026-10-20"]),
    "rework": ({}, []),
    "stop": ({}, []),
}


@settings(max_examples=15, deadline=None)
@given(
    outcome=st.sampled_from(sorted(OUTCOMES)),
    there=st.sets(st.sampled_from(BOARD), min_size=1),
    away=st.sets(st.sampled_from(BOARD), max_size=1),
    votes=st.fixed_dictionaries(
        {}, optional={side: st.integers(0, 2) for side in ("for", "against", "abstained")}
    ),
    reason=st.sampled_from(["", "Nyttig for alle", "Dyrt"]),
)
def test_recording_a_meeting_is_the_same_as_recording_its_decisions_one_by_one(
    looking: Shell, outcome: str, there: set[str], away: set[str], votes: dict[str, int],
    reason: str,
) -> None:  # fmt: skip
    """As a rehearsal of both, whose answers tell everything that would happen."""
    cells, words = OUTCOMES[outcome]
    given_ = f"{outcome} > 2026-10-20" if outcome == "hold" else outcome
    counted = {side.capitalize(): str(n) for side, n in votes.items()}
    told = row("bom", Outcome=given_, Reason=reason, **cells, **counted)
    told["Took no part"] = ", ".join(sorted(away))
    came = [person for person in BOARD if person in there]
    stayed = [person for person in came if person not in away]

    together = recorded(looking, told, present=came, more=["--dry-run"], expect=None)
    alone = looking.json(
        "project", "decide", "bom", "B1", outcome, *words, "--reason", reason, "--recorded",
        "--present", ",".join(stayed),
        "--minutes", "9/26", "--on", "2026-10-01",
        *(word for side, n in votes.items() for word in ("--votes", f"{side}={n}")),
        "--dry-run", "--as", "petter", "--lang", "en", expect=None,
    )  # fmt: skip

    [one] = together["projects"]
    if "error" in alone:
        assert (one["result"], one["error"]["code"]) == ("refused", alone["error"]["code"])
        assert len(one["error"]["problems"]) == len(alone["error"]["blockers"])
    else:
        assert one["answer"]["events"] == alone["events"]


def history(run: Shell, project: str) -> list[dict[str, Any]]:
    """What happened, but for when."""
    entries = run.json("project", "history", project)["entries"]
    kept = ("actor", "capacity", "command", "reason", "event")
    return [_timeless({name: entry[name] for name in kept}) for entry in entries]


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_timeless(each) for each in value]
    return "…" if isinstance(value, str) and value.startswith("2026-10-01T") else value


def test_several_gates_of_a_project_are_judged_and_decided_as_one_by_one(
    run: Shell, made: Path, tmp_path: Path
) -> None:
    other = Shell(Path(shutil.copytree(made, tmp_path / "other")))
    recorded(
        run, row("kai", "RAMME", Outcome="ja", Answers="belop=400", Reason="Nok"),
        row("kai", **GO, Reason="Nyttig", For="3"),
    )  # fmt: skip

    body = f"--recorded --present {','.join(BOARD)} --minutes 9/26 --on today --as petter"
    other(f"project decide kai RAMME ja --answer belop=400 --reason Nok {body}")
    other(f"project rate kai B1 all=met {body}")
    other(f"project decide kai B1 go --appoint eier=eva --reason Nyttig --votes for=3 {body}")

    assert history(run, "kai") == history(other, "kai")
    assert run.json("db doctor")["sound"]


def test_one_row_that_is_refused_takes_the_other_rows_of_its_project_back_and_no_others(
    run: Shell,
) -> None:
    found = recorded(
        run, row("bom", "RAMME", Outcome="nei"), row("kai", Outcome="stop"),
        row("bom", Outcome="go"), expect=1,
    )  # fmt: skip

    assert results(found) == {"bom": "refused", "kai": "done"}
    [(line, column, text)] = problems(found)
    assert (line, column) == (4, "Appoints")
    assert "eier=PERSON" in text
    assert decisions(run, "bom") == []
    assert decisions(run, "kai") == [("B1", "stop")]


def test_the_same_table_again_decides_nothing_twice(run: Shell) -> None:
    """Not even what is asked anew at once, nor what has been judged since."""
    rows = (row("kai", **GO), row("bom", Outcome="rework", Reason="Mer"))
    recorded(run, *rows)

    again = recorded(run, *reversed(rows), more=["--yes", "--now", "2026-10-03T09:00"])

    assert results(again) == {"bom": "before", "kai": "before"}
    assert decisions(run, "bom") == [("B1", "rework")]
    assert decisions(run, "kai") == [("B1", "go")]


@pytest.mark.parametrize("why", ["Mer", "Mye mer"])
def test_what_a_meeting_did_before_is_told_to_nobody_who_does_not_write_down_for_it(
    run: Shell, why: str
) -> None:
    recorded(run, row("bom", Outcome="rework", Reason="Mer"))

    found = recorded(run, row("bom", Outcome="rework", Reason=why), by="lise", expect=1)

    assert results(found) == {"bom": "refused"}
    assert found["projects"][0]["error"]["code"] == "refused"


def test_a_key_that_somebody_types_is_never_that_of_a_meeting(run: Shell) -> None:
    run("project", "comment", "bom", "Hei", "--as", "lise",
        "--idempotency-key", "meeting havnestyre 2026-10-01 0 bom")  # fmt: skip

    assert results(recorded(run, row("bom", Outcome="stop"))) == {"bom": "done"}


def test_what_was_written_down_is_not_written_over_by_a_later_table(run: Shell) -> None:
    recorded(run, row("bom", Outcome="rework", Reason="Mer"))

    found = recorded(run, row("bom", Outcome="rework", Reason="Mye mer"), expect=1)

    [(line, _, text)] = problems(found)
    assert line == 2
    assert "project correct" in text
    assert decisions(run, "bom") == [("B1", "rework")]


def test_what_was_annulled_can_be_written_down_anew(run: Shell) -> None:
    recorded(run, row("bom", Outcome="stop"))
    run("project correct bom B1 --reason 'Feil linje' --as astrid")

    recorded(run, row("bom", Outcome="rework"))

    assert decisions(run, "bom") == [("B1", "rework")]


def test_what_was_annulled_at_another_gate_makes_no_difference(run: Shell) -> None:
    body = "--present bjorn,dag --minutes 1/26 --as petter"
    recorded(run, row("kai", Outcome="rework", Reason="Mer"))
    run(f"project decide kai RAMME nei {body}")
    run("project correct kai RAMME --reason 'Feil linje' --as astrid")

    again = recorded(run, row("kai", Outcome="rework", Reason="Mer"))

    assert results(again) == {"kai": "before"}
    assert decisions(run, "kai") == [("B1", "rework")]


def test_a_rehearsal_changes_nothing_and_nothing_is_done_that_nobody_said_yes_to(
    run: Shell,
) -> None:
    before = run("audit checkpoint").out
    found = recorded(run, row("kai", **GO), more=["--dry-run"])
    assert (results(found), found["dry_run"]) == ({"kai": "would"}, True)

    file = written(run, row("kai", **GO))
    said = run(f"meeting record styre {MEETING} --present bjorn,dag {file} --as petter --lang en",
               expect=2)  # fmt: skip
    assert "--yes" in said.err
    assert run("audit checkpoint").out == before


# ---------------------------------------------------------------- who was there


def test_whoever_stepped_aside_is_named_in_the_table_and_counts_nowhere_else(run: Shell) -> None:
    run("project declare-conflict bom B1 --reason 'Min bror' --as dag")

    refused = recorded(run, row("bom", Outcome="stop"), row("kai", Outcome="stop"), expect=1)
    assert results(refused) == {"bom": "refused", "kai": "done"}
    [(_, column, text)] = problems(refused)
    assert column == "Took no part"
    assert "Dag" in text

    assert [(r["Project"], r["Gate"], r["Took no part"]) for r in template(run)] == [
        ("2", "B1", "dag"), ("2", "RAMME", ""), ("3", "B1", ""), ("3", "RAMME", ""),
    ]  # fmt: skip
    recorded(run, {**row("bom", Outcome="stop"), "Took no part": "Dag"})
    [decision] = run.json("project show bom")["decisions"]
    assert decision["by"] == ["bjorn", "cecilia"]


def template(run: Shell, more: str = "") -> list[dict[str, str]]:
    run(f"meeting agenda styre --table empty.csv --force --lang en {more}")
    sheet = spreadsheet.read((run.folder / "empty.csv").read_bytes())
    return [dict(zip(sheet.header.cells, row.cells, strict=True)) for row in sheet.rows]


def test_only_whoever_records_for_the_body_writes_its_decisions_down(run: Shell) -> None:
    found = recorded(run, row("bom", Outcome="stop"), by="lise", expect=1)

    [one] = found["projects"]
    assert (one["result"], one["error"]["code"]) == ("refused", "refused")
    assert decisions(run, "bom") == []


def test_what_another_body_decides_is_not_written_down_under_this_one(run: Shell) -> None:
    run("project decide bom B1 go --appoint eier=eva --recorded --present bjorn,dag --as petter")

    found = recorded(run, row("bom", "EGEN", Outcome="ja"), expect=1)

    [(_, column, text)] = problems(found)
    assert column == "Gate"
    assert "Owner" in text


def test_where_a_body_only_advises_its_outcome_is_its_advice(run: Shell) -> None:
    run("project decide bom B1 go --appoint eier=eva --recorded --present bjorn,dag --as petter")

    [point] = [p for p in run.json("meeting agenda styre")["points"] if p["number"] == 2]
    assert (point["gate"], point["asked"]) == ("B2", "raad")
    assert [outcome["outcome"] for outcome in point["outcomes"]] == ["done", "stop"]

    wrong = recorded(run, row("bom", "B2", Outcome="go"), expect=1)
    assert [column for _, column, _ in problems(wrong)] == ["Outcome"]
    recorded(run, row("bom", "B2", Outcome="done", Reason="Vel gjort"))

    assert decisions(run, "bom") == [("B1", "go")]
    assert "raad" not in {p["asked"] for p in run.json("meeting agenda styre")["points"]}
    [gate, _] = run.json("project show bom")["gates"]
    assert [(each["advice"], each["value"]) for each in gate["advice"]] == [("raad", "done")]


# ---------------------------------------------------------------- what is wrong

WRONG = {
    "a project nobody knows": (row("havn", Outcome="stop"), "Project", "havn"),
    "no project": (row("", Outcome="stop"), "Project", "number"),
    "an outcome there is not": (row("bom", Outcome="fly"), "Outcome", "fly"),
    "something said without an outcome": (row("bom", For="3"), "Outcome", "empty the row"),
    "a gate there is not": (row("bom", "B9", Outcome="stop"), "Gate", "B9"),
    "votes that are no number": (row("bom", Outcome="stop", For="alle"), "For", "“alle”"),
    "more votes than people": (row("bom", Outcome="stop", For="9"), "For", "9 votes"),
    "nobody appointed": (row("bom", Outcome="go"), "Appoints", "eier=PERSON"),
    "a role there is not": (row("bom", Outcome="go", Appoints="sjef=eva"), "Appoints", "sjef"),
    "no condition": (
        row("bom", Outcome="terms", Appoints="eier=eva"), "Conditions", "vilkar: TEXT; OWNER",
    ),
    "half a condition": (
        row("bom", Outcome="terms", Appoints="eier=eva", Conditions="Spør"), "Conditions", "Spør",
    ),
    "no day for the review": (row("bom", Outcome="hold"), "Outcome", "hold > 2025-10-30"),
    "a day in two ways": (row("bom", Outcome="hold > 03.11.2026"), "Outcome", "2026-11-03"),
    "what is not judged": (row("kai", Outcome="go", Appoints="eier=eva"), "Judged", "nytte=met"),
    "a verdict there is not": (row("kai", Outcome="stop", Judged="nytte=bra"), "Judged", "nytte=met"),
    "papers that are not there": (
        row("lys", **GO), "Outcome", "project submit lys plan",
    ),
    "somebody nobody knows": (
        {**row("bom", Outcome="stop"), "Took no part": "ola"}, "Took no part", "ola",
    ),
    "a file that is not there": (row("bom", Outcome="stop", Papers="plan=x.md"), "Papers", "x.md"),
}  # fmt: skip


def test_every_row_that_is_wrong_is_named_with_its_line_its_column_and_what_to_write(
    looking: Shell,
) -> None:
    for what, (wrong, column, remedy) in WRONG.items():
        found = recorded(
            looking, row("kai", "RAMME", Outcome="nei"), wrong, more=["--dry-run"], expect=1
        )
        told = problems(found)
        assert told, what
        assert {line for line, _, _ in told} == {3}, what
        assert any(column in name and remedy in text for _, name, text in told), (what, told)


def submitted(run: Shell, project: str, link: str) -> None:
    run(f"project submit {project} plan --link https://example.org/{link} --as lise")


def test_the_table_names_the_papers_that_were_on_the_agenda(run: Shell) -> None:
    submitted(run, "kai", "newer")
    found = {(r["Project"], r["Gate"]): r["Papers read"] for r in template(run)}
    assert found["1", "B1"] == "plan@2"
    assert found["3", "B1"] == "–"


@pytest.mark.parametrize(
    ("project", "read", "told"),
    [("kai", "plan@1", "version 1 was read, version 2"), ("lys", "–", "version 1 came in after")],
)
def test_nothing_is_decided_on_papers_that_came_after_the_agenda(
    run: Shell, project: str, read: str, told: str
) -> None:
    submitted(run, project, "afterwards")
    line = row(project, **GO, **{"Papers read": read})
    found = recorded(run, line, expect=1)
    assert [(n, column) for n, column, _ in problems(found)] == [(2, "Papers read")]
    assert told in problems(found)[0][2]
    assert decisions(run, project) == []

    seen = "plan@2" if project == "kai" else "plan@1"
    recorded(run, line | {"Papers read": seen})
    assert decisions(run, project) == [("B1", "go")]


def test_papers_that_were_presented_stay_those_of_the_agenda(run: Shell) -> None:
    run("project present kai B1 --as lise")
    submitted(run, "kai", "afterwards")
    recorded(run, row("kai", **GO, **{"Papers read": "plan@1"}))
    assert decisions(run, "kai") == [("B1", "go")]


@pytest.mark.parametrize("read", ["plan", "plan@", "plan@x", "@1", "plans@1"])
def test_papers_that_cannot_be_are_told_in_their_column(run: Shell, read: str) -> None:
    found = recorded(run, row("kai", **GO, **{"Papers read": read}), expect=1)
    assert [(n, column) for n, column, _ in problems(found)] == [(2, "Papers read")]


def at_the_next_meeting(run: Shell, *words: str, expect: int = 0) -> Any:
    """A month later kai's plan was handed in anew; the board had met two days before."""
    given = "project decide kai B1 go --appoint eier=eva --recorded --minutes 10/26 --on 2026-11-11"
    return run.json(
        *given.split(), "--present", ",".join(BOARD), *words, "--as", "petter", "--lang", "en",
        expect=expect,
    )  # fmt: skip


@pytest.fixture
def late(run: Shell) -> Shell:
    run("project rate kai B1 all=met --recorded --present bjorn,dag --minutes 8/26 --as petter")
    run("project submit kai plan --link https://example.org/late --as lise --now 2026-11-13T09:00")
    return run


def test_a_body_decides_on_what_came_later_only_if_it_is_said_that_it_had_read_it(
    late: Shell,
) -> None:
    refused = at_the_next_meeting(late, expect=1)["error"]["blockers"]
    assert [(b["code"], b["subject"], b["next"]) for b in refused] == [
        ("paper_later", "plan", '--papers "plan@2"')
    ]
    assert "was handed in on Fri 13 Nov 2026, after the session of Wed 11 Nov" in refused[0]["text"]
    changed = at_the_next_meeting(late, "--papers", "plan@1", expect=4)["error"]
    assert [b["code"] for b in changed["blockers"]] == ["paper_changed"]
    at_the_next_meeting(late, "--papers", "plan@2")
    (decided,) = late.json("project show kai")["decisions"]
    assert [(r["by"], r["papers"]) for r in decided["records"]] == [("petter", {"plan": 2})]
    assert "It had read: Plan, version 2." in " ".join(
        late("project show kai --lang en").out.split()
    )


def test_a_body_approves_what_came_later_only_if_that_very_version_is_named(late: Shell) -> None:
    given = f"project approve kai plan --recorded --present {','.join(BOARD)} --on 2026-11-11"
    [refused] = late.json(f"{given} --as petter --lang en", expect=1)["error"]["blockers"]
    assert (refused["code"], refused["next"]) == ("paper_later", "--version 2")
    late(f"{given} --version 2 --as petter")


def test_an_empty_cell_says_nothing_of_what_was_read_and_is_what_a_late_agenda_writes(
    late: Shell,
) -> None:
    rows = template(late, "--day 2026-11-11")
    found = {r["Project"]: r["Papers read"] for r in rows if r["Gate"] == "B1"}
    assert found == {"1": "", "2": "plan@1", "3": "–"}

    def writes(expect: int, **cells: str) -> Any:
        table = written(late, row("kai", **GO, **cells))
        return late.json(
            "meeting", "record", "styre", table, "--day", "2026-11-11", "--minutes", "10/26",
            "--present", ",".join(BOARD), "--yes", "--as", "petter", "--lang", "en", expect=expect,
        )  # fmt: skip

    for silent in ({}, {"Papers read": ""}):
        [(_, column, told)] = problems(writes(1, **silent))
        assert column == "Papers read"
        assert told.endswith("Write it as: plan@2.")
    writes(0, **{"Papers read": "plan@2"})
    assert decisions(late, "kai") == [("B1", "go")]


def test_what_was_decided_in_another_meeting_is_told_with_its_day_and_outcome(run: Shell) -> None:
    recorded(run, row("kai", **GO))
    meeting = f"--day 2026-10-05 --minutes 10/26 --present {','.join(BOARD)} --as petter"

    for again in (row("kai", **GO), row("kai", Outcome="stop")):
        words = f"meeting record styre {written(run, again)} {meeting} --now 2026-10-06T09:00"
        found = run.json(f"{words} --yes --lang en", expect=1)
        [(_, column, told)] = problems(found)
        assert found["projects"][0]["error"]["code"] == "already-decided"
        assert column == "Outcome"
        assert "decided on 1 Oct 2026 already" in told
        assert "Bjorn, Cecilia and Dag: Yes." in told


def test_a_gate_is_decided_once_in_a_table(looking: Shell) -> None:
    found = recorded(
        looking, row("bom", Outcome="stop"), row("Bom ved sjøen", Outcome="hold > 2026-10-20"),
        more=["--dry-run"], expect=1,
    )  # fmt: skip

    assert [(line, column) for line, column, _ in problems(found)] == [(3, "Gate")]


def test_a_table_without_the_columns_it_needs_is_refused_as_a_whole(looking: Shell) -> None:
    file = written(looking, {"Project": "bom", "Verdict": "stop"})

    said = looking(f"meeting record styre {MEETING} --present dag {file} --yes --as petter"
                   " --lang en", expect=1)  # fmt: skip

    assert "“Verdict”" in said.err
    assert "“Outcome”" in said.err
