"""Decide from the settings of an installation which way its letters go and in whose name.  Which
command wants them sent is left to whoever wires the parts.
"""

from __future__ import annotations

from innocities_engine import settings as installation
from innocities_engine.engine import Engine
from innocities_engine.settings import Settings
from innocities_engine.store.transactions import Transaction
from notifications.compose import Page, nowhere
from notifications.delivery import Post
from notifications.mail import Sender
from notifications.mailbox import Mailbox
from notifications.mailers import Mailer, SmtpMailer, SmtpServer

NAME = "InnoCities"


def post_of(settings: Settings, engine: Engine) -> Post:
    """Make the way from the outbox of an installation to its readers."""
    return Post(engine, mailer_of(settings), sender_of(settings), page=page_of(settings, engine))


def page_of(settings: Settings, engine: Engine) -> Page:
    """Say where people without an account act, if the pages can be reached at all.

    There are no pages yet for people with an account: their letters name commands.
    """
    if not settings.base_url:
        return nowhere
    # Imported on first use, otherwise every tick would pay for links that nobody is sent.
    from innocities_engine.links import Holder, Links, address
    from innocities_engine.office import Office

    links = Links(Office(engine.store, engine.clock), settings.link_key)

    def page(connection: Transaction, organisation: str, person: str, project: str) -> str:
        token = links.token(connection, Holder(organisation, person, project))
        return address(settings.base_url, token)

    return page


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
