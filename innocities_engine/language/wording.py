"""How durations, moments and quorums are written: the forms that the parser and the JSON Schema
share. What they mean is read by `moments` and `people`.
"""

from __future__ import annotations

import re
from typing import Final

from innocities_engine.domain.durations import MONTHS, Duration
from innocities_engine.domain.worded import Worded
from innocities_engine.language.shapes import ID

_ONE: Final = "(1 (statutory )?(day|week|month|year)|1 working (day|week))"
_N: Final = "(0|[2-9]|[1-9][0-9]{1,5})"
_MANY: Final = f"({_N} (statutory )?(days|weeks|months|years)|{_N} working (days|weeks))"
_LENGTH: Final = f"({_ONE}|{_MANY})"
_SPAN: Final = f"({_LENGTH}|{ID})"
_DAY: Final = f"[0-9]{{1,2}} ({'|'.join(MONTHS)})"
_ANCHOR: Final = f"(meeting of {ID}|{_DAY}|{ID}(/{ID})?)"

_COUNTED: Final = re.compile(r"([0-9]+ .+)")
_LEADING: Final = re.compile(r"(?:every )?([0-9]+ .+?) (?:before|after) ")
_SPOKEN: Final = re.compile(r"\b([0-9]+) ((?:working |statutory )?)(day|week|month|year)s?\b")

DURATION_TEXT: Final = f"^{_LENGTH}$"
MOMENT_TEXT: Final = (
    f"^({_SPAN} (before|after) {_ANCHOR}"
    f"|every {_SPAN} after {_ANCHOR}( at most [1-9][0-9]{{0,2}} times)?"
    f"|{_ANCHOR})$"
)
QUORUM_TEXT: Final = "^(one|all|majority|([1-9][0-9]?|100) percent)$"
QUIET_TEXT: Final = rf"^{_DAY}\.\.{_DAY}$"
PATH_TEXT: Final = f"^{ID}(/{ID}){{0,19}}$"


def in_number(text: str) -> str:
    """The text with each unit of time in the number that stands before it: 1 week, 2 weeks."""
    return _SPOKEN.sub(lambda m: f"{m[1]} {m[2]}{m[3]}{'' if m[1] == '1' else 's'}", text)


def wrong_length(regex: str, text: str) -> Worded | None:
    """What is wrong with the length of time in a duration or a moment, if there is one."""
    lengths = {DURATION_TEXT: _COUNTED, MOMENT_TEXT: _LEADING}
    found = lengths[regex].match(text) if regex in lengths else None
    if found is not None:
        try:
            Duration.parse(found[1])
        except ValueError as error:
            why = error.args[0]
            return why if str(why).endswith("?") else Worded("{fault}.", fault=why)
    return None
