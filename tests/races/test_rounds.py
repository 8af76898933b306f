"""A round is opened once and taken once, and all of its projects with it or none: by processes that
begin at the same moment.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from tests.crash.runs import Forks
from tests.races.world import BOARD, HOME, LEAD, Town
from tests.store.given import LINK

METHOD = Path(__file__).parent / "methods" / "together" / "1.0.0.yaml"
FULL = bool(os.environ.get("INNOCITIES_FULL"))
TRIES = 100
DISTURBED_ROUNDS = 100 if FULL else 12
IDEAS = ("a", "b", "c", "d")
CLOSED = {0, 1, 4, 5}  # 5: who waited too long is asked to try again


@pytest.fixture
def calling(town: Town) -> Town:
    town.run("methodology", "publish", str(METHOD))
    return town


def waiting(town: Town, mark: str = "") -> list[str]:
    """Ideas that wait for each other, the first with the highest value."""
    names = [f"{idea}{mark}" for idea in IDEAS]
    for value, name in enumerate(reversed(names)):
        town.engine.start(
            HOME, "together", "1.0.0", LEAD,
            title=name, project=name, members={"lead": (LEAD,), "board": BOARD},
        )  # fmt: skip
        for command in (
            k.Submit("plan", LINK),
            k.AnswerFact("reach", str(value)),
            k.Present("G1"),
        ):
            town.engine.execute(HOME, name, command, LEAD)
    return names


def outcomes(town: Town, names: list[str]) -> dict[str, list[str]]:
    return {name: [x.decision.proposal.outcome for x in town.decisions(name)] for name in names}


def test_of_many_who_open_a_round_one_does(
    calling: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    names = waiting(calling)

    ended = calling.race(racing, 0, *(["round open G1 --as astrid"] * TRIES))

    codes = Counter(each.code for each in ended)
    joined = [x for n in names for x in calling.happened(n) if isinstance(x, e.RoundJoined)]
    assert codes[0] == 1
    assert codes.keys() <= CLOSED, codes
    assert len(joined) == len(IDEAS)
    assert calling.is_sound()
    told(f"opening one round: {TRIES} tries, 1 won, {codes[1]} refused, {codes[5]} waited too long")


def test_of_a_hundred_who_take_a_round_one_does_and_all_projects_follow_one_plan(
    calling: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    names = waiting(calling)
    calling.run("round open G1 --as astrid")
    plans = (
        ("a", "b"),
        ("c", "d", "--departing", "Ripe"),
        ("a", "--departing", "One will do"),
    )
    commands = [("round", "take", "G1", *plans[n % 3], "--as", BOARD[n % 2]) for n in range(TRIES)]

    ended = calling.race(racing, 0, *commands)

    codes = Counter(each.code for each in ended)
    winners = [n for n, each in enumerate(ended) if each.code == 0]
    assert len(winners) == 1, codes
    assert codes.keys() <= CLOSED, codes
    taken = [word for word in plans[winners[0] % 3] if word in names]
    assert outcomes(calling, names) == {n: ["go"] if n in taken else ["later"] for n in names}
    assert calling.is_sound()
    told(f"taking one round: {TRIES} tries, 1 won, {codes[4]} came too late,"
         f" {codes[1]} refused, {codes[5]} waited too long")  # fmt: skip


def test_a_round_that_is_taken_while_a_project_of_it_is_stopped_is_taken_wholly_or_not_at_all(
    calling: Town, racing: Forks, told: Callable[[str], None]
) -> None:
    first: Counter[str] = Counter()
    for n in range(DISTURBED_ROUNDS):
        names = waiting(calling, str(n))
        calling.run("round open G1 --as astrid")
        ranking = calling.run.json("round rank G1")["ranking"]
        take = f"round take G1 {names[0]} {names[1]} --ranking {ranking} --as bjorn"
        disturbing = (
            f"project decide {names[1]} G1 stop --as cecilia",
            f"project withdraw {names[0]} plan --as astrid",
            f"project take-back {names[2]} G1 --as astrid",
        )[n % 3]
        both = (disturbing, take) if n % 2 else (take, disturbing)

        ended = dict(zip(both, calling.race(racing, n, *both), strict=True))

        found = outcomes(calling, names)
        if ended[take].code == 0:
            first["taken"] += 1
            # A paper may be withdrawn after the decision too: what was decided on stays on record.
            assert ended[disturbing].code in ((0, 4) if n % 3 == 1 else (1, 4)), ended
            assert [found[name] for name in names] == [["go"], ["go"], ["later"], ["later"]]
        else:
            first["disturbed"] += 1
            assert ended[take].code in (1, 4), ended
            assert ended[disturbing].code == 0, ended
            stopped = {names[1]: ["stop"]} if n % 3 == 0 else {}
            assert found == {name: [] for name in names} | stopped
            for name in names:  # makes room for the next round
                calling.run(f"project decide {name} G1 stop --as bjorn", expect=None)
            calling.run("round take G1 --none --as astrid")

    assert calling.is_sound()
    told(f"take a round ∥ stop, withdraw or take back in it: {DISTURBED_ROUNDS} rounds,"
         f" {dict(first)}, never by halves")  # fmt: skip
