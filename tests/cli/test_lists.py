"""What lists and short sentences tell at a glance."""

from __future__ import annotations

import logging

import pytest

from innocities_engine import wording
from innocities_engine.cli import layout, logbook
from tests.cli.shell import Shell


def test_a_list_marks_the_project_whose_next_day_has_passed(run: Shell) -> None:
    late = run.json("project list --now 2027-06-01")["projects"]
    marked = [each for each in late if each["overdue"]]
    shown = run("project list --lang sv --now 2027-06-01").out

    assert marked
    assert all(each["next_due"] < "2027-06-01" for each in marked)
    assert shown.count("försenat") == len(marked)


def test_a_project_that_ended_is_not_overdue(run: Shell) -> None:
    run("project decide konsept G2 stop --reason Nei --as eva", expect=None)
    late = run.json("project list --now 2029-06-01")["projects"]

    assert not [each for each in late if each["overdue"] and each["status"] == "stopped"]


@pytest.mark.parametrize("end", ["?", "!", ".", "…"])
def test_a_sentence_that_ends_in_another_ends_once(end: str) -> None:
    said = wording.say("nb", "event.NeedOpened", need=f"Hva lærte vi{end}")

    assert said.endswith(f"Hva lærte vi{end}")


def test_of_several_projects_of_one_name_it_is_told_how_to_tell_them_apart(run: Shell) -> None:
    told = " ".join(run("project show byen --lang sv", expect=2).err.split())

    assert "; började 8 sep 2026; " in told


@pytest.mark.parametrize("command", ["project show byen", "project rate klar G1", "project shw x"])
def test_what_was_typed_wrong_is_told_in_lines_that_fit(run: Shell, command: str) -> None:
    for language in wording.LANGUAGES:
        said = run(f"{command} --lang {language}", expect=2).err
        assert all(layout.width(line) <= layout.NARROW for line in said.splitlines())


def test_a_list_with_nothing_in_it_says_so_in_lines_that_fit(bare: Shell) -> None:
    bare("init oslo Oslo --admin a=A --simulated")
    for language in wording.LANGUAGES:
        for command in ("methodology list", "remind list", "substitute list", "project list"):
            said = bare(f"{command} --lang {language}").out
            assert all(layout.width(line) <= layout.NARROW for line in said.splitlines())


def test_what_may_be_left_out_is_shown_so(run: Shell) -> None:
    assert "GATE [OUTCOME]" in run("project decide --help").out
    assert "GATE [CRITERION=VALUE…]" in run("project rate --help").out


def test_a_worker_says_nothing_of_its_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    root, jobs = logging.getLogger(), logging.getLogger("apscheduler")
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    monkeypatch.setattr(root, "level", root.level)
    monkeypatch.setattr(jobs, "level", jobs.level)
    logbook.to_stderr()

    assert not jobs.isEnabledFor(logging.INFO)
    assert logging.getLogger("notifications").isEnabledFor(logging.INFO)
