"""F16: approving is signing one exact version of a named document."""

from __future__ import annotations

from innocities_engine.domain.commands import Approve, Present, Return, TakeBack, Waive, Withdraw
from tests.features.driver import Play, decision


def a_play() -> Play:
    play = Play("F16", lead="astrid", orderer="eva", lawyer="liv")
    play.submit("astrid", "directive")
    play.submit("astrid", "agreement")
    return play


def signed() -> Play:
    play = a_play()
    play.do("liv", Approve("agreement"))
    play.decides("eva", "G1", "go")
    return play


def test_before_it_is_signed_it_must_stand_and_be_approved_where_somebody_approves_it() -> None:
    play = a_play()
    assert play.refused("eva", decision("G1", "go")) == {"need_open agreement"}
    play.do("liv", Approve("agreement"))
    assert play.shut_by("G1") == set()


def test_the_passing_decision_signs_the_exact_version() -> None:
    play = signed()
    assert (play.version("directive"), play.version("agreement")) == ("signed", "signed")
    assert play.project.decisions[-1].versions == {"directive": 1, "agreement": 1}
    assert play.shut_by("G2") == set()


def test_a_decision_that_does_not_pass_signs_nothing() -> None:
    play = a_play()
    play.do("liv", Approve("agreement"))
    play.decides("eva", "G1", "rework")
    assert (play.version("directive"), play.version("agreement")) == ("submitted", "approved")


def test_what_was_waived_is_not_signed_unapproved_as_it_is() -> None:
    play = a_play()
    play.do("eva", Waive("agreement", "Nobody else takes part"))
    play.decides("eva", "G1", "go")
    assert (play.version("directive"), play.version("agreement")) == ("signed", "submitted")


def test_what_is_signed_is_neither_returned_nor_withdrawn() -> None:
    play = signed()
    assert play.refused("liv", Return("agreement", "A comma")) == {"wrong_state agreement"}
    assert play.refused("astrid", Withdraw("directive")) == {"wrong_state directive"}


def test_the_decision_is_on_the_papers_that_were_presented_until_they_are_taken_back() -> None:
    play = a_play()
    play.do("liv", Approve("agreement"))
    play.do("astrid", Present("G1"))
    assert ("decide_asked", "orderer") in {(n.kind, n.role) for n in play.told}
    play.submit("astrid", "directive")
    play.decides("eva", "G1", "go")
    assert (play.version("directive", 1), play.version("directive", 2)) == ("signed", "submitted")
    again = a_play()
    again.do("liv", Approve("agreement"))
    again.do("astrid", Present("G1"))
    again.submit("astrid", "directive")
    again.do("astrid", TakeBack("G1"))
    again.decides("eva", "G1", "go")
    assert again.version("directive", 2) == "signed"


def test_a_newer_version_is_signed_in_its_turn_and_supersedes_the_first() -> None:
    play = signed()
    play.decides("eva", "G2", "back")
    play.submit("astrid", "directive")
    assert (play.version("directive", 1), play.version("directive")) == ("signed", "submitted")
    play.decides("eva", "G1", "go")
    assert (play.version("directive", 1), play.version("directive")) == ("superseded", "signed")
    assert play.version("agreement") == "signed"
