"""Eight people decide at the same time, each in a process of their own: how long the unluckiest
waits, and whether anybody starves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from threading import Barrier
from time import perf_counter
from typing import Final

from benchmarks.measuring import Row, at_least, at_most, spelled
from benchmarks.world import a_world, opened

CALLERS: Final = 8
EACH: Final = 20


def measure() -> Iterator[Row]:
    with a_world() as world:
        projects = [world.nearly_decided() for _ in range(CALLERS * (EACH + 1))]
        shares = [projects[n::CALLERS] for n in range(CALLERS)]
        folders = [world.store.folder] * CALLERS
        context = get_context("spawn")
        with ProcessPoolExecutor(CALLERS, mp_context=context) as pool:
            begun = context.Manager().Barrier(CALLERS)
            waits = list(pool.map(_decide, folders, shares, [begun] * CALLERS))
    every = [wait for caller in waits for wait in caller]
    usual, worst = median(every), max(every)
    figures = [f"usual wait {spelled(usual)}, worst {spelled(worst)}, {len(every)} decisions"]
    yield at_most(f"{CALLERS} callers: the worst wait / the usual", worst / usual, 25, *figures)
    totals = sorted(sum(caller) for caller in waits)
    share = totals[0] / totals[-1]
    figure = f"{spelled(totals[0])} … {spelled(totals[-1])} for {EACH} decisions"
    yield at_least(f"{CALLERS} callers: the slowest's share of the quickest's", share, 0.8, figure)


def _decide(folder: Path, projects: Sequence[str], begun: Barrier) -> list[float]:
    """Decide one after the other as soon as all have decided once; whatever fails ends it all."""
    world = opened(folder)
    world.decide(projects[0])
    begun.wait()
    taken = []
    for project in projects[1:]:
        start = perf_counter()
        world.decide(project)
        taken.append(perf_counter() - start)
    world.store.close()
    return taken
