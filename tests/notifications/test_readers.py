from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innocities_engine.domain import calendar
from innocities_engine.domain.calendar import Calendar, YearlyPeriod
from notifications import readers
from notifications.readers import sending_time

OSLO = Calendar("NO", "Europe/Oslo", quiet=(YearlyPeriod.parse("1 July..31 July"),))
DAYS = st.dates(date(2025, 1, 1), date(2032, 12, 31))
CLOCK_TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def told(
    now: datetime, *, due: date | None = None, hour: int = 8, zone: str = "Europe/Oslo"
) -> str:
    at = sending_time(OSLO, zone, hour, now, immediate=False, due=due)
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Oslo"))


def test_what_cannot_wait_is_told_at_once() -> None:
    night = local("2026-12-24 03:00")
    assert sending_time(OSLO, "Europe/Oslo", 8, night, immediate=True, due=None) == night


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("2026-05-05 00:00", "2026-05-05 08:00"),  # a Tuesday
        ("2026-05-05 08:00", "2026-05-05 08:00"),
        ("2026-05-05 08:01", "2026-05-06 08:00"),
        ("2026-05-08 12:00", "2026-05-11 08:00"),  # over the weekend
        ("2026-05-13 12:00", "2026-05-15 08:00"),  # Ascension Day
        ("2026-03-28 09:00", "2026-03-30 08:00"),  # the night of the leap forward
        ("2026-10-23 09:00", "2026-10-26 08:00"),  # the night of the hour that comes twice
        ("2026-07-03 09:00", "2026-08-03 08:00"),  # quiet July, then a weekend
        ("2026-12-31 09:00", "2027-01-04 08:00"),
    ],
)
def test_what_can_wait_is_told_at_the_hour_of_a_day_on_which_one_works(now: str, at: str) -> None:
    assert told(local(now)) == at


@pytest.mark.parametrize(
    ("now", "due", "at"),
    [
        ("2026-07-03 09:00", "2026-07-20", "2026-07-04 08:00"),  # falls due in quiet July
        ("2026-07-03 09:00", "2026-08-10", "2026-08-03 08:00"),
        ("2026-05-08 12:00", "2026-05-09", "2026-05-09 08:00"),  # falls due on a Saturday
        ("2026-05-05 12:00", "2026-05-05", "2026-05-05 12:00"),  # falls due today
        ("2026-05-05 12:00", "2026-05-04", "2026-05-06 08:00"),  # is overdue already
    ],
)
def test_no_quiet_day_hides_a_date_that_passes_in_it(now: str, due: str, at: str) -> None:
    assert told(local(now), due=date.fromisoformat(due)) == at


def test_the_hour_is_that_of_the_reader_the_days_are_those_of_the_organisation() -> None:
    assert told(local("2026-05-05 00:00"), hour=7, zone="Atlantic/Reykjavik") == "2026-05-05 07:00"


@given(DAYS, CLOCK_TIMES, st.integers(0, 23))
def test_it_is_told_once_after_it_came_up_and_within_the_next_working_days(
    day: date, clock: time, hour: int
) -> None:
    now = datetime.combine(day, clock, ZoneInfo("Europe/Oslo")).astimezone(UTC)
    at = sending_time(OSLO, "Europe/Oslo", hour, now, immediate=False, due=None)
    on = calendar.local_date(OSLO, at)

    assert at >= now
    assert calendar.is_working_day(OSLO, on)
    assert at == calendar.at_local(OSLO, on, hour)
    assert on - day <= timedelta(days=45)


@given(DAYS, CLOCK_TIMES, st.integers(0, 60))
def test_nothing_is_told_after_its_date_that_came_up_before_it(
    day: date, clock: time, ahead: int
) -> None:
    now = datetime.combine(day, clock, ZoneInfo("Europe/Oslo")).astimezone(UTC)
    due = calendar.local_date(OSLO, now) + timedelta(days=ahead)
    at = sending_time(OSLO, "Europe/Oslo", 8, now, immediate=False, due=due)

    assert calendar.local_date(OSLO, at) <= due


def test_a_link_to_opt_out_is_of_one_person_and_one_installation() -> None:
    tokens = {
        readers.unsubscribe_token(key, organisation, person)
        for key in (b"one", b"two")
        for organisation in ("oslo", "bergen")
        for person in ("astrid", "bjorn")
    }
    assert len(tokens) == 8


def test_a_link_to_opt_out_holds_nothing_that_ends_it_early() -> None:
    link = readers.unsubscribe_link("https://example.org/", b"key", "os/lo", "a b?c#d")
    assert link.startswith("https://example.org/unsubscribe/os%2Flo/a%20b%3Fc%23d/")


def test_without_pages_there_is_no_link_to_opt_out() -> None:
    assert readers.unsubscribe_link("", b"key", "oslo", "astrid") == ""
