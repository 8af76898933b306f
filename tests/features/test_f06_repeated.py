"""F6: a gate that comes again inside a phase, raised by somebody or by the calendar."""

from __future__ import annotations

from datetime import date, timedelta

from innocities_engine.domain.commands import Raise
from tests.features.driver import BEGINNING, Play, decision


def a_play() -> Play:
    return Play("F06", lead="astrid", board="bjorn")


def held(play: Play, outcome: str) -> None:
    """One demonstration a day later, with a new log."""
    play.on(play.situation.today + timedelta(1))
    play.do("astrid", Raise("demo"))
    play.submit("astrid", "log")
    play.decides("bjorn", "demo", outcome)


def test_whoever_the_method_names_raises_it_and_nobody_else() -> None:
    play = a_play()
    assert play.instances("demo") == []
    assert play.refused("bjorn", Raise("demo")) == {"not_entitled demo"}
    play.do("astrid", Raise("demo"))
    assert {(n.kind, n.role) for n in play.told} == {
        ("gate_raised", "lead"), ("gate_raised", "board")
    }  # fmt: skip
    assert play.refused("astrid", Raise("demo")) == {"wrong_state demo"}


def test_its_instances_are_numbered_and_the_project_stays_where_it_is() -> None:
    play = a_play()
    play.submit("astrid", "plan")
    for outcome in ("good", "poor", "good"):
        held(play, outcome)
    found = [(p.key, p.outcome) for p in play.project.passages_of("demo")]
    assert found == [("demo#1", "good"), ("demo#2", "poor"), ("demo#3", "good")]
    assert play.phase() == "work"


def test_from_the_second_instance_on_only_new_papers_count_unless_the_method_says_otherwise() -> (
    None
):
    play = a_play()
    play.submit("astrid", "plan")
    held(play, "good")
    play.on(BEGINNING + timedelta(2)).do("astrid", Raise("demo"))
    assert play.refused("bjorn", decision("demo", "good")) == {"need_open log"}
    play.submit("astrid", "log")
    assert play.shut_by("demo") == set()


def test_the_leaving_gate_counts_settled_instances_of_the_outcome_it_wants() -> None:
    play = a_play()
    play.submit("astrid", "plan")
    for outcome in ("good", "poor"):
        held(play, outcome)
        assert play.shut_by("G1") == {"need_open demo"}
    held(play, "later")
    assert play.shut_by("G1") == {"need_open demo"}
    play.decides("bjorn", "demo", "good")
    play.decides("bjorn", "G1", "done")
    assert play.track() == "completed"


def test_on_the_calendar_it_opens_by_itself_at_most_so_many_times() -> None:
    play = a_play()
    assert play.on(date(2026, 9, 30)).instances("monthly") == []
    assert play.on(date(2026, 10, 1)).instances("monthly") == ["open"]
    play.decides("astrid", "monthly", "seen")
    assert play.on(date(2026, 11, 1)).instances("monthly") == ["settled", "open"]
    play.decides("astrid", "monthly", "seen")
    assert play.on(date(2027, 3, 1)).instances("monthly") == ["settled", "settled"]


def test_one_instance_is_open_at_a_time_and_later_dates_queue() -> None:
    play = a_play()
    assert play.on(date(2026, 12, 24)).instances("monthly") == ["open"]
    play.decides("astrid", "monthly", "seen")
    assert play.instances("monthly") == ["settled", "open"]
