"""Becomes the program, without what lets an administrator of the machine pass over the rights of
files. Arguments: the words of the command line.
"""

from __future__ import annotations

import ctypes
import os
import sys

DROP_FROM_BOUNDS, OVERRIDE, READ_SEARCH = 24, 1, 2


def main(*words: str) -> None:
    kernel = ctypes.CDLL(None, use_errno=True)
    for capability in (OVERRIDE, READ_SEARCH):
        if os.geteuid() == 0 and kernel.prctl(DROP_FROM_BOUNDS, capability, 0, 0, 0):
            sys.exit(f"rights cannot be given up here: {os.strerror(ctypes.get_errno())}")
    os.execv(sys.executable, [sys.executable, "-m", "cli", *words])


if __name__ == "__main__":
    main(*sys.argv[1:])
