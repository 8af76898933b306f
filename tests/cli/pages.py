"""What every page that the program writes has to be: alone, safe, and readable by everybody."""

from __future__ import annotations

import itertools
from html.parser import HTMLParser


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def assert_readable(text: str, language: str) -> None:
    """One document in its language, with headings in order, tables with heads, nothing from
    elsewhere and no script.
    """
    page = Page(text)
    assert page.all("html") == [{"lang": language}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert all(cell.get("scope") for cell in page.all("th"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {f"#{name}" for name in ids} >= {link["href"] for link in page.all("a")}
    named = {a["aria-labelledby"] for _, a in page.tags if "aria-labelledby" in a}
    assert named <= set(ids)
    outside = [tag for tag, a in page.tags if "src" in a or tag in ("script", "link", "img")]
    assert outside == []
    assert "default-src 'none'" in text
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3")]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
