from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from uuid import uuid4

import pytest

from tests.harness import mailcheck, smtp
from tests.harness.mailcheck import Verdict
from tests.harness.smtp import Accepted, FlakyServer, Rule

STORMY = (
    "dot=accept_then_drop@0.15; dot=drop@0.1; rcpt=451@0.2; connect=421@0.1; connect=rst@0.05;"
    "quit=421@0.3"
)
REMINDERS = {f"reminder {n}": f"person{n}@example.org" for n in range(60)}


def a_mail(key: str, recipient: str, message_id: str = "") -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "engine@example.org"
    mail["To"] = recipient
    mail["Subject"] = key
    mail["Date"] = "Mon, 02 Mar 2026 08:00:00 +0100"
    mail["Message-ID"] = message_id or f"<{key.replace(' ', '-')}@example.org>"
    mail.set_content("Somebody waits for you.\n")
    return mail


def key_of(mail: EmailMessage) -> str:
    return str(mail["Subject"])


def send(server: FlakyServer, mail: EmailMessage) -> None:
    """Hand over one mail; the end of the conversation after the 250 is of no interest."""
    connection = smtplib.SMTP("127.0.0.1", server.port, timeout=5)
    try:
        connection.send_message(mail)
    finally:
        connection.close()


def until_it_works(attempt: Callable[[], None]) -> None:
    for _ in range(50):
        try:
            return attempt()
        except (smtplib.SMTPException, OSError):
            continue
    raise AssertionError("never worked")


def right_worker(server: FlakyServer, key: str, recipient: str) -> None:
    until_it_works(lambda: send(server, a_mail(key, recipient)))


def worker_that_heeds_the_goodbye(server: FlakyServer, key: str, recipient: str) -> None:
    def attempt() -> None:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as connection:
            connection.send_message(a_mail(key, recipient))

    until_it_works(attempt)


def worker_with_a_new_id_each_time(server: FlakyServer, key: str, recipient: str) -> None:
    until_it_works(lambda: send(server, a_mail(key, recipient, f"<{uuid4()}@example.org>")))


def worker_that_gives_up(server: FlakyServer, key: str, recipient: str) -> None:
    try:
        send(server, a_mail(key, recipient))
    except (smtplib.SMTPException, OSError):
        pass


Worker = Callable[[FlakyServer, str, str], None]


def judged(worker: Worker, script: str) -> Verdict:
    with FlakyServer(script, seed=4) as server:
        for key, recipient in REMINDERS.items():
            worker(server, key, recipient)
        return mailcheck.check(server.accepted, REMINDERS, key_of)


def test_a_worker_that_resends_the_same_bytes_until_confirmed_has_no_fault_in_a_storm() -> None:
    verdict = judged(right_worker, STORMY)
    assert verdict.faults == ()
    assert verdict.excused > 0


def test_in_fair_weather_there_is_nothing_to_excuse() -> None:
    assert judged(right_worker, "") == Verdict((), excused=0)


def test_a_worker_that_takes_a_refused_goodbye_for_failure_sends_twice() -> None:
    verdict = judged(worker_that_heeds_the_goodbye, "quit=421@0.3")
    assert verdict.count("DUP") == len(verdict.faults) > 0


def test_a_new_message_id_at_each_attempt_is_found() -> None:
    assert judged(worker_with_a_new_id_each_time, STORMY).count("MSGID") > 0


def test_a_mail_that_was_given_up_is_missing() -> None:
    verdict = judged(worker_that_gives_up, STORMY)
    assert verdict.count("MISSING") == len(verdict.faults) > 0


def test_a_greylist_refuses_each_recipient_once() -> None:
    with FlakyServer("greylist") as server:
        for recipient in ("a@example.org", "b@example.org"):
            with pytest.raises(smtplib.SMTPRecipientsRefused, match="451"):
                send(server, a_mail("k", recipient))
            send(server, a_mail("k", recipient))
        assert [mail.recipients for mail in server.accepted] == [
            ("a@example.org",),
            ("b@example.org",),
        ]


def test_poison_for_one_recipient_leaves_the_others_alone() -> None:
    with FlakyServer("data=554~poison") as server:
        with pytest.raises(smtplib.SMTPDataError, match="554"):
            send(server, a_mail("k", "poison@example.org"))
        send(server, a_mail("k", "healthy@example.org"))
        assert len(server.accepted) == 1


def test_a_rule_may_end_after_so_many_times_and_the_script_may_change() -> None:
    with FlakyServer("mail=452*2") as server:
        for _ in range(2):
            with pytest.raises(smtplib.SMTPSenderRefused, match="452"):
                send(server, a_mail("k", "a@example.org"))
        send(server, a_mail("k", "a@example.org"))
        server.behave("dot=552")
        with pytest.raises(smtplib.SMTPDataError, match="552"):
            send(server, a_mail("k", "a@example.org"))
        assert len(server.accepted) == 1
        assert server.connections == 4


@pytest.mark.parametrize("script", ["connect=rst", "connect=drop", "data=drop", "dot=rst"])
def test_a_broken_connection_is_really_broken(script: str) -> None:
    with FlakyServer(script) as server:
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            send(server, a_mail("k", "a@example.org"))
        assert server.accepted == []


def test_a_lost_confirmation_leaves_the_mail_with_the_server() -> None:
    with FlakyServer("dot=accept_then_drop") as server:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send(server, a_mail("k", "a@example.org"))
        assert [mail.confirmed for mail in server.accepted] == [False]


def test_a_silent_server_stays_silent() -> None:
    with FlakyServer("rcpt=hang") as server:
        connection = smtplib.SMTP("127.0.0.1", server.port, timeout=0.2)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            connection.sendmail("a@example.org", "b@example.org", b"x")
        connection.close()


def test_authentication_can_succeed_and_be_refused() -> None:
    with (
        FlakyServer("auth=535*1", offers=("AUTH LOGIN",)) as server,
        smtplib.SMTP("127.0.0.1", server.port) as connection,
    ):
        with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
            connection.login("user", "wrong", initial_response_ok=False)
        connection.login("user", "right")


def test_encryption_can_be_refused_and_can_fail() -> None:
    context = ssl.create_default_context()
    with FlakyServer("", offers=("STARTTLS",)) as server:
        refused = smtplib.SMTP("127.0.0.1", server.port)
        with pytest.raises(smtplib.SMTPResponseException, match="454"):
            refused.starttls(context=context)
        refused.close()
        server.behave("starttls=garbage")
        broken = smtplib.SMTP("127.0.0.1", server.port)
        with pytest.raises(ssl.SSLError):
            broken.starttls(context=context)
        broken.close()


def test_content_arrives_byte_for_byte_dots_included() -> None:
    body = b"Subject: x\r\n\r\n.\r\n..two\r\nend\r\n"
    with FlakyServer() as server:
        with smtplib.SMTP("127.0.0.1", server.port) as connection:
            connection.sendmail("a@example.org", "b@example.org", body)
        assert server.accepted == [Accepted("a@example.org", ("b@example.org",), body, True)]


def test_a_command_smuggled_into_an_address_is_remembered() -> None:
    with FlakyServer() as server:
        with smtplib.SMTP("127.0.0.1", server.port) as connection:
            connection.send("RCPT TO:<a@example.org>\r\nEVIL\r\n")
            assert [connection.getreply()[0] for _ in range(2)] == [250, 500]
        assert server.strange == [b"EVIL\r\n"]


def test_a_script_is_read_strictly() -> None:
    assert smtp.rules(" rcpt=451@0.2*3~x ;greylist; ") == (
        Rule("rcpt", "451", 0.2, 3, "x"),
        Rule("rcpt", "greylist"),
    )
    for wrong in ("rcpt", "rcpt=250", "lunch=451", "rcpt=accept_then_drop", "rcpt=451@often"):
        with pytest.raises(ValueError, match="rule|stage"):
            smtp.rules(wrong)


def test_the_same_seed_disturbs_the_same_way() -> None:
    def disturbances(seed: int) -> list[Rule]:
        with FlakyServer("rcpt=451@0.5", seed) as server:
            for _ in range(20):
                worker_that_gives_up(server, "k", "a@example.org")
            return server.disturbances

    assert disturbances(1) == disturbances(1)
    assert len(disturbances(1)) != 20


# What the check finds in a single mail


def faults(content: bytes, *recipients: str) -> list[tuple[str, str]]:
    mail = Accepted("engine@example.org", recipients or ("a@example.org",), content, True)
    verdict = mailcheck.check([mail], {"k": "a@example.org"}, key_of)
    return [(fault.kind, fault.detail) for fault in verdict.faults]


GOOD = bytes(a_mail("k", "a@example.org"))


def test_a_sound_mail_has_no_fault() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "kind", "detail"),
    [
        (b"Subject: k", b"Subject: k\r\nBcc: x@example.org", "HEADER", "bcc should not be there"),
        (b"Subject: k", b"Subject: k\r\nSubject: k2", "HEADER", "subject stands 2 times"),
        (b"Date", b"Reply-To", "HEADER", "date is missing"),
        (b"Subject: k", b"Subject: k\n", "HEADER", "a bare CR, a bare LF or a NUL"),
        (b"waits", b"wa\rits", "HEADER", "a bare CR, a bare LF or a NUL"),
        (b"waits", b"w" * 999, "HEADER", "a line over 998 bytes"),
        (b"engine@", "ångström@".encode(), "HEADER", "a header that is not ASCII"),
        (b"MIME-V", b"oops\r\nMIME-V", "HEADER", "not a header: b'oops'"),
        (
            b"Subject",
            b"List-Unsubscribe: =?utf-8?q?=3Chttps=3A//x?=\r\nSubject",
            "HEADER",
            "list-unsubscribe is encoded, so no program can read it",
        ),
        (b"a@example.org", b"a@example.org, b@example.org", "RECIPIENT", "To"),
        (b"Subject: k", b"Subject: other", "UNEXPECTED", "to"),
    ],
)
def test_what_was_slipped_in_is_found(old: bytes, new: bytes, kind: str, detail: str) -> None:
    found = faults(GOOD.replace(old, new))
    assert any(k == kind and text.startswith(detail) for k, text in found), found


def test_a_second_recipient_in_the_envelope_is_found() -> None:
    assert [kind for kind, _ in faults(GOOD, "a@example.org", "b@example.org")] == ["RECIPIENT"]


def test_a_copy_with_other_bytes_is_found_even_when_a_copy_is_excused() -> None:
    first = Accepted("e@example.org", ("a@example.org",), GOOD, False)
    other = Accepted("e@example.org", ("a@example.org",), GOOD + b"later\r\n", True)
    verdict = mailcheck.check([first, other], {"k": "a@example.org"}, key_of)
    assert [fault.kind for fault in verdict.faults] == ["BYTES"]
    assert verdict.excused == 0
