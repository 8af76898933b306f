"""The pages as they are served: a process of its own on this machine, asked over a socket."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.web.conftest import reach

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


def asked(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(request)
        found = b""
        while part := line.recv(65536):
            found += part
    return found


def test_a_process_answers_takes_a_form_once_and_ends_well(run: Shell) -> None:
    token = run.json("person link nora stige")["link"].rpartition("/")[2]
    reach(run.folder, "")
    serving = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--listen", "127.0.0.1:0", "--lang", "en"],
        cwd=run.folder, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert serving.stderr is not None
    said = serving.stderr.readline()
    found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
    assert found, said
    port = int(found[1])
    head = f"Host: 127.0.0.1:{port}\r\nConnection: close\r\n"

    page = asked(port, f"GET /l/{token} HTTP/1.1\r\n{head}\r\n".encode())
    nonce = re.findall(rb'name="nonce" value="([^"]+)"', page)[-1].decode()
    body = f"act=comment&subject=&need=&nonce={nonce}&text=Hei"
    head += f"Sec-Fetch-Site: same-origin\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n"
    answers = [asked(port, f"POST /l/{token} HTTP/1.1\r\n{head}\r\n{body}".encode()) for _ in "ab"]
    nonsense = asked(port, b"GET\r\n\r\n")
    serving.send_signal(signal.SIGTERM)
    _, rest = serving.communicate(timeout=60)

    assert page.startswith(b"HTTP/1.1 200")
    assert b"Badestige" in page
    assert [a.split(b"\r\n")[0] for a in answers] == [b"HTTP/1.1 303 See Other"] * 2
    assert nonsense.startswith(b"HTTP/1.1 400")
    assert serving.returncode == 0
    assert "POST /l/… 303" in rest
    assert token not in said + rest
    assert run("project history stige").out.count("Hei") == 1


REFUSED = (
    ("", "0.0.0.0:8080", "https"), ("", "[::]:8080", "https"), ("", "192.0.2.1:80", "https"),
    ("http://127.0.0.1:8080", "0.0.0.0:8080", "https"),
    ("", "8080", "127.0.0.1:8080"), ("", "127.0.0.1:99999", "127.0.0.1:8080"),
    ("", "example.org:80", "127.0.0.1:8080"),
)  # fmt: skip


@pytest.mark.parametrize(("base_url", "listen", "told"), REFUSED)
def test_links_never_travel_in_the_clear(run: Shell, base_url: str, listen: str, told: str) -> None:
    reach(run.folder, base_url)

    said = run(f"serve --listen {listen} --lang en", expect=2)
    assert told in " ".join(said.err.split())


def test_without_an_address_no_link_is_made(run: Shell) -> None:
    reach(run.folder, "")

    assert "base_url" in run("person link nora stige", expect=2).err
