"""No text of a definition ever names code: whatever its texts and names say, nothing of it is
imported, compiled, executed or started, and no machine has a callback that stems from it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import chain, cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transitions import Machine

from innocities_engine.domain import machine
from innocities_engine.domain.definition import Methodology
from tests.methodology.staging import method
from tests.proofs.naming_code import DOTTED, IDS, TEXTS, definition, read
from tests.proofs.test_no_way_past import METHODS

ROOT = Path(__file__).parents[2]


def watched(*words: str) -> dict[str, Any]:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.proofs.watched", *words],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def test_whatever_a_definition_says_nothing_is_imported_compiled_or_started(
    told: Callable[[str], None],
) -> None:
    """Every text stands in every place once: in titles, questions, acts, conditions, answers,
    reasons and names of people; names of code are ids wherever an id stands.
    """
    found = watched()
    done = found["done"]
    told(
        f"no text names code: {len(TEXTS)} texts and {len(IDS)} ids in {done['definitions']}"
        f" definitions; {done['triggers']} triggers fired, {done['commands']} commands and"
        f" {done['letters']} letters; {len(found['happened'])} imports, compilations or processes"
    )
    assert found["happened"] == []
    assert done["definitions"] == len(TEXTS)
    assert min(done[kind] for kind in ("triggers", "commands", "letters")) > 0


def test_a_text_that_is_handed_on_as_a_callback_is_noticed() -> None:
    happened = watched("faulty")["happened"]
    for name in ("this", "nturl2path", "tests.proofs.nowhere"):
        assert any(event.startswith(f"import ('{name}'") for event in happened)
    assert any(event.startswith("exec ") and "this.py" in event for event in happened)


# ---------------------------------------------------------------- callbacks


def callbacks(made: Machine) -> Iterator[object]:
    """Everything a machine would ever call."""
    for name in ("prepare_event", "before_state_change", "after_state_change", "finalize_event",
                 "on_exception", "on_final"):  # fmt: skip
        yield from getattr(made, name, ())
    for state in made.states.values():
        yield from chain(state.on_enter, state.on_exit)
    for event in made.events.values():
        for transition in chain.from_iterable(event.transitions.values()):
            yield from chain(transition.prepare, transition.before, transition.after)
            yield from (condition.func for condition in transition.conditions)


def machines(of: Methodology) -> list[Machine]:
    return [machine.version_machine(), *(machine.track_machine(of, root) for root in of.roots)]


@pytest.mark.parametrize("name", METHODS)
def test_a_machine_calls_the_one_guard_that_is_our_own(name: str) -> None:
    called = {callback for made in machines(method(name)) for callback in callbacks(made)}
    assert called == {machine._allowed}


PRINTED = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=20)
WORDS = st.lists(st.sampled_from(DOTTED) | PRINTED, min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(WORDS, st.permutations(IDS))
def test_no_machine_has_a_callback_that_stems_from_a_definition(
    words: list[str], ids: list[str]
) -> None:
    texts, names = cycle(words), iter(ids)
    found = read(definition(lambda: next(texts), lambda: next(names)))
    called = {callback for made in machines(found) for callback in callbacks(made)}
    assert called == {machine._allowed}
    assert not [model for made in machines(found) for model in made.models]
