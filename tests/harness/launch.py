"""Runs inside the child before the traced program: asks to be traced, installs the filter it is
given and becomes the program. A script of its own, so that the test process never has to fork.
Arguments: the filter in hex, the working directory, then the command.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PTRACE_TRACEME = 0
_SET_SECCOMP, _FILTER_MODE, _SET_NO_NEW_PRIVILEGES = 22, 2, 38


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def _must(what: str, result: int) -> None:
    if result != 0:
        sys.exit(f"{what}: {os.strerror(ctypes.get_errno())}")


def main(steps_in_hex: str, directory: str, *argv: str) -> None:
    """Become ``argv``, traced by whoever started this process."""
    kernel = ctypes.CDLL(None, use_errno=True)
    _must("ptrace is not permitted here", kernel.ptrace(_PTRACE_TRACEME, 0, None, None))
    os.kill(os.getpid(), signal.SIGSTOP)
    steps = bytes.fromhex(steps_in_hex)
    program = _Program(len(steps) // 8, steps)
    _must("no_new_privs is refused", kernel.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _must(
        "seccomp filters are not permitted here",
        kernel.prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0),
    )
    try:
        os.chdir(directory)
        os.execvp(argv[0], argv)
    except OSError as problem:
        sys.exit(f"cannot run {argv[0]!r} in {directory!r}: {problem}")


if __name__ == "__main__":
    main(*sys.argv[1:])
