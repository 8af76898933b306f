"""What is wrong with a definition, where, and what to do about it. Decides how a fault looks and
how many are told; what counts as one is left to those who read and check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, TypeAlias

from innocities_engine.domain.worded import Worded

Path: TypeAlias = tuple[str, ...]

MOST_FAULTS: Final = 500
MOST_COMPARED: Final = 3_000_000  # letters by letters: otherwise a near name costs too much
SILENT: Final = Worded("")
UNQUOTED: Final = "unquoted-question"


@dataclass(frozen=True, slots=True)
class Mark:
    """A position in a file; lines and columns count from 1, and 0 means: no file at hand."""

    file: str
    line: int
    column: int


NOWHERE: Final = Mark("", 0, 0)


@dataclass(frozen=True, slots=True)
class Fault:
    file: str
    line: int
    column: int
    path: str
    code: str
    message: Worded
    hint: Worded = SILENT
    severity: str = "error"

    def __str__(self) -> str:
        path = f"{self.path}: " if self.path else ""
        hint = f" {self.hint}" if self.hint else ""
        where = f"{self.place} " if self.place else ""
        return f"{where}{self.severity}: {path}{self.message}{hint} [{self.code}]"

    @property
    def place(self) -> str:
        """Where it is, in the form that editors find; "" where no file is at hand."""
        return f"{self.file}:{self.line}:{self.column}:" if self.file else ""


class TooMany(Exception):
    """The list of faults is full."""


@dataclass
class Faults:
    """Collects faults; `locate` tells where in the text a path stands. `gone`: ids that an overlay
    took away, each with the path it stood at and the operation that did it.
    """

    locate: Callable[[Path], Mark] = lambda _path: NOWHERE
    found: list[Fault] = field(default_factory=list)
    compared: int = 0
    told: set[object] = field(default_factory=set)
    gone: dict[str, tuple[Path, Mark]] = field(default_factory=dict)

    def error(
        self, code: str, message: Worded, path: Path = (), *,
        hint: Worded = SILENT, mark: Mark | None = None,
    ) -> None:  # fmt: skip
        self._add(code, message, path, hint, mark, "error")

    def warning(
        self, code: str, message: Worded, path: Path = (), *,
        hint: Worded = SILENT, mark: Mark | None = None,
    ) -> None:  # fmt: skip
        self._add(code, message, path, hint, mark, "warning")

    def _add(
        self, code: str, message: Worded, path: Path, hint: Worded, mark: Mark | None, severity: str
    ) -> None:
        at = mark or self.locate(path)
        told = Fault(at.file, at.line, at.column, ".".join(path), code, message, hint, severity)
        once = (at, code, message, path if at == NOWHERE else ())
        if once in self.told:
            return
        self.told.add(once)
        if len(self.found) >= MOST_FAULTS:
            raise TooMany
        self.found.append(told)

    @property
    def errors(self) -> bool:
        return any(fault.severity == "error" for fault in self.found)

    def has_at(self, path: Path) -> bool:
        """Whether something is wrong at a path or inside."""
        at = ".".join(path)
        return any(f.path == at or f.path.startswith(f"{at}.") for f in self.found)

    def near(self, word: str, known: Iterable[str], otherwise: Worded = SILENT) -> Worded:
        """The hint that names what was probably meant, or who took it away."""
        if word in self.gone:
            path, mark = self.gone[word]
            return Worded(
                "`{path}` was taken away in {file}, line {line}.",
                path="/".join(path),
                file=mark.file,
                line=mark.line,
            )
        folded = {name.casefold(): name for name in known}
        self.compared += len(word) * sum(map(len, folded))
        if self.compared > MOST_COMPARED:
            return otherwise
        close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
        return Worded("Did you mean `{name}`?", name=folded[close[0]]) if close else otherwise


def listed(words: Iterable[str], most: int = 12) -> str:
    """The words for a message, cut when there are many."""
    told = list(words)
    return ", ".join(told[:most]) + (", …" if len(told) > most else "")


def all_of(words: Sequence[str]) -> str:
    """The words for a message that speaks of all of them."""
    *most, last = words
    return Worded("{most} and {last}", most=all_of(most), last=last) if most else last


def one_of(words: Sequence[str]) -> str:
    """The words for a message that speaks of any of them."""
    *most, last = words
    return Worded("{most} or {last}", most=one_of(most), last=last) if most else last


def because(error: ValueError) -> Worded:
    """What is wrong with a value, as whoever read it says."""
    return Worded("{fault}.", fault=error.args[0])


def circle(names: list[str]) -> str:
    """A circle for a message, cut when it is long."""
    shown = names if len(names) <= 8 else [*names[:7], "…"]
    return " → ".join([*shown, names[0]])


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Errors before warnings, each in the order of the text. Where a text without quotes has become
    something else, that is told and the quotes are not.
    """
    found = list(faults)
    wrong = {(f.file, f.line, f.column) for f in found if f.severity == "error"}
    told = (f for f in found if f.code != UNQUOTED or (f.file, f.line, f.column) not in wrong)
    return tuple(sorted(told, key=lambda f: (f.severity != "error", f.file, f.line, f.column)))
