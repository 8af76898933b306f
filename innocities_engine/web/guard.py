"""Decide which requests are answered at all, and what every answer carries: the host we are, posts
from our own pages only, bodies of a size that can be; headers that let a browser show the page and
do nothing else; and one line in the log that names no link.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from innocities_engine.links import PLACE
from innocities_engine.store.files import LARGEST_FILE
from innocities_engine.web import pages

log = logging.getLogger(__name__)

MIB: Final = 1 << 20
LARGEST_FORM: Final = MIB
LARGEST_UPLOAD: Final = LARGEST_FILE + MIB  # the fields beside the file
READ_SECONDS: Final = 20.0
LENGTH: Final = re.compile(r"\d{1,10}")
POLICY: Final = (
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}
HSTS: Final = "max-age=31536000"
PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Site:
    """Where the pages are for the outside world."""

    base_url: str

    @property
    def root(self) -> str:
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def secure(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser calls us: with the port, and without it where it is the usual one."""
        found = urlsplit(self.base_url.lower())
        usual = PORTS[found.scheme]
        port = found.port or usual
        name = found.netloc.rpartition(":")[0] if found.port else found.netloc
        return frozenset({f"{name}:{port}", *([name] if port == usual else [])})

    @property
    def origins(self) -> frozenset[str]:
        scheme = "https" if self.secure else "http"
        return frozenset(f"{scheme}://{host}" for host in self.hosts)


class TooLarge(Exception):
    """More came than was announced, or than there is room for."""


class Guard:
    """Stands before the pages."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        begun, status = time.monotonic(), 500

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(MutableHeaders(raw=message["headers"]))
            await send(message)

        refused = self._refused(scope)
        try:
            if refused is not None:
                await refused(scope, receive, dressed)
            else:
                await self.app(scope, _limited(receive, _room(scope)), dressed)
        finally:
            took = time.monotonic() - begun
            log.info(
                "%s %s %s %.3fs", scope["method"], redacted(scope["path"]), status, took,
                extra={"action": "request_answered"},
            )  # fmt: skip

    def _dress(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self.site.secure:
            headers["strict-transport-security"] = HSTS

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if (
            headers.getlist("host") == []
            or not set(map(str.lower, headers.getlist("host"))) <= self.site.hosts
        ):
            return self._page(400, "other_host")
        if scope["method"] != "POST":
            return None
        if not self._is_ours(headers):
            return self._page(403, "foreign")
        length = headers.get("content-length", "")
        if "transfer-encoding" in headers or not LENGTH.fullmatch(length):
            return self._page(400, "bad_request", close=True)
        if int(length) > _room(scope):
            return self._page(413, "too_large", close=True)
        return None

    def _is_ours(self, headers: Headers) -> bool:
        """Whether a form stood on a page of ours: as the browser says, and nothing against it.

        Since no page tells where one comes from, browsers name no origin beside that.
        """
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if origin not in (None, "null") and origin not in self.site.origins:
            return False
        return site == "same-origin" if site is not None else origin in self.site.origins

    def _page(self, status: int, what: str, *, close: bool = False) -> Response:
        page = pages.plain(self.site.root, what, most=LARGEST_FILE // MIB)
        return HTMLResponse(page, status, {"connection": "close"} if close else None)


def _room(scope: Scope) -> int:
    kind = Headers(scope=scope).get("content-type", "")
    return LARGEST_UPLOAD if kind.startswith("multipart/form-data") else LARGEST_FORM


def _limited(receive: Receive, room: int) -> Receive:
    """Wait for a part of a body for so long only, and take no more of it than there is room for."""
    taken = 0

    async def part() -> Message:
        nonlocal taken
        message = await asyncio.wait_for(receive(), READ_SECONDS)
        taken += len(message.get("body", b""))
        if taken > room:
            raise TooLarge
        return message

    return part


def redacted(path: str) -> str:
    """A path without the word that would let a reader of the log act."""
    return path if path in ("/", "/style.css") else f"/{PLACE}/…" if _is_link(path) else "/…"


def _is_link(path: str) -> bool:
    return path.startswith(f"/{PLACE}/")
