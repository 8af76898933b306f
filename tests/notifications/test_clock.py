from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from innocities_engine.store import files
from notifications import clock
from notifications.clock import run_worker, tick, until_signalled
from tests.notifications.conftest import Morning

SOON = timedelta(milliseconds=20)
PATIENCE = 20.0


@contextmanager
def working(morning: Morning) -> Iterator[threading.Event]:
    stop = threading.Event()
    worker = threading.Thread(
        target=run_worker,
        args=(morning.post, stop),
        kwargs={"sweep_every": SOON, "deliver_every": SOON},
    )
    worker.start()
    try:
        yield stop
    finally:
        stop.set()
        worker.join(PATIENCE)
    assert not worker.is_alive()


def eventually(condition: object) -> bool:
    pause = threading.Event()
    for _ in range(int(PATIENCE * 50)):
        if condition():  # type: ignore[operator]
            return True
        pause.wait(0.02)
    return False


def test_a_tick_raises_what_is_due_and_delivers_it(morning: Morning) -> None:
    morning.world.started()
    morning.world.clock.forward(days=31)
    ticked = tick(morning.post)

    assert ticked.swept.projects == 1
    assert ticked.delivered.sent == 2


def test_a_tick_that_comes_twice_does_nothing_more(morning: Morning) -> None:
    morning.world.started()
    morning.world.clock.forward(days=31)
    tick(morning.post)
    again = tick(morning.post)

    assert again.swept.projects == 0
    assert again.delivered.sent == 0
    assert len(morning.mailer.sent) == 2


def test_a_worker_delivers_by_itself_and_stops_when_told(morning: Morning) -> None:
    morning.world.started()
    morning.world.clock.forward(days=31)
    with working(morning):
        assert eventually(lambda: len(morning.mailer.sent) == 2)
    assert morning.states() == ["sent", "sent"]


def test_a_worker_survives_a_job_that_fails(
    morning: Morning, caplog: pytest.LogCaptureFixture
) -> None:
    morning.world.started()
    morning.world.clock.forward(days=31)
    failures = iter(range(4))

    def unsteady() -> datetime:
        if next(failures, None) is not None:
            raise RuntimeError("nobody expected this")
        return morning.world.clock()

    morning.world.engine.clock = unsteady
    with working(morning):
        assert eventually(lambda: len(morning.mailer.sent) == 2)
    assert "nobody expected this" in caplog.text


def test_a_worker_removes_files_that_nobody_came_to_tell_of(morning: Morning) -> None:
    store = morning.world.store
    orphan = files.path(store, "oslo", files.keep(store, "oslo", io.BytesIO(b"dropped")).sha256)
    os.utime(orphan, (0, 0))
    with working(morning):
        assert eventually(lambda: not orphan.exists())


def test_only_one_process_holds_the_clock(morning: Morning) -> None:
    lock = FileLock(morning.world.store.folder / clock.LOCK)
    with working(morning):
        assert eventually(lambda: _is_taken(lock))


def test_a_second_worker_waits_until_the_first_is_gone(morning: Morning) -> None:
    morning.world.started()
    morning.world.clock.forward(days=31)
    path = morning.world.store.folder / clock.LOCK
    with _another_process_holds(path) as holder, working(morning):
        assert not eventually_within(0.5, lambda: bool(morning.mailer.sent))
        holder.kill()
        assert eventually(lambda: len(morning.mailer.sent) == 2)


def test_a_waiting_worker_stops_when_told(morning: Morning) -> None:
    path = morning.world.store.folder / clock.LOCK
    with _another_process_holds(path), working(morning) as stop:
        stop.set()


def test_a_signal_asks_the_worker_to_stop() -> None:
    with until_signalled() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(PATIENCE)


def eventually_within(seconds: float, condition: object) -> bool:
    pause = threading.Event()
    for _ in range(int(seconds * 50)):
        if condition():  # type: ignore[operator]
            return True
        pause.wait(0.02)
    return False


def _is_taken(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


@contextmanager
def _another_process_holds(path: Path) -> Iterator[subprocess.Popen[str]]:
    program = (
        "import sys, time; from filelock import FileLock\n"
        "lock = FileLock(sys.argv[1]); lock.acquire(); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, path], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()
