"""Decide what nobody could read: a text whose every character is a blank, or none that is drawn;
and what says nothing although it can be read, since there is no letter in it.
Which characters may stand in a text at all is left to those who take it in.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_DRAWN: Final = frozenset("LNPS")  # letters, numbers, punctuation, symbols
# Letters and a symbol by their kind, and blanks to the eye.
_DRAWN_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def says_nothing(text: str) -> bool:
    """Tell whether a text shows nothing to whoever reads it."""
    return not any(map(_is_seen, text))


def gives_no_reason(text: str) -> bool:
    """Tell whether a text can be no reason: words have letters."""
    return not any(character.isalpha() for character in text if _is_seen(character))


def _is_seen(character: str) -> bool:
    return character not in _DRAWN_BLANK and unicodedata.category(character)[0] in _DRAWN
