"""The kinds of shape a written value can have. Decides nothing about the language itself:
`authored` says which shapes it has, `conform` judges nodes by them, `json_schema` tells them to
editors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

ID: Final = r"[A-Za-z][A-Za-z0-9_-]{0,62}"
LANGUAGE: Final = r"[a-z]{2,3}(-[A-Z]{2})?"
LONGEST_TEXT: Final = 4_000


@dataclass(frozen=True, slots=True)
class Text:
    """Any text, as written."""

    longest: int = LONGEST_TEXT


@dataclass(frozen=True, slots=True)
class Word:
    """One of a closed list of words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text of a form; `what` and `example` tell an author which."""

    what: str
    regex: str
    example: str


@dataclass(frozen=True, slots=True)
class Name:
    """A reference: to things of these kinds, or one of a few words; `placed`: also place/key."""

    of: tuple[str, ...]
    words: tuple[str, ...] = ()
    placed: bool = False

    @property
    def regex(self) -> str:
        return f"^{ID}(/{ID})?$" if self.placed else f"^{ID}$"


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Count:
    low: int = 0
    high: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text or true or false: the fact compared with it says what it must be."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Judged later, where it is put."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; of names and words none stands twice."""

    item: Shape
    least: int = 0
    most: int = 200


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map from id to `item`; the keys in `special` are words, not ids."""

    what: str
    item: Shape
    special: Mapping[str, Shape] = field(default_factory=dict)
    keys: str = ID
    most: int = 200


@dataclass(frozen=True, slots=True)
class Record:
    """A map with known keys only, each with its shape and a sentence for the author.

    `one_of`: exactly one of these keys is there; `some_of`: at least one.
    """

    what: str
    facets: Mapping[str, tuple[Shape, str]]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value that can be said in several ways.

    `maps` go by the key that marks them, tried in order; the marker "" takes any other map.
    """

    what: str
    scalars: tuple[Shape, ...] = ()
    items: ListOf | None = None
    maps: tuple[tuple[str, Shape], ...] = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """A shape by name, so that shapes can contain themselves."""

    name: str


SCALARS: Final = (Text, Word, Pattern, Name, Scalar)

Leaf: TypeAlias = "Text | Word | Pattern | Name | Flag | Count | Scalar | Anything"
Shape: TypeAlias = "Leaf | ListOf | MapOf | Record | OneOf | Ref"
