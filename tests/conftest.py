"""What every test may ask for: to tell what its proof has found, in figures, at the end of a run;
how tests are shared out among processes, and where they write.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

TOLD = "told"
MEMORY = Path("/dev/shm")
ROOM = 2 * 2**30  # bytes, many times what a run needs
# Files whose tests each take long by themselves, so that any process may take the next one.
SHARED_OUT = (
    "tests/crash/test_kills.py",
    "tests/histories/",
    "tests/imports/test_taking_in.py",
    "tests/machine/",
    "tests/notifications/test_outage.py",
    "tests/proofs/test_no_way_past.py",
    "tests/proofs/test_triggers.py",
    "tests/races/",
    "tests/oracle/test_stories.py",
)
# Files that take long as a whole.
LONG = (
    "tests/cli/test_screen.py",
    "tests/crash/",
    "tests/methodology/test_inventory.py",
    "tests/proofs/",
    "tests/succession/",
    "tests/test_demo.py",
)


# The run that decides whether a change lands tries the same cases each time, so that what fails there
# fails at the desk too. The full sizes go looking: they try others at every run.
settings.register_profile("landing", derandomize=True, database=None, deadline=None)
settings.register_profile("looking", deadline=None, print_blob=True)
settings.load_profile("looking" if os.environ.get("INNOCITIES_FULL") else "landing")


def pytest_configure() -> None:
    """Write to memory where there is room. Every commit waits for the disk, thousands of times; what
    a kill leaves is in memory either way, and what a power cut leaves is worked out from the calls.
    """
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and _holds_all(MEMORY):
        os.environ.setdefault("TMPDIR", str(MEMORY))
        tempfile.tempdir = None  # it was asked for before


def _holds_all(folder: Path) -> bool:
    """Whether there is room, also for a program that is installed there and run."""
    runs = not os.statvfs(folder).f_flag & os.ST_NOEXEC
    return runs and shutil.disk_usage(folder).free > ROOM


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Take a line for the end of the run; it gets there from any process that tests."""
    return lambda line: record_property(TOLD, line)


@pytest.hookimpl(optionalhook=True)  # where tests are not run side by side nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """One process takes a whole file, so that what is dear to set up is set up once."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return nodeid if file.startswith(SHARED_OUT) else file

    config.option.loadscopereorder = False  # they stand in an order of their own
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: nobody is to wait for one process that does it at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG + SHARED_OUT))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell, proof by proof, what was tried and what was found."""
    reports = (
        report
        for outcome in ("passed", "failed", "xfailed")
        for report in terminalreporter.stats.get(outcome, ())
    )
    lines = {value for report in reports for name, value in report.user_properties if name == TOLD}
    if lines:
        terminalreporter.section("figures")
    for line in sorted(map(str, lines)):
        terminalreporter.line(line)
