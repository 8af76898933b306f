"""How the actions that would open a gate are told: each with whom it is asked of."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from innocities_engine import library, wording
from innocities_engine.cli import reasons, remedies
from innocities_engine.cli.teller import Teller
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.remedies import Action
from tests.features.driver import DEFINITIONS, Play


def told(language: str, *actions: Action) -> list[str]:
    play = Play("F17", lead="astrid", board="bjorn")
    t = Teller(language, play.situation, {"astrid": "Astrid", "bjorn": "Bjørn"}, "astrid")
    return [each["text"] for each in remedies.actions(t, play.passage("G1"), actions)]


def test_what_a_form_asks_is_answered_by_handing_in_its_paper() -> None:
    below = Action("answer", "price", ("< 100", "= 100"))
    sentence = (
        "Hand in Proposal with “What does it cost?” answered below 100 or 100, if that is so:"
    )
    assert told("en", below) == [f"{sentence} Project manager (Astrid)."]


def test_what_may_be_answered_in_any_way_names_no_answer() -> None:
    assert told("en", Action("answer", "price", ("any",))) == [
        "Hand in Proposal with “What does it cost?” answered: Project manager (Astrid)."
    ]


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_no_sentence_about_an_answer_repeats_a_word(language: str) -> None:
    for values in (("any",), ("< 100",)):
        (text,) = told(language, Action("answer", "price", values))
        words = text.lower().split()
        assert all(a != b for a, b in pairwise(words)), text


def test_what_an_answer_decides_is_told_by_what_is_to_be_done_and_not_by_its_id() -> None:
    play = Play("F17", lead="astrid", board="bjorn")
    raw = library.resolved(DEFINITIONS / "F17.yaml")
    raw["gates"]["G1"]["needs"]["asked"] = {"do": {"en": "Ask the neighbours"}, "by": "lead"}
    method = library.compile_resolved(raw)
    t = Teller("en", replace(play.situation, method=method), {}, "astrid")
    blocker = Blocker("answer_first", "price", {"for": "G1/asked"})
    assert "“Ask the neighbours”" in reasons.reason(t, blocker, play.passage("G1")).text
