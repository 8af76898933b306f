"""Runs of the command line that are killed or refused at one write-class system call each, many in
one go. Decides which call belongs to which run; what must hold afterwards is left to ``judging``.

Every run has a folder of its own below one root, so the path of a call tells whose it is.
"""

from __future__ import annotations

import errno as errors
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from tests.harness import syscalls
from tests.harness.syscalls import Point
from tests.harness.tracer import Act, Call, Command, Go, Look, Refuse, trace

WARM: Final = [sys.executable, "-m", "tests.crash.warm"]
ROOT: Final = Path(__file__).parent.parent.parent
SECONDS: Final = 900.0  # for a whole batch

# What the shell of the reader says must not reach the program; what is said is told in English.
CLEAN: Final = {
    **{name: value for name, value in os.environ.items() if not name.startswith("INNOCITIES_")},
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": str(ROOT),
}


@dataclass(frozen=True)
class Run:
    """Commands to be given one after the other in a workspace, and where their words go."""

    folder: Path
    said: Path
    commands: tuple[tuple[str, ...], ...]
    outward: bool = False
    patience: float | None = None

    @property
    def order(self) -> dict[str, Any]:
        """The run as ``warm`` is told of it."""
        told: dict[str, Any] = {
            "folder": str(self.folder),
            "said": str(self.said),
            "commands": self.commands,
            "outward": self.outward,
        }
        return told if self.patience is None else told | {"patience": self.patience}

    @property
    def out(self) -> str:
        """What was answered so far."""
        return _text(self.said.with_name(f"{self.said.name}.out"))

    @property
    def err(self) -> str:
        """What was said beside that."""
        return _text(self.said.with_name(f"{self.said.name}.err"))

    @property
    def done(self) -> tuple[int, ...]:
        """The codes of the commands that ended."""
        lines = _text(self.said.with_name(f"{self.said.name}.done")).splitlines()
        return tuple(int(line.split()[1]) for line in lines)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


# ---------------------------------------------------------------- one disturbance each


@dataclass(frozen=True)
class Disturbance:
    """What happens to a run at its ``at``-th point; at 0 nothing does."""

    at: int = 0
    how: Literal["before", "after", "refused"] = "before"
    error: int = 0
    lasting: bool = False

    def __str__(self) -> str:
        if self.how != "refused":
            return f"killed {self.how} point {self.at}"
        times = "from" if self.lasting else "once at"
        return f"{errors.errorcode[self.error]} {times} point {self.at}"


@dataclass(frozen=True)
class Ended:
    """How a run ended; ``at`` is the point it was disturbed at, if it came so far."""

    run: Run
    disturbance: Disturbance
    code: int
    points: tuple[Point, ...]

    @property
    def at(self) -> Point | None:
        """The point of the disturbance."""
        number = self.disturbance.at
        return self.points[number - 1] if 0 < number <= len(self.points) else None

    @property
    def acknowledged(self) -> bool:
        """Whether the command said by its exit code that its work is done."""
        return self.code == 0

    def __str__(self) -> str:
        return f"{self.disturbance} ({self.at}), ended with {self.code}: {self.run.err}"


def disturbed(
    plan: Sequence[tuple[Run, Disturbance]], root: Path, *, sockets: bool = False
) -> list[Ended]:
    """Give every run its disturbance, one run after the other; each folder is a child of root."""
    root = root.resolve(strict=True)
    orders = "".join(f"{json.dumps([run.order])}\n" for run, _ in plan)
    watcher = _Watcher(str(root), sockets, {run.folder.name: each for run, each in plan})
    command = Command(
        tuple(WARM), root, CLEAN, ROOT, orders.encode(), sockets=sockets, seconds=SECONDS
    )
    ending = trace(command, lambda stdout: watcher)
    if ending.returncode != 0:
        raise AssertionError(ending.stderr.decode())
    codes = [json.loads(line)[0] for line in ending.stdout.decode().splitlines()[2::2]]
    return [
        Ended(run, each, code, tuple(watcher.points.get(run.folder.name, ())))
        for (run, each), code in zip(plan, codes, strict=True)
    ]


@dataclass
class _Watcher:
    """Numbers the points of each run and disturbs it where its plan says so."""

    under: str
    sockets: bool
    plan: dict[str, Disturbance]
    points: dict[str, list[Point]] = field(default_factory=dict)
    runs: dict[int, str] = field(default_factory=dict)

    def enter(self, call: Call) -> Act:
        if not syscalls.concerns(call, self.under, sockets=self.sockets):
            return Go()
        name = self._run_of(call)
        disturbance = self.plan.get(name)
        if disturbance is None:
            return Go()
        known = self.points.setdefault(name, [])
        paths = syscalls.relative(call, f"{self.under}/{name}")
        known.append(Point(len(known) + 1, call.shape.name, paths))
        return _act(call, len(known), disturbance)

    def leave(self, call: Call, result: int) -> Act:
        os.kill(call.task, signal.SIGKILL)
        return Go()

    def _run_of(self, call: Call) -> str:
        """Tell by its path, or for a socket by its task, which run a call belongs to."""
        if call.shape.kind != "send":
            found = call.paths[0].removeprefix(f"{self.under}/").partition("/")[0]
            self.runs[call.task] = found
        return self.runs.get(call.task, "")


def _act(call: Call, number: int, disturbance: Disturbance) -> Act:
    here = number == disturbance.at
    if disturbance.how == "refused":
        later = disturbance.lasting and 0 < disturbance.at < number
        full = disturbance.error == errors.ENOSPC
        follows = later and (not full or syscalls._needs_space(call))
        return Refuse(disturbance.error) if here or follows else Go()
    if here and disturbance.how == "after":
        return Look()
    if here:
        # The harness would kill the whole batch; a dead task never makes the call it stopped at.
        os.kill(call.task, signal.SIGKILL)
    return Go()


# ---------------------------------------------------------------- side by side


@dataclass(frozen=True)
class Forks:
    """A loaded program that begins runs at once, as fast as it can."""

    process: subprocess.Popen[str]

    def begin(self, *runs: Run) -> list[int]:
        """Begin all of them at the same moment; tell their processes."""
        assert self.process.stdin
        self.process.stdin.write(f"{json.dumps([run.order for run in runs])}\n")
        self.process.stdin.flush()
        return self._told()

    def codes(self) -> list[int]:
        """Wait for what was begun; tell how each ended."""
        return self._told()

    def __call__(self, *runs: Run) -> list[int]:
        """Begin all of them at the same moment and wait for their codes."""
        self.begin(*runs)
        return self.codes()

    def _told(self) -> list[int]:
        assert self.process.stdout
        found: list[int] = json.loads(self.process.stdout.readline())
        return found


@contextmanager
def forks() -> Iterator[Forks]:
    """Load the program, and let it go at the end."""
    with subprocess.Popen(
        WARM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=CLEAN, cwd=ROOT
    ) as process:
        assert process.stdout
        process.stdout.readline()
        yield Forks(process)
        assert process.stdin
        process.stdin.close()
    assert process.returncode == 0
