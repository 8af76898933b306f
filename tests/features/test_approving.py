"""Who approves a paper where the method does not name one role for it."""

from __future__ import annotations

from innocities_engine.domain import commands as k
from innocities_engine.domain import why
from tests.features.driver import Play


def project(*, public: bool) -> Play:
    play = Play("approving", lead="astrid", board="bjorn", lawyer="lena", editor="eva erik")
    play.do("astrid", k.AnswerFact("public", public))
    play.submit("astrid", "notice")
    return play


def test_an_answer_chooses_who_approves() -> None:
    play = project(public=False)
    assert play.refused("eva", k.Approve("notice")) == {"not_entitled notice"}
    play.do("lena", k.Approve("notice"))
    assert play.version("notice") == "approved"


def test_of_those_chosen_as_many_as_the_quorum_approve() -> None:
    play = project(public=True)
    play.do("eva", k.Approve("notice"))
    assert play.version("notice") == "submitted"
    play.do("erik", k.Approve("notice"))
    assert play.version("notice") == "approved"


def test_nobody_approves_before_it_is_known_who_does() -> None:
    play = Play("approving", lead="astrid", board="bjorn", lawyer="lena", editor="eva erik")
    play.submit("astrid", "notice")
    assert play.refused("lena", k.Approve("notice")) == {"not_entitled notice"}


def test_what_only_a_rule_looks_at_is_approved_by_who_decides_there() -> None:
    play = project(public=False)
    play.submit("astrid", "study")
    play.do("bjorn", k.Approve("study"))
    assert play.shut_by("G1") == {"need_open notice"}


def test_it_is_told_how_many_voices_are_missing() -> None:
    play = project(public=True)
    assert voices(play) == {"notice": 2, "study": 1}
    play.do("eva", k.Approve("notice"))
    assert voices(play) == {"notice": 1, "study": 1}


def voices(play: Play) -> dict[str, int]:
    """The voices that each approval still waits for, on the way to the open gate."""
    common = why.why(play.situation, play.passage("G1")).common
    return {a.subject: a.voices for a in common if a.kind == "approve"}
