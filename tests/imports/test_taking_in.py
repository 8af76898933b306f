"""A project that is taken in from paper stands where it would stand had it run here: for the same
reasons, with the same reminders ahead, and with the same answer to every command.

What papers do not tell is left aside: voices at gates that are still open, and what comes again and
again and was due before.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import gates
from innocities_engine.domain.commands import Actor, Command
from innocities_engine.domain.decide import decide
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.notices import notices
from innocities_engine.domain.past import DoneOnPaper
from innocities_engine.domain.project import Condition, NeedStatus, PassageStatus, Project
from innocities_engine.domain.reminders import reminders
from tests.builders import A_MOMENT, START, Walk, a_walk, blockers_of, noon
from tests.histories import recording
from tests.histories.recording import Recorded, Setting
from tests.imports.telling import told
from tests.methodology import readying, staging

FULL: Final = bool(os.environ.get("INNOCITIES_FULL"))  # each night
WALKS: Final = 25 if FULL else 2
TRIED: Final = 30 if FULL else 12
MOVES: Final = {recording._passed: 4, recording._decided: 2, recording._waited: 3}
SHIPPED: Final = [*recording.shipped()]


def walked(setting: Setting, chance: random.Random) -> Recorded:
    begins = noon(setting.inputs, START + timedelta(chance.randrange(300)))
    walk = Recorded(setting.method, setting.inputs, begins, definition=setting.definition)
    walk = walk.do(k.Start("p1", "org", "Skolevei", setting.members), "starter")
    for _ in range(chance.randrange(1, 12)):
        move = chance.choices(tuple(MOVES), tuple(MOVES.values()))[0]
        walk = recording._moved(walk, move, chance)
    return recording._moved(walk, recording._waited, chance)


def taken_in(walk: Walk) -> Walk:
    """The same project, had it come here only now."""
    happened = decide(walk.method, Project(), told(walk), Actor("starter"), walk.now, walk.inputs)
    return replace(walk, project=fold(Project(), happened), happened=happened)


def is_told_by_papers(walk: Walk) -> bool:
    """Whether nobody has spoken on anything that is still open."""
    project = walk.project
    open_ones = {p.key for p in project.passages.values() if p.status is PassageStatus.OPEN}
    waiting = (NeedStatus.OPEN, NeedStatus.HANDED_IN)
    open_needs = {n.key for n in project.needs.values() if n.status in waiting}
    spoken = {v.subject for v in project.voices.values()}
    own = any(
        n.member and n.origin in open_ones and n.status is NeedStatus.DONE
        for n in project.needs.values()
    )
    return not own and not any(
        subject in open_needs or subject.partition("/")[0] in open_ones for subject in spoken
    )


def left_behind(walk: Walk) -> set[str]:
    """What came again and again and was due before the project was taken in."""
    needs = walk.project.needs.values()
    return {n.key for n in needs if n.occurrence and n.status is NeedStatus.LAPSED}


def standing(walk: Walk, aside: set[str]) -> dict[str, Any]:
    """Tracks, the reasons at every gate for every outcome, and all reminders ahead."""
    project, s = walk.project, walk.situation
    found: dict[str, Any] = {
        root: (t.status, t.phase, t.entry, t.end, t.review_on) for root, t in project.tracks.items()
    }
    for passage in project.passages.values():
        if passage.status is not PassageStatus.OPEN:
            continue
        for outcome in (None, *walk.method.gates[passage.gate].outcomes.values()):
            review = gates.review(s, passage, outcome)
            found[f"{passage.key} {outcome.id if outcome else ''}"] = [
                sorted((b.code, b.subject, str(b.due)) for b in blockers)
                for blockers in (review.blockers, review.warnings)
            ]
    found["reminders"] = [
        (line.key, line.day, line.to, line.certainty)
        for line in reminders(walk.method, project, walk.inputs, walk.now)
        if line.obligation not in aside
    ]
    return found


def answer(walk: Walk, command: Command, actor: Actor) -> object:
    """How the command would be answered a moment later."""
    now = walk.now + A_MOMENT
    try:
        happened = decide(walk.method, walk.project, command, actor, now, walk.inputs)
    except errors.Refused as refused:
        return sorted((b.code, b.subject) for b in blockers_of(refused))
    except errors.EngineError as error:
        return error.code
    return sorted({type(event).__name__ for event in happened})


def tried(walk: Recorded, chance: random.Random, aside: set[str]) -> Iterator[tuple[Any, Actor]]:
    for command, actor in recording._sample(walk, chance, TRIED):
        if getattr(command, "need", "") not in aside:
            yield command, actor


@pytest.mark.parametrize("setting", SHIPPED, ids=lambda setting: setting.name)
def test_a_project_taken_in_stands_and_answers_as_if_it_had_run_here(
    setting: Setting, told: Callable[[str], None]
) -> None:
    compared = decisions = answers = 0
    for number in range(WALKS):
        chance = random.Random(f"{setting.name} {number}")
        walk = walked(setting, chance)
        if not is_told_by_papers(walk):
            continue
        there = taken_in(walk)
        aside = left_behind(there)

        assert standing(there, aside) == standing(walk, aside), number
        for command, actor in tried(walk, chance, aside):
            assert answer(there, command, actor) == answer(walk, command, actor), command
            answers += 1
        compared += 1
        decisions += len(walk.project.decisions)
    told(f"taken in: {setting.name}: {compared} projects, {decisions} decisions on paper,"
         f" {answers} commands answered alike")  # fmt: skip


def in_the_pre_study() -> Walk:
    """A project whose gates G1 and G2 were passed in March and in May."""
    days = {"G1": date(2025, 3, 20), "G2": date(2025, 5, 8)}
    walk = readying.arrived(a_walk(staging.method("smartby-prosjekt")), "G3", days=days)
    return walk.on(date(2025, 8, 1))


def test_nobody_is_told_or_reminded_of_what_was_before() -> None:
    walk = in_the_pre_study()
    there = taken_in(walk)
    raised = [x for x in there.happened if isinstance(x, e.ReminderRaised)]
    swept = there.do(k.Tick(), "system")

    assert all(x.overtaken for x in raised)
    assert not [x for x in swept.happened if isinstance(x, e.ReminderRaised)]
    assert not notices(walk.method, Project(), there.project, there.happened, walk.inputs)


def test_what_was_recorded_from_paper_says_so_for_ever() -> None:
    walk = in_the_pre_study()

    there = taken_in(walk)

    assert there.project.taken_in_at == walk.now
    assert all(d.on_paper and d.recorded for d in there.project.decisions)
    assert not any(d.on_paper for d in walk.project.decisions)


# ---------------------------------------------------------------- what is refused


def a_row(**changes: Any) -> k.Import:
    return replace(told(in_the_pre_study()), **changes)


def refusal(command: k.Import) -> list[tuple[str, str]]:
    walk = in_the_pre_study()
    try:
        decide(walk.method, Project(), command, Actor("starter"), walk.now, walk.inputs)
    except errors.Refused as refused:
        return [(b.code, b.subject) for b in blockers_of(refused)]
    return []


def test_a_row_that_is_right_is_taken() -> None:
    assert refusal(a_row()) == []


def test_every_day_that_cannot_be_is_named_at_once() -> None:
    row = a_row()
    early = row.started - timedelta(1)
    wrong = replace(row, decided=tuple(replace(d, on=early) for d in row.decided))

    assert refusal(wrong) == [("bad_day", d.gate) for d in row.decided]
    assert refusal(replace(row, started=row.started + timedelta(9999))) == [("bad_day", "started")]


def test_a_gate_that_the_way_does_not_come_to_is_refused_and_named() -> None:
    row = a_row()
    assert len(row.decided) > 1

    without_the_first = replace(row, decided=row.decided[1:])

    assert refusal(without_the_first) == [("not_on_the_way", row.decided[1].gate)]


def test_standing_elsewhere_than_the_row_says_is_refused() -> None:
    assert refusal(a_row(phase="pilot", decided=())) == [("elsewhere", "pilot")]


def test_a_condition_needs_an_owner_who_can_be_found() -> None:
    row = a_row()
    first = replace(
        row.decided[0],
        proposal=replace(
            row.decided[0].proposal,
            outcome="go_with_conditions",
            written={"G1_vilkar": (Condition("Ask", "nobody"),)},
        ),
    )

    assert refusal(replace(row, decided=(first, *row.decided[1:]))) == [("bad_value", "G1_vilkar")]


def test_an_act_that_is_told_more_often_than_it_was_asked_is_not_done_more_often() -> None:
    """On that day the owner's time of two months is asked for."""
    row = a_row()
    act = DoneOnPaper("eierskap/eiertid", row.decided[-1].on)
    walk = in_the_pre_study()
    row = replace(row, done=(act, act, act))

    happened = decide(walk.method, Project(), row, Actor("starter"), walk.now, walk.inputs)

    done = [x.need for x in happened if isinstance(x, e.NeedDone) and x.on == act.on]
    assert done == ["eierskap/eiertid#1.1", "eierskap/eiertid#1.2"]


def test_an_act_that_nobody_asked_for_is_refused_and_named() -> None:
    row = a_row()
    act = DoneOnPaper("G7/laerdom", row.decided[-1].on)

    assert refusal(replace(row, done=(act,))) == [("not_open", "G7/laerdom")]
