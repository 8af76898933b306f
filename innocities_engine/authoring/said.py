"""How the words of a scenario are taken, and what is said where one cannot be. An author made
them: a missing word, a day that is none and a name that nothing has are said, not stumbled over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import Faults

if TYPE_CHECKING:
    from innocities_engine.authoring.stage import Refusal

T = TypeVar("T")


class Untold(Exception):
    """What the scenario says is not so, or cannot be read. `refusal`: what the method said no to;
    `line`: where it stands, if that is known better than by the step.
    """

    def __init__(self, message: Worded, refusal: Refusal | None = None, line: int = 0) -> None:
        super().__init__(message)
        self.message, self.refusal, self.line = message, refusal, line


class Said(dict[str, Any]):
    """What stands in braces; whoever needs a word that is not there says so."""

    def __missing__(self, key: str) -> Any:
        beside = ", ".join(map(str, self))
        raise Untold(Worded("`{key}` is missing beside {beside}.", key=key, beside=beside))


def said(plain: Any) -> Any:
    """The same words, ready to be asked for."""
    if isinstance(plain, Mapping):
        return Said({key: said(value) for key, value in plain.items()})
    return [said(each) for each in plain] if isinstance(plain, list) else plain


def day(given: object) -> date:
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        message = Worded("“{given}” is no day; a day is written 2026-09-01.", given=given)
        raise Untold(message) from None


def names(given: object) -> tuple[str, ...]:
    """One name, or a list of them."""
    if isinstance(given, Sequence) and not isinstance(given, str):
        return tuple(map(str, given))
    return (str(given),) if given else ()


def thing(known: Mapping[str, T], name: object, of: Worded) -> T:
    """What has this name among things of one kind."""
    if name in known:
        return known[str(name)]
    near = Faults().near(str(name), known)
    message = Worded("There is no {of} `{name}`.", of=of, name=name)
    raise Untold(Worded("{message} {near}", message=message, near=near) if near else message)


def listed(found: Iterable[str]) -> str:
    return ", ".join(sorted(found)) or Worded("nothing")
