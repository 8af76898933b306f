"""What only a process of its own shows: signals, completion, colour, and a reader who leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

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
