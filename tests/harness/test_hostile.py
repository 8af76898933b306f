from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable
from email.header import decode_header
from html.parser import HTMLParser

import pytest
from jinja2 import Environment, TemplateError

from tests.harness.hostile import HOSTILE, Hostile, of_kind


def test_there_are_enough_texts_and_each_has_an_id_of_its_own() -> None:
    assert len(HOSTILE) >= 114
    assert (
        len({text.id for text in HOSTILE}) == len({text.text for text in HOSTILE}) == len(HOSTILE)
    )
    assert all(re.fullmatch("[a-z-]+/[a-z0-9-]+", text.id) for text in HOSTILE)


def test_every_family_can_be_asked_for_and_no_other() -> None:
    families = {text.kind for text in HOSTILE}
    assert sum(len(of_kind(family)) for family in families) == len(HOSTILE)
    with pytest.raises(ValueError, match="no-such"):
        of_kind("no-such")


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[object] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, sorted(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.seen.append("comment")

    def unknown_decl(self, data: str) -> None:
        self.seen.append("declaration")


def changes_a_page(text: str) -> bool:
    def page(value: str) -> list[object]:
        return Tags(f"<p title=\"{value}\" lang='{value}'>{value}</p>").seen

    return page(text) != page("plain")


def changes_a_header(text: str) -> bool:
    return len(f"Subject: {text}".splitlines()) > 1 or len(text) > 998


def changes_a_sheet(text: str) -> bool:
    stripped = unicodedata.normalize("NFKC", text).lstrip(" \t\r\n")
    read_back = next(csv.reader(io.StringIO(f"a,{text},b", newline="")))
    return stripped.startswith(("=", "+", "-", "@")) or read_back != ["a", text, "b"]


def changes_a_template(text: str) -> bool:
    try:
        return Environment().from_string(text).render() != text
    except (TemplateError, TypeError):
        return True


def changes_a_terminal(text: str) -> bool:
    return any(unicodedata.category(character) == "Cc" for character in text)


def hides_or_turns(text: str) -> bool:
    return any(
        unicodedata.category(c) == "Cf" or unicodedata.bidirectional(c) in ("R", "AL") for c in text
    )


@pytest.mark.parametrize(
    ("family", "bites", "at_least"),
    [
        ("header", changes_a_header, 13),
        ("html", changes_a_page, 10),
        ("template", changes_a_template, 6),
        ("sheet", changes_a_sheet, 12),
        ("terminal", changes_a_terminal, 11),
        ("control", changes_a_terminal, 11),
        ("direction", hides_or_turns, 7),
    ],
)
def test_a_sink_built_the_obvious_way_is_broken_by_its_family(
    family: str, bites: Callable[[str], bool], at_least: int
) -> None:
    assert sum(bites(text.text) for text in of_kind(family)) >= at_least


def test_encoded_words_turn_into_what_a_header_must_never_hold() -> None:
    def decoded(text: Hostile) -> bytes:
        parts = decode_header(text.text)
        return b"".join(part if isinstance(part, bytes) else part.encode() for part, _ in parts)

    biting = [
        text.id
        for text in of_kind("encoded-word")
        if text.id != "encoded-word/broken-base64" and re.search(rb"[\r\n\0]", decoded(text))
    ]
    assert len(biting) >= 6


def test_what_cannot_be_an_argument_or_utf_8_is_marked() -> None:
    for text in HOSTILE:
        if text.encodable:
            assert text.text.encode().decode() == text.text
        else:
            with pytest.raises(UnicodeEncodeError):
                text.text.encode()
    unfit = {text.kind for text in HOSTILE if not text.fits_argument}
    assert unfit == {"control", "path", "unicode", "long"}
    assert {text.id for text in HOSTILE if not text.encodable} == {
        "unicode/lone-surrogate",
        "unicode/surrogate-escape",
    }
