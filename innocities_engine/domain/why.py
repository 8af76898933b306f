"""Why a gate is shut, and the smallest sets of actions that would open it.

Each blocker names the single actions that might help; the search tries them on copies of the
project, smallest sets first, and keeps a set only if none of its actions can be left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from innocities_engine.domain import gates, judgements, people, predicates
from innocities_engine.domain.definition import Methodology, Outcome
from innocities_engine.domain.gates import Review
from innocities_engine.domain.imagining import counted, imagine
from innocities_engine.domain.project import Passage
from innocities_engine.domain.regions import regions
from innocities_engine.domain.remedies import Action, remedies
from innocities_engine.domain.situation import Situation, need_of, need_scope

MOST_SETS = 10
MOST_ACTIONS = 12
MOST_TRIALS = 150  # of the smallest ways; as many again to find any

Actions = frozenset[Action]


@dataclass(frozen=True, slots=True)
class Waivable:
    """A need that these roles may exempt the project from, apart from the sets."""

    need: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """`common`: what all ways ask, whole; `sets`: what each asks beside it. Together they are
    subset-minimal. `hidden`: how many actions of each are not shown; `cut`: there are more ways, or
    longer ones, than are shown.
    """

    review: Review
    common: tuple[Action, ...] = ()
    sets: tuple[tuple[Action, ...], ...] = ()
    cut: bool = False
    waivers: tuple[Waivable, ...] = field(default=())
    hidden: tuple[int, ...] = ()


def why(
    s: Situation,
    passage: Passage,
    outcome: Outcome | None = None,
    *,
    most_sets: int = MOST_SETS,
    most_actions: int = MOST_ACTIONS,
    most_trials: int = MOST_TRIALS,
) -> Explanation:
    """Explain one passage; with an outcome, what exactly that outcome still asks."""
    review = gates.review(s, passage, outcome)
    waivers = tuple(_waivers(s, review))
    if review.ready:
        return Explanation(review, sets=((),), waivers=waivers)
    search = _Search(s, passage.key, outcome, most_trials)
    found = _merged(s, {counted(s, actions) for actions in search.run()})
    ordered = sorted(found, key=lambda actions: _honest_first(s, actions))[:most_sets]
    common: Actions = frozenset.intersection(*ordered) if ordered else frozenset()
    own = [sorted(actions - common) for actions in ordered]
    hidden = tuple(max(0, len(actions) - most_actions) for actions in own)
    return Explanation(
        review,
        tuple(sorted(common)),
        tuple(tuple(actions[:most_actions]) for actions in own),
        cut=search.cut or len(found) > most_sets or any(hidden),
        waivers=waivers,
        hidden=hidden,
    )


def _honest_first(s: Situation, actions: Actions) -> tuple[int, int, list[Action]]:
    """Ways on which no answer that was given has to become another come first."""
    changed = sum(a.kind == "answer" and _is_answered(s, a.subject) for a in actions)
    return changed, len(actions), sorted(actions)


def _is_answered(s: Situation, fact: str) -> bool:
    return predicates.fact_value(s, fact, judgements.project_scope(s)) is not None


def _waivers(s: Situation, review: Review) -> list[Waivable]:
    found = []
    for blocker in review.blockers:
        instance = s.project.needs.get(blocker.subject)
        if instance is not None:
            need = need_of(s.method, instance)
            if need.waives is not None:
                scope = need_scope(s, instance)
                found.append(Waivable(instance.key, people.roles_asked(s, need.waives, scope)))
    return found


class _Search:
    def __init__(
        self, s: Situation, passage: str, outcome: Outcome | None, most_trials: int
    ) -> None:
        self.s = s
        self.passage = passage
        self.outcome = outcome
        self.most_trials = most_trials
        self.cut = False
        self.reviews: dict[Actions, tuple[Situation, Review] | None] = {}

    def run(self) -> set[Actions]:
        """The smallest ways where all can be tried; else those that are found by going on from one
        action to the next until the gate is open.
        """
        found = self.walked(deep=False)
        if self.cut:
            self.most_trials *= 2
            found |= self.walked(deep=True)
        return {way for way in found if not any(_within(other, way) for other in found - {way})}

    def walked(self, *, deep: bool) -> set[Actions]:
        """Walk from the empty set, smallest first or deepest first, as long as trials last."""
        found: set[Actions] = set()
        todo: deque[Actions] = deque([frozenset()])
        seen: set[Actions] = {frozenset()}
        while todo:
            actions = todo.pop() if deep else todo.popleft()
            if any(_within(smaller, actions) for smaller in found):
                continue
            trial = self.tried(actions)
            if trial is None:
                continue
            situation, review = trial
            if review.ready:
                found.add(self.reduced(actions))
                continue
            new = [a for a in self.steps(situation, review, actions) if a not in seen]
            seen.update(new)
            todo.extend(reversed(new) if deep else new)
        return found

    def tried(self, actions: Actions) -> tuple[Situation, Review] | None:
        """The Review as if these actions were done; None past the bound on trials."""
        if actions not in self.reviews:
            if len(self.reviews) >= self.most_trials:
                self.cut = True
                return None
            situation = imagine(self.s, actions)
            passage = situation.project.passages[self.passage]
            self.reviews[actions] = (situation, gates.review(situation, passage, self.outcome))
        return self.reviews[actions]

    def steps(self, s: Situation, review: Review, actions: Actions) -> list[Actions]:
        """All blockers with one remedy at once; else each remedy of the blocker with fewest."""
        topics = {action.topic for action in actions if action.kind != "wait"}
        passage = s.project.passages[self.passage]
        options: list[set[Action]] = []
        for blocker in review.blockers:
            able = remedies(s, passage, blocker, self.outcome)
            fresh = {a for a in able if a.topic not in topics and _adds(actions, a)}
            # What is done may wait for another action: who judges, for the answer that names them.
            if fresh or not able:
                options.append(fresh)
        forced = frozenset(next(iter(o)) for o in options if len(o) == 1)
        if forced and len({a.topic for a in forced}) == len(forced):
            return [_joined(actions, forced)]
        if not options or any(not o for o in options):
            return []
        fewest: set[Action] = min(options, key=len)
        return [_joined(actions, {a}) for a in sorted(fewest)]

    def reduced(self, actions: Actions) -> Actions:
        """Leave out what can be left out."""
        for action in sorted(actions):
            trial = self.tried(actions - {action})
            if trial is not None and trial[1].ready:
                return self.reduced(actions - {action})
        return actions


def _adds(actions: Actions, new: Action) -> bool:
    """Whether it is not done yet; who waits long enough has waited."""
    if new.until is None:
        return new not in actions
    return all(a.until is None or a.until < new.until for a in actions)


def _within(actions: Actions, more: Actions) -> bool:
    """Whether all of it is in the other, where longer waits hold shorter ones."""
    return all(a in more if a.until is None else not _adds(more, a) for a in actions)


def _joined(actions: Actions, more: Iterable[Action]) -> Actions:
    """All of it; of several waits the longest."""
    together = {*actions, *more}
    last = max((a.until for a in together if a.until), default=None)
    return frozenset(a for a in together if a.until in (None, last))


def _merged(s: Situation, found: set[Actions]) -> set[Actions]:
    """Answers that go with the same company become one: answer within these values."""
    by_company: dict[tuple[Actions, str], set[Action]] = {}
    for actions in found:
        for action in actions:
            if action.kind in ("answer", "rate"):
                key = (actions - {action}, f"{action.kind} {action.subject}")
                by_company.setdefault(key, set()).add(action)
    for (company, _), answers in by_company.items():
        whole = {company | {a} for a in answers}
        if len(answers) > 1 and whole <= found:
            merged = _one(s.method, s, answers)
            return _merged(s, (found - whole) | {company | {merged}})
    return found


def _one(method: Methodology, s: Situation, answers: set[Action]) -> Action:
    first = min(answers)
    values = tuple(v for a in sorted(answers) for v in a.values)
    if first.kind == "answer":
        order = [r.label for r in regions(method, first.subject, s.today)]
        values = tuple(label for label in order if label in values)
        if len(values) == len(order):
            values = ("any",)
    return Action(first.kind, first.subject, values)
