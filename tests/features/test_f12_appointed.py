"""F12: an earlier gate's record says who decides at a later one."""

from __future__ import annotations

from innocities_engine.domain.commands import Assign
from tests.features.driver import Play, decision

BOTH = {"orderer": ("eva",), "lead": ("astrid",)}


def a_play(**also: tuple[str, ...]) -> Play:
    play = Play("F12", board="bjorn")
    play.decides("bjorn", "G1", "go", appoint={**BOTH, **also})
    return play


def test_the_decision_must_say_who() -> None:
    play = Play("F12", board="bjorn")
    assert play.refused("bjorn", decision("G1", "go")) == {
        "carry_missing orderer", "carry_missing lead"
    }  # fmt: skip
    assert play.refused("bjorn", decision("G1", "stop", appoint=BOTH)) == {
        "bad_value orderer", "bad_value lead"
    }  # fmt: skip


def test_whoever_was_appointed_is_told_and_decides_the_later_gate() -> None:
    play = a_play()
    assert {(n.person, n.data["role"]) for n in play.told if n.kind == "appointed"} == {
        ("eva", "orderer"), ("astrid", "lead")
    }  # fmt: skip
    assert play.refused("bjorn", decision("G2", "go")) == {"not_entitled G2"}
    play.decides("eva", "G2", "go")
    assert play.phase() == "trial"


def test_a_seat_left_empty_is_a_blocker_and_never_a_silent_fall_back() -> None:
    play = a_play()
    play.do("bjorn", Assign("orderer", ()))
    assert play.shut_by("G2") == {"role_empty orderer"}


def test_who_is_appointed_is_said_each_time_and_replaces_whoever_was_before() -> None:
    play = a_play()
    play.decides("eva", "G2", "back")
    assert play.refused("bjorn", decision("G1", "go")) == {
        "carry_missing orderer", "carry_missing lead"
    }  # fmt: skip
    play.decides("bjorn", "G1", "go", appoint={**BOTH, "orderer": ("dag",)})
    assert play.refused("eva", decision("G2", "go")) == {"not_entitled G2"}
    assert play.project.members["orderer"] == ("dag",)


def test_no_more_are_appointed_than_there_are_seats() -> None:
    play = Play("F12", board="bjorn")
    two = {**BOTH, "delegate": ("dag", "nils")}
    assert play.refused("bjorn", decision("G1", "go", appoint=two)) == {"bad_value delegate"}


def test_a_delegate_who_was_appointed_decides_in_place_of_the_owner() -> None:
    plain, delegated = a_play(), a_play(delegate=("dag",))
    for play in (plain, delegated):
        play.decides("eva", "G2", "go")
    assert (plain.deciders("G3"), delegated.deciders("G3")) == (("orderer",), ("delegate",))
    assert delegated.refused("eva", decision("G3", "done")) == {"not_entitled G3"}
    delegated.decides("dag", "G3", "done")
    assert delegated.track() == "completed"
