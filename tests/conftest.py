"""What every test may ask for: to tell what its proof has found, in figures, at the end of a run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

TOLD = "told"


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Take a line for the end of the run; it gets there from any process that tests."""
    return lambda line: record_property(TOLD, line)


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
