"""The arithmetic of time: the published vectors, its laws, and the nights the clock moves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innocities_engine.domain.calendar import (
    BeyondCalendar,
    Calendar,
    Duration,
    DurationKind,
    Session,
    Unit,
    YearlyPeriod,
    after,
    at_local,
    before,
    end_of_day,
    is_working_day,
    local_date,
    next_meeting,
    next_session,
    next_working_day,
    out_of_quiet,
    previous_working_day,
    session_on_request,
    start_of_day,
    without_quiet,
)

DAY = timedelta(days=1)
SUMMER = YearlyPeriod.parse("22 June..15 August")
CHRISTMAS = YearlyPeriod.parse("20 December..6 January")
SE = Calendar("SE", "Europe/Stockholm")
NO = Calendar("NO", "Europe/Oslo")
QUIET_SE = Calendar("SE", "Europe/Stockholm", quiet=(SUMMER, CHRISTMAS))
PLAIN, WORKING, STATUTORY = DurationKind


def on(text: str) -> date:
    return date.fromisoformat(text)


def ends(cal: Calendar, start: str, duration: str) -> str:
    return after(cal, on(start), Duration.parse(duration)).day.isoformat()


def begins(cal: Calendar, end: str, duration: str) -> str:
    return before(cal, on(end), Duration.parse(duration)).day.isoformat()


# The published vectors


@pytest.mark.parametrize(
    ("start", "period", "nominal", "swedish", "norwegian"),
    [
        ("2026-05-29", "3 weeks", "2026-06-19", "2026-06-22", "2026-06-19"),
        ("2026-12-03", "3 weeks", "2026-12-24", "2026-12-28", "2026-12-24"),
        ("2026-12-10", "3 weeks", "2026-12-31", "2027-01-04", "2026-12-31"),
        ("2026-12-15", "3 weeks", "2027-01-05", "2027-01-05", "2027-01-05"),
        ("2026-12-16", "3 weeks", "2027-01-06", "2027-01-07", "2027-01-06"),
        ("2026-03-12", "3 weeks", "2026-04-02", "2026-04-02", "2026-04-07"),
        ("2026-05-04", "3 weeks", "2026-05-25", "2026-05-25", "2026-05-26"),
        ("2028-05-16", "3 weeks", "2028-06-06", "2028-06-07", "2028-06-06"),
        ("2026-10-10", "3 weeks", "2026-10-31", "2026-11-02", "2026-11-02"),
        ("2026-08-31", "6 months", "2027-02-28", "2027-03-01", "2027-03-01"),
    ],
)
def test_a_statutory_period_ends_where_each_law_says(
    start: str, period: str, nominal: str, swedish: str, norwegian: str
) -> None:
    statutory = period.replace(" ", " statutory ")
    assert ends(SE, start, period) == ends(NO, start, period) == nominal
    assert ends(SE, start, statutory) == swedish
    assert ends(NO, start, statutory) == norwegian


def test_papers_due_two_working_days_before_a_meeting_differ_by_country() -> None:
    assert begins(SE, "2026-04-08", "2 working days") == "2026-04-02"
    assert begins(NO, "2026-04-08", "2 working days") == "2026-04-01"


def test_the_longest_way_to_legal_force_is_37_days_where_no_step_rolls() -> None:
    adjusted = ends(SE, "2026-09-01", "14 statutory days")
    posted = ends(SE, adjusted, "2 statutory days")
    assert on(ends(SE, posted, "3 statutory weeks")) - on("2026-09-01") == 37 * DAY


def test_each_step_to_legal_force_may_roll_for_itself() -> None:
    assert ends(SE, "2026-06-05", "14 statutory days") == "2026-06-22"
    assert ends(SE, "2026-06-22", "2 statutory days") == "2026-06-24"
    assert ends(SE, "2026-06-24", "3 statutory weeks") == "2026-07-15"


# Working time


def test_no_working_days_stay_where_they_are_even_on_a_day_off() -> None:
    assert ends(SE, "2026-06-20", "0 working days") == "2026-06-20"
    assert begins(SE, "2026-06-20", "0 working days") == "2026-06-20"


def test_no_working_days_in_a_quiet_period_end_on_the_first_day_after() -> None:
    assert ends(QUIET_SE, "2026-07-01", "0 working days") == "2026-08-16"


def test_a_working_week_is_five_working_days() -> None:
    assert ends(SE, "2026-04-30", "2 working weeks") == "2026-05-18"
    assert ends(SE, "2026-04-30", "10 working days") == "2026-05-18"


def test_closures_stretch_working_time_and_leave_statutory_time_alone() -> None:
    closed = Calendar("NO", "Europe/Oslo", frozenset({on("2026-12-24"), on("2026-12-31")}))
    assert ends(NO, "2026-12-23", "2 working days") == "2026-12-28"
    assert ends(closed, "2026-12-23", "2 working days") == "2026-12-29"
    assert ends(closed, "2026-12-03", "3 statutory weeks") == "2026-12-24"


def test_the_nearest_working_day_is_the_day_itself_where_it_is_one() -> None:
    friday, saturday, monday = on("2026-02-06"), on("2026-02-07"), on("2026-02-09")
    assert next_working_day(SE, friday) == previous_working_day(SE, friday) == friday
    assert next_working_day(SE, saturday) == monday
    assert previous_working_day(SE, saturday) == friday


# Plain time and quiet periods


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-01-31", "1 month", "2026-02-28"),
        ("2028-01-31", "1 month", "2028-02-29"),
        ("2028-02-29", "1 year", "2029-02-28"),
        ("2028-02-29", "4 years", "2032-02-29"),
        ("2026-11-30", "3 months", "2027-02-28"),
        ("2026-12-31", "60 days", "2027-03-01"),
    ],
)
def test_months_end_on_the_same_number_or_the_last_of_the_month(
    start: str, duration: str, end: str
) -> None:
    assert ends(SE, start, duration) == end


def test_months_count_backward_over_the_new_year() -> None:
    assert begins(SE, "2026-03-31", "1 month") == "2026-02-28"
    assert begins(SE, "2026-01-31", "2 months") == "2025-11-30"


def test_plain_deadlines_leave_a_quiet_period_by_its_far_end() -> None:
    assert ends(QUIET_SE, "2026-06-01", "1 month") == "2026-08-16"
    assert begins(QUIET_SE, "2026-08-20", "2 weeks") == "2026-06-21"
    assert ends(QUIET_SE, "2026-12-30", "3 days") == "2027-01-07"


def test_working_deadlines_leave_a_quiet_period_to_a_working_day() -> None:
    assert ends(QUIET_SE, "2026-06-15", "10 working days") == "2026-08-17"
    assert begins(QUIET_SE, "2026-08-18", "3 working days") == "2026-06-18"


def test_quiet_days_are_counted_as_working_days() -> None:
    assert ends(QUIET_SE, "2026-06-15", "60 working days") == ends(
        SE, "2026-06-15", "60 working days"
    )


def test_the_law_knows_no_quiet_period() -> None:
    assert ends(QUIET_SE, "2026-06-22", "3 statutory weeks") == "2026-07-13"


def test_statutory_time_counted_backward_rolls_to_the_earlier_day() -> None:
    assert begins(SE, "2026-06-30", "10 statutory days") == "2026-06-18"


def test_quiet_periods_that_touch_are_left_together() -> None:
    cal = Calendar(
        "SE", "Europe/Stockholm", quiet=(SUMMER, YearlyPeriod.parse("16 August..20 August"))
    )
    assert out_of_quiet(cal, on("2026-07-01")) == on("2026-08-21")
    assert out_of_quiet(cal, on("2026-08-21")) == on("2026-08-21")
    assert out_of_quiet(without_quiet(cal), on("2026-07-01")) == on("2026-07-01")


def test_dates_beyond_all_calendars_are_refused() -> None:
    for far, duration in (("9999-12-31", "1 day"), ("9999-12-31", "1 month")):
        with pytest.raises(BeyondCalendar):
            ends(SE, far, duration)
    with pytest.raises(BeyondCalendar):
        begins(SE, "0001-01-31", "1 month")


def test_calendars_can_be_keys() -> None:
    twin = Calendar("SE", "Europe/Stockholm", quiet=(SUMMER,), meetings={"council": MEETINGS})
    assert {COUNCIL: "found"}[twin] == "found"


@pytest.mark.parametrize(
    ("country", "zone", "quiet", "message"),
    [
        ("DK", "Europe/Oslo", (), "DK"),
        ("NO", "Europe/Olso", (), "Europe/Olso"),
        ("NO", "../etc/passwd", (), "time zone"),
        ("NO", "Europe", (), "time zone"),
        ("NO", "Europe/Oslo", (YearlyPeriod(2, 1, 1, 31),), "no day"),
    ],
)
def test_a_calendar_nobody_could_keep_is_refused(
    country: str, zone: str, quiet: tuple[YearlyPeriod, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Calendar(country, zone, quiet=quiet)


# Laws


closures = st.frozensets(st.dates(on("2026-01-01"), on("2029-12-31")), max_size=40)
quiets = st.sampled_from([(), (SUMMER,), (SUMMER, CHRISTMAS)])
calendars = st.builds(
    Calendar, st.sampled_from(["SE", "NO"]), st.just("Europe/Oslo"), closures, quiets
)
dates = st.dates(on("2026-01-01"), on("2028-12-31"))
durations = st.builds(
    Duration,
    st.integers(0, 40),
    st.sampled_from([Unit.DAYS, Unit.WEEKS]),
    st.sampled_from(DurationKind),
) | st.builds(
    Duration,
    st.integers(0, 30),
    st.sampled_from([Unit.MONTHS, Unit.YEARS]),
    st.sampled_from([PLAIN, STATUTORY]),
)


@given(calendars, dates, st.integers(1, 200))
def test_counting_working_days_forth_and_back_comes_home(cal: Calendar, day: date, n: int) -> None:
    cal, d = without_quiet(cal), Duration(n, Unit.DAYS, WORKING)
    home = next_working_day(cal, day)
    assert before(cal, after(cal, home, d).day, d).day == home
    assert after(cal, before(cal, home, d).day, d).day == home


@given(calendars, dates, dates, durations)
def test_a_later_start_never_ends_earlier(cal: Calendar, a: date, b: date, d: Duration) -> None:
    early, late = sorted((a, b))
    assert after(cal, early, d).day <= after(cal, late, d).day
    assert before(cal, early, d).day <= before(cal, late, d).day


@given(calendars, dates, durations, st.integers(0, 30))
def test_a_longer_time_never_ends_earlier(cal: Calendar, day: date, d: Duration, less: int) -> None:
    shorter = Duration(max(0, d.n - less), d.unit, d.kind)
    assert after(cal, day, shorter).day <= after(cal, day, d).day
    assert before(cal, day, shorter).day >= before(cal, day, d).day


@given(calendars, dates, durations)
def test_time_never_runs_the_wrong_way(cal: Calendar, day: date, d: Duration) -> None:
    assert before(cal, day, d).day <= day <= after(cal, day, d).day


@given(calendars, dates, durations)
def test_each_kind_of_time_ends_only_where_it_may(cal: Calendar, day: date, d: Duration) -> None:
    by_law = Calendar(cal.country, cal.zone)
    for end in (after(cal, day, d).day, before(cal, day, d).day):
        if d.kind is STATUTORY:
            assert is_working_day(by_law, end)
        else:
            assert not any(end in period for period in cal.quiet)
        if d.kind is WORKING and d.n:
            assert is_working_day(cal, end)


@given(calendars, dates, st.integers(0, 400))
def test_closures_and_quiet_periods_never_touch_statutory_time(
    cal: Calendar, day: date, n: int
) -> None:
    law = Duration(n, Unit.DAYS, STATUTORY)
    assert after(cal, day, law) == after(Calendar(cal.country, "UTC"), day, law)


# Meetings


MEETINGS = (on("2026-05-12"), on("2026-06-16"), on("2026-08-25"))
COUNCIL = Calendar("SE", "Europe/Stockholm", quiet=(SUMMER,), meetings={"council": MEETINGS})


def test_the_next_meeting_is_a_fixed_one_or_none() -> None:
    assert next_meeting(COUNCIL, "council", on("2026-05-12")) == on("2026-05-12")
    assert next_meeting(COUNCIL, "council", on("2026-06-17")) == on("2026-08-25")
    assert next_meeting(COUNCIL, "council", on("2026-08-26")) is None
    assert next_meeting(COUNCIL, "board", on("2026-05-12")) is None


def test_a_meeting_whose_notice_has_passed_is_out_of_reach() -> None:
    notice = Duration.parse("2 weeks")
    in_time = next_session(COUNCIL, "council", on("2026-06-02"), notice)
    too_late = next_session(COUNCIL, "council", on("2026-06-03"), notice)
    assert in_time == Session(on("2026-06-16"), closes=on("2026-06-02"))
    assert too_late == Session(on("2026-08-25"), closes=on("2026-08-11"))
    assert next_session(COUNCIL, "council", on("2026-08-12"), notice) is None


def test_without_notice_a_meeting_is_reached_on_its_own_day() -> None:
    assert next_session(COUNCIL, "council", on("2026-06-16")) == Session(on("2026-06-16"))


def test_a_session_on_request_falls_on_a_working_day_after_its_notice() -> None:
    assert session_on_request(COUNCIL, on("2026-02-07")) == Session(on("2026-02-09"))
    assert session_on_request(COUNCIL, on("2026-07-01")) == Session(on("2026-08-17"))
    week = Duration.parse("1 week")
    assert session_on_request(COUNCIL, on("2026-04-27"), week) == Session(on("2026-05-04"))
    assert session_on_request(COUNCIL, on("2026-06-16"), week) == Session(on("2026-08-17"))


# Instants


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + n * DAY for n in range((date(year + 1, 1, 1) - first).days)]


def last_sunday(year: int, month: int) -> date:
    end = date(year, month, 31)
    return end - (end.weekday() + 1) % 7 * DAY


NIGHTS = [
    (zone, year) for zone in ("Europe/Stockholm", "Europe/Oslo") for year in range(2020, 2041)
]


def minutes_of(zone: str, day: date) -> list[datetime]:
    return [at_local(zone, day, minute // 60, minute % 60) for minute in range(24 * 60)]


@pytest.mark.parametrize(("zone", "year"), NIGHTS)
def test_when_the_clock_leaps_forward_nothing_is_lost(zone: str, year: int) -> None:
    day = last_sunday(year, 3)
    leap = datetime(year, 3, day.day, 1, tzinfo=UTC)
    start = leap - timedelta(hours=2)
    found = minutes_of(zone, day)
    assert found[: 2 * 60] == [start + timedelta(minutes=n) for n in range(2 * 60)]
    assert found[2 * 60 : 3 * 60] == [leap] * 60
    assert found[3 * 60 :] == [leap + timedelta(minutes=n) for n in range(21 * 60)]
    assert end_of_day(zone, day) - start_of_day(zone, day) == timedelta(hours=23)


@pytest.mark.parametrize(("zone", "year"), NIGHTS)
def test_when_the_clock_falls_back_nothing_is_repeated(zone: str, year: int) -> None:
    day = last_sunday(year, 10)
    start = datetime(year, 10, day.day, tzinfo=UTC) - timedelta(hours=2)
    found = minutes_of(zone, day)
    assert found[: 3 * 60] == [start + timedelta(minutes=n) for n in range(3 * 60)]
    assert found[3 * 60 :] == [start + timedelta(minutes=n) for n in range(4 * 60, 25 * 60)]
    assert end_of_day(zone, day) - start_of_day(zone, day) == timedelta(hours=25)


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "Europe/Oslo"])
def test_every_hour_of_twenty_years_is_the_hour_the_clock_shows(zone: str) -> None:
    for day in (day for year in range(2020, 2041) for day in days_of(year)):
        leaps = day == last_sunday(day.year, 3)
        shown = [at_local(zone, day, hour).astimezone(ZoneInfo(zone)) for hour in range(24)]
        assert [s.hour for s in shown] == [3 if leaps and h == 2 else h for h in range(24)]
        assert {s.date() for s in shown} == {day}


@given(st.dates(date(1970, 1, 1), date(2037, 12, 30)), st.sampled_from(["Europe/Oslo", "UTC"]))
def test_a_day_begins_where_the_one_before_ends(day: date, zone: str) -> None:
    assert end_of_day(zone, day) == start_of_day(zone, day + DAY)
    assert local_date(zone, start_of_day(zone, day)) == day
    assert local_date(zone, end_of_day(zone, day) - timedelta(microseconds=1)) == day


def test_a_day_without_a_midnight_begins_at_its_first_instant() -> None:
    begin = start_of_day("Africa/Cairo", on("2023-04-28"))
    assert begin == datetime(2023, 4, 27, 22, tzinfo=UTC)
    assert begin.astimezone(ZoneInfo("Africa/Cairo")).hour == 1


def test_a_day_its_zone_left_out_is_over_as_it_begins() -> None:
    lost = on("2011-12-30")
    assert start_of_day("Pacific/Apia", lost) == end_of_day("Pacific/Apia", lost)
    assert at_local("Pacific/Apia", lost, 12) == datetime(2011, 12, 30, 10, tzinfo=UTC)


def test_a_place_is_a_calendar_or_the_name_of_a_zone() -> None:
    instant = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert local_date(SE, instant) == local_date("Europe/Stockholm", instant) == on("2026-07-01")
    assert start_of_day(SE, on("2026-07-01")) == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        local_date(SE, datetime(2026, 7, 1, 8))  # noqa: DTZ001 - what is tested


def test_the_ends_of_time_are_refused() -> None:
    with pytest.raises(BeyondCalendar):
        start_of_day("Europe/Oslo", date.min)
    with pytest.raises(BeyondCalendar):
        at_local("America/New_York", date.max, 23)
    with pytest.raises(BeyondCalendar):
        end_of_day("Europe/Oslo", date.max)
