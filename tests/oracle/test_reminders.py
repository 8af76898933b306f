"""Reminders, the next change, and that time passes the same however often one looks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.oracle.play import OSLO, Play, phases

LADDER = {
    "title": {"en": "Papers"},
    "early": {"at": "14 days before due", "to": ["owner"]},
    "near": {"at": "3 working days before due", "to": ["owner"]},
    "today": {"at": "due", "to": ["owner", "lead"]},
    "nag": {"at": "every 5 working days after due at most 2 times", "to": ["boss"]},
}


def play(needs: dict[str, Any]) -> Play:
    """A pilot whose one gate needs what the test says, with a ladder for all of it."""
    outcomes = {"go": {"end": "completed"}, "pause": {"hold": "60 days"}}
    definition = {
        "remind": "papers",
        "roles": {"boss": {}, "lead": {"leads": True}, "writer": {}},
        "facts": {"opening": {"type": "date"}},
        "artefacts": {"plan": {"by": "writer"}},
        "phases": phases("pilot"),
        "gates": {"END": {"in": "pilot", "needs": needs, "decides": "boss", "outcomes": outcomes}},
        "ladders": {"papers": LADDER},
    }
    return Play(definition).start(boss=["bo"], lead=["lise"], writer=["vera"])


def reminded(p: Play, until: str, *, overtaken: bool = False) -> list[tuple[str, str, str]]:
    """Local day, rung and role of each reminder."""
    return [
        (r.at.astimezone(OSLO).date().isoformat(), r.rung, r.role)
        for r in p.reminders(until) if r.overtaken is overtaken
    ]  # fmt: skip


def reminding() -> Play:
    return play({"plan": {"due": "3 weeks after entry"}})


def test_each_rung_is_raised_once_on_its_day() -> None:
    p = reminding()
    assert reminded(p, "2026-02-20") == [
        ("2026-01-12", "early", "writer"),
        ("2026-01-21", "near", "writer"),
        ("2026-01-26", "today", "lead"),
        ("2026-01-26", "today", "writer"),
        ("2026-02-02", "nag/1", "boss"),
        ("2026-02-09", "nag/2", "boss"),
    ]


def test_nobody_is_reminded_of_what_is_done() -> None:
    p = reminding()
    p.on("2026-01-22")
    p.does("vera", "submit", artefact="plan")
    assert reminded(p, "2026-02-20") == []


def test_nobody_is_reminded_of_a_day_before_the_thing_was_owed() -> None:
    p = play({"plan": {"due": "opening"}})
    before = p.now
    p.does("lise", "answer", fact="opening", value="2026-01-08")
    p.now = before
    found = p.oracle.reminders(before, datetime(2026, 1, 7, 12, tzinfo=UTC))
    assert [(r.rung, r.overtaken) for r in found] == [("near", False)]


def test_of_rungs_that_become_due_at_once_only_the_latest_is_told() -> None:
    p = play({"plan": {"due": "opening"}})
    p.on("2026-01-29")
    before = p.now
    p.does("lise", "answer", fact="opening", value="2026-01-30")
    found = p.oracle.reminders(before, p.now)
    assert [(r.rung, r.overtaken) for r in found] == [("early", True), ("near", False)]


def test_a_moved_date_moves_what_was_not_sent_and_holds_remind_only_of_the_review() -> None:
    p = reminding()
    p.on("2026-01-13")
    p.does("bo", "decide", gate="END", outcome="pause", review="2026-01-27")
    assert [r.obligation for r in p.reminders("2026-02-01")] == ["pilot:review#1"] * 3
    p.on("2026-01-27")
    p.does("bo", "resume")
    assert p.due("END/plan") == "2026-02-09"
    assert reminded(p, "2026-02-10")[-3:] == [
        ("2026-02-04", "near", "writer"),
        ("2026-02-09", "today", "lead"),
        ("2026-02-09", "today", "writer"),
    ]


def test_the_next_change_is_told_and_asking_changes_nothing() -> None:
    p = play({"plan": {"opens": "1 month after entry"}})
    before = p.shown()
    horizon = datetime(2027, 1, 1, tzinfo=UTC)
    change = p.oracle.next_change(p.now, horizon)
    assert change is not None
    assert change.astimezone(OSLO) == datetime(2026, 2, 5, tzinfo=OSLO)
    assert p.shown() == before


def test_it_makes_no_difference_how_often_time_is_looked_at() -> None:
    often, seldom = reminding(), reminding()
    for day in range(6, 28):
        often.on(f"2026-01-{day:02d}").does("anna", "tick")
    seldom.on("2026-01-27")
    seldom.does("anna", "tick")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert often.shown() == seldom.shown()
    assert often.oracle.reminders(start, often.now) == seldom.oracle.reminders(start, seldom.now)
