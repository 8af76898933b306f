"""Decide how what the program has to say becomes text in Swedish, Norwegian bokmål or English: one
catalogue a language, the same texts in each, with values put in as one visible line. What is said
when is left to those who speak.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final
from unicodedata import category

LANGUAGES: Final = ("sv", "nb", "en")
FALLBACK: Final = "en"
# What is English where it arises, by its English text.
CATALOGUES: Final = Path(__file__).with_name("catalogues")
# Who asks for Norwegian, or for nynorsk, is closer to bokmål than to English.
_CLOSE_TO: Final = {"no": "nb", "nn": "nb", "da": "nb"}
_HARMLESS: Final = frozenset("\u00ad\u200c\u200d")  # they shape words and emoji
_HIDDEN: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_APART: Final = re.compile(r"\W+")
_TWO_ENDS: Final = re.compile(r"((?<!\.)\.|[?!…])\.(?=\s|$)")
_PICTURES: Final = 0x2400
_DELETE: Final = 0x7F


def spoken(language: str) -> str:
    """Find the language we speak that is closest to the one asked for."""
    asked = language.replace("_", "-").partition("-")[0].partition(".")[0].lower()
    asked = _CLOSE_TO.get(asked, asked)
    return asked if asked in LANGUAGES else FALLBACK


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Read every text of a language, by its path ("blocker.role_empty")."""
    import tomllib

    source = Path(__file__).with_name(f"{language}.toml")
    found = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        f"{section}.{name}": " ".join(text.split())
        for section, texts in found.items()
        for name, text in texts.items()
    }


def say(language: str, text: str, /, **values: object) -> str:
    """Say one text of the catalogue, its own for one thing where it has one; what is put in stays
    one line and does nothing.
    """
    texts = catalogue(language)
    chosen = texts.get(f"{text}_one") if values.get("n") == 1 else None
    plain = {name: visible(str(value)) for name, value in values.items()}
    return _ended_once((chosen or texts[text]).format_map(plain))


def _ended_once(text: str) -> str:
    """What is put in may end a sentence already; then it does not end twice."""
    return _TWO_ENDS.sub(r"\1", text)


def because(language: str, reason: str) -> str:
    """Say why something did not happen, where the reason is one of ours and not a server's."""
    return ours(language, "because", reason)


def ours(language: str, section: str, said: str) -> str:
    """Say in a language what the program says in its own words; others' words stay as they are."""
    name = f"{section}.{_APART.sub('_', said)}"
    return say(language, name) if knows(name) else visible(said)


def knows(text: str) -> bool:
    """Tell whether there is such a text."""
    return text in catalogue(FALLBACK)


def visible(text: str) -> str:
    """Make characters that would act on a terminal, or hide, show instead."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if category(character) not in _HIDDEN or character in _HARMLESS:
        return character
    code = ord(character)
    if code < ord(" "):
        return chr(_PICTURES + code)
    return "\u2421" if code == _DELETE else f"<U+{code:04X}>"


def escaped(written: str) -> str:
    """Escape in JSON what would act on a terminal, or hide."""
    if written.isascii():
        return written
    return "".join(c if c == "\n" or _shown(c) == c else json.dumps(c)[1:-1] for c in written)


def day(language: str, when: date) -> str:
    """Write a day with its weekday and year."""
    weekday = catalogue(language)["days.weekdays"].split()[when.weekday()]
    return f"{weekday} {short_day(language, when)}"


def short_day(language: str, when: date) -> str:
    """Write a day with its year."""
    month = catalogue(language)["days.months"].split()[when.month - 1]
    return say(language, "days.date", day=when.day, month=month, year=when.year)


def clock(language: str, when: datetime) -> str:
    """Write an instant as it is read where its zone is."""
    return f"{short_day(language, when.date())} {when:%H:%M}"


def listed(language: str, names: Iterable[str], word: str = "and") -> str:
    """Write names one after the other."""
    *most, last = list(names) or [""]
    if not most:
        return last
    return f"{', '.join(most)} {catalogue(language)[f'words.{word}']} {last}"
