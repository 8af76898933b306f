"""Decide how a captive mailbox looks: a folder in which every mail stands as it would have gone
out, with a page and a text that a person can open to read them.  It stands in for a mail server
where nothing may leave the machine; whether it is used is left to whoever wires the parts.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from innocities_engine import disk
from notifications.mail import Mail
from notifications.mailers import Fate, Handover
from notifications.templating import render

NEW: Final = "new"
PARTIAL: Final = "tmp"
INDEX_PAGE: Final = "index.html"
INDEX_TEXT: Final = "index.txt"


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail in the mailbox, as a reader sees it."""

    path: Path
    message_id: str
    to: str
    subject: str
    at: datetime
    language: str
    text: str
    html: str


@dataclass(slots=True)
class Mailbox:
    """Keeps mail in a folder; the same mail twice is kept once, since its name is its identity.

    `paged` False: whoever sends very many batches has the page made at the end.
    """

    folder: Path
    changed: bool = False
    paged: bool = True
    prepared: bool = False

    def send(self, mail: Mail) -> Handover:
        """Keep one mail: whole, on the disk, before it counts as sent."""
        target = self.folder / NEW / _name(mail.message_id)
        try:
            if target.exists():
                disk.flush(target.parent)  # whoever kept it may have been killed before that
                return Handover(Fate.SENT, f"was in {target.name} already")
            self._prepare()
            partial = self.folder / PARTIAL / f"{target.name}.{os.getpid()}"
            disk.write(target, mail.content, partial=partial)
        except OSError as fault:
            return Handover(Fate.AWAY, f"the mailbox cannot be written: {fault}")
        self.changed = True
        return Handover(Fate.SENT, f"kept in {target.name}")

    def _prepare(self) -> None:
        if not self.prepared:
            for name in (NEW, PARTIAL):
                disk.make(self.folder / name, self.folder.parent)
            self.prepared = True

    def close(self) -> None:
        """Write the page and the text that show what is there."""
        if self.changed and self.paged:
            write_index(self.folder)
            self.changed = False


def mails(folder: Path) -> Iterator[Kept]:
    """Read the mailbox, oldest first."""
    found = (_read(path) for path in (folder / NEW).glob("*.eml"))
    yield from sorted(found, key=lambda kept: (kept.at, kept.to, kept.message_id))


def write_index(folder: Path) -> None:
    """Make the page and the text from the mails in the folder; they say where the commands that
    the mails name are typed.
    """
    kept, go = list(mails(folder)), shlex.join(["cd", str(folder.parent.absolute())])
    for name in (INDEX_PAGE, INDEX_TEXT):
        partial = folder / f".{name}"
        shown = render(f"mailbox.{name[6:]}", mails=kept, go=go)
        partial.write_text(shown, encoding="utf-8")
        partial.replace(folder / name)


def _name(message_id: str) -> str:
    return f"{message_id.strip('<>').partition('@')[0]}.eml"


def _read(path: Path) -> Kept:
    # The email package's older way to read is ten times as fast, and a page shows hundreds.
    message = message_from_bytes(path.read_bytes())
    return Kept(
        path=path,
        message_id=_header(message, "Message-ID"),
        to=_header(message, "To"),
        subject=_header(message, "Subject"),
        at=parsedate_to_datetime(_header(message, "Date")),
        language=_header(message, "Content-Language"),
        text=_part(message, "text/plain"),
        html=_part(message, "text/html"),
    )


def _header(message: Message, name: str) -> str:
    unfolded = "".join(message.get(name, "").splitlines())
    return str(make_header(decode_header(unfolded)))


def _part(message: Message, kind: str) -> str:
    for part in message.walk():
        if part.get_content_type() == kind:
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)  # a part of text has no parts of its own
            text = content.decode(part.get_content_charset("ascii"))
            return text.replace("\r\n", "\n")  # otherwise what is copied would end in one too many
    return ""
