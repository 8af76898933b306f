from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from innocities_engine import errors, library
from innocities_engine.domain.commands import Substitution
from innocities_engine.store import checks, definitions
from innocities_engine.store.people import Organisation, Person
from innocities_engine.store.transactions import read, write
from tests.store.given import OSLO, World, a_method, a_person

SPRING = (date(2026, 3, 1), date(2026, 4, 1))


def test_an_organisation_begins_with_somebody_who_administers_it(world: World) -> None:
    assert world.office.organisation("oslo") == OSLO
    assert world.office.person("oslo", "dag").rights == {"administrator"}
    with pytest.raises(errors.Conflict):
        world.office.found(OSLO, a_person("eva", "administrator"))
    with pytest.raises(errors.NotFound):
        world.office.organisation("atlantis")


def test_details_are_put_as_they_are_given(world: World) -> None:
    changed = replace(OSLO, zone="Europe/Stockholm", quiet=("22 June..15 August",), fallback="dag")
    world.office.change_organisation(changed, "dag")
    world.office.put_person("oslo", a_person("astrid", "auditor", language="sv", hour=7), "dag")

    assert world.office.organisation("oslo") == changed
    astrid = world.office.person("oslo", "astrid")
    assert (astrid.rights, astrid.language, astrid.hour) == ({"auditor"}, "sv", 7)


@pytest.mark.parametrize(
    "act",
    [
        lambda w, who: w.office.change_organisation(OSLO, who),
        lambda w, who: w.office.put_person("oslo", a_person("eva", "member"), who),
        lambda w, who: w.office.fix_meetings("oslo", "council", [date(2026, 5, 5)], who),
        lambda w, who: w.office.fix_closures("oslo", [date(2026, 5, 4)], who),
        lambda w, who: w.office.publish("oslo", a_method(), who),
        lambda w, who: w.office.substitute("oslo", Substitution("astrid", "dag", *SPRING), who),
        lambda w, who: w.office.attempts("oslo", who),
        lambda w, who: w.office.record("oslo", who),
    ],
)
def test_whoever_may_not_is_refused_and_strangers_learn_nothing(world: World, act: Any) -> None:
    before = world.office.checkpoint("oslo")
    with pytest.raises(errors.NotPermitted):
        act(world, "bjorn")
    with pytest.raises(errors.NotFound):
        act(world, "nobody")

    assert world.office.checkpoint("oslo") == before


def test_one_may_let_somebody_stand_in_for_oneself(world: World) -> None:
    own = world.office.substitute("oslo", Substitution("bjorn", "astrid", *SPRING), "bjorn")
    other = world.office.substitute("oslo", Substitution("dag", "astrid", *SPRING), "dag")

    with pytest.raises(errors.NotPermitted):
        world.office.end_substitution("oslo", other, "bjorn")
    world.office.end_substitution("oslo", own, "bjorn")
    assert [found.person for _, found in world.office.substitutes("oslo")] == ["dag"]
    with pytest.raises(errors.NotFound):
        world.office.end_substitution("oslo", own, "dag")


def test_nobody_stands_in_whom_nobody_knows_or_backwards_in_time(world: World) -> None:
    with pytest.raises(errors.NotFound):
        world.office.substitute("oslo", Substitution("bjorn", "eva", *SPRING), "dag")
    with pytest.raises(checks.Invalid):
        backwards = Substitution("bjorn", "astrid", SPRING[1], SPRING[0])
        world.office.substitute("oslo", backwards, "dag")


def test_meetings_and_closures_are_these_and_no_others(world: World) -> None:
    world.office.fix_meetings("oslo", "council", [date(2026, 5, 5), date(2026, 4, 7)], "dag")
    world.office.fix_meetings("oslo", "board", [date(2026, 3, 3)], "dag")
    world.office.fix_meetings("oslo", "council", [date(2026, 6, 2)], "dag")
    world.office.fix_closures("oslo", [date(2026, 5, 4), date(2026, 5, 4)], "dag")

    assert world.office.meetings("oslo") == {
        "board": (date(2026, 3, 3),),
        "council": (date(2026, 6, 2),),
    }
    assert world.office.closures("oslo") == [date(2026, 5, 4)]


@pytest.mark.parametrize(
    "wrong",
    [
        Person("Astrid", "Astrid"),
        Person("system", "Astrid"),
        Person("../x", "Astrid"),
        Person("eva", ""),
        Person("eva", "E" * 201),
        Person("eva", "\u200b"),
        Person("eva", "\u3164\u2800"),
        Person("eva", "Eva\r\nBcc: x@example.org"),
        Person("eva", "Eva\x1b[31m"),
        Person("eva", "Eva", "eva@example.org, x@example.org"),
        Person("eva", "Eva", "Eva <eva@example.org>"),
        Person("eva", "Eva", "eva@localhost\n"),
        Person("eva", "Eva", "e@" + "x" * 300 + ".org"),
        Person("eva", "Eva", language="tlh"),
        Person("eva", "Eva", zone="Mars/Olympus"),
        Person("eva", "Eva", hour=24),
        Person("eva", "Eva", rights=frozenset({"emperor"})),
    ],
)
def test_what_is_wrong_about_a_person_is_not_taken(world: World, wrong: Person) -> None:
    with pytest.raises(checks.Invalid):
        world.office.put_person("oslo", wrong, "dag")


@pytest.mark.parametrize(
    "wrong",
    [
        replace(OSLO, zone="Europe/Atlantis"),
        replace(OSLO, zone="../../etc/passwd"),
        replace(OSLO, country="DK"),
        replace(OSLO, language="no"),
        replace(OSLO, quiet=("all summer",)),
        replace(OSLO, name="\x00"),
        replace(OSLO, name="\u200b"),
    ],
)
def test_what_is_wrong_about_an_organisation_is_not_taken(
    world: World, wrong: Organisation
) -> None:
    with pytest.raises(checks.Invalid):
        world.office.change_organisation(wrong, "dag")


# ---------------------------------------------------------------- methods


def test_a_published_method_keeps_its_content(world: World) -> None:
    changed = {**a_method(), "title": {"en": "Another title"}}

    with pytest.raises(errors.Conflict, match="new version"):
        world.office.publish("oslo", changed, "dag")
    world.office.publish("oslo", a_method(), "dag")
    world.office.publish("oslo", {**changed, "version": "1.0.1"}, "dag")

    assert [each.version for each in world.office.published("oslo")] == ["1.0.0", "1.0.1"]


def test_a_method_comes_back_as_it_was_published(world: World) -> None:
    digest = library.digest(a_method())
    with read(world.store) as connection:
        assert definitions.content(connection, "oslo", digest) == library.canonical(a_method())
        method = world.engine.methods.get(connection, "oslo", digest)
        with pytest.raises(errors.NotFound):
            definitions.content(connection, "oslo", "0" * 64)

    assert (method.id, method.version, method.digest) == ("liten", "1.0.0", digest)


def test_a_method_that_was_changed_in_the_database_is_not_used(world: World) -> None:
    with write(world.store) as connection:
        connection.exec_driver_sql("DROP TRIGGER definition_no_update")
        connection.exec_driver_sql(
            "UPDATE definition SET content = CAST(replace(content, 'Choice', 'Chance') AS BLOB)"
        )

    with pytest.raises(errors.Integrity):
        world.started()


def test_a_project_follows_the_version_it_began_with(world: World) -> None:
    project = world.started()
    world.office.publish("oslo", {**a_method(), "version": "2.0.0"}, "dag")

    assert world.engine.view("oslo", project, "astrid").method.version == "1.0.0"


def test_no_project_starts_on_what_is_not_published(world: World) -> None:
    with pytest.raises(errors.NotFound):
        world.engine.start("oslo", "liten", "9.9.9", "astrid", title="x")
