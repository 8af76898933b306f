"""Decide how an answer is written into a file: whole or not at all, and never over another one
unless that was asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from innocities_engine import disk, errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innocities_engine.cli.console import Console

SHARED: Final = 0o644
FILE: Final = click.Path(dir_okay=False)


def write(
    console: Console, contents: Mapping[str, bytes], *, force: bool, mode: int = 0o600,
    making: bool = False, read: Sequence[str] = (),
) -> None:  # fmt: skip
    """Write files, `making` the folders that they need; none, if one of them is there already.

    What was `read` for it is not written over, not even by force.

    `mode`: what is about methods alone may be read by everybody, what is about people may not.
    """
    for file in contents:
        there = Path(file).exists()
        if there and any(Path(each).is_file() and Path(each).samefile(file) for each in read):
            raise errors.Conflict(message=console.say("usage.own_source", given=file))
        if there and not force:
            raise errors.Conflict(message=console.say("usage.force", given=file))
    for file in contents:
        folder = Path(file).parent
        if making:
            folder.mkdir(parents=True, exist_ok=True)
        if not folder.is_dir():
            raise errors.NotFound(console.say("missing.folder", given=str(folder)))
    for file, content in contents.items():
        disk.write(Path(file), content, mode=mode)
