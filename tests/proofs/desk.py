"""One project at one instant, on whose desk every command is laid by everybody.

`decide` works time out, hears the command, and settles what follows. Time is the same for all that
is tried at one instant, so it is worked out once; each command is then heard from each actor as
`decide` has it heard, and of all who get the very same answer one goes through `decide` itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from innocities_engine import errors
from innocities_engine.domain.commands import Actor, Command, Decide
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.decide import _HANDLERS, decide
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.settle import advance
from tests.builders import A_MOMENT
from tests.proofs import plain_gates
from tests.proofs.attempts import actors, commands
from tests.proofs.plain_rules import World
from tests.proofs.witness import Witness


class Answer(StrEnum):
    ACCEPTED = "accepted"
    RULE = "refused by a rule"
    RIGHTS = "refused by rights"


@dataclass
class Tally:
    """What was tried, and what came of it."""

    answers: Counter[Answer] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)  # by kind of command
    refused: Counter[str] = field(default_factory=Counter)
    actors: set[Actor] = field(default_factory=set)
    deciding: int = 0  # answers that went through `decide`
    passed: Counter[str] = field(default_factory=Counter)  # by gate, each checked a second time
    shut: Counter[str] = field(default_factory=Counter)  # tries to pass it refused, by gate

    def add(self, command: Command, answer: Answer) -> None:
        self.answers[answer] += 1
        kind = self.accepted if answer is Answer.ACCEPTED else self.refused
        kind[type(command).__name__] += 1


Heard = tuple[Answer, str]


def try_all(walk: Witness, tally: Tally) -> Iterator[Witness]:
    """Lay every command on the desk, from everybody; yield every different state that follows."""
    now = walk.now + A_MOMENT
    c = Cursor(walk.method, walk.project, walk.inputs, now)
    advance(c, now)
    project = replace(fold(walk.project, c.events), as_of=now)
    ready = replace(walk, now=now, project=project)
    everybody = actors(ready)
    tally.actors.update(everybody)
    for command in commands(ready):
        known: set[Heard] = set()
        shut = _passes_shut(ready, command)
        for actor in everybody:
            answer, told = _heard(ready, command, actor)
            tally.add(command, answer)
            if isinstance(command, Decide) and shut and answer is Answer.RULE:
                tally.shut[command.gate] += 1
            if (answer, told) not in known:
                known.add((answer, told))
                tally.deciding += 1
                followed = _decided(ready, command, actor, answer)
                if followed is not None:
                    if isinstance(command, Decide) and followed.checks > ready.checks:
                        tally.passed[command.gate] += 1
                    yield followed


def _passes_shut(ready: Witness, command: Command) -> bool:
    """Whether the command would pass a gate in which something is missing."""
    if not isinstance(command, Decide) or command.override:
        return False
    passage = ready.project.open_passage(command.gate)
    if passage is None:
        return False
    world = World(ready.definition, ready.project, ready.now, ready.inputs)
    outcome = command.proposal.outcome
    way = world.of("gates")[command.gate]["outcomes"][outcome]
    return plain_gates.passing(way) and bool(plain_gates.shut(world, passage, outcome))


def _heard(ready: Witness, command: Command, actor: Actor) -> Heard:
    """How the command is answered, in words that do not name the actor."""
    c = Cursor(ready.method, ready.project, ready.inputs, ready.now)
    try:
        _HANDLERS[type(command)](c, command, actor)
    except errors.Refused as refusal:
        found = [b for b in refusal.blockers if isinstance(b, Blocker)]
        rights = all(b.code == "not_entitled" and not _owing(b) for b in found)
        return Answer.RIGHTS if rights else Answer.RULE, f"{sorted({b.code for b in found})}"
    except errors.NotPermitted:
        return Answer.RIGHTS, "not permitted"
    except (errors.NotFound, errors.Conflict) as refusal:
        return Answer.RULE, type(refusal).__name__
    return Answer.ACCEPTED, repr(c.events).replace(f"'{actor.person}'", "·")


def _owing(blocker: Blocker) -> bool:
    """Whether somebody has the right and has not done yet what the method asks of them first."""
    return "needs" in blocker.params


def _decided(ready: Witness, command: Command, actor: Actor, answer: Answer) -> Witness | None:
    """The same command through the one door; it must have the same answer."""
    try:
        happened = decide(ready.method, ready.project, command, actor, ready.now, ready.inputs)
    except errors.EngineError:
        assert answer is not Answer.ACCEPTED, f"{command} by {actor}"
        return None
    assert answer is Answer.ACCEPTED, f"{command} by {actor}"
    return ready.followed(command, actor, happened)
