"""F15: several people approve: all of them, any of them, a part of them; some only rate."""

from __future__ import annotations

import pytest

from innocities_engine.domain import judgements, people
from innocities_engine.domain.commands import Rate
from innocities_engine.domain.project import Recorded, VoiceKind
from tests.features.driver import Play, decision

PEOPLE = {
    "lead": "astrid", "jury": "jan kari", "council": "a b c d e", "city": "eva", "port": "per",
    "deputy": "dag",
}  # fmt: skip


def a_play(*through: str) -> Play:
    """A play whose first gates are behind it."""
    play = Play("F15", **PEOPLE)
    for gate in through:
        if gate == "G1":
            for person in ("jan", "kari"):
                play.do(person, Rate("G1", {"good": "met"}))
        for person in {"G1": ("eva",), "G2": ("jan", "kari", "per"), "G3": ("dag",)}[gate]:
            play.decides(person, gate, "go")
    return play


def seen(play: Play, person: str) -> set[str]:
    """Whose verdicts this person may see."""
    gate = play.method.gates["G1"]
    who = judgements.raters_of(gate, gate.criteria["good"])
    found = judgements.ballot(play.situation, play.passage("G1"), VoiceKind.VERDICT, "good")
    return {voice.person for voice in people.shown(play.situation, who, found, person)}


def test_ratings_are_given_by_others_than_the_decider_and_nobody_else() -> None:
    play = a_play()
    assert play.refused("eva", Rate("G1", {"good": "met"})) == {"not_entitled good"}
    assert play.refused("jan", decision("G1", "go")) == {"not_entitled G1"}


def test_a_verdict_stands_when_the_quorum_has_rated_and_is_the_best_that_all_gave_or_bettered() -> (
    None
):
    play = a_play()
    play.do("jan", Rate("G1", {"good": "met"}))
    assert play.shut_by("G1") == {"criterion_unrated good"}
    play.do("kari", Rate("G1", {"good": "not_met"}))
    assert play.shut_by("G1") == {"criterion_below good"}
    play.do("kari", Rate("G1", {"good": "partly"}))
    assert play.shut_by("G1") == set()


def test_blind_ratings_are_shown_together_when_the_quorum_has_rated() -> None:
    play = a_play()
    play.do("jan", Rate("G1", {"good": "met"}))
    assert (seen(play, "jan"), seen(play, "kari"), seen(play, "eva")) == ({"jan"}, set(), set())
    play.do("kari", Rate("G1", {"good": "partly"}))
    assert seen(play, "jan") == seen(play, "eva") == {"jan", "kari"}


def test_every_one_of_several_roles_must_agree_each_with_its_own_quorum() -> None:
    play = a_play("G1")
    for person in ("jan", "per"):
        play.decides(person, "G2", "go")
    assert play.phase() == "second"
    play.decides("kari", "G2", "go")
    assert play.phase() == "third"
    assert play.project.decisions[-1].by == ("jan", "kari", "per")


def test_voices_for_different_outcomes_do_not_add_up() -> None:
    play = a_play("G1")
    for person, outcome in (("jan", "go"), ("kari", "go"), ("per", "stop")):
        play.decides(person, "G2", outcome)
    assert (play.phase(), play.track()) == ("second", "running")
    play.decides("per", "G2", "go")
    assert play.phase() == "third"


@pytest.mark.parametrize("person", ["eva", "dag"])
def test_any_one_of_several_roles_is_enough(person: str) -> None:
    play = a_play("G1", "G2")
    play.decides(person, "G3", "go")
    assert play.phase() == "fourth"


def test_a_percentage_is_rounded_up_to_whole_people() -> None:
    play = a_play("G1", "G2", "G3")
    for person in ("a", "b"):
        play.decides(person, "G4", "done")
    assert play.track() == "running"
    play.decides("c", "G4", "done")
    assert play.track() == "completed"


def test_a_vote_can_be_changed_until_the_decision_is_taken() -> None:
    play = a_play("G1", "G2", "G3")
    for person in ("a", "b"):
        play.decides(person, "G4", "done")
    play.decides("b", "G4", "stop")
    play.decides("c", "G4", "done")
    assert play.track() == "running"


def test_what_a_body_decided_in_session_is_written_down_once_by_one_of_its_members() -> None:
    play = a_play("G1", "G2", "G3")
    result = Recorded("a", ("a", "c", "e"), minutes="44/26")
    assert play.refused("astrid", decision("G4", "done", recorded=result)) == {"not_entitled G4"}
    play.decides("a", "G4", "done", recorded=result)
    taken = play.project.decisions[-1]
    assert (taken.by, taken.recorded and taken.recorded.minutes) == (("a", "c", "e"), "44/26")
    assert play.track() == "completed"
