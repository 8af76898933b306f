"""The smallest sets of actions that `why` names are those that trying every subset finds, on small
gates drawn by chance: the sets of deeds, the stretches an answer may lie in, the worst verdict that
will do, until when to wait, and how many voices are missing.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import cache
from itertools import product

import pytest

from innocities_engine.domain import grammar, people, why
from innocities_engine.domain.regions import regions
from innocities_engine.domain.remedies import Action
from innocities_engine.domain.situation import Situation
from tests.proofs import subsets
from tests.proofs.small_gates import GATE, SmallGate, drawn

FULL = bool(os.environ.get("INNOCITIES_FULL"))
GATES = 1000 if FULL else 220
IN_ONE_TEST = 20
TELLING = (*range(60), 251, 272)  # in the last two, what was done first is not needed in the end
LONGER_WAITS = (
    409,
    482,
    542,
    *([749] if FULL else []),
)  # where what one waits for is over before something else is
FEATURES = ("any", "at_least", "quorum", "unknown fact", "chain")
LEAST = 20  # gates with each feature

Deed = tuple[str, str, str, datetime | None, int]
Sets = set[frozenset[Deed]]


gate = cache(drawn)


@cache
def whole(seed: int) -> why.Explanation:
    return explained(gate(seed), 1000, 1000)


def named(small: SmallGate, found: why.Explanation) -> Sets:
    """What the engine says would open the gate, each answer and verdict by itself."""
    assert not found.cut
    return {
        frozenset(one)
        for deeds in found.sets
        for one in product(*(_each(small.walk.situation, a) for a in (*found.common, *deeds)))
    }


def explained(small: SmallGate, most_sets: int, most_actions: int) -> why.Explanation:
    passage, go = small.walk.passage(GATE), small.method.gates[GATE].outcomes["go"]
    return why.why(
        small.walk.situation,
        passage,
        go,
        most_sets=most_sets,
        most_actions=most_actions,
        most_trials=50_000,
    )


def _each(s: Situation, action: Action) -> list[Deed]:
    values = action.values or ("",)
    if action.kind == "answer" and values == ("any",):
        values = tuple(region.label for region in regions(s.method, action.subject, s.today))
    until, voices = action.until, action.voices
    return [(action.kind, action.subject, value, until, voices) for value in values]


def tried(small: SmallGate) -> Sets:
    """What trying every subset says would open the gate."""
    return {
        frozenset((t.deed.kind, t.deed.subject, t.deed.value, t.until, t.voices) for t in deeds)
        for deeds in subsets.minimal(small)
    }


@pytest.mark.parametrize("first", range(0, GATES, IN_ONE_TEST))
def test_the_sets_named_are_those_that_trying_every_subset_finds(first: int) -> None:
    for seed in range(first, first + IN_ONE_TEST):
        small = gate(seed)
        assert named(small, whole(seed)) == tried(small), (seed, small.words["gates"][GATE])


@pytest.mark.parametrize("seed", LONGER_WAITS)
def test_a_longer_wait_holds_a_shorter_one(seed: int) -> None:
    small = gate(seed)
    assert named(small, whole(seed)) == tried(small), small.words["gates"][GATE]


def test_the_gates_are_of_every_kind_and_half_have_several_ways(
    told: Callable[[str], None],
) -> None:
    features: Counter[str] = Counter()
    several = 0
    for seed in range(GATES):
        small = gate(seed)
        features.update(small.features)
        several += len(named(small, whole(seed))) > 1

    counts = ", ".join(f"{name} in {features[name]}" for name in FEATURES)
    told(f"minimal sets: {GATES} gates, {several} with two sets or more; {counts}")
    assert min(features[name] for name in FEATURES) >= LEAST
    assert several >= GATES / 2


def test_at_most_ten_sets_of_twelve_actions_are_shown_and_what_is_left_out_is_told() -> None:
    cut = 0
    for seed in range(GATES):
        found, shown = whole(seed), explained(gate(seed), 3, 2)
        if found.review.ready:
            continue
        ways = [frozenset((*found.common, *own)) for own in found.sets[:3]]
        common = frozenset.intersection(*ways)
        own = [sorted(way - common) for way in ways]
        assert shown.common == tuple(sorted(common))
        assert shown.sets == tuple(tuple(actions[:2]) for actions in own)
        assert shown.hidden == tuple(max(0, len(actions) - 2) for actions in own)
        assert shown.cut == (len(found.sets) > 3 or any(shown.hidden))
        cut += shown.cut
    assert 0 < cut < GATES
    assert (why.MOST_SETS, why.MOST_ACTIONS) == (10, 12)


def without(kind: str) -> Callable[..., frozenset[Action]]:
    """The remedies of a blocker, as if nobody thought of this one."""
    return lambda *about: frozenset(a for a in _REMEDIES(*about) if a.kind != kind)


def one_more(quorum: grammar.Quorum, members: int) -> int:
    """As if a quorum were one voice more than it is."""
    return _NEEDED(quorum, members) + 1


_REMEDIES, _MERGED, _NEEDED = why.remedies, why._merged, grammar.Quorum.needed
_WANTED = people.wanted
FAULTS: dict[str, tuple[object, str, object]] = {
    "a quorum is one more": (grammar.Quorum, "needed", one_more),
    "only the first remedy of each blocker is tried": (
        why,
        "remedies",
        lambda *about: frozenset(sorted(_REMEDIES(*about))[:1]),
    ),
    "one set is left out": (
        why,
        "_merged",
        lambda s, found: _MERGED(s, found - {max(found, key=sorted)}),
    ),
    "one voice too few is told": (people, "wanted", lambda *about: max(0, _WANTED(*about) - 1)),
    "nobody is asked for advice": (why, "remedies", without("advise")),
    "nobody thinks of waiting": (why, "remedies", without("wait")),
    "nobody thinks of filling a role": (why, "remedies", without("fill")),
}


def is_wrong(small: SmallGate) -> bool:
    return named(small, explained(small, 1000, 1000)) != tried(small)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_search_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, wrong = FAULTS[fault]
    monkeypatch.setattr(place, name, wrong)

    assert any(is_wrong(small) for small in map(drawn, TELLING))
