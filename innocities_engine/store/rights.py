"""Decide which right in an organisation lets somebody issue which command.  Whether their voice
then counts is a matter of the method's roles, and left to the domain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from innocities_engine import errors
from innocities_engine.domain import commands
from innocities_engine.domain.commands import Command

DAILY: Final = frozenset({"member", "manager", "administrator"})
PARTNERS: Final = DAILY | {"external"}
STEERING: Final = frozenset({"manager", "administrator"})
PUBLISHING: Final = frozenset({"author", "administrator"})
RULING: Final = frozenset({"administrator"})
AUDITING: Final = frozenset({"auditor", "administrator"})
SYSTEM: Final = frozenset({"system"})
SEEING_ALL: Final = DAILY | {"author", "auditor", "system"}

REQUIRED: Final[Mapping[type, frozenset[str]]] = {
    commands.Start: STEERING,
    commands.Import: STEERING,
    commands.StartFrom: STEERING,
    commands.Share: STEERING,
    commands.Unshare: STEERING,
    commands.Adopt: STEERING,
    commands.NoteAdoption: SYSTEM,
    commands.Assign: STEERING,
    commands.Reassign: STEERING,
    commands.AnswerFact: PARTNERS,
    commands.Submit: PARTNERS,
    commands.Approve: PARTNERS,
    commands.Return: PARTNERS,
    commands.Withdraw: PARTNERS,
    commands.TickOff: PARTNERS,
    commands.Accept: PARTNERS,
    commands.Waive: DAILY,
    commands.Rate: PARTNERS,
    commands.Advise: PARTNERS,
    commands.DeclareConflict: PARTNERS,
    commands.Present: DAILY,
    commands.TakeBack: DAILY,
    commands.Decide: PARTNERS,
    commands.JoinRound: SYSTEM,
    commands.MissRound: SYSTEM,
    commands.DecideInRound: SYSTEM,
    commands.Raise: PARTNERS,
    commands.Resume: DAILY,
    commands.Extend: DAILY,
    commands.Correct: RULING,
    commands.Migrate: RULING,
    commands.UndoMigration: RULING,
    commands.PauseMail: STEERING,
    commands.ResumeMail: STEERING,
    commands.Comment: PARTNERS,
    commands.Tick: SYSTEM,
}

# What concerns the organisation as a whole: whoever only leads the project has no right to it.
OF_THE_WHOLE: Final = (commands.Share, commands.Unshare)


def required(command: Command) -> frozenset[str]:
    """Tell which rights let somebody issue this command; any one of them will do."""
    if isinstance(command, commands.Decide) and command.override:
        return RULING
    return REQUIRED[type(command)]


def require(held: Collection[str], wanted: frozenset[str], what: str) -> None:
    """Refuse whoever holds none of the rights wanted."""
    if not wanted & frozenset(held):
        listed = " or ".join(sorted(wanted - {"system"})) or "nobody but the program itself"
        said = f"{what} is for {listed}"
        raise errors.NotPermitted(said).named("rights", rights=sorted(wanted - {"system"}))


def require_to_seat(held: Collection[str]) -> None:
    """Refuse whoever may not say who judges the work of a project."""
    if not STEERING & frozenset(held):
        said = f"Who holds a role with a voice is for {' or '.join(sorted(STEERING))} to say"
        raise errors.NotPermitted(said).named("seats", rights=sorted(STEERING))
