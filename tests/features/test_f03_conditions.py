"""F3: go with conditions, each with an owner and a date, chased until cleared."""

from __future__ import annotations

from datetime import date

from innocities_engine.domain import commands as k
from tests.features.driver import Play, condition, decision

NOVEMBER, DECEMBER = date(2026, 11, 20), date(2026, 12, 1)
TERMS = (condition("Find a second pilot street", "lead", NOVEMBER),)


def a_play(clear: str = "met", wanted: str = "partly") -> Play:
    play = Play("F03", lead="astrid", board="bjorn", secretary="siv")
    play.submit("astrid", "plan")
    play.do("bjorn", k.Rate("G1", {"clear": clear, "wanted": wanted}))
    return play


def passed(clear: str = "met", **given: object) -> Play:
    """A play in the phase after a go with one condition, the funding still missing."""
    play = a_play(clear, "met")
    play.decides("bjorn", "G1", "go_if", written={"terms": TERMS}, **given)
    return play


def test_only_what_the_outcome_names_may_wait() -> None:
    play = a_play(clear="partly")
    everything = {"need_open funding", "criterion_below clear", "criterion_below wanted"}
    assert play.refused("bjorn", decision("G1", "go")) == everything
    still = play.refused("bjorn", decision("G1", "go_if", written={"terms": TERMS * 2}))
    assert still == {"criterion_below wanted"}


def test_as_many_conditions_are_written_as_criteria_were_only_partly_met() -> None:
    play = a_play(clear="partly", wanted="partly")
    for written in ({}, {"terms": TERMS}):
        told = play.refused("bjorn", decision("G1", "go_if", written=written))
        assert told == {"carry_missing terms", *play.shut_by("G1", "go_if")}


def test_a_condition_has_a_text_an_owner_who_is_there_and_a_date_within_the_bound() -> None:
    play = a_play(wanted="met")
    for wrong, why in (
        (condition("", "lead", NOVEMBER), "carry_missing terms"),
        (condition("Ask", "nobody", NOVEMBER), "bad_value terms"),
        (condition("Ask", "lead", date(2026, 12, 2)), "bad_value terms"),
        (condition("Ask", "lead", date(2026, 8, 31)), "bad_value terms"),
    ):
        assert play.refused("bjorn", decision("G1", "go_if", written={"terms": (wrong,)})) == {why}
    play.decides("bjorn", "G1", "go_if", written={"terms": (condition("Ask", "lead"),)})
    assert play.due("terms") == DECEMBER


def test_what_was_carried_over_goes_on_as_a_condition_with_the_date_of_the_outcome() -> None:
    play = passed(clear="partly")
    assert play.phase() == "work"
    assert play.needed("funding") == ["carried", "open"]
    assert (play.due("funding"), play.due("clear")) == (date(2026, 10, 1), date(2026, 11, 1))


def test_what_is_met_already_is_not_carried() -> None:
    play = a_play(wanted="met")
    play.submit("astrid", "funding")
    play.do("bjorn", k.Approve("funding"))
    play.decides("bjorn", "G1", "go_if", written={"terms": TERMS})
    assert "open" not in play.needed("funding")
    assert play.needed("clear") == []


def test_a_paper_handed_in_before_the_decision_counts_for_a_carried_need() -> None:
    play = a_play(wanted="met")
    play.submit("astrid", "funding")
    play.decides("bjorn", "G1", "go_if", written={"terms": TERMS})
    play.do("bjorn", k.Approve("funding"))
    assert play.need("funding").status.value == "done"


def test_the_next_gate_stays_shut_until_the_conditions_are_cleared() -> None:
    play = passed(clear="partly")
    held = {"need_open terms", "need_open funding", "need_open clear"}
    assert play.refused("bjorn", decision("G2", "done")) == held
    play.submit("astrid", "funding")
    play.do("bjorn", k.Approve("funding"))
    play.do("astrid", k.TickOff("terms"))
    assert play.refused("bjorn", decision("G2", "done")) == held - {"need_open funding"}
    for key in ("terms", "clear"):
        if key == "clear":
            play.do("astrid", k.TickOff(key))
        assert play.refused("astrid", k.Accept(key)) == {f"not_entitled {play.need(key).key}"}
        play.do("bjorn", k.Accept(key))
    play.decides("bjorn", "G2", "done")
    assert play.track() == "completed"


def test_of_a_body_one_member_or_whoever_records_for_it_confirms_a_condition() -> None:
    play = passed()
    play.do("astrid", k.TickOff("terms"))
    assert {(n.kind, n.role) for n in play.told} == {("accept_asked", "board")}
    play.do("siv", k.Accept("terms"))
    assert play.needed("terms") == ["done"]


def test_a_gate_that_only_checks_is_not_held() -> None:
    play = passed()
    play.decides("bjorn", "look", "seen")
    assert play.instances("look") == ["settled"]


def test_after_a_turn_the_next_gate_is_the_one_now_ahead() -> None:
    play = passed()
    play.decides("bjorn", "G2", "back")
    play.do("bjorn", k.Rate("G1", {"clear": "met", "wanted": "met"}))
    assert play.shut_by("G1") == {"need_open terms", "need_open funding"}


def test_a_condition_is_told_to_its_owner_reminded_of_and_escalated() -> None:
    play = passed()
    assert [(n.kind, n.role, n.due) for n in play.told if n.kind == "condition_opened"] == [
        ("condition_opened", "lead", NOVEMBER)
    ]
    assert play.reminded("terms") == [
        ("near", date(2026, 11, 17), ("lead",)),
        ("late", date(2026, 11, 24), ("lead", "board")),
    ]
    play.do("astrid", k.TickOff("terms"))
    play.do("bjorn", k.Accept("terms"))
    assert play.reminded("terms") == []


def test_the_decider_may_give_more_time_with_a_reason() -> None:
    play = passed()
    play.do("bjorn", k.Extend("terms", DECEMBER, "The street is being dug up"))
    assert play.due("terms") == DECEMBER
    assert play.refused("astrid", k.Extend("terms", DECEMBER, "Please")) != set()
