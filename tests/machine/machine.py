"""A walk: Hypothesis chooses one move after another, and after each both sides have to agree.

The rules say what may happen, `moves` and `helping` what exactly, `pair` what has to hold
afterwards. A project that is over makes room for another one, so that no walk ends before its steps
are used up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    get_state_machine_test,
    initialize,
    precondition,
    rule,
)

from innocities_engine.domain import events as e
from tests.machine import helping, moves
from tests.machine.cases import Case
from tests.machine.pair import Pair
from tests.oracle.reading import Method

T = TypeVar("T")
Start = Callable[[Case], Pair]
HOURS = (1, 20, 72, 240, 720)  # time that passes unnoticed
DAYS = (3, 15, 30)  # time that is swept as it passes


class Drawn:
    """A chooser whose choices Hypothesis draws, records and shrinks."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def one(self, options: Sequence[T]) -> T:
        return options[self._random.randrange(len(options))]


DRAWN = st.randoms(use_true_random=False).map(Drawn)


class Tally:
    """What has been walked, over all the walks that it is handed to."""

    def __init__(self) -> None:
        self.walks = 0
        self.sweeps = 0
        self.accepted: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.effects: Counter[str] = Counter()

    @property
    def tried(self) -> int:
        return self.accepted.total() + self.refused.total()

    def __str__(self) -> str:
        return (
            f"{self.walks} walks, {self.tried} commands, {self.accepted.total()} accepted"
            f" ({told(self.accepted)}), {self.refused.total()} refused ({told(self.refused)});"
            f" {self.sweeps} sweeps, {self.events['ReminderRaised']} reminders;"
            f" decisions {told(self.effects)}"
        )

    def take(self, pair: Pair) -> None:
        """Count what has become of a project."""
        self.events.update(type(event).__name__ for event in pair.events)
        for event in pair.events:
            if isinstance(event, e.GateDecided):
                gate, outcome = event.decision.passage.partition("#")[0], event.decision.proposal
                effect = pair.case.method.gates[gate].outcomes[outcome.outcome].effect
                self.effects[effect.value] += 1


def told(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(counted.items()))


class Machine(RuleBasedStateMachine):
    """Projects of one method, under the engine and under the oracle."""

    def __init__(self, case: Case, tally: Tally, start: Start = Pair) -> None:
        super().__init__()
        self.case, self.tally, self._start = case, tally, start
        self.method = Method(case.plain)
        tally.walks += 1

    # ------------------------------------------------------------ beginning

    @initialize()
    def begin(self) -> None:
        self.pair = self._start(self.case)
        self.proposals: dict[str, list[moves.Spec]] = {}
        self._give({"do": "start", "members": self.case.members}, self.case.people[0])

    @precondition(lambda self: self.pair.is_over)
    @rule()
    def begin_another(self) -> None:
        self._finish()
        self.begin()

    # ------------------------------------------------------------ what may happen

    @precondition(lambda self: not self.pair.is_over)
    @rule(chooser=DRAWN)
    def go_on(self, chooser: Drawn) -> None:
        chooser.one(WEIGHED)(self, chooser)

    def help_on(self, chooser: Drawn) -> None:
        self._try(chooser, helping.step_forward)

    def try_anything(self, chooser: Drawn) -> None:
        self._try(chooser, chooser.one(tuple(helping.ALL.values())))

    def _try(self, chooser: Drawn, move: Callable[[Any, moves.View], moves.Move | None]) -> None:
        pair = self.pair
        view = moves.View(self.case, self.method, pair.shown, pair.today, self.proposals)
        found = move(chooser, view)
        if found is not None:
            self._give(*found)

    def let_time_pass(self, chooser: Drawn) -> None:
        hours = chooser.one(HOURS)
        note(f"{hours} hours pass")
        self.pair.wait(timedelta(hours=hours))
        self.pair.compare("time")
        self.pair.nobody_passes_a_shut_gate()

    def sweep_on_time(self, chooser: Drawn) -> None:
        days = chooser.one(DAYS)
        note(f"{days} days are swept")
        self.tally.sweeps += self.pair.sweep_on_time(self.pair.now + timedelta(days=days))
        self.pair.compare("sweeping")
        self.pair.nobody_passes_a_shut_gate()

    def _give(self, said: moves.Spec, actor: str) -> None:
        note(f"{actor}: {said}")
        accepted = self.pair.give(said, actor)
        (self.tally.accepted if accepted else self.tally.refused)[said["do"]] += 1

    # ------------------------------------------------------------ what must hold

    def teardown(self) -> None:
        self._finish()

    def _finish(self) -> None:
        self.pair.replays()
        self.pair.each_reminder_once()
        self.tally.take(self.pair)


WEIGHED = (
    *[Machine.help_on] * 7,
    *[Machine.try_anything] * 2,
    Machine.let_time_pass,
    Machine.sweep_on_time,
)


def walk(
    case: Case,
    number: int,
    *,
    walks: int,
    steps: int,
    tally: Tally,
    start: Start = Pair,
    shrink: bool = True,
) -> None:
    """Let so many walks of so many steps be chosen, always the same ones for the same number."""
    chosen = settings(
        max_examples=walks,
        stateful_step_count=steps,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    seed(number)(get_state_machine_test(lambda: Machine(case, tally, start), settings=chosen))()
