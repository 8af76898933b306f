"""F32: whoever has an interest does not speak; a substitute does."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from innocities_engine.domain.commands import (
    Approve,
    DeclareConflict,
    Substitution,
    TickOff,
)
from innocities_engine.domain.project import Recorded
from innocities_engine.domain.settle import next_change
from tests.features.driver import Play, decision

AUTUMN = (date(2026, 9, 1), date(2026, 12, 31))
OSLO = ZoneInfo("Europe/Oslo")
FOR_KARI = Substitution("kari", "siri", *AUTUMN)


def a_play(*substitutions: Substitution) -> Play:
    play = Play(
        "F32", lead="astrid", secretary="siv", owner_role="eva", board="jan kari lise",
        substitutions=substitutions,
    )  # fmt: skip
    play.submit("astrid", "plan")
    play.do("eva", Approve("plan"))
    return play


def declared(play: Play, *people: str) -> Play:
    for person in people:
        play.do("siv", TickOff("declared", member=person))
    return play


def test_whoever_handed_in_a_version_does_not_approve_it() -> None:
    play = a_play()
    play.submit("eva", "plan")
    assert play.refused("eva", Approve("plan")) == {"not_entitled plan"}
    play.do("astrid", Approve("plan"))
    assert play.version("plan") == "approved"


def test_each_member_declares_before_giving_a_voice() -> None:
    play = a_play()
    assert play.needed("declared") == ["open", "open", "open"]
    assert play.refused("jan", decision("G1", "go")) == {"not_entitled G1"}
    play.do("jan", TickOff("declared"))
    assert play.refused("jan", decision("G1", "go")) == {"need_open declared"}
    declared(play, "kari", "lise")
    play.decides("jan", "G1", "go")
    assert play.phase() == "idea"


def test_a_declared_conflict_takes_the_voice_away_and_the_quorum_is_counted_without_it() -> None:
    play = declared(a_play(), "jan", "kari", "lise")
    play.do("kari", DeclareConflict("G1", "My brother owns the land"))
    assert play.refused("kari", decision("G1", "go")) == {"not_entitled G1"}
    for person in ("jan", "lise"):
        play.decides(person, "G1", "go")
    assert play.phase() == "work"
    assert play.project.decisions[-1].panel == ("jan", "lise")


def test_a_voice_given_before_the_conflict_was_declared_counts_no_more() -> None:
    play = declared(a_play(), "jan", "kari", "lise")
    play.decides("kari", "G1", "stop")
    play.do("kari", DeclareConflict("G1"))
    for person in ("jan", "lise"):
        play.decides(person, "G1", "go")
    assert play.phase() == "work"


def test_a_substitute_speaks_from_the_seat_and_both_names_stand_in_the_record() -> None:
    play = declared(a_play(FOR_KARI), "jan", "kari", "lise")
    play.do("kari", DeclareConflict("G1"))
    for person in ("jan", "lise"):
        play.decides(person, "G1", "go")
    assert play.phase() == "idea"
    play.decides("siri", "G1", "go")
    assert play.phase() == "work"
    [voice] = [v for v in play.project.voices.values() if v.person == "siri"]
    assert (voice.role, voice.stands_in_for) == ("board", "kari")


def test_a_substitute_outside_the_period_or_for_another_role_does_not_speak() -> None:
    for other in (
        Substitution("kari", "siri", date(2026, 10, 1), date(2026, 10, 31)),
        Substitution("kari", "siri", *AUTUMN, role="lead"),
    ):
        play = declared(a_play(other), "jan", "kari", "lise")
        assert play.refused("siri", decision("G1", "go")) == {"not_entitled G1"}


def test_where_nobody_is_left_to_speak_the_gate_says_so() -> None:
    play = declared(a_play(), "jan", "kari", "lise")
    for person in ("jan", "kari", "lise"):
        play.do("siv", DeclareConflict("G1", person=person))
    assert play.shut_by("G1") == {"quorum_impossible G1"}


def test_the_recorder_writes_down_the_result_of_the_body_and_nobody_else_does() -> None:
    play = declared(a_play(), "jan", "kari", "lise")
    result = Recorded("siv", ("jan", "kari", "lise"), minutes="9/26")
    assert play.refused("jan", decision("G1", "go", recorded=result)) == {"not_entitled G1"}
    play.decides("siv", "G1", "go", recorded=result)
    assert play.project.decisions[-1].by == ("jan", "kari", "lise")


def test_on_a_decision_the_submitter_is_excluded_only_where_it_is_written() -> None:
    play = declared(a_play(), "jan", "kari", "lise")
    for person in ("jan", "kari", "lise"):
        play.decides(person, "G1", "go")
    play.submit("eva", "plan")
    assert play.refused("eva", decision("G2", "done")) != set()
    play.submit("astrid", "plan")
    play.decides("eva", "G2", "done")
    assert play.track() == "completed"


def test_a_project_is_looked_at_again_when_a_substitution_begins_and_when_it_is_over() -> None:
    """Voices count or count no more from then on, and with them what is due."""
    play = a_play(Substitution("kari", "siri", date(2026, 9, 10), date(2026, 9, 20)))
    found, after = [], play.now
    while (change := next_change(play.method, play.project, play.inputs, after)) is not None:
        found.append(change.astimezone(OSLO).date())
        after = change
    assert {date(2026, 9, 10), date(2026, 9, 21)} <= set(found)
