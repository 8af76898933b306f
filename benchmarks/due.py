"""The clock: what it costs to notice that nothing is due, and to raise what is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import repeat
from threading import Event
from time import perf_counter
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler

from benchmarks.measuring import Row, alternately, at_least, at_most
from benchmarks.world import World, a_world, later

FEW: Final = 10_000
MANY: Final = 1_000_000
DUE: Final = 300
LOOKS: Final = 200
STARTS: Final = 12
START: Final = (
    "import sys; from pathlib import Path; from benchmarks.world import opened;"
    " opened(Path(sys.argv[1])).engine.due()"
)


def measure() -> Iterator[Row]:
    with a_world() as none, a_world() as few, a_world() as many:
        for world, size in ((none, 0), (few, FEW), (many, MANY)):
            world.started()
            world.engine.sweep()
            world.crowd(size)
        looks = alternately({"few": repeat(partial(_look, few), LOOKS),
                             "many": repeat(partial(_look, many), LOOKS)})  # fmt: skip
        starts = alternately({"none": repeat(partial(_start, none), STARTS),
                              "many": repeat(partial(_start, many), STARTS)})  # fmt: skip
        yield at_most("an empty look at 1,000,000 deadlines / at 10,000",
                      looks["many"].usual / looks["few"].usual, 1.5,
                      f"{looks['many'].told()} and {looks['few'].told()}")  # fmt: skip
        yield at_most("starting with 1,000,000 open deadlines / with none",
                      starts["many"].usual / starts["none"].usual, 1.05,
                      f"{starts['many'].told()} and {starts['none'].told()}")  # fmt: skip
        yield _raised(few)


def _look(world: World) -> None:
    assert world.engine.sweep().projects == 0


def _start(world: World) -> None:
    """A new process, until it knows what is due."""
    subprocess.run([sys.executable, "-c", START, str(world.store.folder)], check=True)


def _raised(world: World) -> Row:
    """Reminders of many projects raised, beside a scheduler with a job for each deadline."""
    for _ in range(DUE):
        world.started()
    later(world, weeks=6, days=1)
    begun = perf_counter()
    swept = world.engine.sweep()
    ours = swept.events / (perf_counter() - begun)
    theirs = _jobs(swept.events)
    return at_least("reminders raised and kept / jobs of a scheduler in memory", ours / theirs, 1,
                    f"{swept.events} reminders of {swept.projects} projects, {ours:.0f} a second",
                    f"{theirs:.0f} jobs a second, each added, and run once")  # fmt: skip


def _jobs(count: int) -> float:
    """Jobs a second that APScheduler adds and runs, one for each deadline."""
    done: list[int] = []
    finished = Event()

    def job(n: int) -> None:
        done.append(n)
        if len(done) == count:
            finished.set()

    scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None})
    begun = perf_counter()
    soon = datetime.now(UTC) + timedelta(milliseconds=1)
    for n in range(count):
        scheduler.add_job(job, "date", run_date=soon, args=[n])
    scheduler.start()
    finished.wait()
    taken = perf_counter() - begun
    scheduler.shutdown()
    return count / taken
