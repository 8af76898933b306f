from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from innocities_engine.settings import Mail, Settings, create, load
from notifications.mailbox import Mailbox
from notifications.mailers import SmtpMailer
from notifications.wiring import mailer_of, sender_of

SERVER = Mail(host="mail.example.org", user="engine", sender="no-reply@example.org")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(tmp_path / "workspace", mail=SERVER)
    create(made)
    return load(made.workspace)


def test_letters_go_to_the_server_of_the_settings(settings: Settings) -> None:
    mailer = mailer_of(settings)

    assert isinstance(mailer, SmtpMailer)
    assert mailer.server.host == "mail.example.org"
    assert mailer.server.security == "starttls"
    assert mailer.server.sender == "no-reply@example.org"


def test_letters_of_a_simulation_never_leave_the_machine(settings: Settings) -> None:
    assert isinstance(mailer_of(replace(settings, simulated=True)), Mailbox)


def test_without_a_server_letters_stay_in_the_folder(settings: Settings) -> None:
    mailer = mailer_of(replace(settings, mail=Mail()))

    assert isinstance(mailer, Mailbox)
    assert mailer.folder == settings.mailbox


def test_letters_are_signed_with_the_key_of_the_installation(settings: Settings) -> None:
    assert sender_of(settings).key == settings.key
    assert sender_of(replace(settings, mail=Mail())).address == "innocities@innocities.invalid"
