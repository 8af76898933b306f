"""The shipped entry point: composes the program out of its parts. The only module that knows both
the engine and what tells people about it; each part is loaded when it is needed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from innocities_engine.cli.app import app

if TYPE_CHECKING:
    from innocities_engine.cli.console import Delivered, Letter
    from innocities_engine.engine import Engine
    from innocities_engine.settings import Settings
    from notifications.delivery import DeliveryReport


class Composition:
    """The parts that commands are handed."""

    def deliver(self, engine: Engine, settings: Settings) -> Delivered:
        from innocities_engine.cli.console import Delivered
        from notifications.delivery import deliver
        from notifications.wiring import post_of

        report = deliver(post_of(settings, engine))
        return Delivered(_counted(report), report.stopped, report.said)

    @contextmanager
    def delivering(self, settings: Settings) -> Iterator[Callable[[Engine], Mapping[str, int]]]:
        from notifications.delivery import deliver
        from notifications.mailbox import Mailbox, write_index
        from notifications.wiring import post_of

        mailbox = Mailbox(settings.mailbox, paged=False)
        yield lambda engine: _counted(deliver(replace(post_of(settings, engine), mailer=mailbox)))
        write_index(settings.mailbox)

    def work(self, engine: Engine, settings: Settings) -> None:
        from notifications.clock import run_worker, until_signalled
        from notifications.wiring import post_of

        with until_signalled() as stop:
            run_worker(post_of(settings, engine), stop)

    def letter_kinds(self) -> Sequence[str]:
        from notifications import messages

        return messages.KINDS

    def letter(self, kind: str, language: str, today: datetime) -> Letter:
        from notifications import samples

        return samples.preview(kind, language, today.date())

    def page(self, name: str, values: Mapping[str, object]) -> str:
        from notifications.templating import render

        return render(f"{name}.html", **values)


def _counted(report: DeliveryReport) -> Mapping[str, int]:
    from dataclasses import asdict

    return {name: n for name, n in asdict(report).items() if type(n) is int}


def main() -> None:
    """Run the program."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # for the rest of the run
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # somebody put another kind of stream in its place
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    app(obj=Composition(), prog_name="innocities")


if __name__ == "__main__":
    main()
