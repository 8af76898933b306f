"""A partner who is asked to approve or to decide reads what it is about, and does it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from innocities_engine import wording
from tests.cli.shell import Shell
from tests.web.conftest import METHODS, Browser, Page, browsing
from tests.web.test_forms import happened
from tests.web.test_pages import assert_readable

MAP = bytes(range(256)) * 8_000  # more than one part of an answer
NAME = "Kart över hamnen (ny).pdf"


@pytest.fixture(scope="module")
def decided(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which a partner decides; its papers are there, the map not approved."""
    run = Shell(Path(shutil.copytree(made, tmp_path_factory.mktemp("decided") / "halden")))
    run("methodology", "publish", str(METHODS / "avgjort" / "1.0.0.yaml"))
    roles = "--member leder=astrid --member partner=nora --member naboer=olav,nora"
    run(f"project start avgjort Kai --id kai {roles}")
    (run.folder / NAME).write_bytes(MAP)
    run("project", "submit", "kai", "kart", NAME)
    run("project submit kai plan --link https://archive.example.org/plan")
    run("project submit kai anslag --form 'pris=3 000'")
    (run.folder / "utkast.txt").write_text("Nothing yet", encoding="utf-8")
    return run.folder


@pytest.fixture
def kai(decided: Path, tmp_path: Path) -> Iterator[Browser]:
    browser = browsing(Shell(Path(shutil.copytree(decided, tmp_path / "halden"))))
    browser.token = browser.link("nora", "kai")
    yield browser
    browser.store.close()


@pytest.fixture
def ready(kai: Browser) -> Browser:
    kai.run("project approve kai kart --as nora")
    return kai


def fetched(browser: Browser, artefact: str, n: object = 1) -> object:
    return browser.client.get(f"{browser.place}?paper={artefact}&n={n}").status_code


# ---------------------------------------------------------------- papers


def test_a_file_comes_back_byte_for_byte_and_is_opened_by_nothing(kai: Browser) -> None:
    [link] = [a["href"] for a in kai.look().all("a") if "paper" in str(a["href"])]
    answer = kai.client.get(kai.place + str(link))

    assert answer.content == MAP
    assert answer.headers["content-type"] == "application/octet-stream"
    said = "attachment; filename*=utf-8''Kart%20%C3%B6ver%20hamnen%20%28ny%29.pdf"
    assert answer.headers["content-disposition"] == said
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["content-security-policy"].endswith("; sandbox")
    assert kai.token not in str(link)


def test_what_a_decision_rests_on_stands_beside_it(ready: Browser) -> None:
    page = ready.look()

    assert "Version 1 on Tue 8 Sep 2026: approved." in page.words
    [link] = [a for a in page.all("a") if a["href"] == "https://archive.example.org/plan"]
    assert link["rel"] == "noopener noreferrer"
    assert "What does it cost?" in page.words
    assert "3000" in page.words


def test_only_what_the_asking_is_about_can_be_read(kai: Browser) -> None:
    kai.run("project submit kai utkast utkast.txt")
    kai.run("project withdraw kai utkast")
    (kai.run.folder / "ny.txt").write_text("Another map", encoding="utf-8")
    assert fetched(kai, "kart") == 200
    kai.run("project submit kai kart ny.txt")

    never = kai.client.get("/l/never-was")
    for artefact, n in (
        ("kart", 1), ("kart", 3), ("kart", 0), ("kart", "02"), ("kart", "-1"), ("kart", ""),
        ("utkast", 1), ("plan", 1), ("anslag", 1), ("nothing", 1), ("../kart", 2), ("%00", 1),
    ):  # fmt: skip
        answer = kai.client.get(f"{kai.place}?paper={artefact}&n={n}")
        assert (answer.status_code, answer.text, answer.headers) == (404, never.text, never.headers)
    assert fetched(kai, "kart", 2) == 200
    kai.run("project approve kai kart --as nora")
    assert fetched(kai, "kart", 2) == 200  # what the decision is about
    kai.run("project decide kai K1 stopp --as nora")
    assert fetched(kai, "kart", 2) == 404


def test_who_judges_or_advises_reads_what_the_gate_looks_at(nora: Browser) -> None:
    (nora.run.folder / "tilbud.txt").write_text("Three ladders", encoding="utf-8")
    assert fetched(nora, "tilbud") == 404
    nora.run("project submit stige tilbud tilbud.txt --form kai=nord --as nora")

    answer = nora.client.get(f"{nora.place}?paper=tilbud&n=1")
    assert answer.content == b"Three ladders"
    assert answer.headers["content-disposition"] == 'attachment; filename="tilbud.txt"'
    nora.send(nora.look().form("rate"), criterion__trygg="met")
    assert fetched(nora, "tilbud") == 200
    nora.send(nora.look().form("advise"), value="go")
    assert fetched(nora, "tilbud") == 404


def test_nobody_else_reads_what_one_is_asked_about(kai: Browser) -> None:
    kai.token = kai.link("olav", "kai")

    assert fetched(kai, "kart") == 404


def test_a_file_that_is_damaged_is_not_handed_out(kai: Browser) -> None:
    [kept] = [p for p in (kai.run.folder / "artefacts").rglob("*") if p.stat().st_size == len(MAP)]
    kept.chmod(0o600)
    kept.write_bytes(MAP[:-1] + b"x")
    client = type(kai.client)(kai.client.app, base_url=str(kai.client.base_url),
                              raise_server_exceptions=False)  # fmt: skip

    assert client.get(f"{kai.place}?paper=kart&n=1").status_code == 500


# ---------------------------------------------------------------- approving


@pytest.mark.parametrize(("fields", "command"), [
    ({"verdict": "approve"}, "approve kai kart"),
    ({"verdict": "return", "reason": "The quay is missing"}, "return kai kart --reason 'The quay is missing'"),
])  # fmt: skip
def test_approving_and_returning_are_the_commands(
    kai: Browser, tmp_path: Path, fields: dict[str, str], command: str
) -> None:
    other = Shell(Path(shutil.copytree(kai.run.folder, tmp_path / "other")))
    other(f"project {command} --as nora")
    form = kai.look().form("judge")

    answer = kai.send(form, **fields)

    assert kai.thanked(answer) == "judge"
    assert happened(kai.run, "kai") == happened(other, "kai")
    assert "judge" not in kai.look().acts()
    before = kai.sequence()
    assert kai.send(form, **fields).status_code == 303
    assert kai.sequence() == before


@pytest.mark.parametrize(("fields", "told"), [
    ({}, "Choose one first."), ({"verdict": "return"}, "Write something here first."),
    ({"verdict": "other"}, "Choose one first."),
    ({"verdict": "approve", "need": "x"}, "out of date"),
    ({"verdict": "approve", "need": "9"}, "no longer there"),
    ({"verdict": "approve", "subject": "nothing"}, "no longer there"),
])  # fmt: skip
def test_an_answer_on_a_paper_that_cannot_be_taken_is_told(
    kai: Browser, fields: dict[str, str], told: str
) -> None:
    before = kai.sequence()
    answer = kai.send(kai.look().form("judge") | fields)

    assert 400 <= answer.status_code < 500
    assert told in Page(answer.text).words
    assert kai.sequence() == before


# ---------------------------------------------------------------- deciding


def choose(browser: Browser, outcome: str, reason: str = "", gate: str = "K1") -> Page:
    """The page on which a choice is to be confirmed."""
    before = browser.sequence()
    answer = browser.send(browser.look().form("choose", gate), outcome=outcome, reason=reason)
    assert answer.status_code == 200, answer.text
    assert browser.sequence() == before
    return Page(answer.text)


DECISIONS = (
    ("go", {"answer:ramme": "2 000 000"}, "go --answer 'ramme=2 000 000'"),
    ("go_with_conditions",
     {"text:vilkaar.1": "Ask the pilots", "owner:vilkaar.1": "leder", "due:vilkaar.1": "2026-10-01"},
     "go_with_conditions --condition 'Ask the pilots; leder; 2026-10-01'"),
    ("vent", {"review_on": "2026-10-30"}, "vent --review-on 2026-10-30"),
    ("stopp", {}, "stopp"),
)  # fmt: skip


@pytest.mark.parametrize(("outcome", "fields", "command"), DECISIONS, ids=[d[0] for d in DECISIONS])
def test_a_decision_is_confirmed_and_is_the_command(
    ready: Browser, tmp_path: Path, outcome: str, fields: dict[str, str], command: str
) -> None:
    other = Shell(Path(shutil.copytree(ready.run.folder, tmp_path / "other")))
    other(f"project decide kai K1 {command} --reason 'As agreed' --as nora")
    confirm = choose(ready, outcome, "As agreed").form("decide")

    answer = ready.send(confirm | fields)

    assert ready.thanked(answer) == "decide"
    assert happened(ready.run, "kai") == happened(other, "kai")
    after = ready.sequence()
    assert ready.send(confirm | fields).status_code == 303
    assert ready.sequence() == after
    ready.run("db doctor")


def test_what_a_choice_comes_to_is_told_before_it_is_confirmed(ready: Browser) -> None:
    page = choose(ready, "vent", "Too <b>early</b>")

    assert page.acts() == ["decide"]
    for told in ("Ready: decide on “Wait”?", "waits, for 90 days at most.", "Your reason: Too <b>early</b>",
                 "Until when it waits", "Download Map"):  # fmt: skip
        assert told in page.words, told
    assert "?" in [a["href"] for a in page.all("a")]
    assert "Ask" not in page.words


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_each_step_is_readable_in_each_language(ready: Browser, language: str) -> None:
    ready.run(f"person change nora --language {language}")
    assert_readable(ready.look().text, language)
    for outcome in ("go", "go_with_conditions", "vent", "stopp"):
        page = choose(ready, outcome, "Fordi")
        assert_readable(page.text, language)
        wrong = ready.send(page.form("decide") | {"owner:vilkaar.1": "leder", "review_on": "x"})
        if wrong.status_code != 303:
            assert_readable(wrong.text, language)


@pytest.mark.parametrize(("fields", "told"), [
    ({}, "Choose one first."), ({"outcome": "nothing"}, "out of date"),
    ({"outcome": "leie"}, "out of date"), ({"outcome": "go", "subject": "K2"}, "out of date"),
    ({"outcome": "go", "reason": "\x01"}, "control character"),
])  # fmt: skip
def test_a_choice_that_is_none_is_told(ready: Browser, fields: dict[str, str], told: str) -> None:
    before = ready.sequence()
    answer = ready.send(ready.look().form("choose") | fields)

    assert answer.status_code == 422
    assert told in Page(answer.text).words
    assert ready.sequence() == before


WRONG = (
    ("vent", {}, "review"), ("vent", {"review_on": "2028-01-01"}, "Wait"),
    ("go", {}, "What is the budget?"), ("go", {"answer:ramme": "much"}, "“much” cannot be used"),
    ("go_with_conditions", {}, "condition"),
    ("go_with_conditions", {"text:vilkaar.2": "Ask"}, "Choose one first."),
    ("go_with_conditions", {"owner:vilkaar.3": "leder"}, "Write something here first."),
)  # fmt: skip


@pytest.mark.parametrize(("outcome", "fields", "told"), WRONG)
def test_a_decision_that_lacks_something_is_not_taken_and_keeps_what_was_typed(
    ready: Browser, outcome: str, fields: dict[str, str], told: str
) -> None:
    confirm = choose(ready, outcome, "Because we can").form("decide")
    before = ready.sequence()

    answer = ready.send(confirm | fields)

    page = Page(answer.text)
    assert 400 <= answer.status_code < 500
    assert page.acts() == ["decide"]
    assert told in page.words
    assert "Because we can" in page.words
    for value in fields.values():
        assert f'value="{value}"' in answer.text or value in page.words
    assert ready.sequence() == before


def test_what_has_changed_since_is_read_anew_before_it_is_decided_on(ready: Browser) -> None:
    confirm = choose(ready, "stopp").form("decide")
    ready.run("project submit kai plan --link https://archive.example.org/plan-2")

    answer = ready.send(confirm)

    assert answer.status_code == 409
    again = Page(answer.text)
    assert "https://archive.example.org/plan-2" in {a["href"] for a in again.all("a")}
    assert ready.thanked(ready.send(again.form("decide"))) == "decide"


def test_what_was_decided_meanwhile_is_not_decided_again(ready: Browser) -> None:
    confirm = choose(ready, "stopp").form("decide")
    ready.run("project decide kai K1 go --answer ramme=1 --as nora")

    before = ready.sequence()
    assert ready.send(confirm).status_code == 409
    assert ready.sequence() == before


def test_what_names_people_is_left_to_those_who_may(ready: Browser) -> None:
    page = ready.look()

    assert "Ready: Build with a manager. It names people or brings a paper along." in page.words
    assert 'value="leie"' not in page.text


def test_among_several_a_decision_takes_effect_with_the_last(ready: Browser) -> None:
    ready.run("project decide kai K1 go --answer ramme=1 --as nora")
    page = choose(ready, "tilbake", gate="K2")
    assert [a["value"] for a in page.all("input") if a.get("name") == "to"] == ["arbeid", "bygg"]
    assert ready.send(page.form("decide"), to="bygg").status_code == 303
    assert "choose" not in ready.look().acts()
    before = ready.sequence()

    ready.token = ready.link("olav", "kai")
    assert (
        ready.send(choose(ready, "tilbake", gate="K2").form("decide"), to="bygg").status_code == 303
    )
    assert ready.sequence() > before + 1  # a vote, and what it led to


def test_before_it_is_ready_nobody_is_asked_to_decide(kai: Browser) -> None:
    assert "choose" not in kai.look().acts()
    form = {"act": "choose", "subject": "K1", "need": "", "nonce": "0" * 20, "outcome": "stopp"}
    assert kai.send(form).status_code == 422


def test_a_form_from_elsewhere_decides_nothing(ready: Browser) -> None:
    confirm = choose(ready, "stopp").form("decide")
    ready.sent = {"Sec-Fetch-Site": "cross-site"}

    assert ready.send(confirm).status_code == 403
    assert re.search("K1", ready.run("project show kai").out)
