"""A form is the command of the command line, once however often it is sent; what is refused says
why and keeps what was typed.
"""

from __future__ import annotations

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from innocities_engine.engine import Engine
from innocities_engine.store.transactions import open_store
from tests.cli.shell import Shell
from tests.harness.hostile import HOSTILE
from tests.web.conftest import Browser, Page, browsing

SAID = (
    ("answer", {"value": "3 000"}, "answer stige 'antall=3 000'"),
    ("accept", {}, "accept stige prove"),
    ("tick-off", {"on": "2026-09-01"}, "tick-off stige befaring --on 2026-09-01"),
    ("tick-off", {"on": ""}, "tick-off stige befaring"),
    ("submit", {"link": "https://example.org/1", "fact__kai": "nord"},
     "submit stige tilbud --link https://example.org/1 --form kai=nord"),
    ("submit", {"fact__kai": "soer"}, "submit stige tilbud --form kai=soer"),
    ("rate", {"criterion__trygg": "partly"}, "rate stige K1 trygg=partly"),
    ("advise", {"value": "stop", "reason": "Too deep"},
     "advise stige K1 raad stop --reason 'Too deep'"),
    ("comment", {"text": "Call me"}, "comment stige 'Call me'"),
)  # fmt: skip


def happened(run: Shell, project: str = "stige") -> list[Any]:
    """What the record tells, its instants included: the clock of a simulation has stood still."""
    store = open_store(run.folder)
    entries = Engine(store, lambda: datetime.now(UTC)).history("halden", project, "astrid")
    store.close()
    return [(x.event, x.actor, x.capacity, x.command, x.reason, x.at) for x in entries]


@pytest.mark.parametrize(("act", "fields", "command"), SAID, ids=[c for *_, c in SAID])
def test_a_form_and_its_command_write_the_same(
    nora: Browser, tmp_path: Path, act: str, fields: dict[str, str], command: str
) -> None:
    other = Shell(Path(shutil.copytree(nora.run.folder, tmp_path / "other")))
    other(f"project {command} --as nora")

    answer = nora.send(nora.look().form(act), **fields)

    assert answer.status_code == 303
    assert nora.thanked(answer) == act
    assert happened(nora.run) == happened(other) != []
    nora.run("db doctor")


def test_a_file_is_handed_in_as_it_is(nora: Browser) -> None:
    content = bytes(range(256)) * 300
    form = nora.look().form("submit")
    sent = {"file": ("C:\\papers\\tilbud.pdf", content, "text/html")}

    for _ in range(2):
        assert nora.send(form, files=sent).status_code == 303

    nora.run("project paper stige tilbud copy.pdf")
    assert (nora.run.folder / "copy.pdf").read_bytes() == content
    kept = [p for p in (nora.run.folder / "artefacts").rglob("*") if p.is_file()]
    assert [p.name for p in kept] == [hashlib.sha256(content).hexdigest()]
    nora.run("db doctor")


def test_a_file_that_is_refused_is_not_kept(nora: Browser) -> None:
    form = nora.look().form("submit") | {"subject": "tilbud", "nonce": "0" * 20}
    nora.run("project decide stige K1 stop --as bjorn")

    answer = nora.send(form, files={"file": ("a.txt", b"too late", "text/plain")})

    assert answer.status_code == 409
    assert not [p for p in (nora.run.folder / "artefacts").rglob("*") if p.is_file()]


@pytest.mark.parametrize(("act", "fields", "command"), SAID, ids=[c for *_, c in SAID])
def test_the_same_form_twice_has_one_effect(
    nora: Browser, act: str, fields: dict[str, str], command: str
) -> None:
    form = nora.look().form(act)
    first = nora.send(form, **fields)
    after = nora.sequence()

    again = nora.send(form, **fields)

    assert again.status_code == first.status_code == 303
    assert nora.thanked(again) == nora.thanked(first) == act
    assert nora.sequence() == after


def test_a_double_click_has_one_effect(nora: Browser) -> None:
    form, before = nora.look().form("comment"), nora.sequence()

    with ThreadPoolExecutor(5) as clicks:
        answers = list(clicks.map(lambda _: nora.send(form, text="Once"), range(5)))

    assert {a.status_code for a in answers} == {303}
    assert nora.sequence() == before + 1


def test_the_same_form_with_other_words_is_told_so(nora: Browser) -> None:
    form = nora.look().form("comment")
    nora.send(form, text="First")
    after = nora.sequence()

    answer = nora.send(form, text="Second <b>")

    assert answer.status_code == 422
    assert "was sent before with other words" in answer.text
    assert "Second &lt;b&gt;" in answer.text
    assert nora.sequence() == after


def test_looking_changes_nothing(nora: Browser) -> None:
    before = nora.sequence(), (nora.run.folder / "clock").read_bytes()
    database = (nora.run.folder / "innocities.db").read_bytes()

    for place in (nora.place, f"{nora.place}?done=advise&act=comment&text=x", "/style.css", "/"):
        nora.client.get(place)
        nora.client.head(place)

    assert (nora.sequence(), (nora.run.folder / "clock").read_bytes()) == before
    assert (nora.run.folder / "innocities.db").read_bytes() == database


WRONG = (
    ("answer", {"value": "many"}, "“many” cannot be used here: write a number"),
    ("answer", {}, "Write something here first."),
    ("tick-off", {"on": "soon"}, "“soon” is not a day."),
    ("tick-off", {"on": "1066-10-14"}, "“1066-10-14” lies outside"),
    ("submit", {}, "Give the address of the paper, or choose a file."),
    ("submit", {"link": "javascript:alert(1)"}, "is no address."),
    ("submit", {"link": "https://example.org/1", "fact__kai": "vest"}, "“vest” cannot be used here"),
    ("rate", {}, "Choose one first."),
    ("advise", {"reason": "Because"}, "Choose one first."),
    ("comment", {"text": "\u200b"}, "nothing that can be seen"),
    ("comment", {"text": "a\x07"}, "control character"),
    ("comment", {"text": "x" * 10_001}, "at most 10000 characters"),
)  # fmt: skip


@pytest.mark.parametrize(("act", "fields", "told"), WRONG, ids=[t for *_, t in WRONG])
def test_what_cannot_be_used_is_told_and_kept(
    nora: Browser, act: str, fields: dict[str, str], told: str
) -> None:
    before = nora.sequence()

    answer = nora.send(nora.look().form(act), **fields)

    assert answer.status_code == 422
    assert told in answer.text
    assert nora.sequence() == before
    for value in fields.values():
        assert value in answer.text or value == "vest"


def test_a_refusal_of_the_method_says_why_and_is_remembered(nora: Browser) -> None:
    form = nora.look().form("tick-off")
    before = nora.sequence()

    answer = nora.send(form, on="2026-12-24")

    assert answer.status_code == 409
    assert 'value="2026-12-24"' in answer.text
    assert "innocities " not in answer.text
    assert nora.sequence() == before
    assert nora.send(form, on="2026-09-01").status_code == 303


def test_what_was_done_meanwhile_loses_nothing_that_was_typed(nora: Browser) -> None:
    form = nora.look().form("advise")
    nora.run("project decide stige K1 stop --as bjorn")

    answer = nora.send(form, value="go", reason="We measured twice")

    assert answer.status_code == 409
    assert "We measured twice" in answer.text


FORGERIES = (
    {"act": "decide"}, {"act": ""}, {"act": "tick-off", "subject": "K9/nothing"},
    {"act": "submit", "subject": "nothing"}, {"act": "answer", "subject": "nothing"},
    {"act": "advise", "subject": "K9", "need": "raad", "value": "go"},
    {"act": "rate", "subject": "K9", "criterion:x": "met"},
    {"act": "rate", "subject": "K1", "criterion:nothing": "met"},
    {"act": "advise", "subject": "K1", "need": "raad", "value": "maybe"},
    {"act": "tick-off", "subject": "K1/prove"}, {"act": "comment", "nonce": "short"},
)  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES, ids=str)
def test_a_form_that_no_page_had_changes_nothing(nora: Browser, forgery: dict[str, str]) -> None:
    form, before = nora.look().form("comment"), nora.sequence()

    answer = nora.send({**form, "text": "x", "value": "x", **forgery})

    assert answer.status_code in (404, 409, 422)
    assert nora.sequence() == before
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("text", [h for h in HOSTILE if h.kind in ("html", "template")], ids=str)
def test_hostile_texts_stay_texts(nora: Browser, text: Any) -> None:
    plain = nora.look()
    answer = nora.send(plain.form("advise"), reason=text.text)

    assert answer.status_code == 422
    shown = Page(answer.text)
    kinds = {tag for tag, _ in plain.tags} | {"ul", "li", "a"}
    assert {tag for tag, _ in shown.tags} <= kinds
    assert not any(name.startswith("on") for _, a in shown.tags for name in a)


def test_other_threads_and_processes_see_what_was_sent(nora: Browser) -> None:
    nora.send(nora.look().form("answer"), value="7")

    other = browsing(nora.run)
    other.token = nora.token
    assert "answer" not in other.look().acts()
    other.store.close()
