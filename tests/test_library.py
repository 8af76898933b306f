"""Where definitions are found, what ships, and that what is published stays what it was."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from innocities_engine import errors, library
from tests.language.support import BASE, EXAMPLES, overlay

SHIPPED = library.Library()
DEFINITIONS = [(name, version) for name, version, _ in SHIPPED.ids()]


def put(folder: Path, *texts: tuple[str, str, str]) -> library.Library:
    for name, version, text in texts:
        file = folder / name / f"{version}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            text.replace("id: m\n", f"id: {name}\n").replace(
                "version: 1.0.0", f"version: {version}", 1
            )
        )
    return library.Library((folder,))


# ---------------------------------------------------------------- finding


def test_definitions_are_found_by_id_and_version(tmp_path: Path):
    found = put(
        tmp_path,
        ("m", "1.0.0", BASE),
        ("m", "1.10.0", BASE),
        ("m", "1.9.0", BASE),
        ("o", "1.0.0", overlay()),
    )

    assert found.ids() == [
        ("m", "1.0.0", "methodology"),
        ("m", "1.9.0", "methodology"),
        ("m", "1.10.0", "methodology"),
        ("o", "1.0.0", "overlay"),
    ]
    assert found.path("m", "1.9.0") == tmp_path / "m" / "1.9.0.yaml"
    assert found.methodology("o").id == "o"


def test_without_a_version_the_newest_is_meant(tmp_path: Path):
    found = put(tmp_path, ("m", "1.9.0", BASE), ("m", "1.10.0", BASE))

    assert found.methodology("m").version == "1.10.0"


def test_the_first_folder_wins(tmp_path: Path):
    put(tmp_path / "a", ("m", "1.0.0", BASE.replace("{en: Boss}", "{en: First}")))
    put(tmp_path / "b", ("m", "1.0.0", BASE), ("n", "1.0.0", BASE))
    found = library.Library((tmp_path / "a", tmp_path / "b"))

    assert found.methodology("m").roles["boss"].title["en"] == "First"
    assert [name for name, _, _ in found.ids()] == ["m", "n"]


def test_other_files_beside_definitions_are_passed_over(tmp_path: Path):
    found = put(tmp_path, ("m", "1.0.0", BASE))
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "one.yaml").write_text("scenario: {}\n")
    (tmp_path / "m" / "notes.yaml").write_text("a: b\n")
    (tmp_path / "m" / "2.0.0.yaml").write_text("a: b\n")

    assert found.ids() == [("m", "1.0.0", "methodology")]


def test_what_is_not_there_is_not_found(tmp_path: Path):
    found = put(tmp_path, ("m", "1.0.0", BASE))

    for wanted in (("n", None), ("m", "1.0.1"), ("m", "newest"), ("../m", None)):
        with pytest.raises(errors.NotFound):
            found.path(*wanted)


def test_an_overlay_outside_the_shipped_folder_finds_what_stands_beside_it(tmp_path: Path):
    put(tmp_path, ("m", "1.0.0", BASE), ("o", "1.0.0", overlay()))

    assert library.load(tmp_path / "o" / "1.0.0.yaml").id == "o"


def test_an_overlay_outside_can_extend_what_ships(tmp_path: Path):
    name, version, _ = next(one for one in SHIPPED.ids() if one[2] == "methodology")
    text = overlay(extends=name).replace("version: 1.0.0}", f"version: {version}}}")
    put(tmp_path, ("o", "1.0.0", text))

    assert set(SHIPPED.methodology(name).gates) == set(
        library.load(tmp_path / "o" / "1.0.0.yaml").gates
    )


def test_the_resolved_form_is_had_by_path_or_by_id():
    name, version = DEFINITIONS[0]

    assert library.resolved(SHIPPED.path(name, version)) == library.resolved(name)


# ---------------------------------------------------------------- what ships


@pytest.mark.parametrize(("name", "version"), DEFINITIONS)
def test_what_ships_has_no_error(name, version):
    method, faults = library.check(SHIPPED.path(name, version), SHIPPED)

    assert [str(fault) for fault in faults if fault.severity == "error"] == []
    assert method is not None
    assert (method.id, method.version) == (name, version)


@cache
def shipped(name, version):
    return SHIPPED.methodology(name, version)


@pytest.mark.parametrize(("name", "version"), DEFINITIONS)
def test_what_ships_is_compiled_from_its_stored_form_to_the_same(name, version):
    resolved = SHIPPED.resolved(name, version)
    stored = library.compile_stored(library.canonical(resolved))
    method = shipped(name, version)

    assert (stored.digest, stored.rules_digest) == (method.digest, method.rules_digest)
    assert (stored.gates, stored.roles, stored.phases) == (
        method.gates,
        method.roles,
        method.phases,
    )
    assert (stored.facts, stored.artefacts, stored.ladders) == (
        method.facts,
        method.artefacts,
        method.ladders,
    )


def test_a_published_version_never_changes():
    """Changed on purpose? Then it is a new version: copy the file, raise the number, and run
    `python -m innocities_engine.library digests`.
    """
    recorded = json.loads((library.SHIPPED / "digests.json").read_text(encoding="utf-8"))
    now = {}
    for name, version in DEFINITIONS:
        now.setdefault(name, {})[version] = shipped(name, version).digest

    assert now == recorded


def test_digests_are_recorded_once_and_changes_are_told(tmp_path: Path):
    put(tmp_path, ("m", "1.0.0", BASE))
    assert library.record_digests(tmp_path) == []

    put(tmp_path, ("m", "1.0.0", BASE.replace("country: NO", "country: SE")), ("m", "1.0.1", BASE))
    before = json.loads((tmp_path / "digests.json").read_text())
    assert library.record_digests(tmp_path) == ["m 1.0.0"]

    after = json.loads((tmp_path / "digests.json").read_text())
    assert after["m"]["1.0.0"] == before["m"]["1.0.0"]
    assert set(after["m"]) == {"1.0.0", "1.0.1"}


def test_schemas_are_written_where_editors_look(tmp_path: Path):
    (tmp_path / "schema").mkdir()
    library.write_schemas(tmp_path)

    assert {path.name for path in (tmp_path / "schema").iterdir()} == {
        "methodology.schema.json",
        "overlay.schema.json",
    }


def test_the_shipped_folder_does_not_depend_on_where_one_stands(tmp_path: Path):
    code = "from innocities_engine import library; print(len(library.Library().ids()))"
    root = Path(library.__file__).resolve().parents[1]
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(told.stdout) == len(DEFINITIONS)


# ---------------------------------------------------------------- templates


def test_a_template_is_read_in_the_readers_language_or_the_methods():
    method = SHIPPED.methodology("smartby-prosjekt")

    assert library.template_text(method, "idebeskrivelse", "en") != library.template_text(
        method, "idebeskrivelse", "nb"
    )
    assert library.template_text(method, "idebeskrivelse", "fi") == library.template_text(
        method, "idebeskrivelse", "nb"
    )
    assert library.template_text(method, "idebeskrivelse", "../nb") == library.template_text(
        method, "idebeskrivelse", "nb"
    )


def test_an_artefact_without_template_has_none():
    method = library.Library((EXAMPLES,)).methodology("kaimetode")

    for artefact in ("kart", "nothing"):
        with pytest.raises(errors.NotFound):
            library.template_text(method, artefact, "en")


# ---------------------------------------------------------------- cost


def modules_after(code: str) -> set[str]:
    root = Path(library.__file__).resolve().parents[1]
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))"],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name.partition(".")[0] for name in told.stdout.split()}


def test_a_stored_definition_is_compiled_without_any_yaml(tmp_path: Path):
    stored = tmp_path / "m.json"
    stored.write_bytes(library.canonical(SHIPPED.resolved("smartby-prosjekt")))
    code = (
        f"from innocities_engine import library; library.compile_stored(open({str(stored)!r}, "
        f"'rb').read())"
    )

    assert not modules_after(code) & {
        "ruamel",
        "yaml",
        "pydantic",
        "sqlalchemy",
        "sqlmodel",
        "jsonschema",
    }


def test_the_same_content_is_compiled_once():
    resolved = SHIPPED.resolved("smartby-prosjekt")

    assert library.compile_resolved(resolved) is library.compile_resolved(
        json.loads(json.dumps(resolved))
    )


def test_a_copy_of_the_shipped_folder_is_as_good(tmp_path: Path):
    shutil.copytree(library.SHIPPED, tmp_path / "copy")
    copy = library.Library((tmp_path / "copy",))
    name, version = DEFINITIONS[-1]

    assert copy.methodology(name, version).digest == SHIPPED.methodology(name, version).digest
