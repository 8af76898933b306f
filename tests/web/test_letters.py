"""Whoever has no account gets a link in a letter; everybody else's letter names a command."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from notifications.mailbox import NEW
from tests.cli.shell import Shell
from tests.web.conftest import BASE, Page, browsing, reach

LINK = re.compile(rf"{BASE}/l/[\w.-]+")


def parts(run: Shell, reader: str) -> list[tuple[str, str]]:
    """What somebody was sent, as text and as a page."""
    for day in (2, 3):
        run(f"tick --now 2026-11-0{day}T09:00")
    found = []
    for path in (run.folder / "mailbox" / NEW).iterdir():
        mail = cast("EmailMessage", message_from_bytes(path.read_bytes(), policy=default))
        plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
        assert plain
        assert html
        if reader in str(mail["To"]):
            found.append((plain.get_content(), html.get_content()))
    assert found
    return found


def test_the_link_of_a_partner_opens_the_page_and_stands_on_one_line(run: Shell) -> None:
    browser = browsing(run)
    for text, html in parts(run, "nora@partner"):
        links = LINK.findall(text)
        assert links
        assert set(links) <= set(text.splitlines())
        buttons = [a["href"] for a in Page(html).all("a") if "/l/" in str(a["href"])]
        assert buttons == links
        assert "innocities project" not in text + html
        assert "Badestige" in browser.client.get(links[0].removeprefix(BASE)).text
    browser.store.close()


def test_everybody_elses_letters_stay_as_they_are(run: Shell) -> None:
    before = parts(Shell(run.folder), "astrid@example")

    for text, html in before:
        assert "innocities project" in text
        assert BASE not in text + html


def test_without_an_address_a_partner_reads_a_command(run: Shell) -> None:
    reach(run.folder, "")

    for text, html in parts(run, "nora@partner"):
        assert "innocities project" in text
        assert "/l/" not in text + html


def test_who_stands_in_for_a_partner_and_has_an_account_reads_a_command(run: Shell) -> None:
    run("substitute add nora bjorn 2026-11-01 2026-11-30")

    for text, html in parts(run, "bjorn@example"):
        assert "innocities project" in text
        assert BASE not in text + html


def test_who_stands_in_and_takes_no_part_gets_no_link_that_leads_nowhere(run: Shell) -> None:
    run("substitute add nora olav 2026-11-01 2026-11-30")
    browser = browsing(run)

    for text, _ in parts(run, "olav@partner"):
        for link in LINK.findall(text):
            assert browser.client.get(link.removeprefix(BASE)).status_code == 200
    browser.store.close()
