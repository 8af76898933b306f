"""Processes that work are killed at moments nobody chose, again and again in the same workspace:
every command that had said 0 is in the record, none is there twice, and the workspace stays sound.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

from innocities_engine.cli.console import TYPED_KEY
from tests.crash.judging import DATABASE, unsound
from tests.crash.runs import Run, forks
from tests.crash.world import copied

FULL = bool(os.environ.get("INNOCITIES_FULL"))
KILLS = 1000 if FULL else 50
COMMANDS = 400  # of each process: more than it has time for
LONGEST = 0.4  # seconds a process may work before it is killed
SEED = 20260302


def working(folder: Path, place: Path, number: int) -> Run:
    """A process that says one thing after another about a project, each once."""
    commands = tuple(
        ("project", "comment", "ready", word, "--idempotency-key", word)
        for word in (f"w{number}-{n}" for n in range(COMMANDS))
    )
    return Run(folder, place / f"run-{number}", commands)


def remembered(folder: Path) -> list[str]:
    """The keys under which the workspace remembers an answer."""
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        return [
            key.removeprefix(TYPED_KEY)
            for (key,) in database.execute("SELECT key FROM idempotency")
        ]


def comments(folder: Path) -> int:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        query = "SELECT count(*) FROM event WHERE type = 'Commented'"
        return int(database.execute(query).fetchone()[0])


def test_what_was_acknowledged_survives_any_number_of_kills(
    made: Path, tmp_path: Path, told: Callable[[str], None]
) -> None:
    folder = copied(made, tmp_path / "halden")
    chance = random.Random(SEED)
    killed, promised = 0, list[str]()
    with forks() as begin:
        for number in count():  # a slow machine takes longer to promise as much
            if min(killed, len(promised)) >= KILLS:
                break
            run = working(folder, tmp_path, number)
            [process] = begin.begin(run)
            time.sleep(chance.uniform(0, LONGEST))
            os.kill(process, signal.SIGKILL)
            killed += begin.codes() == [-signal.SIGKILL]
            assert set(run.done) <= {0}, run.err
            promised += [command[-1] for command in run.commands[: len(run.done)]]

    kept = remembered(folder)
    told(f"kill loop: {killed} killed, {len(promised)} acknowledged, {len(kept)} in the record")
    assert set(promised) <= set(kept)
    assert comments(folder) == len(kept)
    assert list(unsound(folder)) == []
