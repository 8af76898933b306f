"""Judges what a mail server accepted against what should have been sent: nothing missing, nothing
twice, nothing slipped in. Knows nothing of how it was sent.

===========  =====================================================================================
MISSING      never accepted
UNEXPECTED   accepted, and nobody should have sent it
MSGID        a copy under another Message-ID, which no recipient's system can filter
BYTES        a copy with the right Message-ID and other content
DUP          an equal copy although the server had confirmed the one before
RECIPIENT    the envelope, or ``To``, names somebody else, or more than one
HEADER       a header that should not be there, stands twice, is missing, or is malformed
===========  =====================================================================================
"""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import pairwise
from typing import Final

from tests.harness.smtp import Accepted

REQUIRED: Final = frozenset({"from", "to", "subject", "date", "message-id", "mime-version"})
ALLOWED: Final = REQUIRED | {
    "auto-submitted",
    "content-language",
    "content-transfer-encoding",
    "content-type",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "reply-to",
    "x-auto-response-suppress",
}
_LONGEST_LINE: Final = 998
_FIELD: Final = re.compile(rb"([!-9;-~]+):[ \t]?(.*)", re.DOTALL)
_MACHINE_READ: Final = frozenset({"list-unsubscribe", "message-id", "date"})


@dataclass(frozen=True)
class Fault:
    """One broken promise, and the mail it is about."""

    kind: str
    key: str
    detail: str = ""


@dataclass(frozen=True)
class Verdict:
    """Every fault, and how many equal copies are excused because a confirmation was lost."""

    faults: tuple[Fault, ...]
    excused: int

    def count(self, kind: str) -> int:
        """Count the faults of one kind."""
        return Counter(fault.kind for fault in self.faults)[kind]


def check(
    accepted: Sequence[Accepted],
    expected: Mapping[str, str],
    key_of: Callable[[EmailMessage], str],
    allowed: frozenset[str] = ALLOWED,
) -> Verdict:
    """Judge all mail: ``expected`` has the recipient by key, ``key_of`` tells a mail's key."""
    by_key: dict[str, list[Accepted]] = {}
    for mail in accepted:
        by_key.setdefault(key_of(_parsed(mail)), []).append(mail)
    faults = [Fault("MISSING", key) for key in expected.keys() - by_key.keys()]
    for key, mails in by_key.items():
        if key not in expected:
            faults.append(Fault("UNEXPECTED", key, f"to {mails[0].recipients}"))
            continue
        faults.extend(_copies(key, mails))
        for mail in mails:
            faults.extend(_recipients(key, mail, expected[key]))
            faults.extend(Fault("HEADER", key, what) for what in malformed(mail.content, allowed))
    again = (pair for mails in by_key.values() for pair in pairwise(mails))
    excused = sum(_excused(before, copy) for before, copy in again)
    return Verdict(tuple(faults), excused)


def _parsed(mail: Accepted) -> EmailMessage:
    return email.message_from_bytes(mail.content, policy=email.policy.default)


def _message_id(mail: Accepted) -> str:
    found = re.search(rb"^Message-ID:\s*(\S+)", mail.content, re.IGNORECASE | re.MULTILINE)
    return found[1].decode(errors="replace") if found else ""


def _excused(before: Accepted, copy: Accepted) -> bool:
    return not before.confirmed and before.content == copy.content


def _copies(key: str, mails: Sequence[Accepted]) -> Iterator[Fault]:
    for before, copy in pairwise(mails):
        if _message_id(copy) != _message_id(before):
            yield Fault("MSGID", key, f"{_message_id(before)} and {_message_id(copy)}")
        elif copy.content != before.content:
            yield Fault("BYTES", key)
        elif before.confirmed:
            yield Fault("DUP", key)


def _recipients(key: str, mail: Accepted, expected: str) -> Iterator[Fault]:
    if mail.recipients != (expected,):
        yield Fault("RECIPIENT", key, f"envelope {mail.recipients}, expected {expected}")
    to = _parsed(mail)["to"]
    named = [] if to is None else [address.addr_spec for address in to.addresses]
    if named != [expected]:
        yield Fault("RECIPIENT", key, f"To {named}, expected {expected}")


def malformed(content: bytes, allowed: frozenset[str] = ALLOWED) -> Iterator[str]:
    """Say everything that is wrong with the form of one mail as it went over the wire."""
    if re.search(rb"\r(?!\n)|(?<!\r)\n|\0", content):
        yield "a bare CR, a bare LF or a NUL"
    if any(len(line) > _LONGEST_LINE for line in content.split(b"\r\n")):
        yield f"a line over {_LONGEST_LINE} bytes"
    head = content.partition(b"\r\n\r\n")[0]
    if not head.isascii():
        yield "a header that is not ASCII"
    names = []
    for field in re.split(rb"\r\n(?![ \t])", head):
        found = _FIELD.fullmatch(field)
        if found is None:
            yield f"not a header: {field!r}"
            continue
        names.append(found[1].decode().lower())
        if names[-1] in _MACHINE_READ and b"=?" in found[2]:
            yield f"{names[-1]} is encoded, so no program can read it"
    yield from _names(names, allowed)


def _names(names: Iterable[str], allowed: frozenset[str]) -> Iterator[str]:
    counted = Counter(names)
    yield from (f"{name} should not be there" for name in sorted(counted.keys() - allowed))
    yield from (f"{name} is missing" for name in sorted(REQUIRED - counted.keys()))
    yield from (f"{name} stands {n} times" for name, n in counted.items() if n > 1)
