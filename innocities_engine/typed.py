"""Decide how what somebody typed becomes a value, whichever face they typed it into: texts, answers
to facts in the words of three languages, addresses, names of files. What cannot be used is told by
the name of a sentence and what is put in; whether a value is allowed is left to the engine.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from innocities_engine.domain import values
from innocities_engine.domain.legible import says_nothing
from innocities_engine.domain.project import Content

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Fact

YES: Final = frozenset(("yes", "y", "true", "ja", "j"))
NO: Final = frozenset(("no", "n", "false", "nei", "nej"))
UNITS: Final = {
    "dag": "day", "dagar": "days", "dager": "days",
    "vecka": "week", "veckor": "weeks", "uke": "week", "uker": "weeks",
    "månad": "month", "månader": "months", "måned": "month", "måneder": "months",
    "år": "years",
}  # fmt: skip
_MONEY: Final = re.compile(r"(?:kr|sek|nok|eur|%)\.?$", re.IGNORECASE)
_GROUPED: Final = re.compile(r"(?<=\d)[\s\u00a0\u202f](?=\d)")
_ADDRESS: Final = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
LONGEST_ADDRESS: Final = 2_000
LONGEST_PROSE: Final = 10_000
LONGEST_FILE_NAME: Final = 120


class Unusable(ValueError):
    """What was typed cannot be used. `text` names the sentence that says why."""

    def __init__(self, text: str, **put_in: object) -> None:
        super().__init__(text)
        self.text, self.put_in = text, put_in


def prose(given: str) -> str:
    """Text of one or several lines, and no other control characters."""
    plain = unicodedata.normalize("NFC", given).strip().replace("\r\n", "\n")
    if len(plain) > LONGEST_PROSE:
        raise Unusable("long", most=LONGEST_PROSE)
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in plain):
        raise Unusable("control")
    if plain and says_nothing(plain):
        raise Unusable("unseen")
    return plain


def link(address: str) -> Content:
    """Where a paper is, instead of the paper."""
    hidden = any(not c.isprintable() or c.isspace() for c in address)
    if hidden or not _ADDRESS.match(address) or len(address) > LONGEST_ADDRESS:
        raise Unusable("link", given=address)
    return Content(hashlib.sha256(address.encode()).hexdigest(), kind="link", address=address)


def form(answers: Mapping[str, bool | str]) -> Content:
    """Nothing but the answers of a form."""
    written = json.dumps(dict(answers), sort_keys=True, ensure_ascii=False)
    return Content(hashlib.sha256(written.encode()).hexdigest(), kind="form")


def file_name(given: str) -> str:
    """The name somebody gave a file, without where it stood and what would not show."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    shown = "".join(c for c in last if c.isprintable()).strip()
    stem, dot, kind = shown.rpartition(".")
    room = LONGEST_FILE_NAME - len(dot + kind)
    return f"{stem[:room]}{dot}{kind}" if stem and room > 0 else shown[:LONGEST_FILE_NAME]


def fact_value(fact: Fact, given: str) -> bool | str:
    """A value in the fact's own form; what does not fit is told by the fact's type."""
    try:
        return values.canonical(fact, _raw(fact, given))
    except (ValueError, ArithmeticError) as fault:
        if isinstance(fault, Unusable):
            raise
        raise Unusable("value", given=given, fact=fact.id) from fault


def _raw(fact: Fact, given: str) -> bool | str:
    match fact.type.value:
        case "yes_no":
            return _yes_or_no(given)
        case "number" | "percent" | "money":
            bare = _MONEY.sub("", given.strip()).rstrip()
            return _GROUPED.sub("", bare).replace(",", ".")
        case "duration":
            return " ".join(UNITS.get(word, word) for word in given.casefold().split())
        case "choice" | "choices":
            parts = [part.strip() for part in given.split(",")]
            return ", ".join(_nearest_choice(fact, part) for part in parts)
        case "text":
            return prose(given)
    return given


def _yes_or_no(given: str) -> bool:
    word = given.casefold()
    if word not in YES | NO:
        raise ValueError(given)
    return word in YES


def _nearest_choice(fact: Fact, given: str) -> str:
    """A choice is a word of the method: letters may be large or small."""
    return next((c for c in fact.choices if c.casefold() == given.casefold()), given)
