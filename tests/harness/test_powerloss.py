from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness import powerloss, recording, syscalls
from tests.harness.powerloss import MODELS, Model

PROGRAMS = Path(__file__).with_name("programs")
Tree = dict[str, bytes | str | None]


def program(name: str, *arguments: str | Path) -> list[str]:
    return [sys.executable, str(PROGRAMS / name), *map(str, arguments)]


def tree(root: Path) -> Tree:
    """Read everything under a folder: bytes of files, targets of links, None for folders."""
    found: Tree = {}
    for place, folders, files in os.walk(root):
        for name in folders + files:
            path = Path(place, name)
            found[str(path.relative_to(root))] = content(path)
    return found


def content(path: Path) -> bytes | str | None:
    if path.is_symlink():
        return os.readlink(path)
    return None if path.is_dir() else path.read_bytes()


def first_states(made: recording.Recording, at: int, model: Model) -> list[Tree]:
    return [tree(state) for state in powerloss.states(made, at, seed=1, n=2, model=model)]


# The recording is right


@pytest.mark.parametrize("model", MODELS)
def test_what_was_flushed_to_the_last_file_and_folder_is_there_in_every_state(
    tmp_path: Path, model: Model
) -> None:
    made = recording.record(program("everything.py", tmp_path), tmp_path)
    assert made.outcome.acknowledged
    end = len(made.steps)
    assert made.said_by(end) == b"everything written\neverything flushed\n"
    expected = tree(tmp_path)
    assert len(expected) == 10
    for state in powerloss.states(made, end, seed=1, n=5, model=model):
        assert tree(state) == expected


def test_a_recording_cut_anywhere_equals_a_real_kill_there(tmp_path: Path) -> None:
    for name in ("recorded", "killed"):
        (tmp_path / name).mkdir()
    made = recording.record(program("everything.py", tmp_path / "recorded"), tmp_path / "recorded")
    numbers = [step.point.index for step in made.steps]
    for index in syscalls.sampled(numbers[-1], 12, seed=5):
        folder = tmp_path / "killed" / str(index)
        folder.mkdir()
        argv = program("everything.py", folder)
        assert syscalls.run_killed(argv, folder, at=index, when="after").killed
        done = sum(number <= index for number in numbers)
        _none, everything = first_states(made, done, "posix")
        assert everything == tree(folder), made.steps[done - 1]


def test_what_was_there_before_is_there_in_every_state(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "file").write_text("old")
    (tmp_path / "old" / "file").chmod(0o600)
    (tmp_path / "link").symlink_to("old/file")
    before = tree(tmp_path)
    made = recording.record(["true"], tmp_path)
    for state in powerloss.states(made, 0, seed=1, n=3, model="posix"):
        assert tree(state) == before
        assert (state / "old" / "file").stat().st_mode & 0o777 == 0o600


def test_a_file_moved_in_from_elsewhere_counts_as_not_flushed(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "paper").write_text("text")
    made = recording.record(["mv", str(tmp_path / "paper"), str(inside)], inside)
    nothing, everything = first_states(made, len(made.steps), "posix")
    assert nothing == {}
    assert everything == {"paper": b"text"}


def test_the_same_seed_gives_the_same_states_and_another_gives_others(tmp_path: Path) -> None:
    made = recording.record(program("ledger.py", tmp_path, "WAL", "OFF", "5"), tmp_path)

    def drawn(seed: int) -> list[Tree]:
        return [tree(s) for s in powerloss.states(made, len(made.steps), seed, 8, "posix")]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


# The models say what they should


SCRIPT = """
import os, sys
os.chdir(sys.argv[1])
def flush(name):
    fd = os.open(name, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
"""


def after(folder: Path, script: str, model: Model) -> list[Tree]:
    argv = [sys.executable, "-c", SCRIPT + script, str(folder)]
    made = recording.record(argv, folder)
    assert made.outcome.acknowledged, made.outcome.stderr
    end = len(made.steps)
    return [tree(state) for state in powerloss.states(made, end, seed=3, n=40, model=model)]


def test_bytes_not_flushed_may_be_missing_partly_there_or_torn(tmp_path: Path) -> None:
    size = 5 * 4096
    (tmp_path / "a").write_bytes(b"-" * size)
    script = f"os.pwrite(os.open('a', os.O_RDWR), b'x' * {size}, 0)"
    left = [str(state["a"]).strip("b'") for state in after(tmp_path, script, "posix")]
    assert {"-" * size, "x" * size} <= set(left)
    assert any(text.startswith("x" * 4096 + "-" * 4096) for text in left)
    assert any(text.count("x") % 512 for text in left)


def test_a_later_write_may_survive_an_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"-" * 8192)
    script = "f = os.open('a', os.O_RDWR); os.pwrite(f, b'x', 0); os.pwrite(f, b'y', 4096)"
    left = [str(state["a"]).strip("b'") for state in after(tmp_path, script, "ext4")]
    assert {text[0] + text[4096] for text in left} == {"--", "x-", "-y", "xy"}


def test_a_flush_covers_only_what_had_ended_before(tmp_path: Path) -> None:
    script = (
        "f = os.open('a', os.O_CREAT | os.O_RDWR); os.write(f, b'1'); os.fsync(f);"
        "flush('.'); os.write(f, b'2')"
    )
    assert {state["a"] for state in after(tmp_path, script, "posix")} == {b"1", b"12"}


def test_posix_keeps_a_name_only_once_its_folder_is_flushed(tmp_path: Path) -> None:
    states = after(tmp_path, "open('a', 'w').close(); flush('a')", "posix")
    assert {} in states
    assert {"a": b""} in states


def test_ext4_keeps_the_name_of_a_flushed_file_and_all_names_before(tmp_path: Path) -> None:
    script = "os.mkdir('early'); open('a', 'w').close(); flush('a'); os.mkdir('late')"
    states = after(tmp_path, script, "ext4")
    assert {" ".join(sorted(state)) for state in states} == {"a early", "a early late"}


def test_ext4_does_not_keep_names_for_the_flush_of_a_stranger(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    assert {"old": b"old"} in after(tmp_path, "os.mkdir('a'); flush('old')", "ext4")


def test_posix_may_keep_half_of_a_move_across_folders_but_ext4_not(tmp_path: Path) -> None:
    def found(model: Model) -> set[str]:
        place = tmp_path / model
        (place / "sub").mkdir(parents=True)
        (place / "a").write_text("a")
        states = after(place, "os.rename('a', 'sub/a')", model)
        return {" ".join(sorted(set(state) - {"sub"})) for state in states}

    assert found("posix") == {"a", "sub/a", "a sub/a", ""}
    assert found("ext4") == {"a", "sub/a"}


def test_a_rename_within_a_folder_is_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").write_text("old")
    for model in MODELS:
        (tmp_path / "a").write_text("new")
        (tmp_path / "b").write_text("old")
        states = after(tmp_path, "os.rename('a', 'b')", model)
        assert {tuple(sorted(state.items())) for state in states} == {
            (("a", b"new"), ("b", b"old")),
            (("b", b"new"),),
        }


# What the models find in SQLite


@dataclass
class Tally:
    """What a search through crash points and states found."""

    points: int = 0
    states: int = 0
    lost: int = 0
    corrupt: int = 0


def rows(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA synchronous=OFF")
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {str(number) for (number,) in opened.execute("SELECT number FROM ledger")}


def search(folder: Path, journal: str, synchronous: str, model: Model) -> Tally:
    with closing(sqlite3.connect(folder / "ledger.db")) as database:
        database.execute("CREATE TABLE ledger (number INTEGER PRIMARY KEY, text TEXT)")
    made = recording.record(program("ledger.py", folder, journal, synchronous, "9"), folder)
    tally = Tally()
    for at in syscalls.sampled(len(made.steps), 64, seed=11):
        tally.points += 1
        acknowledged = set(made.said_by(at).decode().split())
        for state in powerloss.states(made, at, seed=11, n=4, model=model):
            tally.states += 1
            try:
                tally.lost += not acknowledged <= rows(state / "ledger.db")
            except (sqlite3.DatabaseError, AssertionError):
                tally.corrupt += 1
    return tally


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("journal", "synchronous"), [("WAL", "NORMAL"), ("DELETE", "FULL"), ("TRUNCATE", "NORMAL")]
)
def test_the_models_find_the_commits_that_a_weak_setting_loses(
    tmp_path: Path, journal: str, synchronous: str, model: Model
) -> None:
    assert search(tmp_path, journal, synchronous, model).lost > 0


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("journal", "synchronous"),
    [("TRUNCATE", "EXTRA"), ("DELETE", "EXTRA"), ("PERSIST", "EXTRA"), ("WAL", "FULL")],
)
def test_the_models_find_nothing_lost_under_a_strong_setting(
    tmp_path: Path, journal: str, synchronous: str, model: Model
) -> None:
    assert search(tmp_path, journal, synchronous, model) == Tally(points=64, states=256)


def test_the_models_find_the_corruption_of_a_setting_that_never_flushes(tmp_path: Path) -> None:
    assert search(tmp_path, "DELETE", "OFF", "posix").corrupt > 0


# What the models find in an artefact folder


def missing_papers(folder: Path) -> Iterator[str]:
    """Name the papers that a row speaks of and that are not there byte for byte."""
    with closing(sqlite3.connect(folder / "vault.db")) as database:
        for (digest,) in database.execute("SELECT digest FROM papers"):
            path = folder / digest[:2] / digest[2:4] / digest
            if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                yield digest


def broken_promises(folder: Path, fault: str, model: Model) -> int:
    (folder / "tmp").mkdir()
    with closing(sqlite3.connect(folder / "vault.db")) as database:
        database.execute("CREATE TABLE papers (digest TEXT PRIMARY KEY)")
    made = recording.record(program("vault.py", folder, fault, "3"), folder)
    assert made.outcome.acknowledged, made.outcome.stderr
    return sum(
        any(missing_papers(state))
        for at in range(len(made.steps) + 1)
        for state in powerloss.states(made, at, seed=2, n=4, model=model)
    )


@pytest.mark.parametrize("model", MODELS)
def test_flush_rename_flush_row_never_leaves_a_row_without_its_paper(
    tmp_path: Path, model: Model
) -> None:
    assert broken_promises(tmp_path, "none", model) == 0


@pytest.mark.parametrize("fault", ["unflushed", "unnamed", "adrift", "hasty"])
def test_every_shortcut_leaves_a_row_without_its_paper(tmp_path: Path, fault: str) -> None:
    assert broken_promises(tmp_path, fault, "posix") > 0


@pytest.mark.parametrize("fault", ["unflushed", "hasty"])
def test_ext4_forgives_no_shortcut_but_unflushed_folders(tmp_path: Path, fault: str) -> None:
    assert broken_promises(tmp_path, fault, "ext4") > 0
