"""What time brings about: waits, schedules, holds, recurring needs and meetings."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.oracle import calendar
from tests.oracle.play import OSLO, Play, phases

STOP = {"end": "stopped"}


def method(gate: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A pilot that stays, with the gate of the test beside the one that ends it."""
    definition: dict[str, Any] = {
        "roles": {
            "boss": {},
            "lead": {"leads": True},
            "writer": {},
            "board": {"kind": "body", "meets": "board", "records": "lead"},
        },
        "facts": {
            "opening": {"type": "date"},
            "season": {"type": "yearly_date"},
            "pace": {"type": "duration"},
            "wide": {"type": "yes_no"},
        },
        "artefacts": {"plan": {"by": "writer"}, "report": {"by": "writer"}},
        "phases": phases("pilot"),
        "gates": {
            "END": {
                "in": "pilot",
                "decides": "boss",
                "outcomes": {
                    "go": {"end": "completed"},
                    "pause": {"hold": "60 days"},
                    "stop": STOP,
                },
            },
            "G": {"in": "pilot", "decides": "boss", "outcomes": {"ok": {}, "stop": STOP}} | gate,
        },
    }
    return definition | more


def play(gate: dict[str, Any], **more: Any) -> Play:
    calendars = ("meetings", "closures", "substitutes", "country")
    inputs = {name: more.pop(name) for name in calendars if name in more}
    p = Play(method(gate, **more), **inputs)
    return p.start(boss=["bo"], lead=["lise"], writer=["vera"], board=["bea"])


def needing(**needs: Any) -> dict[str, Any]:
    return {"needs": needs}


# The arithmetic of B.4


@pytest.mark.parametrize(
    ("start", "period", "sweden", "norway"),
    [
        ("2026-05-29", "3 statutory weeks", "2026-06-22", "2026-06-19"),
        ("2026-12-03", "3 statutory weeks", "2026-12-28", "2026-12-24"),
        ("2026-12-10", "3 statutory weeks", "2027-01-04", "2026-12-31"),
        ("2026-12-15", "3 statutory weeks", "2027-01-05", "2027-01-05"),
        ("2026-12-16", "3 statutory weeks", "2027-01-07", "2027-01-06"),
        ("2026-03-12", "3 statutory weeks", "2026-04-02", "2026-04-07"),
        ("2026-05-04", "3 statutory weeks", "2026-05-25", "2026-05-26"),
        ("2028-05-16", "3 statutory weeks", "2028-06-07", "2028-06-06"),
        ("2026-10-10", "3 statutory weeks", "2026-11-02", "2026-11-02"),
        ("2026-08-31", "6 statutory months", "2027-03-01", "2027-03-01"),
    ],
)
def test_statutory_periods_end_as_the_law_says(
    start: str, period: str, sweden: str, norway: str
) -> None:
    length = calendar.duration(period)
    assert length is not None
    for country, end in (("SE", sweden), ("NO", norway)):
        days = calendar.Days(country, OSLO)
        assert calendar.add(days, date.fromisoformat(start), length) == date.fromisoformat(end)


def test_working_days_are_counted_backwards_past_easter() -> None:
    for country, day in (("SE", date(2026, 4, 2)), ("NO", date(2026, 4, 1))):
        days = calendar.Days(country, OSLO)
        assert (
            calendar.subtract(days, date(2026, 4, 8), calendar.Duration(2, "day", "working")) == day
        )


def test_plain_time_is_moved_out_of_quiet_periods_and_statutory_time_is_not() -> None:
    july = (calendar.quiet_period("22 June..15 August"),)
    days = calendar.Days("SE", OSLO, quiet=july)
    assert calendar.add(days, date(2026, 6, 1), calendar.Duration(1, "month")) == date(2026, 8, 16)
    assert calendar.subtract(days, date(2026, 8, 20), calendar.Duration(1, "week")) == date(
        2026, 6, 21
    )
    law = calendar.Duration(1, "month", "statutory")
    assert calendar.add(days, date(2026, 6, 1), law) == date(2026, 7, 1)


# Waits


def test_a_date_has_passed_when_its_day_is_over() -> None:
    p = play(needing(open_house={"done": {"passed": "opening"}}))
    p.does("lise", "answer", fact="opening", value="2026-01-08")
    p.on("2026-01-08", hour=23)
    assert p.needs("G/open_house") == ["open"]
    p.on("2026-01-09", hour=0)
    assert p.needs("G/open_house") == ["done"]


def test_what_opens_on_a_date_begins_with_its_day() -> None:
    p = play(needing(later={"opens": "2 days after entry", "do": "Later"}))
    p.on("2026-01-06", hour=23)
    assert p.needs("G/later") == ["dormant"]
    p.on("2026-01-07", hour=0)
    assert p.needs("G/later") == ["open"]


def test_a_happening_has_passed_at_its_instant_and_an_anchor_without_one_is_unknown() -> None:
    p = play(needing(call={"do": "Call"}, after={"done": {"none": [{"passed": "call"}]}}))
    assert p.needs("G/after") == ["open"]
    q = play(needing(call={"do": "Call"}, after={"done": {"passed": "call"}}))
    q.does("lise", "tick_off", need="G/call")
    assert q.needs("G/after") == ["done"]


def test_of_several_moments_the_earliest_or_the_latest() -> None:
    for word, expected in (("earliest", "2026-01-12"), ("latest", None)):
        due = {word: ["1 week after entry", "1 week after opening"]}
        p = play(needing(plan={"due": due}))
        assert p.due("G/plan") == expected
        p.does("lise", "answer", fact="opening", value="2026-02-01")
        assert p.due("G/plan") == ("2026-02-08" if word == "latest" else "2026-01-12")


def test_a_yearly_date_is_the_first_one_from_the_beginning_of_the_thing() -> None:
    p = play(needing(plan={"due": "4 January"}, report={"due": "1 week before season"}))
    p.does("lise", "answer", fact="season", value="15 March")
    assert (p.due("G/plan"), p.due("G/report")) == ("2027-01-04", "2026-03-08")


def test_an_update_must_be_younger_than_what_it_names() -> None:
    p = play(needing(call={"do": "Call"}, plan={"newer_than": "call"}))
    p.does("vera", "submit", artefact="plan")
    assert p.needs("G/plan") == ["done"]
    p.does("lise", "tick_off", need="G/call")
    assert p.needs("G/plan") == ["open"]
    p.does("vera", "submit", artefact="plan")
    assert p.needs("G/plan") == ["done"]


def test_due_only_shows_overdue_and_may_be_extended_unless_statutory() -> None:
    law = {"due": "2 statutory days after entry"}
    p = play(needing(plan={"due": "2 days after entry"}, report=law))
    p.on("2026-01-08", hour=0)
    assert p.overdue("G/plan") == [True]
    assert p.does("bo", "extend", need="G/plan", due="2026-01-09") == "accepted"
    assert p.overdue("G/plan") == [False]
    assert p.does("lise", "extend", need="G/report", due="2026-01-09") == {"wrong_state"}


# Gates that come by themselves


def test_scheduled_instances_open_on_their_day_one_at_a_time() -> None:
    p = play({"opens": "every 1 month after entry at most 2 times"})
    assert p.gate("G") == []
    p.on("2026-03-10")
    assert p.gate("G") == [("open", None)]
    p.does("bo", "decide", gate="G", outcome="ok")
    assert p.gate("G") == [("settled", "ok"), ("open", None)]
    p.does("bo", "decide", gate="G", outcome="ok")
    p.on("2026-12-01")
    assert p.gate("G") == [("settled", "ok")] * 2


def test_a_map_of_dates_opens_an_instance_for_each() -> None:
    p = play({"opens": {"at": {"b": "2 months after entry", "a": "opening"}}})
    p.does("lise", "answer", fact="opening", value="2026-01-07")
    p.on("2026-01-07", hour=0)
    assert p.does("bo", "decide", gate="G", outcome="ok") == "accepted"
    assert p.gate("G") == [("settled", "ok")]
    p.on("2026-03-05", hour=0)
    assert p.gate("G") == [("settled", "ok"), ("open", None)]


def test_a_later_instance_wants_papers_handed_in_since_the_one_before() -> None:
    p = play({"opens": {"by": "lead"}} | needing(plan={}, report={"newer_than": "none"}))
    for artefact in ("plan", "report"):
        p.does("vera", "submit", artefact=artefact)
    p.does("lise", "raise", gate="G")
    assert p.does("lise", "raise", gate="G") == {"wrong_state"}
    p.does("bo", "decide", gate="G", outcome="ok")
    p.does("lise", "raise", gate="G")
    assert p.blockers("G") == {("need_open", "G/plan")}


def test_with_when_alone_a_gate_opens_each_time_it_turns_true() -> None:
    p = play({"opens": {"when": {"fact": "wide", "is": True}}})
    assert p.gate("G") == []
    p.does("lise", "answer", fact="wide", value=True)
    p.does("bo", "decide", gate="G", outcome="ok")
    assert p.gate("G") == [("settled", "ok")]
    p.does("lise", "answer", fact="wide", value=False)
    p.does("lise", "answer", fact="wide", value=True)
    assert p.gate("G") == [("settled", "ok"), ("open", None)]


def test_a_gate_whose_when_turns_false_lapses_and_does_not_block() -> None:
    p = play({"when": {"fact": "wide", "is": True}, "blocks": "END"})
    assert p.does("bo", "decide", gate="G", outcome="stop") == {"not_open"}
    assert p.blockers("END") == {("answer_first", "wide")}
    p.does("lise", "answer", fact="wide", value=True)
    assert p.blockers("END") == {("gate_blocks", "G")}
    p.does("lise", "answer", fact="wide", value=False)
    assert p.blockers("END") == set()
    assert p.gate("G") == [("lapsed", None)]


def test_times_counts_settled_instances_only() -> None:
    outcomes = {
        "more": {"when": {"none": [{"gate": "G", "times": 1}]}},
        "redo": {"again": "all"},
        "done": {"end": "completed", "when": {"gate": "G", "times": 1}},
    }
    p = play({"opens": {"by": "lead"}, "outcomes": outcomes})
    p.does("lise", "raise", gate="G")
    p.does("bo", "decide", gate="G", outcome="redo")
    assert p.oracle.offered("G", p.now) == ["more", "redo"]
    p.does("bo", "decide", gate="G", outcome="more")
    p.does("lise", "raise", gate="G")
    assert p.oracle.offered("G", p.now) == ["redo", "done"]


# Hold


def test_a_hold_names_a_review_date_within_its_bound() -> None:
    p = play({})
    assert p.does("bo", "decide", gate="END", outcome="pause") == {"carry_missing"}
    late = {"review": "2026-03-07"}
    assert p.does("bo", "decide", gate="END", outcome="pause", **late) == {"wrong_state"}
    kept = {"review": "2026-03-06"}
    assert p.does("bo", "decide", gate="END", outcome="pause", **kept) == "accepted"
    assert p.track("pilot") == ("held", "pilot")
    p.on("2026-06-01")
    assert p.track("pilot") == ("held", "pilot")
    assert p.does("vera", "resume") == {"not_entitled"}
    assert p.does("bo", "resume") == "accepted"
    assert p.gate("END") == [("open", None)]


def test_relative_dates_move_by_the_days_on_hold_and_others_run_on() -> None:
    p = play(needing(
        plan={"due": "3 weeks after entry"},
        report={"due": "3 statutory weeks after entry"},
        bring={"do": "Bring", "due": "1 week after opening"},
        past={"do": "Past", "due": "2 days after entry"},
    ))  # fmt: skip
    p.does("lise", "answer", fact="opening", value="2026-01-20")
    p.on("2026-01-10")
    p.does("bo", "decide", gate="END", outcome="pause", review="2026-02-01")
    p.on("2026-01-20")
    p.does("bo", "resume")
    assert p.due("G/plan") == "2026-02-05"
    assert p.due("G/report") == "2026-01-26"
    assert p.due("G/bring") == "2026-01-27"
    assert p.due("G/past") == "2026-01-07"


def test_nothing_that_is_counted_from_a_happening_comes_while_the_track_is_held() -> None:
    p = play({"opens": "1 month after entry"})
    p.on("2026-01-10")
    p.does("bo", "decide", gate="END", outcome="pause", review="2026-02-01")
    p.on("2026-04-10")
    assert p.gate("G") == []
    p.does("bo", "resume")
    p.on("2026-05-05", hour=23)
    assert p.gate("G") == []
    p.on("2026-05-06", hour=0)
    assert p.gate("G") == [("open", None)]


def test_holds_may_be_counted_and_a_new_decision_at_the_gate_ends_one() -> None:
    twice = {"pause": {"hold": {"at_most": "60 days", "times": "2"}}, "ok": {}}
    p = play({"outcomes": twice})
    for review in ("2026-01-20", "2026-02-20"):
        p.does("bo", "decide", gate="G", outcome="pause", review=review)
    assert p.shown()["tracks"]["pilot"]["review"] == "2026-02-20"
    assert p.does("bo", "decide", gate="G", outcome="pause", review="2026-02-21") == {"not_offered"}
    p.does("bo", "decide", gate="G", outcome="ok")
    assert p.track("pilot") == ("running", "pilot")


# Recurring needs


def test_a_recurring_need_asks_for_its_next_paper_the_day_after_the_last_was_due() -> None:
    stages = phases("pilot")
    stages["pilot"] |= {"needs": {"report": {"due": "every pace after entry at most 3 times"}}}
    p = play({}, phases=stages)
    assert p.needs("pilot/report") == []
    p.does("lise", "answer", fact="pace", value="1 month")
    assert p.due("pilot/report") == "2026-02-05"
    p.on("2026-02-06", hour=0)
    assert p.overdue("pilot/report") == [True, False]
    p.does("vera", "submit", artefact="report")
    assert p.needs("pilot/report") == ["done", "done"]
    p.on("2026-12-01")
    assert p.needs("pilot/report") == ["done", "done", "open"]


# Meetings


def board(due: str, **more: Any) -> Play:
    gate = {"decides": {"by": {"role": "board"}}} | needing(plan={"due": due})
    return play(gate, **more)


def test_dates_are_counted_back_from_the_next_session_and_roll_to_the_one_after() -> None:
    sessions = {"board": [date(2026, 1, 14), date(2026, 2, 11)]}
    p = board("2 working days before meeting", meetings=sessions)
    assert p.due("G/plan") == "2026-01-12"
    p.on("2026-01-14", hour=23)
    assert p.overdue("G/plan") == [True]
    p.on("2026-01-15", hour=0)
    assert (p.due("G/plan"), p.overdue("G/plan")) == ("2026-02-09", [False])


def test_a_session_that_is_not_in_the_calendar_leaves_a_date_unknown_and_holds_nothing() -> None:
    p = board("2 working days before meeting", meetings={"board": [date(2026, 1, 14)]})
    p.on("2026-01-15")
    assert p.due("G/plan") is None
    assert p.blockers("G") == {("need_open", "G/plan")}


def test_a_session_must_be_asked_for_in_time() -> None:
    roles = method({})["roles"]
    roles["board"] |= {"notice": "10 days"}
    sessions = {"board": [date(2026, 1, 14), date(2026, 2, 11)]}
    p = board("meeting", meetings=sessions, roles=roles)
    assert p.due("G/plan") == "2026-02-11"
    q = board("meeting", meetings={"board": [date(2026, 1, 15)]}, roles=roles)
    assert q.due("G/plan") == "2026-01-15"
    q.does("lise", "present", gate="G")
    q.on("2026-01-10")
    assert q.due("G/plan") == "2026-01-15"


def test_a_session_on_request_falls_on_a_working_day() -> None:
    roles = method({})["roles"]
    roles["board"] |= {"notice": "5 days", "meets": "on_request"}
    assert board("meeting", roles=roles).due("G/plan") == "2026-01-12"
