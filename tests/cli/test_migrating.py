"""Projects are moved from the command line: each by its own answers, and told what it loses."""

from __future__ import annotations

import pytest

from tests.cli.shell import Shell
from tests.features.driver import DEFINITIONS

MEMBERS = "--member lead=astrid --member board=bo,bea,bim --member clerk=eva"


@pytest.fixture
def town(run: Shell) -> Shell:
    """Two projects on the first version, one with a condition that the second has no place for."""
    for person in ("bo", "bea", "bim"):
        run(f"person add {person} {person.capitalize()}")
    (run.folder / "plan.txt").write_text("Streets", encoding="utf-8")
    first = (DEFINITIONS / "F27.yaml").read_text(encoding="utf-8")
    promise = next(line for line in first.splitlines(keepends=True) if "promise:" in line)
    second = first.replace('"1.0.0"', '"2.0.0"').replace(promise, "")
    for version, text in (("1", first), ("2", second)):
        file = run.folder / "f27" / f"{version}.0.0.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    run("methodology publish f27/1.0.0.yaml --although Trial")
    for project in ("one", "two"):
        run(f"project start f27 {project} --id {project} {MEMBERS}")
    run("project submit one plan plan.txt --as astrid")
    run("project approve one plan --as eva")
    for person in ("bo", "bea"):
        run(f"project rate one G1 clear=met --as {person}")
    run("project decide two G1 stop --as bo")
    run("methodology publish f27/2.0.0.yaml --although Trial")
    return run


def decided(run: Shell) -> None:
    for person in ("bo", "bea"):
        run("project", "decide", "one", "G1", "go", "--as", person,
            "--condition", "promise: Ask; lead; 2026-10-20")  # fmt: skip


def test_an_answer_goes_to_the_projects_that_ask_for_it(town: Shell) -> None:
    decided(town)
    asked = town.json("project migrate plan f27 2.0.0", expect=1)
    assert asked["counts"]["needs_decision"] == asked["counts"]["compatible"] == 1
    chosen = "--choose condition/G1/promise=lapse"
    done = town.json(f"project migrate apply f27 2.0.0 {chosen} --reason Simpler --yes")
    assert done["counts"]["done"] == 2


def test_an_answer_that_nobody_asks_for_is_a_slip_of_the_pen(town: Shell) -> None:
    told = town("project migrate plan f27 2.0.0 --choose gate/G7=leave --lang en", expect=2)
    assert "gate/G7" in told.err


def test_votes_that_fall_are_told_in_the_plan_and_in_the_history(town: Shell) -> None:
    plan = town("project migrate plan f27 2.0.0 --project two --lang en").out
    assert "have to be given again: Choice" in plan
    town("project migrate apply f27 2.0.0 --project two --reason Simpler --yes")
    assert "to be given again: 1" in town("project history two --lang en").out


def test_who_may_not_rule_moves_nothing(town: Shell) -> None:
    told = town("project migrate plan f27 2.0.0 --as bo", expect=None)
    assert told.code == 3
    listed = town.json("project list")["projects"]
    assert {each["version"] for each in listed if each["method"] == "f27"} == {"1.0.0"}


@pytest.mark.parametrize(
    ("language", "can", "done"),
    [
        ("en", "Can be taken back · 2", "Taken back · 2"),
        ("sv", "Kan tas tillbaka · 2", "Tillbakataget · 2"),
        ("nb", "Kan tas tilbake · 2", "Tatt tilbake · 2"),
    ],
)
def test_taking_a_move_back_has_words_of_its_own(
    town: Shell, language: str, can: str, done: str
) -> None:
    town("project migrate apply f27 2.0.0 --reason Simpler --yes")
    undo = f"project migrate undo f27 2.0.0 --reason Wrong --lang {language}"
    tried = town(f"{undo} --dry-run").out.splitlines()
    assert tried[0] == can
    assert tried[1].split("; ") == sorted(tried[1].split("; "))
    assert tried[2].endswith("1.0.0.")
    assert town(f"{undo} --yes").out.splitlines() == [done, *tried[1:]]


def test_a_condition_that_has_no_place_is_told_in_its_own_words(town: Shell) -> None:
    decided(town)
    told = town("project migrate plan f27 2.0.0 --project one --lang en", expect=1).out
    assert "The condition “Ask” is still to be met" in told


def test_an_exemption_that_holds_is_no_vote_to_give_again(town: Shell) -> None:
    town("project", "waive", "one", "walk", "--reason", "Known", "--as", "bo")
    file = town.folder / "f27" / "3.0.0.yaml"
    text = (town.folder / "f27" / "2.0.0.yaml").read_text(encoding="utf-8")
    longer = text.replace(
        "due: 4 weeks after entry, required", "due: 5 weeks after entry, required"
    )
    file.write_text(longer.replace('"2.0.0"', '"3.0.0"'), encoding="utf-8")
    town("methodology publish f27/3.0.0.yaml --although Trial")
    plan = "project migrate plan f27 3.0.0 --project one --lang en --choose waiver/idea/walk"
    assert "given again" not in town(f"{plan}=keep").out
    assert "given again: Walk the streets" in town(f"{plan}=ask").out


def test_the_history_tells_the_day_before_and_the_day_since(town: Shell) -> None:
    file = town.folder / "f27" / "3.0.0.yaml"
    text = (town.folder / "f27" / "2.0.0.yaml").read_text(encoding="utf-8")
    later = text.replace("plan: {due: 20 days", "plan: {due: 50 days").replace("2.0.0", "3.0.0")
    file.write_text(later, encoding="utf-8")
    town("methodology publish f27/3.0.0.yaml --although Trial")
    move = "f27 3.0.0 --project two --policy remaining"
    [day] = [line for line in town(f"project migrate plan {move} --lang en").out.splitlines()
             if line.startswith("  Plan: due")]  # fmt: skip
    now, _, was = day.removeprefix("  Plan: due ").rstrip(".").partition(", so far ")
    town(f"project migrate apply {move} --reason Simpler --yes")
    told = " ".join(town("project history two --lang en").out.split())
    assert f"Due dates since the move: Plan {now} (before: {was})." in told


def test_a_project_that_goes_on_in_another_track_moves_as_well(run: Shell) -> None:
    text = (DEFINITIONS / "F23.yaml").read_text(encoding="utf-8")
    for version in ("1.0.0", "1.0.1"):
        file = run.folder / f"{version}.yaml"
        file.write_text(text.replace('"1.0.0"', f'"{version}"'), encoding="utf-8")
        run(f"methodology publish {file} --although Trial")
    for project in ("over", "on"):
        run(f"project start f23 {project} --id {project} --version 1.0.0 --member lead=astrid"
            " --member line=gunn")  # fmt: skip
    run("project decide on G1 done")
    run("project decide over G1 stop")
    done = run.json("project migrate apply f23 1.0.1 --reason Texts --yes")
    assert [each["id"] for each in done["projects"]] == ["on"]
    assert done["counts"]["done"] == 1
    back = run.json("project migrate undo f23 1.0.1 --reason Wrong --yes")
    assert [each["id"] for each in back["projects"]] == ["on"]
