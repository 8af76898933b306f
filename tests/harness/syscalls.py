"""Kill a command, or make it fail, at any write-class system call it makes under a directory.
Works below the program, on system calls, so no library can hide a write from it. Decides which
calls count and in what order; what must hold afterwards is the business of the tests.

A call counts when it changes, or orders to disk, a file, name or folder under the directory: an
``open`` only when it makes or empties a file; sends on sockets only when ``sockets=True``.
"""

from __future__ import annotations

import errno as errors
import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict, Unpack

from tests.harness import calls
from tests.harness.tracer import Act, Call, Command, Ending, Go, Kill, Look, Refuse, Watcher, trace


class How(TypedDict, total=False):
    """The rest of what a run may be told; see ``tracer.Command``."""

    env: Mapping[str, str]
    cwd: Path
    stdin: bytes
    sockets: bool
    seconds: float
    started: Callable[[int], None]


@dataclass(frozen=True)
class Point:
    """One write-class call: its number in the run, from 1, and what it is about."""

    index: int
    call: str
    paths: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.index} {self.call} {' -> '.join(self.paths)}"


@dataclass(frozen=True)
class Outcome:
    """How a run ended. ``at`` is the point it was killed or refused at, if it came so far."""

    returncode: int
    stdout: str
    stderr: str
    killed: bool
    at: Point | None

    @property
    def acknowledged(self) -> bool:
        """Whether the command said by its exit code that its work is done."""
        return self.returncode == 0


def points(argv: Sequence[str], under: Path, **how: Unpack[How]) -> list[Point]:
    """Run the command undisturbed and list every point it could be killed at."""
    counter, outcome = _run(argv, under, how, lambda call, point: Go())
    if not outcome.acknowledged:
        raise AssertionError(f"the undisturbed run failed: {outcome}")
    return counter.points


def run_killed(
    argv: Sequence[str],
    under: Path,
    at: int,
    when: Literal["before", "after"] = "before",
    **how: Unpack[How],
) -> Outcome:
    """Run the command and kill -9 all of it just before, or just after, its ``at``-th point."""
    there: Act = Kill() if when == "before" else Look()
    return _run(argv, under, how, lambda call, point: there if point.index == at else Go())[1]


def run_failing(
    argv: Sequence[str],
    under: Path,
    at: int,
    errno: int = errors.ENOSPC,
    *,
    lasting: bool = False,
    **how: Unpack[How],
) -> Outcome:
    """Run the command with its ``at``-th point refused; lasting: and whatever would follow suit.

    A lastingly full disk still allows removing, shortening and flushing; a lastingly broken one
    allows nothing.
    """

    def refuse(call: Call, point: Point) -> Act:
        follows = lasting and point.index > at and (errno != errors.ENOSPC or _needs_space(call))
        return Refuse(errno) if point.index == at or follows else Go()

    return _run(argv, under, how, refuse)[1]


def sampled(count: int, wanted: int, seed: int) -> list[int]:
    """Choose ``wanted`` of the points 1..count: the first, the last, and chance between them."""
    if wanted >= count:
        return list(range(1, count + 1))
    between = random.Random(seed).sample(range(2, count), max(wanted - 2, 0))
    return sorted({1, count, *between})


def concerns(call: Call, under: str, *, sockets: bool) -> bool:
    """Tell whether a call counts under ``under``, which must be a resolved path."""
    if call.shape.kind == "send":
        return sockets
    inside = any(path == under or path.startswith(f"{under}/") for path in call.paths)
    return inside and (call.shape.kind != "open" or makes(call) or empties(call))


def makes(call: Call) -> bool:
    """Tell whether an ``open`` makes a file."""
    wants = call.shape.flags is None or bool(call.flags & (calls.O_CREAT | calls.O_TMPFILE))
    return wants and (bool(call.flags & calls.O_TMPFILE) or not os.path.exists(call.paths[0]))


def empties(call: Call) -> bool:
    """Tell whether an ``open`` cuts off what a file holds."""
    wants = call.shape.name == "creat" or bool(call.flags & calls.O_TRUNC)
    return wants and os.path.exists(call.paths[0])


def command(argv: Sequence[str], under: Path, how: How) -> Command:
    """Put a run into the words of the tracer."""
    return Command(tuple(argv), under.resolve(strict=True), **how)


def outcome(ending: Ending, at: Point | None = None) -> Outcome:
    """Put the ending of a run into words."""
    stdout, stderr = (text.decode(errors="replace") for text in (ending.stdout, ending.stderr))
    return Outcome(ending.returncode, stdout, stderr, ending.killed, at)


@dataclass
class _Counter:
    """Numbers the points and asks ``decide`` at each; a looked-at call is killed at its end."""

    under: str
    sockets: bool
    decide: Callable[[Call, Point], Act]
    points: list[Point] = field(default_factory=list)
    disturbed: Point | None = None

    def enter(self, call: Call) -> Act:
        if not concerns(call, self.under, sockets=self.sockets):
            return Go()
        point = Point(len(self.points) + 1, call.shape.name, relative(call, self.under))
        self.points.append(point)
        act = self.decide(call, point)
        if not isinstance(act, Go) and self.disturbed is None:
            self.disturbed = point
        return act

    def leave(self, call: Call, result: int) -> Act:
        return Kill()


def relative(call: Call, under: str) -> tuple[str, ...]:
    """Give the paths of a call as seen from the directory."""
    return tuple(path.removeprefix(under).removeprefix("/") for path in call.paths)


def _needs_space(call: Call) -> bool:
    if call.shape.name in ("truncate", "ftruncate"):
        grows_to = call.arguments[1]
        return grows_to > os.stat(call.paths[0]).st_size
    return call.shape.name in calls.NEEDS_SPACE


def _run(
    argv: Sequence[str], under: Path, how: How, decide: Callable[[Call, Point], Act]
) -> tuple[_Counter, Outcome]:
    asked = command(argv, under, how)
    counter = _Counter(str(asked.under), asked.sockets, decide)
    watcher: Watcher = counter
    ending = trace(asked, lambda stdout: watcher)
    return counter, outcome(ending, counter.disturbed)
