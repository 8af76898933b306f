from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from email.message import EmailMessage

import pytest

from innocities_engine.errors import EngineError
from notifications.delivery import Post, deliver
from notifications.mail import Mail
from notifications.mailbox import Mailbox, mails
from notifications.mailers import Handover, SmtpMailer, SmtpServer
from tests.harness import mailcheck
from tests.harness.mailcheck import Verdict
from tests.harness.smtp import FlakyServer
from tests.notifications.conftest import BASE, SENDER, Morning
from tests.notifications.test_mail import INJECTIONS
from tests.notifications.test_messages import HOSTILE
from tests.store import given

READERS = 40
STORMY = (
    "dot=accept_then_drop@0.15; dot=drop@0.1; rcpt=451@0.2; connect=421@0.1; connect=rst@0.05;"
    "quit=421@0.3"
)


@dataclass
class Mortal:
    """A worker's way out that dies, now and then, between the last dot and writing it down."""

    inner: SmtpMailer
    chance: random.Random
    deaths: int = 0

    def send(self, mail: Mail) -> Handover:
        handover = self.inner.send(mail)
        if self.chance.random() < 0.1:
            self.deaths += 1
            raise KeyboardInterrupt
        return handover

    def close(self) -> None:
        self.inner.close()


def many_reminders(morning: Morning) -> dict[str, str]:
    """Let one reminder wait for each of many readers; tell the recipient of each."""
    morning.world.office.change_organisation(replace(given.OSLO, letters_a_minute=10_000), "dag")
    for n in range(READERS):
        person = given.a_person(f"p{n}", "member")
        morning.world.office.put_person("oslo", person, "dag")
        members = {"lead": (person.id,), "board": ("bjorn",)}
        morning.world.started(members=members, title=f"Project {n}")
    morning.sweep(days=27)
    morning.world.clock.forward(days=1)
    return {f"p{n}@example.org": f"p{n}@example.org" for n in range(READERS)}


def key_of(mail: EmailMessage) -> str:
    return str(mail["To"].addresses[0].addr_spec)


def smtp(server: FlakyServer) -> SmtpMailer:
    return SmtpMailer(SmtpServer("127.0.0.1", server.port, SENDER.address, security="plain"))


def worker(morning: Morning, server: FlakyServer) -> Post:
    return Post(morning.world.engine, smtp(server), SENDER, BASE)


def until_all_is_settled(morning: Morning, work: Callable[[], object]) -> None:
    for _ in range(200):
        work()
        morning.world.clock.forward(minutes=7)
        if set(morning.states()) == {"sent"}:
            return
    raise AssertionError(f"never settled: {morning.states()}")


def kinds(verdict: Verdict) -> set[str]:
    return {fault.kind for fault in verdict.faults}


@pytest.mark.parametrize("seed", [1, 2])
def test_in_a_storm_each_reminder_comes_once_or_as_the_same_mail_again(
    morning: Morning, seed: int
) -> None:
    expected = many_reminders(morning)
    with FlakyServer(STORMY, seed) as server:
        post = worker(morning, server)
        until_all_is_settled(morning, lambda: deliver(post))

    assert mailcheck.check(server.accepted, expected, key_of).faults == ()
    assert len(server.disturbances) > READERS // 4


def test_a_server_that_asks_to_come_back_later_gets_each_mail_once(morning: Morning) -> None:
    expected = many_reminders(morning)
    with FlakyServer("greylist") as server:
        post = worker(morning, server)
        until_all_is_settled(morning, lambda: deliver(post))

    assert mailcheck.check(server.accepted, expected, key_of).faults == ()
    assert len(server.accepted) == READERS


def test_dying_workers_lose_nothing_and_repeat_only_what_nobody_could_write_down(
    morning: Morning,
) -> None:
    expected = many_reminders(morning)
    with FlakyServer() as server:
        mortal = Mortal(smtp(server), random.Random(1))

        def work() -> None:
            with suppress(KeyboardInterrupt):
                deliver(Post(morning.world.engine, mortal, SENDER, BASE))

        until_all_is_settled(morning, work)

    verdict = mailcheck.check(server.accepted, expected, key_of)
    assert mortal.deaths > 0
    assert kinds(verdict) <= {"DUP"}
    assert verdict.count("DUP") <= mortal.deaths


def test_several_workers_at_once_send_each_letter_once(morning: Morning) -> None:
    expected = many_reminders(morning)
    with FlakyServer() as server, ThreadPoolExecutor(4) as pool:
        workers = [worker(morning, server) for _ in range(4)]
        reports = list(pool.map(deliver, workers))

    assert mailcheck.check(server.accepted, expected, key_of).faults == ()
    assert sum(report.sent for report in reports) == READERS
    assert len(server.accepted) == READERS


def test_a_long_outage_loses_nothing_and_floods_nobody(morning: Morning) -> None:
    """While the server is away the next reminder comes due: it alone is told afterwards."""
    morning.world.started()
    morning.sweep(days=27)
    with FlakyServer() as server:
        post = worker(morning, server)
    for _ in range(24 * 4):
        morning.world.clock.forward(hours=1)
        morning.world.engine.sweep()
        deliver(post)
    with FlakyServer(port=server.port) as back:
        for _ in range(3):
            morning.world.clock.forward(hours=1)
            deliver(post)

    told = [(mail.recipients[0], b"Forfalt" in mail.content) for mail in back.accepted]
    assert sorted(told) == [("astrid@example.org", True), ("bjorn@example.org", False)]


def test_the_mailbox_holds_what_the_outbox_says_was_sent(morning: Morning) -> None:
    expected = many_reminders(morning)
    folder = morning.world.store.folder / "mailbox"
    for _ in range(2):
        deliver(Post(morning.world.engine, Mailbox(folder), SENDER, BASE))

    kept = list(mails(folder))
    assert {mail.message_id for mail in kept} == {row["message_id"] for row in morning.letters()}
    assert len(kept) == len(expected)


@pytest.mark.parametrize("text", [*HOSTILE, *INJECTIONS])
def test_no_title_and_no_name_bends_a_mail_on_its_whole_way(morning: Morning, text: str) -> None:
    """What the front doors let in goes out as text; what they refuse never gets here."""
    with suppress(EngineError, ValueError):
        person = replace(given.a_person("astrid", "member", "manager"), name=f"A {text}")
        morning.world.office.put_person("oslo", person, "dag")
    with suppress(EngineError, ValueError):
        morning.world.started(title=f"T {text}")
    morning.world.started()
    with FlakyServer() as server:
        post = worker(morning, server)
        morning.world.clock.forward(days=31)
        morning.world.engine.sweep()
        deliver(post)

    expected = {f"{who}@example.org": f"{who}@example.org" for who in ("astrid", "bjorn")}
    assert mailcheck.check(server.accepted, expected, key_of).faults == ()
