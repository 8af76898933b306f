"""Walks in processes of their own. What Hypothesis draws depends on the numbers in the modules that a
process has loaded: elsewhere the same seed would lead another way, according to which tests ran
before. A server loads this module once, and each walk is in a fork of it.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.machine.cases import case
from tests.machine.machine import Tally, walk
from tests.machine.written import Desk, WrittenPair

FRESH = multiprocessing.get_context("forkserver")
FRESH.set_forkserver_preload([__name__])


def alone(walked: Callable[..., Tally], *about: Any) -> Tally:
    """Call one of the walks below where nothing else has been loaded; its assertion is ours."""
    with ProcessPoolExecutor(1, mp_context=FRESH) as process:
        return process.submit(walked, *about).result()


def of_rules(name: str, number: int, walks: int, steps: int) -> Tally:
    tally = Tally()
    walk(case(name), number, walks=walks, steps=steps, tally=tally)
    return tally


def of_what_is_written(name: str, folder: Path, walks: int, steps: int) -> Tally:
    tally = Tally()
    desk = Desk.opened(folder, case(name))
    walk(
        case(name), 2, walks=walks, steps=steps, tally=tally,
        start=lambda chosen: WrittenPair(chosen, desk),
    )  # fmt: skip
    desk.engine.store.close()
    return tally
