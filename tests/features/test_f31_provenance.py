"""F31: every element can say where it comes from, and what law it rests on."""

from __future__ import annotations

from pathlib import Path

from innocities_engine import library
from innocities_engine.domain.definition import Basis, Element
from tests.features.driver import DEFINITIONS, method

WRITTEN = (DEFINITIONS / "F31.yaml").read_text(encoding="utf-8")


def everything() -> list[Element]:
    f31 = method("F31")
    gate = f31.gates["G1"]
    return [
        f31, f31.roles["lead"], f31.facts["data"], f31.artefacts["report"], f31.phases["work"],
        gate, gate.needs["report"], gate.criteria["kept"], gate.advises["heard"], gate.decides,
        gate.outcomes["done"], f31.ladders["nudges"], f31.ladders["nudges"].rungs["near"],
    ]  # fmt: skip


def test_every_kind_of_element_says_where_it_comes_from() -> None:
    assert [type(element.basis) for element in everything()] == [Basis] * 13


def test_it_says_how_sure_it_is_and_where_it_stands() -> None:
    need = method("F31").gates["G1"].needs["report"]
    assert need.basis == Basis("sourced", "R141", "", {"en": "Article 35."})
    assert method("F31").facts["data"].basis == Basis("sourced", "R140", "https://example.org/act")


def test_where_it_comes_from_changes_no_rule(tmp_path: Path) -> None:
    file = tmp_path / "f31.yaml"
    file.write_text(WRITTEN.replace("R139", "R140"), encoding="utf-8")
    assert library.load(file).rules_digest == method("F31").rules_digest


def test_there_are_three_degrees_of_sureness_and_no_others(tmp_path: Path) -> None:
    file = tmp_path / "f31.yaml"
    file.write_text(WRITTEN.replace("kind: unverified", "kind: certain"), encoding="utf-8")
    found, faults = library.check(file)
    assert found is None
    [fault] = [fault for fault in faults if fault.severity == "error"]
    assert (fault.code, fault.path) == ("wrong-value", "roles.lead.basis.kind")
