"""Decide what a mail is on the wire: which headers there are and how they are written, so that no
value anybody typed can add one, and so that the same news to the same person is the same mail.
What it says is left to `messages`, how it travels to `mailers`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Final

from innocities_engine.errors import DeliveryFailed

BODY: Final = SMTP.clone(max_line_length=76)
# What programs read is not folded, otherwise a long link would be encoded and dead.
WHOLE: Final = SMTP.clone(max_line_length=998)
LINE: Final = 75  # a longer encoded word need not be understood

LONGEST_HEADER: Final = 200
LONGEST_NAME: Final = 80
LONGEST_ADDRESS: Final = 254
LONGEST_LOCAL_PART: Final = 64
SHORTEST_KEY_BYTES: Final = 16
ID_DIGITS: Final = 32

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=^_`{|}~-]+"  # without ?, else it could read as encoded
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LINK: Final = re.compile(r"https?://[!#-;=?-~]{1,900}")  # one line; no space, quote, < or >
_SPECIAL: Final = re.compile(r'[()<>\[\]:;@\\,"=?]+')
# Marks that turn the direction of the text after them, and so what a reader takes it for.
_TURNING: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DROPPED: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, and the key of the installation from which identities are made."""

    name: str
    address: str
    domain: str
    key: bytes
    reply_to: str = ""

    def __post_init__(self) -> None:
        for address in filter(None, (self.address, self.reply_to)):
            split_address(address)
        if not _DOMAIN.fullmatch(self.domain):
            raise ValueError(f"{self.domain!r} is not a domain")
        if len(self.key) < SHORTEST_KEY_BYTES:
            raise ValueError(f"the key has less than {SHORTEST_KEY_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said, in one language, to one reader. `unsubscribe`: a link, for optional mail."""

    subject: str
    text: str
    html: str
    language: str
    name: str
    address: str
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail for one recipient, as it goes over the wire every time it does."""

    message_id: str
    recipient: str
    content: bytes


def build(letter: Letter, sender: Sender, key: str, first_tried_at: datetime) -> Mail:
    """Build the mail that tells `key`, or refuse with the reason."""
    identity = message_id(sender, key)
    message = EmailMessage(policy=BODY)
    for name, value in _headers(letter, sender, identity, first_tried_at):
        message[name] = value
    intended = [*message.keys(), "MIME-Version", "Content-Type", "Content-Language"]
    try:
        message.set_content(letter.text, cte="quoted-printable")
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        message["Content-Language"] = letter.language
        message.set_boundary(f"=_{identity[1 : 1 + ID_DIGITS]}")
        content = _serialised(message)
        _prove(content, intended, letter.address)
    except (MessageError, ValueError) as fault:
        raise _unmailable(f"it cannot be written as a mail: {fault}") from fault
    return Mail(identity, letter.address, content)


def _headers(
    letter: Letter, sender: Sender, identity: str, first_tried_at: datetime
) -> list[tuple[str, str | Address]]:
    headers: list[tuple[str, str | Address]] = [
        ("From", _party(sender.name, sender.address)),
        ("To", _party(letter.name, letter.address)),
        ("Subject", header_text(letter.subject)),
        ("Date", format_datetime(first_tried_at)),
        ("Message-ID", identity),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ]
    if sender.reply_to:
        headers.append(("Reply-To", _party("", sender.reply_to)))
    if letter.unsubscribe:
        if not _LINK.fullmatch(letter.unsubscribe):
            raise _unmailable(f"{letter.unsubscribe!r} is not a link")
        headers.append(("List-Unsubscribe", f"<{letter.unsubscribe}>"))
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return headers


def message_id(sender: Sender, key: str) -> str:
    """Make the identity of what `key` stands for: the same in every attempt, guessed by nobody."""
    digest = hmac.new(sender.key, key.encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:ID_DIGITS]}@{sender.domain}>"


def recipient_of(content: bytes) -> str:
    """Read back to whom a mail was written."""
    return _addressed(_headers_of(content))[0]


# ---------------------------------------------------------------- values


def header_text(value: str) -> str:
    """Write a value so that it is one line of text and nothing else, and not too long."""
    plain = one_line(value).replace("=?", "= ?")
    return plain if len(plain) <= LONGEST_HEADER else plain[: LONGEST_HEADER - 1].rstrip() + "…"


def one_line(value: str) -> str:
    """Take out what is not seen or breaks a line; the letters stay."""
    seen = "".join(map(_seen, unicodedata.normalize("NFC", value)))
    return " ".join(seen.split())


def _seen(character: str) -> str:
    if character in _TURNING:
        return ""
    return " " if unicodedata.category(character) in _DROPPED else character


def split_address(address: str) -> tuple[str, str]:
    """Part one plain address; ValueError if it is anything else."""
    local, _, domain = address.rpartition("@")
    fits = len(address) <= LONGEST_ADDRESS and len(local) <= LONGEST_LOCAL_PART
    if not (fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise ValueError(f"{address!r} is not one plain mail address")
    return local, domain


def _party(name: str, address: str) -> Address:
    try:
        local, domain = split_address(address)
    except ValueError as fault:
        raise _unmailable(str(fault)) from fault
    # Without marks that mean something in an address, no way of folding can make it two.
    plain = one_line(_SPECIAL.sub(" ", one_line(name)))[:LONGEST_NAME]
    return Address(plain.strip(), local, domain)


# ---------------------------------------------------------------- on the wire


def _serialised(message: EmailMessage) -> bytes:
    """Write the headers each in its own way, then the body."""
    body = message.as_bytes(policy=BODY).partition(b"\r\n\r\n")[2]
    fields = [_field(name, value) for name, value in message.items()]
    return b"".join([*fields, b"\r\n", body])


def _field(name: str, value: Any) -> bytes:
    """Write a header; words beyond ASCII all in encoded words, so that no space is lost."""
    if str(value).isascii():
        return WHOLE.fold_binary(name, value)
    if name == "Subject":
        return f"{name}: {_encoded(name, value)}\r\n".encode("ascii")
    [party] = value.addresses
    words = _encoded(name, party.display_name)
    return f"{name}: {words}\r\n <{party.addr_spec}>\r\n".encode("ascii")


def _encoded(name: str, words: str) -> str:
    header = Header(words, "utf-8", maxlinelen=LINE, header_name=name)
    return header.encode(linesep="\r\n")


def _prove(content: bytes, intended: Sequence[str], address: str) -> None:
    """Read the mail again as a stranger would; refuse it if anything was added."""
    read = _headers_of(content)
    if sorted(read.keys()) != sorted(intended):
        raise _unmailable("a value would add a header")
    if any(set("\r\n\0") & set(str(value)) for value in read.values()):
        raise _unmailable("a value would break a header in two")
    if _addressed(read) != [address]:
        raise _unmailable("a value would add a recipient")


def _headers_of(content: bytes) -> EmailMessage:
    return BytesHeaderParser(policy=WHOLE).parsebytes(content.partition(b"\r\n\r\n")[0])


def _addressed(read: EmailMessage) -> list[str]:
    return [party.addr_spec for party in read["To"].addresses]


def _unmailable(why: str) -> DeliveryFailed:
    return DeliveryFailed(why, permanent=True)
