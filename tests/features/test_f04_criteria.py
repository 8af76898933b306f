"""F4: a verdict for each criterion, a rule over all of them, and a second look at what failed."""

from __future__ import annotations

from innocities_engine.domain import commands as k
from tests.features.driver import Play, decision

GOOD = {"useful": "met", "safe": "green", "fair": "met"}


def a_play(data: bool = False, **verdicts: str) -> Play:
    play = Play("F04", lead="astrid", board="bjorn", answers={"data": data})
    play.submit("astrid", "report")
    play.do("bjorn", k.Approve("report"))
    play.do("astrid", k.TickOff("visit"))
    play.do("bjorn", k.Waive("advice", "Asked last year"))
    play.do("bjorn", k.Rate("G1", {**GOOD, **verdicts}))
    return play


def test_each_criterion_says_how_bad_it_may_be() -> None:
    assert a_play(safe="amber").shut_by("G1") == set()
    assert a_play(safe="red").shut_by("G1") == {"criterion_below safe"}
    assert a_play(useful="partly").shut_by("G1") == {"criterion_below useful"}


def test_a_criterion_that_only_asks_for_a_verdict_lets_every_verdict_pass() -> None:
    play = Play("F04", lead="astrid", board="bjorn", answers={"data": False})
    assert "criterion_unrated fair" in play.shut_by("G1")
    assert a_play(fair="partly").shut_by("G1") == set()


def test_a_verdict_is_a_value_of_its_own_scale() -> None:
    play = a_play()
    assert play.refused("bjorn", k.Rate("G1", {"safe": "met"})) == {"bad_value safe"}
    assert play.refused("cecilia", k.Rate("G1", {"safe": "red"})) == {"not_entitled safe"}


def test_a_criterion_may_exist_only_if_and_an_unknown_condition_is_asked_first() -> None:
    assert a_play(data=True).shut_by("G1") == {"criterion_unrated private"}
    play = a_play()
    play.do("astrid", k.AnswerFact("data", None))
    assert play.shut_by("G1") == {"answer_first data"}


def test_the_verdicts_together_say_which_outcomes_are_offered() -> None:
    assert {"praised", "passed"} <= a_play().offered("G1")
    middling = a_play(fair="partly")
    assert middling.refused("bjorn", decision("G1", "praised")) == {"not_offered G1.praised"}
    middling.decides("bjorn", "G1", "passed")
    assert middling.track() == "completed"


def test_a_gate_none_of_whose_passing_outcomes_is_offered_can_only_be_left_otherwise() -> None:
    play = a_play(fair="not_met")
    assert play.offered("G1") == {"rework", "afresh", "stop"}
    assert play.refused("bjorn", decision("G1", "passed")) == {"not_offered G1.passed"}


def test_after_rework_only_what_was_not_met_is_judged_again() -> None:
    play = a_play(safe="red")
    play.decides("bjorn", "G1", "rework")
    assert (play.passage("G1").n, play.passage("G1").asking) == (1, 2)
    assert play.shut_by("G1") == {"criterion_unrated safe"}
    play.do("bjorn", k.Rate("G1", {"safe": "green"}))
    play.decides("bjorn", "G1", "passed")
    assert play.track() == "completed"


def test_a_criterion_that_blocks_nothing_is_judged_again_unless_it_got_the_best_value() -> None:
    play = a_play(fair="partly")
    play.decides("bjorn", "G1", "rework")
    assert play.shut_by("G1") == {"criterion_unrated fair"}


def test_asked_afresh_every_verdict_approval_act_and_waiver_is_asked_again() -> None:
    play = a_play()
    play.decides("bjorn", "G1", "afresh")
    unrated = {f"criterion_unrated {name}" for name in GOOD}
    assert play.shut_by("G1") == unrated | {
        "need_open report", "need_open visit", "need_open advice"
    }  # fmt: skip
    assert play.version("report") == "submitted"
