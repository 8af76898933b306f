"""A project follows its method for life: what was recorded once is decided the same in every later
release, and what it allows is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from innocities_engine import library
from innocities_engine.domain.definition import Methodology
from tests.histories import stored
from tests.histories.recording import LEAST, ROOT, is_released
from tests.histories.replaying import differences
from tests.histories.stored import History, Stored

PARTS = 8
ANEW = (
    "A stored history is decided otherwise now. If a rule of a version that is not released was"
    " changed on purpose, record anew: python -m tests.histories.recording"
)


@cache
def loaded(version: str) -> Stored:
    return stored.load(version)


@cache
def methods(version: str) -> dict[str, Methodology]:
    """Methods as they were pinned: compiled from the bytes that were published."""
    kept = loaded(version).methods
    return {digest: library.compile_stored(text.encode()) for digest, text in kept.items()}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("version", stored.versions())
def test_a_stored_history_is_decided_the_same_today(version: str, part: int) -> None:
    histories = loaded(version).histories[part::PARTS]

    found = [told for history in histories for told in differences(history, methods(version))]

    assert histories
    assert found == [], f"{ANEW}\n{found[0]}"


def test_there_are_enough_histories_and_they_go_through_what_can_happen(
    told: Callable[[str], None],
) -> None:
    files = [loaded(version) for version in stored.versions()]
    histories = [history for file in files for history in file.histories]
    steps = [step for history in histories for step in history.steps]
    tried = [answer for h in histories for point in h.points for _, answer in point.tried]
    events = Counter(name for step in steps for name, _ in step.events)
    given = Counter(step.asked.command[0] for step in steps)

    assert len(histories) >= LEAST
    assert len({history.method for history in histories}) >= 40
    assert len(events) >= 35, sorted(events)
    assert len(given) >= 15, sorted(given)
    assert 0.05 < sum(answer.startswith("=") for answer in tried) / len(tried) < 0.95
    told(
        f"stored histories: {len(histories)} of {len(stored.versions())} releases,"
        f" {len(steps)} commands, {events.total()} events, {len(tried)} answers, 0 differences"
    )


@pytest.mark.parametrize("version", stored.versions())
def test_a_pinned_method_has_the_digest_that_it_was_published_under(version: str) -> None:
    for digest, text in loaded(version).methods.items():
        assert hashlib.sha256(text.encode()).hexdigest() == digest
    assert {h.method for h in loaded(version).histories} == loaded(version).methods.keys()


def test_what_a_release_has_written_is_what_it_was() -> None:
    """The digest of a released file changes only together with the file, which nobody may do."""
    known = json.loads(stored.DIGESTS.read_text())

    assert known == {
        version: hashlib.sha256(stored.path_of(version).read_bytes()).hexdigest()
        for version in stored.versions()
    }


def test_each_release_has_histories_of_its_own() -> None:
    headings = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    versions = [line.split()[1] for line in headings if line.startswith("## ")]

    assert set(versions) <= {*stored.versions()} | {v for v in versions if not is_released(v)}


def test_a_history_that_would_be_decided_otherwise_is_told() -> None:
    """The comparison sees an event, a state, a review and an answer that differ."""
    history = next(h for h in loaded("0.1.0").histories if h.name.startswith("smartby-prosjekt"))
    kept = methods("0.1.0")

    assert [*differences(history, kept)] == []
    for changed in _changed(history):
        assert len([*differences(changed, kept)]) == 1


def _changed(history: History) -> list[History]:
    from dataclasses import replace

    first, *rest = history.steps
    name, text = first.events[-1]
    event = replace(first, events=[*first.events[:-1], (name, text.replace("20", "21", 1))])
    points = history.points
    asked, answer = points[-1].tried[0]
    return [
        replace(history, steps=[event, *rest]),
        *(
            replace(history, points=[*points[:-1], replace(points[-1], **{part: value})])
            for part, value in (
                ("state", "0"),
                ("phases", {}),
                ("reviews", {"G1#1": {}}),
                ("tried", [(asked, answer + "?"), *points[-1].tried[1:]]),
            )
        ),
    ]
