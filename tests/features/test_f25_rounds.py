"""F25: projects wait for each other, are ranked by score, and the best are taken together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from innocities_engine.domain import commands as k
from innocities_engine.domain import rounds, taking
from innocities_engine.domain.project import Proposal
from innocities_engine.domain.whens import civil_day
from tests.features.driver import Play, decision

PEOPLE = {"lead": "astrid", "jury": "jan kari", "board": "bjorn berit"}
ROUND = taking.round_id("f25", "G1", 1)
AUTUMN = date(2026, 10, 15)


def an_idea(*, good: str = "", ripe: str = "met") -> Play:
    """An idea whose papers are presented, rated by both jurors if it says how."""
    play = Play("F25", **PEOPLE)
    play.submit("astrid", "idea")
    play.do("astrid", k.Present("G1"))
    for juror in ("jan", "kari") if good else ():
        play.do(juror, k.Rate("G1", {"good": good, "ripe": ripe}))
    return play


def candidate(play: Play) -> taking.Candidate:
    [found] = taking.candidates([play.situation], "G1")
    return found


def kept_out(play: Play) -> set[str]:
    return {b.code for b in rounds.kept_out(play.situation, play.passage("G1"))}


def test_nobody_is_taken_or_put_off_alone_but_anybody_can_be_stopped_or_paused() -> None:
    play = an_idea(good="met")
    for outcome in ("go", "later"):
        assert play.refused("bjorn", decision("G1", outcome)) == {"waits_for_round G1"}
    assert play.offered("G1") == {"pause", "stop"}
    play.decides("bjorn", "G1", "stop")
    play.decides("berit", "G1", "stop")
    assert play.track() == "stopped"


def test_what_is_ready_waits_for_the_next_day_of_the_round() -> None:
    play = an_idea(good="met")
    assert play.shut_by("G1") == set()
    assert civil_day(play.situation, rounds.opens(play.situation, play.passage("G1"))) == AUTUMN
    assert kept_out(play) == {"waits_for_round"}
    play.on(AUTUMN)
    assert kept_out(play) == set()


def test_what_is_not_presented_or_not_handed_in_is_kept_out_and_what_is_unrated_is_not() -> None:
    bare = Play("F25", **PEOPLE).on(AUTUMN)
    assert kept_out(bare) == {"wrong_state", "need_open"}
    unrated = an_idea().on(AUTUMN)
    assert kept_out(unrated) == set()


def test_an_idea_is_ranked_by_its_score_and_one_without_is_named() -> None:
    rated = taking.ranking([candidate(an_idea(good="partly"))])
    [placed] = rated.placed
    assert (placed.place, round(placed.entry.value or Decimal(0), 2)) == (1, Decimal("66.67"))
    assert {rater: round(v, 2) for rater, v in (placed.entry.ratings or {}).items()} == {
        "jan": Decimal("66.67"),
        "kari": Decimal("66.67"),
    }
    assert rated.takes == 2
    [unknown] = taking.ranking([candidate(an_idea())]).placed
    assert (unknown.place, unknown.entry.waits) == (0, ("good", "ripe"))


def test_a_vote_in_a_round_is_on_the_whole_plan_and_decides_when_all_projects_can_be() -> None:
    play = an_idea(good="met").on(AUTUMN)
    play.do("astrid", k.JoinRound("G1", ROUND))

    def vote(person: str, plan: str, *, concludes: bool = True) -> None:
        inside = k.Decide("G1", Proposal("go"))
        play.do(person, k.DecideInRound(inside, ROUND, plan, concludes=concludes))

    vote("bjorn", "one plan")
    vote("berit", "another plan")
    assert play.phase() == "waiting"
    vote("berit", "one plan", concludes=False)
    assert play.phase() == "waiting"
    vote("berit", "one plan")
    assert play.phase() == "trying"
    assert play.project.decisions[-1].round == ROUND


def test_whoever_decides_is_reminded_of_the_day_of_the_round() -> None:
    play = an_idea(good="met")
    assert play.reminded("decide:G1") == [("soon", date(2026, 10, 8), ("board",))]
    play.do("astrid", k.TakeBack("G1"))
    assert play.reminded("decide:G1") == []


def test_who_presents_is_judged_at_once_and_nobody_is_asked_to_decide_before_the_round() -> None:
    play = Play("F25", **PEOPLE)
    play.submit("astrid", "idea")
    play.do("astrid", k.Present("G1"))
    assert {(n.kind, n.role) for n in play.told} == {("rate_asked", "jury")}
    play.on(AUTUMN)
    play.do("astrid", k.JoinRound("G1", ROUND))
    assert ("round_opened", "board") in {(n.kind, n.role) for n in play.told}
