from __future__ import annotations

import io
import json
import os
import threading
from pathlib import Path

import pytest

from innocities_engine import errors
from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.domain.project import Content
from innocities_engine.engine import Engine
from innocities_engine.settings import KEY, SETTINGS, Settings, create, load
from innocities_engine.store import chain, files, tables
from innocities_engine.store.backup import MANIFEST, backup, restore
from innocities_engine.store.transactions import open_store, write
from tests.store.given import Clock, World


@pytest.fixture
def filled(world: World) -> World:
    create(Settings(world.store.folder, organisation="oslo", simulated=True))
    project = world.started()
    kept = files.keep(world.store, "oslo", io.BytesIO(b"a plan"))
    content = Content(kept.sha256, "plan.pdf", "file", kept.size)
    world.engine.execute("oslo", project, k.Submit("plan", content), "astrid")
    return world


def test_a_copy_can_be_put_in_place_elsewhere_and_is_whole(filled: World, tmp_path: Path) -> None:
    copy = backup(filled.store, tmp_path / "copy", filled.clock.now)
    restored = restore(copy.folder, tmp_path / "elsewhere")

    store = open_store(restored.folder)
    engine = Engine(store, filled.clock)
    assert examine(engine) == []
    assert chain.verify(store, "oslo", restored.anchors["oslo"]) is None
    [glance] = engine.projects("oslo", "astrid")
    assert glance == filled.engine.projects("oslo", "astrid")[0]
    assert restored.files == copy.files == 1
    store.close()


def test_a_copy_taken_while_others_write_is_of_one_instant(filled: World, tmp_path: Path) -> None:
    stop = threading.Event()
    project = filled.started()

    def write_on() -> None:
        own = open_store(filled.store.folder)
        engine = Engine(own, Clock(filled.clock.now))
        while not stop.is_set():
            engine.execute("oslo", project, k.Comment("still at it"), "astrid")
        own.close()

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        copies = [backup(filled.store, tmp_path / f"copy{n}", filled.clock.now) for n in range(5)]
    finally:
        stop.set()
        writer.join()

    for n, copy in enumerate(copies):
        store = open_store(restore(copy.folder, tmp_path / f"back{n}").folder)
        assert examine(Engine(store, filled.clock)) == []
        assert chain.verify(store, "oslo", copy.anchors["oslo"]) is None
        store.close()
    assert [copy.anchors["oslo"].count for copy in copies] == sorted(
        copy.anchors["oslo"].count for copy in copies
    )


def test_secrets_stay_behind_unless_they_are_asked_for(filled: World, tmp_path: Path) -> None:
    without = backup(filled.store, tmp_path / "without", filled.clock.now)
    included = backup(filled.store, tmp_path / "with", filled.clock.now, secrets=True)

    assert not (without.folder / KEY).exists()
    assert (included.folder / KEY).stat().st_mode & 0o077 == 0
    assert (without.folder / SETTINGS).exists()
    key = load(filled.store.folder).key
    assert load(restore(included.folder, tmp_path / "a").folder).key == key
    assert load(restore(without.folder, tmp_path / "b").folder).key != key


@pytest.mark.parametrize("victim", ["innocities.db", "artefact"])
def test_a_damaged_copy_is_not_put_in_place(filled: World, tmp_path: Path, victim: str) -> None:
    copy = backup(filled.store, tmp_path / "copy", filled.clock.now)
    files_there = [each for each in copy.folder.rglob("*") if each.is_file()]
    target = next(
        each
        for each in files_there
        if (each.name == victim or (victim == "artefact" and "artefacts" in each.parts))
    )
    target.write_bytes(target.read_bytes()[:-1] + b"!")

    with pytest.raises(errors.Integrity):
        restore(copy.folder, tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_a_copy_that_was_not_finished_is_none(filled: World, tmp_path: Path) -> None:
    copy = backup(filled.store, tmp_path / "copy", filled.clock.now)
    (copy.folder / MANIFEST).unlink()

    with pytest.raises(errors.Integrity):
        restore(copy.folder, tmp_path / "elsewhere")


def test_nothing_that_is_there_is_overwritten(filled: World, tmp_path: Path) -> None:
    copy = backup(filled.store, tmp_path / "copy", filled.clock.now)

    with pytest.raises(errors.Conflict):
        backup(filled.store, tmp_path / "copy", filled.clock.now)
    with pytest.raises(errors.Conflict):
        restore(copy.folder, filled.store.folder)


def test_a_damaged_file_is_not_copied_as_if_it_were_whole(filled: World, tmp_path: Path) -> None:
    [file] = [each for each in filled.store.artefacts.rglob("*") if each.is_file()]
    file.write_bytes(b"A plan")

    with pytest.raises(errors.Integrity):
        backup(filled.store, tmp_path / "copy", filled.clock.now)
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    "name", ["../evil", "/tmp/evil", "artefacts/../../" + "a" * 64, "innocities.toml", "artefacts"]
)
def test_a_copy_that_names_a_file_outside_itself_is_none(
    filled: World, tmp_path: Path, name: str
) -> None:
    copy = backup(filled.store, tmp_path / "copy", filled.clock.now)
    manifest = json.loads((copy.folder / MANIFEST).read_text())
    manifest["files"][name] = "0" * 64
    (copy.folder / MANIFEST).write_text(json.dumps(manifest))

    with pytest.raises(errors.Integrity):
        restore(copy.folder, tmp_path / "elsewhere")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    "written", ["{}", "[]", "1", '{"files": {}, "anchors": {}}', '{"files": 1, "anchors": {}}',
                '{"files": {"innocities.db": ""}, "anchors": {"oslo": [1]}}', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_manifest_is_no_copy(filled: World, tmp_path: Path, written: str) -> None:
    copy = backup(filled.store, tmp_path / "copy", filled.clock.now)
    (copy.folder / MANIFEST).write_text(written)

    with pytest.raises(errors.Integrity):
        restore(copy.folder, tmp_path / "elsewhere")


def test_a_link_in_a_copy_is_no_file_of_it(filled: World, tmp_path: Path) -> None:
    copy = backup(filled.store, tmp_path / "copy", filled.clock.now)
    database = copy.folder / "innocities.db"
    database.rename(tmp_path / "secret")
    database.symlink_to(tmp_path / "secret")

    with pytest.raises(errors.Integrity):
        restore(copy.folder, tmp_path / "elsewhere")


def test_whatever_lies_beside_a_copy_is_left_alone(filled: World, tmp_path: Path) -> None:
    for name in ("copy.partial", "elsewhere.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis").write_text("precious")
    copy = backup(filled.store, tmp_path / "copy", filled.clock.now)
    restore(copy.folder, tmp_path / "elsewhere")

    assert (tmp_path / "copy.partial" / "thesis").read_text() == "precious"
    assert (tmp_path / "elsewhere.partial" / "thesis").read_text() == "precious"


def without_triggers(world: World, *statements: str) -> None:
    """Change what the database itself would not let be changed."""
    with write(world.store) as connection:
        for table in tables.IMMUTABLE:
            connection.exec_driver_sql(f"DROP TRIGGER {table}_no_update")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_file_that_only_the_record_tells_of_is_copied_and_told(
    filled: World, tmp_path: Path
) -> None:
    without_triggers(filled, "DELETE FROM artefact_file")

    copy = backup(filled.store, tmp_path / "copy", filled.clock.now)

    [name] = copy.unlisted
    assert copy.files == 1
    restored = restore(copy.folder, tmp_path / "elsewhere")
    [file] = [each for each in (restored.folder / "artefacts").rglob("*") if each.is_file()]
    assert name == f"oslo/{file.name}"
    assert file.read_bytes() == b"a plan"


def test_a_file_that_is_not_on_the_disk_any_more_lets_no_copy_pass_for_whole(
    filled: World, tmp_path: Path
) -> None:
    [file] = [each for each in filled.store.artefacts.rglob("*") if each.is_file()]
    file.unlink()

    with pytest.raises(errors.Integrity, match=file.name):
        backup(filled.store, tmp_path / "copy", filled.clock.now)
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("anchor", [None, [1, "0" * 64], "one more"])
def test_a_record_that_does_not_end_where_its_manifest_says_is_not_put_in_place(
    filled: World, tmp_path: Path, anchor: object
) -> None:
    copy = backup(filled.store, tmp_path / "copy", filled.clock.now)
    manifest = json.loads((copy.folder / MANIFEST).read_text())
    count, digest = manifest["anchors"].pop("oslo")
    if anchor:
        changed = [count + 1, digest] if anchor == "one more" else anchor
        manifest["anchors"]["oslo"] = changed
    (copy.folder / MANIFEST).write_text(json.dumps(manifest))

    with pytest.raises(errors.Integrity, match="does not end where"):
        restore(copy.folder, tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_what_was_wrong_with_a_record_before_it_was_copied_is_told_when_it_is_put_back(
    filled: World, tmp_path: Path
) -> None:
    without_triggers(filled, "UPDATE event SET actor = 'x' WHERE chain_no = 3")
    copy = backup(filled.store, tmp_path / "copy", filled.clock.now)

    restored = restore(copy.folder, tmp_path / "elsewhere")

    assert restored.broken["oslo"].entry == 3
    assert (restored.folder / "innocities.db").exists()


@pytest.mark.parametrize("there", [False, True])
def test_what_is_put_back_is_its_owners_alone_whatever_the_shell_lets(
    filled: World, tmp_path: Path, there: bool
) -> None:
    copy = backup(filled.store, tmp_path / "copy", filled.clock.now, secrets=True)
    for each in copy.folder.rglob("*"):
        each.chmod(0o777 if each.is_dir() else 0o666)  # as some other disk may keep it
    target = tmp_path / "elsewhere"
    if there:
        target.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        restore(copy.folder, target)
    finally:
        os.umask(before)

    assert target.stat().st_mode & 0o777 == 0o700
    inside = [target / "innocities.db", target / KEY, *(target / "artefacts").rglob("*")]
    for each in (*inside, target / "artefacts"):
        assert each.stat().st_mode & 0o777 == (0o700 if each.is_dir() else 0o600), each
