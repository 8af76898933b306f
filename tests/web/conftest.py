"""A municipality with one project in which a partner without an account owes something of every
kind, and a browser that has been given the partner's link.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from innocities_engine import settings, wording
from innocities_engine.cli import serving
from innocities_engine.store import tables
from innocities_engine.store.transactions import Store, open_store, read
from innocities_engine.web import forms
from innocities_engine.web.app import application
from tests.cli.shell import Shell

METHODS = Path(__file__).parent / "methods"
BASE = "https://innocities.example.org"
SAME = {"Sec-Fetch-Site": "same-origin"}


def build(folder: Path) -> None:
    folder.mkdir()
    run = Shell(folder)
    run('init halden "Halden kommune" --admin astrid="Astrid Berg" --simulated'
        " --now 2026-09-08T12:00 --address astrid@example.org")  # fmt: skip
    reach(folder)
    run("person add nora 'Nora Ås' --right external --address nora@partner.example --language en")
    run("person add olav 'Olav Ek' --right external --address olav@partner.example")
    run("person add bjorn Bjørn --address bjorn@example.org")
    run("methodology", "publish", str(METHODS / "samarbeid" / "1.0.0.yaml"))
    roles = "--member leder=astrid --member partner=nora --member styre=bjorn"
    run(f"project start samarbeid Badestige --id stige {roles}")
    run(f"project start samarbeid Lyskasse --id lys {roles.replace('nora', 'olav')}")
    run("project tick-off stige prove")
    run('organisation add skjaer "Skjær havn" --admin sol="Sol Vik"')
    there = "--organisation skjaer --as sol"
    run(f"person add nora 'Nora Ås' --right external {there}")
    run("methodology", "publish", str(METHODS / "samarbeid" / "1.0.0.yaml"), *there.split())
    run(
        f"project start samarbeid Brygge --id brygge --member leder=sol --member partner=nora {there}"
    )


def reach(folder: Path, base_url: str = BASE) -> None:
    """Say where the pages are."""
    path = folder / settings.SETTINGS
    text = re.sub(r'base_url = ".*"', f'base_url = "{base_url}"', path.read_text("utf-8"))
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("web") / "halden"
    build(folder)
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Shell:
    return Shell(Path(shutil.copytree(made, tmp_path / "halden")))


class Page(HTMLParser):
    """A page with its forms, each as a browser would send it back."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.forms: list[dict[str, str]] = []
        self.words = ""
        self._area = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "form":
            self.forms.append({})
        if tag == "input" and given.get("type") == "hidden":
            self.forms[-1][given["name"] or ""] = given["value"] or ""

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def form(self, act: str, subject: str = "") -> dict[str, str]:
        [found] = [f for f in self.forms if f["act"] == act and subject in f["subject"]]
        return found

    def acts(self) -> list[str]:
        return [form["act"] for form in self.forms]


@dataclass
class Browser:
    """Somebody with a link."""

    run: Shell
    store: Store
    client: TestClient
    token: str = ""
    sent: Mapping[str, str] = field(default_factory=lambda: SAME)

    def run_clock(self) -> datetime:
        return serving.Clock(self.run.folder, simulated=True)()

    @property
    def place(self) -> str:
        return f"/l/{self.token}"

    def look(self) -> Page:
        answer = self.client.get(self.place)
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    def send(self, form: Mapping[str, str], files: Any = None, **fields: Any) -> Any:
        data = {**form, **{name.replace("__", ":"): value for name, value in fields.items()}}
        return self.client.post(self.place, data=data, files=files, headers=self.sent)

    def thanked(self, answer: Any) -> str:
        """What the page that an answer leads to says thank you for."""
        text = self.client.get(self.place + answer.headers["location"]).text
        said = [
            act
            for act in forms.ACTS
            if wording.say("en", f"web.done_{act.replace('-', '_')}") in text
        ]
        return ", ".join(said)

    def sequence(self) -> int:
        """How much is recorded, of whatever project or organisation."""
        with read(self.store) as connection:
            found = connection.execute(select(func.count()).select_from(tables.event)).scalar_one()
        return int(found)

    def link(self, person: str = "nora", project: str = "stige", more: str = "") -> str:
        found: str = self.run.json(f"person link {person} {project} {more}")["link"]
        return found.rpartition("/")[2]


def browsing(run: Shell, base_url: str = BASE) -> Browser:
    kept = settings.load(run.folder)
    store = open_store(run.folder)
    app = application(serving.services(kept, store), base_url)
    client = TestClient(app, base_url=base_url, follow_redirects=False)
    return Browser(run, store, client)


@pytest.fixture
def nora(run: Shell) -> Iterator[Browser]:
    browser = browsing(run)
    browser.token = browser.link()
    yield browser
    browser.store.close()
