"""What moving may not change, at many points of the recorded histories of every method."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from innocities_engine import errors, readings
from innocities_engine.domain import codec, reminders
from innocities_engine.domain import commands as k
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.events import Event
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.migration import Policy
from innocities_engine.domain.project import PassageStatus, Project, VoiceKind
from innocities_engine.domain.settle import advance
from tests.builders import A_MOMENT
from tests.histories import stored
from tests.histories.replaying import Standing
from tests.histories.stored import Asked, History
from tests.migrating.methods import Plain, called_as_before, changed, otherwise_called, versioned
from tests.succession.test_reassign import standing

ASTRID = k.Actor("astrid", frozenset({"administrator"}))
FULL = bool(os.environ.get("INNOCITIES_FULL"))  # every history, else one of
EVERY = 17
DIGEST = re.compile(r'"(review_)?digest":"[0-9a-f]*"')  # in which the version is after a move
ANSWERS = 4  # of the commands a history tries, after each move


@cache
def recorded() -> stored.Stored:
    return stored.load(stored.versions()[-1])


@cache
def raw(digest: str) -> Plain:
    found: Plain = json.loads(recorded().methods[digest])
    return found


def points() -> Iterator[tuple[History, Standing]]:
    """Points of the histories: near the beginning, in the middle, at the end of each."""
    for history in recorded().histories[:: 1 if FULL else EVERY]:
        last = len(history.steps)
        for steps in sorted({max(1, last // 3), max(1, 2 * last // 3), last}):
            s = standing(history, steps)
            if any(track.end is None for track in s.project.tracks.values()):
                yield history, Standing(s.method, s.inputs, s.project, s.now)


def moved(here: Standing, to: Methodology, policy: str = "keep", **how: Any) -> Standing:
    """The project after its move, as it is written and read again."""
    inputs = replace(here.inputs, arrival=k.Arrival(to, here.inputs))
    command = k.Migrate(to.id, to.version, policy, "better", **how)
    happened = decide(here.method, here.project, command, ASTRID, here.now, inputs)
    events = [codec.load(type(x), codec.dump(x)) for x in happened]
    return Standing(to, here.inputs, fold(here.project, events), here.now)


def moved_back(here: Standing, before: Standing) -> Standing:
    inputs = replace(here.inputs, arrival=k.Arrival(before.method, before.inputs))
    command = k.UndoMigration("too early", k.Annulled("c1", 1, before.project))
    happened = decide(here.method, here.project, command, ASTRID, here.now, inputs)
    events = [codec.load(type(x), codec.dump(x)) for x in happened]
    return Standing(before.method, before.inputs, fold(here.project, events), here.now)


def stayed(here: Standing) -> Standing:
    """The project at the same instant if it had not moved."""
    c = Cursor(here.method, here.project, here.inputs, here.now)
    advance(c, here.now)
    return replace(here, project=c.project)


def bare(project: Project) -> Project:
    """But for the version, the mark of the move, and up to when time is worked out."""
    return replace(project, version="", digest="", migrations=(), as_of=None)


def tried(history: History) -> list[Asked]:
    asked = [asked for point in history.points for asked, _ in point.tried]
    return asked[:: max(1, len(asked) // ANSWERS)]


def test_a_version_with_the_same_rules_changes_no_answer(told: Callable[[str], None]) -> None:
    done: Counter[str] = Counter()
    for history, here in points():
        there, before = moved(here, versioned(raw(history.method), "9.0.0")), stayed(here)
        assert bare(there.project) == bare(before.project), history.name
        assert there.reviews() == before.reviews()
        for asked in tried(history):
            assert answered(there, asked) == answered(before, asked)
            done["answers"] += 1
        until = here.now + timedelta(60)
        assert [
            *reminders.reminders(there.method, there.project, there.inputs, here.now, until)
        ] == [*reminders.reminders(before.method, before.project, before.inputs, here.now, until)]
        done["moves"] += 1
    told(f"moved to a version with the same rules: {dict(done)}, each as before")


def test_after_a_move_to_the_same_rules_a_project_goes_on_as_it_did(
    told: Callable[[str], None],
) -> None:
    """Command for command, event for event, to the end of its history."""
    played = 0
    for history, here in points():
        there = moved(here, versioned(raw(history.method), "9.0.0"))
        project = there.project
        for step in history.steps:
            if step.now < here.now:
                continue
            happened = decide(
                there.method, project, step.asked.read(), step.asked.actor, step.now, here.inputs
            )
            assert told_alike(happened, step.events), history.name
            project = fold(project, happened)
            played += 1
    told(f"after a move to the same rules {played} commands came to the same")


def answered(here: Standing, asked: Asked) -> object:
    """How a command would be answered, but for the digest of what a decision rests on."""
    try:
        happened = decide(
            here.method, here.project, asked.read(), asked.actor, here.now + A_MOMENT, here.inputs
        )
    except errors.EngineError:
        return here.answer(asked)
    return [(name, DIGEST.sub("", text)) for name, text in map(stored.written, happened)]


def told_alike(happened: Iterable[Event], recorded: Sequence[stored.Written]) -> bool:
    """But for the digest of what a decision rests on, in which the version is after a move."""
    written = [(name, DIGEST.sub("", text)) for name, text in map(stored.written, happened)]
    return written == [(name, DIGEST.sub("", text)) for name, text in recorded]


def test_when_everything_is_called_otherwise_nothing_is_lost(told: Callable[[str], None]) -> None:
    """There the same stands open and for the same reasons; and from there one gets back."""
    moves = 0
    for history, here in points():
        there_raw, back_raw = _pair(history.method)
        there, before = moved(here, versioned(there_raw, "9.0.0")), stayed(here)
        assert shut(there) == shut(unvoted(before)), history.name
        back = moved(there, versioned(back_raw, "9.1.0"))
        assert bare(back.project) == bare(unvoted(before).project), history.name
        moves += 1
    told(f"moved to a version in which everything is called otherwise, and back: {moves}")


def unvoted(here: Standing) -> Standing:
    """But for votes still open, on something that is called otherwise: nobody voted on that."""
    kept = {
        key: voice
        for key, voice in here.project.voices.items()
        if voice.kind is not VoiceKind.DECISION
        or here.project.passages[voice.subject].status is not PassageStatus.OPEN
    }
    return replace(here, project=replace(here.project, voices=kept))


def shut(here: Standing) -> list[list[list[str]]]:
    """Why each outcome of each open gate cannot be chosen, whatever things are called."""
    return [[[why.partition(" ")[0] for why in reasons] for reasons in outcomes.values()]
            for outcomes in here.reviews().values()]  # fmt: skip


@cache
def _pair(digest: str) -> tuple[Plain, Plain]:
    there = otherwise_called(raw(digest), "_x")
    return there, called_as_before(there, "_x")


def test_a_move_that_is_taken_back_changes_no_answer() -> None:
    for history, here in points():
        there = moved(here, versioned(_pair(history.method)[0], "9.0.0"))
        back, before = moved_back(there, here), stayed(here)
        assert bare(back.project) == bare(before.project), history.name
        assert back.project.migrations[-1].undone is not None
        for asked in tried(history):
            assert back.answer(asked) == before.answer(asked)


def test_whatever_is_changed_a_project_moves_soundly_or_is_told_why_not(
    told: Callable[[str], None],
) -> None:
    """What was passed stays passed, papers stay, nothing that is asked is unknown to the method;
    and taken back it is as if nothing had been.
    """
    outcome: Counter[str] = Counter()
    for number, (history, here) in enumerate(points()):
        chance = Random(number)
        to = changed(raw(history.method), chance, "9.0.0")
        policy = chance.choice(list(Policy))
        there = chosen(here, to, policy, outcome)
        if there is None:
            continue
        before = stayed(here)
        assert there.project.digest == to.digest
        assert kept_papers(there.project) == kept_papers(before.project)
        assert settled(there) >= settled(before) - gone(before, there)
        assert there.reviews() is not None  # each is judged by the new version
        assert not of_others(there)
        assert readings.columns(to, there.project, there.inputs, there.now).phase in to.phases
        list(reminders.reminders(to, there.project, there.inputs, there.now))
        assert all(map(there.answer, tried(history)))
        back = moved_back(there, here)
        assert bare(back.project) == bare(before.project), history.name
    told(f"moved to versions changed at random: {dict(outcome)}")


def chosen(here: Standing, to: Methodology, policy: str, outcome: Counter[str]) -> Standing | None:
    """The project after its move, with the first of each choice; None where it cannot move."""
    choices: dict[str, str] = {}
    for _ in range(20):
        try:
            there = moved(here, to, policy, choices=choices)
        except errors.Refused as refused:
            found = [b for b in refused.blockers if isinstance(b, Blocker)]
            asks = {b.subject: b.params["one_of"] for b in found if b.code == "migration_choice"}
            if len(asks) < len(found) or not all(asks.values()):
                outcome[" ".join(sorted({b.code for b in found}))] += 1
                return None
            choices |= {subject: ways.split(", ")[0] for subject, ways in asks.items()}
            continue
        outcome["chosen" if choices else "moved"] += 1
        return there
    raise AssertionError(f"there is no end of choices: {choices}")


def of_others(here: Standing) -> list[str]:
    """The needs of roles at open gates that are asked of each where the version asks once of all,
    or the other way round.
    """
    return [
        need.key
        for need in here.project.needs.values()
        if need.origin in here.project.passages
        and here.project.passages[need.origin].status is PassageStatus.OPEN
        and not need.decision
        and here.method.needs_named[need.ref, need.outcome].each_member is not bool(need.member)
    ]


def kept_papers(project: Project) -> Counter[str]:
    return Counter(v.content.sha256 for held in project.versions.values() for v in held)


def settled(here: Standing) -> set[tuple[str, datetime | None]]:
    """What was passed, whatever it is called."""
    passed = here.project.passages.values()
    return {(p.key.partition("#")[2], p.settled_at) for p in passed
            if p.status is PassageStatus.SETTLED and not p.void}  # fmt: skip


def gone(before: Standing, there: Standing) -> set[tuple[str, datetime | None]]:
    """What was passed at gates that the version has no more."""
    known = {gate for g in there.method.gates.values() for gate in (g.id, *g.was)}
    passed = before.project.passages.values()
    return {(p.key.partition("#")[2], p.settled_at) for p in passed if p.gate not in known}
