"""F11: an event outside the schedule raises an exception and holds the regular gate meanwhile."""

from __future__ import annotations

from innocities_engine.domain.commands import AnswerFact, Raise
from tests.features.driver import Play, decision


def a_play(forecast: str = "1000001") -> Play:
    return Play("F11", lead="astrid", board="bjorn", answers={"forecast": forecast, "press": False})


def test_it_is_raised_only_while_its_rule_holds() -> None:
    play = a_play("1000000")
    assert play.refused("astrid", Raise("exception")) == {"not_open exception"}
    play.do("astrid", AnswerFact("forecast", "1000001"))
    play.do("astrid", Raise("exception"))
    assert play.is_open("exception")


def test_while_the_rule_is_unknown_it_asks_first() -> None:
    play = a_play()
    play.do("astrid", AnswerFact("forecast", None))
    assert play.refused("astrid", Raise("exception")) == {"answer_first forecast"}


def test_while_it_is_open_the_regular_gate_stays_shut() -> None:
    play = a_play()
    play.do("astrid", Raise("exception"))
    assert play.refused("bjorn", decision("G1", "done")) == {"gate_blocks exception"}
    assert play.refused("bjorn", decision("exception", "accepted")) == {"need_open account"}
    play.submit("astrid", "account")
    play.decides("bjorn", "exception", "accepted")
    play.decides("bjorn", "G1", "done")
    assert play.track() == "completed"


def test_it_may_end_the_project_at_once() -> None:
    play = a_play()
    play.do("astrid", Raise("exception"))
    play.decides("bjorn", "exception", "stop")
    assert play.track() == "stopped"


def test_with_a_rule_alone_it_opens_each_time_the_rule_turns_true() -> None:
    play = a_play("0")
    for n in (1, 2):
        assert len(play.instances("inquiry")) == n - 1
        play.do("astrid", AnswerFact("accident", value=True))
        assert play.shut_by("G1") == {"gate_blocks inquiry"}
        play.decides("bjorn", "inquiry", "closed")
        play.do("astrid", AnswerFact("accident", value=True))
        assert play.instances("inquiry") == ["settled"] * n
        play.do("astrid", AnswerFact("accident", value=False))


def test_a_gate_with_a_rule_of_its_own_exists_only_while_the_rule_is_true() -> None:
    play = a_play("0")
    assert play.refused("astrid", decision("statement", "given")) == {"not_open statement"}
    play.do("astrid", AnswerFact("press", value=True))
    assert play.shut_by("G1") == {"gate_blocks statement"}
    play.do("astrid", AnswerFact("press", value=False))
    assert play.shut_by("G1") == set()
    assert play.refused("astrid", decision("statement", "given")) != set()
    play.do("astrid", AnswerFact("press", value=True))
    play.decides("astrid", "statement", "given")
    play.decides("bjorn", "G1", "done")
    assert play.track() == "completed"


def test_while_nobody_knows_whether_it_exists_that_is_asked_first() -> None:
    play = a_play("0")
    play.do("astrid", AnswerFact("press", None))
    assert play.shut_by("G1") == {"answer_first press"}
