"""Why a gate is not open is told with what it waits for, where it was decided, or where it stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from innocities_engine import library
from innocities_engine.cli import unopened
from innocities_engine.cli.teller import Teller
from innocities_engine.domain import commands as k
from tests.features.driver import DEFINITIONS, Play
from tests.features.test_f30_recycle import at_trial


def told(play: Play, gate: str, language: str = "en") -> str:
    """What is told, but for the sentences of gates that are open, of which there are none."""
    assert play.project.open_passage(gate) is None
    return unopened.why(Teller(language, play.situation), play.method.gates[gate])


def exceptions() -> Play:
    return Play("F11", lead="lena", board="bo")


def effects() -> Play:
    return Play("F23", lead="lena", line="line")


def test_a_gate_that_was_decided_is_told_with_its_outcome() -> None:
    play = exceptions()
    play.do("lena", k.AnswerFact("press", value=False))
    play.decides("bo", "G1", "done")
    assert told(play, "G1") == "It has been decided: done."


def test_a_gate_of_another_phase_is_told_with_both_phases() -> None:
    play = Play("opens", lead="lena", board="bo", answers={"staffed": False, "risky": False})
    assert told(play, "G2") == "It is decided in Daily use; the project stands in Work."
    assert told(play, "G2", "sv") == "Den avgörs i Daily use; projektet står i Work."


def test_a_gate_of_a_track_that_has_not_begun_is_told_with_its_phase() -> None:
    assert told(effects(), "effect") == "It is decided in Effects, which has not begun."


def test_a_gate_of_a_track_that_has_ended_is_told_as_over() -> None:
    play = exceptions()
    play.decides("bo", "G1", "stop")
    assert told(play, "inquiry") == "It is decided in Work, which is over."


def test_a_gate_that_exists_only_sometimes_is_told_with_its_rule() -> None:
    play = exceptions()
    assert told(play, "statement") == "It comes up only if “Does the press ask?” is yes."
    play.do("lena", k.AnswerFact("press", value=False))
    assert told(play, "statement") == "It comes up only if “Does the press ask?” is yes."


def test_a_gate_that_a_role_raises_is_told_with_the_role_and_what_else_it_asks() -> None:
    play = exceptions()
    play.do("lena", k.AnswerFact("forecast", value=2_000_000))
    assert told(play, "exception") == "It comes up when Project manager raises it."
    play.do("lena", k.AnswerFact("forecast", value=2_000))
    first, last = told(play, "exception").split(". ")
    assert first.startswith("It comes up once this is true: ")
    assert last == "It comes up when Project manager raises it."


def test_a_gate_whose_days_are_to_come_is_told_with_those_that_are() -> None:
    play = effects()
    play.decides("lena", "G1", "done")
    decision = "after the decision at Closing"
    assert told(play, "effect") == (
        f"It comes up 6 months {decision}, 12 months {decision} and 24 months {decision}."
    )
    play.on(date(2027, 3, 2))
    play.submit("line", "measurement")
    play.decides("line", "effect", "seen")
    assert told(play, "effect").startswith("It has been decided: seen. It comes up 12 months ")


def test_a_gate_that_comes_again_is_told_with_how_often() -> None:
    play = Play("F06", lead="lena", board="bo")
    waits = "It comes up every 1 month after the beginning of the phase, at most 2 times."
    assert told(play, "monthly") == waits
    play.on(date(2026, 10, 2))
    play.decides("lena", "monthly", "seen")
    assert told(play, "monthly") == f"It has been decided: seen. {waits}"


@pytest.fixture
def after_a_plan(tmp_path: Path) -> Play:
    said = (DEFINITIONS / "opens.yaml").read_text(encoding="utf-8")
    gate = (
        "  mid: {title: {en: Half way}, in: work, opens: G1/plan, decides: {by: board},"
        " outcomes: {seen: {}}}\n"
    )
    file = tmp_path / "opens.yaml"
    file.write_text(said.replace("  G2:\n", f"{gate}  G2:\n"), encoding="utf-8")
    answers = {"staffed": False, "risky": False}
    return Play(library.load(file), lead="lena", board="bo", answers=answers)


def test_a_gate_that_opens_after_something_done_is_told_with_it(after_a_plan: Play) -> None:
    assert told(after_a_plan, "mid") == "It comes up once “Make a plan” is done."
    after_a_plan.do("lena", k.TickOff("plan"))
    assert after_a_plan.is_open("mid")


def test_a_gate_that_was_decided_and_comes_up_again_is_told_with_what_it_waits_for() -> None:
    play = Play("F07", lead="astrid", board="bjorn")
    play.do("astrid", k.Raise("round_trip"))
    play.submit("astrid", "findings")
    play.decides("astrid", "round_trip", "fails")
    raised = "It comes up when Project manager raises it."
    assert told(play, "round_trip") == f"It has been decided: fails. {raised}"


def test_a_gate_to_which_the_project_comes_again_is_told_with_where_it_stands() -> None:
    raw = library.resolved(DEFINITIONS / "F30.yaml")
    raw["gates"]["G3"]["outcomes"]["back"] = {"to": "idea"}
    method, faults = library.check_resolved(raw)
    assert method is not None, faults
    play = at_trial(method)
    play.decides("bjorn", "G3", "back")
    assert told(play, "G3") == (
        "It has been decided: back. It is decided in Trial; the project stands in Idea."
    )
