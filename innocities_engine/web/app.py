"""Decide which addresses there are and what each answers. A link shows a page and changes nothing;
its forms come back to it, and are answered by the page again.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from innocities_engine import errors
from innocities_engine.domain.project import Content
from innocities_engine.links import PLACE
from innocities_engine.typed import file_name
from innocities_engine.web import desk, pages
from innocities_engine.web.desk import Rejected, Seen, Services
from innocities_engine.web.forms import CHOOSE, Form, Upload
from innocities_engine.web.guard import POLICY, Guard, Site, TooLarge

log = logging.getLogger(__name__)

MOST_FIELDS = 200
LARGEST_FIELD = 64 << 10
HIDDEN = frozenset({"act", "subject", "need", "nonce"})
RETRY = {"retry-after": "5"}
UNREAD = "application/octet-stream"  # whatever it says it is, no browser opens it here
PAPER = {"content-security-policy": f"{POLICY}; sandbox"}


class Pages:
    """The answers of each address."""

    def __init__(self, services: Services, root: str) -> None:
        self.services, self.root = services, root

    def show(self, request: Request) -> Response:
        """What is asked of the holder of a link; or a paper that it is about."""
        found = desk.seen(self.services, request.path_params["token"])
        if "paper" in request.query_params:
            named = (request.query_params["paper"], request.query_params.get("n", ""))
            name, place = desk.paper(self.services, found, *named)
            return FileResponse(place, headers=PAPER, media_type=UNREAD, filename=name)
        done = self.services.links.done(found.holder, request.query_params.get("done", ""))
        return HTMLResponse(desk.shown(self.services, found, self.root, done))

    async def take(self, request: Request) -> Response:
        """Take one form; once it is done, the page is asked for anew.

        Nothing is read before the link is known to hold; that it still does is looked at after it.
        """
        token = request.path_params["token"]
        await run_in_threadpool(self.services.links.holder, token)
        async with request.form(
            max_files=1, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD
        ) as sent:
            return await run_in_threadpool(self._take, token, sent)

    def _take(self, token: str, sent: FormData) -> Response:
        found = desk.seen(self.services, token)
        form = _form(sent)
        if form.act == CHOOSE:
            return self._chosen(found, form)
        rejected = desk.act(self.services, found, form)
        if rejected is None:
            return RedirectResponse(
                f"?done={self.services.links.thanks(found.holder, form.act)}", 303
            )
        return self._rejected(desk.seen(self.services, token), rejected)

    def _chosen(self, found: Seen, form: Form) -> Response:
        """A choice changes nothing: the page that follows asks for it to be confirmed."""
        rejected = desk.chosen(self.services, found, form)
        if rejected is not None:
            return self._rejected(found, rejected)
        return HTMLResponse(desk.shown(self.services, found, self.root, choice=form))

    def _rejected(self, found: Seen, rejected: Rejected) -> Response:
        page = desk.shown(self.services, found, self.root, rejected=rejected)
        return HTMLResponse(page, rejected.status, RETRY if rejected.status == 503 else None)

    def style(self, _request: Request) -> Response:
        return Response(pages.STYLE, media_type="text/css")

    # ------------------------------------------------------------ what goes wrong

    def plain(self, status: int, what: str, **values: object) -> Response:
        page = pages.plain(self.root, what, **values)
        return HTMLResponse(page, status, RETRY if status == 503 else None)

    def http(self, _request: Request, error: Exception) -> Response:
        """What starlette refuses: an address that is not there, a method, a body it cannot read."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        what = {404: "gone", 405: "not_allowed"}.get(status, "bad_request")
        return self.plain(status, what)

    def refused(self, _request: Request, error: Exception) -> Response:
        """What is not there, and what is not for this reader, are one answer."""
        if isinstance(error, errors.Unavailable):
            return self.plain(503, "busy")
        if isinstance(error, errors.NotFound | errors.NotPermitted):
            return self.plain(404, "gone")
        return self.broken(_request, error)

    def slow(self, _request: Request, error: Exception) -> Response:
        return self.plain(413, "too_large", most=25) if isinstance(error, TooLarge) else (
            self.plain(408, "bad_request"))  # fmt: skip

    def left(self, _request: Request, _error: Exception) -> Response:
        """Whoever asked has gone before all was said: nobody reads the answer."""
        return self.plain(400, "bad_request")

    def broken(self, _request: Request, error: Exception) -> Response:
        """A fault of our own: the reader gets a number, the log what it stands for."""
        number = secrets.token_hex(4)
        log.error("fault %s", number, exc_info=error, extra={"action": "page_failed"})
        return self.plain(500, "broken", number=number)


def _form(sent: FormData) -> Form:
    fields: dict[str, tuple[str, ...]] = {}
    hidden = dict.fromkeys(HIDDEN, "")
    upload = None
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            upload = _upload(value) or upload
        elif name in HIDDEN:
            hidden[name] = value
        else:
            fields[name] = (*fields.get(name, ()), value)
    return Form(fields=fields, upload=upload, **hidden)


def _upload(value: UploadFile) -> Upload | None:
    """A file that was chosen; browsers send an empty one where none was."""
    name = file_name(value.filename or "")
    if not name and not value.size:
        return None
    digest = hashlib.file_digest(value.file, "sha256").hexdigest()  # type: ignore[arg-type]  # a file
    return Upload(name, value.file, Content(digest, name or "file", "file", value.size or 0))


def application(services: Services, base_url: str) -> Guard:
    """Compose the pages that are reached under an address."""
    site = Site(base_url)
    answers = Pages(services, site.root)
    place = f"/{PLACE}/{{token}}"
    handlers: dict[type[Exception], Callable[[Request, Exception], Response]] = {
        HTTPException: answers.http,
        errors.EngineError: answers.refused,
        TooLarge: answers.slow,
        TimeoutError: answers.slow,
        ClientDisconnect: answers.left,
        Exception: answers.broken,
    }
    pages_of_links = Starlette(
        routes=[
            Route(place, answers.show, methods=["GET"]),
            Route(place, answers.take, methods=["POST"]),
            Route("/style.css", answers.style, methods=["GET"]),
        ],
        exception_handlers=handlers,
    )
    pages_of_links.router.redirect_slashes = False
    return Guard(pages_of_links, site)
