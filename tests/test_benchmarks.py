"""What is measured is measured fairly; the figures themselves are nobody's test."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import __main__, callers, decisions, lists, methods, world
from benchmarks.measuring import Times, alternately, at_least, at_most, spelled
from innocities_engine.store.transactions import read


def test_ways_take_turns_and_the_first_of_each_warms_up() -> None:
    done: list[str] = []
    ways: dict[str, list[Callable[[], object]]] = {
        name: [partial(done.append, name)] * 3 for name in ("a", "b")
    }
    times = alternately(ways, together=2)
    assert "".join(done) == "aabb" * 3
    assert {name: len(each.taken) for name, each in times.items()} == {"a": 2, "b": 2}


def test_a_ratio_is_held_against_what_is_wanted() -> None:
    assert at_most("x", 2.0, 2).met
    assert not at_most("x", 2.1, 2).met
    assert at_least("x", 2.0, 2).met
    assert not at_least("x", 1.9, 2).met
    told = __main__.told(at_most("waiting", 2.5, 2, "ours 5 ms"))
    assert told == "✗ waiting: 2.5 (wanted ≤ 2)\n      ours 5 ms"


@pytest.mark.parametrize(
    ("seconds", "told"), [(2.0, "2 s"), (0.0123, "12.3 ms"), (4.5e-6, "4.5 µs"), (3e-8, "30 ns")]
)
def test_times_are_read_by_people(seconds: float, told: str) -> None:
    assert spelled(seconds) == told
    assert Times((seconds, seconds)).told() == f"{told} (worst {told})"


def test_what_decides_decides_and_the_bare_rows_are_as_many(tmp_path: Path) -> None:
    with world.a_world() as here:
        written = decisions._written(here)
        added = {table.name: len(rows) for table, rows in written.items()}
        project = here.nearly_decided()
        middle = _count(here, "event")
        here.decide(project)
        assert _count(here, "event") - middle == added["event"] > 1
        decisions._bare(here.store, written, 0)
        assert _count(here, "event") - middle == 2 * added["event"]


def _count(here: world.World, table: str) -> int:
    with read(here.store) as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def test_a_crowd_stands_beside_and_is_not_due() -> None:
    with world.a_world() as here:
        here.started()
        here.engine.sweep()
        here.crowd(200)
        assert _count(here, "project") == 201
        assert here.engine.due() == []
        lists._page(here)
        lists._entities(here)


def test_callers_decide_all_they_were_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "CALLERS", 2)
    monkeypatch.setattr(callers, "EACH", 2)
    worst, share = callers.measure()
    assert worst.ratio >= 1 >= share.ratio > 0


def test_each_copy_of_a_method_is_a_text_of_its_own(tmp_path: Path) -> None:
    copies = [path.read_bytes() for path in methods._copies(tmp_path)]
    assert len(set(copies)) == len(copies) > 2


def test_a_part_is_measured_by_its_name() -> None:
    said = CliRunner().invoke(__main__.main, ["methods"])
    assert said.exit_code == 0
    assert "a method parsed / kept in memory" in said.output
