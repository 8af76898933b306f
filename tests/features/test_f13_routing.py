"""F13: a threshold or a flag says who decides."""

from __future__ import annotations

import pytest

from innocities_engine.domain.commands import AnswerFact
from tests.features.driver import Play, decision


def a_play(**answers: bool | str) -> Play:
    return Play(
        "F13", director="eva", committee="jan kari lise", council="ola pia rune", answers=answers
    )


@pytest.mark.parametrize(
    ("cost", "principle", "borrowed", "decider"),
    [
        ("699999", False, False, "director"),
        ("700000", False, False, "committee"),
        ("200000", False, True, "committee"),
        ("199999", False, True, "director"),
        ("1", True, False, "council"),
        ("900000", True, False, "council"),
    ],
)
def test_amount_and_principle_choose_and_principle_wins(
    cost: str, principle: bool, borrowed: bool, decider: str
) -> None:
    play = a_play(cost=cost, principle=principle, borrowed=borrowed)
    assert play.deciders("G1") == (decider,)


def test_an_unknown_that_could_change_the_decider_is_answered_first() -> None:
    play = a_play(principle=False, borrowed=False)
    assert play.shut_by("G1") == {"answer_first cost"}
    assert play.refused("eva", decision("G1", "go")) == {"answer_first cost"}


def test_an_unknown_that_can_change_nothing_does_not_matter() -> None:
    assert a_play(principle=True).deciders("G1") == ("council",)


def test_a_vote_of_somebody_who_is_no_longer_asked_does_not_count() -> None:
    play = a_play(cost="700000", principle=False, borrowed=False)
    play.decides("jan", "G1", "go")
    play.do("eva", AnswerFact("principle", value=True))
    play.decides("ola", "G1", "go")
    assert play.track() == "running"
    play.decides("pia", "G1", "go")
    assert play.track() == "completed"
    assert play.project.decisions[-1].by == ("ola", "pia")
