"""What was erased is in no mail, whoever's project leads it; and what waits is still told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from innocities_engine.erasure import erase, search
from innocities_engine.store.record import BLANK
from tests.notifications.conftest import Morning
from tests.notifications.test_delivery import DAYS_TO_REMINDER, LOST, SENT, text_of

NAMES = ("Gudrun Hemmelig", "Harald Skjult")


@pytest.fixture
def two(morning: Morning) -> list[str]:
    """Two projects, each named after somebody, of which one mail reminds."""
    projects = [morning.world.started(title=f"{name}s sykkelvei") for name in NAMES]
    morning.sweep(days=DAYS_TO_REMINDER)
    morning.world.clock.now += morning.until_morning()
    return projects


def forget(morning: Morning, project: str, name: str) -> None:
    engine = morning.world.engine
    found = search(engine, "oslo", name, "dag")
    erase(engine, "oslo", project, [each.seal for each in found], "dag", reason="asked to")


def written(morning: Morning) -> str:
    return "".join(str(row["rendered"]) for row in morning.letters())


@pytest.mark.parametrize("whose", [0, 1])
def test_a_mail_about_several_projects_keeps_nothing_of_the_one_that_was_erased(
    morning: Morning, two: list[str], whose: int
) -> None:
    morning.deliver()
    assert len(morning.mailer.sent) == 1
    assert all(name.encode() in morning.mailer.sent[0].content for name in NAMES)

    forget(morning, two[whose], NAMES[whose])

    assert NAMES[whose] not in written(morning)
    assert [row["state"] for row in morning.letters()] == ["sent", "sent"]


@pytest.mark.parametrize("whose", [0, 1])
def test_a_mail_that_waits_is_written_again_and_tells_both(
    morning: Morning, two: list[str], whose: int
) -> None:
    morning.mailer.fates["astrid@example.org"] = [LOST, SENT]
    morning.deliver()
    forget(morning, two[whose], NAMES[whose])
    morning.world.clock.forward(minutes=5)
    morning.deliver()

    first, second = morning.mailer.sent
    assert second.message_id == first.message_id
    assert BLANK in text_of(second)
    assert NAMES[1 - whose] in text_of(second)
    assert NAMES[whose] not in text_of(second)
    assert [row["state"] for row in morning.letters()] == ["sent", "sent"]


def test_an_incident_keeps_nothing_of_what_was_erased(morning: Morning, two: list[str]) -> None:
    office = morning.world.office
    leader = replace(office.person("oslo", "astrid"), active=False)
    office.put_person("oslo", leader, "dag")
    assert all(any(name in each.message for each in office.incidents("oslo")) for name in NAMES)

    forget(morning, two[0], NAMES[0])

    told = " ".join(each.message for each in office.incidents("oslo"))
    assert NAMES[0] not in told
    assert NAMES[1] in told
