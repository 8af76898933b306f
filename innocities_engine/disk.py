"""How bytes and names get onto the disk for good: flushed, not only written, so that they survive
a power cut. Which of them have to is left to those who write.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write(path: Path, content: bytes, *, mode: int = 0o644, partial: Path | None = None) -> None:
    """Put a whole file in its place: until it is there the old one, or none, is.

    `partial`: where it is written first, on the same disk; beside it by default.
    """
    # Of its own, otherwise two processes at once would take each other's away.
    partial = partial or path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.touch(mode=mode)
        partial.chmod(mode)
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        with suppress(OSError):  # whoever could not write is told of that, and of nothing else
            partial.unlink()
        raise
    flush(path.parent)


def flush(path: Path) -> None:
    """Flush a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make(folder: Path, above: Path) -> None:
    """Make a folder below `above`, and flush every folder on the way that has a name in it.

    Also where it was there: whoever made it may have been killed before that.
    """
    folder.mkdir(parents=True, exist_ok=True)
    while folder != above:
        folder = folder.parent
        flush(folder)
