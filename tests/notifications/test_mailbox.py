from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from innocities_engine import disk
from notifications import mail
from notifications.mail import Letter, Mail, Sender
from notifications.mailbox import INDEX_PAGE, INDEX_TEXT, Mailbox, mails
from notifications.mailers import Fate
from tests.notifications.test_messages import HOSTILE, Structure

SENDER = Sender("InnoCities", "engine@example.org", "example.org", b"a key of sixteen bytes")
AT = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)


def a_mail(n: int = 1, subject: str = "Sista dag 12 maj: Beslutsunderlag") -> Mail:
    letter = Letter(subject, f"Text {n}\n", f"<p>{n}</p>", "sv", "Åsa", "asa@example.org")
    return mail.build(letter, SENDER, f"news {n}", AT + timedelta(minutes=n))


def filled(folder: Path, *letters: Mail) -> Path:
    box = Mailbox(folder)
    for letter in letters:
        assert box.send(letter).fate is Fate.SENT
    box.close()
    return folder


def test_a_mail_is_kept_byte_for_byte(tmp_path: Path) -> None:
    [kept] = mails(filled(tmp_path, a_mail()))
    assert kept.path.read_bytes() == a_mail().content


def test_the_same_mail_twice_is_kept_once(tmp_path: Path) -> None:
    assert len(list(mails(filled(tmp_path, a_mail(), a_mail(), a_mail(2))))) == 2


def test_a_mail_that_a_killed_process_kept_is_flushed_before_it_counts_as_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path, a_mail())
    flushed: list[Path] = []
    monkeypatch.setattr(disk, "flush", flushed.append)
    assert Mailbox(tmp_path).send(a_mail()).fate is Fate.SENT
    assert flushed == [tmp_path / "new"]


def test_mail_is_shown_oldest_first_with_reader_and_text(tmp_path: Path) -> None:
    filled(tmp_path, a_mail(2), a_mail(1))
    shown = (tmp_path / INDEX_TEXT).read_text(encoding="utf-8")

    assert shown.index("Text 1") < shown.index("Text 2")
    assert "Åsa <asa@example.org>" in shown
    assert "Sista dag 12 maj: Beslutsunderlag" in shown


def test_the_page_leads_to_each_mail(tmp_path: Path) -> None:
    filled(tmp_path, a_mail(1), a_mail(2))
    page = (tmp_path / INDEX_PAGE).read_text(encoding="utf-8")

    for kept in mails(tmp_path):
        assert f'href="new/{kept.path.name}"' in page
    assert "Åsa &lt;asa@example.org&gt;" in page


@pytest.mark.parametrize("text", HOSTILE)
def test_no_subject_changes_the_structure_of_the_page(tmp_path: Path, text: str) -> None:
    def page(folder: str, subject: str) -> list[object]:
        filled(tmp_path / folder, a_mail(1, subject))
        return Structure((tmp_path / folder / INDEX_PAGE).read_text(encoding="utf-8")).elements

    assert page("hostile", f"x{text}") == page("plain", "x")


def test_an_interrupted_mail_is_not_there(tmp_path: Path) -> None:
    filled(tmp_path, a_mail(1))
    (tmp_path / "tmp" / "half.eml.1").write_bytes(b"From: ")
    assert len(list(mails(tmp_path))) == 1


def test_a_mailbox_that_cannot_be_written_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert Mailbox(tmp_path / "file").send(a_mail()).fate is Fate.AWAY


def test_a_mailbox_nobody_wrote_to_is_empty(tmp_path: Path) -> None:
    assert list(mails(tmp_path)) == []
