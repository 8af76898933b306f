"""Decide how what is wrong with a definition is told in the language of a reader. The English text
knows what it was made of; its template is the key of a catalogue, as with the help of commands.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from gettext import NullTranslations, translation
from typing import Final

from innocities_engine import wording
from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import Fault

DOMAIN: Final = "faults"


def told(language: str, fault: Fault) -> str:
    """The fault in one line: where it is, what it is, and what to do about it."""
    severity = wording.say(language, f"verify.{fault.severity}")
    return str(replace(translated(language, fault), severity=severity))


def translated(language: str, fault: Fault) -> Fault:
    """The fault with its texts in a language; places, names and its code are as they were."""
    message, hint = (sentence(language, said) for said in (fault.message, fault.hint))
    return replace(fault, message=message, hint=hint)


def sentence(language: str, said: Worded) -> Worded:
    """One text, and all that was put into it, in a language; none stays none."""
    values = {
        name: sentence(language, value) if isinstance(value, Worded) else value
        for name, value in said.values.items()
    }
    return Worded(_catalogue(language).gettext(said.template), **values) if said else said


@cache
def _catalogue(language: str) -> NullTranslations:
    return translation(DOMAIN, wording.CATALOGUES, [language], fallback=True)
