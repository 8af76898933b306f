"""The days off of two countries, against an oracle that shares nothing with the code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from innocities_engine.domain.calendar import (
    BeyondCalendar,
    Calendar,
    Duration,
    DurationKind,
    Unit,
    after,
    holiday_name,
    is_working_day,
    why_not_working,
)

DAY = timedelta(days=1)
SATURDAY = 5
SE = Calendar("SE", "Europe/Stockholm")
NO = Calendar("NO", "Europe/Oslo")
Oracle = Callable[[int], set[date]]


def on(text: str) -> date:
    return date.fromisoformat(text)


def easter(year: int) -> date:
    golden, century = year % 19, year // 100
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = epact - epact // 28 * (1 - 29 // (epact + 1) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def first_saturday(day: date) -> date:
    return day + (SATURDAY - day.weekday()) % 7 * DAY


def swedish_days_off(year: int) -> set[date]:
    midsummer = first_saturday(date(year, 6, 20))
    fixed = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
    return {
        *(date(year, month, day) for month, day in fixed),
        *(easter(year) + offset * DAY for offset in (-2, 0, 1, 39, 49)),
        midsummer - DAY,
        midsummer,
        first_saturday(date(year, 10, 31)),
    }


def norwegian_days_off(year: int) -> set[date]:
    fixed = ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))
    return {
        *(date(year, month, day) for month, day in fixed),
        *(easter(year) + offset * DAY for offset in (-3, -2, 0, 1, 39, 49, 50)),
    }


ORACLES: list[tuple[Calendar, Oracle]] = [(SE, swedish_days_off), (NO, norwegian_days_off)]
YEARS = range(2005, 2101)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + n * DAY for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize(("cal", "oracle"), ORACLES, ids=["SE", "NO"])
def test_the_days_off_are_those_of_the_law_and_no_others(cal: Calendar, oracle: Oracle) -> None:
    for year in YEARS:
        named = {d for d in days_of(year) if holiday_name(cal.country, d, "en")}
        assert named == oracle(year)


@pytest.mark.parametrize(("cal", "oracle"), ORACLES, ids=["SE", "NO"])
def test_counting_agrees_with_a_naive_count_on_every_day_of_twenty_years(
    cal: Calendar, oracle: Oracle
) -> None:
    off = {day for year in range(2020, 2043) for day in oracle(year)}
    days = [day for year in range(2020, 2043) for day in days_of(year)]
    working = [day for day in days if day.weekday() < SATURDAY and day not in off]
    passed = 0
    for day in days[: (date(2041, 1, 1) - days[0]).days]:
        passed += working[passed] <= day
        for n in (1, 10, 253):
            assert (
                after(cal, day, Duration(n, Unit.DAYS, DurationKind.WORKING)).day
                == working[passed + n - 1]
            )


def test_the_three_eves_are_days_off_in_sweden_only() -> None:
    for eve in ("2026-06-19", "2026-12-24", "2026-12-31"):
        assert not is_working_day(SE, on(eve))
        assert is_working_day(NO, on(eve))


def test_other_eves_are_working_days() -> None:
    for eve in ("2027-01-05", "2026-04-30", "2026-10-30"):
        assert is_working_day(SE, on(eve))
    assert is_working_day(NO, on("2026-04-01"))


def test_sweden_gave_up_whit_monday_for_its_national_day_in_2005() -> None:
    assert why_not_working(SE, on("2004-05-31")) == "whit_monday"
    assert why_not_working(SE, on("2005-05-16")) is None
    assert [is_working_day(SE, date(year, 6, 6)) for year in (2003, 2005)] == [True, False]


@pytest.mark.parametrize(
    ("cal", "day", "reason"),
    [
        (SE, "2026-06-20", "midsummer_day"),
        (SE, "2026-06-21", "weekend"),
        (SE, "2026-06-22", None),
        (NO, "2026-04-02", "maundy_thursday"),
        (NO, "2008-05-01", "ascension_day"),
        (Calendar("NO", "Europe/Oslo", frozenset({on("2026-12-24")})), "2026-12-24", "closure"),
        (
            Calendar("NO", "Europe/Oslo", frozenset({on("2026-12-25")})),
            "2026-12-25",
            "christmas_day",
        ),
    ],
)
def test_a_day_off_says_why(cal: Calendar, day: str, reason: str | None) -> None:
    assert why_not_working(cal, on(day)) == reason


def test_a_holiday_is_named_in_three_languages_and_else_in_english() -> None:
    names = [holiday_name("SE", on("2026-06-19"), spoken) for spoken in ("sv", "nb", "en", "fi")]
    assert names == ["midsommarafton", "midtsommeraften", "Midsummer Eve", "Midsummer Eve"]
    assert holiday_name("SE", on("2026-06-21"), "sv") == ""


@pytest.mark.parametrize("country", ["SE", "NO"])
def test_every_day_off_has_a_name_of_its_own_in_each_language(country: str) -> None:
    for day in (day for year in range(1953, 2101) for day in days_of(year)):
        english = holiday_name(country, day, "en")
        assert bool(english) == bool(holiday_name(country, day, "sv"))
        assert not english or english != holiday_name(country, day, "nb")


def test_days_off_of_unknown_years_are_refused_and_not_guessed() -> None:
    for day in ("1952-12-31", "2101-01-03"):
        with pytest.raises(BeyondCalendar, match="1953 to 2100"):
            why_not_working(SE, on(day))
