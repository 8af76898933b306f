"""F14: somebody recommends, somebody else decides."""

from __future__ import annotations

from innocities_engine.domain.commands import Advise, AnswerFact
from innocities_engine.domain.project import Recorded
from tests.features.driver import Play, decision, method

BODIES = {"committee": "jan kari", "board": "lise mons", "council": "ola pia"}


def a_play(staff: bool = False, reviewed: str = "sound") -> Play:
    play = Play("F14", **BODIES, reviewer="rune", union="siri", answers={"staff": staff})
    if reviewed:
        play.decides("rune", "review", reviewed)
    return play


def advised(play: Play, advice: str, value: str, *people: str) -> None:
    for person in people:
        play.do(person, Advise("G1", advice, value))


def test_a_role_may_be_like_another() -> None:
    roles = method("F14").roles
    assert {(roles[name].kind, roles[name].seats_at_least) for name in BODIES} == {("body", 2)}
    assert roles["council"].title == {"en": "Council"}


def test_a_prior_review_must_have_come_to_the_right_end() -> None:
    for reviewed in ("", "unsound"):
        assert "need_open review" in a_play(reviewed=reviewed).shut_by("G1")
    assert "need_open review" not in a_play().shut_by("G1")


def test_the_gate_waits_for_required_advice_and_not_for_what_is_only_welcome() -> None:
    assert a_play().shut_by("G1") == {"advice_missing prepares", "advice_missing proposes"}
    assert "advice_missing heard" in a_play(staff=True).shut_by("G1")
    play = a_play()
    play.do("siri", AnswerFact("staff", None))
    assert "answer_first staff" in play.shut_by("G1")


def test_one_adviser_waits_for_another() -> None:
    play = a_play()
    assert play.refused("lise", Advise("G1", "proposes", "go")) == {"advice_missing prepares"}
    advised(play, "prepares", "go", "jan")
    assert play.refused("lise", Advise("G1", "proposes", "go")) == {"advice_missing prepares"}
    advised(play, "prepares", "go", "kari")
    advised(play, "proposes", "go", "lise", "mons")
    assert play.shut_by("G1") == set()


def test_advice_is_a_value_of_its_scale_and_given_by_those_asked() -> None:
    play = a_play(staff=True)
    assert play.refused("siri", Advise("G1", "heard", "go")) == {"bad_value heard"}
    assert play.refused("jan", Advise("G1", "heard", "agrees")) == {"not_entitled heard"}
    advised(play, "heard", "objects", "siri")
    assert "advice_missing heard" not in play.shut_by("G1")
    assert a_play().refused("siri", Advise("G1", "heard", "agrees")) == {"not_open G1/heard"}


def test_whoever_advises_does_not_decide_and_the_council_may_still_say_no() -> None:
    play = a_play()
    advised(play, "prepares", "go", "jan", "kari")
    advised(play, "proposes", "go", "lise", "mons")
    assert play.refused("lise", decision("G1", "go")) == {"not_entitled G1"}
    for person in ("ola", "pia"):
        play.decides(person, "G1", "stop")
    assert play.track() == "stopped"


def test_an_outcome_may_be_offered_only_on_the_advice_of_a_body() -> None:
    play = a_play()
    advised(play, "prepares", "stop", "jan", "kari")
    advised(play, "proposes", "stop", "lise", "mons")
    assert play.refused("ola", decision("G1", "go")) == {"not_offered G1.go"}


def test_what_is_referred_back_is_advised_on_again() -> None:
    play = a_play()
    advised(play, "prepares", "go", "jan", "kari")
    advised(play, "proposes", "go", "lise", "mons")
    for person in ("ola", "pia"):
        play.decides(person, "G1", "refer_back")
    assert play.shut_by("G1") == {"advice_missing prepares", "advice_missing proposes"}


def test_the_advice_of_a_body_may_be_written_down_by_one_of_its_members() -> None:
    play = a_play()
    given = Advise("G1", "prepares", "go", recorded=Recorded("jan", ("jan", "kari"), "4/26"))
    assert play.refused("rune", given) == {"not_entitled prepares"}
    play.do("jan", given)
    assert "advice_missing prepares" not in play.shut_by("G1")
