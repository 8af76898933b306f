"""F10: whoever may stops a project or changes its course at any time."""

from __future__ import annotations

from innocities_engine.domain.commands import Raise
from tests.features.driver import Play, decision


def a_play(phase: str = "idea") -> Play:
    play = Play("F10", lead="astrid", owner_role="eva")
    if phase == "work":
        play.decides("eva", "G1", "go")
    return play


def raised(phase: str = "idea") -> Play:
    play = a_play(phase)
    play.do("eva", Raise("revision"))
    return play


def test_in_any_phase_whoever_is_named_raises_the_question_and_the_others_may_not() -> None:
    for phase in ("idea", "work"):
        play = a_play(phase)
        assert play.refused("astrid", Raise("revision")) == {"not_entitled revision"}
        play.do("eva", Raise("revision"))
        assert play.is_open("revision")


def test_the_project_is_stopped_from_where_it_is_without_any_paper() -> None:
    play = raised("work")
    play.decides("eva", "revision", "stop", reason="The harbour was sold")
    assert play.track() == "stopped"
    assert [(n.kind, n.role, n.data["reason"]) for n in play.told][:1] == [
        ("decided", "lead", "The harbour was sold")
    ]


def test_the_course_is_changed_and_the_gates_on_the_way_are_asked_again() -> None:
    play = raised("work")
    play.decides("eva", "revision", "rethink")
    assert (play.phase(), play.passage("G1").n) == ("idea", 2)
    assert play.instances("G2") == ["lapsed"]


def test_going_on_changes_nothing_but_needs_its_grounds() -> None:
    play = raised()
    assert play.refused("eva", decision("revision", "go_on")) == {"need_open grounds"}
    play.submit("eva", "grounds")
    play.decides("eva", "revision", "go_on")
    assert (play.phase(), play.is_open("G1")) == ("idea", True)
    play.do("eva", Raise("revision"))
    assert play.passage("revision").n == 2


def test_an_open_revision_goes_along_into_the_next_phase() -> None:
    play = raised()
    play.decides("eva", "G1", "go")
    assert (play.phase(), play.is_open("revision")) == ("work", True)


def test_an_ended_project_is_not_stopped_again() -> None:
    play = raised()
    play.decides("eva", "revision", "stop")
    assert play.refused("eva", Raise("revision")) == {"not_open revision"}
    assert play.refused("eva", decision("revision", "stop")) == {"not_open revision"}
