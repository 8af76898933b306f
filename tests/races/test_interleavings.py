"""Two commands in each other's way, step by step: the first has read all that it decides on and is
stopped before it decides, the second begins, and only then the first goes on. The second was
thought of before either happened: a decision of it names the review as it was then.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from innocities_engine import errors, library
from innocities_engine.casework import Receipt
from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.domain import gates
from innocities_engine.domain.commands import SYSTEM, Command
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Proposal
from innocities_engine.domain.situation import Situation
from innocities_engine.engine import Engine
from innocities_engine.store.transactions import Store, open_store
from tests.races.world import METHOD
from tests.store.given import BEGINNING, LINK, World, a_person, a_world

LATE = BEGINNING + timedelta(days=28)  # the first rung of the plan's ladder is due
SECONDS = 20.0


@dataclass
class Gate:
    """A clock that lets nobody on before it is opened; it is asked in the midst of a command."""

    now: datetime
    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> datetime:
        self.reached.set()
        assert self.opened.wait(SECONDS)
        return self.now


@dataclass
class Desk:
    """Where both stand: a project with or without its plan."""

    world: World
    now: datetime
    project: str = ""

    def another(self, clock: Gate | None = None) -> tuple[Store, Engine]:
        """A process of its own: nothing that it has read is known to others."""
        store = open_store(self.world.store.folder)
        return store, Engine(store, clock or (lambda: self.now))

    @property
    def review(self) -> str:
        seen = self.world.engine.view("oslo", self.project, "astrid")
        s = Situation(seen.method, seen.project, seen.inputs, seen.now)
        passage = seen.project.open_passage("G1") or seen.project.open_passage("G2")
        assert passage is not None
        return gates.review(s, passage).digest

    def kinds(self) -> list[str]:
        return [x.type for x in self.world.engine.history("oslo", self.project, "astrid")]

    def interleaved(self, first: Said, second: Said) -> tuple[str, str]:
        """Stop the first in its midst, let the second begin; tell what came of both."""
        gate = Gate(self.now)
        early, engine = self.another(gate)
        late, other = self.another()
        with ThreadPoolExecutor(2) as pool:
            one = pool.submit(_came_of, engine, self.project, first)
            assert gate.reached.wait(SECONDS)
            two = pool.submit(_came_of, other, self.project, second)
            assert not two.done()
            gate.opened.set()
            found = one.result(SECONDS), two.result(SECONDS)
        early.close()
        late.close()
        return found


@dataclass(frozen=True)
class Said:
    command: Command
    by: str
    key: str = ""


def _came_of(engine: Engine, project: str, said: Said) -> str:
    """What came of a command in a word: done, the same again, or why not."""
    try:
        receipt: Receipt = engine.execute(
            "oslo", project, said.command, said.by, idempotency_key=said.key
        )
    except errors.Refused as refused:
        return " ".join(b.code for b in refused.blockers if isinstance(b, Blocker))
    except errors.EngineError as error:
        return error.code
    return "again" if receipt.repeated else "done"


def decides(outcome: str, by: str = "bjorn", gate: str = "G1", key: str = "") -> Said:
    return Said(k.Decide(gate, Proposal(outcome), reason="as I said"), by, key)


def submits(by: str = "astrid") -> Said:
    return Said(k.Submit("plan", replace(LINK, sha256="1" * 64)), by)


WITHDRAWS = Said(k.Withdraw("plan"), "astrid")
TICKS = Said(k.Tick(), SYSTEM.person)
RATES = Said(k.Rate("G1", {"sound": "met"}), "cecilia")
PRESENTS = Said(k.Present("G1"), "astrid")
WITHOUT_BJORN = Said(k.Assign("board", ("cecilia",)), "astrid")
WITH_DAG = Said(k.Assign("board", ("bjorn", "cecilia", "dag")), "astrid")
ANSWERED_TWICE = Said(k.Comment("the same"), "astrid", "once")


@dataclass(frozen=True)
class Case:
    first: Said
    second: Said
    came_of: tuple[str, str]
    recorded: tuple[str, ...]  # of these kinds of event, which there are and in which order
    plan: bool = True
    looked: bool = True  # whether a decision names the review it was taken on


D, W, S, V, P, R, A, C = ("GateDecided", "VersionWithdrawn", "VersionSubmitted", "VoiceGiven",
                          "PapersPresented", "ReminderRaised", "RoleFilled", "Commented")  # fmt: skip
BY_ONE = (V, D)
CASES = {
    "decide, decide": Case(decides("go"), decides("stop", "cecilia"), ("done", "already-decided"), BY_ONE),
    "decide, decide the same": Case(decides("go"), decides("go"), ("done", "already-decided"), BY_ONE),
    "decide, decide under the same key": Case(decides("go", key="a"), decides("go", key="a"), ("done", "again"), BY_ONE),
    "send back, decide": Case(decides("rework"), decides("go", "cecilia"), ("done", "already-decided"), BY_ONE),
    "send back, decide without having looked": Case(decides("rework"), decides("go", "cecilia"), ("done", "done"), (*BY_ONE, *BY_ONE), looked=False),
    "decide, withdraw": Case(decides("go"), WITHDRAWS, ("done", "wrong_state"), BY_ONE),
    "withdraw, decide": Case(WITHDRAWS, decides("go"), ("done", "conflict"), (W,)),
    "withdraw, decide without having looked": Case(WITHDRAWS, decides("go"), ("done", "need_open"), (W,), looked=False),
    "decide, rate": Case(decides("go"), RATES, ("done", "not_open"), BY_ONE),
    "rate, decide": Case(RATES, decides("go"), ("done", "conflict"), (V,)),
    "decide, assign": Case(decides("go"), WITHOUT_BJORN, ("done", "done"), (*BY_ONE, A)),
    "assign, decide": Case(WITHOUT_BJORN, decides("go"), ("done", "not_entitled"), (A,)),
    "assign one more, decide": Case(WITH_DAG, decides("go"), ("done", "conflict"), (A,)),
    "tick, decide": Case(TICKS, decides("stop"), ("done", "done"), (R, *BY_ONE), plan=False),
    "decide, tick": Case(decides("stop"), TICKS, ("done", "done"), BY_ONE, plan=False),
    "submit, present": Case(submits(), PRESENTS, ("done", "done"), (S, P), plan=False),
    "present, submit": Case(PRESENTS, submits(), ("done", "done"), (P, S)),
    "submit, decide": Case(submits(), decides("go"), ("done", "conflict"), (S,)),
    "comment, decide": Case(Said(k.Comment("x"), "astrid"), decides("go"), ("done", "done"), (C, *BY_ONE)),
    "comment, comment under the same key": Case(ANSWERED_TWICE, ANSWERED_TWICE, ("done", "again"), (C,)),
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    world = a_world(tmp_path)
    world.office.put_person("oslo", a_person("cecilia", "member"), "dag")
    world.office.publish("oslo", library.resolved(METHOD), "dag")
    yield Desk(world, LATE)
    world.store.close()


def begun(desk: Desk, *, plan: bool) -> None:
    members = {"lead": ("astrid",), "board": ("bjorn", "cecilia")}
    started = desk.world.engine.start(
        "oslo", "rivals", "1.0.0", "astrid", title="Rivals", members=members
    )
    desk.project = started.project
    if plan:
        desk.world.engine.execute("oslo", desk.project, k.Submit("plan", LINK), "astrid")


@pytest.mark.parametrize("name", CASES)
def test_whoever_comes_second_meets_what_the_first_has_done(desk: Desk, name: str) -> None:
    case = CASES[name]
    begun(desk, plan=case.plan)
    before = len(desk.kinds())
    second = case.second
    if case.looked and isinstance(second.command, k.Decide):
        second = replace(second, command=replace(second.command, review=desk.review))
    first = case.first
    if second.key and second.key == first.key:
        first = second

    assert desk.interleaved(first, second) == case.came_of

    kinds = [kind for kind in desk.kinds()[before:] if kind in {D, W, S, V, P, R, A, C}]
    assert tuple(kinds) == case.recorded
    assert examine(desk.world.engine) == []


def test_the_last_vote_of_a_quorum_decides_and_no_later_one_counts(desk: Desk) -> None:
    begun(desk, plan=True)
    desk.world.engine.execute("oslo", desk.project, decides("go").command, "bjorn")

    votes = desk.interleaved(decides("done", gate="G2"), decides("done", "cecilia", "G2"))
    late = _came_of(desk.world.engine, desk.project, decides("back", gate="G2"))

    assert (*votes, late) == ("done", "done", "already-decided")
    assert desk.kinds().count(D) == 2
