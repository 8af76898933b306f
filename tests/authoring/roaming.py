"""Walks by chance that see much of a method in little time: whoever decides may override, so that
any outcome of any open gate is taken at once; holds end, decisions that wait come through or give
way, rules are made true, and now and then a decision turns out to have been a mistake.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Actor, Command
from innocities_engine.domain.decide import decide
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.grammar import Predicate
from innocities_engine.domain.needs import UNMET
from innocities_engine.domain.project import Project
from tests.builders import A_MOMENT, START, Walk, noon
from tests.histories.recording import Setting
from tests.methodology import readying, wanting
from tests.methodology.wanting import PLAIN

SPANS: Final = (2, 9, 40, 200, 500)
ROUND: Final = "valg"
STEPS: Final = 40
MISTAKE: Final = 0.1

Move = tuple[float, Callable[[], Walk]]


@dataclass(frozen=True)
class Roaming(Walk):
    """A walk that keeps the record. `before`: where the project stood before the last command."""

    record: tuple[tuple[e.Event, ...], ...] = ()
    before: Project | None = None

    def do(self, command: Command, by: str) -> Roaming:
        now = self.now + A_MOMENT
        if isinstance(command, k.Decide):
            command = replace(command, override="Nobody can wait")
            if self.passage(command.gate).round:
                command = k.DecideInRound(command, ROUND, "", concludes=True)
        actor = Actor(by, frozenset({"override"}))
        happened = decide(self.method, self.project, command, actor, now, self.inputs)
        return replace(
            self, now=now, project=fold(self.project, happened), happened=happened,
            record=(*self.record, happened), before=self.project,
        )  # fmt: skip


def roamed(setting: Setting, chance: random.Random) -> Roaming:
    """Move by chance until the project has come to its end, or so many moves were tried."""
    start = noon(setting.inputs, START + timedelta(chance.randrange(300)))
    walk = Roaming(setting.method, setting.inputs, start)
    walk = walk.do(k.Start("p1", "org", "Skolevei", setting.members), "starter")
    for _ in range(STEPS):
        moves = [(chance.random() ** (1 / likely), move) for likely, move in _moves(walk, chance)]
        moves.sort(key=lambda each: each[0], reverse=True)
        walk = next(filter(None, (_tried(move) for _, move in moves)), walk)
        if walk.happened and chance.random() < MISTAKE:
            walk = _annulled(walk)
        if all(t.end for t in walk.project.tracks.values()):
            break
    return walk


def _tried(move: Callable[[], Walk]) -> Roaming | None:
    try:
        found = move()
    except (AssertionError, LookupError, errors.EngineError):  # nobody can do that now
        return None
    assert isinstance(found, Roaming)
    return found


def _moves(walk: Roaming, chance: random.Random) -> Iterator[Move]:
    """What may be tried, and how much is to be said for it."""
    pending = {d.passage for d in walk.project.decisions if d.state == "pending"}
    for passage in walk.project.passages.values():
        if passage.status == "open":
            gate = walk.method.gates[passage.gate]
            outcome = chance.choice([*gate.outcomes.values()])
            to = chance.choice(outcome.targets) if len(outcome.targets) > 1 else None
            stops = outcome.end == "stopped" and gate.track == walk.method.main_root
            likely = 1 if stops else 8
            yield likely, lambda gate=gate.id, o=outcome.id, to=to: _decided(walk, gate, o, to)
            yield 1, lambda gate=gate.id: readying.ready(walk, gate)
    for gate in walk.method.gates.values():
        if gate.opens is not None and gate.opens.by is not None:
            yield 3, lambda gate=gate.id: _by_anybody(walk, k.Raise(gate, "Something has happened"))
    for root, track in walk.project.tracks.items():
        if track.held_by:
            yield 6, lambda root=root: _by_anybody(walk, k.Resume(root))
    for instance in walk.project.needs.values():
        if instance.decision and instance.status in UNMET:
            likely = 6 if instance.decision in pending else 1
            yield likely, lambda instance=instance: wanting.met(walk, instance, PLAIN)
    for rule in _rules(walk):
        yield 1, lambda rule=rule: wanting.wanted(walk, rule, PLAIN, truth=chance.random() < 0.8)
    yield 3, lambda: walk.on(walk.today + timedelta(chance.choice(SPANS)))


def _decided(walk: Roaming, gate: str, outcome: str, to: str | None) -> Walk:
    """In a round where the gate is taken in rounds, if one can be opened."""
    here: Walk = walk
    if walk.method.gates[gate].round is not None and not walk.passage(gate).round:
        with suppress(errors.EngineError):
            here = readying.ready(here, gate).do(k.Present(gate), readying.leader(walk))
            here = here.do(k.JoinRound(gate, ROUND), "anybody")
    return readying.decided(here, gate, outcome, to=to)


def _by_anybody(walk: Roaming, command: Command) -> Walk:
    for person in dict.fromkeys(p for members in walk.project.members.values() for p in members):
        with suppress(errors.EngineError):
            return walk.do(command, person)
    raise wanting.Stuck(f"nobody may {command}")


def _rules(walk: Roaming) -> Iterator[Predicate]:
    """What opens a track or a gate, or ends a phase."""
    method = walk.method
    for root in method.roots:
        opens = method.phases[root].opens
        if root not in walk.project.tracks and opens is not None and opens.when is not None:
            yield opens.when
    for track in walk.project.tracks.values():
        done = method.phases[track.phase].done
        if not track.end and done is not None:
            yield done
    for gate in method.gates.values():
        if gate.when is not None:
            yield gate.when
        if gate.opens is not None and gate.opens.when is not None:
            yield gate.opens.when


def _annulled(walk: Roaming) -> Roaming:
    """The decision just taken, if it was one, was recorded by mistake."""
    taken = next((x.decision for x in walk.happened if isinstance(x, e.GateDecided)), None)
    if taken is None or walk.before is None:
        return walk
    gate = taken.passage.partition("#")[0]
    annulled = k.Annulled("c1", len(walk.record), walk.before)
    return walk.do(k.Correct(gate, "Another project was meant", annulled), "starter")
