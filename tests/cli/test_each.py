"""One command is given to many projects: rehearsed first, each by itself, nothing twice."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import Any

import pytest

from tests.cli.shell import Shell
from tests.cli.test_processes import ENVIRONMENT

IN_THE_IDEA = {"havn", "klar", "ferdig"}


def results(found: Any) -> dict[str, str]:
    return {one["id"]: one["result"] for one in found["projects"]}


def comments(run: Shell, project: str) -> int:
    entries = run.json("project", "history", project)["entries"]
    return sum(entry["event"]["type"] == "Commented" for entry in entries)


def everywhere(run: Shell, *words: str, expect: int = 0) -> Any:
    """Run `each` with JSON: the option has to stand before `--`."""
    return run("project", "each", "--json", *words, expect=expect).data


def test_a_rehearsal_says_what_each_would_answer_and_changes_nothing(run: Shell) -> None:
    found = everywhere(
        run, "--method", "smartby-prosjekt", "--phase", "ide", "--dry-run", "--", "comment", "Husk"
    )

    assert results(found) == dict.fromkeys(IN_THE_IDEA, "would")
    assert all(one["answer"]["dry_run"] for one in found["projects"])
    assert comments(run, "havn") == 0


def test_each_is_done_and_the_same_again_does_nothing_twice(run: Shell) -> None:
    words = ("--method", "smartby-prosjekt", "--phase", "ide", "--yes", "--", "comment", "Husk")

    first, again = everywhere(run, *words), everywhere(run, *words)

    assert set(results(first).values()) == {"done"}
    assert set(results(again).values()) == {"before"}
    assert comments(run, "havn") == 1


def test_another_day_the_same_words_are_another_command(run: Shell) -> None:
    words = ("--method", "smartby-prosjekt", "--phase", "ide", "--yes", "--", "comment", "Husk")
    everywhere(run, *words)

    everywhere(run, "--now", "2026-09-10T09:00", *words)

    assert comments(run, "havn") == 2


def test_with_a_key_of_ones_own_it_is_the_same_command_on_any_day(run: Shell) -> None:
    words = (
        "--method",
        "smartby-prosjekt",
        "--phase",
        "ide",
        "--yes",
        "--idempotency-key",
        "k1",
        "--",
        "comment",
        "Husk",
    )
    everywhere(run, *words)

    everywhere(run, "--now", "2026-09-10T09:00", *words)

    assert comments(run, "havn") == 1


def test_one_that_refuses_stops_no_other_and_is_told_with_its_reason(run: Shell) -> None:
    words = ("--person", "astrid", "--yes", "--", "assign", "gevinstansvarlig=gunn")

    found = everywhere(run, *words, expect=1)

    refused = [one for one in found["projects"] if one["result"] == "refused"]
    assert {one["id"] for one in refused} == {"avvik"}
    assert "gevinstansvarlig" in refused[0]["error"]["message"]
    assert found["done"] == len(found["projects"]) - 1
    members = run.json("project show konsept")["members"]
    assert members["gevinstansvarlig"] == ["gunn"]


def test_what_a_rule_refuses_is_told_with_its_blockers(run: Shell) -> None:
    words = ("--status", "running", "--method", "smartby-prosjekt", "--phase", "ide", "--dry-run", "--as", "petter", "--",
             "present", "G1")  # fmt: skip
    run("project present klar G1 --as petter")

    found = everywhere(run, *words, expect=1)

    by_id = {one["id"]: one for one in found["projects"]}
    assert by_id["klar"]["error"]["blockers"][0]["code"] == "wrong_state"


def test_filters_hold_together(run: Shell) -> None:
    def chosen(*filters: str) -> set[str]:
        return set(results(everywhere(run, *filters, "--", "history")))

    assert chosen("--method", "liten") == {"avvik"}
    assert chosen("--status", "held") == {"vent"}
    assert "havn" not in chosen("--person", "eva")
    assert chosen("--person", "eva", "--method", "liten") == {"avvik"}
    assert chosen("--role", "gevinstansvarlig") == {"forprosjekt", "penger"}
    assert chosen("--role", "gevinstansvarlig", "--person", "astrid") == set()
    assert chosen("--due-before", "2026-09-01") == set()
    assert "havn" in chosen("--due-before", "2026-12-31")
    assert chosen("--mine", "--as", "gunn", "--method", "smartby-prosjekt") == {
        "forprosjekt",
        "penger",
    }


def test_a_question_is_put_to_each_without_asking_back(run: Shell) -> None:
    found = everywhere(run, "--method", "smartby-prosjekt", "--phase", "ide", "--", "why")

    assert {one["answer"]["gate"] for one in found["projects"]} == {"G1"}


def test_without_a_filter_nothing_is_chosen_by_mistake(run: Shell) -> None:
    said = run("project", "each", "--yes", "--lang", "en", "--", "comment", "Husk", expect=2)

    assert "--all" in said.err


def test_nothing_is_done_that_nobody_said_yes_to(run: Shell) -> None:
    said = run("project", "each", "--all", "--lang", "en", "--", "comment", "Husk", expect=2)

    assert "--yes" in said.err
    assert comments(run, "havn") == 0


@pytest.mark.parametrize(("answered", "ends", "times"), [("n", 1, 0), ("y", 0, 1)])
def test_whoever_sits_at_a_terminal_sees_the_rehearsal_and_is_asked(
    answered: str, ends: int, times: int, run: Shell
) -> None:
    ours, theirs = pty.openpty()
    asked = subprocess.Popen(
        [sys.executable, "-m", "cli", *["project", "each", "--method", "smartby-prosjekt", "--phase", "ide", "--lang", "en", "--", "comment", "Husk"]],
        cwd=run.folder, env=ENVIRONMENT, stdin=theirs, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, f"{answered}\n".encode())
    _, said = asked.communicate(timeout=60)
    os.close(ours)

    assert asked.returncode == ends
    assert "Havn i byen · would go" in said
    assert "Do it in 3 projects?" in said
    assert comments(run, "havn") == times


@pytest.mark.parametrize("word", ["start", "list", "import", "each", "search", "dance"])
def test_only_commands_for_one_project_can_be_given(word: str, run: Shell) -> None:
    said = run("project", "each", "--all", "--yes", "--lang", "en", "--", word, "x", expect=2)

    assert word in said.err


def test_nobody_can_do_to_many_what_they_may_not_do_to_one(run: Shell) -> None:
    words = (
        "--method",
        "smartby-prosjekt",
        "--phase",
        "ide",
        "--yes",
        "--as",
        "gunn",
        "--",
        "assign",
        "prosjektleder=gunn",
    )

    found = everywhere(run, *words, expect=1)

    assert set(results(found).values()) == {"refused"}
    assert {one["error"]["code"] for one in found["projects"]} == {"not-permitted"}


def test_it_fits_into_80_columns(run: Shell) -> None:
    for language in ("sv", "nb", "en"):
        told = run("project", "each", "--all", "--lang", language, "--dry-run", "--",
                   "assign", "prosjekteier=lars", expect=1).out  # fmt: skip
        assert max(map(len, told.splitlines())) <= 80
