from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from innocities_engine import errors
from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.domain.project import Proposal
from innocities_engine.erasure import erase, search
from innocities_engine.store import record
from innocities_engine.store.transactions import read
from tests.store.given import LINK, World

NAME = "Gudrun Hemmelig"


@pytest.fixture
def told(world: World) -> World:
    """A project in whose texts somebody is named, many times."""
    project = world.started(title=f"{NAME}s sykkelvei")
    world.engine.execute("oslo", project, k.Comment(f"spoke to {NAME}"), "astrid", reason=NAME)
    world.engine.execute("oslo", project, k.AnswerFact("budget", NAME), "astrid")
    world.engine.execute("oslo", project, k.Submit("plan", LINK), "astrid")
    decision = k.Decide("G1", Proposal("go"), reason=f"{NAME} agreed")
    world.engine.execute("oslo", project, decision, "bjorn", reason=f"as {NAME} said")
    world.clock.forward(days=1)
    return world


def project_of(world: World) -> str:
    return world.engine.projects("oslo", "dag")[0].id


def test_the_record_tells_who_why_and_when(told: World) -> None:
    entries = told.engine.history("oslo", project_of(told), "astrid")
    commented = next(entry for entry in entries if entry.type == "Commented")

    assert (commented.actor, commented.reason, commented.command) == ("astrid", NAME, "Comment")
    assert "manager" in commented.capacity
    assert isinstance(commented.event, k.Comment) is False
    assert commented.event == next(
        event for entry in entries if (event := entry.event) and entry.type == "Commented"
    )


def test_events_of_one_command_stand_together(told: World) -> None:
    entries = told.engine.history("oslo", project_of(told), "astrid")
    decided = [entry for entry in entries if entry.command == "Decide"]

    assert len({entry.command_id for entry in decided}) == 1
    assert [entry.reason for entry in decided] == [f"as {NAME} said"] + [""] * (len(decided) - 1)


def test_free_text_is_nowhere_in_the_chain(told: World) -> None:
    with closing(sqlite3.connect(told.store.database)) as raw:
        chained = "\n".join(map(str, raw.execute("SELECT * FROM event")))

    assert NAME not in chained
    assert LINK.address not in chained


def test_the_same_text_has_another_seal_each_time(told: World) -> None:
    found = search(told.engine, "oslo", NAME, "dag")

    assert len({each.seal for each in found}) == len(found) >= 6


def test_erased_words_are_nowhere_and_the_record_still_verifies(told: World) -> None:
    project = project_of(told)
    anchor = told.office.checkpoint("oslo")
    found = search(told.engine, "oslo", NAME.lower(), "dag")

    erase(told.engine, "oslo", project, [each.seal for each in found], "dag", reason="asked to")

    assert search(told.engine, "oslo", NAME, "dag") == []
    assert told.office.verify("oslo", anchor) is None
    assert examine(told.engine) == []
    told.store.close()
    for file in told.store.folder.glob("innocities.db*"):
        assert NAME.encode() not in file.read_bytes()
    assert told.engine.projects("oslo", "dag")[0].title == record.BLANK


def test_a_project_goes_on_after_an_erasure(told: World) -> None:
    project = project_of(told)
    found = search(told.engine, "oslo", NAME, "dag")
    erase(told.engine, "oslo", project, [each.seal for each in found], "dag", reason="asked to")

    told.engine.execute("oslo", project, k.Comment("on we go"), "astrid")
    told.engine.execute("oslo", project, k.Decide("G2", Proposal("done")), "bjorn")

    last = told.engine.history("oslo", project, "dag")
    assert [entry.sequence for entry in last] == list(range(1, len(last) + 1))
    assert any(entry.type == "TextsErased" and entry.event is None for entry in last)
    assert examine(told.engine) == []


def test_only_an_administrator_erases(told: World) -> None:
    found = search(told.engine, "oslo", NAME, "dag")
    with pytest.raises(errors.NotPermitted):
        search(told.engine, "oslo", NAME, "astrid")
    with pytest.raises(errors.NotPermitted):
        erase(told.engine, "oslo", project_of(told), [found[0].seal], "astrid", reason="x")


def test_what_is_not_there_cannot_be_erased_and_nothing_else_is(told: World) -> None:
    found = search(told.engine, "oslo", NAME, "dag")

    with pytest.raises(errors.NotFound):
        erase(told.engine, "oslo", project_of(told), [found[0].seal, "x"], "dag", reason="asked to")

    assert search(told.engine, "oslo", NAME, "dag") == found


def test_what_was_changed_around_the_projects_is_recorded_too(world: World) -> None:
    kinds = [entry.type for entry in world.office.record("oslo", "dag")]

    assert kinds == ["OrganisationFounded", "PersonPut", "PersonPut", "PersonPut",
                     "MethodPublished"]  # fmt: skip
    with pytest.raises(errors.NotPermitted):
        world.office.record("oslo", "bjorn")


def test_entries_can_be_read_from_a_number_on(told: World) -> None:
    with read(told.store) as connection:
        later = record.entries(connection, "oslo", project_of(told), after=6)

    assert later[0].sequence == 7
