"""F8: a phase is skipped, because the facts say so or because the decider chooses."""

from __future__ import annotations

import pytest

from tests.features.driver import Play, decision


@pytest.mark.parametrize(
    ("cost", "known", "phase"),
    [
        ("500000", False, "study"),
        ("499999", False, "trial"),
        ("500000", True, "daily"),
        ("499999", True, "daily"),
    ],
)
def test_the_facts_choose_the_phase_and_one_alternative_wins_over_the_other(
    cost: str, known: bool, phase: str
) -> None:
    play = Play("F08", board="bjorn", answers={"cost": cost, "known": known})
    play.decides("bjorn", "G1", "go")
    assert play.phase() == phase


def test_an_unknown_fact_that_could_change_the_way_is_asked_first() -> None:
    play = Play("F08", board="bjorn", answers={"known": False})
    assert play.refused("bjorn", decision("G1", "go")) == {"answer_first cost"}
    assert Play("F08", board="bjorn", answers={"known": True}).shut_by("G1", "go") == set()
    play.decides("bjorn", "G1", "stop")
    assert play.track() == "stopped"


def test_where_the_outcome_lists_phases_the_decision_names_one_of_them() -> None:
    play = Play("F08", board="bjorn", answers={"cost": "900000", "known": False})
    play.decides("bjorn", "G1", "go")
    assert play.refused("bjorn", decision("G2", "go")) == {"carry_missing to"}
    assert play.refused("bjorn", decision("G2", "go", to="idea")) == {"bad_value to"}
    play.decides("bjorn", "G2", "go", to="daily")
    assert play.phase() == "daily"
    assert play.instances("G3") == []
