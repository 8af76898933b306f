"""F2: documents are required, recommended, or required only if."""

from __future__ import annotations

from innocities_engine.domain.commands import AnswerFact
from tests.features.driver import Play, decision


def a_play(**answers: bool | str) -> Play:
    play = Play("F02", lead="astrid", board="bjorn", answers=answers)
    play.submit("astrid", "plan")
    return play


def test_a_required_document_holds_the_gate_and_a_recommended_one_is_only_shown() -> None:
    play = Play("F02", lead="astrid", board="bjorn")
    assert "need_open plan" in play.shut_by("G1")
    assert "need_open map" not in play.shut_by("G1")
    assert "need_open map" in play.warned("G1")


def test_while_it_is_not_known_what_is_required_the_question_itself_holds_the_gate() -> None:
    play = a_play()
    unanswered = {"answer_first year_end", "answer_first children", "answer_first cost"}
    assert play.refused("bjorn", decision("G1", "go")) == unanswered


def test_what_the_answer_requires_must_be_there() -> None:
    play = a_play(year_end=True, children=True, cost="10000001")
    wanted = {"need_open budget", "need_open child_report", "need_open appraisal"}
    assert play.shut_by("G1") == wanted
    for paper in ("budget", "child_report", "appraisal"):
        play.submit("astrid", paper)
    play.decides("bjorn", "G1", "go")
    assert play.track() == "completed"


def test_what_the_answer_does_not_require_is_recommended_or_not_there_at_all() -> None:
    play = a_play(year_end=False, children=False, cost="10000000")
    assert play.shut_by("G1") == set()
    assert play.warned("G1") == {"need_open map", "need_open budget", "need_open appraisal"}


def test_another_answer_shuts_the_gate_again() -> None:
    play = a_play(year_end=False, children=False, cost="0")
    play.do("astrid", AnswerFact("children", value=True))
    assert play.shut_by("G1") == {"need_open child_report"}
    play.do("astrid", AnswerFact("children", None))
    assert play.shut_by("G1") == {"answer_first children"}


def test_a_document_that_is_already_there_needs_no_answer() -> None:
    play = a_play(children=False, cost="0")
    play.submit("astrid", "budget")
    assert play.shut_by("G1") == set()
