"""Makes every write-class call it can reach from Python, then flushes all that is left.

Usage: everything.py FOLDER
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path


def write_in_all_ways(folder: Path) -> None:
    """Write, at the position, at an offset, from pieces, from another file, at the end."""
    with (folder / "a").open("wb", buffering=0) as file:
        file.write(b"first")
        os.pwrite(file.fileno(), b"third", 10_000)
        os.writev(file.fileno(), [b"one", b"two"])
        os.pwritev(file.fileno(), [b"x", b"y"], 3)
        os.posix_fallocate(file.fileno(), 0, 12_000)
        os.ftruncate(file.fileno(), 11_000)
    with (folder / "a").open("rb") as source, (folder / "b").open("wb", buffering=0) as target:
        target.write(b"start")
        os.copy_file_range(source.fileno(), target.fileno(), 700)
        os.sendfile(target.fileno(), source.fileno(), 0, 9000)
    with (folder / "b").open("ab", buffering=0) as target:
        target.write(b"at the end")
    os.truncate(folder / "b", 5000)
    (folder / "a").open("r+b").close()
    (folder / "emptied").write_bytes(b"long gone")
    (folder / "emptied").write_bytes(b"new")


def name_in_all_ways(folder: Path) -> None:
    """Make, link, move, replace, move across folders and remove."""
    (folder / "sub" / "deep").mkdir(parents=True)
    os.link(folder / "a", folder / "sub" / "a2")
    (folder / "pointer").symlink_to("a")
    (folder / "b").rename(folder / "c")
    (folder / "emptied").replace(folder / "c2")
    (folder / "c2").replace(folder / "sub" / "c2")
    (folder / "sub" / "deep").rename(folder / "moved")
    (folder / "gone").write_bytes(b"")
    (folder / "gone").unlink()
    (folder / "gone too").mkdir()
    (folder / "gone too").rmdir()
    held = os.open(folder / "held", os.O_CREAT | os.O_RDWR)
    (folder / "held").unlink()
    (folder / "again").write_bytes(b"may have the number of the one before")
    os.write(held, b"nobody will see this")
    os.close(held)


def others_write_too(folder: Path) -> None:
    """Write from a thread and from a child."""
    thread = threading.Thread(target=(folder / "by thread").write_bytes, args=(b"thread",))
    thread.start()
    thread.join()
    script = "import sys; open(sys.argv[1], 'w').write('child')"
    subprocess.run([sys.executable, "-c", script, folder / "by child"], check=True)


def flush_all(folder: Path) -> None:
    """Order every file and folder to disk."""
    for place, _folders, files in os.walk(folder):
        for name in [".", *files]:
            descriptor = os.open(os.path.join(place, name), os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)


def main(folder: str) -> None:
    """Do everything, in order."""
    os.chdir(folder)
    write_in_all_ways(Path())
    name_in_all_ways(Path(folder))
    others_write_too(Path(folder))
    print("everything written", flush=True)
    flush_all(Path(folder))
    print("everything flushed", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
