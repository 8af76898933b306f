"""Rounds: projects that wait at the same gate are ranked, taken together or not at all, and what
happened to the round stands in a stream of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from innocities_engine import errors, library
from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Project, Proposal
from innocities_engine.domain.round_events import RoundOpened, RoundTaken
from innocities_engine.domain.taking import (
    OpenRound,
    TakeRound,
    round_id,
)
from innocities_engine.rounds import RoundView, look, open_round, take_round
from innocities_engine.store import record, tables
from innocities_engine.store.transactions import read
from tests.features.driver import DEFINITIONS
from tests.store.given import LINK, World, a_person, a_world

ROUND_DAY = datetime(2026, 3, 15, 9, tzinfo=UTC)
OPEN = OpenRound("f25", "G1")
GO = Proposal("go")
JURY, BOARD = ("jan", "kari"), ("bjorn", "berit")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = a_world(tmp_path)
    for person in (*JURY, "berit"):
        made.office.put_person("oslo", a_person(person, "member"), "dag")
    made.office.publish("oslo", library.resolved(DEFINITIONS / "F25.yaml"), "dag")
    yield made
    made.store.close()


def waiting(
    world: World, project: str, good: str = "", ripe: str = "partly", version: str = "1.0.0"
) -> str:
    """A project that has presented its idea, rated by the whole jury if it says how."""
    world.started(
        project=project,
        title=f"Idea {project}",
        method="f25",
        version=version,
        members={"lead": ("astrid",), "jury": JURY, "board": BOARD},
    )
    do(world, project, k.Submit("idea", LINK))
    do(world, project, k.Present("G1"))
    for juror in JURY if good else ():
        do(world, project, k.Rate("G1", {"good": good, "ripe": ripe}), juror)
    return project


def do(world: World, project: str, command: k.Command, actor: str = "astrid") -> None:
    world.clock.forward(seconds=1)
    world.engine.execute("oslo", project, command, actor)


def opened(world: World) -> None:
    world.clock.now = max(world.clock.now, ROUND_DAY)
    open_round(world.engine, "oslo", OPEN, "astrid")


def take(*taken: str, **how: str) -> TakeRound:
    return TakeRound("f25", "G1", dict.fromkeys(taken, GO), **how)  # type: ignore[arg-type]


def taken_by_all(world: World, command: TakeRound) -> None:
    for member in BOARD:
        world.clock.forward(seconds=1)
        take_round(world.engine, "oslo", command, member)


def phases(world: World) -> dict[str, str]:
    return {each.id: each.phase for each in world.engine.projects("oslo", "astrid")}


def view(world: World) -> RoundView:
    [found] = look(world.engine, "oslo", "astrid")
    return found


def refused(refusal: pytest.ExceptionInfo[errors.Refused]) -> list[str]:
    return [b.code for b in refusal.value.blockers if isinstance(b, Blocker)]


def happened(world: World, n: int = 1) -> list[object]:
    with read(world.store) as connection:
        return list(record.stream(connection, "oslo", round_id("f25", "G1", n)))


@pytest.mark.parametrize("person", ["nobody", "jan"])
def test_nobody_unknown_or_gone_is_appointed(world: World, person: str, tmp_path: Path) -> None:
    text = (DEFINITIONS / "F25.yaml").read_text(encoding="utf-8")
    text = text.replace("{to: trying}", "{to: trying, needs: {keeper: {due: decision}}}")
    text = text.replace("\nfacts:", "\n  keeper: {title: {en: Keeper}}\nfacts:", 1)
    file = tmp_path / "f25.yaml"
    file.write_text(text.replace('version: "1.0.0"', 'version: "1.1.0"'), encoding="utf-8")
    world.office.publish("oslo", library.resolved(file), "dag")
    waiting(world, "a", "met", version="1.1.0")
    opened(world)
    world.office.put_person("oslo", replace(a_person("jan", "member"), active=False), "dag")
    go = Proposal("go", appoint={"keeper": (person,)})

    with pytest.raises((errors.Refused, errors.NotFound)) as refusal:
        take_round(world.engine, "oslo", TakeRound("f25", "G1", {"a": go}), "bjorn")

    assert person in f"{refusal.value}{getattr(refusal.value, 'blockers', '')}"


# ---------------------------------------------------------------- alone


@pytest.mark.parametrize("outcome", ["go", "later"])
def test_nobody_is_taken_or_put_off_alone(world: World, outcome: str) -> None:
    project = waiting(world, "a", "met")

    with pytest.raises(errors.Refused) as refusal:
        do(world, project, k.Decide("G1", Proposal(outcome)), "bjorn")

    assert refused(refusal) == ["waits_for_round"]


def test_an_override_passes_no_round(world: World) -> None:
    project = waiting(world, "a", "met")
    do(world, project, k.Assign("board", ("dag",)))

    with pytest.raises(errors.Refused) as refusal:
        do(world, project, k.Decide("G1", GO, override="In a hurry"), "dag")

    assert refused(refusal) == ["waits_for_round"]


def test_a_project_is_stopped_alone_and_leaves_the_round(world: World) -> None:
    for name in "ab":
        waiting(world, name, "met")
    opened(world)

    for member in BOARD:
        do(world, "a", k.Decide("G1", Proposal("stop")), member)

    assert [one.project for one in view(world).ranking.placed] == ["b"]


def test_no_command_of_a_round_is_given_to_one_project_by_hand(world: World) -> None:
    project = waiting(world, "a", "met")
    opened(world)
    inside = k.DecideInRound(k.Decide("G1", GO), round_id("f25", "G1", 1), "", concludes=True)

    for command in (k.JoinRound("G1", "round:f25:G1:2"), inside):
        with pytest.raises(errors.NotPermitted):
            do(world, project, command, "dag")


# ---------------------------------------------------------------- opening


def test_a_round_opens_on_its_day_and_not_before(world: World) -> None:
    waiting(world, "a", "met")

    with pytest.raises(errors.Refused) as refusal:
        open_round(world.engine, "oslo", OPEN, "astrid")
    assert refused(refusal) == ["round_empty"]
    [early] = view(world).waiting
    assert early.opens == ROUND_DAY.date()

    opened(world)
    state = view(world).state
    assert state is not None
    assert (state.n, dict(state.passages)) == (1, {"a": "G1#1"})


def test_who_has_not_presented_waits_for_the_next_round(world: World) -> None:
    waiting(world, "a", "met")
    waiting(world, "b", "met")
    do(world, "b", k.TakeBack("G1"))
    opened(world)
    do(world, "b", k.Present("G1"))

    [late] = view(world).waiting

    assert late.candidate.project == "b"
    assert [b.code for b in late.kept_out] == []
    taken_by_all(world, take("a"))
    world.clock.forward(days=1)
    do(world, "b", k.TakeBack("G1"))
    do(world, "b", k.Present("G1"))
    [late] = [each for each in view(world).waiting if each.candidate.project == "b"]
    assert late.opens == datetime(2026, 10, 15, tzinfo=UTC).date()
    assert [b.code for b in late.kept_out] == ["waits_for_round"]


def test_each_opening_makes_one_round_also_for_those_who_were_not_ready(world: World) -> None:
    """Presented in time, but without its paper: it waits for the next opening, and is told so."""
    waiting(world, "a", "met")
    world.started(
        project="b", title="Idea b", method="f25",
        members={"lead": ("astrid",), "jury": JURY, "board": BOARD},
    )  # fmt: skip
    do(world, "b", k.Present("G1"))
    opened(world)
    do(world, "b", k.Submit("idea", LINK))
    taken_by_all(world, take("a"))

    [(late, day)] = [(each.kept_out, each.opens) for each in view(world).waiting]
    assert [blocker.code for blocker in late] == ["waits_for_round"]
    assert day == date(2026, 10, 15)
    with pytest.raises(errors.Refused) as refusal:
        open_round(world.engine, "oslo", OPEN, "astrid")
    assert refused(refusal) == ["round_empty"]

    world.clock.now = datetime(2026, 10, 15, 9, tzinfo=UTC)
    opened(world)
    state = view(world).state
    assert state is not None
    assert (state.n, list(state.passages)) == (2, ["b"])
    assert examine(world.engine) == []


def test_who_was_ready_when_the_round_was_opened_is_in_it_however_late_that_was(
    world: World,
) -> None:
    waiting(world, "a", "met")
    world.started(
        project="b", title="Idea b", method="f25",
        members={"lead": ("astrid",), "jury": JURY, "board": BOARD},
    )  # fmt: skip
    do(world, "b", k.Present("G1"))
    world.clock.now = ROUND_DAY + timedelta(days=20)
    do(world, "b", k.Submit("idea", LINK))

    opened(world)

    state = view(world).state
    assert state is not None
    assert list(state.passages) == ["a", "b"]


def test_one_round_of_a_gate_is_open_at_a_time(world: World) -> None:
    waiting(world, "a", "met")
    opened(world)
    waiting(world, "b", "met")

    with pytest.raises(errors.Refused) as refusal:
        open_round(world.engine, "oslo", OPEN, "astrid")

    assert refused(refusal) == ["round_open"]


def test_a_round_is_opened_by_whoever_steers_or_has_a_voice_in_it(world: World) -> None:
    waiting(world, "a", "met")
    world.clock.now = ROUND_DAY

    with pytest.raises(errors.NotPermitted):
        open_round(world.engine, "oslo", OPEN, "jan")
    open_round(world.engine, "oslo", OPEN, "berit")

    assert view(world).state is not None


# ---------------------------------------------------------------- taking


def test_the_first_are_taken_the_others_put_off_and_all_of_it_at_once(world: World) -> None:
    for name, good in {"a": "partly", "b": "met", "c": "not_met", "d": "met"}.items():
        waiting(world, name, good)
    opened(world)

    taken_by_all(world, take("b", "d"))

    assert phases(world) == {"a": "waiting", "b": "trying", "c": "waiting", "d": "trying"}
    begun, ended = happened(world)
    assert isinstance(begun, RoundOpened)
    assert isinstance(ended, RoundTaken)
    assert ended.outcomes == {"a": "later", "b": "go", "c": "later", "d": "go"}
    assert ended.places == {"b": 1, "d": 1, "a": 3, "c": 4}
    assert (ended.takes, ended.departed) == (2, False)
    assert examine(world.engine) == []


def test_votes_alone_decide_nothing_until_the_quorum_is_there_in_every_project(
    world: World,
) -> None:
    for name, good in {"a": "partly", "b": "met", "c": "not_met"}.items():
        waiting(world, name, good)
    opened(world)

    take_round(world.engine, "oslo", take("a", "b"), "bjorn")
    assert set(phases(world).values()) == {"waiting"}
    departing = take("b", "c", departing="C is cheap")
    take_round(world.engine, "oslo", departing, "berit")

    assert set(phases(world).values()) == {"waiting"}
    assert len(happened(world)) == 1
    take_round(world.engine, "oslo", departing, "bjorn")
    assert phases(world) == {"a": "waiting", "b": "trying", "c": "trying"}
    ended = happened(world)[-1]
    assert isinstance(ended, RoundTaken)
    assert (ended.departed, ended.departing) == (True, "C is cheap")


def test_a_vote_on_what_the_ranking_proposed_is_none_for_a_departure_from_it(world: World) -> None:
    for name, good in {"a": "met", "b": "partly", "c": "not_met"}.items():
        waiting(world, name, good)
    opened(world)
    take_round(world.engine, "oslo", take("a", "b"), "bjorn")
    for juror in JURY:
        do(world, "c", k.Rate("G1", {"good": "met"}), juror)

    departing = take("a", "b", departing="B is nearly done")
    take_round(world.engine, "oslo", departing, "berit")

    assert set(phases(world).values()) == {"waiting"}
    take_round(world.engine, "oslo", departing, "bjorn")
    assert phases(world) == {"a": "trying", "b": "trying", "c": "waiting"}


def test_a_vote_for_passing_over_some_is_none_for_passing_over_others(world: World) -> None:
    ranked = {"a": ("met", "met"), "b": ("met", "partly"), "c": ("partly", "partly"),
              "d": ("partly", "not_met")}  # fmt: skip
    for name, (good, ripe) in ranked.items():
        waiting(world, name, good, ripe)
    opened(world)
    departing = take("c", "d", departing="They cost nothing")
    take_round(world.engine, "oslo", departing, "bjorn")
    for juror in JURY:
        do(world, "b", k.Rate("G1", {"good": "not_met", "ripe": "not_met"}), juror)

    take_round(world.engine, "oslo", departing, "berit")

    assert set(phases(world).values()) == {"waiting"}
    take_round(world.engine, "oslo", departing, "bjorn")
    assert phases(world)["c"] == phases(world)["d"] == "trying"


def test_a_vote_in_one_round_is_none_in_the_next_nor_at_another_asking(world: World) -> None:
    """Nor where the same projects are to be taken in the same way."""
    waiting(world, "a", "met")
    waiting(world, "b", "met")
    opened(world)
    take_round(world.engine, "oslo", take("a", "b"), "bjorn")
    do(world, "a", k.TakeBack("G1"))
    do(world, "a", k.Present("G1"))
    assert view(world).state is not None
    take_round(world.engine, "oslo", take("b"), "berit")
    assert set(phases(world).values()) == {"waiting"}

    take_round(world.engine, "oslo", take("b"), "bjorn")
    world.clock.now = datetime(2026, 10, 16, 9, tzinfo=UTC)
    opened(world)
    take_round(world.engine, "oslo", take("a"), "berit")
    assert phases(world) == {"a": "waiting", "b": "trying"}


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ("ab", "round_departs"),
        ("cd", "round_departs"),
        ("d", "round_departs"),
        ("b", "round_fewer"),
        ("", "round_fewer"),
        ("abc", "round_takes"),
        ("bx", "not_in_round"),
    ],
)
def test_another_choice_than_the_ranking_proposes_needs_a_reason(
    world: World, chosen: str, code: str
) -> None:
    ranked = {"a": ("partly", "not_met"), "b": ("met", "met"), "c": ("met", "partly"),
              "d": ("partly", "partly")}  # fmt: skip
    for name, (good, ripe) in ranked.items():
        waiting(world, name, good, ripe)
    opened(world)

    with pytest.raises(errors.Refused) as refusal:
        take_round(world.engine, "oslo", take(*chosen), "bjorn")

    assert refused(refusal) == [code]
    if code in ("round_departs", "round_fewer"):
        taken_by_all(world, take(*chosen, departing="Said why"))
        assert {p for p, phase in phases(world).items() if phase == "trying"} == set(chosen)


def test_a_tie_is_broken_by_people_and_by_nobody_else(world: World) -> None:
    for name, good in {"a": "partly", "b": "met", "c": "partly"}.items():
        waiting(world, name, good)
    opened(world)

    with pytest.raises(errors.Refused) as refusal:
        take_round(world.engine, "oslo", take("b"), "bjorn")
    assert refused(refusal) == ["round_tie"]

    taken_by_all(world, take("b", "c"))
    assert phases(world) == {"a": "waiting", "b": "trying", "c": "trying"}


def test_who_has_no_score_stands_last_and_cannot_be_taken(world: World) -> None:
    waiting(world, "a")
    waiting(world, "b", "not_met")
    opened(world)

    unrated = view(world).ranking.placed[-1]
    assert (unrated.project, unrated.place) == ("a", 0)
    assert unrated.entry.waits == ("good", "ripe")


def test_a_ranking_that_is_no_longer_so_is_a_conflict(world: World) -> None:
    waiting(world, "a", "partly")
    waiting(world, "b", "met")
    opened(world)
    before = view(world).ranking.digest
    do(world, "a", k.Rate("G1", {"good": "met"}), "jan")

    with pytest.raises(errors.Conflict):
        take_round(world.engine, "oslo", take("a", "b", ranking=before), "bjorn")

    taken_by_all(world, take("a", "b"))


def test_a_round_is_taken_once(world: World) -> None:
    waiting(world, "a", "met")
    opened(world)
    taken_by_all(world, take("a"))

    with pytest.raises(errors.RoundOver):
        take_round(world.engine, "oslo", take("a"), "bjorn")


def test_the_same_under_the_same_key_is_done_once(world: World) -> None:
    waiting(world, "a", "met")
    opened(world)
    take_round(world.engine, "oslo", take("a"), "bjorn")

    first, again = (
        take_round(world.engine, "oslo", take("a"), "berit", idempotency_key="once")
        for _ in range(2)
    )

    assert [each.repeated for each in (*first, *again)] == [False, True]
    assert first[0].events == again[0].events


def test_a_dry_run_decides_nothing(world: World) -> None:
    waiting(world, "a", "met")
    opened(world)
    take_round(world.engine, "oslo", take("a"), "bjorn")
    before = world.office.checkpoint("oslo")

    [would] = take_round(world.engine, "oslo", take("a"), "berit", dry_run=True)

    assert any(isinstance(x, e.GateDecided) for x in would.events)
    assert world.office.checkpoint("oslo") == before


def test_who_is_put_off_may_present_again_for_the_next_round(world: World) -> None:
    waiting(world, "a", "met")
    waiting(world, "b", "not_met", "not_met")
    opened(world)
    taken_by_all(world, take("a", departing="One is enough"))
    world.clock.now = datetime(2026, 10, 16, 9, tzinfo=UTC)
    do(world, "b", k.Present("G1"))
    world.clock.now = datetime(2027, 3, 15, 9, tzinfo=UTC)

    opened(world)

    state = view(world).state
    assert state is not None
    assert (state.n, list(state.passages)) == (2, ["b"])
    assert examine(world.engine) == []


# ---------------------------------------------------------------- a decision that was annulled


@pytest.fixture
def taken(world: World) -> World:
    """A round that has taken b and d, and put off a and c."""
    for name, good in {"a": "partly", "b": "met", "c": "not_met", "d": "met"}.items():
        waiting(world, name, good)
    opened(world)
    taken_by_all(world, take("b", "d"))
    return world


def annul(world: World, *projects: str) -> None:
    for project in projects:
        do(world, project, k.Correct("G1", "Another project was meant"), "dag")


def stands(world: World, project: str) -> Project:
    return world.engine.view("oslo", project, "dag").project


def test_a_project_stands_again_as_before_the_round_and_the_others_as_they_do(
    taken: World,
) -> None:
    others = {name: stands(taken, name) for name in "acd"}
    voted = taken.engine.as_of("oslo", "b", "dag", taken.clock() - timedelta(seconds=1))
    record_of_the_round = happened(taken)
    annul(taken, "b")

    project = stands(taken, "b")
    assert replace(project, corrections=(), as_of=None) == replace(voted, as_of=None)
    assert [(x.passage, x.outcome, x.by) for x in project.corrections] == [("G1#1", "go", "dag")]
    assert {name: stands(taken, name) for name in "acd"} == others
    assert happened(taken) == record_of_the_round
    assert {"GateDecided", "DecisionCorrected"} <= {
        entry.type for entry in taken.engine.history("oslo", "b", "dag")
    }
    assert examine(taken.engine) == []


def test_the_place_that_becomes_free_is_given_in_the_same_round(taken: World) -> None:
    annul(taken, "b", "a")

    seen = view(taken)
    assert seen.state is not None
    assert (seen.state.n, seen.ranking.takes) == (1, 1)
    assert [one.project for one in seen.ranking.placed] == ["b", "a"]
    assert set(seen.annulled[seen.state.id]) == {"a", "b"}
    with pytest.raises(errors.Refused) as refusal:
        take_round(taken.engine, "oslo", take("a", "b"), "bjorn")
    assert refused(refusal) == ["round_takes"]

    taken_by_all(taken, take("a", departing="It was a that was meant"))
    assert phases(taken) == {"a": "trying", "b": "waiting", "c": "waiting", "d": "trying"}
    [again] = view(taken).past
    assert again.taken is not None
    assert again.taken.outcomes == {"a": "go", "b": "later", "c": "later", "d": "go"}
    assert (again.taken.taken, again.taken.left) == (("a", "d"), ())
    assert view(taken).annulled[again.id] == ()
    assert len(happened(taken)) == 3
    assert examine(taken.engine) == []


def test_who_was_put_off_by_mistake_gets_no_place_that_is_taken(taken: World) -> None:
    annul(taken, "a")

    assert view(taken).ranking.takes == 0
    with pytest.raises(errors.Refused) as refusal:
        take_round(taken.engine, "oslo", take("a", departing="It too"), "bjorn")
    assert refused(refusal) == ["round_takes"]

    taken_by_all(taken, take())
    assert phases(taken)["a"] == "waiting"


def test_no_other_round_opens_while_one_is_to_be_taken_anew(taken: World) -> None:
    annul(taken, "b")
    waiting(taken, "e", "met")
    taken.clock.now = datetime(2026, 10, 15, 9, tzinfo=UTC)

    with pytest.raises(errors.Refused) as refusal:
        open_round(taken.engine, "oslo", OPEN, "astrid")
    assert refused(refusal) == ["round_open"]

    for member in BOARD:
        do(taken, "b", k.Decide("G1", Proposal("stop")), member)
    with pytest.raises(errors.RoundOver):
        take_round(taken.engine, "oslo", take("b"), "bjorn")
    opened(taken)
    state = view(taken).state
    assert state is not None
    assert (state.n, list(state.passages)) == (2, ["e"])


def test_of_two_open_rounds_the_later_is_taken_first_and_then_the_one_to_be_taken_anew(
    taken: World,
) -> None:
    waiting(taken, "e", "met")
    taken.clock.now = datetime(2026, 10, 15, 9, tzinfo=UTC)
    opened(taken)
    annul(taken, "b")

    seen = view(taken)
    assert seen.state is not None
    assert (seen.state.n, [each.project for each in seen.there]) == (2, ["e"])
    taken_by_all(taken, take("e"))

    seen = view(taken)
    assert seen.state is not None
    assert (seen.state.n, [each.project for each in seen.there]) == (1, ["b"])
    taken_by_all(taken, take("b"))
    assert {name: phases(taken)[name] for name in "be"} == {"b": "trying", "e": "trying"}
    assert view(taken).state is None
    assert [each.n for each in view(taken).past] == [1, 2]
    assert examine(taken.engine) == []


def test_who_was_put_off_and_has_presented_anew_is_not_corrected(taken: World) -> None:
    do(taken, "a", k.Present("G1"))

    with pytest.raises(errors.Refused) as refusal:
        annul(taken, "a")

    assert refused(refusal) == ["rests_on_it"]
    assert view(taken).state is None


# ---------------------------------------------------------------- who is told


def told(world: World, project: str) -> set[tuple[str, str]]:
    """The kinds of notices of a project, and the roles they are for."""
    c = tables.notice.c
    with read(world.store) as connection:
        rows = connection.execute(select(c.kind, c.role).where(c.project_id == project)).all()
    return {(row.kind, row.role) for row in rows}


def test_deciders_are_told_when_the_round_opens_and_owners_what_became_of_it(
    world: World,
) -> None:
    waiting(world, "a", "met")
    assert told(world, "a") == {("rate_asked", "jury")}
    opened(world)
    assert ("round_opened", "board") in told(world, "a")
    taken_by_all(world, take("a"))
    assert ("decided", "lead") in told(world, "a")
