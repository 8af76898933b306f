"""F26: layers over a base, and deviations that are seen: in the method and in the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from innocities_engine import errors, library
from innocities_engine.domain.commands import TickOff, Waive
from tests.features.driver import DEFINITIONS, SHELF, Play, decision, method

LOCAL = (DEFINITIONS / "F26.yaml").read_text(encoding="utf-8")


def a_play() -> Play:
    return Play("F26", lead="astrid", port_director="hanna")


def faults_of(folder: Path, before: str, after: str) -> set[str]:
    """What is wrong with the local layer, changed in one place."""
    file = folder / "f26.yaml"
    assert before in LOCAL
    file.write_text(LOCAL.replace(before, after), encoding="utf-8")
    found, faults = library.check(file, SHELF)
    assert found is None
    return {fault.code for fault in faults if fault.severity == "error"}


def test_each_layer_adds_to_the_one_below() -> None:
    local = method("F26")
    assert set(local.gates["G1"].needs) == {"survey", "child_report", "heard"}
    assert set(local.gates["G2"].needs) == {"plan"}
    assert (local.country, local.facts["limit"].value) == ("SE", "700000")
    assert set(local.roles) == {"lead", "port_director"}
    assert list(local.ladders["nudges"].rungs) == ["today"]


def test_the_layers_below_are_left_as_they_were() -> None:
    base = SHELF.methodology("f26-base")
    assert (base.country, set(base.gates["G1"].needs)) == ("NO", {"plan", "survey"})
    assert base.digest != method("F26").digest


def test_what_a_reasoned_change_adds_says_where_it_comes_from() -> None:
    needs = method("F26").gates["G1"].needs
    sources = {key: need.basis.source for key, need in needs.items() if need.basis}
    assert sources == {"child_report": "R137", "heard": "R142"}


def test_a_renamed_role_decides_what_it_decided_before() -> None:
    play = a_play()
    assert play.deciders("G1") == ("port_director",)
    assert play.shut_by("G1") == {"need_open child_report", "need_open heard"}
    assert play.warned("G1") == {"need_open survey"}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("gates/G1/needs/survey/required", "gates/G9/needs/survey/required", "not-found"),
        ("remove: ladders/nudges/near", "remove: ladders/nudges/far", "not-found"),
        ("add: gates/G1/needs/heard", "add: gates/G1/needs/survey", "already-there"),
        ("    reason: {sv: En grind till., en: One more gate.}\n", "", "missing-key"),
    ],
)
def test_a_change_that_finds_nothing_or_gives_no_reason_is_a_fault(
    tmp_path: Path, before: str, after: str, code: str
) -> None:
    assert faults_of(tmp_path, before, after) == {code}


def test_one_project_is_exempted_only_from_what_may_be_waived_by_whom_and_with_a_reason() -> None:
    play = a_play()
    assert play.refused("astrid", Waive("heard", "No staff")) != set()
    assert play.refused("hanna", Waive("child_report", "No children")) != set()
    assert play.refused("hanna", Waive("heard", " ")) != set()
    play.do("hanna", Waive("heard", "Nobody is employed yet"))
    waived = play.need("heard")
    assert (waived.status.value, waived.reason) == ("waived", "Nobody is employed yet")
    assert play.refused("hanna", decision("G1", "go")) == {"need_open child_report"}
    play.submit("astrid", "child_report")
    play.decides("hanna", "G1", "go")
    assert play.phase() == "work"


def test_what_is_done_is_not_waived() -> None:
    play = a_play()
    play.do("astrid", TickOff("heard"))
    with pytest.raises(errors.Refused):
        play.do("hanna", Waive("heard", "Nobody is employed yet"))
