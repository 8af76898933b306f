"""The write-class system calls of Linux x86-64: which there are, what they touch, and how to tell
the kernel to stop at these and no others. Decides nothing about what happens at a stop; that is
left to ``tracer`` and its watchers. Calls that only read never stop and so cost nothing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["write", "resize", "open", "name", "sync", "send"]

O_CREAT: Final = 0o100
O_TRUNC: Final = 0o1000
O_TMPFILE: Final = 0o20000000
OPENS_FOR_CHANGE: Final = O_CREAT | O_TRUNC | O_TMPFILE
AT_FDCWD: Final = -100


@dataclass(frozen=True)
class Named:
    """A path among the arguments, and the directory descriptor it is relative to, if it has one."""

    path: int
    directory: int | None = None


@dataclass(frozen=True)
class Shape:
    """What one system call does and which of its arguments say to what."""

    name: str
    kind: Kind
    descriptor: int | None = None
    names: tuple[Named, ...] = ()
    offset: int | None = None
    flags: int | None = None


SHAPES: Final[dict[int, Shape]] = {
    1: Shape("write", "write", descriptor=0),
    18: Shape("pwrite64", "write", descriptor=0, offset=3),
    20: Shape("writev", "write", descriptor=0),
    296: Shape("pwritev", "write", descriptor=0, offset=3),
    328: Shape("pwritev2", "write", descriptor=0, offset=3),
    40: Shape("sendfile", "write", descriptor=0),
    275: Shape("splice", "write", descriptor=2),
    326: Shape("copy_file_range", "write", descriptor=2),
    76: Shape("truncate", "resize", names=(Named(0),)),
    77: Shape("ftruncate", "resize", descriptor=0),
    285: Shape("fallocate", "resize", descriptor=0, flags=1),
    2: Shape("open", "open", names=(Named(0),), flags=1),
    257: Shape("openat", "open", names=(Named(1, 0),), flags=2),
    437: Shape("openat2", "open", names=(Named(1, 0),)),
    85: Shape("creat", "open", names=(Named(0),)),
    82: Shape("rename", "name", names=(Named(0), Named(1))),
    264: Shape("renameat", "name", names=(Named(1, 0), Named(3, 2))),
    316: Shape("renameat2", "name", names=(Named(1, 0), Named(3, 2)), flags=4),
    86: Shape("link", "name", names=(Named(0), Named(1))),
    265: Shape("linkat", "name", names=(Named(1, 0), Named(3, 2)), flags=4),
    88: Shape("symlink", "name", names=(Named(1),)),
    266: Shape("symlinkat", "name", names=(Named(2, 1),)),
    83: Shape("mkdir", "name", names=(Named(0),)),
    258: Shape("mkdirat", "name", names=(Named(1, 0),)),
    84: Shape("rmdir", "name", names=(Named(0),)),
    87: Shape("unlink", "name", names=(Named(0),)),
    263: Shape("unlinkat", "name", names=(Named(1, 0),), flags=2),
    74: Shape("fsync", "sync", descriptor=0),
    75: Shape("fdatasync", "sync", descriptor=0),
    44: Shape("sendto", "send", descriptor=0),
    46: Shape("sendmsg", "send", descriptor=0),
}

NEEDS_SPACE: Final = frozenset(
    {"write", "pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "splice", "copy_file_range"}
    | {"fallocate", "open", "openat", "openat2", "creat", "mkdir", "mkdirat"}
    | {"rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"}
)

_LOAD_WORD: Final = 0x20
_JUMP_EQUAL: Final = 0x15
_JUMP_ANY_BIT: Final = 0x45
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_TRACE: Final = 0x7FF00000
_ARCHITECTURE_X86_64: Final = 0xC000003E
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)


def _stop_at(number: int, shape: Shape) -> bytes:
    stop = _step(_RETURN, _TRACE)
    if shape.kind != "open" or shape.flags is None:
        return _step(_JUMP_EQUAL, number, 0, 1) + stop
    only_for_change = (
        _step(_LOAD_WORD, _ARGUMENTS_AT + 8 * shape.flags)
        + _step(_JUMP_ANY_BIT, OPENS_FOR_CHANGE, 0, 1)
        + stop
        + _step(_RETURN, _ALLOW)
    )
    return _step(_JUMP_EQUAL, number, 0, len(only_for_change) // 8) + only_for_change


def kernel_filter(*, sockets: bool) -> bytes:
    """Build the seccomp program that stops the tracee at write-class calls only."""
    return b"".join(
        [
            _step(_LOAD_WORD, _ARCHITECTURE_AT),
            _step(_JUMP_EQUAL, _ARCHITECTURE_X86_64, 1, 0),
            _step(_RETURN, _ALLOW),
            _step(_LOAD_WORD, _NUMBER_AT),
            *(_stop_at(n, s) for n, s in SHAPES.items() if sockets or s.kind != "send"),
            _step(_RETURN, _ALLOW),
        ]
    )
