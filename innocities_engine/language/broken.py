"""What is told of a text that is no YAML: in words for whoever wrote it, where the slip is rather
than where the parser noticed it, and with what to do. The parser's own words are the key; one that
is not known here is told as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import SILENT, Faults, Mark

QUOTE_IT: Final = Worded(
    "Inside { } and [ ] a text with a comma, a colon or a question mark must stand in quotes:"
    ' {en: "Is it clear?"}.'
)
NO_TABS: Final = Worded("Indent with spaces, not with tabs.")
_SIMILAR: Final = Worded("Indent all that belongs together alike: two spaces for each step.")
_IN_QUOTES: Final = Worded("Put the text in quotes.")
_TAKE_AWAY: Final = Worded("Take away what does not belong here.")


@dataclass(frozen=True, slots=True)
class Slip:
    """`problem`: what the parser says, with `sign` for a character it names. `begun`: it is told
    where that began which the parser could not end.
    """

    problem: str
    message: Worded
    hint: Worded
    begun: bool = False


_UNCLOSED: Final = Slip(
    r"expected ',' or '.', but got .*",
    Worded("What begins here with { or [ is not closed."),
    Worded("Close it with } or ], and look for the comma or the quotes that are missing."),
    begun=True,
)
_KNOWN: Final = (
    Slip(
        "could not find expected ':'",
        Worded("A key stands here without a colon."),
        Worded("Write `key: value`; a text that goes on in the next line is indented."),
        begun=True,
    ),
    Slip(
        "mapping values are not allowed here",
        Worded("A key with its colon may not stand here."),
        Worded(
            "Put a text with a colon in quotes, leave a space after each colon, and indent the keys"
            " of one thing alike."
        ),
    ),
    Slip(
        "sequence entries are not allowed here",
        Worded("An item of a list may not begin here."),
        Worded("Begin each item in a line of its own, or write the list as [one, two]."),
    ),
    Slip(
        "mapping keys are not allowed here",
        Worded("A question mark may not begin a text here."),
        _IN_QUOTES,
    ),
    Slip(
        r"expected <block end>, but found '<scalar>'",
        Worded("The text has ended before this: its quotes are closed already, or it is indented."),
        Worded("Inside '…' write '' for an apostrophe, and inside \"…\" write \\\" for a quote."),
    ),
    Slip(
        r"expected <block end>, but found '(?P<sign>[]}])'",
        Worded("Here “{sign}” closes what was not opened, or is closed already.", sign=""),
        _TAKE_AWAY,
    ),
    Slip(
        r"expected <block end>, but found '[-?]'",
        Worded("Items of a list and keys stand mixed here."),
        Worded("Write a list under a key of its own, each item beginning with `- `."),
    ),
    Slip(
        "expected <block end>, but found .*",
        Worded("This line is indented otherwise than what it belongs to."),
        _SIMILAR,
    ),
    Slip(
        r"expected ',' or '.', but got .*",
        Worded("Before this a comma is missing, or the text is not in quotes."),
        QUOTE_IT,
    ),
    Slip(
        "expected the node content, but found '?(?P<sign>[^'<]+)'?",
        Worded("A value is missing before “{sign}”.", sign=""),
        Worded("Write the value, or take away what is too much; a sign in a text needs quotes."),
    ),
    Slip(
        "expected the node content, but found .*",
        Worded("A value is missing here."),
        Worded("Write the value, or take away what is too much; a sign in a text needs quotes."),
    ),
    Slip(
        "found unexpected (end of stream|document separator)",
        Worded("The quotes that begin here are not closed."),
        Worded("Close them, or write '' for an apostrophe in a text in single quotes."),
        begun=True,
    ),
    Slip(
        "(found unknown escape character|expected escape sequence) .*",
        Worded("After a backslash in double quotes this means nothing."),
        Worded("Write \\\\ for a backslash, or put the text in single quotes."),
    ),
    Slip(
        r"found character '(?P<sign>[^\\]+)' that cannot start any token",
        Worded("A text may not begin with “{sign}”.", sign=""),
        _IN_QUOTES,
    ),
    Slip(
        "found character .* that cannot start any token",
        Worded("A tab may not stand here."),
        NO_TABS,
    ),
    Slip(
        "found unexpected ':'",
        Worded("A colon may not stand in this text."),
        _IN_QUOTES,
    ),
    Slip(
        "expected (chomping|indentation indicator|a comment or a line break).*",
        Worded("Nothing else may stand in a line after | or >."),
        Worded("Begin the text in the next line, indented; one that begins so needs quotes."),
    ),
    Slip(
        "more indented follow up line .*",
        Worded("The lines of this text are indented unlike."),
        _SIMILAR,
        begun=True,
    ),
    Slip(
        "expected alphabetic or numeric character.*|expected '[ !>]'.*|expected URI.*"
        "|found undefined tag handle.*",
        Worded("A text may not begin with the signs *, &, ! or %."),
        _IN_QUOTES,
        begun=True,
    ),
    Slip(
        "expected '<document start>', but found .*|found non-comment content after .*",
        Worded("The definition has ended before this line."),
        Worded("Take away what stands between, or indent it as part of what is before."),
    ),
    Slip(
        "expected a digit.*|found (duplicate YAML directive|incompatible YAML document).*"
        "|duplicate tag handle.*",
        Worded("A definition has no % directives."),
        _TAKE_AWAY,
    ),
)


def slip_of(problem: str) -> Slip | None:
    """What the parser means, if it is known."""
    return next((slip for slip in _KNOWN if re.fullmatch(slip.problem, problem, re.DOTALL)), None)


def not_yaml(error: YAMLError, file: str, text: str, faults: Faults) -> None:
    """Tell what the parser stumbled over."""
    problem = error.problem if isinstance(error, MarkedYAMLError) else str(error).splitlines()[0]
    lines = text.splitlines()
    noticed = _at(getattr(error, "problem_mark", None) or getattr(error, "context_mark", None))
    begun = _at(getattr(error, "context_mark", None) or getattr(error, "problem_mark", None))
    slip = slip_of(problem or "")
    if slip is not None and slip.problem == _UNCLOSED.problem and _outside(lines, begun, noticed):
        slip = _UNCLOSED
    line, column = begun if slip is not None and slip.begun else noticed
    message, hint = _said(slip, problem or "")
    if "\t" in _line(lines, line)[: column + 1]:
        hint = NO_TABS
    faults.error("not-yaml", message, mark=Mark(file, line + 1, column + 1), hint=hint)


def _said(slip: Slip | None, problem: str) -> tuple[Worded, Worded]:
    if slip is None:
        why = problem or Worded("the text cannot be read")
        return Worded("This is not YAML: {problem}.", problem=why), SILENT
    found = re.fullmatch(slip.problem, problem, re.DOTALL)
    return slip.message.having(**(found.groupdict() if found else {})), slip.hint


def _at(mark: Any) -> tuple[int, int]:
    return (mark.line, mark.column) if mark else (0, 0)


def _line(lines: list[str], n: int) -> str:
    return lines[n] if n < len(lines) else ""


def _outside(lines: list[str], begun: tuple[int, int], noticed: tuple[int, int]) -> bool:
    """Whether the parser noticed it in a line that has nothing to do with what it was reading."""
    if begun[0] == noticed[0]:
        return False
    first, then = (_line(lines, n) for n, _ in (begun, noticed))
    return _indent(then) <= _indent(first)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
