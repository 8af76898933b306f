"""What a page says, to whom, and that everybody can read it."""

from __future__ import annotations

import itertools
import re

import pytest

from innocities_engine import wording
from tests.web.conftest import Browser, Page

EVERYTHING = ["answer", "accept", "tick-off", "submit", "rate", "advise", "comment"]


def assert_readable(text: str, language: str) -> None:
    """One document in its language, headings in order, every control with one name, nothing from
    elsewhere and no script.
    """
    page = Page(text)
    assert page.all("html") == [{"lang": language}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(set(ids)) == len(ids)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert [link["href"] for link in page.all("link")] == ["/style.css"]
    assert not page.all("script") + page.all("img") + page.all("iframe") + page.all("style")
    assert not any("src" in a or "style" in a or "onclick" in a for _, a in page.tags)
    labels = [a["for"] for a in page.all("label")]
    kinds = ("input", "textarea", "select")
    controls = [a for kind in kinds for a in page.all(kind) if a.get("type") != "hidden"]
    assert sorted(labels) == sorted(a["id"] for a in controls)
    choices = [a for a in controls if a.get("type") in ("radio", "checkbox")]
    assert bool(choices) == bool(page.all("fieldset"))
    assert len(page.all("fieldset")) == len(page.all("legend"))
    pointed = " ".join(
        str(a[name])
        for _, a in page.tags
        for name in ("aria-labelledby", "aria-describedby")
        if name in a
    )
    assert set(pointed.split()) <= set(ids)
    assert {a["href"] for a in page.all("a") if not is_elsewhere(a)} <= {f"#{name}" for name in ids}
    assert len(page.all("button")) == len(page.all("form"))


def is_elsewhere(link: dict[str, str | None]) -> bool:
    """Whether it leads to a paper, or back to the page."""
    place = str(link["href"])
    return place.startswith("?") or (
        place.startswith("https://") and "noreferrer" in str(link["rel"])
    )


def test_everything_asked_stands_there_with_why_by_when_and_otherwise(nora: Browser) -> None:
    page = nora.look()

    assert page.acts() == EVERYTHING
    for told in ("Badestige", "Halden kommune", "Nora Ås", "Walk the site", "Sat 7 Nov 2026",
                 "In this project you are: Partner.", "Until it is done, Ready stays shut.",
                 "Ready cannot be decided without your advice."):  # fmt: skip
        assert told in page.words, told
    assert "innocities " not in page.words


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_page_is_readable_in_each_language(nora: Browser, language: str) -> None:
    nora.run(f"person change nora --language {language}")
    page = nora.look()

    assert_readable(page.text, language)
    assert wording.say(language, "web.asked") in page.words
    answer = nora.send(page.form("answer"), value="many")
    assert answer.status_code == 422
    assert_readable(answer.text, language)


def test_what_says_one_thing_is_readable_too(nora: Browser) -> None:
    for answer in (nora.client.get("/l/x"), nora.client.get("/"), nora.client.put("/style.css")):
        page = Page(answer.text)
        assert_readable(answer.text, "sv")
        assert {a["lang"] for a in page.all("section")} == set(wording.LANGUAGES)


def test_colours_can_be_told_apart_and_what_is_pressed_is_large_enough() -> None:
    from innocities_engine.web.pages import STYLE

    text = STYLE.decode()
    for ink, paper in (("#1e2b3c", "#f2f4f7"), ("#43505f", "#f2f4f7"), ("#8f1d16", "#ffffff"),
                       ("#0b5a8f", "#ffffff"), ("#0b3d63", "#ffffff")):  # fmt: skip
        assert ink in text
        assert contrast(ink, paper) >= 4.5
    assert contrast("#5b6b7c", "#ffffff") >= 3  # the border of a field
    assert text.count("min-height: 44px") == 2
    assert ":focus-visible" in text
    assert "url(" not in text


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 counts it."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_what_is_asked_of_others_is_not_shown(nora: Browser) -> None:
    nora.token = nora.link("olav", "lys")
    page = nora.look()

    assert "accept" not in page.acts()  # nobody has ticked it off there
    assert "Nora" not in page.text
    assert "Try" not in page.text


def test_who_decides_is_asked_once_the_rest_is_there(nora: Browser) -> None:
    nora.run("project assign stige styre=nora")
    for command in ("submit stige tilbud --link https://example.org/1 --as nora",
                    "answer stige antall=3 --as nora", "tick-off stige befaring --as nora",
                    "accept stige prove --as nora", "rate stige K1 trygg=met --as nora",
                    "advise stige K1 raad go --as nora"):  # fmt: skip
        nora.run(f"project {command}")
    page = nora.look()

    assert page.acts() == ["choose", "comment"]
    assert "Decide on Ready" in page.words


def test_the_page_thanks_for_what_was_done_and_for_nothing_else(nora: Browser) -> None:
    answer = nora.send(nora.look().form("advise"), value="go")
    place = answer.headers["location"]

    thanks = nora.client.get(nora.place + place).text
    assert "Your advice is written down." in thanks
    assert_readable(thanks, "en")
    for forged in (
        "?done=advise",
        "?done=<b>",
        place[:-1],
        f"?done={nora.token}",
        "?done=" + "x" * 5_000,
    ):
        assert "Thank you" not in nora.client.get(nora.place + forged).text


def test_what_was_done_is_told_to_whoever_did_it_and_for_a_while(nora: Browser) -> None:
    place = nora.send(nora.look().form("comment"), text="Hello").headers["location"]
    nora.run("project assign lys partner=nora,olav")

    for person, project in (("olav", "lys"), ("nora", "lys")):
        other = nora.link(person, project)
        assert "Tusen takk" not in nora.client.get(f"/l/{other}{place}").text
        assert "Thank you" not in nora.client.get(f"/l/{other}{place}").text
    nora.run("tick --now 2026-09-08T18:00")
    assert "Thank you" not in nora.client.get(nora.place + place).text
