"""Decide the way of a notice to its reader: one letter for each, claimed under a lease, asked
whether it is still wanted, written once, handed over while no transaction is open, and settled.  At
least once; twice only where the server's reply was lost, and then as the same mail.  How often one
tries, and who hears when it is in vain, is decided here as well.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from innocities_engine.domain.notices import Notice
from innocities_engine.engine import Engine
from innocities_engine.store import incidents, letters, outbox
from innocities_engine.store.letters import Claimed, Draft
from innocities_engine.store.outbox import Recipient, Waiting
from innocities_engine.store.transactions import Transaction, write
from notifications import mail, moved, readers, wanted
from notifications.archive import Archive
from notifications.compose import TOGETHER, Composed, Page, compose, nowhere
from notifications.mail import Mail, Sender
from notifications.mailers import Fate, Handover, Mailer
from notifications.messages import is_optional

log = logging.getLogger(__name__)

BATCH: Final = 20
# What is left of a lease when the last letter of a batch is begun outlasts the slowest server.
BATCH_TIME: Final = timedelta(seconds=30)
UNDELIVERED: Final = "undelivered"
MAIL: Final = "mail"


@dataclass(frozen=True, slots=True)
class Persistence:
    """How often one tries: after a minute, 5, 15, 30, then every hour of five days."""

    first: tuple[timedelta, ...] = tuple(timedelta(minutes=n) for n in (1, 5, 15, 30))
    then: timedelta = timedelta(hours=1)
    at_most: int = 4 + 5 * 24
    stopped: timedelta = timedelta(minutes=15)

    def wait(self, attempts: int) -> timedelta:
        """Tell how long to wait after so many attempts; unevenly, so that not all come at once."""
        if attempts <= len(self.first):
            return self.first[attempts - 1]
        return self.then * random.uniform(0.9, 1.1)  # noqa: S311  # not a secret


@dataclass(slots=True)
class Post:
    """A way from the outbox to the readers. `held_until`: no mail can go before then.

    Without a mailer there is no way out yet: letters wait until there is one. `page` gives the
    address at which somebody without an account acts in a project, "" where there is none.
    """

    engine: Engine
    mailer: Mailer | None
    sender: Sender
    base_url: str = ""
    persistence: Persistence = field(default_factory=Persistence)
    worker: str = field(default_factory=lambda: uuid4().hex)
    held_until: datetime | None = None
    page: Page = nowhere


@dataclass(slots=True)
class DeliveryReport:
    """What became of letters. `stopped`: why no mail can go at all, "" if it can.

    `said`: what was said last of a letter that was not taken. `organisations`: those whose mail
    went.
    """

    notices: int = 0
    sent: int = 0
    postponed: int = 0
    unknown: int = 0
    failed: int = 0
    cancelled: int = 0
    stopped: str = ""
    said: str = ""
    organisations: set[str] = field(default_factory=set)


def never() -> bool:
    return False


def deliver(post: Post, stop: Callable[[], bool] = never) -> DeliveryReport:
    """Tell everybody what they are to be told by now.

    1. Each new notice becomes a letter for each reader.
    2. Letters are claimed batch by batch; what is no longer wanted is cancelled under the lock.
    3. What was never written is written, and kept before it is sent.
    4. Each letter is handed over and settled at once, so that a crash repeats at most that one.
    5. Where the server is away, or may not be trusted, the rest goes back untried.
    """
    report = DeliveryReport()
    archive = Archive(post.engine)
    report.notices = _expand(post, archive, stop)
    if post.mailer is None or (post.held_until and post.engine.clock() < post.held_until):
        return report
    try:
        while not stop() and (batch := _claim(post, archive, report)):
            if not _deliver_batch(post, archive, batch, report, stop):
                break
    finally:
        post.mailer.close()
    for organisation in report.organisations:
        _resume(post, organisation)
    return report


# ---------------------------------------------------------------- whom, and whether still


def _expand(post: Post, archive: Archive, stop: Callable[[], bool]) -> int:
    clock = post.engine.clock

    def resolve(connection: Transaction, notice: Waiting) -> list[Recipient]:
        now = clock()
        try:
            return _recipients(connection, archive, notice, now)
        except Exception as fault:  # one notice that cannot be read must not hold up the others
            log.exception("a notice has no reader", extra={"action": "notice_not_addressed"})
            said = f"{type(fault).__name__}: {fault}"
            home, kind = notice.organisation, incidents.NOT_ADDRESSED
            incidents.report(connection, home, kind, notice.id, said, now=now)
            return []

    count = 0
    while not stop() and (found := outbox.expand(post.engine.store, clock(), resolve)):
        count += found
    return count


def _recipients(
    connection: Transaction, archive: Archive, notice: Waiting, now: datetime
) -> list[Recipient]:
    s = archive.sight(connection, notice, now).s
    notice = moved.called_now(s, notice)
    home = archive.home(connection, notice.organisation)
    found = []
    for each in readers.addressed(s, notice):
        person = home.persons.get(each)
        if person is None:
            continue
        at = readers.sending_time(
            s.inputs.calendar,
            person.zone or home.organisation.zone,
            person.hour,
            now,
            immediate=notice.immediate,
            due=notice.due,
        )
        found.append(Recipient(person.id, at))
    return found


def _claim(post: Post, archive: Archive, report: DeliveryReport) -> list[Claimed]:
    now = post.engine.clock()

    def unwanted(connection: Transaction, letter: Claimed) -> str:
        why_not = _unwanted(connection, archive, letter, now)
        report.cancelled += bool(why_not)
        return why_not

    return letters.claim(
        post.engine.store, now, post.worker, unwanted, together=TOGETHER, limit=BATCH
    )


def _unwanted(connection: Transaction, archive: Archive, letter: Claimed, now: datetime) -> str:
    """Tell why a letter is no longer wanted; one that tells several things, only if none is."""
    if is_optional([letter.notice.kind]) and not letter.to.optional_mail:
        return "the reader has opted out"
    if letter.rendered and not letter.to.active:
        if mail.recipient_of(letter.rendered) == letter.to.address:
            return "the reader acts no more"
    told = [letter.notice]
    if letter.rendered is not None:
        told += letters.carried(connection, letter)
    try:
        reasons = [_needless(connection, archive, letter, notice, now) for notice in told]
    except Exception:
        # Found out again, and reported, when it is written; here it would hold up all the others.
        log.exception("a notice could not be judged", extra={"action": "notice_not_judged"})
        return ""
    return reasons[0] if all(reasons) else ""


def _needless(
    connection: Transaction, archive: Archive, letter: Claimed, notice: Waiting, now: datetime
) -> str:
    sight = archive.sight(connection, notice, now)
    notice = moved.called_now(sight.s, notice, letter.to.id)
    if moved.has_no_place(sight.s, notice):
        return "the version of the method has no such thing"
    if why_not := wanted.unwanted(sight, notice, letter.to.id):
        return why_not
    others = letters.beside(connection, letter)
    if any(wanted.overtakes(each, notice) for each in others):
        return "a later reminder says it"
    if any(wanted.says_the_same(each, notice) for each in others):
        return "the reader is told in another role"
    return ""


# ---------------------------------------------------------------- a batch


def _deliver_batch(
    post: Post,
    archive: Archive,
    batch: list[Claimed],
    report: DeliveryReport,
    stop: Callable[[], bool],
) -> bool:
    """Hand over a batch; False if no more can go now."""
    clock, store = post.engine.clock, post.engine.store
    end = clock() + BATCH_TIME
    composed = compose(archive, batch, post.sender, post.base_url, clock(), post.page)
    _settle_unwritten(post, composed, report)
    kept = letters.save_rendered(store, composed.drafts, clock()) if composed.drafts else []
    ready = [*composed.ready, *kept]
    for n, draft in enumerate(ready):
        if stop() or clock() > end:
            _give_back(post, ready[n:], clock())
            return not stop()
        if not _hand_over(post, draft, report):
            wait = post.persistence.stopped if report.stopped else post.persistence.wait(1)
            _give_back(post, ready[n + 1 :], clock() + wait)
            return False
    return True


def _settle_unwritten(post: Post, composed: Composed, report: DeliveryReport) -> None:
    """Cancel what nobody needs to read, and report what could not be written."""
    for letter, why_not in composed.needless:
        now = post.engine.clock()
        if letters.settle(post.engine.store, letter, "cancelled", now, error=why_not):
            report.cancelled += 1
    for letter, why_not in composed.failed:
        _fail(post, letter, why_not, report)


def _give_back(post: Post, drafts: Iterable[Draft], at: datetime) -> None:
    given = [letter for draft in drafts for letter in (draft.letter, *draft.carried)]
    letters.release(post.engine.store, given, at)


def _hand_over(post: Post, draft: Draft, report: DeliveryReport) -> bool:
    """Hand over one letter and settle it; False if no other can go now."""
    letter = draft.letter
    recipient = mail.recipient_of(draft.rendered)
    assert post.mailer is not None  # nothing is claimed without one
    handover = _send(post.mailer, Mail(draft.message_id, recipient, draft.rendered))
    if handover.fate is not Fate.SENT:
        report.said = handover.said
    log.info("a letter was handed over", extra={"action": f"letter_{handover.fate}"})
    store, now = post.engine.store, post.engine.clock()
    match handover.fate:
        case Fate.SENT:
            if letters.settle(store, letter, "sent", now):
                report.sent += 1
                report.organisations.add(letter.organisation)
            return True
        case Fate.NEVER:
            _fail(post, letter, handover.said, report)
            return True
        case Fate.STOPPED:
            _stop(post, letter, handover, report)
            return False
        case _:
            _put_off(post, letter, handover, report)
            return handover.fate is not Fate.AWAY


def _send(mailer: Mailer, letter: Mail) -> Handover:
    try:
        return mailer.send(letter)
    except Exception as fault:  # one letter must not hold up the others, whatever is wrong with it
        log.exception("a letter broke the way out", extra={"action": "mailer_failed"})
        return Handover(Fate.UNKNOWN, f"{type(fault).__name__}: {fault}")


def _put_off(post: Post, letter: Claimed, handover: Handover, report: DeliveryReport) -> None:
    """Try again later; after the last attempt, give up."""
    persistence, now = post.persistence, post.engine.clock()
    if letter.attempts >= persistence.at_most:
        _fail(post, letter, f"given up after {letter.attempts} attempts: {handover.said}", report)
        return
    lost = handover.fate is Fate.UNKNOWN
    state, then = "unknown" if lost else "due", now + persistence.wait(letter.attempts)
    store = post.engine.store
    if letters.settle(store, letter, state, now, error=handover.said, next_try=then):
        report.unknown += lost
        report.postponed += not lost


def _stop(post: Post, letter: Claimed, handover: Handover, report: DeliveryReport) -> None:
    """Let all mail wait until somebody mends the way; one incident, and no letter is to blame."""
    now = post.engine.clock()
    report.stopped = handover.said
    post.held_until = now + post.persistence.stopped
    letters.release(post.engine.store, [letter], post.held_until)
    store = post.engine.store
    kind = incidents.MAIL_STOPPED
    incidents.make(store, letter.organisation, kind, MAIL, handover.said, now=now)
    log.error("mail has stopped: %s", handover.said, extra={"action": "mail_stopped"})


def _fail(post: Post, letter: Claimed, why: str, report: DeliveryReport) -> None:
    """Give up a letter: work for an administrator, and news for whoever looks after such things."""
    now = post.engine.clock()

    def tell(connection: Transaction) -> None:
        subject = f"{letter.to.name}: {letter.notice.kind}"
        message = f"the letter to {letter.to.address or letter.to.name} did not go out: {why}"
        incidents.report(
            connection,
            letter.organisation,
            incidents.NOT_DELIVERED,
            letter.id,
            f"{subject}; {message}",
            now=now,
        )
        if letter.notice.kind != UNDELIVERED:
            _tell_fallback(connection, post, letter, why, now)

    if letters.settle(post.engine.store, letter, "failed", now, error=why, also=tell):
        report.failed += 1
        log.warning("a letter failed: %s", why, extra={"action": "letter_failed"})


def _tell_fallback(
    connection: Transaction, post: Post, letter: Claimed, why: str, now: datetime
) -> None:
    home = Archive(post.engine).home(connection, letter.organisation).organisation
    if not home.fallback or home.fallback == letter.to.id:
        return
    notice = Notice(
        kind=UNDELIVERED,
        dedupe_key=f"{UNDELIVERED}|{letter.id}|{letter.lease_no}",
        person=home.fallback,
        immediate=True,
        data={"thing": f"{letter.to.name} – {letter.notice.data.get('title', '')}", "reason": why},
    )
    source = letter.notice
    outbox.add(
        connection,
        letter.organisation,
        source.project,
        [notice],
        sequence=source.sequence,
        now=now,
    )


def _resume(post: Post, organisation: str) -> None:
    """Close the incident that mail had stopped, once it goes again."""
    store, kind = post.engine.store, incidents.MAIL_STOPPED
    if any(trouble.kind == kind for trouble in incidents.waiting(store, organisation)):
        with write(store) as connection:
            incidents.mended(connection, organisation, kind, (MAIL,), post.engine.clock())
