"""Walks the machine under mutants of the engine, each in a process of its own.

Everything that is not ours is imported once; then, for each mutant, a fork imports the engine with
the mutant in its place, walks, and tells what the machine found. No file is changed.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import multiprocessing
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

import hypothesis.stateful  # noqa: F401  # imported here once, for all that are forked
import pydantic  # noqa: F401
import ruamel.yaml  # noqa: F401
import transitions  # noqa: F401

from tests.machine.mutants import STEPS, TRIED, WALKS, Mutant

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Verdict:
    """What the machine found. `asserted`: it was one of its own assertions that failed."""

    asserted: bool
    found: str


class Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a text of ours."""

    def __init__(self, name: str, source: str) -> None:
        self._name, self._source = name, source

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        planted = name == self._name
        return importlib.machinery.ModuleSpec(name, self) if planted else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, f"<mutant of {self._name}>", "exec"), module.__dict__)


def walk_under(name: str, source: str, case: str, number: int, walks: int, steps: int) -> Verdict:
    """Walk with this text in place of a module; nothing of the engine may be imported yet."""
    assert name not in sys.modules
    sys.meta_path.insert(0, Planted(name, source))
    from tests.machine import cases, machine

    walked = cases.case(case)
    try:
        machine.walk(walked, number, walks=walks, steps=steps, tally=machine.Tally(), shrink=False)
    except Exception as fault:  # noqa: BLE001  # whatever ends a walk is its verdict
        last = traceback.extract_tb(fault.__traceback__)[-1]
        own = isinstance(fault, AssertionError) and Path(last.filename).is_relative_to(HERE)
        return Verdict(own, f"{type(fault).__name__}: {fault}")
    return Verdict(asserted=False, found="")


def verdicts(wanted: Sequence[tuple[Mutant, str, int]]) -> Iterator[Verdict]:
    """Walk each of these in a process of its own, which begins where the imports of others end."""
    asked = [(m.name, m.source(), case, number, WALKS, STEPS) for m, case, number in wanted]
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        for each in asked:
            yield pool.apply(walk_under, each)


def main(part: int, parts: int) -> None:
    """Print what was found of each mutant of a part, one JSON object a line."""
    for found in verdicts([(m, *m.where) for m in TRIED[part::parts]]):
        print(json.dumps(asdict(found)), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
