"""What is told where the disk does not let the program: which path, which right; and that a
workspace that is not made leaves nothing behind.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from innocities_engine import disk
from tests.cli.shell import Shell

ROOT = Path(__file__).parents[2]
SAID = {
    "sv": {"write": "skriva i", "read": "läsa", "enter": "öppna mappen"},
    "nb": {"write": "skrive i", "read": "lese", "enter": "åpne mappen"},
    "en": {"write": "write to", "read": "read", "enter": "enter the folder"},
}


def without_rights(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the program as somebody whom the rights of files bind."""
    env = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "tests.cli.unprivileged", *words],
        cwd=folder, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip


@contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    """Rights for a while, so that everything can be cleared away again."""
    before = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(before)


def error(done: subprocess.CompletedProcess[str]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(done.stdout)["error"]
    return found


@pytest.mark.parametrize(
    ("what", "bits", "right", "words"),
    [
        (".", 0o500, "write", "person add ny Ny"),
        ("innocities.db", 0o400, "write", "person add ny Ny"),
        ("innocities.db", 0o000, "read", "project list"),
        ("innocities.toml", 0o000, "read", "project list"),
        (".", 0o000, "enter", "project list"),
    ],
)
def test_a_right_that_is_missing_is_named_with_its_path_in_the_readers_language(
    run: Shell, what: str, bits: int, right: str, words: str
) -> None:
    path = (run.folder / what).resolve()
    for language, said in SAID.items() if right == "write" else [("nb", SAID["nb"])]:
        with mode(path, bits):
            done = without_rights(
                run.folder.parent, *words.split(), "--workspace", str(run.folder), "--as", "eva",
                "--json", "--lang", language,
            )  # fmt: skip
        told = error(done)
        assert (done.returncode, told["code"]) == (3, "no-access"), done.stderr
        assert said[right] in told["message"]
        assert str(path) in told["message"]
        assert "Errno" not in done.stderr
        assert "database" not in done.stderr


def test_a_folder_in_which_nothing_can_be_made_takes_no_workspace(bare: Shell) -> None:
    with mode(bare.folder, 0o500):
        words = ("init", "oslo", "Oslo", "--admin", "a=A", "--json", "--lang", "en")
        done = without_rights(bare.folder, *words)
        below = without_rights(bare.folder, *words, "--workspace", "a/b")

    for each in (done, below):
        assert (each.returncode, error(each)["code"]) == (3, "no-access")
        assert f"may not write to {bare.folder.resolve()}." in error(each)["message"]
    assert list(bare.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (errno.ENOSPC, "unavailable", "disk_full"),
        (errno.EIO, "unavailable", "disk"),
        (errno.ENOENT, "not-found", "no_path"),
        (errno.EPERM, "no-access", "no_access_owner"),
    ],
)
def test_what_the_system_says_is_told_in_words_of_our_own(
    tmp_path: Path, number: int, code: str, text: str
) -> None:
    (tmp_path / "here").touch()
    found = disk.trouble(OSError(number, os.strerror(number), str(tmp_path / "here")))
    assert (found.code, found.text) == (code, text)


REFUSED = [
    ("init 'Stor By' Storby --admin a=A", 2),
    ("init oslo ' ' --admin a=A", 2),
    ("init oslo Oslo --admin 'A B=A'", 2),
    ("init oslo Oslo --admin a=A --address nowhere", 2),
    ("init oslo Oslo --admin a=A --zone Europe/Oslow", 2),
    ("init oslo Oslo --admin a=A --language klingon", 2),
    ("init oslo Oslo --admin a=A --now 2026-09-01", 2),
    ("init oslo Oslo --admin a=A --simulated --now yesterday", 2),
]


@pytest.mark.parametrize(("words", "code"), REFUSED, ids=[words for words, _ in REFUSED])
def test_a_workspace_that_is_refused_leaves_nothing_that_was_not_there(
    bare: Shell, words: str, code: int
) -> None:
    bare(f"{words} --dry-run", expect=code)
    bare(words, expect=code)
    bare(f"{words} --workspace work", expect=code)
    assert list(bare.folder.iterdir()) == []


def test_what_was_begun_for_somebody_else_is_left_as_it_was(bare: Shell) -> None:
    """Broken off between the database and the settings, which come last."""
    bare("init oslo Oslo --admin a=A")
    for each in bare.folder.iterdir():
        if each.name != "innocities.db":
            each.rmdir() if each.is_dir() else each.unlink()

    bare("init halden Halden --admin b=B", expect=4)
    assert [each.name for each in bare.folder.iterdir()] == ["innocities.db"]
    bare("init oslo Oslo --admin a=A")
