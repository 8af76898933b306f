"""Decide when the installation looks at the clock: jobs that may run late, twice or not at all
without harm, in the one process that holds the clock.  What is due is a matter of the database, so
nothing here remembers anything.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from filelock import FileLock, Timeout

from innocities_engine.engine import Swept
from innocities_engine.errors import Unavailable
from innocities_engine.store import files
from innocities_engine.store.transactions import Store
from notifications.delivery import DeliveryReport, Post, deliver

log = logging.getLogger(__name__)

LOCK: Final = "clock.lock"
SWEEP_EVERY: Final = timedelta(seconds=30)
DELIVER_EVERY: Final = timedelta(seconds=10)
COLLECT_EVERY: Final = timedelta(days=1)
STANDBY: Final = timedelta(seconds=1)
JOB_RULES: Final = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one look at the clock has done."""

    swept: Swept
    delivered: DeliveryReport


def tick(post: Post, stop: Callable[[], bool] = lambda: False) -> Ticked:
    """Raise what is due, and deliver what is raised, once."""
    return Ticked(post.engine.sweep(), deliver(post, stop))


def run_worker(
    post: Post,
    stop: threading.Event,
    *,
    sweep_every: timedelta = SWEEP_EVERY,
    deliver_every: timedelta = DELIVER_EVERY,
) -> None:
    """Look at the clock until told to stop, and then stop between two items.

    1. Only one process of a workspace holds the clock; the others stand by. The lock of one that
       is killed is free at once.
    2. Each job asks the database what is due now, so one that failed is simply run again.
    """
    with _holding_the_clock(post.engine.store.folder / LOCK, stop) as held:
        if not held:
            return
        scheduler = _scheduler()
        _add(scheduler, "sweep", post.engine.sweep, sweep_every)
        _add(scheduler, "deliver", lambda: deliver(post, stop.is_set), deliver_every)
        _add(scheduler, "collect", lambda: collect(post.engine.store), COLLECT_EVERY)
        scheduler.start()
        log.info("the clock runs", extra={"action": "clock_started"})
        try:
            stop.wait()
        finally:
            stop.set()
            scheduler.shutdown(wait=True)
            log.info("the clock has stopped", extra={"action": "clock_stopped"})


def collect(store: Store) -> None:
    """Remove files that nobody came to tell of."""
    if removed := files.remove(store, files.orphans(store)):
        log.info("%d files that nobody told of", removed, extra={"action": "collected"})


def _scheduler() -> BackgroundScheduler:
    return BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(2)},
        job_defaults=JOB_RULES,
        timezone=UTC,
    )


def _add(
    scheduler: BackgroundScheduler, name: str, work: Callable[[], object], every: timedelta
) -> None:
    scheduler.add_job(
        _guarded(name, work),
        "interval",
        seconds=every.total_seconds(),
        id=name,
        next_run_time=datetime.now(UTC),  # the scheduler's own clock, not that of the projects
    )


def _guarded(name: str, work: Callable[[], object]) -> Callable[[], None]:
    """Let a job that fails be tried again at its next time, and say that it failed."""

    def run() -> None:
        try:
            work()
        except Unavailable as fault:
            log.warning("%s must wait: %s", name, fault, extra={"action": f"{name}_waits"})
        except Exception:
            log.exception("%s failed", name, extra={"action": f"{name}_failed"})

    return run


@contextmanager
def _holding_the_clock(path: Path, stop: threading.Event) -> Iterator[bool]:
    """Wait in line for the clock; yield False where the wait was ended."""
    lock = FileLock(path)
    while not stop.is_set():
        with suppress(Timeout):
            lock.acquire(timeout=STANDBY.total_seconds())
            break
    try:
        yield lock.is_locked
    finally:
        lock.release()


@contextmanager
def until_signalled() -> Iterator[threading.Event]:
    """Give an event that is set when the process is asked to end."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
