"""Decide how our own templates become text: one environment, made once, in which a name that is not
there is an error and everything put into a page is escaped.  What the templates say is theirs; what
is put into them is left to `messages`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

LANGUAGES: Final = ("sv", "nb", "en")
FALLBACK: Final = "en"
# Who asks for Norwegian, or for nynorsk, is closer to bokmål than to English.
_CLOSE_TO: Final = {"no": "nb", "nn": "nb", "da": "nb"}


@cache
def environment() -> Environment:
    """Make the environment; once, since making one costs more than fifty letters."""
    return Environment(
        loader=PackageLoader("notifications"),
        autoescape=select_autoescape(("html",), default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def render(template: str, **values: object) -> str:
    """Render one of the layouts."""
    return environment().get_template(template).render(values)


@cache
def catalogue(language: str) -> Mapping[str, Template]:
    """Read every text of a language, by its path ("reminder.subject")."""
    source = files("notifications") / "templates" / f"{language}.toml"
    found = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        f"{section}.{name}": environment().from_string(" ".join(text.split()))
        for section, texts in found.items()
        for name, text in texts.items()
    }


def say(language: str, text: str, values: Mapping[str, object]) -> str:
    """Say one text of the catalogue; what it leaves open leaves no gap."""
    said = " ".join(catalogue(language)[text].render(values).split())
    return said.replace("?.", "?").replace("!.", "!")


def spoken(language: str) -> str:
    """Find the language we speak that is closest to the one asked for."""
    asked = language.replace("_", "-").partition("-")[0].lower()
    asked = _CLOSE_TO.get(asked, asked)
    return asked if asked in LANGUAGES else FALLBACK
