"""F5: criteria that knock out, beside a weighted score with a threshold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from innocities_engine.domain import judgements
from innocities_engine.domain.commands import Rate
from tests.features.driver import Play, decision


def a_play(first: dict[str, str], second: dict[str, str] | None = None) -> Play:
    play = Play("F05", jury="jan kari", board="bjorn")
    play.do("jan", Rate("G1", {"legal": "yes", **first}))
    play.do("kari", Rate("G1", {"legal": "yes", **(second or first)}))
    return play


@pytest.mark.parametrize(
    ("value", "reach", "score"),
    [
        ("met", "all", "100"),
        ("not_met", "nobody", "0"),
        ("partly", "some", "50"),
        ("met", "nobody", "66.67"),
        ("partly", "many", "58.33"),
    ],
)
def test_the_best_value_counts_100_the_worst_0_and_weights_are_kept(
    value: str, reach: str, score: str
) -> None:
    play = a_play({"value": value, "reach": reach})
    found = judgements.score(play.situation, "G1")
    assert found is not None
    assert round(found, 2) == Decimal(score)


def test_the_score_is_the_mean_of_those_who_rated() -> None:
    play = a_play({"value": "met", "reach": "all"}, {"value": "not_met", "reach": "nobody"})
    assert judgements.score(play.situation, "G1") == 50


def test_the_score_says_which_outcomes_are_offered() -> None:
    low = a_play({"value": "partly", "reach": "many"})
    assert low.refused("bjorn", decision("G1", "go")) == {"not_offered G1.go"}
    low.decides("bjorn", "G1", "wait", review_on=date(2026, 11, 30))
    assert low.track() == "held"
    high = a_play({"value": "met", "reach": "nobody"})
    assert high.offered("G1") == {"go", "stop"}
    high.decides("bjorn", "G1", "go")
    assert high.track() == "completed"


def test_a_knock_out_is_not_made_good_by_any_score() -> None:
    play = a_play({"value": "met", "reach": "all", "legal": "no"})
    assert play.refused("bjorn", decision("G1", "go")) == {"criterion_below legal"}


def test_while_a_weighted_criterion_is_unrated_the_score_is_unknown_and_asked_for() -> None:
    play = Play("F05", jury="jan kari", board="bjorn")
    for person in ("jan", "kari"):
        play.do(person, Rate("G1", {"legal": "yes", "value": "met"}))
    assert judgements.score(play.situation, "G1") is None
    assert play.offered("G1") == {"stop"}
    assert play.shut_by("G1") == {"criterion_unrated reach"}
