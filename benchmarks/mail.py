"""A morning's reminders from the outbox to the mail server, beside the loop one writes first: a new
template, a new connection and a commit for each mail.
"""

from __future__ import annotations

import smtplib
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from aiosmtpd.controller import Controller
from jinja2 import Environment, FileSystemLoader

import notifications
from benchmarks.measuring import Row, at_least
from benchmarks.world import PAPERS, World, a_world, later
from innocities_engine.store.transactions import journal_mode
from notifications.delivery import Post, deliver
from notifications.mail import Sender
from notifications.mailers import SmtpMailer, SmtpServer

LEADS: Final = tuple(f"lead{n}" for n in range(60))
TEMPLATES: Final = Path(notifications.__file__).parent / "templates"
SENDER: Final = Sender("InnoCities", "engine@example.org", "example.org", b"a key of sixteen bytes")


class Sink:
    """Takes every mail and keeps it."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # as aiosmtpd calls it
        self.taken.append(envelope.content)
        return "250 OK"


def measure() -> Iterator[Row]:
    sink = Sink()
    port = _free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with a_world(LEADS) as world:
            ours = _drained(world, port, sink)
        mails = tuple(sink.taken)
        theirs = _naively(mails, port)
    finally:
        controller.stop()
    yield at_least("mails handed over from the outbox / by the loop one writes first",
                   ours / theirs, 3, f"{len(mails)} mails: {ours:.0f} and {theirs:.0f} a second",
                   "ours finds out for each whether it is still wanted, writes it down before it"
                   " goes, and settles it after")  # fmt: skip


def _drained(world: World, port: int, sink: Sink) -> float:
    """Mails a second, from letters that are due to mails that are settled."""
    for lead in LEADS:
        world.hand_in(world.started(lead), lead, PAPERS[1:])
    later(world, weeks=6, days=1)
    world.engine.sweep()
    server = SmtpServer("127.0.0.1", port, SENDER.address, security="plain")
    post = Post(world.engine, SmtpMailer(server), SENDER, "https://example.org")
    deliver(post)  # letters are addressed, and wait for the morning
    later(world, days=1)
    begun = perf_counter()
    report = deliver(post)
    taken = perf_counter() - begun
    assert report.sent == len(sink.taken) > 0, report
    return report.sent / taken


def _naively(mails: Sequence[bytes], port: int) -> float:
    """Mails a second, each with all that it needs made anew."""
    with TemporaryDirectory() as folder, closing(sqlite3.connect(Path(folder) / "sent.db")) as kept:
        for name, value in zip(("journal_mode", "synchronous"), journal_mode(), strict=True):
            kept.execute(f"PRAGMA {name}={value}")
        kept.execute("CREATE TABLE sent (recipient TEXT, subject TEXT)")
        begun = perf_counter()
        for content in mails:
            mail = _written(message_from_bytes(content, policy=policy.default))
            with smtplib.SMTP("127.0.0.1", port) as line:
                line.send_message(mail)
            kept.execute("INSERT INTO sent VALUES (?, ?)", (mail["To"], mail["Subject"]))
            kept.commit()
        return len(mails) / (perf_counter() - begun)


def _written(like: Any) -> EmailMessage:
    """The same mail, with templates that are read for it alone."""
    mail = EmailMessage()
    for name in ("From", "To", "Subject"):
        mail[name] = str(like[name])
    for file in ("letter.txt", "letter.html"):
        Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template(file)
    mail.set_content(like.get_body(("plain",)).get_content())
    mail.add_alternative(like.get_body(("html",)).get_content(), subtype="html")
    return mail


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
