"""What the kernel tells about a stopped task: its memory, its descriptors, the paths it means.
Only reads; knows nothing of system calls or of tracing.
"""

from __future__ import annotations

import os

_LONGEST_PATH = 4096
_REMOVED = " (deleted)"


def memory(task: int, address: int, size: int) -> bytes:
    """Read up to ``size`` bytes of the task's memory; fewer where its mapping ends."""
    with open(f"/proc/{task}/mem", "rb", buffering=0) as file:
        return os.pread(file.fileno(), size, address)


def text(task: int, address: int) -> str:
    """Read the path that stands at ``address``."""
    return os.fsdecode(memory(task, address, _LONGEST_PATH).split(b"\0", 1)[0])


def descriptor(task: int, number: int) -> str:
    """Give the path under which the kernel knows an open descriptor, with links followed."""
    return f"/proc/{task}/fd/{number}"


def path_of(task: int, number: int) -> str:
    """Give the path of an open file, also of one that was unlinked meanwhile."""
    return os.readlink(descriptor(task, number)).removesuffix(_REMOVED)


def position(task: int, number: int) -> int:
    """Give the file position of an open descriptor."""
    with open(f"/proc/{task}/fdinfo/{number}", encoding="ascii") as lines:
        return int(next(lines).split()[1])


def contents(task: int, number: int, offset: int, size: int) -> bytes:
    """Read back from the file behind a descriptor, whatever mode the task opened it with."""
    with open(descriptor(task, number), "rb", buffering=0) as file:
        return os.pread(file.fileno(), size, offset)


def absolute(task: int, directory: int | None, path: str) -> str:
    """Resolve what a task means by ``path``: its folder followed through links, its name not."""
    if not path.startswith("/"):
        base = f"/proc/{task}/cwd" if directory is None else descriptor(task, directory)
        path = f"{os.readlink(base)}/{path}"
    folder, name = os.path.split(path.rstrip("/"))
    return os.path.join(os.path.realpath(folder), name)
