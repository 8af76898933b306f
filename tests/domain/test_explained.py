"""Every computed date tells what led to it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innocities_engine.domain.calendar import (
    Calendar,
    Duration,
    DurationKind,
    Explained,
    Step,
    Unit,
    YearlyPeriod,
    after,
    before,
    explain,
    is_working_day,
)
from innocities_engine.domain.explained import length

SE = Calendar("SE", "Europe/Stockholm", quiet=(YearlyPeriod.parse("22 June..15 August"),))
CLOSED = Calendar("NO", "Europe/Oslo", frozenset({date(2026, 5, 15)}))


@pytest.mark.parametrize(
    ("start", "duration", "english", "swedish", "norwegian"),
    [
        (
            date(2026, 4, 30),
            "10 working days",
            "10 working days from Thu 30 Apr; skipped 1 May, 14 May",
            "10 arbetsdagar från tors 30 april; hoppade över 1 maj, 14 maj",
            "10 arbeidsdager fra tor. 30. april; hoppet over 1. mai, 14. mai",
        ),
        (
            date(2026, 5, 29),
            "3 statutory weeks",
            "3 statutory weeks from Fri 29 May; Fri 19 Jun is Midsummer Eve, so Mon 22 Jun",
            (
                "3 veckor enligt lag från fre 29 maj; fre 19 juni är midsommarafton, "
                "därför mån 22 juni"
            ),
            (
                "3 uker etter loven fra fre. 29. mai; fre. 19. juni er midtsommeraften, "
                "derfor man. 22. juni"
            ),
        ),
        (
            date(2026, 8, 31),
            "6 statutory months",
            (
                "6 statutory months from Mon 31 Aug 2026; there is no day 31 in that month, "
                "so Sun 28 Feb; Sun 28 Feb is a weekend day, so Mon 1 Mar"
            ),
            (
                "6 månader enligt lag från mån 31 aug 2026; den månaden har ingen dag 31, "
                "därför sön 28 feb; sön 28 feb är helg, därför mån 1 mars"
            ),
            (
                "6 måneder etter loven fra man. 31. aug. 2026; den måneden har ingen dag 31, "
                "derfor søn. 28. feb.; søn. 28. feb. er helg, derfor man. 1. mars"
            ),
        ),
        (
            date(2026, 6, 22),
            "1 day",
            "1 day from Mon 22 Jun; Tue 23 Jun is in a quiet period, so Sun 16 Aug",
            "1 dag från mån 22 juni; tis 23 juni är i semesterperioden, därför sön 16 aug",
            "1 dag fra man. 22. juni; tir. 23. juni er i ferieperioden, derfor søn. 16. aug.",
        ),
    ],
)
def test_a_date_explains_itself_in_three_languages(
    start: date, duration: str, english: str, swedish: str, norwegian: str
) -> None:
    found = after(SE, start, Duration.parse(duration))
    assert [explain(found, spoken) for spoken in ("en", "sv", "nb")] == [
        english,
        swedish,
        norwegian,
    ]


def test_a_language_we_do_not_speak_is_answered_in_english() -> None:
    found = after(SE, date(2026, 2, 2), Duration.parse("1 day"))
    assert explain(found, "fi") == "1 day from Mon 2 Feb"


def test_a_date_counted_backward_says_so() -> None:
    found = before(SE, date(2026, 4, 8), Duration.parse("2 working days"))
    assert explain(found, "en") == "2 working days before Wed 8 Apr; skipped 3 Apr, 6 Apr"
    assert explain(found, "sv") == "2 arbetsdagar före ons 8 april; hoppade över 3 april, 6 april"
    assert (
        explain(found, "nb") == "2 arbeidsdager før ons. 8. april; hoppet over 3. april, 6. april"
    )


def test_a_long_row_of_skipped_days_is_cut_short() -> None:
    found = after(SE, date(2026, 1, 2), Duration.parse("1000 working days"))
    skipped = [step for step in found.steps if step.code == "skipped_holiday"]
    assert explain(found, "en").endswith(f"26 Mar 2027 and {len(skipped) - 12} more")
    assert explain(found, "sv").endswith(f"och {len(skipped) - 12} till")
    assert explain(found, "nb").endswith(f"og {len(skipped) - 12} til")


def test_twelve_skipped_days_are_all_named() -> None:
    found = after(SE, date(2026, 1, 2), Duration.parse("330 working days"))
    skipped = [step for step in found.steps if step.code == "skipped_holiday"]
    assert len(skipped) >= 12
    twelve = Explained(found.day, (found.steps[0], *skipped[:12]))
    assert explain(twelve, "en").endswith("26 Mar")


def test_the_steps_are_data() -> None:
    found = after(CLOSED, date(2026, 5, 13), Duration.parse("1 working day"))
    assert found.day == date(2026, 5, 18)
    assert found.steps == (
        Step("counted_from", (("duration", "1 working day"), ("day", date(2026, 5, 13)))),
        Step("skipped_holiday", (("day", date(2026, 5, 14)), ("name_key", "ascension_day"))),
        Step("skipped_closure", (("day", date(2026, 5, 15)),)),
    )
    assert found.steps[1]["name_key"] == "ascension_day"


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(1, 300))
def test_every_weekday_that_does_not_count_is_told(start: date, n: int) -> None:
    found = after(CLOSED, start, Duration(n, Unit.DAYS, DurationKind.WORKING))
    told = {step["day"] for step in found.steps if step.code.startswith("skipped")}
    between = {date.fromordinal(n) for n in range(start.toordinal() + 1, found.day.toordinal())}
    weekdays = {day for day in between if day.weekday() < 5}
    assert told == {day for day in weekdays if not is_working_day(CLOSED, day)}


@given(
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    st.integers(0, 40),
    st.sampled_from(Unit),
    st.sampled_from([DurationKind.PLAIN, DurationKind.STATUTORY]),
    st.sampled_from(["sv", "nb", "en"]),
)
def test_a_date_that_was_moved_never_hides_it(
    start: date, n: int, unit: Unit, kind: DurationKind, language: str
) -> None:
    found = after(SE, start, Duration(n, unit, kind))
    moves = [step for step in found.steps if step.code in ("rolled", "moved_out_of_quiet")]
    assert all(step["to"] == found.day != step["from"] for step in moves)
    assert explain(found, language).count(";") == len(found.steps) - 1


@pytest.mark.parametrize(
    ("language", "said"),
    [("sv", "60 arbetsdagar"), ("nb", "60 arbeidsdager"), ("de", "60 working")],
)
def test_a_length_of_time_is_said_in_the_readers_language(language: str, said: str) -> None:
    assert length(Duration.parse("60 working days"), language).startswith(said)
