"""A method is proved on the command line, and one that does not verify is not published by chance."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.authoring.seeded import FOLDER
from tests.cli.shell import Shell


@pytest.fixture
def stuck(run: Shell) -> str:
    """A draft in which whoever is late can never finish."""
    for name, source in (("sound", FOLDER / "sound" / "1.0.0.yaml"),
                         ("time-runs-out", FOLDER / "time-runs-out.yaml")):  # fmt: skip
        file = run.folder / name / "1.0.0.yaml"
        file.parent.mkdir()
        shutil.copyfile(source, file)
    return "time-runs-out/1.0.0.yaml"


def test_a_sound_method_is_told_with_what_was_covered(run: Shell, stuck: str) -> None:
    said = run("methodology verify sound/1.0.0.yaml --lang en").out

    assert "sound 1.0.0 is sound" in said
    assert "15 states" in " ".join(said.split())
    assert "Board (3)" in said


def test_a_fault_is_told_at_its_line_with_the_story_in_which_it_shows(
    run: Shell, stuck: str
) -> None:
    said = " ".join(run(f"methodology verify {stuck} --lang en", expect=1).out.split())

    assert f"{stuck}:12:15: error: gates.G2.outcomes.done.when [V2]" in said
    assert "2 Mar 2026: G1 Is it worth trying is decided: go." in said
    assert "Nobody does anything until 3 Sep 2026." in said
    assert "Now G2 Did it work cannot be decided “done”" in said


@pytest.mark.parametrize(
    ("language", "words"), [("sv", "Härifrån kan ett projekt"), ("nb", "Herfra kan et prosjekt")]
)
def test_it_is_told_in_the_language_of_the_reader(
    run: Shell, stuck: str, language: str, words: str
) -> None:
    assert words in run(f"methodology verify {stuck} --lang {language}", expect=1).out


def test_the_same_as_data(run: Shell, stuck: str) -> None:
    found = run.json(f"methodology verify {stuck}", expect=1)

    assert not found["sound"]
    assert found["undecided"] == []
    assert found["covered"]["states"] > 10
    assert found["team"]["board"] == 3
    [finding] = found["findings"]
    assert (finding["rule"], finding["path"]) == ("V2", "gates.G2.outcomes.done.when")
    assert (Path(finding["file"]).parts[-2:], finding["line"]) == (Path(stuck).parts, 12)
    assert finding["story"][0]["day"] == "2026-03-02"
    assert finding["commands"] > 5


def test_the_ways_round_a_gate_are_listed(bare: Shell) -> None:
    said = bare("methodology verify smartby-prosjekt --lang en").out

    assert "Municipal director may exempt a project from a need" in " ".join(said.split())


def test_the_ways_round_that_are_told_are_among_the_data(bare: Shell) -> None:
    known = bare.json("methodology verify smartby-prosjekt")["ways_round"]

    assert {each["kind"] for each in known} == {"override", "waiver"}


def test_what_cannot_be_used_is_not_walked_through(run: Shell) -> None:
    file = run.folder / "krets.yaml"
    shutil.copyfile(FOLDER / "sound" / "1.0.0.yaml", file)
    text = file.read_text(encoding="utf-8").replace("opens: start", "opens: begin")
    file.write_text(text, encoding="utf-8")

    refused = run.json("methodology verify krets.yaml", expect=1)["error"]

    assert refused["code"] == "definition-invalid"


# ---------------------------------------------------------------- publishing


def test_what_does_not_verify_is_not_published(run: Shell, stuck: str) -> None:
    refused = run(f"methodology publish {stuck} --lang en", expect=1).out

    assert "was not published" in refused
    assert "gates.G2.outcomes.done.when" in refused
    assert "time-runs-out" not in run("methodology list").out


def test_it_is_published_with_a_reason_that_the_record_keeps(run: Shell, stuck: str) -> None:
    why = "Only for the drill in May"

    told = run(f'methodology publish {stuck} --although "{why}" --lang en').out

    assert "although it does not verify" in told
    assert "time-runs-out" in run("methodology list").out
    run("audit export record.jsonl")
    lines = (run.folder / "record.jsonl").read_text(encoding="utf-8").splitlines()
    published = [line for line in lines if "MethodPublished" in line and "time-runs-out" in line]
    assert len(published) == 1
    assert why in published[0]
    assert "not-verified" in published[0]


def test_nothing_was_passed_over_where_nothing_stood_against_it(run: Shell, stuck: str) -> None:
    done = run.json('methodology publish sound/1.0.0.yaml --although "To be sure"')

    assert done["verified"]
    assert done["passed_over"] == []
    run("audit export record.jsonl")
    assert "not-verified" not in (run.folder / "record.jsonl").read_text(encoding="utf-8")


def test_a_rehearsal_says_the_same_and_publishes_nothing(run: Shell, stuck: str) -> None:
    run(f"methodology publish {stuck} --dry-run", expect=1)
    run("methodology publish sound/1.0.0.yaml --dry-run")

    assert "sound" not in run("methodology list").out


def test_what_the_text_made_one_suspect_is_told_once_when_it_is_proved(
    run: Shell, stuck: str
) -> None:
    file = run.folder / "sound" / "1.0.0.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("quorum: majority", "quorum: 6", 1), encoding="utf-8")

    assert "quorum-beyond-seats" in run("methodology check sound/1.0.0.yaml").out
    said = run("methodology verify sound/1.0.0.yaml --lang en", expect=1).out
    assert "[V3]" in said
    assert "quorum-beyond-seats" not in said


def test_places_in_what_an_overlay_extends_are_told_as_its_own_are(run: Shell, stuck: str) -> None:
    file = run.folder / "sound" / "1.0.0.yaml"
    text = file.read_text(encoding="utf-8").replace(", template: templates/prosjektplan.md", "", 1)
    file.write_text(text, encoding="utf-8")

    for given, told in ((stuck, "sound/1.0.0.yaml:"), (run.folder / stuck, f"{file}:")):
        said = run(f"methodology check {given} --lang en").out
        assert any(line.startswith(told) for line in said.splitlines())
