"""Records histories: walks by chance through every shipped method and every method of the tests, by
whole courses that bring a gate further, by single commands, and by time that passes.

    python -m tests.histories.recording

writes the file of this version, unless it has been released.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from innocities_engine import errors, library
from innocities_engine.domain import commands as k
from innocities_engine.domain import mentions
from innocities_engine.domain.commands import Actor, Command, Inputs
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.grammar import ProjectsTest
from innocities_engine.domain.project import Proposal
from innocities_engine.settings import VERSION
from tests.builders import A_MOMENT, START, Walk, everybody, inputs_of, noon
from tests.histories import stored
from tests.histories.replaying import Standing, differences
from tests.histories.stored import Asked, History, Step, Stored, plain_inputs, written
from tests.machine import cases
from tests.methodology import readying
from tests.methodology.wanting import Wishes
from tests.proofs.attempts import ADMINISTRATOR, STRANGER, commands

ROOT: Final = Path(__file__).parents[2]
SHIPPED: Final = ROOT / "methodology"
FEATURES: Final = ROOT / "tests" / "features" / "definitions"
WALKS: Final = {"shipped": 6, "machine": 6, "features": 3}
MOVES, MOST_STEPS, POINTS, TRIED = 12, 60, 3, 16
SPANS: Final = (2, 9, 33, 120)
LEAST: Final = 200


@dataclass(frozen=True)
class Recorded(Walk):
    """A walk that remembers each command and what came of it."""

    definition: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    def do(self, command: Command, by: str) -> Recorded:
        return self.given(command, Actor(by))

    def given(self, command: Command, actor: Actor) -> Recorded:
        now = self.now + A_MOMENT
        happened = decide(self.method, self.project, command, actor, now, self.inputs)
        step = Step(now.isoformat(), asked(command, actor), [*map(written, happened)])
        return replace(
            self,
            now=now,
            project=fold(self.project, happened),
            happened=happened,
            steps=(*self.steps, step),
        )


def asked(command: Command, actor: Actor) -> Asked:
    return Asked(actor.person, sorted(actor.rights), written(command))


# ---------------------------------------------------------------- walking


@dataclass(frozen=True)
class Setting:
    """A method, and who and what is there when a project begins."""

    name: str
    definition: Mapping[str, Any]
    method: Methodology
    inputs: Inputs
    members: Mapping[str, tuple[str, ...]]


def walked(setting: Setting, chance: random.Random) -> Recorded:
    """Move on by chance until the project has come to its end, or the walk is long enough."""
    inputs = setting.inputs
    begins = noon(inputs, START + timedelta(chance.randrange(300)))
    walk = Recorded(setting.method, inputs, begins, definition=setting.definition)
    walk = walk.do(k.Start("p1", "org", "Skolevei", setting.members), "starter")
    for _ in range(MOVES):
        move = chance.choices(tuple(_MOVES), tuple(_MOVES.values()))[0]
        walk = _moved(walk, move, chance)
        if len(walk.steps) > MOST_STEPS or all(t.end for t in walk.project.tracks.values()):
            break
    return walk.given(k.Tick(), k.SYSTEM)


def _moved(
    walk: Recorded, move: Callable[[Recorded, random.Random], Walk], chance: random.Random
) -> Recorded:
    """Where the move leads; nowhere if nobody can make it."""
    try:
        found = move(walk, chance)
    except (AssertionError, LookupError, errors.EngineError):  # whoever readies is stuck
        return walk
    assert isinstance(found, Recorded)
    return found


def _open_gate(walk: Recorded, chance: random.Random) -> str:
    return chance.choice(
        sorted({p.gate for p in walk.project.passages.values() if p.status == "open"})
    )


def _readied(walk: Recorded, chance: random.Random) -> Walk:
    """All that a gate asks for, or all but one thing."""
    gate = _open_gate(walk, chance)
    left = [readying.name_of(b) for b in readying.missing(walk, gate, readying.PLAIN)]
    skipped = frozenset(chance.sample(left, min(len(left), chance.randrange(2))))
    return readying.ready(walk, gate, Wishes(left=skipped))


def _passed(walk: Recorded, chance: random.Random) -> Walk:
    return readying.passed(walk, _open_gate(walk, chance))


def _decided(walk: Recorded, chance: random.Random) -> Walk:
    gate = _open_gate(walk, chance)
    return readying.decided(walk, gate, chance.choice([*walk.method.gates[gate].outcomes]))


def _tried(walk: Recorded, chance: random.Random) -> Walk:
    """One command out of all that could be given, by whoever may."""
    for command, actor in _sample(walk, chance, 40):
        try:
            return walk.given(command, actor)
        except errors.EngineError:
            continue
    return walk


def _waited(walk: Recorded, chance: random.Random) -> Walk:
    later = walk.on(walk.today + timedelta(chance.choice(SPANS)))
    assert isinstance(later, Recorded)
    return later.given(k.Tick(), k.SYSTEM)


_MOVES: Final = {_readied: 3, _passed: 3, _decided: 1, _tried: 4, _waited: 3}


def _sample(walk: Any, chance: random.Random, most: int) -> list[tuple[Command, Actor]]:
    everything = sorted({repr(c): c for c in _commands(walk) if not isinstance(c, k.Start)}.items())
    everybody_here = _actors(walk)
    chosen = chance.choices([command for _, command in everything], k=most)
    return [(command, chance.choice(everybody_here)) for command in chosen]


def _commands(walk: Any) -> Iterator[Command]:
    with suppress(NotImplementedError):  # rules that the plain second opinion does not speak
        yield from commands(walk)
    for passage in walk.project.passages.values():
        for outcome in walk.method.gates[passage.gate].outcomes:
            yield k.Decide(passage.gate, Proposal(outcome))
    yield from (k.Resume(root) for root in walk.method.roots)


def _actors(walk: Walk) -> list[Actor]:
    """Whoever holds a role, the same with the right to override, and outsiders."""
    holders = dict.fromkeys(p for members in walk.project.members.values() for p in members)
    plain = [Actor(person) for person in holders]
    overriding = [Actor(person, frozenset({"override"})) for person in [*holders][:3]]
    return [*plain, *overriding, STRANGER, ADMINISTRATOR, k.SYSTEM]


# ---------------------------------------------------------------- recording


def recorded(setting: Setting, number: int) -> History:
    """One walk, and how things stood at some points of it."""
    name = f"{setting.name} {number}"
    chance = random.Random(name)
    walk = walked(setting, chance)
    last = len(walk.steps)
    numbers = sorted({max(1, last * (n + 1) // POINTS) for n in range(POINTS)})
    points = [_point(setting, walk, number, chance) for number in numbers]
    return History(
        name,
        setting.method.digest,
        plain_inputs(setting.inputs, setting.method.quiet),
        walk.steps,
        points,
    )


def _point(setting: Setting, walk: Recorded, number: int, chance: random.Random) -> stored.Point:
    there = Recorded(setting.method, setting.inputs, walk.now, definition=setting.definition)
    for step in walk.steps[:number]:
        there = replace(there, now=step.now - A_MOMENT).given(step.asked.read(), step.asked.actor)
    tried = [asked(command, actor) for command, actor in _sample(there, chance, TRIED)]
    standing = Standing(setting.method, setting.inputs, there.project, there.now)
    return standing.point(number, tried)


def shipped() -> Iterator[Setting]:
    """Every method that is shipped, for a project by itself."""
    # how many there are is no part of a programme's own history
    yield from (setting for setting in _shipped() if not _counts_projects(setting.method))


def programmes() -> Iterator[Setting]:
    """Every method that is shipped and counts projects."""
    yield from (setting for setting in _shipped() if _counts_projects(setting.method))


def _shipped() -> Iterator[Setting]:
    for path in sorted(SHIPPED.glob("*/*.yaml")):
        if path.parent.name in ("inventory", "scenarios", "schema"):
            continue
        plain = library.resolved(path)
        yield setting_of(path.parent.name, plain, library.compile_resolved(plain))


def settings() -> Iterator[tuple[Setting, int]]:
    """Every method, and how many walks it gets."""
    for setting in shipped():
        yield setting, WALKS["shipped"]
    for name in cases.NAMES:
        case = cases.case(name)
        method = library.compile_resolved(case.plain)
        made = Setting(name, case.plain, method, case.inputs(), case.members)
        yield made, WALKS["machine"]
    for path in sorted(FEATURES.glob("*.yaml")):
        if "\nextends:" in path.read_text(encoding="utf-8"):
            continue  # a tree of its own; the shipped overlays stand for it
        plain = library.resolved(path)
        yield setting_of(path.stem, plain, library.compile_resolved(plain)), WALKS["features"]


def _counts_projects(method: Methodology) -> bool:
    tests = (test for need in method.all_needs for test in mentions.tests(method, need.done))
    return any(isinstance(test, ProjectsTest) for test in tests)


def setting_of(name: str, plain: Mapping[str, Any], method: Methodology) -> Setting:
    bodies = [role.id for role in method.roles.values() if role.kind == "body"]
    months = {body: [START + timedelta(28 * n + i) for n in range(40)]
              for i, body in enumerate(bodies)}  # fmt: skip
    return Setting(name, plain, method, inputs_of(method, months), everybody(method))


def record() -> Stored:
    there = list(settings())
    methods = {s.method.digest: library.canonical(s.definition).decode() for s, _ in there}
    histories: list[History] = []
    # Forked, since a method does not travel between processes: what was read is there already.
    with multiprocessing.get_context("fork").Pool(
        initializer=_ALL.extend, initargs=(there,)
    ) as pool:
        for found in pool.imap(_recorded, range(len(there))):
            histories += found
            print(f"{found[0].name.rpartition(' ')[0]}: {len(found)} histories", flush=True)
    return Stored(methods, histories)


_ALL: Final[list[tuple[Setting, int]]] = []


def _recorded(place: int) -> list[History]:
    setting, walks = _ALL[place]
    return [recorded(setting, n) for n in range(walks)]


def is_released(version: str) -> bool:
    """A heading of the changelog with a day instead of “unreleased”."""
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    (heading,) = (line for line in lines if line.startswith(f"## {version} "))
    return "unreleased" not in heading


def main(arguments: Sequence[str]) -> int:
    assert not arguments
    if is_released(VERSION):
        print(f"{VERSION} is released; what it has written is never written anew.")
        return 1
    found = record()
    assert len(found.histories) >= LEAST
    stored.save(VERSION, found)
    known = {name: library.compile_stored(text.encode()) for name, text in found.methods.items()}
    wrong = [told for history in found.histories for told in differences(history, known)]
    print(f"{len(found.histories)} histories, {len(wrong)} differences")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
