"""What a whole life of a programme shows: years that count anew after a renewal, pilots that are
counted for good, parties that come and go. Single gates are the inventory's matter.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest

from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import gates, reminders
from innocities_engine.domain import grammar as g
from innocities_engine.domain.definition import Need
from innocities_engine.domain.project import NeedStatus, Proposal
from tests.builders import Walk, a_walk
from tests.methodology import children, readying, staging, wanting
from tests.methodology.checks_method import _overlaid
from tests.methodology.checks_time import due_days
from tests.methodology.listed_programmes import COUNTS, PROGRAMME, SWEDISH

SIGNED_AGAIN = date(2028, 3, 6)
LEFT = ("avtaleparter_1", "avtaleparter_2")
A_DAY = timedelta(days=1)


def pilots(walk: Walk) -> g.ProjectsTest:
    rule = _goal(walk).done
    assert isinstance(rule, g.ProjectsTest)
    return rule


def _goal(walk: Walk) -> Need:
    return walk.method.phases["portefolje"].needs["seks_piloter"]


def start(walk: Walk) -> set[str]:
    """Why a project cannot be started now; empty if it can."""
    command = k.StartFrom("child", COUNTS[walk.method.id], "1.0.0", "Child")
    return {b.code for b in walk.refusal(command, readying.leader(walk))}


def offered(walk: Walk, gate: str) -> set[str]:
    outcomes = walk.method.gates[gate].outcomes.values()
    return {o.id for o in outcomes if not gates.offered(walk.situation, walk.passage(gate), o)}


@cache
def at(gate: str) -> Walk:
    """The gate is open and ready, in the first years."""
    return readying.ready(staging.at(PROGRAMME, gate), gate)


@cache
def renewed(outcome: str = "renew") -> Walk:
    """The agreement was renewed and is to be signed anew."""
    walk = readying.decided(at("PG5"), "PG5", outcome)
    assert walk.phase() == "avtale"
    return walk


@cache
def in_the_second_period() -> Walk:
    """Signed anew on a day of its own, and as far as running the programme."""
    walk = readying.ready(renewed(), "PG0").on(SIGNED_AGAIN)
    walk = readying.passed(walk, "PG0")
    while walk.phase() != "drift":
        walk = readying.passed(walk, readying.exit_gate(walk))
    return walk


# ---------------------------------------------------------------- projects


def test_projects_are_started_while_the_portfolio_is_built_and_while_the_programme_runs() -> None:
    startable = {
        phase: start(staging.at(PROGRAMME, gate)) == set()
        for phase, gate in (
            ("avtale", "PG0"),
            ("forankring", "PG1"),
            ("kickoff", "PG2"),
            ("portefolje", "PG3"),
            ("drift", "PG4"),
            ("fornyelse", "PG5"),
        )
    }

    assert {phase for phase, can in startable.items() if can} == {"portefolje", "drift"}


def test_nothing_is_started_while_the_programme_is_on_hold() -> None:
    held = readying.decided(staging.at(PROGRAMME, "PG3"), "PG3", "hold")

    assert start(held) == {"not_startable"}
    assert start(held.do(k.Resume("avtale"), "styringsgruppe_1")) == set()


def test_the_reminder_of_six_pilots_ends_with_the_sixth() -> None:
    walk = staging.placed(PROGRAMME, "PG3", staging.Given())
    goal = next(n.key for n in walk.project.needs.values() if n.ref == "portefolje/seks_piloter")

    def reminded(there: Walk) -> bool:
        until = there.now + timedelta(days=400)
        lines = reminders.reminders(there.method, there.project, there.inputs, there.now, until)
        return any(line.obligation == goal for line in lines)

    five = children.started(walk, pilots(walk), 5)
    assert reminded(five)
    assert not reminded(children.started(five, pilots(walk), 1))


def test_the_goal_keeps_the_count_with_which_it_was_reached() -> None:
    walk = staging.at(PROGRAMME, "PG3")
    walk = children.started(walk, pilots(walk), 6).do(k.Comment("look"), "nobody")
    [done] = [x for x in walk.happened if isinstance(x, e.NeedDone)]

    assert (done.need, done.counts) == (
        "portefolje/seks_piloter#1",
        {"smartby-prosjekt: pilot entered": 6},
    )


@pytest.mark.parametrize("n", [4, 9])
def test_another_number_of_pilots_is_an_overlay(n: int) -> None:
    rule = {
        "projects": "smartby-prosjekt",
        "having": {"phase": "pilot", "is": "entered"},
        "at_least": n,
    }
    method = _overlaid(staging.method(PROGRAMME), "phases/portefolje/needs/seks_piloter/done", rule)
    walk = readying.arrived(a_walk(method), "PG3")
    shut = readying.ready(walk, "PG3", wanting.Wishes(frozenset({"seks_piloter"})))

    assert readying.why_not(children.started(shut, pilots(shut), n - 1), "PG3") == {"seks_piloter"}
    assert readying.why_not(children.started(shut, pilots(shut), n), "PG3") == set()


# ---------------------------------------------------------------- years


def test_after_a_renewal_the_years_count_from_the_new_signature() -> None:
    walk = in_the_second_period()

    assert walk.project.open_passage("PG4") is None
    assert walk.on(date(2028, 12, 5)).project.open_passage("PG4") is None
    walk = walk.on(date(2028, 12, 6))  # nine months
    assert walk.passage("PG4").n == 4
    assert due_days(walk, "PG4/arsrapport")[-1] == date(2029, 3, 6)


def test_the_second_three_years_are_like_the_first() -> None:
    walk = in_the_second_period()
    while walk.phase() == "drift":
        walk = readying.at_exit(walk)
        walk = readying.passed(walk, "PG4")

    assert walk.phase() == "fornyelse"
    assert [p.outcome for p in walk.project.passages_of("PG4")] == ["continue"] * 6
    assert due_days(walk, "PG5/treaarsevaluering")[-1] == date(2031, 3, 6)
    assert readying.decided(readying.ready(walk, "PG5"), "PG5", "renew").phase() == "avtale"


def test_a_year_that_was_not_evaluated_in_time_is_still_evaluated() -> None:
    signed = readying.passed(staging.at(PROGRAMME, "PG0"), "PG0").today
    late = staging.at(PROGRAMME, "PG4").on(signed + timedelta(days=670))  # the 22nd month
    decided = readying.passed(late, "PG4")

    assert decided.phase() == "drift"
    assert decided.passage("PG4").n == 2


def test_after_a_renewal_everything_is_asked_anew() -> None:
    walk = renewed()
    for gate in ("PG0", "PG1", "PG2", "PG3"):
        walk = readying.arrived(walk, gate)
        owed = readying.names(walk.review(gate).blockers)
        assert owed >= {
            need.id
            for need in walk.method.gates[gate].needs.values()
            if need.of in walk.method.artefacts and need.required is True
        }


def test_the_pilots_of_the_first_years_still_count() -> None:
    walk = readying.arrived(renewed(), "PG3")
    asked = [n for n in walk.project.needs.values() if n.ref == "portefolje/seks_piloter"]

    assert [n.status for n in asked] == [NeedStatus.DONE, NeedStatus.DONE]
    assert len(walk.project.children) == 6


def test_ending_completes_the_programme_and_nothing_more_is_started() -> None:
    walk = readying.decided(at("PG5"), "PG5", "end")
    track = walk.track()

    assert track is not None
    assert track.end == "completed"
    assert start(walk) == {"not_startable"}


# ---------------------------------------------------------------- parties


def test_whoever_leaves_takes_part_in_the_decision_that_lets_them_go() -> None:
    offer = readying.proposal(at("PG5"), "PG5", "renew_without_a_party", "avtaleparter_1")
    offer = Proposal(offer.outcome, appoint={"avtaleparter": LEFT}, attach=offer.attach)
    walk = at("PG5")
    for party in LEFT:
        walk = walk.do(k.Decide("PG5", offer), party)
    assert walk.phase() == "fornyelse"

    walk = walk.do(k.Decide("PG5", offer), "avtaleparter_3")
    assert walk.phase() == "avtale"
    assert walk.members("avtaleparter") == LEFT
    later = readying.arrived(walk, "PG4")
    assert {b.code for b in later.refusal(k.Decide("PG4", Proposal("stop")), "avtaleparter_3")} == {
        "not_entitled"
    }


def test_those_who_are_left_are_at_least_two() -> None:
    two = at("PG5").do(k.Assign("avtaleparter", LEFT), "starter")

    assert "renew_without_a_party" in offered(at("PG5"), "PG5")
    assert offered(readying.ready(two, "PG5"), "PG5") == {"renew", "rework", "end"}


def test_a_new_party_can_join_when_the_agreement_is_signed_anew() -> None:
    more = ("avtaleparter_1", "avtaleparter_2", "avtaleparter_3", "kraftselskapet")
    walk = renewed().do(k.Assign("avtaleparter", more), "starter")
    later = readying.arrived(walk, "PG4")

    assert readying.deciders(later, "PG4") == more


# ---------------------------------------------------------------- elsewhere


@pytest.mark.parametrize("method", sorted(COUNTS))
def test_in_every_programme_a_life_leads_to_a_renewal(method: str) -> None:
    walk = staging.begun(method)
    while not readying.is_over(walk):
        walk = readying.at_exit(walk)
        walk = readying.passed(walk, readying.exit_gate(walk))

    assert walk.phase() == "avtale"
    assert {child.method for child in walk.project.children} == {COUNTS[method]}
    assert len(list(walk.project.passages_of("PG4"))) == 3


def test_in_sweden_the_director_follows_no_recommendation_by_force() -> None:
    walk = readying.ready(staging.at(SWEDISH, "PG2"), "PG2", wanting.Wishes(frozenset({"rad_PG2"})))
    for member in walk.members("styringsgruppe")[:3]:
        walk = walk.do(k.Advise("PG2", "rad_PG2", "stop", "too few ideas"), member)

    assert readying.decided(walk, "PG2", "go").phase() == "portefolje"
