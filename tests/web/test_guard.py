"""What every answer carries, and which requests are not answered at all."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

import pytest

from innocities_engine.store import transactions
from innocities_engine.web import desk
from innocities_engine.web.guard import HEADERS, Site
from tests.web.conftest import BASE, SAME, Browser, browsing

ANSWERS = (
    ("GET", "/l/{token}", 200), ("HEAD", "/l/{token}", 200), ("GET", "/l/x", 404),
    ("GET", "/style.css", 200), ("GET", "/", 404), ("GET", "/l/", 404), ("GET", "/l/a/b", 404),
    ("GET", "/docs", 404), ("PUT", "/l/{token}", 405), ("DELETE", "/l/{token}", 405),
    ("OPTIONS", "/l/{token}", 405), ("POST", "/style.css", 405), ("POST", "/l/{token}", 422),
    ("POST", "/l/x", 404),
)  # fmt: skip


@pytest.mark.parametrize(("method", "place", "status"), ANSWERS)
def test_every_answer_carries_what_keeps_a_browser_in_check(
    nora: Browser, method: str, place: str, status: int
) -> None:
    before = nora.sequence()
    answer = nora.client.request(
        method,
        place.format(token=nora.token),
        headers=SAME,
        content=b"" if method == "POST" else None,
    )

    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["strict-transport-security"]
    assert "set-cookie" not in answer.headers
    assert "server" not in answer.headers
    assert nora.token not in answer.text
    assert nora.sequence() == before


def test_the_addresses_are_these_and_no_others(nora: Browser) -> None:
    found = {(m, r.path) for r in nora.client.app.app.routes for m in r.methods}

    assert found == {
        ("GET", "/l/{token}"), ("HEAD", "/l/{token}"), ("POST", "/l/{token}"),
        ("GET", "/style.css"), ("HEAD", "/style.css"),
    }  # fmt: skip


@pytest.mark.parametrize("host", ["evil.example", "innocities.example.org.evil.example",
                                  "innocities.example.org:8080", "localhost", ""])  # fmt: skip
def test_another_host_is_not_answered(nora: Browser, host: str) -> None:
    answer = nora.client.get(nora.place, headers={"Host": host})

    assert answer.status_code == 400
    assert "Badestige" not in answer.text
    assert nora.client.get(nora.place, headers={"Host": "innocities.example.org:443"}).is_success


FOREIGN = (
    {}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"}, {"Origin": "https://evil.example"}, {"Origin": "null"},
    {"Origin": "http://innocities.example.org"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": BASE},
)  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_form_from_elsewhere_changes_nothing(nora: Browser, headers: dict[str, str]) -> None:
    form, before = nora.look().form("comment"), nora.sequence()
    nora.sent = headers

    answer = nora.send(form, text="Hello")

    assert answer.status_code == 403
    assert nora.sequence() == before


@pytest.mark.parametrize("headers", [{"Origin": BASE}, SAME, {**SAME, "Origin": "null"}, {**SAME, "Origin": BASE}],
                         ids=str)  # fmt: skip
def test_a_form_of_ours_is_taken(nora: Browser, headers: dict[str, str]) -> None:
    form = nora.look().form("comment")
    nora.sent = headers

    assert nora.send(form, text="Hello").status_code == 303


LENGTHS = (
    ({"Content-Length": "-1"}, 400), ({"Content-Length": "99999999999"}, 400),
    ({"Content-Length": "x"}, 400), ({"Content-Length": "2000000"}, 413),
    ({"Transfer-Encoding": "chunked"}, 400),
    ({"Content-Length": "30000000", "Content-Type": "multipart/form-data; boundary=x"}, 413),
    ({"Content-Length": "3", "Content-Type": "multipart/form-data"}, 400),
)  # fmt: skip


@pytest.mark.parametrize(("headers", "status"), LENGTHS, ids=str)
def test_a_body_that_cannot_be_is_refused_before_it_is_read(
    nora: Browser, headers: dict[str, str], status: int
) -> None:
    answer = nora.client.post(nora.place, content=b"a=b", headers={**SAME, **headers})

    assert answer.status_code == status
    assert HEADERS["content-security-policy"] in answer.headers["content-security-policy"]


@dataclass
class Told:
    """What was sent, and whether anything of the body was asked for."""

    sent: list[Any] = field(default_factory=list)
    read: bool = False


def asked(nora: Browser, token: str, parts: list[dict[str, Any]]) -> Told:
    """Post to the pages as a server does, part by part."""
    told = Told()
    heads = {"host": "innocities.example.org", "sec-fetch-site": "same-origin",
             "content-length": "5", "content-type": "application/x-www-form-urlencoded"}  # fmt: skip
    scope = {"type": "http", "method": "POST", "path": f"/l/{token}", "query_string": b"",
             "headers": [(name.encode(), value.encode()) for name, value in heads.items()]}  # fmt: skip

    async def receive() -> Any:
        told.read = True
        return parts.pop(0)

    async def send(message: Any) -> None:
        told.sent.append(message)

    asyncio.run(nora.client.app(scope, receive, send))
    return told


@pytest.mark.parametrize(("token", "read", "status"), [("never-was", False, 404), ("", True, 422)])
def test_nothing_is_read_before_the_link_is_known_to_hold(
    nora: Browser, token: str, read: bool, status: int
) -> None:
    told = asked(nora, token or nora.token, [{"type": "http.request", "body": b"act=x"}])

    assert told.read is read
    assert told.sent[0]["status"] == status


def test_whoever_hangs_up_is_no_fault_of_ours(
    nora: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    before = nora.sequence()
    parts = [
        {"type": "http.request", "body": b"act=com", "more_body": True},
        {"type": "http.disconnect"},
    ]

    with caplog.at_level(logging.INFO):
        asked(nora, nora.token, parts)

    assert nora.sequence() == before
    assert [r.levelname for r in caplog.records if r.name.startswith("innocities")] == ["INFO"]


def test_more_than_was_announced_is_not_taken(nora: Browser) -> None:
    headers = {**SAME, "Content-Length": "10", "Content-Type": "application/x-www-form-urlencoded"}

    answer = nora.client.post(nora.place, content=b"a" * (2 << 20), headers=headers)

    assert answer.status_code == 413


def test_a_file_that_is_too_large_is_refused(nora: Browser) -> None:
    form, before = nora.look().form("submit"), nora.sequence()

    answer = nora.send(form, files={"file": ("a", b"x" * ((25 << 20) + 1), "text/plain")})

    assert answer.status_code == 409
    assert "25 MiB" in answer.text
    assert nora.sequence() == before


def test_the_log_names_no_link(nora: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        nora.look()
        nora.client.get(f"/L/{nora.token}")
        nora.client.get(f"/{nora.token}")
        nora.client.get(f"/l/{nora.token}/more")
        nora.send(nora.look().form("answer"), value="x")

    said = [r.getMessage() for r in caplog.records if r.name.startswith("innocities")]
    assert any(line.startswith("GET /l/… 200") for line in said)
    assert any(line.startswith("POST /l/… 422") for line in said)
    assert nora.token not in "\n".join(said)


def test_a_fault_of_ours_shows_a_number_and_nothing_else(
    nora: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(desk, "shown", broken)
    client = type(nora.client)(nora.client.app, base_url=BASE, raise_server_exceptions=False)
    answer = client.get(nora.place)

    assert answer.status_code == 500
    assert "secret of the house" not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]
    number = next(r.getMessage().split()[1] for r in caplog.records if "fault" in r.getMessage())
    assert number in answer.text


def test_below_a_path_the_style_is_found(nora: Browser) -> None:
    below = browsing(nora.run, f"{BASE}/innocities/")
    text = below.client.get(f"/l/{nora.token}", headers={"Host": "innocities.example.org"}).text

    assert 'href="/innocities/style.css"' in text
    below.store.close()


def test_a_site_knows_what_it_is_called() -> None:
    assert Site("https://a.example").hosts == {"a.example", "a.example:443"}
    assert Site("http://127.0.0.1:8080").hosts == {"127.0.0.1:8080"}
    assert Site("http://[::1]:80").origins == {"http://[::1]", "http://[::1]:80"}
    assert not Site("http://127.0.0.1:8080").secure


BODIES = (
    ("application/x-www-form-urlencoded", b"act=%ff%fe&subject=%ED%A0%80&nonce=" + b"a" * 24),
    ("application/x-www-form-urlencoded", b"act=comment&text=%00&nonce=" + b"a" * 24),
    ("application/x-www-form-urlencoded", b"&&&=&=a&" * 5_000),
    ("application/x-www-form-urlencoded; charset=utf-7", b"act=comment&text=+ADw-"),
    ("application/json", b'{"act": "comment"}'),
    ("text/plain", b"act=comment"),
    ("", b"act=comment"),
    ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--\r\n"),
    ("multipart/form-data; boundary=x", b"--y\r\n"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="act"\r\n\r\n\xff\xfe\r\n--x--\r\n'),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="\xff"; filename="\xff"\r\n\r\n\xff\r\n--x--\r\n'),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="act"; filename="a"\r\n\r\ncomment\r\n--x--\r\n'),
    ("multipart/form-data; boundary=x",
     b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n1\r\n' * 3 + b"--x--\r\n"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 300 + b"--x--\r\n"),
    ("multipart/form-data; boundary=x",
     b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"1" * 100_000 + b"\r\n--x--\r\n"),
    ("multipart/form-data; boundary=" + "x" * 3_000, b"--x"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "body"), BODIES, ids=[str(n) for n in range(len(BODIES))])
def test_a_body_that_makes_no_sense_is_refused_and_nothing_breaks(
    nora: Browser, kind: str, body: bytes
) -> None:
    before = nora.sequence()

    answer = nora.client.post(nora.place, content=body, headers={**SAME, "Content-Type": kind})

    assert 400 <= answer.status_code < 500, answer.text
    assert nora.sequence() == before


PLACES = ("/l/%00", "/l/%ff%fe", "/l/..%2f..%2fetc", "/l/" + "%61" * 3_000, "/l/.", "/l/é", "//l/x",
          "/l/a.b.c", "/l/W10.x")  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_makes_no_sense_is_not_there(nora: Browser, place: str) -> None:
    assert nora.client.get(BASE + place).status_code == 404


def test_while_others_write_one_is_told_to_come_again_and_keeps_what_was_typed(
    nora: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "PATIENCE_SECONDS", 0.05)
    form = nora.look().form("advise")

    with transactions.write(nora.store):
        answer = nora.send(form, value="go", reason="We measured twice")

    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "We measured twice" in answer.text
    assert nora.send(form, value="go", reason="We measured twice").status_code == 303
