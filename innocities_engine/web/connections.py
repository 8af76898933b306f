"""Decide how long a connection is kept for whoever neither asks nor listens: the server has room
for a number of them, and nobody may take that room up by saying nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD_SECONDS: Final = 20.0
TAKE_SECONDS: Final = 20.0


class Connection(H11Protocol):
    """One connection, which has a time to say what it wants, and one to take what it gets."""

    _asks_by: asyncio.TimerHandle | None = None
    _takes_by: asyncio.TimerHandle | None = None

    def connection_made(  # type: ignore[override]  # as uvicorn has it
        self, transport: asyncio.Transport
    ) -> None:
        _make_room(self.connections, self.limit_concurrency or 0)
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._hear()

    def on_response_complete(self) -> None:
        self._wait_for_head()
        super().on_response_complete()
        self._hear()  # the next request may have come already

    def pause_writing(self) -> None:
        super().pause_writing()
        self._takes_by = self.loop.call_later(TAKE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        _stop(self._takes_by)

    def connection_lost(self, exc: Exception | None) -> None:
        _stop(self._asks_by)
        _stop(self._takes_by)
        super().connection_lost(exc)

    def silent_since(self) -> float | None:
        """When it began to be waited for; None while a request is answered."""
        is_answered = self.cycle is not None and not self.cycle.response_complete
        return None if is_answered or self._asks_by is None else self._asks_by.when()

    def _wait_for_head(self) -> None:
        _stop(self._asks_by)
        self._asks_by = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _hear(self) -> None:
        if self.silent_since() is None:
            _stop(self._asks_by)


def _stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def _make_room(connections: Iterable[object], most: int) -> None:
    """Let whoever has been silent longest go, where one more would leave nobody any room."""
    kept = [each for each in connections
            if isinstance(each, Connection) and not each.transport.is_closing()]  # fmt: skip
    silent = {each: since for each in kept if (since := each.silent_since()) is not None}
    if silent and len(kept) + 1 >= most:
        min(silent, key=silent.__getitem__).transport.abort()
