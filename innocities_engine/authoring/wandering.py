"""Lets a made-up project go its way by chance, on real calendars and through the real engine: days
pass, somebody does one of the things that are asked, somebody decides. The same seed makes the
same walk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Final, TypeAlias

from innocities_engine.authoring.stage import Stage
from innocities_engine.authoring.verify import doing, slots
from innocities_engine.authoring.verify.hands import Hands
from innocities_engine.authoring.verify.samples import samples
from innocities_engine.authoring.verify.working import Aim
from innocities_engine.authoring.verify.world import FIRST, World, world_of
from innocities_engine.authoring.wandering_said import Words
from innocities_engine.domain import asking, calendar, gates, needs
from innocities_engine.domain import commands as k
from innocities_engine.domain.definition import Fact, FactType, Methodology, NeedKind
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import NeedInstance, NeedStatus, PassageStatus, Project
from innocities_engine.domain.situation import need_of

ENGLISH: Final = Words("Just to try it.", "Condition", "en")
MOST_STEPS: Final = 1_000
MOST_YEARS: Final = 10
YEAR: Final = timedelta(days=365)
PAUSES: Final = (0, 0, 0, 1, 1, 2, 3, 5, 8, 13)  # days between two things that are done
LONGEST: Final = timedelta(days=60)
NEAR: Final = (-30, -7, -1, 0, 7, 21, 45)  # days
EVENLY: Final = 10  # so often nothing comes of it before anything is as likely as the rest
PATIENCE: Final = 25  # and before time is let go on
# How often each is chosen: a project that is stopped early shows little of its method.
LEADS_ON, LEADS_ELSEWHERE, STOPS, OWED, RAISED, RESUMED = 100, 1, 0.25, 20, 0.5, 20

Way: TypeAlias = "tuple[float, str, str, str]"  # how often, what is done, to what, by which outcome


@dataclass(frozen=True)
class Wandered:
    """A walk. `ended`: over (every track has ended), stuck (nothing leads on any more), steps or
    years (so many as it was given).
    """

    stage: Stage
    steps: int
    ended: str


def wander(
    method: Methodology, seed: int, most_steps: int = MOST_STEPS, words: Words = ENGLISH
) -> Wandered:
    """Walk until the project is over, or as far as it is let."""
    chance, world = Random(seed), world_of(method)  # noqa: S311  # nothing secret: a walk
    walker = _Walker(world, chance, _begun(world, chance, words), words)
    last = walker.stage.now + MOST_YEARS * YEAR
    steps = idle = 0
    while not walker.is_over:
        if steps == most_steps:
            return Wandered(walker.stage, steps, "steps")
        if walker.stage.now > last:
            return Wandered(walker.stage, steps, "years")
        if walker.took_a_step(evenly=idle > EVENLY):
            steps, idle = steps + 1, 0
        elif (idle := idle + 1) > PATIENCE:
            if not walker.slept():
                return Wandered(walker.stage, steps, "stuck")
            idle = 0
    return Wandered(walker.stage, steps, "over")


def _begun(world: World, chance: Random, words: Words) -> Stage:
    """A project begins on some working day of a year."""
    cal = world.inputs.calendar
    day = calendar.next_working_day(cal, FIRST + timedelta(days=chance.randrange(YEAR.days)))
    roles = world.method.roles
    members = {
        role: people for role, people in world.team.people.items()
        if role not in world.team.late and len(people) <= (roles[role].seats_at_most or len(people))
    }  # fmt: skip
    stage = Stage(world.method, world.inputs, world.noon(day))
    title = words.title(world.method.title, world.method.id)
    return stage.commanded(k.Start("project", "organisation", title, members), doing.MANAGER)


@dataclass
class _Walker:
    world: World
    chance: Random
    stage: Stage
    words: Words

    @property
    def is_over(self) -> bool:
        return all(track.end is not None for track in self.stage.project.tracks.values())

    def took_a_step(self, *, evenly: bool) -> bool:
        """Do one thing, if anything comes of it, and let some days pass then."""
        ways = list(self._ways())
        if not ways:
            return False
        [way] = self.chance.choices(ways, [1 if evenly else often for often, *_ in ways])
        h = self._hands()
        self._go(h, way)
        before = self.stage.project
        self._play(h)
        if self.stage.project == before:
            return False
        self._wait(self.chance.choice(PAUSES))
        return True

    def slept(self) -> bool:
        """Let time pass until it changes something by itself."""
        h = self._hands()
        ahead = h.alarms()
        if ahead:
            self._wait((self.stage.s.day_of(ahead[0]) - self.stage.today).days + 1)
        return bool(ahead)

    def _wait(self, days: int) -> None:
        cal = self.stage.inputs.calendar
        if days:
            day = calendar.next_working_day(cal, self.stage.today + timedelta(days=days - 1))
            self.stage = self.stage.until(self.stage.noon(day))

    def _hands(self) -> Hands:
        return Hands(self.world, self.stage.project, self.stage.now, by_hand=True)

    def _play(self, h: Hands) -> None:
        """Give the engine what was done, one command after the other; not what only a long while
        brings about, which comes by itself.
        """
        if h.now - self.stage.now > LONGEST:
            return
        for step in h.steps:
            if self.stage.s.day_of(step.at) == self.stage.today:
                self.stage = replace(self.stage, now=step.at)
            else:
                self.stage = self.stage.until(step.at)
            if not isinstance(step.command, k.Tick):
                heard = self.stage.commanded(self.words.said(step.command), step.by)
                self.stage = replace(heard, refused=None)

    # ------------------------------------------------------------ what can be tried

    def _ways(self) -> Iterator[Way]:
        p, method = self.stage.project, self.world.method
        running = {name for name, track in p.tracks.items() if track.end is None}
        for passage in p.passages.values():
            gate = method.gates[passage.gate]
            if passage.status is PassageStatus.OPEN and gate.track in running:
                for outcome in gate.outcomes.values():
                    often = STOPS if outcome.end == "stopped" else LEADS_ELSEWHERE
                    often = LEADS_ON if outcome.passing else often
                    yield often, "gate", passage.key, outcome.id
        for instance, need in needs.unmet(self.stage.s):
            is_owed = instance.decision or need.owner_id not in method.gates
            is_open = needs.finding(self.stage.s, instance).is_open
            if is_open and is_owed and instance.status is not NeedStatus.DORMANT:
                yield OWED, "need", instance.key, ""
        for name in sorted(asking.asked_now(self.stage.s)):
            if name not in method.form_of:
                yield OWED, "answer", name, ""
        yield from self._beside(p)

    def _beside(self, p: Project) -> Iterator[Way]:
        for gate in self.world.method.gates.values():
            if gate.opens is not None and gate.opens.by is not None:
                yield RAISED, "raise", gate.id, ""
        for root, track in p.tracks.items():
            if track.held_by:
                yield RESUMED, "resume", root, ""

    def _go(self, h: Hands, way: Way) -> None:
        match way:
            case (_, "gate", passage, outcome):
                self._towards(h, passage, outcome)
            case (_, "need", key, _):
                self._meet(h, h.project.needs[key])
            case (_, "answer", fact, _):
                self._answer(h, fact)
            case (_, "raise", gate, _):
                doing.raise_gate(h, gate)
            case (_, "resume", root, _):
                doing.resume(h, root)

    def _towards(self, h: Hands, passage: str, outcome_id: str) -> None:
        """Do one thing that an outcome still asks; where nothing is left, have it decided."""
        gate = self.world.method.gates[h.project.passages[passage].gate]
        outcome = gate.outcomes[outcome_id]
        left = Aim(passage, gate, outcome).blockers(h)
        if left:
            self._mend(h, gate.id, self.chance.choice(left))
            return
        to = self.chance.choice(outcome.targets) if len(outcome.targets) > 1 else None
        doing.decide(h, gate.id, outcome, to)

    # ------------------------------------------------------------ one thing

    def _mend(self, h: Hands, gate: str, blocker: Blocker) -> None:
        name = blocker.subject
        match blocker.code:
            case "need_open":
                self._meet(h, h.project.needs[name])
            case "criterion_unrated" | "criterion_below":
                scale = self.world.method.gates[gate].criteria[name].scale
                h.locked["criterion", gate, name] = self._better(scale)
                doing.rate_all(h, gate, [name])
            case "advice_missing":
                said = self.world.method.gates[gate].advises[name]
                scale = said.scale or tuple(self.world.method.gates[gate].outcomes)
                doing.advise(h, gate, name, self._better(scale))
            case "answer_first":
                self._answer(h, name)
            case "role_empty":
                doing.fill(h, name)
            case gates.WAITS_FOR_ROUND:
                doing.join_round(h, gate)

    def _meet(self, h: Hands, instance: NeedInstance) -> None:
        method = self.world.method
        need = need_of(method, instance)
        if need.kind is NeedKind.FACT and need.of not in method.form_of:
            self._answer(h, need.of)
            return
        if need.kind is NeedKind.ARTEFACT:
            form = [method.facts[fact] for fact in method.artefacts[need.of].form]
            h.locked.update({("fact", fact.id): self._value(fact) for fact in form})
        slots.meet(h, instance)

    def _answer(self, h: Hands, fact: str) -> None:
        value = self._value(self.world.method.facts[fact])
        if not doing.answer(h, fact, value):
            slots.answered(h, fact)

    def _value(self, fact: Fact) -> str:
        """One answer of each stretch that rules tell apart; of days, one not far off."""
        if fact.type is FactType.DATE:
            return (self.stage.today + timedelta(days=self.chance.choice(NEAR))).isoformat()
        return self.chance.choice(samples(self.world.method, fact.id, self.stage.today))

    def _better(self, scale: Sequence[str]) -> str:
        """A value by chance, the better the likelier."""
        return self.chance.choices(scale, [2 ** (len(scale) - n) for n in range(len(scale))])[0]
