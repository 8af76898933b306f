"""The translations that are kept as catalogues: what stands in their sources, and what of it is
compiled. The texts of those who speak are English where they arise, and are the keys here.

Run `python -m tests.catalogues` to compile them anew, after a translation has changed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from innocities_engine import wording

TRANSLATED: Final = [language for language in wording.LANGUAGES if language != wording.FALLBACK]
# The format wants a day; with today's the same texts would make another file each time.
MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)
# What stands in a text for something that has one name in every language.
NAMES: Final = re.compile(
    r"--[a-z][a-z-]+|`[^`]*`|[“”«](?:[^“”«»]*)[”»]|\b[A-Z]{3,}\b|\b[0-9]+\b|https?|\{\w+\}"
)


def folder(language: str) -> Path:
    return wording.CATALOGUES / language / "LC_MESSAGES"


def domains() -> list[str]:
    return sorted(path.stem for path in folder(TRANSLATED[0]).glob("*.po"))


def source(language: str, domain: str) -> Catalog:
    with (folder(language) / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=language)


def shipped(language: str, domain: str) -> Catalog:
    with (folder(language) / f"{domain}.mo").open("rb") as file:
        return read_mo(file)


def compiled(language: str, domain: str) -> bytes:
    made, catalogue = io.BytesIO(), source(language, domain)
    catalogue.creation_date = MADE
    write_mo(made, catalogue)
    return made.getvalue()


def pairs(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Each text with its translation, of a catalogue that counts nothing."""
    for message in catalogue:
        if message.id:
            yield str(message.id), str(message.string)


def names(text: str) -> list[str]:
    """What a translation has to name as well, whatever marks its language quotes with."""
    return sorted(name.strip("“”«»") for name in NAMES.findall(text))


if __name__ == "__main__":
    for each in TRANSLATED:
        for domain in domains():
            (folder(each) / f"{domain}.mo").write_bytes(compiled(each, domain))
