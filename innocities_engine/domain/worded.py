"""Decide how an English text keeps what it was made of, so that it can be said in another language
too. It stays where it arises, and its template is the key of its translations; which there are, and
when they are asked for, is left to those who tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self


class Worded(str):
    """A text in English, and what was put into its template; without that, braces are its own."""

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        made = super().__new__(cls, template.format_map(values) if values else template)
        made.template, made.values = template, values
        return made

    def having(self, **values: object) -> Self:
        """The same text, with something else put in."""
        return type(self)(self.template, **{**self.values, **values})
