"""Several decisions that wait at once, and what an earlier one leaves to a later one."""

from __future__ import annotations

from datetime import date

from innocities_engine.domain import commands as k
from tests.features.driver import Play
from tests.machine.cases import case

WAITED = date(2026, 9, 14)


def pending() -> Play:
    """The board has decided to go on, and the effect waits three working days."""
    play = Play(case("alarms").method, lead="astrid", board="bjorn", director="dag")
    play.do("astrid", k.AnswerFact("cost", "100"))
    play.decides("bjorn", "G1", "go")
    return play


def at_work() -> Play:
    return Play(
        "meanwhile", lead="astrid", board="bjorn", clerk="eva", reviewer="rita rolf", panel="pia"
    )


def moved_on() -> Play:
    play = at_work()
    play.submit("astrid", "plan")
    for person in ("rita", "rolf"):
        play.do(person, k.Approve("plan"))
    play.decides("bjorn", "G1", "go")
    return play


def test_two_decisions_wait_for_one_challenge_and_each_takes_effect() -> None:
    play = pending()
    play.do("astrid", k.Raise("challenge"))
    play.do("dag", k.Raise("halt"))
    play.decides("dag", "halt", "go_on")
    play.on(WAITED)
    assert (play.track(), play.instances("G1"), play.instances("halt")) == (
        "moving", ["decided"], ["decided"],
    )  # fmt: skip
    play.submit("astrid", "plea")
    play.decides("dag", "challenge", "rejected")
    assert (play.track(), play.phase()) == ("running", "work")
    assert (play.instances("G1"), play.instances("halt")) == (["settled"], ["settled"])


def test_what_gave_way_to_a_decision_that_waits_itself_is_asked_anew() -> None:
    play = pending()
    play.do("astrid", k.Raise("challenge"))
    play.do("dag", k.Raise("halt"))
    play.decides("dag", "halt", "stop")
    assert play.track() == "moving"
    assert (play.instances("G1"), play.instances("halt")) == (["lapsed", "open"], ["decided"])
    play.submit("astrid", "plea")
    play.decides("dag", "challenge", "upheld")
    assert (play.track(), play.instances("G1")) == ("stopped", ["lapsed", "lapsed"])


def test_a_rule_that_opened_what_gave_way_opens_it_again() -> None:
    play = Play(case("alarms").method, lead="astrid", board="bjorn", director="dag")
    play.do("astrid", k.AnswerFact("cost", "100"))
    play.decides("bjorn", "G1", "go")
    play.do("astrid", k.Raise("challenge"))
    play.do("astrid", k.AnswerFact("cost", "2000000"))
    play.decides("dag", "overrun", "stop")
    play.do("dag", k.Raise("halt"))
    play.decides("dag", "halt", "rethink", to="idea")
    assert play.instances("overrun") == ["lapsed", "open"]


def test_a_hold_decided_meanwhile_does_not_forget_what_waits() -> None:
    play = pending()
    play.do("dag", k.Raise("halt"))
    play.decides("dag", "halt", "pause", review_on=date(2026, 9, 10))
    assert play.track() == "held"
    play.do("dag", k.Resume())
    assert (play.track(), play.instances("G1")) == ("moving", ["decided"])
    assert (play.on(WAITED).track(), play.phase()) == ("running", "work")


def test_what_a_decision_asks_for_is_due_after_that_decision_and_not_after_the_next() -> None:
    play = at_work()
    play.decides("bjorn", "G1", "redo")
    play.on(date(2026, 9, 10)).decides("bjorn", "G1", "redo")
    dues = [n.key for n in play.project.needs.values() if n.ref == "board/minutes"]
    reminded = [play.reminded(f"{key}|") for key in dues]
    assert [lines[0][1] for lines in reminded] == [date(2026, 9, 12), date(2026, 9, 21)]


def test_one_of_two_approvals_is_void_too_when_everything_is_asked_again() -> None:
    play = at_work()
    play.submit("astrid", "plan")
    play.do("rita", k.Approve("plan"))
    play.decides("bjorn", "G1", "redo")
    play.do("rolf", k.Approve("plan"))
    assert play.version("plan") == "submitted"
    play.do("rita", k.Approve("plan"))
    assert play.version("plan") == "approved"


def test_what_was_done_when_its_gate_was_decided_stays_done() -> None:
    play = moved_on()
    play.do("astrid", k.Withdraw("plan"))
    assert play.shut_by("G2") == {"need_open notes"}


def test_nobody_is_reminded_of_a_session_that_was_not_asked_for() -> None:
    play = moved_on()
    assert play.reminded("notes") == []
    play.do("astrid", k.Present("G2"))
    assert play.reminded("notes") == [("early", date(2026, 9, 5), ("lead",))]


def test_a_recorder_may_move_a_date_for_the_body() -> None:
    play = at_work()
    play.do("eva", k.Extend("G1/plan", date(2026, 10, 30), "late"))
    assert play.due("G1/plan") == date(2026, 10, 30)


def test_advice_may_be_given_before_it_is_known_whether_it_is_asked() -> None:
    play = at_work()
    play.do("rita", k.Advise("G1", "heard", "go", "why not"))
    play.do("astrid", k.AnswerFact("grave", value=False))
    assert play.refused("rolf", k.Advise("G1", "heard", "go", "why not")) == {"not_open G1/heard"}
