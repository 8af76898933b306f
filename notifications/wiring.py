"""Decide from the settings of an installation which way its letters go and in whose name.  Which
command wants them sent is left to whoever wires the parts.
"""

from __future__ import annotations

from innocities_engine import settings as installation
from innocities_engine.engine import Engine
from innocities_engine.settings import Settings
from notifications.delivery import Post
from notifications.mail import Sender
from notifications.mailbox import Mailbox
from notifications.mailers import Mailer, SmtpMailer, SmtpServer

NAME = "InnoCities"


def post_of(settings: Settings, engine: Engine) -> Post:
    """Make the way from the outbox of an installation to its readers."""
    return Post(engine, mailer_of(settings), sender_of(settings), settings.base_url)


def mailer_of(settings: Settings) -> Mailer | None:
    """Choose the way out: a folder for a simulation, else the mail server, if one is set."""
    if settings.simulated:
        return Mailbox(settings.mailbox)
    return None if settings.lacks_server else SmtpMailer(_server(settings))


def _server(settings: Settings) -> SmtpServer:
    mail, sender = settings.mail, sender_of(settings).address
    password = settings.mail_password
    try:
        return SmtpServer(mail.host, mail.port, sender, mail.user, password, mail.security)
    except ValueError as fault:
        raise installation.unusable(settings.workspace, f"mail: {fault}") from fault


def sender_of(settings: Settings) -> Sender:
    """Say in whose name letters are written."""
    mail = settings.mail
    address = mail.sender or f"innocities@{mail.domain}"
    return Sender(NAME, address, mail.domain, settings.key)
