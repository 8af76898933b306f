"""Decide which method a word means: one that is published here, or a file or one that ships."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


def calendars(console: Console) -> list[str]:
    """The calendars by which a body of a method that is published here meets."""
    from innocities_engine.store.transactions import read

    found: set[str] = set()
    with read(console.store) as connection:
        for each in console.office.published(console.home.id):
            method = console.engine.methods.get(connection, console.home.id, each.digest)
            found |= {role.meets for role in method.roles.values() if role.meets}
    return sorted(found - {"on_request"})


def definition(console: Console, given: str, version: str = "") -> Methodology:
    """A method to look at: one that is published here, else a file or one that ships."""
    here = _here(console, given, version)
    if here is None:
        from innocities_engine import library

        path, shelf = source(console, given, version)
        return library.load(path, library=shelf)
    from innocities_engine.store.transactions import read

    with read(console.store) as connection:
        return console.engine.methods.get(connection, console.home.id, here.digest)


def resolved(console: Console, given: str, version: str = "") -> dict[str, Any]:
    """The resolved form of such a method."""
    here = _here(console, given, version)
    if here is None:
        from innocities_engine import library

        path, shelf = source(console, given, version)
        return library.resolved(path, library=shelf)
    from innocities_engine.store import definitions
    from innocities_engine.store.transactions import read

    with read(console.store) as connection:
        content = definitions.content(connection, console.home.id, here.digest)
    found: dict[str, Any] = json.loads(content)
    return found


def _here(console: Console, given: str, version: str) -> Published | None:
    """What is published here under this id, if we are in a workspace at all; the newest of it."""
    method, _, named = given.partition("@")
    wanted = version or named
    found = [p for p in _known(console) if p.id == method and wanted in ("", p.version)]
    return max(found, key=lambda p: order(p.version), default=None)


def _known(console: Console) -> list[Published]:
    try:
        assert console.settings
    except errors.NotFound:
        return []
    return console.office.published(console.home.id)


def order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def source(console: Console, given: str, version: str = "") -> tuple[Path, Library]:
    """A file that defines a method, or one that ships, as ID or ID@VERSION."""
    from innocities_engine.library import Library, beside

    path = Path(given)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        if not path.is_file():
            raise errors.NotFound(console.say("missing.file", given=given))
        return path, Library((beside(path), *Library().folders))
    library = Library()
    method, _, named = given.partition("@")
    wanted = version or named
    shipped = [(name, each) for name, each, _ in library.ids()]
    if path.is_dir() and method not in dict(shipped):
        file = next(iter(sorted(path.rglob("*.yaml"))), path / "1.0.0.yaml")
        raise errors.NotFound(console.say("missing.is_folder", given=given, file=file))
    if (method, wanted) in shipped or (not wanted and method in dict(shipped)):
        return library.path(method, wanted or None), library
    published = [(p.id, p.version) for p in _known(console)]
    known = sorted({*shipped, *published})
    if method in dict(known):
        versions = [each for name, each in known if name == method]
        raise names.unknown(console, "version", wanted, versions)
    raise names.unknown(console, "method", method, list(dict(known)))
