"""After a correction everything behaves as before the wrong decision, and both stay in the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from innocities_engine import errors
from innocities_engine.domain import codec, reminders
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Actor, Annulled
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.decide import decide
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.project import Project, Proposal
from innocities_engine.domain.settle import advance
from innocities_engine.domain.situation import Situation
from innocities_engine.store import record
from innocities_engine.store.transactions import read
from tests.features.driver import Play
from tests.histories.replaying import Standing
from tests.histories.stored import Asked, History
from tests.notifications.conftest import Morning
from tests.store.given import LINK, World, a_world
from tests.succession.test_reassign import histories, standing

ASTRID = Actor("astrid", frozenset({"administrator"}))
SAMPLE = 12  # of the commands that the histories try, after each correction


def corrected(s: Situation, before: Project, gate: str) -> Project:
    """The project after a decision at a gate was annulled, as it is written and read again."""
    command = k.Correct(gate, "Another project", Annulled("c1", 1, before))
    happened = decide(s.method, s.project, command, ASTRID, s.now, s.inputs)
    return fold(s.project, [codec.load(type(x), codec.dump(x)) for x in happened])


def bare(project: Project) -> Project:
    """But for the mark of the correction, and up to when time is worked out."""
    return replace(project, corrections=(), overrides=(), as_of=None)


def decisions(history: History) -> list[tuple[int, str]]:
    """The steps by which a gate was decided, with the gate."""
    found = []
    for number, step in enumerate(history.steps, 1):
        if number > 1 and any(name == "GateDecided" for name, _ in step.events):
            command = step.asked.read()
            assert isinstance(command, k.Decide)
            found.append((number, command.gate))
    return found


def test_after_a_correction_every_command_is_answered_as_before_the_decision(
    told: Callable[[str], None],
) -> None:
    gates: Counter[str] = Counter()
    answers = 0
    for history in histories()[::5]:
        asked: list[Asked] = [asked for point in history.points for asked, _ in point.tried]
        for number, gate in decisions(history):
            after, before = standing(history, number), standing(history, number - 1)
            project = corrected(after, before.project, gate)
            past = Cursor(after.method, before.project, after.inputs, after.now)
            advance(past, after.now)
            assert bare(project) == bare(past.project)
            now = Standing(after.method, after.inputs, project, after.now)
            then = Standing(after.method, after.inputs, past.project, after.now)
            step = max(1, len(asked) // SAMPLE)
            for each in asked[number % step :: step]:
                assert now.answer(each) == then.answer(each)
                answers += 1
            until = after.now + timedelta(60)
            assert [*reminders.reminders(now.method, project, now.inputs, now.now, until)] == [
                *reminders.reminders(then.method, past.project, then.inputs, then.now, until)
            ]
            assert now.reviews() == then.reviews()
            gates[f"{project.method} {gate}"] += 1
    assert len({name.partition(" ")[2] for name in gates}) >= 4
    told(f"corrections: {gates.total()} of {len(gates)} gates, {answers} answers the same")


# ---------------------------------------------------------------- in the database


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world(tmp_path)


def decided(world: World, outcome: str = "go") -> str:
    project = world.started()
    world.engine.execute("oslo", project, k.Submit("plan", LINK), "astrid")
    world.clock.forward(hours=1)
    world.engine.execute("oslo", project, k.Decide("G1", Proposal(outcome)), "bjorn")
    world.clock.forward(hours=1)
    return project


def test_both_the_decision_and_its_correction_stay_in_the_record(world: World) -> None:
    project = decided(world)
    world.engine.execute("oslo", project, k.Correct("G1", "Another project"), "dag")

    seen = world.engine.view("oslo", project, "dag").project
    assert (seen.decisions, seen.tracks["idea"].phase) == ((), "idea")
    assert [(x.passage, x.outcome, x.by) for x in seen.corrections] == [("G1#1", "go", "dag")]
    entries = world.engine.history("oslo", project, "dag")
    assert {"GateDecided", "DecisionCorrected"} <= {entry.type for entry in entries}
    with read(world.store) as connection:
        assert record.replay(record.entries(connection, "oslo", project)) == seen
    assert world.office.verify("oslo") is None
    world.engine.execute("oslo", project, k.Decide("G1", Proposal("stop"), "No"), "bjorn")


def test_what_was_done_since_rests_on_the_decision_and_comments_and_time_do_not(
    world: World,
) -> None:
    project = decided(world)
    world.engine.execute("oslo", project, k.Comment("Is that right?"), "astrid")
    world.engine.sweep()
    world.engine.execute("oslo", project, k.Decide("G2", Proposal("back")), "bjorn")
    with pytest.raises(errors.Refused) as refused:
        world.engine.execute("oslo", project, k.Correct("G1", "Another project"), "dag")
    assert [b.code for b in refused.value.blockers] == ["rests_on_it"]

    world.engine.execute("oslo", project, k.Correct("G2", "Another project"), "dag")
    world.engine.execute("oslo", project, k.Correct("G1", "Another project"), "dag")
    seen = world.engine.view("oslo", project, "dag").project
    assert [x.passage for x in seen.corrections] == ["G2#1", "G1#1"]
    assert seen.tracks["idea"].phase == "idea"


@pytest.mark.parametrize("person", ["astrid", "bjorn"])
def test_only_an_administrator_corrects(world: World, person: str) -> None:
    project = decided(world)
    with pytest.raises(errors.NotPermitted):
        world.engine.execute("oslo", project, k.Correct("G1", "Another project"), person)


def test_what_was_never_decided_and_what_has_no_reason_is_not_corrected(world: World) -> None:
    project = decided(world)
    for command in (k.Correct("G2", "Another project"), k.Correct("G1", " ")):
        with pytest.raises(errors.Refused):
            world.engine.execute("oslo", project, command, "dag")


def test_mail_about_the_wrong_decision_is_taken_back_or_followed_by_a_correction(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path)
    morning = Morning(world)
    told = decided(world)
    morning.deliver()
    first = {mail.recipient for mail in morning.mailer.sent}
    assert "astrid@example.org" in first
    untold = decided(world)
    morning.mailer.sent.clear()
    for project in (told, untold):
        world.engine.execute("oslo", project, k.Correct("G1", "Another project"), "dag")
    morning.deliver()

    sent = [mail.content.decode("utf-8", "replace") for mail in morning.mailer.sent]
    subjects = [x for mail in sent for x in mail.splitlines() if x.startswith("Subject")]
    assert subjects
    assert all("Opphevet" in subject or "Annul" in subject for subject in subjects), subjects
    events = [entry.event for entry in world.engine.history("oslo", told, "dag")]
    assert any(isinstance(event, e.DecisionCorrected) for event in events)


def test_no_decision_is_annulled_where_what_was_answered_before_it_was_erased() -> None:
    play = Play("F27", lead="lena", board="bo", clerk="kim")
    play.do("lena", k.AnswerFact("size", "small"))
    erased = replace(play.project.facts["size"], value=record.BLANK)
    before = replace(play.project, facts={"size": erased})
    play.decides("bo", "G1", "stop")
    command = k.Correct("G1", "Another project", Annulled("c1", 1, before))
    assert play.refused("astrid", command) == {"rests_on_erased size"}
