"""Decide what became of a mail that was handed over: taken, perhaps taken, refused for now or for
good, or nobody there to take it.  When it is tried again, and who hears of it, is left to
`delivery`; a mailbox on this machine to `mailbox`.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from time import monotonic
from typing import Final, Protocol

from notifications.mail import Mail

CONNECT_SECONDS: Final = 10.0
COMMAND_SECONDS: Final = 20.0
DATA_SECONDS: Final = 60.0
# All that comes before the content, together: with it the lease of a letter outlasts its sending.
PATIENCE_SECONDS: Final = 30.0
MAILS_A_CONNECTION: Final = 100
LONGEST_REPLY: Final = 300

_YES: Final = 200
_NOT_YET: Final = 300
_DATA_WANTED: Final = 354
_TEMPORARY: Final = 400
_GOING_AWAY: Final = 421
_PERMANENT: Final = 500
_BEYOND: Final = 600
_DOT: Final = re.compile(rb"^\.", re.MULTILINE)


class Fate(StrEnum):
    """What became of one mail.

    UNKNOWN: the reply after the last dot was lost, so it may have been taken. AWAY: nobody answers,
    the others need not try now. STOPPED: the server does not know us or cannot be trusted, so no
    mail at all can go until somebody mends it.
    """

    SENT = "sent"
    UNKNOWN = "unknown"
    LATER = "later"
    NEVER = "never"
    AWAY = "away"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Handover:
    """What became of a mail, and what was said to it."""

    fate: Fate
    said: str = ""


class Mailer(Protocol):
    """A way out. `close` ends a batch."""

    def send(self, mail: Mail) -> Handover:
        """Hand over one mail to its one recipient."""

    def close(self) -> None:
        """End the batch; what was taken stays taken."""


@dataclass(frozen=True, slots=True, repr=False)
class SmtpServer:
    """The server mail goes to. `plain` is a word of its own, for a server on this machine only."""

    host: str
    port: int = 587
    sender: str = ""
    user: str = ""
    password: str = ""
    security: str = "starttls"  # starttls | tls | plain
    authorities: str = ""  # a file of certificates to trust instead of the system's

    def __post_init__(self) -> None:
        if self.security not in ("starttls", "tls", "plain"):
            raise ValueError(f"{self.security!r} is not one of starttls, tls, plain")
        if self.security == "plain" and not _loopback(self.host):
            raise ValueError(f"{self.host} is another machine: mail to it must be encrypted")
        if self.security == "plain" and (self.user or self.password):
            raise ValueError("a password is never sent in the open")


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Refused(Exception):
    """What the server, or the way to it, said instead of yes."""

    def __init__(self, fate: Fate, said: str) -> None:
        self.handover = Handover(fate, said)
        super().__init__(said)


@dataclass(slots=True)
class SmtpMailer:
    """Hands mail to a server, over one connection that is kept for a batch."""

    server: SmtpServer
    _line: smtplib.SMTP | None = None
    _used: int = 0
    _until: float = 0.0

    def send(self, mail: Mail) -> Handover:
        """Hand over one mail.

        1. A kept connection may have died meanwhile: then once more over a new one, which is safe
           as long as no content was sent.
        2. Sent is what was answered 250 after the last dot; what follows is of no interest.
        """
        kept = self._line is not None
        self._until = monotonic() + PATIENCE_SECONDS
        try:
            try:
                self._announce(mail)
            except smtplib.SMTPServerDisconnected:
                if not kept:
                    raise
                self._hang_up()
                self._announce(mail)
            return self._hand_over(mail)
        except _Refused as refused:
            return refused.handover
        except (smtplib.SMTPException, OSError) as fault:
            self._hang_up()
            return Handover(Fate.LATER, _said(fault))

    def close(self) -> None:
        """Take leave, whatever is answered."""
        if self._line is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._line.quit()
            self._hang_up()

    def _announce(self, mail: Mail) -> None:
        if self._used >= MAILS_A_CONNECTION:
            self.close()
        if self._line is None:
            self._line, self._used = _connect(self.server, self._until), 0
        self._used += 1
        steps = ((self._line.mail, self.server.sender), (self._line.rcpt, mail.recipient))
        for say, address in steps:
            _wait(self._line, COMMAND_SECONDS, self._until)
            code, reply = say(address)
            if not _yes(code):
                raise self._refusal(code, reply)

    def _hand_over(self, mail: Mail) -> Handover:
        line = self._line
        assert line is not None  # announced
        _wait(line, COMMAND_SECONDS, self._until)
        code, reply = line.docmd("DATA")
        if code != _DATA_WANTED:
            raise self._refusal(code, reply)
        _wait(line, DATA_SECONDS, monotonic() + DATA_SECONDS)
        # Sent by ourselves, since smtplib does not tell a loss before the last dot from one after.
        line.send(_DOT.sub(b"..", mail.content) + b".\r\n")
        try:
            code, reply = line.getreply()
        except (smtplib.SMTPException, OSError) as fault:
            self._hang_up()
            return Handover(Fate.UNKNOWN, _said(fault))
        if not _yes(code):
            raise self._refusal(code, reply)
        return Handover(Fate.SENT, _words(code, reply))

    def _refusal(self, code: int, reply: bytes) -> _Refused:
        """Make the connection ready for the next mail, or give it up."""
        if code == _GOING_AWAY or not _TEMPORARY <= code < _BEYOND:
            self._hang_up()
        elif self._line is not None:
            try:
                self._line.rset()
            except (smtplib.SMTPException, OSError):
                self._hang_up()
        return _Refused(_fate(code), _words(code, reply))

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


def _yes(code: int) -> bool:
    return _YES <= code < _NOT_YET


def _fate(code: int) -> Fate:
    return Fate.NEVER if _PERMANENT <= code < _BEYOND else Fate.LATER


def _wait(line: smtplib.SMTP, seconds: float, until: float) -> None:
    """Bound the next step; where the patience for all of them is at its end, there is none."""
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError("the server is too slow")
    if line.sock is not None:
        line.sock.settimeout(min(seconds, left))


# ---------------------------------------------------------------- connecting


def _connect(server: SmtpServer, until: float) -> smtplib.SMTP:
    """Reach the server, make the way safe, then say who we are."""
    try:
        line = _reach(server)
    except ssl.SSLError as fault:
        raise _Refused(Fate.STOPPED, f"no safe way to {server.host}: {_said(fault)}") from fault
    except (smtplib.SMTPException, OSError) as fault:
        raise _Refused(Fate.AWAY, f"{server.host} does not answer: {_said(fault)}") from fault
    try:
        _introduce(line, server, until)
    except _Refused:
        line.close()
        raise
    except (smtplib.SMTPException, OSError) as fault:
        line.close()
        raise _Refused(Fate.AWAY, f"{server.host} broke off: {_said(fault)}") from fault
    return line


def _reach(server: SmtpServer) -> smtplib.SMTP:
    if server.security == "tls":
        context = _trust(server)
        return smtplib.SMTP_SSL(server.host, server.port, timeout=CONNECT_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=CONNECT_SECONDS)


def _trust(server: SmtpServer) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server.authorities or None)
    except OSError as fault:
        raise _Refused(Fate.STOPPED, f"{server.authorities}: {_said(fault)}") from fault


def _introduce(line: smtplib.SMTP, server: SmtpServer, until: float) -> None:
    line.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        _wait(line, CONNECT_SECONDS, until)
        _encrypt(line, server)
    if server.user:
        _wait(line, CONNECT_SECONDS, until)
        _sign_in(line, server)


def _encrypt(line: smtplib.SMTP, server: SmtpServer) -> None:
    try:
        line.starttls(context=_trust(server))
        line.ehlo()
    except (ssl.SSLError, smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException) as fault:
        raise _Refused(Fate.STOPPED, f"no safe way to {server.host}: {_said(fault)}") from fault


def _sign_in(line: smtplib.SMTP, server: SmtpServer) -> None:
    try:
        line.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as fault:
        if fault.smtp_code < _PERMANENT:
            raise
        raise _Refused(Fate.STOPPED, f"{server.host} refused our name: {_said(fault)}") from fault
    except smtplib.SMTPNotSupportedError as fault:
        raise _Refused(Fate.STOPPED, f"{server.host}: {_said(fault)}") from fault


def _said(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return _words(fault.smtp_code, fault.smtp_error)
    return f"{type(fault).__name__}: {fault}"[:LONGEST_REPLY]


def _words(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(f"{code} {text}".split())[:LONGEST_REPLY]


# ---------------------------------------------------------------- in memory


@dataclass(slots=True)
class MemoryMailer:
    """Keeps mail in memory; `fates` says by address what becomes of it, the last for ever."""

    fates: dict[str, list[Handover]] = field(default_factory=dict)
    sent: list[Mail] = field(default_factory=list)
    batches: int = 0

    def send(self, mail: Mail) -> Handover:
        """Do as told for this address, else take the mail."""
        waiting = self.fates.get(mail.recipient, [])
        handover = Handover(Fate.SENT)
        if waiting:
            handover = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if handover.fate in (Fate.SENT, Fate.UNKNOWN):
            self.sent.append(mail)
        return handover

    def close(self) -> None:
        self.batches += 1
