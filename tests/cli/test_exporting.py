"""A method as a file for other programs: a state chart, its resolved form, a schema for editors."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.authoring.charted import Chart
from tests.cli.shell import Shell
from tests.cli.world import METHODS

SCHEMAS = Path(__file__).parents[2] / "methodology" / "schema"


def exported(run: Shell, words: str, file: str) -> bytes:
    told = run(f"methodology export {words} --out {file}")
    assert (told.out, file in told.err) == ("", True)
    return (run.folder / file).read_bytes()


def test_a_chart_runs_in_another_program(bare: Shell) -> None:
    chart = Chart(exported(bare, "smartby-prosjekt --format scxml", "m.scxml").decode())

    assert "phase.ide" in chart.stands
    chart.send("effect.G1.go.kartlegging")
    assert "phase.kartlegging" in chart.stands
    chart.send("effect.G2.stop")
    assert chart.stands == {"stopped"}


def test_the_resolved_form_is_what_the_digest_is_taken_of(run: Shell) -> None:
    digest = run.json("methodology check smartby-prosjekt")["digest"]
    content = exported(run, "smartby-prosjekt --format json", "m.json")

    assert hashlib.sha256(content).hexdigest() == digest
    assert json.loads(content) == run.json("methodology show smartby-prosjekt --resolved")


@pytest.mark.parametrize("words", ["--format scxml", "--format json"])
def test_a_method_is_the_same_by_its_id_by_its_version_and_as_a_file(
    run: Shell, words: str
) -> None:
    file = METHODS / "liten" / "1.0.0.yaml"
    found = [run.json(f"methodology export {m} {words}") for m in ("liten", "liten@1.0.0", file)]

    assert found[0] == found[1] == found[2]
    assert (found[0]["id"], found[0]["version"], found[0]["file"]) == ("liten", "1.0.0", None)
    shown = run(f"methodology export liten {words}").out
    assert shown == found[0]["content"].removesuffix("\n") + "\n"


@pytest.mark.parametrize(
    ("method", "file"),
    [
        ("", "methodology"),
        ("liten", "methodology"),  # published here, and nowhere a file
        ("smartby-prosjekt", "methodology"),
        ("innocities-sverige", "overlay"),
        (str(METHODS / "liten" / "1.0.0.yaml"), "methodology"),
    ],
)
def test_an_editor_gets_the_schema_that_fits_the_file(run: Shell, method: str, file: str) -> None:
    known = (SCHEMAS / f"{file}.schema.json").read_bytes()
    assert exported(run, f"{method} --format json-schema", "s.json") == known


def test_a_file_that_is_full_of_faults_has_a_schema_and_no_chart(run: Shell) -> None:
    (run.folder / "half.yaml").write_text("schema: innocities/overlay/1\nid: [\n")

    assert "An overlay" in run("methodology export half.yaml --format json-schema").out
    run("methodology export half.yaml --format scxml --out m.scxml", expect=1)
    assert not (run.folder / "m.scxml").exists()


def test_what_is_no_method_is_told(run: Shell) -> None:
    assert "liten" in run("methodology export litn --format scxml", expect=3).err
    assert "liten" in run("methodology export litn --format json-schema", expect=3).err
    assert "1.0.0" in run("methodology export liten@9.9.9 --format json", expect=3).err
    assert "scxml" in run("methodology export --format scxml", expect=2).err
    assert "json-schema" in run("methodology export liten --format bpmn", expect=2).err


def test_nothing_is_written_over_another_file_unasked(run: Shell) -> None:
    (run.folder / "m.scxml").write_text("mine")
    run("methodology export liten --format scxml --out m.scxml", expect=4)
    assert (run.folder / "m.scxml").read_text() == "mine"

    run("methodology export liten --format scxml --out m.scxml --force")
    ET.fromstring((run.folder / "m.scxml").read_text())
