"""Decide which method a word means: one that is published here, or a file or one that ships."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from innocities_engine import errors
from innocities_engine.cli import names
from innocities_engine.cli.console import Console

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Methodology
    from innocities_engine.library import Library
    from innocities_engine.store.definitions import Published


def published(console: Console, name: str, version: str = "") -> tuple[Published, Methodology]:
    """A published method by its method and version; the newest where none is named."""
    method, _, wanted = name.partition("@")
    exactly = version or wanted
    known = console.office.published(console.home.id)
    found = [p for p in known if p.id == method and exactly in ("", p.version)]
    if not found:
        ids = sorted({p.id for p in known}) if all(p.id != method for p in known) else []
        shown = ids or [f"{p.id}@{p.version}" for p in known]
        raise names.unknown(console, "method", f"{method} {version or wanted}".strip(), shown)
    from innocities_engine.store.transactions import read

    newest = max(found, key=lambda p: order(p.version))
    with read(console.store) as connection:
        definition = console.engine.methods.get(connection, console.home.id, newest.digest)
    return newest, definition


def order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def source(console: Console, given: str) -> tuple[Path, Library]:
    """A file that defines a method, or one that ships, as ID or ID@VERSION."""
    from innocities_engine.library import Library

    path = Path(given)
    if path.suffix in (".yaml", ".yml") or path.exists():
        if not path.is_file():
            raise errors.NotFound(console.say("missing.file", given=given))
        return path, Library((path.resolve().parents[1], *Library().folders))
    library = Library()
    method, _, version = given.partition("@")
    known = sorted({name for name, _, _ in library.ids()})
    if method not in known:
        raise names.unknown(console, "method", method, known)
    return library.path(method, version or None), library
