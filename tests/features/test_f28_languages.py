"""F28: texts in several languages over ids that stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from innocities_engine import library
from tests.features.driver import DEFINITIONS, Play, method

WRITTEN = (DEFINITIONS / "F28.yaml").read_text(encoding="utf-8")


def changed(folder: Path, before: str, after: str) -> Path:
    assert before in WRITTEN
    file = folder / "f28.yaml"
    file.write_text(WRITTEN.replace(before, after), encoding="utf-8")
    return file


def test_whatever_people_read_is_there_in_every_language_of_the_method() -> None:
    f28 = method("F28")
    texts = [
        f28.title, f28.roles["leder"].title, f28.facts["trygt"].question, f28.gates["G1"].help,
        f28.gates["G1"].needs["befaring"].do,
    ]  # fmt: skip
    assert {tuple(text) for text in texts} == {("nb", "sv", "en")}


@pytest.mark.parametrize(
    ("before", "after"),
    [(", sv: Projektledare", ""), ('sv: "Är det tryggt?", ', ""), ("sv: Gå dit, ", "")],
)
def test_a_language_that_is_declared_must_be_written(
    tmp_path: Path, before: str, after: str
) -> None:
    found, faults = library.check(changed(tmp_path, before, after))
    assert found is None
    assert {fault.code for fault in faults if fault.severity == "error"} == {"missing-language"}


def test_a_better_translation_leaves_the_rules_as_they_were(tmp_path: Path) -> None:
    better = library.load(changed(tmp_path, "sv: Projektledare", "sv: Ledare för projektet"))
    assert better.digest != method("F28").digest
    assert better.rules_digest == method("F28").rules_digest


def test_another_rule_makes_it_another_method(tmp_path: Path) -> None:
    stricter = library.load(changed(tmp_path, "plan: {}", "plan: {status: approved}"))
    assert stricter.rules_digest != method("F28").rules_digest


def test_an_id_that_changed_keeps_its_old_names() -> None:
    f28 = method("F28")
    assert f28.roles["leder"].was == ("prosjektleiar",)
    assert f28.artefacts["plan"].was == ("skisse", "utkast")
    assert f28.gates["G1"].needs["trygt"].was == ("sikkert",)


def test_the_ids_and_not_the_texts_are_what_commands_and_reasons_name() -> None:
    play = Play("F28", leder="astrid")
    assert play.shut_by("G1") == {"need_open plan", "need_open trygt", "need_open befaring"}
