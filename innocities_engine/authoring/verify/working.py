"""Getting a gate ready: whatever its Review still asks is done, as long as something helps; and
where that is not enough, every combination of what could be otherwise is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from innocities_engine.authoring.verify import doing, slots
from innocities_engine.authoring.verify.hands import Hands, Missing
from innocities_engine.domain import gates, mentions, people
from innocities_engine.domain.definition import Gate, NeedKind, Outcome
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import Choose, Predicate, Test
from innocities_engine.domain.situation import need_of, passage_scope

ROUNDS: Final = 40
A_DAY: Final = timedelta(days=1)
SAME_AGAIN: Final = 3  # so often the same is left undone before nobody tries any more
JUDGED: Final = frozenset({"criterion_unrated", "criterion_below"})
NOBODY_DECIDES: Final = "nobody_decides"

Blockers = tuple[Blocker, ...]


@dataclass(frozen=True)
class Ready:
    """`hands`: how it was got ready; None where it could not be. Then `nearest` is where most was
    done, `core` what is in the way there, and `met` whatever was in the way in other attempts.
    `whole`: every combination was tried.
    """

    hands: Hands | None
    nearest: Hands | None = None
    core: Blockers = ()
    met: Blockers = ()
    whole: bool = True


@dataclass
class Aim:
    """A decision somebody wants to get to. `leave`: the keys of needs and criteria left undone."""

    passage: str
    gate: Gate
    outcome: Outcome
    leave: frozenset[str] = frozenset()
    met: dict[str, Blocker] = field(default_factory=dict)  # everything that was ever in the way

    def blockers(self, h: Hands) -> Blockers:
        """What still keeps this outcome from being taken."""
        s = h.s
        passage = s.project.passages[self.passage]
        if self.outcome.passing:
            found = gates.review(s, passage, self.outcome).blockers or tuple(self._deciders(h))
        else:
            found = (*gates.unoffered(s, passage, self.outcome), *self._deciders(h))
        joined = bool(passage.round)  # what is decided with others waits for them no more
        return tuple(
            b
            for b in found
            if _key(b) not in self.leave and not (joined and b.code == gates.WAITS_FOR_ROUND)
        )

    def _deciders(self, h: Hands) -> Iterator[Blocker]:
        """Not everything has to be there, but somebody who decides has."""
        passage = h.s.project.passages[self.passage]
        asked = gates.decider(h.s, self.gate, passage_scope(h.s, passage))
        yield from (Blocker("answer_first", fact, {}) for fact in sorted(asked.unknown))
        if asked.who is None and not asked.unknown:
            yield Blocker(NOBODY_DECIDES, self.gate.id)
        yield from (Blocker("role_empty", r) for r in people.empty_roles(h.s, asked.who))


def _key(blocker: Blocker) -> str:
    return blocker.subject.partition("#")[0].rpartition("/")[2]


def ready(h: Hands, aim: Aim) -> Ready:
    """Get there, the plain way first."""
    trial = h.fork()
    left = work(trial, aim)
    if not left:
        return Ready(trial)
    if any(_past_help(trial, aim, blocker) for blocker in left):
        return Ready(None, trial, left, tuple(aim.met.values()))
    return _every_way(aim, left, trial)


def _past_help(h: Hands, aim: Aim, blocker: Blocker) -> bool:
    """Another gate has to be decided first, whatever people answer."""
    method = h.world.method
    if blocker.code == "gate_blocks":
        return method.gates[blocker.subject].when is None
    if blocker.code == "not_offered":
        return not any(True for _ in _behind_offer(h, aim))
    instance = h.project.needs.get(blocker.subject)
    if blocker.code != "need_open" or instance is None:
        return False
    need = need_of(method, instance)
    plain = need.when is None and isinstance(need.required, bool) and need.done is None
    return need.kind is NeedKind.GATE and plain


def _every_way(aim: Aim, left: Blockers, worked: Hands) -> Ready:
    """Every combination of what is behind all that was ever in the way, as far as that grows."""
    nearest, core, known, whole = worked, left, frozenset[slots.Name](), True
    while True:
        passage = worked.project.passages[aim.passage]
        scope = passage_scope(worked.s, passage)
        tests = list(_behind(worked, aim))
        found = slots.slots_of(worked, tests, scope)
        names = frozenset(slot.name for slot in found)
        if names <= known:
            return Ready(None, nearest, core, tuple(aim.met.values()), whole)
        known |= names
        if _many(found):
            whole = False
            found = _fewer(found)
        for chosen in slots.combinations(found):
            trial = worked.fork()
            if not all(slots.put(trial, n, v, scope, tests) for n, v in slots.in_turn(chosen)):
                continue
            left = work(trial, aim)
            if not left:
                return Ready(trial)
            if len(left) < len(core):
                nearest, core = trial, left


def _behind_offer(h: Hands, aim: Aim) -> Iterator[slots.Slot]:
    """What people could bring about so that the outcome is offered."""
    tests = list(mentions.tests(h.world.method, aim.outcome.when))
    if aim.outcome.choose is not None:
        tests += mentions.of_choose(h.world.method, aim.outcome.choose)
    scope = passage_scope(h.s, h.project.passages[aim.passage])
    yield from slots.slots_of(h, tests, scope)


def _many(found: list[slots.Slot]) -> bool:
    n = 1
    for slot in found:
        n *= len(slot.values)
    return n > slots.MOST_TRIALS


def _fewer(found: list[slots.Slot]) -> list[slots.Slot]:
    """As many slots as can be tried wholly."""
    kept: list[slots.Slot] = []
    for slot in sorted(found, key=lambda slot: len(slot.values)):
        if _many([*kept, slot]):
            break
        kept.append(slot)
    return kept


# ---------------------------------------------------------------- one thing after the other


def work(h: Hands, aim: Aim) -> Blockers:
    """Do what is asked, round after round; what is left in the end is returned."""
    seen: dict[frozenset[tuple[str, str]], int] = {}
    for _ in range(ROUNDS):
        if not doing.is_open(h, aim.passage):
            return ()
        left = aim.blockers(h)
        if not left:
            return ()
        state = frozenset((b.code, b.subject) for b in left)
        seen[state] = seen.get(state, 0) + 1
        before = h.project
        h.busy = True
        doing.rate_all(h, aim.gate.id, [b.subject for b in left if b.code in JUDGED])
        for blocker in left:
            _mend(h, aim, blocker)
        if h.project is not before:
            h.done()
        h.busy = False
        if h.project is before or seen[state] >= SAME_AGAIN:
            aim.met |= {b.subject: b for b in left}
            return left
    return left


def _mend(h: Hands, aim: Aim, blocker: Blocker) -> bool:
    """Do what could take one blocker away, if it is still there."""
    gate = aim.gate.id
    match blocker.code:
        case "need_open":
            return slots.meet(h, h.project.needs[blocker.subject], aim.met)
        case "advice_missing":
            return doing.advise(h, gate, blocker.subject)
        case "answer_first":
            return slots.answered(h, blocker.subject)
        case "role_empty":
            return _filled(h, aim, blocker.subject)
        case gates.WAITS_FOR_ROUND:
            return doing.join_round(h, gate)
    return False


def _filled(h: Hands, aim: Aim, role: str) -> bool:
    """A role that some gate asks for or appoints is filled by that, not by the way."""
    if role in h.world.team.late and not h.by_hand:
        h.missing.add(Missing(role, ("gates", aim.gate.id, "decides", "by")))
        return False
    return doing.fill(h, role)


# ---------------------------------------------------------------- what is behind a blocker


def _behind(h: Hands, aim: Aim) -> Iterator[Test]:
    """The tests of every rule that has to do with what was ever in the way."""
    method = h.world.method
    rules: list[Predicate | bool | None] = [aim.outcome.when]
    chooses = [aim.outcome.choose, aim.gate.decides.by]
    for blocker in aim.met.values():
        instance = h.project.needs.get(blocker.subject)
        if instance is not None:
            need = need_of(method, instance)
            rules += [need.when, need.required, need.done, need.opens.when if need.opens else None]
        name = blocker.params.get("for", blocker.subject)
        if name in aim.gate.criteria:
            rules.append(aim.gate.criteria[name].when)
        if name in aim.gate.advises:
            rules.append(aim.gate.advises[name].when)
            chooses.append(aim.gate.advises[name].by)
        if name in method.gates:
            rules.append(method.gates[name].when)
        rules += [need.when for need in aim.outcome.needs.values() if need.ref == name]
    for rule in rules:
        yield from mentions.tests(method, rule)
    for choose in chooses:
        if isinstance(choose, Choose):
            yield from mentions.of_choose(method, choose)
