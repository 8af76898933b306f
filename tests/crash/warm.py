"""The command line, loaded once: each run is a fork of this process, so that a run costs what it
does and not what it takes to load. Says nothing of its own under a workspace; who kills or hinders
the runs, and what must hold afterwards, is the business of the tests.

Each line of its input is an order, runs that begin at the same moment, in JSON: ``folder`` to stand
in, ``commands`` one after the other, ``said`` where the words go, ``outward`` to post real mail from
a simulated workspace, ``patience`` in seconds for a locked database. It answers with a line of
process ids, then with a line of exit codes. ``said``.done has a line for each command that ended.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import sys
import traceback
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import cli
import innocities_engine
import notifications
from innocities_engine.cli.app import app
from innocities_engine.engine import Engine
from innocities_engine.settings import Settings
from innocities_engine.store import transactions

BROKEN = 99


class Outward(cli.Composition):
    """The shipped composition, but mail goes to the server of the settings in any case."""

    def deliver(self, engine: Engine, settings: Settings) -> Mapping[str, int]:
        return super().deliver(engine, replace(settings, simulated=False))


def load() -> None:
    """Import what any command could want; steps of migrations run when they are imported."""
    for package in (innocities_engine, notifications):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name:
                import_module(found.name)
    gc.freeze()


def begin(run: Mapping[str, Any], gate: tuple[int, int]) -> int:
    """Fork a run; it waits until its parent has closed the gate."""
    process = os.fork()
    if process:
        return process
    code = BROKEN
    try:
        os.close(gate[1])
        _stand(run)
        os.read(gate[0], 1)
        code = _live(run)
    except BaseException:  # noqa: BLE001  # told as it is: the parent's frames must not run twice
        traceback.print_exc()
    finally:
        os._exit(code)


def _live(run: Mapping[str, Any]) -> int:
    code = 0
    with open(f"{run['said']}.done", "ab", buffering=0) as done:
        for number, words in enumerate(run["commands"]):
            code = perform(words, outward=run.get("outward", False))
            done.write(b"%d %d\n" % (number, code))
    return code


def _stand(run: Mapping[str, Any]) -> None:
    os.chdir(run["folder"])
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(f"{run['said']}.{name}", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        os.dup2(file, number)
    transactions.PATIENCE_SECONDS = run.get("patience", transactions.PATIENCE_SECONDS)  # type: ignore[misc]  # a shorter wait, not another behaviour


def perform(words: list[str], *, outward: bool) -> int:
    """Run one command as the installed program does; return what it ends with."""
    sys.argv = ["innocities", *words]
    try:
        app(obj=Outward(), prog_name="innocities") if outward else cli.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def obey(order: list[Mapping[str, Any]]) -> None:
    """Begin all runs of an order at once, and wait for the last."""
    gate = os.pipe()
    processes = [begin(run, gate) for run in order]
    for end in gate:
        os.close(end)
    print(json.dumps(processes), flush=True)
    codes = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in processes]
    print(json.dumps(codes), flush=True)


if __name__ == "__main__":
    load()
    print(json.dumps(str(Path.cwd())), flush=True)
    for line in sys.stdin:
        obey(json.loads(line))
