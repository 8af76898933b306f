"""A decision rests on every paper that holds its gate shut, wherever the method asks for it."""

from __future__ import annotations

import pytest

from innocities_engine.domain import gates
from innocities_engine.domain.commands import Assign, Present
from innocities_engine.domain.project import VoiceKind
from tests.features.driver import Play, decision

PAPERS = ("plan", "outline", "opinion")  # of the gate, of its phase, of those who decide


def ready() -> Play:
    play = Play("resting", lead="astrid", panel="per pia")
    for paper in (*PAPERS, "diary"):
        play.submit("astrid", paper)
    return play


def digest(play: Play) -> str:
    return gates.review(play.situation, play.passage("G1")).digest


def voters(play: Play) -> set[str]:
    return {v.person for v in play.project.voices.values() if v.kind is VoiceKind.DECISION}


@pytest.mark.parametrize("paper", PAPERS)
def test_a_vote_falls_with_each_paper_that_holds_the_gate_shut(paper: str) -> None:
    play = ready()
    play.decides("per", "G1", "go")
    before = digest(play)
    play.submit("astrid", paper)
    assert voters(play) == set()
    assert digest(play) != before


def test_a_paper_that_holds_nothing_shut_changes_no_vote() -> None:
    play = ready()
    play.decides("per", "G1", "go")
    play.submit("astrid", "diary")
    assert voters(play) == {"per"}


def test_the_decision_names_the_version_of_each() -> None:
    play = ready()
    play.submit("astrid", "outline")
    play.decides("per", "G1", "go")
    play.decides("pia", "G1", "go")
    assert play.project.decisions[-1].versions == {"plan": 1, "outline": 2, "opinion": 1}


def test_papers_of_a_phase_that_was_left_are_none_of_the_next_gate() -> None:
    play = ready()
    for who in ("per", "pia"):
        play.decides(who, "G1", "go")
    play.submit("astrid", "report")
    play.decides("per", "G2", "done")
    play.submit("astrid", "outline")
    assert voters(play) >= {"per"}
    play.decides("pia", "G2", "done")
    assert play.project.decisions[-1].versions == {"report": 1, "opinion": 1}


def test_whoever_handed_in_a_paper_of_the_phase_may_be_kept_from_deciding() -> None:
    play = ready()
    for who in ("per", "pia"):
        play.decides(who, "G1", "go")
    play.submit("astrid", "report")
    play.do("admin", Assign("lead", ("astrid", "per")))
    play.submit("per", "report")
    assert play.refused("per", decision("G2", "done")) == {"not_entitled G2"}


def test_a_paper_presented_is_the_one_decided_on() -> None:
    play = ready()
    play.do("astrid", Present("G1"))
    play.decides("per", "G1", "go")
    play.submit("astrid", "outline")
    assert voters(play) == {"per"}
    play.decides("pia", "G1", "go")
    assert play.project.decisions[-1].versions["outline"] == 1


def test_the_review_warns_of_a_paper_of_the_phase_that_is_built_on_an_older_one() -> None:
    play = ready()
    play.submit("astrid", "plan")
    assert play.warned("G1") == {"stale outline"}
