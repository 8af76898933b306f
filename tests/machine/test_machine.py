from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from innocities_engine.domain import events as e
from innocities_engine.domain.definition import Effect
from tests.machine.alone import alone, of_rules, of_what_is_written
from tests.machine.cases import NAMES

FULL = bool(os.environ.get("INNOCITIES_FULL"))  # each night
WALKS, STEPS = (25, 500) if FULL else (6, 100)  # of each of the methods
WRITTEN_WALKS, WRITTEN_STEPS = (10, 200) if FULL else (3, 40)

# Where the walks of one run have to come; together they reach every event and every effect.
REACHED = {
    "papers": "VersionSubmitted VersionApproved VersionSigned VersionSuperseded ApprovalVoided "
    "NeedReopened NeedHandedIn NeedWaived NeedDone VoicesVoided GateAskedAgain "
    "PapersPresented RoleFilled",
    "terms": "NeedCarried NeedWoken NeedExtended",
    "sidelines": "ProjectStarted PhaseEntered TrackEnded GateOpened GateLapsed NeedOpened NeedLapsed",
    "alarms": "TrackMoving MoveCancelled RuleTurned GateMadeDormant VersionReturned GateDecided "
    "DecisionTookEffect",
    "chambers": "VoiceGiven VersionWithdrawn",
    "sessions": "NeedWoken GateMadeDormant",
    "crossroads": "FactAnswered ConflictDeclared",
    "rounds": "GateOverridden TrackHeld TrackResumed PapersTakenBack ReminderRaised",
}
NUMBERS = {"terms": 4}  # the walks that reach all that they have to; elsewhere the first do
EFFECTS = {
    "papers": "again",
    "sidelines": "end stay",
    "alarms": "turn",
    "sessions": "to",
    "rounds": "hold",
}
NOT_REACHED = {
    "ProjectSpawned": "what a programme starts is another project, of which the oracle knows nothing",
    "ProjectShared": "the language knows no other organisations; tests/test_adopting.py tries it",
    "ProjectUnshared": "as above",
    "ProjectAdopted": "as above",
    "SolutionAdopted": "as above",
    "RoundJoined": "a round is of several projects, and the walks are of one",
    "RoundMissed": "as above",
    "ProjectTakenIn": "papers of the past are taken in by the engine alone; tests/imports plays them",
    "Commented": "a comment changes nothing that a rule looks at, and the oracle knows of none",
    "MailPaused": "the language knows no pause of mail; tests/domain/test_pausing.py tries it",
    "MailResumed": "as above",
    "DecisionCorrected": "the language knows no undoing; tests/succession/test_correcting.py tries it",
    "ProjectMigrated": "a walk follows one version; tests/migrating moves recorded projects",
    "DatesFixed": "as above",
    "MigrationUndone": "as above",
    "DutiesHandedOver": "the language knows no leaving; tests/succession walks it",
}


def test_together_the_walks_have_to_reach_every_event() -> None:
    every = {event.__name__ for event in get_args(e.Event)}
    wanted = {name for names in REACHED.values() for name in names.split()}
    assert wanted | set(NOT_REACHED) == every
    assert not wanted & set(NOT_REACHED)
    assert {name for names in EFFECTS.values() for name in names.split()} == {*Effect}


@pytest.mark.parametrize("name", NAMES)
def test_engine_and_oracle_say_the_same_of_every_move(
    name: str, told: Callable[[str], None]
) -> None:
    tally = alone(of_rules, name, NUMBERS.get(name, 1), WALKS, STEPS)
    told(f"machine: {name}: {tally}")
    assert set(REACHED[name].split()) <= set(tally.events)
    assert set(EFFECTS.get(name, "").split()) <= set(tally.effects)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_what_the_rules_said(
    name: str, tmp_path: Path, told: Callable[[str], None]
) -> None:
    tally = alone(of_what_is_written, name, tmp_path, WRITTEN_WALKS, WRITTEN_STEPS)
    told(f"machine, written: {name}: {tally}")
    assert tally.accepted
    assert tally.sweeps
