"""Decide which days of a year are off by the law and custom of Sweden and Norway, and what they are
called in Swedish, Norwegian bokmål and English.  Sweden counts the eves of midsummer, Christmas and
New Year as days off; Norway has no such eves.  Weekends as such, the closures of an organisation
and all counting are left to the calendar.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_CATEGORIES: Final = {"NO": ("public",), "SE": ("public", "de_facto")}  # de facto: the eves
COUNTRIES: Final = tuple(_CATEGORIES)
FIRST_YEAR: Final = 1953  # before it the laws of both countries are not known here
LAST_YEAR: Final = 2100
WEEKEND, CLOSURE = "weekend", "closure"

# The name in the data we build on -> our key and our own names, since each country's data is named
# in that country's language only.
_DAYS = {
    "New Year's Day": ("new_years_day", "nyårsdagen", "første nyttårsdag", "New Year's Day"),
    "Epiphany": ("epiphany", "trettondedag jul", "helligtrekongersdag", "Epiphany"),
    "Feast of the Annunciation": (
        "annunciation",
        "Marie bebådelsedag",
        "Maria budskapsdag",
        "the Annunciation",
    ),
    "Maundy Thursday": ("maundy_thursday", "skärtorsdagen", "skjærtorsdag", "Maundy Thursday"),
    "Good Friday": ("good_friday", "långfredagen", "langfredag", "Good Friday"),
    "Easter Sunday": ("easter_day", "påskdagen", "første påskedag", "Easter Day"),
    "Easter Monday": ("easter_monday", "annandag påsk", "andre påskedag", "Easter Monday"),
    "May Day": ("may_day", "första maj", "arbeidernes dag", "May Day"),
    "Labor Day": ("may_day", "första maj", "arbeidernes dag", "May Day"),
    "Constitution Day": (
        "constitution_day",
        "Norges grundlagsdag",
        "grunnlovsdagen",
        "Constitution Day",
    ),
    "Ascension Day": (
        "ascension_day",
        "Kristi himmelsfärdsdag",
        "Kristi himmelfartsdag",
        "Ascension Day",
    ),
    "Pentecost": ("whit_sunday", "pingstdagen", "første pinsedag", "Whit Sunday"),
    "Pentecost Monday": ("whit_monday", "annandag pingst", "andre pinsedag", "Whit Monday"),
    "National Day": ("national_day", "nationaldagen", "Sveriges nasjonaldag", "National Day"),
    "Midsummer Eve": ("midsummer_eve", "midsommarafton", "midtsommeraften", "Midsummer Eve"),
    "Midsummer Day": ("midsummer_day", "midsommardagen", "midtsommerdagen", "Midsummer Day"),
    "All Saints' Day": ("all_saints_day", "alla helgons dag", "allehelgensdag", "All Saints' Day"),
    "Christmas Eve": ("christmas_eve", "julafton", "julaften", "Christmas Eve"),
    "Christmas Day": ("christmas_day", "juldagen", "første juledag", "Christmas Day"),
    "Second Day of Christmas": ("boxing_day", "annandag jul", "andre juledag", "Boxing Day"),
    "New Year's Eve": ("new_years_eve", "nyårsafton", "nyttårsaften", "New Year's Eve"),
}
_NAMES: dict[str, dict[str, str]] = {
    key: {"sv": sv, "nb": nb, "en": en} for key, sv, nb, en in _DAYS.values()
} | {
    WEEKEND: {"sv": "helg", "nb": "helg", "en": "a weekend day"},
    CLOSURE: {"sv": "stängt", "nb": "stengt", "en": "closed"},
}


class BeyondCalendar(ValueError):
    """The date lies outside the years whose days off are known."""


def within(day: date) -> bool:
    """Tell whether the days off of that year are known."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


@lru_cache(maxsize=1024)
def days_off(country: str, year: int) -> Mapping[date, str]:
    """Map each day off of that year to its key; where two coincide, to the first by key."""
    # Imported on first use, otherwise commands that count no days would pay for it at start.
    from holidays import country_holidays

    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BeyondCalendar(
            f"the days off of {year} are not known, only those of {FIRST_YEAR} to {LAST_YEAR}"
        )
    found = country_holidays(country, years=year, language="en_US", categories=_CATEGORIES[country])
    return MappingProxyType({day: min(map(_key, found.get_list(day))) for day in found})


def day_off(country: str, day: date) -> str | None:
    """Tell the key of the holiday or eve that falls on this day, if any."""
    return days_off(country, day.year).get(day)


def name(key: str, language: str) -> str:
    """Name a reason why a day is off, in English where we do not speak the language."""
    names = _NAMES.get(key, {"en": key.replace("_", " ")})
    return names.get(language, names["en"])


def _key(english: str) -> str:
    # A day we have not heard of, new in law, must still be a day off.
    return _DAYS[english][0] if english in _DAYS else english.lower().replace(" ", "_")
