from __future__ import annotations

import errno
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.harness import syscalls
from tests.harness.tracer import TracingError

PROGRAMS = Path(__file__).with_name("programs")
EVERYTHING = PROGRAMS / "everything.py"
LEDGER = PROGRAMS / "ledger.py"

FOUR_FOLDERS = "import os, sys; [os.mkdir(os.path.join(sys.argv[1], n)) for n in 'abcd']"
CAREFUL = """
import os, sys
os.chdir(sys.argv[1])
open('old', 'w').close()
for name in sys.argv[2:]:
    try:
        os.mkdir(name)
    except OSError as problem:
        print(name, problem.errno)
os.unlink('old')
"""


def python(script: str | Path, *arguments: str | Path) -> list[str]:
    source = [str(script)] if isinstance(script, Path) else ["-c", script]
    return [sys.executable, *source, *map(str, arguments)]


def alive(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False
    return "State:\tZ" not in status


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_kill_before_a_point_leaves_only_what_came_earlier(tmp_path: Path) -> None:
    outcome = syscalls.run_killed(python(FOUR_FOLDERS, tmp_path), tmp_path, at=3)
    assert outcome.killed
    assert not outcome.acknowledged
    assert outcome.returncode == -9
    assert names(tmp_path) == ["a", "b"]


def test_a_kill_after_a_point_leaves_it_done(tmp_path: Path) -> None:
    outcome = syscalls.run_killed(python(FOUR_FOLDERS, tmp_path), tmp_path, at=3, when="after")
    assert outcome.killed
    assert outcome.at == syscalls.Point(3, "mkdir", ("c",))
    assert names(tmp_path) == ["a", "b", "c"]


def test_a_run_with_fewer_points_than_asked_for_ends_by_itself(tmp_path: Path) -> None:
    outcome = syscalls.run_killed(python(FOUR_FOLDERS, tmp_path), tmp_path, at=5)
    assert outcome == syscalls.Outcome(0, "", "", killed=False, at=None)


def test_every_kind_of_writing_call_is_a_point(tmp_path: Path) -> None:
    found = {point.call for point in syscalls.points(python(EVERYTHING, tmp_path), tmp_path)}
    assert {"write", "pwrite64", "writev", "sendfile", "copy_file_range"} <= found
    assert found & {"pwritev", "pwritev2"}
    assert {"ftruncate", "truncate", "fallocate", "fsync", "openat"} <= found
    assert {"rename", "link", "symlink", "unlink", "mkdir", "rmdir"} <= found


def test_threads_and_children_are_followed(tmp_path: Path) -> None:
    found = syscalls.points(python(EVERYTHING, tmp_path), tmp_path)
    written = {point.paths for point in found if point.call == "write"}
    assert {("by thread",), ("by child",)} <= written


def test_reading_and_writing_elsewhere_are_no_points(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (inside / "file").write_text("text")
    script = (
        "import os, sys; open(sys.argv[1] + '/file').read(); os.listdir(sys.argv[1]);"
        "os.close(os.open(sys.argv[1] + '/file', os.O_CREAT | os.O_RDWR));"
        "open(sys.argv[2] + '/file', 'w').write('x')"
    )
    assert syscalls.points(python(script, inside, outside), inside) == []
    assert len(syscalls.points(python(script, inside, outside), outside)) == 2


def test_a_folder_is_not_mistaken_for_one_whose_name_begins_alike(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data2").mkdir()
    assert syscalls.points(python(FOUR_FOLDERS, tmp_path / "data2"), tmp_path / "data") == []


def test_a_kill_takes_the_children_along(tmp_path: Path) -> None:
    script = (
        "import os, subprocess, sys;"
        "child = subprocess.Popen(['sleep', '1000']);"
        "open(sys.argv[1] + '/pid', 'w').write(str(child.pid));"
        "os.mkdir(sys.argv[1] + '/last')"
    )
    outcome = syscalls.run_killed(python(script, tmp_path), tmp_path, at=3)
    assert outcome.killed
    assert not alive(int((tmp_path / "pid").read_text()))


def test_the_points_of_a_command_come_in_the_same_order_each_time(tmp_path: Path) -> None:
    runs = []
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        argv = python(LEDGER, tmp_path / run, "DELETE", "FULL", "3")
        runs.append(syscalls.points(argv, tmp_path / run))
    assert runs[0] == runs[1]


def test_what_was_said_before_a_kill_is_kept(tmp_path: Path) -> None:
    argv = python(LEDGER, tmp_path, "DELETE", "FULL", "9")
    count = len(syscalls.points(argv, tmp_path))
    (tmp_path / "ledger.db").unlink()
    said = syscalls.run_killed(argv, tmp_path, at=count // 2).stdout.split()
    assert 0 < len(said) < 9


def test_a_refused_call_fails_once_and_the_rest_goes_on(tmp_path: Path) -> None:
    outcome = syscalls.run_failing(python(CAREFUL, tmp_path, "a", "b", "c"), tmp_path, at=3)
    assert outcome.stdout == f"b {errno.ENOSPC}\n"
    assert names(tmp_path) == ["a", "c"]


def test_a_full_disk_stays_full_but_lets_things_be_removed(tmp_path: Path) -> None:
    argv = python(CAREFUL, tmp_path, "a", "b", "c")
    outcome = syscalls.run_failing(argv, tmp_path, at=3, lasting=True)
    assert outcome.stdout == f"b {errno.ENOSPC}\nc {errno.ENOSPC}\n"
    assert outcome.acknowledged
    assert names(tmp_path) == ["a"]


def test_a_broken_disk_takes_nothing_any_more(tmp_path: Path) -> None:
    argv = python(CAREFUL, tmp_path, "a", "b", "c")
    outcome = syscalls.run_failing(argv, tmp_path, at=3, errno=errno.EIO, lasting=True)
    assert not outcome.acknowledged
    assert "Input/output error: 'old'" in outcome.stderr
    assert names(tmp_path) == ["a", "old"]


@contextmanager
def a_listener() -> Iterator[tuple[int, list[bytes]]]:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            connection, _ = server.accept()
            with connection:
                while data := connection.recv(100):
                    heard.append(data)

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join()


def test_sends_on_sockets_are_points_when_asked_for(tmp_path: Path) -> None:
    script = (
        "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1])));"
        "s.sendall(b'one'); s.sendmsg([b'two'])"
    )
    with a_listener() as (port, _heard):
        assert syscalls.points(python(script, str(port)), tmp_path) == []
    with a_listener() as (port, heard):
        argv = python(script, str(port))
        outcome = syscalls.run_killed(argv, tmp_path, at=2, sockets=True)
    assert outcome.at == syscalls.Point(2, "sendmsg", outcome.at.paths if outcome.at else ())
    assert heard == [b"one"]


def test_a_failing_command_has_no_points_worth_trying(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="undisturbed run failed"):
        syscalls.points(python("raise SystemExit(3)"), tmp_path)


def test_a_command_that_does_not_end_is_ended_and_reported(tmp_path: Path) -> None:
    with pytest.raises(TracingError, match="no end after"):
        syscalls.points(python("while True: pass"), tmp_path, seconds=0.5)


def test_a_command_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TracingError, match="cannot run 'no-such-command'"):
        syscalls.points(["no-such-command"], tmp_path)


def test_where_tracing_is_forbidden_the_harness_says_so(tmp_path: Path) -> None:
    # A traced process may not be traced again, so the harness under itself meets a refusal.
    script = (
        "import sys; from pathlib import Path; from tests.harness import syscalls;"
        "syscalls.points(['true'], Path(sys.argv[1]))"
    )
    root = Path(__file__).parents[2]
    outcome = syscalls.run_killed(python(script, tmp_path), tmp_path, at=1, cwd=root)
    assert not outcome.acknowledged
    assert "TracingError: ('true',): did not start: ptrace is not permitted here" in outcome.stderr


def test_other_children_of_the_test_process_are_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"]) as other:
        syscalls.points(python(FOUR_FOLDERS, tmp_path), tmp_path)
        assert other.wait() == 7


def test_a_sample_has_both_ends_and_the_size_asked_for() -> None:
    chosen = syscalls.sampled(100, 20, seed=1)
    assert len(chosen) == len(set(chosen)) == 20
    assert (chosen[0], chosen[-1]) == (1, 100)
    assert chosen == syscalls.sampled(100, 20, seed=1) != syscalls.sampled(100, 20, seed=2)
    assert syscalls.sampled(3, 20, seed=1) == [1, 2, 3]
