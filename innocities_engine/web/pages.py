"""Decide how what a page says becomes HTML: one environment in which a name that is not there is an
error and everything put in is escaped. What is said is left to those who ask for a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from innocities_engine import wording

STYLE: Final = (files("innocities_engine.web") / "templates" / "style.css").read_bytes()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("innocities_engine.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def page(**values: object) -> str:
    """What one person is asked in one project."""
    return _environment().get_template("page.html").render(values)


def plain(root: str, what: str, **values: object) -> str:
    """A page that says one thing in every language, since nobody knows who reads it."""
    said: Sequence[Mapping[str, str]] = [
        {
            "language": language,
            "title": wording.say(language, f"web.{what}"),
            "text": wording.say(language, f"web.{what}_told", **values),
        }
        for language in wording.LANGUAGES
    ]
    return _environment().get_template("plain.html").render(said=said, root=root)
