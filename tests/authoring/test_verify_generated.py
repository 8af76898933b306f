"""The verifier raises no false alarm on methods that are sound by construction; and what it calls
sound among methods changed at random never gets stuck in random walks that know nothing of it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from functools import cache
from random import Random

import pytest

from innocities_engine import library
from innocities_engine.authoring.verify import Report, verify
from innocities_engine.domain.definition import Methodology
from tests.authoring.generated import FEATURES, grow
from tests.authoring.mutated import mutate
from tests.authoring.seeded import FOLDER, SHELF
from tests.authoring.walking import walk

FULL = bool(os.environ.get("INNOCITIES_FULL"))
GROWN = 500 if FULL else 60
CHANGED = 500 if FULL else 30
WALKS = 200 if FULL else 3
MOST_STATES = 3000
COUNTED, TOGETHER = 24, 25  # projects that are counted, or taken together: one walker cannot


@cache
def grown(seed: int) -> tuple[Methodology, frozenset[int]]:
    raw, features = grow(seed)
    method, faults = library.check_resolved(raw)
    assert method is not None, [str(fault) for fault in faults]
    return method, features


def alarms(report: Report) -> list[str]:
    return [f"{f.rule} {f.kind} {f.place}" for f in report.findings if f.severity == "error"]


def test_no_false_alarm_on_methods_that_are_sound_by_construction(
    told: Callable[[str], None],
) -> None:
    covered: Counter[int] = Counter()
    undecided = 0
    for seed in range(GROWN):
        method, features = grown(seed)
        report = verify(method, most_states=MOST_STATES, most_seconds=600)
        assert alarms(report) == [], f"method {seed} with {sorted(features)}"
        undecided += bool(report.undecided)
        covered.update(features)
    told(f"{GROWN} methods sound by construction verified, {undecided} not decided; features: "
         + ", ".join(f"F{n} {covered[n]}" for n in FEATURES))  # fmt: skip
    assert undecided * 20 <= GROWN
    assert set(covered) == set(FEATURES)


def test_what_is_called_sound_never_gets_stuck(told: Callable[[str], None]) -> None:
    counts: Counter[str] = Counter()
    for seed in range(CHANGED):
        raw, features = grow(seed)
        method, _ = library.check_resolved(mutate(raw, Random(seed)))
        if method is None or features & {COUNTED, TOGETHER}:
            counts["left out"] += 1
            continue
        report = verify(method, most_states=MOST_STATES, most_seconds=600)
        if not report.sound:
            counts["not decided" if report.undecided else "not sound"] += 1
            continue
        counts["sound"] += 1
        for n in range(WALKS):
            stuck = walk(method, Random(f"{seed} {n}"))
            assert stuck is None, f"method {seed}, walk {n}: {stuck}"
    told(f"of {CHANGED} methods changed at random: {dict(counts)};"
         f" each that is sound was walked {WALKS} times")  # fmt: skip
    assert counts["sound"] > 0
    assert counts["not sound"] > 0


@pytest.mark.parametrize("name", ["wait-never-ends", "phase-without-gate"])
def test_a_walk_can_get_stuck(name: str) -> None:
    """Otherwise it would prove nothing that none did."""
    method, _ = library.check(FOLDER / f"{name}.yaml", SHELF)
    assert method is not None
    assert any(walk(method, Random(n)) is not None for n in range(12))
