"""What can be written as a duration or a period, and what is said about the rest."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innocities_engine.domain.durations import (
    LONGEST,
    Duration,
    DurationKind,
    Period,
    Unit,
    YearlyPeriod,
)


@st.composite
def durations(draw: st.DrawFn) -> Duration:
    kind = draw(st.sampled_from(DurationKind))
    working = kind is DurationKind.WORKING
    unit = draw(st.sampled_from([Unit.DAYS, Unit.WEEKS] if working else list(Unit)))
    return Duration(draw(st.integers(0, LONGEST[unit])), unit, kind)


@given(durations())
def test_a_duration_reads_as_it_is_written(d: Duration) -> None:
    assert Duration.parse(str(d)) == d


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 working days", Duration(10, Unit.DAYS, DurationKind.WORKING)),
        ("3 statutory weeks", Duration(3, Unit.WEEKS, DurationKind.STATUTORY)),
        ("1 month", Duration(1, Unit.MONTHS)),
        (" 0  days ", Duration(0, Unit.DAYS)),
        ("100 years", Duration(100, Unit.YEARS)),
    ],
)
def test_durations_are_read(text: str, expected: Duration) -> None:
    assert Duration.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a duration; write for example"),
        ("soon", "is not a duration"),
        ("10 working calendar days", "is not a duration"),
        ("ten days", "“ten” is not a whole number in digits"),
        ("1.5 days", "“1.5” is not a whole number"),
        ("-3 days", "“-3” is not a whole number"),
        ("٣ days", "is not a whole number in digits"),
        ("9999999 days", "at most six"),
        ("1 days", "write “1 day”, not “1 days”"),
        ("3 statutory week", "write “3 statutory weeks”"),
        ("03 days", "write “3 days”"),
        ("3 wekks", "did you mean “weeks”"),
        ("3 Days", "did you mean “days”"),
        ("3 fortnights", "use days, weeks, months, years"),
        ("3 workng days", "did you mean “working”"),
        ("3 plain days", "leave it out for calendar time"),
        ("3 working months", "working time is counted in days or weeks"),
        ("101 years", "longer than 100 years"),
        ("1201 statutory months", "longer than 100 years"),
    ],
)
def test_a_text_that_is_no_duration_says_what_to_write(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Duration.parse(text)


def test_a_duration_is_not_negative() -> None:
    with pytest.raises(ValueError, match="before instead of after"):
        Duration(-1, Unit.DAYS)


@pytest.mark.parametrize("unit", Unit)
def test_no_duration_is_longer_than_a_hundred_years(unit: Unit) -> None:
    assert Duration(LONGEST[unit], unit)
    with pytest.raises(ValueError, match="longer than 100 years"):
        Duration(LONGEST[unit] + 1, unit)


def test_a_period_holds_both_its_ends() -> None:
    period = Period(date(2026, 1, 1), date(2026, 1, 3))
    assert [date(2026, 1, day) in period for day in (1, 3, 4)] == [True, True, False]


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before its first day"):
        Period(date(2026, 1, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("22 June..15 August", [(6, 22), (7, 31), (8, 15)], [(6, 21), (8, 16)]),
        ("20 December..6 January", [(12, 20), (12, 31), (1, 1), (1, 6)], [(12, 19), (1, 7)]),
        ("29 February..1 March", [(3, 1)], [(2, 28), (3, 2)]),
    ],
)
def test_a_yearly_period_comes_every_year(
    text: str, inside: list[tuple[int, int]], outside: list[tuple[int, int]]
) -> None:
    period = YearlyPeriod.parse(text)
    for year in (2026, 2027):
        assert all(date(year, *day) in period for day in inside)
        assert not any(date(year, *day) in period for day in outside)


days_of_a_year = st.dates(date(2024, 1, 1), date(2024, 12, 31))


@given(days_of_a_year, days_of_a_year)
def test_a_yearly_period_reads_as_it_is_written(first: date, last: date) -> None:
    period = YearlyPeriod(first.month, first.day, last.month, last.day)
    assert YearlyPeriod.parse(str(period)) == period


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("summer", "write “22 June..15 August”"),
        ("22 june..15 August", "did you mean “June”"),
        ("22 June..15 Auguste", "did you mean “August”"),
        ("31 June..15 August", "“31 June..15 August” is not a yearly period"),
        ("30 February..1 March", "is not a yearly period"),
        ("22 Xyzzy..1 March", "“Xyzzy” is not a month"),
    ],
)
def test_a_text_that_is_no_yearly_period_says_what_to_write(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        YearlyPeriod.parse(text)
