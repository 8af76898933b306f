"""F33: the decision to renew says anew who is in, and those who are left go on."""

from __future__ import annotations

from tests.features.driver import Play, decision

WITHOUT = "renew_without_a_party"
LEFT = {"parties": ("kommune", "havn")}


def a_play(parties: str = "kommune havn kraft") -> Play:
    return Play("F33", parties=parties, coordinator="petter")


def all_say(play: Play, outcome: str, parties: str, **carried: object) -> None:
    for party in parties.split():
        play.decides(party, "PG5", outcome, **carried)


def test_the_decision_must_say_who_is_left() -> None:
    play = a_play()
    assert play.refused("havn", decision("PG5", WITHOUT)) == {"carry_missing parties"}
    assert play.refused("havn", decision("PG5", "renew", appoint=LEFT)) == {"bad_value parties"}


def test_whoever_leaves_still_takes_part_in_this_decision_and_in_none_after_it() -> None:
    play = a_play()
    all_say(play, WITHOUT, "kommune havn", appoint=LEFT)
    assert play.instances("PG5") == ["open"]
    play.decides("kraft", "PG5", WITHOUT, appoint=LEFT)
    assert play.project.members["parties"] == LEFT["parties"]
    assert play.refused("kraft", decision("PG5", "end")) == {"not_entitled PG5"}
    all_say(play, "renew", "kommune havn")
    assert play.instances("PG5") == ["settled", "settled", "open"]


def test_fewer_than_it_takes_cannot_go_on() -> None:
    play = a_play()
    assert play.refused("havn", decision("PG5", WITHOUT, appoint={"parties": ("havn",)})) == {
        "carry_missing parties"
    }


def test_with_as_few_as_it_takes_nobody_may_leave() -> None:
    play = a_play("kommune havn")
    assert play.offered("PG5") == {"renew", "end"}
