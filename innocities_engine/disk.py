"""How bytes and names get onto the disk for good: flushed, not only written, so that they survive
a power cut; and what is the matter where the system does not let us. Which of them have to is left
to those who write.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from innocities_engine import errors


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


# ---------------------------------------------------------------- what is the matter


def trouble(fault: OSError) -> errors.EngineError:
    """What the system says, in our own kinds."""
    path = Path(os.fsdecode(fault.filename)) if fault.filename else None
    if path is not None and fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return no_access(path) or _not_ours(path)
    if path is not None and fault.errno in (errno.ENOENT, errno.ENOTDIR):
        above = (each for each in reversed(path.parents) if not os.access(each, os.F_OK))
        return errors.NotFound(str(fault)).named("no_path", path=next(above, path))
    name = "disk_full" if fault.errno in (errno.ENOSPC, errno.EDQUOT) else "disk"
    return errors.Unavailable(str(fault)).named(name)


def no_access(path: Path) -> errors.NoAccess | None:
    """What of a file somebody may not do who has to read and write there, and where."""
    path = path.absolute()
    folders = list(reversed(path.parents))
    for folder in folders:
        if not os.access(folder, os.F_OK):
            return _without("write", folder.parent)
        if not os.access(folder, os.X_OK):
            return _without("enter", folder)
    if os.access(path, os.F_OK):
        for right, wanted in (("read", os.R_OK), ("write", os.W_OK)):
            if not os.access(path, wanted):
                return _without(right, path)
    return None if os.access(path.parent, os.W_OK) else _without("write", path.parent)


def _without(right: str, path: Path) -> errors.NoAccess:
    if right == "write" and os.statvfs(path).f_flag & os.ST_RDONLY:
        right = "disk"
    said = f"there is no right to {right}: {path}"
    return errors.NoAccess(said).named(f"no_access_{right}", path=path)


def _not_ours(path: Path) -> errors.NoAccess:
    """Only the owner of a file may do some things with it, whatever rights others have."""
    return errors.NoAccess(f"not ours: {path}").named("no_access_owner", path=path)
