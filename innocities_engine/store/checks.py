"""Decide which values about people and organisations are taken at all: the tables check little, and
what lists, letters and paths are made of must be what it says.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from zoneinfo import ZoneInfo

from innocities_engine import errors
from innocities_engine.domain.legible import says_nothing

LANGUAGES: Final = ("sv", "nb", "en")
COUNTRIES: Final = ("SE", "NO")
ID: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
)
LONGEST_ADDRESS: Final = 254
LONGEST_NAME: Final = 200
RESERVED: Final = ("system", "tmp")


class Invalid(errors.EngineError):
    """A value cannot be used as it is."""

    code = "invalid"


def identity(what: str, value: str) -> str:
    """Take the id of a `what`: a person, or an organisation."""
    if not ID.fullmatch(value) or value in RESERVED:
        raise Invalid(
            f"“{value}” cannot be the id of a {what}: use up to 63 of a–z, 0–9, “_”, “.” and “-”, "
            "beginning with a letter or a digit"
        ).named(f"id_{what}", given=value)
    return value


def name(what: str, value: str) -> str:
    """Take one line of text, in its composed form: a `what`, which is a name or a title."""
    composed = unicodedata.normalize("NFC", value).strip()
    if not composed or len(composed) > LONGEST_NAME:
        said = f"the {what} has between 1 and {LONGEST_NAME} characters"
        raise Invalid(said).named(f"{what}_length", most=LONGEST_NAME)
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in composed):
        said = f"the {what} holds a line break or a control character"
        raise Invalid(said).named(f"{what}_control")
    if says_nothing(composed):
        raise Invalid(f"nobody can read the {what}").named(f"{what}_unseen")
    return composed


def address(value: str) -> str:
    if value and (len(value) > LONGEST_ADDRESS or not ADDRESS.fullmatch(value)):
        raise Invalid(
            f"“{value}” is not one plain e-mail address, such as astrid@example.org"
        ).named("address", given=value)
    return value


def zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as fault:
        said = f"“{value}” is not a time zone, such as Europe/Oslo"
        raise Invalid(said).named("zone", given=value) from fault
    return value


def language(value: str) -> str:
    return _one_of("language", value, LANGUAGES)


def country(value: str) -> str:
    return _one_of("country", value, COUNTRIES)


def _one_of(what: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        listed = ", ".join(known)
        raise Invalid(f"“{value}” is not a {what} we know; use {listed}").named(
            what, given=value, known=listed
        )
    return value
