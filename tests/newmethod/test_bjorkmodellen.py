"""A new method, written from the guide for authors alone, passes `check` and is lived through by
the command line alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from innocities_engine import library
from tests.docs import blocks as b
from tests.docs import transcript
from tests.docs.words import language_words

HERE = Path(__file__).parent
METHOD = HERE / "bjorkmodellen" / "1.0.0.yaml"
TRANSCRIPT = HERE / "bjorkvik.transcript"


def test_it_passes_the_check() -> None:
    found, faults = library.check(METHOD)
    assert found is not None
    assert {fault.code for fault in faults} == {"no-template"}


def test_it_is_lived_through_by_the_command_line_alone(tmp_path: Path) -> None:
    shutil.copytree(METHOD.parent, tmp_path / METHOD.parent.name)
    transcript.check(TRANSCRIPT.read_text(encoding="utf-8"), transcript.Terminal(tmp_path))


def test_it_has_what_a_municipal_model_asks_of_a_language() -> None:
    method = library.load(METHOD)
    gates = method.gates
    assert len([p for p in method.phases.values() if p.track == method.main_root]) == 5
    assert len({tuple(gate.outcomes) for gate in gates.values()}) == len(gates)
    required = {need.required for need in gates["BP2"].needs.values()}
    assert {True, False} < required
    assert {len(required), gates["BP2"].needs["barnanalys"].when is not None} == {3, True}


def test_every_word_it_uses_stands_in_the_guide() -> None:
    guide = (b.DOCS / "authors.md").read_text(encoding="utf-8")
    known = language_words()
    written = b.parsed(METHOD.read_text(encoding="utf-8"))
    used = {word for word in keys(written) if word in known}
    assert len(used) > 40
    assert {word for word in used if f"{word}:" not in guide} == set()


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)
