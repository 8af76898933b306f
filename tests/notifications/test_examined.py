"""What was told long ago, when the world was another, is held against the world of then: nothing
that happened since makes a difference of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.domain.commands import Reassign, Substitution
from innocities_engine.domain.project import Proposal
from innocities_engine.erasure import erase, search
from innocities_engine.leaving import Leaving
from innocities_engine.store.transactions import write
from tests.notifications.conftest import Morning
from tests.notifications.test_delivery import DAYS_TO_REMINDER, NEVER
from tests.store.given import a_person


@pytest.fixture
def reminded(morning: Morning) -> str:
    project = morning.world.started()
    morning.sweep(days=DAYS_TO_REMINDER)
    return project


def test_whoever_reminders_went_to_may_have_left_since(morning: Morning, reminded: str) -> None:
    office = morning.world.office
    leader = replace(office.person("oslo", "astrid"), active=False)
    assert office.put_person("oslo", leader, "dag")
    assert examine(morning.world.engine) == []
    morning.sweep(days=2)

    assert examine(morning.world.engine) == []


def test_a_role_that_went_empty_is_told_by_the_record_too(morning: Morning, reminded: str) -> None:
    office = morning.world.office
    office.put_person("oslo", replace(office.person("oslo", "astrid"), active=False), "dag")
    with write(morning.world.store) as connection:
        connection.exec_driver_sql("DELETE FROM notice WHERE kind = 'role_empty'")

    [found] = examine(morning.world.engine)
    assert (found.code, "role_empty" in found.problem) == ("missing", True)


def test_what_goes_to_an_heir_was_caused_by_the_same(morning: Morning, reminded: str) -> None:
    world = morning.world
    world.office.put_person("oslo", a_person("eva", "member", "manager"), "dag")
    today = world.clock.now.date()
    stand_in = Substitution("bjorn", "astrid", today, date(2026, 12, 31))
    world.office.substitute("oslo", stand_in, "dag")
    world.office.change_organisation(
        replace(world.office.organisation("oslo"), fallback="astrid"), "dag"
    )
    world.clock.forward(days=3)
    leaving = Leaving(world.engine, world.office, "oslo", Reassign("astrid", "eva"), "dag")
    assert all(each.receipt for each in leaving.hand_over(leaving.estate(), dry_run=False))
    leaving.close()
    morning.sweep(days=3)

    assert [found.substitute for _, found in world.office.substitutes("oslo")] == ["astrid", "eva"]
    assert world.office.organisation("oslo").fallback == "eva"
    assert examine(world.engine) == []


def test_a_decision_that_was_annulled_leaves_no_difference(morning: Morning, reminded: str) -> None:
    morning.hand_in(reminded)
    engine = morning.world.engine
    engine.execute("oslo", reminded, k.Decide("G1", Proposal("go"), reason="why"), "bjorn")
    morning.deliver()
    engine.execute("oslo", reminded, k.Correct("G1", "of another project"), "dag")
    assert examine(engine) == []
    morning.deliver()

    assert examine(engine) == []


def test_a_letter_that_fails_is_news_that_has_a_cause(morning: Morning, reminded: str) -> None:
    office = morning.world.office
    office.change_organisation(replace(office.organisation("oslo"), fallback="dag"), "dag")
    morning.mailer.fates["astrid@example.org"] = [NEVER]
    morning.world.clock.now += morning.until_morning()
    morning.deliver()

    assert "undelivered" in _kinds(morning)
    assert examine(morning.world.engine) == []


def _kinds(morning: Morning) -> list[str]:
    with write(morning.world.store) as connection:
        return list(connection.exec_driver_sql("SELECT kind FROM notice").scalars())


def test_words_that_were_erased_are_no_difference_and_others_still_are(
    morning: Morning, reminded: str
) -> None:
    engine = morning.world.engine
    engine.execute("oslo", reminded, k.Comment("Gudrun says so"), "astrid")
    engine.execute("oslo", reminded, k.Comment("so be it"), "bjorn")
    for word in ("Gudrun", "Sykkelbyen"):
        found = search(engine, "oslo", word, "dag")
        erase(engine, "oslo", reminded, [each.seal for each in found], "dag", reason="asked to")
    assert examine(engine) == []
    with write(morning.world.store) as connection:
        connection.exec_driver_sql(
            "UPDATE notice SET data = replace(data, 'so be it', 'so it is not')"
        )

    [difference] = examine(engine)
    assert difference.values["column"] == "data"


def test_days_that_were_fixed_since_change_nothing_that_was_told(
    morning: Morning, reminded: str
) -> None:
    office = morning.world.office
    office.fix_closures("oslo", [date(2026, 4, 1), date(2026, 4, 9)], "dag")
    office.fix_meetings("oslo", "council", [date(2026, 5, 5)], "dag")
    home = office.organisation("oslo")
    office.change_organisation(
        replace(home, zone="Europe/London", quiet=("1 April..9 April",)), "dag"
    )
    morning.sweep(days=1)

    assert examine(morning.world.engine) == []
