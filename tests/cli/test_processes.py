"""What only a process of its own shows: signals, completion, colour, and a reader who leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import Composition
from innocities_engine.cli.app import app
from tests.cli.shell import Shell

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


def test_a_worker_runs_until_a_signal_and_ends_well(run: Shell) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "cli", "worker"],
        cwd=run.folder, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert worker.stderr is not None
    said = ""
    while "the clock runs" not in said:
        line = worker.stderr.readline()
        assert line, said
        said += line
    worker.send_signal(signal.SIGTERM)

    _, rest = worker.communicate(timeout=60)
    assert worker.returncode == 0
    assert "the clock has stopped" in rest


def test_words_are_completed(tmp_path: Path) -> None:
    for words, number, wanted in (("innocities pro", "1", "project"),
                                  ("innocities project dec", "2", "decide")):  # fmt: skip
        env = ENVIRONMENT | {
            "_INNOCITIES_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": number
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "cli"], cwd=tmp_path, env=env, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert wanted in done.stdout


def test_headings_stand_out_in_colour_unless_that_is_not_wanted(run: Shell) -> None:
    shown = {}
    for value in (None, "1"):
        env = {"INNOCITIES_WORKSPACE": str(run.folder), "NO_COLOR": value}
        result = CliRunner().invoke(
            app, ["project", "show", "havn"], obj=Composition(), env=env, color=True
        )
        shown[value] = result.stdout
    assert "\x1b[1m" in shown[None]
    assert "\x1b" not in shown["1"]


def test_a_reader_who_has_read_enough_is_no_fault(run: Shell) -> None:
    done = subprocess.run(
        f"{sys.executable} -m cli project history forprosjekt --all | head -1",
        shell=True, cwd=run.folder, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0
    assert "fault" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_an_answer_that_cannot_be_written_is_not_taken_for_nothing_done(
    run: Shell, more: tuple[str, ...]
) -> None:
    words = ("project", "comment", "havn", "Det regner", "--lang", "en", *more)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cli", *words], cwd=run.folder, env=ENVIRONMENT,
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip

    assert done.returncode == 5
    assert done.stderr.startswith("What was asked is done")
    assert "Traceback" not in done.stderr
    assert "Det regner" in run("project history havn").out


def test_where_there_is_no_output_a_command_is_done_all_the_same(run: Shell) -> None:
    command = f'"{sys.executable}" -m cli project comment havn Sol >&-'
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=run.folder, env=ENVIRONMENT, stderr=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "Sol" in run("project history havn").out
