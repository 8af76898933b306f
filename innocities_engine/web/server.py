"""Decide how the pages are served: one process, on this machine unless a proxy with TLS stands in
front, until a signal comes; what was begun is finished first.
"""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING, Final

import uvicorn

from innocities_engine.web.connections import Connection

if TYPE_CHECKING:
    from starlette.types import ASGIApp

LARGEST_HEAD: Final = 16 << 10
MOST_AT_ONCE: Final = 64
PATIENCE_SECONDS: Final = 20
IDLE_SECONDS: Final = 5


def listen(host: str, port: int) -> socket.socket:
    """Take the address, before anything is promised about it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def run(application: ASGIApp, listening: socket.socket) -> None:
    """Answer until a signal comes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # it is given on at the end, when all is done
    serving(application).run(sockets=[listening])


def serving(application: ASGIApp) -> uvicorn.Server:
    """What answers, within its bounds."""
    return uvicorn.Server(
        uvicorn.Config(
            application,
            loop="asyncio",
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=LARGEST_HEAD,
            limit_concurrency=MOST_AT_ONCE,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=PATIENCE_SECONDS,
        )
    )
