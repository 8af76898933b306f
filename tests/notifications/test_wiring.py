from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from innocities_engine import errors
from innocities_engine.settings import SETTINGS, Mail, Settings, create, load
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


def test_without_a_server_there_is_no_way_out(settings: Settings) -> None:
    assert mailer_of(replace(settings, mail=Mail())) is None


@pytest.mark.parametrize(
    "mail",
    [replace(SERVER, security="plain"), Mail(host="localhost", security="plain", user="engine")],
)
def test_a_server_that_may_not_be_used_is_a_fault_of_the_settings(
    settings: Settings, mail: Mail
) -> None:
    with pytest.raises(errors.DefinitionInvalid, match=SETTINGS):
        mailer_of(replace(settings, mail=mail))


def test_letters_are_signed_with_the_key_of_the_installation(settings: Settings) -> None:
    assert sender_of(settings).key == settings.key
    assert sender_of(replace(settings, mail=Mail())).address == "innocities@innocities.invalid"
