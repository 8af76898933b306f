"""Who neither asks nor listens takes no room up: a server in this process, over real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from starlette.types import Receive, Scope, Send

from innocities_engine.web import connections, server

BIG = 32 << 20  # more than the buffers of any two sockets hold
ASKED = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"


class Echo:
    """Answers with the body it got, or with far more than anybody who does not read can take."""

    def __init__(self) -> None:
        self.began, self.ended = threading.Event(), threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.began.set()
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part["body"], part["more_body"]
        said = b"x" * BIG if scope["path"] == "/big" else body
        length = (b"content-length", str(len(said)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": said})
        self.ended.set()


class House:
    """A server that runs, and lines to it."""

    def __init__(self) -> None:
        self.echo = Echo()
        self.listening = server.listen("127.0.0.1", 0)
        self.server = server.serving(self.echo)
        self.thread = threading.Thread(target=self.server.run, args=([self.listening],))
        self.lines: list[socket.socket] = []

    def line(self, said: bytes = b"") -> socket.socket:
        made = socket.create_connection(self.listening.getsockname(), timeout=60)
        self.lines.append(made)
        made.sendall(said)
        return made


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    made.thread.start()
    yield made
    for line in made.lines:
        line.close()
    made.server.should_exit = True
    made.thread.join(timeout=60)
    made.listening.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.05)
    monkeypatch.setattr(connections, "TAKE_SECONDS", 0.05)


def heard(line: socket.socket) -> bytes:
    """Everything until the other side closes."""
    found = b""
    try:
        while part := line.recv(1 << 20):
            found += part
    except ConnectionResetError:
        pass
    return found


SILENT = (b"", b"GET", b"GET / HTTP/1.1\r\nHost: a.example\r\nX: ")


@pytest.mark.parametrize("said", SILENT)
@pytest.mark.usefixtures("hasty")
def test_whoever_asks_nothing_is_let_go(house: House, said: bytes) -> None:
    assert heard(house.line(said)) == b""


@pytest.mark.usefixtures("hasty")
def test_whoever_asked_once_has_no_longer_for_the_next(house: House) -> None:
    line = house.line(ASKED + b"GET / HT")

    assert heard(line).startswith(b"HTTP/1.1 200")


@pytest.mark.usefixtures("hasty")
def test_whoever_has_asked_may_bring_the_rest_later(house: House) -> None:
    slow = house.line(b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 6\r\n\r\nabc")
    assert house.echo.began.wait(60)

    assert heard(house.line()) == b""  # the time of one that came later is over
    slow.sendall(b"def")
    assert heard(slow).endswith(b"\r\n\r\nabcdef")


@pytest.mark.usefixtures("hasty")
def test_whoever_takes_nothing_of_the_answer_is_let_go(house: House) -> None:
    line = house.line(ASKED.replace(b"/ ", b"/big ", 1))

    assert house.echo.ended.wait(60)
    assert len(heard(line)) < BIG


def test_silent_ones_leave_room_for_those_who_ask(house: House) -> None:
    silent = [house.line() for _ in range(server.MOST_AT_ONCE)]

    asking = [house.line(ASKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
              for _ in range(3)]  # fmt: skip
    assert [heard(line)[:12] for line in asking] == [b"HTTP/1.1 200"] * 3
    assert heard(silent[0]) == b""
