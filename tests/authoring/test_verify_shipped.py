"""Every method that ships verifies, and so does what an overlay makes of it."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable

import pytest

from innocities_engine import library
from innocities_engine.authoring.verify import backwards, verify

IDS = [name for name, _, _ in library.Library().ids()]
FULL = bool(os.environ.get("INNOCITIES_FULL"))
# Each night all; on the way to landing the base, and a programme: what the others add to them takes
# most of the time.
QUICK = ("smartby-prosjekt", "smartby-program")


@pytest.mark.parametrize("name", IDS if FULL else QUICK)
def test_a_shipped_method_verifies(told: Callable[[str], None], name: str):
    method = library.Library().methodology(name)
    begun = time.process_time()

    report = verify(method)

    seconds = time.process_time() - begun
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told(f"{name} verified: {report.states} states, {report.ways} ways, {report.rules} rules,"
         f" {seconds:.1f} s, at most {used // 1024} MiB")  # fmt: skip
    assert report.findings == ()
    assert report.sound


@pytest.mark.parametrize("name", IDS)
def test_no_date_of_a_shipped_method_is_over_when_it_becomes_known(name: str):
    method = library.Library().methodology(name)
    assert list(backwards.over_when_known(method, frozenset())) == []


def test_only_methods_that_ship_count_as_proved_already():
    assert all(library.proved(library.Library().methodology(name).digest) for name in QUICK)
    assert not library.proved("0" * 64)


def test_a_bound_that_is_hit_is_told_and_nothing_is_called_sound():
    method = library.Library().methodology("smartby-program")

    report = verify(method, most_states=5)

    assert not report.sound
    assert report.undecided == ("V1", "V2", "V3", "V5", "V7")
    assert all(finding.severity != "error" for finding in report.findings)


def test_a_bound_in_time_is_kept():
    """A clock that says that a minute has passed each time somebody looks."""
    minutes = iter(range(10**6))
    method = library.Library().methodology("smartby-program")

    report = verify(method, most_seconds=60 * 3, clock=lambda: 60.0 * next(minutes))

    assert not report.sound
    assert report.states < 60
