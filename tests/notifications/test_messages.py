from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from innocities_engine.domain import notices
from notifications import messages, samples, templating
from notifications.messages import News, Reader

TODAY = date(2026, 5, 12)
BASE = "https://innocities.example.org"
LANGUAGES = templating.LANGUAGES
EVERY = list(product(messages.KINDS, LANGUAGES))
ASTRID = Reader(name="Astrid", language="sv", organisation="Hamnkommunen")
PAPERS = News(
    kind="reminder",
    project="Smart parkering",
    project_id="p1",
    thing="Beslutsunderlag",
    gate="Konceptval",
    gate_id="G1",
    role="projektledare",
    due=TODAY,
)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></tr></table>",
    "{{ 7 * 7 }}{% raw %}",
    "{{ ''.__class__ }}",
    "\x00\r\n.\r\n",
    "\u202egpj.exe",
    "&lt;b&gt;",
    "<!-- ",
    "]]>",
)


class Structure(HTMLParser):
    """The elements of a page with their attributes, without its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[object] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.elements.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.elements.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.elements.append(decl)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def written(news: News = PAPERS, reader: Reader = ASTRID, base: str = BASE) -> messages.Message:
    return messages.write([news], reader, TODAY, base)


def dated(day: date | None, kind: str = "reminder", language: str = "sv") -> str:
    news = News(kind=kind, project="Smart parkering", thing="Underlag", gate="Konceptval", due=day)
    return written(news, Reader(name="Astrid", language=language)).subject


# ---------------------------------------------------------------- the catalogue


def texts(language: str) -> dict[str, dict[str, str]]:
    source = files("notifications") / "templates" / f"{language}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_stands_in_every_language(language: str) -> None:
    assert {(k, n) for k, v in texts(language).items() for n in v} == {
        (k, n) for k, v in texts("en").items() for n in v
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_is_empty_in_one_language_only_if_it_is_in_all(language: str) -> None:
    empty = {(k, n) for k, v in texts(language).items() for n, text in v.items() if not text}
    assert empty == {(k, n) for k, v in texts("en").items() for n, text in v.items() if not text}


def test_every_kind_of_notice_has_words() -> None:
    assert set(notices.KINDS) <= set(messages.KINDS)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_kind_is_told_in_every_language(kind: str, language: str) -> None:
    message = samples.preview(kind, language, TODAY, BASE)
    others = {samples.preview(kind, other, TODAY, BASE).text for other in LANGUAGES}

    assert message.language == language
    assert f'<html lang="{language}">' in message.html
    assert len(message.subject) > len("  – Smart parking")
    assert BASE in message.text and BASE in message.html
    assert len(others) == len(LANGUAGES)
    assert "{{" not in message.text and "  –" not in message.text


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_text_and_page_say_the_same(kind: str, language: str) -> None:
    message = samples.preview(kind, language, TODAY, BASE)
    in_text = " ".join(message.text.split())
    body = message.html.partition("<body")[2]
    shown = [" ".join(text.split()) for text in Structure(f"<body{body}").texts]

    assert [text for text in shown if text and text not in in_text] == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [("sv", "sv"), ("sv-SE", "sv"), ("nb_NO", "nb"), ("no", "nb"), ("nn-NO", "nb"), ("en", "en"),
     ("fi", "en"), ("", "en")],
)  # fmt: skip
def test_a_reader_gets_the_closest_language_we_speak(asked: str, found: str) -> None:
    assert written(reader=Reader(name="Astrid", language=asked)).language == found


def test_a_name_no_text_may_use_is_an_error_and_not_a_gap() -> None:
    template = templating.environment().from_string("{{ dew }}")
    with pytest.raises(Exception, match="dew"):
        template.render(due="12 maj")


# ---------------------------------------------------------------- subjects


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("sv", "Sista dag 20 maj: Underlag till Konceptval – Smart parkering"),
        ("nb", "Frist 20. mai: Underlag til Konceptval – Smart parkering"),
        ("en", "Due 20 May: Underlag for Konceptval – Smart parkering"),
    ],
)
def test_a_subject_says_by_when_and_what(language: str, subject: str) -> None:
    assert dated(date(2026, 5, 20), language=language) == subject


def test_a_subject_says_when_it_is_today() -> None:
    assert dated(TODAY).startswith("Sista dag i dag, 12 maj: Underlag")


def test_a_subject_says_when_it_is_overdue() -> None:
    assert dated(date(2026, 5, 11)).startswith("Försenat sedan 11 maj: Underlag")


def test_a_subject_without_a_date_starts_with_the_thing() -> None:
    assert dated(None).startswith("Underlag till Konceptval")


def test_a_date_of_another_year_says_its_year() -> None:
    assert dated(date(2027, 1, 7)).startswith("Sista dag 7 januari 2027:")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_that_tells_days_of_several_years_says_each_year_but_this_one(
    language: str,
) -> None:
    """Wherever a day stands: in subjects, in conditions, of a review, of who stands in."""
    days = {"condition": date(2027, 2, 3), "review": date(2028, 4, 5), "until": date(2029, 6, 7),
            "on": date(2030, 8, 9), "late": date(2025, 10, 11), "soon": date(2026, 12, 13)}  # fmt: skip
    duty = messages.Duty("Ask", "Bo", days["condition"])
    decided = News(kind="decided", gate="G", outcome="O", leads="hold", review=days["review"],
                   conditions=(duty,))  # fmt: skip
    told = [
        News(kind="reminder", thing="Plan", due=days["late"]),
        News(kind="reminder", thing="Map", due=days["soon"]),
        News(kind="adopted", by="Port", on=days["on"]),
        decided,
    ]
    reader = Reader(name="A", language=language, absent="Bo", until=days["until"])
    text = messages.write(told, reader, TODAY, "").text

    for day in days.values():
        assert re.search(rf"\b{day.day}\.? \w+ {day.year}\b", text) or day.year == TODAY.year
    assert str(TODAY.year) not in text


def test_what_a_decision_asks_for_comes_after_its_gate() -> None:
    news = News(kind="reminder", thing="Protokoll", gate="Konceptval", after=True)
    assert written(news).subject == "Protokoll efter Konceptval"


def test_ones_own_tasks_come_before_those_passed_up() -> None:
    own, lifted = (News(kind=k, thing=k, due=TODAY) for k in ("reminder", "escalation"))
    message = messages.write([lifted, own], ASTRID, TODAY, BASE)
    assert message.subject == "Sista dag i dag, 12 maj: reminder – och 1 till"


def test_an_escalation_says_that_it_was_passed_up() -> None:
    assert dated(date(2026, 5, 11), "escalation").startswith(
        "Lyfts till dig, försenat sedan 11 maj: Underlag"
    )


@pytest.mark.parametrize(
    ("asks", "subject"),
    [("decide", "Beslut om Konceptval"), ("advise", "Råd inför Konceptval"),
     ("rate", "Bedömning inför Konceptval"), ("need", "Underlag till Konceptval")],
)  # fmt: skip
def test_a_reminder_asks_for_what_it_reminds_of(asks: str, subject: str) -> None:
    thing = "Underlag" if asks == "need" else ""
    news = News(kind="reminder", asks=asks, thing=thing, gate="Konceptval", due=TODAY)
    assert written(news).subject == f"Sista dag i dag, 12 maj: {subject}"


# ---------------------------------------------------------------- what a letter says


def test_a_letter_says_why_its_reader_gets_it() -> None:
    assert "Din roll i projektet Smart parkering: projektledare." in written().text


def test_a_substitute_is_told_for_whom_and_how_long() -> None:
    reader = Reader(name="Bo", language="sv", absent="Astrid Ek", until=date(2026, 6, 1))
    assert "Du är ersättare för Astrid Ek till och med 1 juni." in written(reader=reader).text


def test_a_letter_names_who_can_stand_in_and_who_else_got_it() -> None:
    reader = Reader(name="A", language="sv", stand_ins=("Bo", "Cecilia"), others=("Dag", "Eva"))
    text = written(reader=reader).text

    assert "Bo och Cecilia kan göra det i ditt ställe." in text
    assert "Samma besked har gått till Dag och Eva." in text


def test_without_pages_a_letter_gives_the_words_for_the_command_line() -> None:
    news = News(kind="decide_asked", project_id="p1", gate="Konceptval", gate_id="G1")
    message = written(news, base="")

    assert "innocities project decide p1 G1" in message.text
    assert "<a " not in message.html


@pytest.mark.parametrize(
    ("news", "line"),
    [
        (News(kind="reminder", project_id="p1", gate="Start", gate_id="G1"), "why p1 G1"),
        (News(kind="reminder", project_id="p1", gate="Start", gate_id="G1", after=True), "show p1"),
        (News(kind="reminder", project_id="p1"), "show p1"),
        (News(kind="escalation", project_id="p1", gate="Start", gate_id="G1"), "why p1 G1"),
        (News(kind="approve_asked", project_id="p1", gate="Start", gate_id="G1"), "show p1"),
        (News(kind="decided", project_id="p1", gate="Start", gate_id="G1"), "show p1"),
    ],
)
def test_the_command_a_letter_gives_can_be_typed_as_it_stands(news: News, line: str) -> None:
    assert f"innocities project {line}\n" in written(news, base="").text


def test_one_thing_to_do_has_one_button() -> None:
    assert written().html.count("<a ") == 1


def test_only_optional_mail_can_be_opted_out_of() -> None:
    assert messages.is_optional(["decided"])
    assert not messages.is_optional(["decided", "reminder"])


def test_several_things_are_one_letter_with_the_most_urgent_first() -> None:
    late = News(kind="reminder", project="Laddning", thing="Plan", due=date(2026, 5, 4))
    told = News(kind="decided", project="Bryggor", gate="Start", outcome="Ja")
    message = messages.write([told, PAPERS, late], ASTRID, TODAY, BASE)

    assert message.subject == "Försenat sedan 4 maj: Plan – Laddning – och 2 till"
    assert message.text.index("Plan") < message.text.index("Beslutsunderlag")
    assert message.text.index("Beslutsunderlag") < message.text.index("Start: Ja")


def several() -> messages.Message:
    def one(project: str, thing: str, day: int) -> News:
        return News(kind="reminder", project=project, thing=thing, role="projektledare",
                    holds="Start", due=date(2026, 5, day))  # fmt: skip

    news = [one("Bryggor", "Plan", 4), one("Laddning", "Karta", 5), one("Bryggor", "Budget", 6)]
    return messages.write(news, ASTRID, TODAY, "")


def test_what_concerns_one_project_stands_together_under_its_name() -> None:
    lines = several().text.splitlines()

    assert [line for line in lines if line in ("Bryggor", "Laddning")] == ["Bryggor", "Laddning"]
    numbered = [line for line in lines if line[:2] in ("1.", "2.", "3.")]
    assert [line.rpartition(" ")[2] for line in numbered] == ["Plan", "Budget", "Karta"]
    assert not any(line.strip().startswith("Projekt:") for line in lines)


def test_why_one_gets_it_and_how_it_is_done_is_said_once_in_a_letter() -> None:
    message = several()

    for said in ("Varför får du", "Gör så här i ett terminalfönster:"):
        assert message.text.count(said) == 1
        assert message.html.count(said) == 1
    assert message.text.count("innocities project") == 3


def test_the_page_numbers_things_as_the_text_does() -> None:
    page = several().html

    for n, thing in enumerate(("Plan", "Budget", "Karta"), 1):
        assert f">{n}. " in page
        assert page.index(f">{n}. ") < page.index(thing, page.index(f">{n}. "))


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_no_letter_has_two_empty_lines_together(kind: str, language: str) -> None:
    assert "\n\n\n" not in samples.preview(kind, language, TODAY, "").text
    assert "\n\n\n" not in several().text


@pytest.mark.parametrize(("language", "asks"), [("sv", "Utse"), ("nb", "Utpek"), ("en", "Name")])
def test_the_body_too_says_that_somebody_is_to_be_named(language: str, asks: str) -> None:
    news = News(kind="reminder", what="role", project="Bryggor", thing="Linjeleder")
    body = written(news, Reader(name="Astrid", language=language)).text.partition("\n\n")[2]

    assert body.count(asks) > 1


# ---------------------------------------------------------------- a page anybody can read


def test_a_page_asks_for_nothing_from_outside() -> None:
    elements = {element[0] for element in Structure(written().html).elements if element[0] != "/"}
    assert not elements & {"img", "link", "script", "iframe", "style", "object", "video"}


def test_a_page_has_one_main_heading_and_skips_no_level() -> None:
    for news in ([PAPERS], [PAPERS, PAPERS]):
        page = Structure(messages.write(news, ASTRID, TODAY, BASE).html)
        tags = [element[0] for element in page.elements if isinstance(element, tuple)]
        levels = [int(tag[1]) for tag in tags if tag in _HEADINGS]
        steps = [after - before for before, after in pairwise(levels)]

        assert levels.count(1) == 1 and levels[0] == 1
        assert max(steps) <= 1


_HEADINGS = {f"h{n}" for n in range(1, 7)}


def hostile_text(test: Callable[..., None]) -> Callable[..., None]:
    for text in HOSTILE:
        test = example(text)(test)
    return settings(max_examples=60)(given(st.text(min_size=1))(test))


@pytest.mark.parametrize(
    "field",
    ["project", "project_id", "thing", "gate", "outcome", "phase", "role", "owner", "by", "reason"],
)
@hostile_text
def test_no_value_changes_the_structure_of_the_page(field: str, text: str) -> None:
    full = {"kind": "escalation", "due": TODAY, "project": "P", "project_id": "p", "thing": "T"}
    full |= {"gate": "G", "role": "R", "owner": "O", "by": "B", "reason": "S"}
    value = f"x{text}"

    plain = Structure(written(News(**{**full, field: "x"})).html)
    hostile = Structure(written(News(**{**full, field: value})).html)

    assert hostile.elements == plain.elements


@hostile_text
def test_no_name_of_a_reader_changes_the_structure_of_the_page(text: str) -> None:
    def page(name: str) -> list[object]:
        reader = Reader(
            name=name, language="sv", organisation=name, stand_ins=(name,), others=(name,)
        )
        return Structure(written(reader=reader).html).elements

    assert page(f"x{text}") == page("x")


@hostile_text
def test_what_is_typed_is_shown_and_not_carried_out(text: str) -> None:
    message = written(News(kind="reminder", thing=f"x{text}x", project="P"))
    shown = messages.one_line(f"x{text}x")[: messages.LONGEST_VALUE]

    assert shown in " ".join("".join(Structure(message.html).texts).split())
    assert "\n.\n" not in message.text
