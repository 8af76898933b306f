"""Running projects come in from a table: right rows wholly, wrong ones named with what to mend."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from innocities_engine.cli import spreadsheet
from innocities_engine.domain import gates
from innocities_engine.domain.reminders import reminders
from innocities_engine.domain.situation import Situation
from innocities_engine.engine import Engine
from innocities_engine.store.transactions import open_store
from tests.cli.shell import Shell
from tests.cli.world import NOW, PEOPLE

MANY: Final = 120
WAYS: Final = ("kartlegging", "forprosjekt", "pilot", "innforing")
GATES: Final = ("G2", "G3", "G4", "G5")
IMPORT: Final = ("project", "import", "--method", "smartby-prosjekt", "--lang", "en")

RIGHT: Final[Mapping[str, str]] = {
    "Reference": "12/345",
    "Title": "Havnelab",
    "Started": "2025-01-15",
    "Phase now": "forprosjekt",
    "Role: ideeier": "ingrid",
    "Role: programkoordinator": "Petter Moe",
    "Role: prosjektleder": "astrid",
    "Role: prosjekteier": "eva",
    "Role: styringsgruppe": "bjorn, cecilia; dag",
    "G1: date": "2025-03-12",
    "G1: outcome": "go",
    "G1: decided by": "Styringsgruppen, Bjørn Dahl",
    "G1: minutes": "4/25",
    "G2: date": "2025-09-02\n2025-10-30",
    "G2: outcome": "rework\ngo",
    "G2: decided by": "eva",
    "G2: minutes": "9/25\n11/25",
    "Paper: idebeskrivelse": "idé.md",
    "Paper: prosjektforslag": "https://example.org/forslag",
    "Paper: innsiktsrapport": "paper: arkiv 12/7",
    "Answer: antall_alternativer": "3",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "halden"
    folder.mkdir()
    run = Shell(folder)
    run(f'init halden "Halden kommune" --admin astrid="Astrid Berg" --simulated --now {NOW}')
    for person, name in PEOPLE.items():
        run("person", "add", person, name)
    run("methodology publish smartby-prosjekt")
    run("calendar meetings add styringsgruppe 2026-10-07 2026-12-02 2027-01-13")
    (folder / "idé.md").write_text("# Strøm til båtene\n", encoding="utf-8")
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Shell:
    """A shell in a municipality that has people and a method, and no project yet."""
    return Shell(Path(shutil.copytree(made, tmp_path / "halden")))


def table(run: Shell, *rows: Mapping[str, str], name: str = "projects.csv") -> str:
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    cells = [headings, *([row.get(h, "") for h in headings] for row in rows)]
    (run.folder / name).write_text(spreadsheet.written(cells), encoding="utf-8", newline="")
    return name


def but(**changes: str) -> dict[str, str]:
    """The right row with other cells; `__` stands for “: ” and `_` for a space."""
    spelled = {k.replace("__", ": ").replace("_", " "): v for k, v in changes.items()}
    return {**RIGHT, **{k: v for k, v in spelled.items() if v}}


def taken(run: Shell, *more: str, expect: int = 0) -> Any:
    return run.json(*IMPORT, *more, expect=expect)


def problems(run: Shell, row: Mapping[str, str]) -> list[tuple[str, str]]:
    found = taken(run, table(run, row), "--dry-run", expect=1)
    assert found["taken_in"] == []
    return [(p["column"], p["text"]) for p in found["problems"]]


# ---------------------------------------------------------------- what comes in


def test_a_project_stands_where_its_row_says_and_the_rules_hold_from_there(run: Shell) -> None:
    taken(run, table(run, RIGHT))

    shown = run.json("project show Havnelab --lang en")
    assert shown["project"]["taken_in"].startswith("2026-09-08")
    assert [t["phase"] for t in shown["tracks"] if t["main"]] == ["forprosjekt"]
    assert [(d["gate"], d["outcome"], d["on_paper"], d["minutes"]) for d in shown["decisions"]] == [
        ("G1", "go", True, "4/25"), ("G2", "rework", True, "9/25"), ("G2", "go", True, "11/25"),
    ]  # fmt: skip
    assert shown["decisions"][0]["people"] == "Bjørn Dahl and Styringsgruppen"
    assert shown["decisions"][0]["by"] == ["bjorn"]
    refused = run.json("project decide Havnelab G3 go --as eva", expect=1)
    assert {b["code"] for b in refused["error"]["blockers"]} & {"need_open", "carry_missing"}


def test_history_tells_each_day_as_it_was_and_that_it_is_from_paper(run: Shell) -> None:
    taken(run, table(run, RIGHT))

    told = run("project history Havnelab --lang en").out

    days = [line for line in told.splitlines() if line.endswith("from paper")]
    assert days[0] == "Wed 15 Jan 2025 · from paper"
    assert "Thu 30 Oct 2025 · from paper" in days
    assert "G1 Portfolio choice was decided on paper by Bjørn Dahl and Styringsgruppen:" in told
    assert "Astrid Berg took the project in from paper (12/345)." in told


def test_papers_are_kept_where_the_row_says_they_are(run: Shell) -> None:
    taken(run, table(run, RIGHT))

    events = [e["event"] for e in run.json("project history Havnelab")["entries"]]
    papers = [e["version"]["content"] for e in events if e["type"] == "VersionSubmitted"]
    assert [(p["name"] if "name" in p else p["address"]) for p in papers if p.get("kind") != "form"]
    assert sorted(p.get("kind", "file") for p in papers) == ["file", "form", "link", "paper"]
    run("db doctor")


def test_a_condition_that_is_open_still_holds_the_next_gate(run: Shell) -> None:
    conditions = "G1: Ask the grid company; Petter Moe; 2026-12-01"
    row = {k: v for k, v in RIGHT.items() if not k.startswith("G2")}
    row |= {"G1: outcome": "go_with_conditions", "Phase now": "", "Open conditions": conditions}

    taken(run, table(run, row))

    [condition] = run.json("project show Havnelab --lang en")["conditions"]
    assert (condition["title"], condition["due"]) == ("Ask the grid company", "2026-12-01")
    run("project tick-off Havnelab G1_vilkar --as petter")
    run("db doctor")


def without_the_second_gate(**cells: str) -> dict[str, str]:
    row = {k: v for k, v in RIGHT.items() if not k.startswith("G2")} | {"Phase now": ""}
    return row | {k.replace("__", ": "): v for k, v in cells.items()}


def test_a_hold_on_paper_still_holds_and_has_its_review(run: Shell) -> None:
    taken(run, table(run, without_the_second_gate(
        G2__date="2026-08-20", G2__outcome="hold > 2026-10-10")))  # fmt: skip

    [track] = [t for t in run.json("project show Havnelab")["tracks"] if t["main"]]
    assert (track["status"], track["review_on"]) == ("held", "2026-10-10")
    days = {line["due"] for line in run.json("remind forecast Havnelab")["lines"]}
    assert "2026-10-10" in days


def test_a_hold_that_ended_on_paper_stands_still_no_more(run: Shell) -> None:
    taken(run, table(run, without_the_second_gate(
        G2__date="2026-05-20\n2026-06-01", G2__outcome="hold > 2026-07-01\nresume")))  # fmt: skip

    [track] = [t for t in run.json("project show Havnelab")["tracks"] if t["main"]]
    assert (track["status"], track["phase"]) == ("running", "kartlegging")


def test_a_project_that_was_stopped_on_paper_is_stopped(run: Shell) -> None:
    taken(run, table(run, without_the_second_gate(G2__date="2026-05-20", G2__outcome="stop")))

    [project] = run.json("project list")["projects"]
    assert project["status"] == "stopped"


def test_a_reference_of_the_archive_is_found_again(run: Shell) -> None:
    taken(run, table(run, RIGHT))

    found = run.json("project search 12/345")["hits"]
    assert [hit["project"] for hit in found] == ["Havnelab"]


def test_nobody_is_reminded_or_told_of_what_was_before(run: Shell) -> None:
    row = {k: v for k, v in RIGHT.items() if not k.startswith("G2")}
    row |= {
        "G1: outcome": "go_with_conditions", "Phase now": "",
        "Open conditions": "Ask the neighbours; prosjektleder; 2025-06-01",
    }  # fmt: skip
    taken(run, table(run, row))

    swept = run.json("tick")
    assert not any(swept["letters"].values())
    assert not swept["events"]


def test_a_table_in_another_language_and_by_titles_is_the_same_table(run: Shell) -> None:
    template = run.json("project import --template smartby-prosjekt --lang sv")
    assert "Titel" in template["columns"]
    row = {
        "Tittel": "Havnelab", "Startet": "2025-01-15", "Rolle: Idéeier": "ingrid",
        "Rolle: Programkoordinator": "petter", "G1: dato": "2025-03-12", "g1 : UTFALL": "Go",
        "Dokument: Idébeskrivelse": "papir: arkiv 1",
    }  # fmt: skip

    assert len(taken(run, table(run, row))["taken_in"]) == 1


def test_the_template_can_be_read_and_its_example_is_left_out(run: Shell) -> None:
    for language in ("sv", "nb", "en"):
        text = run(f"project import --template smartby-prosjekt --lang {language}").out
        (run.folder / "template.csv").write_text(text, encoding="utf-8", newline="")

        assert taken(run, "template.csv")["taken_in"] == []


def test_one_project_comes_in_without_a_file(run: Shell) -> None:
    cells = [part for k, v in RIGHT.items() for part in ("--set", f"{k}={v}")]

    assert [t["title"] for t in taken(run, *cells)["taken_in"]] == ["Havnelab"]


# ---------------------------------------------------------------- again, and in part


def test_the_same_table_twice_is_the_same_projects(run: Shell) -> None:
    name = table(run, RIGHT)
    first = taken(run, name)

    again = taken(run, name)

    assert (len(first["taken_in"]), first["known"]) == (1, 0)
    assert (again["taken_in"], again["known"]) == ([], 1)
    assert len(run.json("project list")["projects"]) == 1


def test_a_row_that_changed_since_is_not_a_second_project(run: Shell) -> None:
    taken(run, table(run, RIGHT))

    [problem] = taken(run, table(run, but(G1__minutes="5/25")), expect=1)["problems"]

    assert "was taken in before, with other content" in problem["text"]


def test_a_wrong_row_stops_no_other_and_can_be_mended_and_taken_in(run: Shell) -> None:
    wrong = but(Reference="", Title="Galt", G1__outcome="perhaps") | {"Reference": "7"}
    name = table(run, wrong, RIGHT)

    done = taken(run, name, expect=1)

    assert [t["title"] for t in done["taken_in"]] == ["Havnelab"]
    assert [(p["row"], p["line"], p["column"]) for p in done["problems"]] == [(2, 2, "G1: outcome")]
    rest = run.folder / "projects.rest.csv"
    text = rest.read_text(encoding="utf-8")
    assert "There is no outcome" in text
    rest.write_text(text.replace('"perhaps"', '"go"'), encoding="utf-8", newline="")

    assert [t["title"] for t in taken(run, rest.name)["taken_in"]] == ["Galt"]


def test_a_rehearsal_names_every_problem_of_every_row_and_changes_nothing(run: Shell) -> None:
    first = but(Started="15.01.2025", Role__ideeier="nobody", G1__outcome="perhaps")
    second = but(Reference="2", G1__date="2025-12-12")
    found = taken(run, table(run, first, second), "--dry-run", expect=1)

    assert [(p["row"], p["column"]) for p in found["problems"]] == [
        (2, "G1: outcome"), (2, "Role: ideeier"), (2, "Started"), (3, "G2: date"),
    ]  # fmt: skip
    assert run.json("project list")["projects"] == []
    assert not (run.folder / "projects.rest.csv").exists()


def test_two_rows_of_one_name_are_not_two_projects(run: Shell) -> None:
    [problem] = taken(run, table(run, RIGHT, RIGHT), expect=1)["problems"]

    assert (problem["row"], problem["column"]) == (3, "Title")


# ---------------------------------------------------------------- what is wrong with a row

WRONG: Final[Mapping[str, tuple[Mapping[str, str], str, str]]] = {
    "a day in another form": (but(Started="15.01.2025"), "Started", "Write 2025-01-15"),
    "a figure for a day": (but(Started="45672"), "Started", "text in the spreadsheet"),
    "a day there is not": (but(Started="2025-02-30"), "Started", "is not a day"),
    "a day still to come": (
        but(G2__date="2027-01-01", G2__outcome="go", G2__minutes="1"), "G2: date", "not come yet",
    ),
    "a day before the start": (but(G1__date="2024-01-01"), "G1: date", "before the start"),
    "gates in another order": (but(G1__date="2025-12-12"), "G2: date", "was not open on"),
    "a phase it did not reach": (but(Phase_now="pilot"), "Phase now", "leads to"),
    "an unknown phase": (but(Phase_now="paus"), "Phase now", "There is no"),
    "an unknown person": (but(Role__ideeier="nobody"), "Role: ideeier", "person add"),
    "an unknown outcome": (but(G1__outcome="perhaps"), "G1: outcome", "There is no outcome"),
    "no outcome": ({**RIGHT, "G1: outcome": ""}, "G1: outcome", "one of: go"),
    "no day": ({**RIGHT, "G1: date": ""}, "G1: date", "on which day"),
    "too few outcomes": (but(G2__outcome="go"), "G2: outcome", "as many outcomes"),
    "too many minutes": (but(G2__minutes="1\n2\n3"), "G2: minutes", "one line"),
    "a hold without its review": (
        but(G2__outcome="hold\ngo"), "G2: outcome", "hold > 2025-10-30",
    ),
    "a file that is not there": (
        but(Paper__idebeskrivelse="gone.pdf"), "Paper: idebeskrivelse", "beside the table",
    ),
    "a file from elsewhere": (
        but(Paper__idebeskrivelse="../../etc/passwd"), "Paper: idebeskrivelse", "beside the table",
    ),
    "an absolute path": (
        but(Paper__idebeskrivelse="/etc/passwd"), "Paper: idebeskrivelse", "beside the table",
    ),
    "an answer of another type": (
        {**RIGHT, "Answer: antall_alternativer": "many"}, "Answer: antall_alternativer", "is no value of",
    ),
    "a condition nobody asked for": (
        but(Open_conditions="G1: Ask; eva; 2026-12-31"), "Open conditions", "outcome with conditions",
    ),
    "no title": ({**RIGHT, "Title": ""}, "Title", "one line of text"),
    "an act there is not": (but(Done="G1/dance; 2025-02-01"), "Done", "There is no"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_with_its_column_and_what_to_write_instead(
    name: str, run: Shell
) -> None:
    row, column, says = WRONG[name]

    [(where, text)] = problems(run, row)

    assert where == column
    assert says in text


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        ("Tittle", "Do you mean “title”?"),
        ("Budget", "means nothing here"),
        ("Titel", "is there twice"),
    ],
)
def test_a_column_that_means_nothing_is_named(heading: str, says: str, run: Shell) -> None:
    said = run(*IMPORT, table(run, {**RIGHT, heading: "x"}), expect=1)

    assert says in " ".join(said.err.split())


@pytest.mark.parametrize("heading", ["Note {n}", "Titel"])
def test_of_very_many_columns_that_mean_nothing_the_first_are_named_and_the_rest_counted(
    heading: str, run: Shell
) -> None:
    headings = ["Title", *(heading.format(n=n) for n in range(20_000))]
    (run.folder / "wide.csv").write_text(spreadsheet.written([headings, ["Sol"]]), "utf-8")
    told = " ".join(run(*IMPORT, "wide.csv", expect=1).err.split())

    assert told.count("Column ") == 12
    assert "Column 2," in told
    assert "And 19988 more columns are wrong" in told


def test_a_column_that_begins_with_a_hash_is_for_people_only(run: Shell) -> None:
    assert len(taken(run, table(run, {**RIGHT, "# Budget": "x"}))["taken_in"]) == 1


def test_a_cell_outside_the_columns_is_named(run: Shell) -> None:
    (run.folder / "ragged.csv").write_text(
        "Title,Started\nHavn,2025-01-01,too,much\nHavn\n", encoding="utf-8"
    )

    found = taken(run, "ragged.csv", expect=1)["problems"]

    assert [(p["row"], "too" in p["text"] or p["column"]) for p in found] == [
        (2, True), (3, "Started"),
    ]  # fmt: skip


def test_a_title_that_looks_like_a_formula_is_a_title_and_leaves_as_none(run: Shell) -> None:
    taken(run, table(run, but(Title='=HYPERLINK("https://x.example")', G1__outcome="no")),
          expect=1)  # fmt: skip
    assert "\"'=HYPERLINK(" in (run.folder / "projects.rest.csv").read_text(encoding="utf-8")

    taken(run, table(run, but(Title='=HYPERLINK("https://x.example")')))
    [project] = run.json("project list")["projects"]
    assert project["title"] == '=HYPERLINK("https://x.example")'


@pytest.mark.parametrize("raw", [b"", b"Title\na\0", b"Title\n\x81", b'Title\n"x'])
def test_what_is_no_table_is_refused_with_what_to_do(raw: bytes, run: Shell) -> None:
    (run.folder / "bad.csv").write_bytes(raw)

    said = run(*IMPORT, "bad.csv", expect=1)

    assert said.err.strip()
    assert "Traceback" not in said.err


def test_whoever_may_not_start_projects_may_not_take_any_in(run: Shell) -> None:
    run(*IMPORT, table(run, RIGHT), "--as", "ingrid", expect=3)


# ---------------------------------------------------------------- a hundred and twenty


def rows() -> list[dict[str, str]]:
    """Projects of every stage, each with a history of its own."""
    passed: Sequence[tuple[str, str, str]] = (
        ("G1", "2025-02-{day:02}", "go"), ("G2", "2025-05-{day:02}", "go"),
        ("G3", "2025-09-{day:02}", "go"), ("G4", "2026-06-{day:02}", "go"),
    )  # fmt: skip
    found = []
    for n in range(MANY):
        row = {k: v for k, v in RIGHT.items() if k.startswith("Role")}
        stage = n % len(WAYS)
        row |= {"Reference": f"2025/{n}", "Title": f"Prosjekt {n}", "Started": "2025-01-15"}
        row |= {"Phase now": WAYS[stage], "Role: kommunedirektor": "kirsten"}
        row |= {"Role: gevinstansvarlig": "gunn", "Role: linjeleder": "lars"}
        for gate, on, outcome in passed[: stage + 1]:
            row |= {f"{gate}: date": on.format(day=1 + n % 28), f"{gate}: outcome": outcome}
        found.append(row)
    return found


def test_a_hundred_and_twenty_projects_come_in_by_one_command(run: Shell) -> None:
    done = taken(run, table(run, *rows()))

    assert len(done["taken_in"]) == MANY
    listed = run.json("project list --limit 200")["projects"]
    assert {p["title"]: p["phase"] for p in listed} == {
        row["Title"]: row["Phase now"] for row in rows()
    }
    run("tick")
    run("audit verify")
    assert [*checked(run.folder)] == [(row["Title"], row["Phase now"]) for row in rows()]


def checked(folder: Path) -> Iterator[tuple[str, str]]:
    """Each project as the engine keeps it, once it is right from its first day to those ahead."""
    engine = Engine(open_store(folder), lambda: datetime(2026, 9, 8, 12, tzinfo=UTC))
    told = {row["Title"]: row for row in rows()}
    for glance in reversed(engine.projects("halden", "astrid", limit=MANY)):
        seen = engine.view("halden", glance.id, "astrid")
        row, project = told[seen.project.title], seen.project
        s = Situation(seen.method, project, seen.inputs, seen.now)
        assert [s.day_of(d.at).isoformat() for d in project.decisions] == [
            row[heading] for heading in row if heading.endswith(": date")
        ]
        gate = next(g for g in GATES if project.open_passage(g))
        review = gates.review(s, project.passages[f"{gate}#1"])
        assert {b.code for b in review.blockers} >= {"need_open", "criterion_unrated"}
        soon = seen.now + timedelta(30)
        ahead = list(reminders(seen.method, project, seen.inputs, seen.now, soon))
        assert ahead
        assert all(line.instant > seen.now for line in ahead)
        yield project.title, project.tracks["ide"].phase
    engine.store.close()
