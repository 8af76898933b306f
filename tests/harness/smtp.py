"""A real SMTP server on 127.0.0.1 that misbehaves on order and keeps what it really accepted.
Decides when to refuse, drop or lose a reply, by rules and a seed; whether the mail it got is the
mail it should have got is judged in ``mailcheck``.

Rules, separated by ``;``: ``stage=action``, then in this order, each optional: ``@0.2`` the chance,
``*3`` at most so often, ``~text`` only if the recipient has it in it. The chances of one stage add
up: ``dot=drop@0.1; dot=451@0.2`` leaves 0.7 for success.

=========  =======================================================================================
stages     connect ehlo starttls auth mail rcpt data dot quit
actions    a reply code, 421 also hangs up; drop (hang up); rst (reset); hang (never answer);
           accept_then_drop (dot only: keep the mail, say nothing); garbage (starttls only: agree,
           then send what is not TLS)
greylist   alone: the first asking of each recipient is refused with 451
=========  =======================================================================================
"""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

STAGES: Final = ("connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot", "quit")
_ACTIONS: Final = ("drop", "rst", "hang", "accept_then_drop", "garbage")
_ONLY_AT: Final = {"accept_then_drop": "dot", "garbage": "starttls"}
_RULE: Final = re.compile(
    r"(?P<stage>\w+)=(?P<action>\w+)(@(?P<chance>[\d.]+))?(\*(?P<times>\d+))?(~(?P<only>\S+))?"
)
_PATH: Final = re.compile(r"(?:FROM|TO):<([^<>\s]*)>(?: .*)?", re.IGNORECASE)
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
_LONGEST_LINE: Final = 2**20


@dataclass(frozen=True)
class Rule:
    """What goes wrong at a stage, how likely, how often, for whom."""

    stage: str
    action: str
    chance: float = 1.0
    times: int | None = None
    only: str = ""


@dataclass(frozen=True)
class Accepted:
    """A mail the server took responsibility for; confirmed: it also got to say so."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    confirmed: bool


def rules(script: str) -> tuple[Rule, ...]:
    """Read a script; a word that is not understood is an error, not a rule that never applies."""
    parts = (part.strip() for part in script.split(";"))
    return tuple(_rule(part) for part in parts if part)


def _rule(text: str) -> Rule:
    if text == "greylist":
        return Rule("rcpt", "greylist")
    found = _RULE.fullmatch(text)
    if found is None:
        raise ValueError(f"not a rule: {text!r}")
    stage, action = found["stage"], found["action"]
    fits = action in _ACTIONS or re.fullmatch("[45][0-9][0-9]", action)
    if stage not in STAGES or not fits or _ONLY_AT.get(action, stage) != stage:
        raise ValueError(f"no such stage or action: {text!r}")
    times = None if found["times"] is None else int(found["times"])
    return Rule(stage, action, float(found["chance"] or 1), times, found["only"] or "")


class _Gone(Exception):
    """The session is over."""


class FlakyServer:
    """The server; runs in a thread of its own between ``with`` and the end of the block."""

    def __init__(
        self, script: str = "", seed: int = 0, *, port: int = 0, offers: tuple[str, ...] = ()
    ) -> None:
        self.port = port
        self.offers = offers
        self.accepted: list[Accepted] = []
        self.disturbances: list[Rule] = []
        self.strange: list[bytes] = []
        self.connections = 0
        self._chance = random.Random(seed)
        self._greylisted: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="flaky smtp server")
        self._listening = threading.Event()
        self.behave(script)

    def behave(self, script: str) -> None:
        """From now on follow this script."""
        self._rules = rules(script)

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._listen())

    async def _listen(self) -> None:
        self._stop = asyncio.Event()
        self._sessions: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._meet, "127.0.0.1", self.port, limit=_LONGEST_LINE)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._stop.wait()
        server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        self.connections += 1
        try:
            await _Session(self, reader, writer).talk()
        except (_Gone, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # however a session ends, the server goes on
        finally:
            self._sessions.discard(task)
            writer.close()

    def draw(self, stage: str, recipient: str) -> str:
        """Decide what goes wrong now; an empty string: nothing."""
        left = self._chance.random()
        for rule in self._rules:
            if not self._applies(rule, stage, recipient):
                continue
            if left < rule.chance:
                self.disturbances.append(rule)
                return "451" if rule.action == "greylist" else rule.action
            left -= rule.chance
        return ""

    def _applies(self, rule: Rule, stage: str, recipient: str) -> bool:
        if rule.stage != stage or rule.only not in recipient:
            return False
        if rule.action == "greylist":
            known = recipient in self._greylisted
            self._greylisted.add(recipient)
            return not known
        return rule.times is None or self.disturbances.count(rule) < rule.times


@dataclass
class _Session:
    """One connection."""

    server: FlakyServer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sender: str = ""
    recipients: list[str] = field(default_factory=list)

    async def talk(self) -> None:
        await self._may("connect", "220 flaky ESMTP")
        verbs: dict[str, Callable[[str], Awaitable[None]]] = {
            "EHLO": self._hello,
            "HELO": self._hello,
            "STARTTLS": self._tls,
            "AUTH": self._authenticate,
            "MAIL": self._from,
            "RCPT": self._to,
            "DATA": self._data,
            "RSET": self._reset,
            "NOOP": self._nothing,
            "QUIT": self._quit,
        }
        while line := await self.reader.readline():
            verb, _, rest = line.decode("utf-8", "replace").rstrip("\r\n").partition(" ")
            step = verbs.get(verb.upper())
            if step is None or not line.endswith(b"\r\n"):
                self.server.strange.append(line)
                await self._say("500 what?")
            else:
                await step(rest)

    async def _hello(self, _rest: str) -> None:
        lines = ["flaky", *self.server.offers]
        marked = [f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"]
        await self._may("ehlo", "\r\n".join(marked))

    async def _tls(self, _rest: str) -> None:
        await self._may("starttls", "454 no certificate here")

    async def _authenticate(self, rest: str) -> None:
        if rest.upper() in ("LOGIN", "PLAIN"):
            for prompt in ("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6")[: 1 + (rest.upper() == "LOGIN")]:
                await self._say(prompt)
                await self.reader.readline()
        await self._may("auth", "235 welcome")

    async def _from(self, rest: str) -> None:
        found = _PATH.fullmatch(rest)
        if found is None:
            await self._refuse(rest)
        elif await self._may("mail", "250 go on"):
            self.sender, self.recipients = found[1], []

    async def _to(self, rest: str) -> None:
        found = _PATH.fullmatch(rest)
        if found is None:
            await self._refuse(rest)
        elif await self._may("rcpt", "250 known", found[1]):
            self.recipients.append(found[1])

    async def _data(self, _rest: str) -> None:
        if not self.recipients:
            await self._say("503 to whom?")
        elif await self._may("data", "354 end with a dot", self.recipients[0]):
            content = await self._content()
            await self._dot(content)
            self.recipients = []

    async def _content(self) -> bytes:
        lines = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line.endswith(b"\n"):
                raise _Gone
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    async def _dot(self, content: bytes) -> None:
        trouble = self.server.draw("dot", self.recipients[0])
        if trouble == "accept_then_drop":
            self._keep(content, confirmed=False)
            raise _Gone
        if await self._trouble(trouble):
            return
        # Kept before the answer: whoever dies in between has taken the mail.
        self._keep(content, confirmed=True)
        await self._say("250 2.0.0 taken")

    def _keep(self, content: bytes, *, confirmed: bool) -> None:
        mail = Accepted(self.sender, tuple(self.recipients), content, confirmed)
        self.server.accepted.append(mail)

    async def _reset(self, _rest: str) -> None:
        self.recipients = []
        await self._say("250 forgotten")

    async def _nothing(self, _rest: str) -> None:
        await self._say("250 well")

    async def _quit(self, _rest: str) -> None:
        await self._may("quit", "221 bye")
        raise _Gone

    async def _refuse(self, rest: str) -> None:
        self.server.strange.append(rest.encode())
        await self._say("501 not an address")

    async def _may(self, stage: str, reply: str, recipient: str = "") -> bool:
        """Say the reply, unless something goes wrong; tell whether it was said."""
        refused = await self._trouble(self.server.draw(stage, recipient))
        if not refused:
            await self._say(reply)
        return not refused

    async def _trouble(self, action: str) -> bool:
        match action:
            case "":
                return False
            case "drop":
                raise _Gone
            case "rst":
                connection: socket.socket = self.writer.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                raise _Gone
            case "hang":
                await asyncio.Event().wait()
            case "garbage":
                await self._say("220 ready")
                await self._say("this is not TLS")
                raise _Gone
            case code:
                await self._say(f"{code} as ordered")
                if code == "421":
                    raise _Gone
        return True

    async def _say(self, text: str) -> None:
        self.writer.write(f"{text}\r\n".encode())
        await self.writer.drain()
