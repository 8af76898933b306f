"""We are away, or the mail server is: afterwards everybody has been told what a plain count of days
says, once, and nothing else.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import holidays
import pytest

from notifications.delivery import deliver
from notifications.mail import Mail
from notifications.mailers import Fate, Handover, MemoryMailer
from tests.notifications.conftest import Morning
from tests.store import given

FIRST = given.BEGINNING.date()
PROJECTS = 500 if os.environ.get("INNOCITIES_FULL") else 40  # one begins each day
DAYS = PROJECTS + 45
NEAR, LATE, HANDED_IN, DUE = 27, 31, 29, 30  # days after its beginning
NEVER = 1000
DILIGENT = 5  # in every fifth project the plan is handed in between the two rungs
OFF_DUTY = holidays.country_holidays("NO", years=(2026, 2027, 2028))


def days(first: int, last: int) -> set[int]:
    return set(range(first, last + 1))


OUTAGES = {
    "none": set[int](),
    "a day": days(40, 40),
    "three days": days(45, 47),
    "three days over a weekend": days(46, 49),
    "a fortnight": days(50, 64),
    "every other day": set(range(0, DAYS, 2)),
}


def is_working(day: int) -> bool:
    when = FIRST + timedelta(day)
    return when.weekday() < 5 and when not in OFF_DUTY


def expected(raising: list[int], telling: list[int]) -> set[tuple[int, str]]:
    """Which rungs are told of which project, by the days on which reminders are raised and told.

    The first rung waits for the next morning of a working day, or for the next morning of all if
    the date would pass meanwhile; it is not told any more once the second is raised, which is told
    at once, or once the plan is there.
    """
    found = set()
    for begun in range(PROJECTS):
        done = begun + HANDED_IN if begun % DILIGENT == 0 else NEVER
        near, late = (_from(raising, begun + rung) for rung in (NEAR, LATE))
        if _from(telling, _morning(near, begun + DUE)) < min(late, done):
            found.add((begun, "near"))
        if _from(telling, late) < done:
            found.add((begun, "late"))
    return found


def _from(days: list[int], first: int) -> int:
    return next(day for day in days if day >= first)


def _morning(raised: int, due: int) -> int:
    """When a reminder is told that was raised in the middle of a day."""
    working = next(day for day in range(raised + 1, NEVER) if is_working(day))
    if working <= due or due < raised:
        return working
    return raised + 1 if raised < due else raised


class Silent(MemoryMailer):
    """A server that does not answer."""

    def send(self, mail: Mail) -> Handover:
        return Handover(Fate.AWAY, "nobody answers")


def told_of(morning: Morning) -> Counter[tuple[int, str]]:
    """What was sent to whoever leads, by project and rung."""
    sent = [row for row in morning.letters() if row["state"] == "sent"]
    return Counter(
        (int(str(row["person_id"]).removeprefix("p")), str(row["dedupe_key"]).split("|")[-3])
        for row in sent
        if str(row["person_id"]).startswith("p")
    )


@pytest.mark.parametrize("outage", OUTAGES)
@pytest.mark.parametrize("who", ["we", "the mail server"])
def test_what_was_told_after_an_outage_is_what_a_plain_count_says(
    morning: Morning, told: Callable[[str], None], outage: str, who: str
) -> None:
    away = OUTAGES[outage]
    morning.world.office.change_organisation(replace(given.OSLO, letters_a_minute=10_000), "dag")
    nobody_answers = morning.another_worker(Silent())
    numbers: dict[str, int] = {}
    for day in range(DAYS):
        morning.world.clock.now = given.BEGINNING + timedelta(day)
        if day < PROJECTS:
            morning.world.office.put_person("oslo", given.a_person(f"p{day}", "member"), "dag")
            members = {"lead": (f"p{day}",), "board": ("bjorn",)}
            numbers[morning.world.started(members=members, title=f"Project {day}")] = day
        for project, begun in numbers.items():
            if begun % DILIGENT == 0 and day == begun + HANDED_IN:
                morning.hand_in(project, f"p{begun}")
        if day in away and who == "we":
            continue
        morning.world.engine.sweep()
        deliver(nobody_answers if day in away else morning.post)

    every_day = list(range(NEVER))
    telling = [day for day in every_day if day not in away]
    got = told_of(morning)
    assert set(got) == expected(telling if who == "we" else every_day, telling)
    assert set(got.values()) == {1}
    told(
        f"outages of mail: {who} away, {outage}: {PROJECTS} deadlines, {got.total()} told, 0 missing"
    )
