"""F17: a document is handed in, approved, signed as the baseline, superseded; and renewed."""

from __future__ import annotations

from innocities_engine.domain.commands import Approve, Return, Withdraw
from tests.features.driver import Play, decision


def a_play() -> Play:
    play = Play("F17", lead="astrid", board="bjorn")
    play.submit("astrid", "proposal", price="80")
    play.submit("astrid", "risks")
    play.do("bjorn", Approve("risks"))
    return play


def passed() -> Play:
    play = a_play()
    play.decides("bjorn", "G1", "go")
    return play


def test_a_version_is_approved_by_the_decider_of_the_gate_and_not_by_whoever_handed_it_in() -> None:
    play = Play("F17", lead="astrid", board="astrid bjorn")
    play.submit("astrid", "risks")
    assert play.refused("astrid", Approve("risks")) == {"not_entitled risks"}
    assert "need_open risks" in play.shut_by("G1")
    play.do("bjorn", Approve("risks"))
    assert (play.version("risks"), "need_open risks" in play.shut_by("G1")) == ("approved", False)


def test_only_the_newest_standing_version_counts_until_it_is_taken_back() -> None:
    play = a_play()
    play.submit("astrid", "risks")
    assert play.shut_by("G1") == {"need_open risks"}
    play.do("astrid", Withdraw("risks"))
    assert play.shut_by("G1") == set()


def test_a_version_that_was_returned_counts_no_more_and_its_owner_hears_why() -> None:
    play = a_play()
    play.do("bjorn", Return("proposal", "No figures"))
    assert [(n.kind, n.person, n.data["reason"]) for n in play.told] == [
        ("returned", "astrid", "No figures")
    ]
    assert play.shut_by("G1") == {"need_open proposal", "need_open cheap"}


def test_the_answers_in_a_form_belong_to_the_version() -> None:
    play = a_play()
    assert play.shut_by("G1") == set()
    play.submit("astrid", "proposal", price="101")
    assert play.shut_by("G1") == {"need_open cheap"}
    play.submit("astrid", "proposal")
    assert play.shut_by("G1") == {"need_open cheap"}
    play.submit("astrid", "proposal", price="100")
    assert play.shut_by("G1") == set()


def test_what_rests_on_something_newer_is_stale_which_is_shown_and_still_counts() -> None:
    play = Play("F17", lead="astrid", board="bjorn")
    for paper in ("survey", "proposal"):
        play.submit("astrid", paper)
    assert play.warned("G1") == set()
    play.submit("astrid", "survey")
    assert play.warned("G1") == {"stale proposal"}
    assert "need_open proposal" not in play.shut_by("G1")


def test_a_rule_may_ask_that_a_document_is_not_stale() -> None:
    play = passed()
    play.submit("astrid", "survey")
    assert "need_open fresh" not in play.shut_by("G2")
    play.submit("astrid", "proposal", price="70")
    play.submit("astrid", "survey")
    assert "need_open fresh" in play.shut_by("G2")


def test_a_living_document_is_renewed_for_each_gate() -> None:
    play = passed()
    assert "need_open risks" in play.shut_by("G2")
    play.submit("astrid", "risks")
    assert "need_open risks" not in play.shut_by("G2")


def test_what_is_signed_in_its_place_supersedes_the_baseline() -> None:
    play = passed()
    assert play.version("proposal") == "signed"
    play.submit("astrid", "risks")
    assert play.refused("bjorn", decision("G2", "done")) == {"need_open plan"}
    play.submit("astrid", "plan")
    play.decides("bjorn", "G2", "done")
    assert (play.version("proposal"), play.version("plan")) == ("superseded", "signed")
