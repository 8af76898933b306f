"""Warnings that an author switches off by name, with a reason, in a comment of the file:

    # allow no-template: our own templates are kept elsewhere

On a line of its own it holds for the whole file, after something for that line. Errors cannot be
switched off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import Fault

ALLOW: Final = "# allow "
_COMMENT: Final = re.compile(r"(?:^|\s)# allow ([a-z][a-z-]*)(?::\s*(.*?))?\s*$")
NO_REASON, NOTHING = "allow-without-reason", "allows-nothing"


@dataclass(frozen=True, slots=True)
class Allowance:
    """`whole`: it stands alone on its line."""

    file: str
    line: int
    column: int
    rule: str
    reason: str
    whole: bool

    def covers(self, fault: Fault) -> bool:
        here = fault.file == self.file and (self.whole or fault.line == self.line)
        return here and fault.code == self.rule and fault.severity == "warning"


def allowances(text: str, file: str) -> Iterator[Allowance]:
    """Every such comment of a file."""
    for n, line in enumerate(text.splitlines(), 1):
        found = _COMMENT.search(line)
        if found:
            column = line.index("#", found.start()) + 1
            rule, reason = found[1], found[2] or ""
            yield Allowance(file, n, column, rule, reason, not line[: column - 1].strip())


def left(
    faults: Sequence[Fault], texts: Mapping[str, str], *, of: str
) -> tuple[list[Fault], list[Allowance]]:
    """The faults that nobody switched off, with those that the comments themselves have; and what
    was switched off. `texts`: the files by name; `of`: the one that is judged, in which a comment
    that switches nothing off is a fault of its own, unless errors hide what it would switch off.
    """
    hidden = any(fault.severity == "error" for fault in faults)
    known = [a for file, text in texts.items() for a in allowances(text, file)]
    sound = [a for a in known if a.reason]
    used = [a for a in sound if any(a.covers(fault) for fault in faults)]
    kept = [fault for fault in faults if not any(a.covers(fault) for a in used)]
    for each in known:
        if not each.reason:
            message = Worded("`{rule}` is allowed without a reason.", rule=each.rule)
            hint = Worded("Say why: `# allow {rule}: because …`.", rule=each.rule)
            kept.append(_fault(each, NO_REASON, message, hint))
        elif each not in used and each.file == of and not hidden:
            message = Worded("There is no warning `{rule}` here.", rule=each.rule)
            kept.append(_fault(each, NOTHING, message, Worded("Take the comment out.")))
    return kept, used


def _fault(at: Allowance, code: str, message: Worded, hint: Worded) -> Fault:
    return Fault(at.file, at.line, at.column, "", code, message, hint, "warning")
