from __future__ import annotations

import hashlib
import io
import os
import time
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from innocities_engine import disk, errors
from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.domain.project import Content, Proposal
from innocities_engine.store import files, tables
from innocities_engine.store.transactions import read, write
from tests.store.given import World, a_method


def taken_in(world: World, content: bytes = b"a plan") -> Content:
    kept = files.keep(world.store, "oslo", io.BytesIO(content))
    return Content(kept.sha256, "plan.pdf", "file", kept.size)


def handed_in(world: World, content: bytes = b"a plan") -> tuple[str, Content]:
    project, taken = world.started(), taken_in(world, content)
    world.engine.execute("oslo", project, k.Submit("plan", taken), "astrid")
    return project, taken


def read_back(world: World, sha256: str, organisation: str = "oslo") -> bytes:
    with files.opened(world.store, organisation, sha256) as file:
        return file.read()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=4096))
def test_a_file_comes_back_byte_for_byte(world: World, content: bytes) -> None:
    kept = files.keep(world.store, "oslo", io.BytesIO(content))

    assert read_back(world, kept.sha256) == content
    assert kept == files.Kept(hashlib.sha256(content).hexdigest(), len(content))


def test_a_file_that_comes_with_the_last_of_several_votes_is_told_of_as_the_record_says(
    world: World,
) -> None:
    method = deepcopy(a_method()) | {"id": "par"}
    gate = method["gates"]["G1"]
    gate |= {"needs": {}, "decides": {"by": {"each": ["lead", "board"]}}}
    gate["outcomes"]["go"]["needs"] = {"plan": {"due": "decision"}}
    world.office.publish("oslo", method, "dag")
    project, taken = world.started(method="par"), taken_in(world)
    vote = k.Decide("G1", Proposal("go", attach={"plan": taken}))

    world.engine.execute("oslo", project, vote, "astrid")
    with read(world.store) as connection:
        assert files.listed(connection) == []
    world.engine.execute("oslo", project, vote, "bjorn")

    with read(world.store) as connection:
        assert [told[2] for told in files.listed(connection)] == [taken.sha256]
    assert examine(world.engine) == []


def test_a_flipped_bit_is_found_and_nothing_is_served(world: World) -> None:
    content = bytes(range(256)) * 4
    _, taken = handed_in(world, content)
    place = files.path(world.store, "oslo", taken.sha256)
    for bit in range(0, len(content) * 8, len(content) * 8 // 100):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        place.write_bytes(flipped)
        with pytest.raises(errors.Integrity):
            read_back(world, taken.sha256)
    [difference] = examine(world.engine)
    assert "was changed" in difference.problem

    place.write_bytes(content)
    assert read_back(world, taken.sha256) == content


@pytest.mark.parametrize("left", [False, True], ids=["new folders", "folders of a killed process"])
def test_a_file_is_on_the_disk_before_a_row_tells_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch, left: bool
) -> None:
    if left:
        digest = hashlib.sha256(b"x").hexdigest()
        files.path(world.store, "oslo", digest).parent.mkdir(parents=True)
    acts: list[tuple[str, str]] = []

    def spied(name: str, real: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            acts.append((name, str(args[0])))
            return real(*args, **options)

        return call

    monkeypatch.setattr(disk, "flush", spied("flush", disk.flush))
    monkeypatch.setattr(files.Path, "rename", spied("rename", files.Path.rename))
    monkeypatch.setattr(os, "fsync", spied("fsync", os.fsync))
    kept = files.keep(world.store, "oslo", io.BytesIO(b"x"))

    place = files.path(world.store, "oslo", kept.sha256)
    flushed = [path for name, path in acts if name == "flush"]
    assert flushed[-1] == str(place.parent)
    assert {str(folder) for folder in list(place.parents)[1:4]} <= set(flushed)
    renamed = next(i for i, (name, _) in enumerate(acts) if name == "rename")
    synced = [i for i, (name, path) in enumerate(acts) if name == "fsync" and i < renamed]
    assert synced


def test_the_same_file_twice_is_kept_once(world: World) -> None:
    first, second = taken_in(world), taken_in(world)

    assert first == second
    stored = [each for each in world.store.artefacts.rglob("*") if each.is_file()]
    assert len(stored) == 1


def test_organisations_have_folders_of_their_own(world: World) -> None:
    taken = taken_in(world)

    with pytest.raises(errors.NotFound):
        read_back(world, taken.sha256, "bergen")


@pytest.mark.parametrize("wanted", ["../../innocities.db", "", "a" * 63, "A" * 64, "/" * 64])
def test_no_path_is_made_of_what_somebody_typed(world: World, wanted: str) -> None:
    with pytest.raises(errors.NotFound):
        read_back(world, wanted)


def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE", 1000)

    with pytest.raises(errors.Refused):
        files.keep(world.store, "oslo", io.BytesIO(b"x" * 1001))

    assert [each for each in world.store.artefacts.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize("quota", ["LARGEST_PROJECT", "LARGEST_ORGANISATION"])
def test_a_quota_is_kept_with_what_is_there_already(
    world: World, monkeypatch: pytest.MonkeyPatch, quota: str
) -> None:
    project, first = handed_in(world, b"x" * 600)
    monkeypatch.setattr(files, quota, 1000)
    more = taken_in(world, b"y" * 600)

    with pytest.raises(errors.Refused):
        world.engine.execute("oslo", project, k.Submit("plan", more), "astrid")
    world.engine.execute("oslo", project, k.Submit("plan", first), "astrid")


def test_a_file_of_another_size_than_said_is_refused(world: World) -> None:
    project, taken = world.started(), taken_in(world)
    wrong = Content(taken.sha256, "plan.pdf", "file", taken.size + 1)

    with pytest.raises(errors.NotFound):
        world.engine.execute("oslo", project, k.Submit("plan", wrong), "astrid")


def aged(world: World) -> None:
    """Make every file two days old."""
    before = time.time() - 2 * files.ORPHANED_AFTER
    for file in world.store.artefacts.rglob("*"):
        if file.is_file():
            os.utime(file, (before, before))


def test_only_what_no_row_has_told_of_for_a_day_is_removed(world: World) -> None:
    _, told = handed_in(world, b"told of")
    orphan = taken_in(world, b"never handed in")
    half = world.store.artefacts / "oslo" / "tmp" / "half"
    half.write_bytes(b"half")

    assert files.orphans(world.store) == []
    aged(world)
    assert files.remove(world.store, files.orphans(world.store)) == 2
    assert read_back(world, told.sha256) == b"told of"
    assert files.damaged(world.store, "oslo", orphan.sha256)
    assert not half.exists()


def test_what_an_operator_lays_beside_the_files_stays_and_stops_nothing(world: World) -> None:
    handed_in(world, b"told of")
    taken_in(world, b"never handed in")
    beside = [world.store.artefacts / "README", world.store.artefacts / "oslo" / "README"]
    for each in beside:
        each.write_text("not ours")
    aged(world)

    assert files.remove(world.store, files.orphans(world.store)) == 1
    assert all(each.exists() for each in beside)


def test_a_file_that_no_row_but_the_record_tells_of_is_kept(world: World) -> None:
    _, told = handed_in(world, b"told of")
    with write(world.store) as connection:
        connection.execute(delete(tables.artefact_file))
    aged(world)

    assert files.orphans(world.store) == []
    assert read_back(world, told.sha256) == b"told of"


@pytest.mark.parametrize("meanwhile", ["taken in", "copied", "handed in"])
def test_an_orphan_that_somebody_wants_at_that_moment_stays(world: World, meanwhile: str) -> None:
    wanted = taken_in(world, b"wanted again")
    project = world.started()
    aged(world)
    found = files.orphans(world.store)
    assert found == [files.path(world.store, "oslo", wanted.sha256)]

    if meanwhile == "taken in":
        taken_in(world, b"wanted again")
    elif meanwhile == "copied":
        files.copy(world.store, "bergen", "oslo", wanted)
    else:
        world.engine.execute("oslo", project, k.Submit("plan", wanted), "astrid")

    assert files.remove(world.store, found) == 0
    assert read_back(world, wanted.sha256) == b"wanted again"


@pytest.mark.parametrize("added", [b"x", b""])
def test_a_file_that_was_changed_is_a_difference_of_another_kind(
    world: World, added: bytes
) -> None:
    _, taken = handed_in(world)
    place = files.path(world.store, "oslo", taken.sha256)
    content = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(content + added if added else content[:-1] + b"\0")

    [difference] = examine(world.engine)

    assert "was changed" in difference.problem


def test_a_file_missing_on_the_disk_is_a_difference(world: World) -> None:
    _, taken = handed_in(world)
    files.path(world.store, "oslo", taken.sha256).unlink()

    [difference] = examine(world.engine)

    assert "not on the disk" in difference.problem
