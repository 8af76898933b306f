"""Runs a command under ptrace, follows its threads and children, and asks a watcher what to do at
every write-class system call. Decides how to stop, kill and refuse; which call deserves what is
left to the watchers in ``syscalls`` and ``recording``.

Everything happens in a thread of its own: ptrace binds tracees to a thread, and waiting with
``__WNOTHREAD`` there can never swallow the end of some other child of the test process.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Protocol

from tests.harness import calls, proc

_CONTINUE, _TO_NEXT_SYSCALL, _GET_REGISTERS, _SET_REGISTERS, _SET_OPTIONS = 7, 24, 12, 13, 0x4200
_FOLLOW: Final = 0x01 | 0x02 | 0x04 | 0x08 | 0x10 | 0x80 | 0x100000
_AT_EXEC, _AT_SECCOMP = 4, 7
_SYSCALL_STOP: Final = signal.SIGTRAP | 0x80
_OWN_CHILDREN_ONLY: Final = 0x40000000 | 0x20000000
_LAUNCHER: Final = Path(__file__).with_name("launch.py")
_WORD: Final = 2**64


class TracingError(RuntimeError):
    """The command could not be traced, or did not end in time; nothing was proved."""


@dataclass(frozen=True)
class Command:
    """What to run, and under which directory its files count."""

    argv: tuple[str, ...]
    under: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    stdin: bytes = b""
    sockets: bool = False
    seconds: float = 60.0
    started: Callable[[int], None] | None = None


@dataclass(frozen=True)
class Call:
    """One system call of one task, at its entry; paths are absolute, links followed."""

    task: int
    shape: calls.Shape
    arguments: tuple[int, ...]
    paths: tuple[str, ...]

    @property
    def descriptor(self) -> int:
        """The open file it is about, where its shape has one."""
        assert self.shape.descriptor is not None
        return _signed(self.arguments[self.shape.descriptor])

    @property
    def flags(self) -> int:
        """Its flags, 0 where its shape has none."""
        return 0 if self.shape.flags is None else self.arguments[self.shape.flags]


@dataclass(frozen=True)
class Refuse:
    """Make the call fail with this error instead of happening."""

    error: int


@dataclass(frozen=True)
class Go:
    """Let the call happen."""


@dataclass(frozen=True)
class Look:
    """Let the call happen and stop again at its end."""


@dataclass(frozen=True)
class Kill:
    """Kill every task of the command here."""


Act = Go | Look | Kill | Refuse


class Watcher(Protocol):
    """Says what becomes of each call."""

    def enter(self, call: Call) -> Act:
        """Decide at the entry of a call."""

    def leave(self, call: Call, result: int) -> Act:
        """Decide at the end of a call that was to be looked at."""


@dataclass(frozen=True)
class Ending:
    """How the command ended and what it said."""

    returncode: int
    stdout: bytes
    stderr: bytes
    killed: bool


def trace(command: Command, make_watcher: Callable[[IO[bytes]], Watcher]) -> Ending:
    """Run the command to its end; the watcher is made with the file that takes its output."""
    if not (sys.platform == "linux" and os.uname().machine == "x86_64"):
        raise TracingError("system calls can be intercepted on Linux x86-64 only")
    with ThreadPoolExecutor(1, "tracer") as own_thread:
        return own_thread.submit(_trace, command, make_watcher).result()


def _trace(command: Command, make_watcher: Callable[[IO[bytes]], Watcher]) -> Ending:
    with (
        tempfile.TemporaryFile() as stdin,
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
    ):
        stdin.write(command.stdin)
        stdin.seek(0)
        root = _spawn(command, stdin, stdout, stderr)
        run = _Run(root, make_watcher(stdout))
        alarm = threading.Timer(command.seconds, run.give_up)
        alarm.start()
        try:
            if command.started is not None:
                command.started(root)
            run.follow()
        finally:
            alarm.cancel()
            alarm.join()
        said, complaints = _whole(stdout), _whole(stderr)
        if not run.launched or run.gave_up:
            reason = f"no end after {command.seconds} s" if run.launched else "did not start"
            raise TracingError(f"{command.argv}: {reason}: {complaints.decode(errors='replace')}")
        return Ending(run.returncode, said, complaints, run.killing)


def _spawn(command: Command, *files: IO[bytes]) -> int:
    steps = calls.kernel_filter(sockets=command.sockets).hex()
    launcher: Sequence[str] = (sys.executable, "-I", "-S", str(_LAUNCHER), steps)
    where = str(command.cwd or Path.cwd())
    return os.posix_spawn(
        sys.executable,
        [*launcher, where, *command.argv],
        dict(os.environ if command.env is None else command.env),
        file_actions=[(os.POSIX_SPAWN_DUP2, f.fileno(), n) for n, f in enumerate(files)],
        setsid=True,
    )


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


@dataclass
class _Run:
    """The tasks of one command while they live."""

    root: int
    watcher: Watcher
    tasks: set[int] = field(default_factory=set)
    looking: dict[int, Call] = field(default_factory=dict)
    launched: bool = False
    killing: bool = False
    gave_up: bool = False
    returncode: int = 0

    def follow(self) -> None:
        """Serve every stop until no task is left."""
        while True:
            try:
                task, status = os.waitpid(-1, _OWN_CHILDREN_ONLY)
            except ChildProcessError:
                return
            if os.WIFSTOPPED(status):
                try:
                    self._stopped(task, status)
                except BaseException:
                    self._kill()
                    raise
            else:
                self._ended(task, status)

    def give_up(self) -> None:
        """End a command that takes too long; called from the alarm's thread."""
        self.gave_up = True
        _kill_task(self.root)

    def _ended(self, task: int, status: int) -> None:
        self.tasks.discard(task)
        if task == self.root:
            self.returncode = os.waitstatus_to_exitcode(status)
            if self.gave_up:
                self._kill()

    def _stopped(self, task: int, status: int) -> None:
        signal_number, event = os.WSTOPSIG(status), status >> 16
        if self.killing:
            _kill_task(task)
        elif task not in self.tasks:
            self._meet(task)
        elif event == _AT_SECCOMP:
            self._entered(task)
        elif signal_number == _SYSCALL_STOP:
            self._left(task)
        elif event:
            self.launched = self.launched or event == _AT_EXEC
            _resume(task)
        else:
            _resume(task, signal_number=signal_number)

    def _meet(self, task: int) -> None:
        # The first stop of a task is the tracer's own SIGSTOP, which must not reach the program.
        self.tasks.add(task)
        if task == self.root:
            _ptrace(_SET_OPTIONS, task, _FOLLOW)
        _resume(task)

    def _entered(self, task: int) -> None:
        registers = _registers(task)
        call = _call(task, registers)
        act = Go() if call is None else self.watcher.enter(call)
        if isinstance(act, Refuse):
            registers.orig_rax, registers.rax = _WORD - 1, _WORD - act.error
            _ptrace(_SET_REGISTERS, task, ctypes.addressof(registers))
        if isinstance(act, Look) and call is not None:
            self.looking[task] = call
            _resume(task, _TO_NEXT_SYSCALL)
        else:
            self._on(task, act)

    def _left(self, task: int) -> None:
        call = self.looking.pop(task)
        self._on(task, self.watcher.leave(call, _signed(_registers(task).rax, 64)))

    def _on(self, task: int, act: Act) -> None:
        if isinstance(act, Kill):
            self._kill()
        else:
            _resume(task)

    def _kill(self) -> None:
        self.killing = True
        for task in self.tasks:
            _kill_task(task)


_REGISTERS: Final = """
    r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss
    fs_base gs_base ds es fs gs
"""


class _Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulong) for name in _REGISTERS.split()]
    rax: int
    orig_rax: int


_KERNEL: Final = ctypes.CDLL(None, use_errno=True)
_KERNEL.ptrace.restype = ctypes.c_long
_KERNEL.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def _ptrace(request: int, task: int, data: int = 0) -> None:
    if _KERNEL.ptrace(request, task, None, data) != 0:
        number = ctypes.get_errno()
        # A task may be gone between its stop and our answer: somebody killed it. Its end follows.
        if number != errno.ESRCH:
            raise TracingError(f"ptrace request {request:#x} failed: {os.strerror(number)}")


def _resume(task: int, how: int = _CONTINUE, signal_number: int = 0) -> None:
    _ptrace(how, task, signal_number)


def _kill_task(task: int) -> None:
    try:
        os.kill(task, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _registers(task: int) -> _Registers:
    registers = _Registers()
    _ptrace(_GET_REGISTERS, task, ctypes.addressof(registers))
    return registers


def _signed(value: int, bits: int = 32) -> int:
    value &= 2**bits - 1
    return value - 2**bits if value >> (bits - 1) else value


def _call(task: int, registers: _Registers) -> Call | None:
    shape = calls.SHAPES[registers.orig_rax]
    arguments = tuple(getattr(registers, name) for name in ("rdi", "rsi", "rdx", "r10", "r8", "r9"))
    try:
        return Call(task, shape, arguments, _paths(task, shape, arguments))
    except (FileNotFoundError, ProcessLookupError):
        return None  # a closed descriptor, or a task killed meanwhile: the call itself will fail


def _paths(task: int, shape: calls.Shape, arguments: tuple[int, ...]) -> tuple[str, ...]:
    if shape.descriptor is not None:
        return (proc.path_of(task, _signed(arguments[shape.descriptor])),)
    return tuple(_path(task, name, arguments) for name in shape.names)


def _path(task: int, name: calls.Named, arguments: tuple[int, ...]) -> str:
    directory = None if name.directory is None else _signed(arguments[name.directory])
    if directory == calls.AT_FDCWD:
        directory = None
    return proc.absolute(task, directory, proc.text(task, arguments[name.path]))
