"""Decide where log lines go: nowhere, since a command answers for itself; a worker, which nobody
watches, writes them as single visible lines.
"""

from __future__ import annotations

import logging

from innocities_engine import wording


class _Plain(logging.Formatter):
    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        return wording.visible(super().formatMessage(record))


def silence() -> None:
    """Keep warnings from being printed into answers."""
    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.NullHandler())


def to_stderr() -> None:
    """Write what is worth knowing of a process that runs for long."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Plain("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    # Its own lines tell of jobs by name, every few seconds, and of nothing a reader could act on.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
