"""Methods as they are looked at: those published here, those that ship, and files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from innocities_engine import wording
from tests.cli.shell import Shell
from tests.cli.world import METHODS

FEATURES = Path(__file__).parents[1] / "features" / "definitions"


@pytest.mark.parametrize("verb", ["show", "diagram", "show --resolved"])
def test_a_method_of_ones_own_is_found_by_its_id_once_it_is_published(
    run: Shell, verb: str
) -> None:
    named = run.json(f"methodology {verb} liten")
    exactly = run.json(f"methodology {verb} liten --version 1.0.0")

    assert named["id"] == "liten"
    assert exactly == named == run.json(f"methodology {verb} liten@1.0.0")


def test_of_several_versions_the_newest_is_shown_and_any_other_by_its_number(run: Shell) -> None:
    newer = run.folder / "liten" / "1.1.0.yaml"
    newer.parent.mkdir()
    text = (METHODS / "liten" / "1.0.0.yaml").read_text(encoding="utf-8")
    newer.write_text(re.sub('version: "1.0.0"', 'version: "1.1.0"', text), encoding="utf-8")
    run("methodology", "publish", str(newer))
    newer.unlink()
    newer.parent.rmdir()

    assert run.json("methodology show liten")["version"] == "1.1.0"
    assert run.json("methodology show liten --version 1.0.0")["version"] == "1.0.0"
    assert "2.0.0" in run("methodology show liten --version 2.0.0", expect=3).err


@pytest.mark.parametrize("language", ["sv", "nb"])
@pytest.mark.parametrize("verb", ["show", "diagram", "diagram --as-dot"])
def test_where_outcomes_lead_is_said_in_the_language_of_the_reader(
    run: Shell, verb: str, language: str
) -> None:
    shown = run(f"methodology {verb} smartby-prosjekt --lang {language}").out
    words = re.sub(r"end_\w+", "", shown)

    for word in ("stopped", "completed", "→ again", "→ hold", "→ stay", "inferred"):
        assert word not in words


def test_a_method_that_ships_is_shown_anywhere(bare: Shell) -> None:
    assert bare.json("methodology show smartby-prosjekt")["id"] == "smartby-prosjekt"


def test_a_method_that_is_nowhere_is_told_with_those_that_are(run: Shell) -> None:
    said = run("methodology show litn", expect=3)

    assert "liten" in said.err


@pytest.mark.parametrize(
    ("language", "majority", "then"),
    [
        ("en", "Steering group (a majority)", "Then asks"),
        ("sv", "Styringsgruppe (en majoritet)", "Kräver sedan"),
        ("nb", "Styringsgruppe (et flertall)", "Krever så"),
    ],
)
def test_it_is_shown_how_many_decide_and_what_an_outcome_asks_of_whom_it_lets_pass(
    bare: Shell, language: str, majority: str, then: str
) -> None:
    shown = run_together(bare, f"methodology show smartby-prosjekt --gate G1 --lang {language}")
    data = bare.json(f"methodology show smartby-prosjekt --gate G1 --lang {language}")
    outcomes = {o["outcome"]: [n["need"] for n in o["needs"]] for o in data["gates"][0]["outcomes"]}

    assert majority in shown
    assert f"{then} go_with_conditions: " in shown
    assert outcomes["go_with_conditions"] == ["prosjektleder", "prosjekteier", "G1_vilkar"]
    assert outcomes["rework"] == []


def test_it_is_shown_how_many_judge_and_how_many_of_each_of_several_decide(bare: Shell) -> None:
    ideas = run_together(bare, f"methodology show {METHODS / 'ideer' / '1.0.0.yaml'} --lang en")
    juries = run_together(bare, f"methodology show {FEATURES / 'F15.yaml'} --lang en")

    assert "Judged by Jury (all of them)" in ideas
    assert "(2 of them) + " in juries
    assert "(60 percent of them)" in juries


def test_the_phases_that_run_beside_are_shown_with_what_they_ask(bare: Shell) -> None:
    shown = run_together(bare, "methodology show smartby-prosjekt --lang en")
    phases = bare.json("methodology show smartby-prosjekt")["phases"]

    assert "In turn Idea and need, Mapping and co-creation, Pre-study," in shown
    assert "Beside Owner's follow-up (Set aside at least one working day" in shown
    assert {p["track"] for p in phases if not p["main"]} == {
        "gevinst", "spredning", "eierskap",
    }  # fmt: skip


def run_together(shell: Shell, command: str) -> str:
    """What is shown, without the breaks of lines and columns."""
    return " ".join(shell(command).out.split())


def test_the_handbook_names_the_texts_that_its_language_lacks(run: Shell) -> None:
    whole = run.json("methodology handbook liten --out liten.html --lang nb")
    assert (whole["missing"], whole["files"]) == ([], ["liten.html"])
    lacking = run.json("methodology handbook liten --out liten.sv.html --lang sv", expect=1)
    assert "gates/K1/title" in lacking["missing"]
    assert (run.folder / "liten.sv.html").is_file()


def test_the_handbook_of_a_role_that_is_none_is_told(run: Shell) -> None:
    run("methodology handbook liten --role ledre --out liten.html", expect=3)
    assert not (run.folder / "liten.html").exists()


def test_a_role_that_may_be_another_one_too_is_asked_for_and_no_page_is_written(run: Shell) -> None:
    method = (METHODS / "liten" / "1.0.0.yaml").read_text(encoding="utf-8")
    (run.folder / "own.yaml").write_text(method.replace("nb: Eier", "nb: Mellomleder"))
    said = run("methodology handbook own.yaml --role led --out own.html --lang nb", expect=2)
    assert "Leder (leder) eller Mellomleder (eier)" in " ".join(said.err.split())
    assert not (run.folder / "own.html").exists()
    run("methodology handbook own.yaml --role mellom --out own.html --lang nb")


def test_a_folder_is_told_from_nothing(run: Shell) -> None:
    (run.folder / "own").mkdir()
    (run.folder / "own" / "2.0.0.yaml").write_text("id: own")
    said = run("methodology check own --lang en", expect=3).err
    assert "own is a folder. Name the file in it, such as own/2.0.0.yaml." in said


def test_no_handbook_is_written_over_another_file_unasked(run: Shell) -> None:
    (run.folder / "liten.html").write_text("mine")
    run("methodology handbook liten --out liten.html", expect=4)
    assert (run.folder / "liten.html").read_text() == "mine"


def test_methods_are_listed_with_their_versions_in_order_whichever_was_published_first(
    run: Shell,
) -> None:
    text = (METHODS / "liten" / "1.0.0.yaml").read_text(encoding="utf-8")
    for version in ("1.10.0", "1.9.0"):
        path = run.folder / "liten" / f"{version}.yaml"
        path.parent.mkdir(exist_ok=True)
        changed = text.replace('version: "1.0.0"', f'version: "{version}"')
        path.write_text(changed, encoding="utf-8")
        run("methodology", "publish", str(path))

    known = run.json("methodology list")["methods"]

    versions = [each["version"] for each in known if each["id"] == "liten"]
    assert versions == ["1.0.0", "1.9.0", "1.10.0"]
    assert [each["id"] for each in known] == sorted(each["id"] for each in known)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_method_that_names_no_template_says_so(bare: Shell, language: str) -> None:
    said = bare(f"methodology template {FEATURES / 'board.yaml'} --lang {language}").out
    assert "board" in said


def test_a_file_that_cannot_be_used_is_named_with_its_folder(bare: Shell) -> None:
    path = bare.folder / "wrong" / "1.0.0.yaml"
    path.parent.mkdir()
    path.write_text("schema: innocities/methodology/1\n", encoding="utf-8")
    said = bare("methodology check wrong/1.0.0.yaml --lang en", expect=1).out
    assert "\nwrong/1.0.0.yaml cannot be used: " in said


def test_what_is_allowed_is_told_with_the_file_that_allows_it(bare: Shell) -> None:
    text = (FEATURES / "board.yaml").read_text(encoding="utf-8")
    path = bare.folder / "board" / "1.0.0.yaml"
    path.parent.mkdir()
    path.write_text("# allow no-template: ours are elsewhere\n" + text, encoding="utf-8")
    said = bare("methodology check board/1.0.0.yaml --lang en").out
    assert "Allowed in board/1.0.0.yaml, line 1: no-template" in said


def test_a_diagram_tells_outcomes_by_title_and_how_side_tracks_begin(bare: Shell) -> None:
    told = " ".join(bare("methodology diagram smartby-prosjekt --lang en").out.split())

    assert "G1 Go ahead with Mapping" in told
    assert "go_with_conditions" not in told
    assert "Sharing and spreading: Runs beside the main track. Begins if" in told


def test_what_an_alternative_goes_before_is_told_once_and_only_where_it_differs(
    bare: Shell,
) -> None:
    told = " ".join(bare("methodology show innocities-sverige --gate G3 --lang en").out.split())

    assert "also where “Committee (a majority)” would be right; else Head" in told
    assert "Committee (a majority) and Committee (a majority)" not in told
    assert told.count("also where") == 1
