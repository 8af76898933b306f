"""Kill -9 at the system calls of a tick that hands letters to a mail server, those on the wire among
them. Whoever comes back delivers the rest: each letter arrives, and a copy only where the process
died after its last dot and before that was written down, as the same mail.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tests.crash.judging import DATABASE
from tests.crash.runs import Disturbance, Ended, Forks, Run, disturbed, forks
from tests.crash.trials import FULL, SEED
from tests.crash.world import LATER, TICK, copied, posting
from tests.harness import mailcheck, syscalls
from tests.harness.smtp import FlakyServer

SAMPLES = 20  # and every send on the wire


@dataclass(frozen=True)
class Trial:
    """A workspace with a mail server of its own, and what its tick is disturbed by."""

    run: Run
    server: FlakyServer
    disturbance: Disturbance


def trials(
    made: Path, place: Path, plan: Sequence[Disturbance], servers: ExitStack
) -> Iterator[Trial]:
    place.mkdir()
    for number, disturbance in enumerate(plan):
        server = servers.enter_context(FlakyServer())
        folder = copied(made, place / f"tick-{number}")
        posting(folder, server.port)
        words = ("tick", "--now", TICK)
        said = place.with_name(f"{place.name}-{number}")
        yield Trial(Run(folder, said, (words,), outward=True), server, disturbance)


def played(begun: Sequence[Trial], place: Path) -> list[Ended]:
    plan = [(trial.run, trial.disturbance) for trial in begun]
    return disturbed(plan, place, sockets=True)


def recover(trial: Trial, program: Forks) -> None:
    """Do what a worker does who comes back."""
    ticks = tuple(("tick", "--now", instant) for instant in (TICK, *LATER))
    said = trial.run.said.with_name(f"{trial.run.said.name}-again")
    again = Run(trial.run.folder, said, ticks, outward=True)
    assert program(again) == [0], again.err
    assert again.done == (0, 0, 0)


def addressed(folder: Path) -> Mapping[str, str]:
    """Every letter that was to be sent, and said to be, by its Message-ID: to whom."""
    query = (
        "SELECT message_id, state, address FROM letter JOIN person"
        " ON person.organisation_id = letter.organisation_id AND person.id = letter.person_id"
        " WHERE carried_by IS NULL AND letter.state != 'cancelled'"
    )
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        rows = database.execute(query).fetchall()
    assert {state for _, state, _ in rows} == {"sent"}
    return {name: address for name, _, address in rows}


def message_id(mail: EmailMessage) -> str:
    return str(mail["Message-ID"])


def test_a_killed_tick_loses_no_letter_on_its_way_to_the_mail_server(
    made: Path, tmp_path: Path, told: Callable[[str], None]
) -> None:
    with ExitStack() as servers:
        [undisturbed] = trials(made, tmp_path / "counted", [Disturbance()], servers)
        [counted] = played([undisturbed], tmp_path / "counted")
        assert counted.acknowledged, counted
        wanted = addressed(undisturbed.run.folder)
        plan = _plan(counted)
        begun = list(trials(made, tmp_path / "killed", plan, servers))
        endings = played(begun, tmp_path / "killed")
        killed = sum(ended.code == -9 for ended in endings)
        faults, copies = [], []
        with forks() as program:
            for trial, ended in zip(begun, endings, strict=True):
                recover(trial, program)
                verdict = mailcheck.check(trial.server.accepted, wanted, message_id)
                copies.append(verdict.count("DUP"))
                faults += [f"{ended}: {each}" for each in verdict.faults if each.kind != "DUP"]
                assert addressed(trial.run.folder) == wanted
                assert trial.server.strange == []

    sends = sum(each.call.startswith("send") for each in counted.points)
    told(
        f"kill -9 while {len(wanted)} letters go to a mail server: {len(counted.points)} points"
        f" found, {sends} of them on the wire, {killed} killed, {sum(copies)} copies,"
        f" {len(faults)} lost or otherwise wrong"
    )
    assert len(wanted) >= 3
    assert faults == []
    assert set(copies) == {0, 1}  # one kill, one copy at most; and the sample has met such a kill
    assert killed >= len(plan) - 3


def _plan(counted: Ended) -> list[Disturbance]:
    """Kill before points by chance, and just after sends: there the server has what we have not."""
    count = len(counted.points)
    sends = [each.index for each in counted.points if each.call.startswith("send")]
    chosen = syscalls.sampled(count, count if FULL else SAMPLES, SEED)
    return [*map(Disturbance, chosen), *(Disturbance(at, "after") for at in sends)]
