from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from notifications import mail
from notifications.mail import Letter, Mail, Sender
from notifications.mailers import Fate, SmtpMailer, SmtpServer
from tests.harness.smtp import FlakyServer

SENDER = Sender("InnoCities", "engine@example.org", "example.org", b"a key of sixteen bytes")
AT = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)


def a_mail(to: str = "astrid@example.org", text: str = "Beslutsunderlag behövs.\n") -> Mail:
    letter = Letter("Sista dag 12 maj: Beslutsunderlag", text, "<p>x</p>", "sv", "Astrid", to)
    return mail.build(letter, SENDER, f"news for {to}", AT)


@pytest.fixture
def server() -> Iterator[FlakyServer]:
    with FlakyServer() as running:
        yield running


@pytest.fixture
def way(server: FlakyServer) -> Iterator[SmtpMailer]:
    with closing(mailer(server)) as opened:
        yield opened


def mailer(server: FlakyServer) -> SmtpMailer:
    return SmtpMailer(SmtpServer("127.0.0.1", server.port, "engine@example.org", security="plain"))


# ---------------------------------------------------------------- what became of it


def test_a_mail_the_server_took_is_sent(server: FlakyServer, way: SmtpMailer) -> None:
    assert way.send(a_mail()).fate is Fate.SENT
    assert [m.content for m in server.accepted] == [a_mail().content]


def test_a_mail_is_sent_to_its_one_recipient_from_us(server: FlakyServer, way: SmtpMailer) -> None:
    way.send(a_mail())

    assert server.accepted[0].recipients == ("astrid@example.org",)
    assert server.accepted[0].sender == "engine@example.org"


def test_lines_that_begin_with_a_dot_arrive_as_they_were(
    server: FlakyServer, way: SmtpMailer
) -> None:
    content = a_mail(text=".\n..\n.hej\n").content
    way.send(Mail("<1@example.org>", "astrid@example.org", content))

    assert server.accepted[0].content == content


def test_a_mail_is_sent_although_the_server_is_rude_at_the_end(
    server: FlakyServer, way: SmtpMailer
) -> None:
    server.behave("quit=421")

    assert way.send(a_mail()).fate is Fate.SENT
    way.close()
    assert len(server.accepted) == 1


@pytest.mark.parametrize(
    ("script", "fate"),
    [
        ("rcpt=550", Fate.NEVER),
        ("mail=553", Fate.NEVER),
        ("data=554", Fate.NEVER),
        ("dot=552", Fate.NEVER),
        ("rcpt=451", Fate.LATER),
        ("dot=451", Fate.LATER),
        ("dot=421", Fate.LATER),
        ("data=drop", Fate.LATER),
        ("mail=rst", Fate.LATER),
        ("rcpt=421", Fate.LATER),
        ("dot=accept_then_drop", Fate.UNKNOWN),
        ("dot=drop", Fate.UNKNOWN),
        ("dot=rst", Fate.UNKNOWN),
        ("connect=421", Fate.AWAY),
        ("connect=554", Fate.AWAY),
        ("connect=rst", Fate.AWAY),
        ("connect=drop", Fate.AWAY),
        ("ehlo=drop", Fate.AWAY),
    ],
)
def test_what_the_server_does_decides_what_became_of_the_mail(
    server: FlakyServer, way: SmtpMailer, script: str, fate: Fate
) -> None:
    server.behave(script)
    assert way.send(a_mail()).fate is fate


def test_a_server_that_is_not_there_is_away() -> None:
    with FlakyServer() as gone:
        pass
    way = mailer(gone)

    assert way.send(a_mail()).fate is Fate.AWAY


def test_what_the_server_said_is_told(server: FlakyServer, way: SmtpMailer) -> None:
    server.behave("rcpt=550")
    assert "550 as ordered" in way.send(a_mail()).said


# ---------------------------------------------------------------- one connection for many


def test_a_batch_goes_over_one_connection(server: FlakyServer, way: SmtpMailer) -> None:
    fates = [way.send(a_mail(f"person{n}@example.org")).fate for n in range(10)]

    assert fates == [Fate.SENT] * 10
    assert server.connections == 1


def test_a_refused_mail_leaves_the_connection_to_the_next(
    server: FlakyServer, way: SmtpMailer
) -> None:
    server.behave("rcpt=550~bjorn; dot=451~dag")
    fates = [way.send(a_mail(f"{name}@example.org")).fate for name in ("bjorn", "dag", "eva")]

    assert fates == [Fate.NEVER, Fate.LATER, Fate.SENT]
    assert server.connections == 1
    assert [m.recipients for m in server.accepted] == [("eva@example.org",)]


def test_a_kept_connection_that_died_is_replaced(server: FlakyServer, way: SmtpMailer) -> None:
    way.send(a_mail())
    server.behave("mail=drop*1")

    assert way.send(a_mail("bjorn@example.org")).fate is Fate.SENT
    assert server.connections == 2


def test_after_a_lost_reply_the_next_mail_gets_a_new_connection(
    server: FlakyServer, way: SmtpMailer
) -> None:
    server.behave("dot=accept_then_drop*1")

    assert way.send(a_mail()).fate is Fate.UNKNOWN
    assert way.send(a_mail("bjorn@example.org")).fate is Fate.SENT


# ---------------------------------------------------------------- safe, or not at all


def test_without_encryption_nothing_is_said_and_the_queue_stops(
    server: FlakyServer, way: SmtpMailer
) -> None:
    way = SmtpMailer(SmtpServer("127.0.0.1", server.port, "engine@example.org"))

    assert way.send(a_mail()).fate is Fate.STOPPED
    assert server.accepted == []


@pytest.mark.parametrize("script", ["starttls=garbage", "starttls=454"])
def test_encryption_that_fails_stops_the_queue(script: str) -> None:
    with FlakyServer(script, offers=("STARTTLS",)) as server:
        way = SmtpMailer(SmtpServer("127.0.0.1", server.port, "engine@example.org"))
        assert way.send(a_mail()).fate is Fate.STOPPED


def test_mail_to_another_machine_is_never_in_the_open() -> None:
    with pytest.raises(ValueError, match="encrypted"):
        SmtpServer("mail.example.org", security="plain")


def test_a_password_is_never_in_the_open() -> None:
    with pytest.raises(ValueError, match="password"):
        SmtpServer("127.0.0.1", security="plain", user="engine", password="secret")


def test_a_password_does_not_show_in_what_is_printed() -> None:
    assert "secret" not in repr(SmtpServer("mail.example.org", user="u", password="secret"))


@dataclass
class Taking:
    """Takes mail and notes whether the way was safe and who sent it."""

    taken: list[Envelope] = field(default_factory=list)
    safe: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        self.safe.append(session.ssl is not None and bool(session.authenticated))
        return "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-keyout", key, "-out", cert, "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, cert


@pytest.fixture
def safe_server(certificate: tuple[Path, Path]) -> Iterator[tuple[Taking, int, Path]]:
    key, cert = certificate
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    taking = Taking()

    def known(*asked: object) -> AuthResult:
        login = asked[-1]
        right = isinstance(login, LoginPassword) and login.password == b"secret"
        return AuthResult(success=right, handled=False)

    controller = Controller(
        taking,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        authenticator=known,
        auth_require_tls=True,
    )
    controller.start()
    yield taking, controller.port, cert
    controller.stop()


def safe_mailer(port: int, authorities: Path | str, password: str = "secret") -> SmtpMailer:
    return SmtpMailer(
        SmtpServer(
            "localhost", port, "engine@example.org", "engine", password,
            authorities=str(authorities),
        )
    )  # fmt: skip


def test_a_trusted_server_gets_the_password_and_the_mail(
    safe_server: tuple[Taking, int, Path],
) -> None:
    taking, port, authorities = safe_server
    with closing(safe_mailer(port, authorities)) as way:
        assert way.send(a_mail()).fate is Fate.SENT
    assert taking.safe == [True]


def test_a_server_with_a_strange_certificate_gets_nothing(
    safe_server: tuple[Taking, int, Path],
) -> None:
    taking, port, _ = safe_server

    assert safe_mailer(port, "").send(a_mail()).fate is Fate.STOPPED
    assert taking.taken == []


def test_a_wrong_password_stops_the_queue(safe_server: tuple[Taking, int, Path]) -> None:
    taking, port, authorities = safe_server

    assert safe_mailer(port, authorities, "wrong").send(a_mail()).fate is Fate.STOPPED
    assert taking.taken == []


def test_a_missing_list_of_authorities_stops_the_queue(
    safe_server: tuple[Taking, int, Path], tmp_path: Path
) -> None:
    _, port, _ = safe_server
    assert safe_mailer(port, tmp_path / "none.pem").send(a_mail()).fate is Fate.STOPPED
