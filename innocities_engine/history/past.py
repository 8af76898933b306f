"""Decide what stood around the projects at each entry of the record: what the organisation was set
to, its people and their rights, who stood in for whom, days and methods; folded from the record of
the organisation alone.  What is kept today is not looked at.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from innocities_engine.domain.calendar import Calendar, YearlyPeriod
from innocities_engine.domain.commands import Inputs, Substitution
from innocities_engine.domain.definition import Methodology
from innocities_engine.store.record import Entry

SET: Final = ("name", "country", "zone", "language", "quiet", "fallback", "letters_a_minute")


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the projects, as the record tells it.

    `settings`: of the organisation; `persons`: since when each is known; `solved`: which incidents
    were closed, by whom and when; `links`: how often somebody's were taken back.
    """

    organisation: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    founded_at: datetime | None = None
    persons: Mapping[str, datetime] = field(default_factory=dict)
    rights: Mapping[str, frozenset[str]] = field(default_factory=dict)
    inactive: frozenset[str] = frozenset()
    substitutions: Mapping[str, Substitution] = field(default_factory=dict)
    meetings: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    closures: frozenset[date] = frozenset()
    methods: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    solved: Mapping[str, Entry] = field(default_factory=dict)
    links: Mapping[str, int] = field(default_factory=dict)

    def inputs(self, method: Methodology) -> Inputs:
        """What the rules of a project read of this."""
        ordered = sorted(self.substitutions.items(), key=lambda each: (each[1].first, each[0]))
        return Inputs(
            calendar=Calendar(
                country=self.settings["country"],
                zone=self.settings["zone"],
                closures=self.closures,
                quiet=tuple(map(YearlyPeriod.parse, self.settings.get("quiet") or method.quiet)),
                meetings=self.meetings,
            ),
            inactive=self.inactive,
            substitutions=tuple(found for _, found in ordered),
        )


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody acts no more from an entry on."""

    person: str
    entry: Entry


class Past:
    """What stood around the projects, entry by entry."""

    def __init__(self, organisation: str) -> None:
        self.read = 0  # up to which entry
        self.left: list[Left] = []
        self.heirs: dict[str, set[str]] = {}
        self._numbers = [0]
        self._states = [Around(organisation)]

    def extend(self, entries: Sequence[Entry]) -> None:
        """Go on with what was recorded since."""
        for entry in entries:
            before, self.read = self.now, entry.sequence
            self._numbers.append(entry.chain_no)
            self._states.append(_told(before, entry))
            if entry.type == "PersonPut" and self._deactivates(before, entry):
                self.left.append(Left(entry.details["person"], entry))
            if entry.type == "PersonLeft":
                self.heirs.setdefault(entry.details["person"], set()).add(entry.details["to"])

    def _deactivates(self, before: Around, entry: Entry) -> bool:
        person = entry.details["person"]
        acted = person in before.persons and person not in before.inactive
        return acted and person in self.now.inactive

    @property
    def now(self) -> Around:
        return self._states[-1]

    def at(self, chain_no: int) -> Around:
        """What stood around the projects with this entry."""
        return self._states[bisect_right(self._numbers, chain_no) - 1]


def _told(around: Around, entry: Entry) -> Around:
    tell = TOLD.get(entry.type)
    return tell(around, entry) if tell else around


def _founded(around: Around, entry: Entry) -> Around:
    told = entry.details
    founded = replace(_set(around, entry), founded_at=entry.at)
    return _put(founded, told["first"], told["rights"], entry, active=True)


def _set(around: Around, entry: Entry) -> Around:
    settings = {name: entry.details[name] for name in SET if name in entry.details}
    return replace(around, settings=settings)


def _person_put(around: Around, entry: Entry) -> Around:
    told = entry.details
    return _put(around, told["person"], told["rights"], entry, active=told["active"])


def _put(
    around: Around, person: str, rights: Sequence[str], entry: Entry, *, active: bool
) -> Around:
    return replace(
        around,
        persons={person: entry.at} | dict(around.persons),
        rights={**around.rights, person: frozenset(rights)},
        inactive=around.inactive - {person} if active else around.inactive | {person},
    )


def _left(around: Around, entry: Entry) -> Around:
    told = entry.details
    left = _put(around, told["person"], (), entry, active=False)
    for change in told["substitutions"]:
        left = _succeeded(left, change)
    if told["fallback"]:
        left = replace(left, settings={**left.settings, "fallback": told["to"]})
    return left


def _succeeded(around: Around, change: Mapping[str, Any]) -> Around:
    kept = dict(around.substitutions)
    before = kept.pop(change["id"])
    if change["last"]:
        kept[change["id"]] = replace(before, last=date.fromisoformat(change["last"]))
    if "becomes" in change:
        kept[change["becomes"]["id"]] = _substitution(change["becomes"])
    return replace(around, substitutions=kept)


def _substitution(told: Mapping[str, str]) -> Substitution:
    first, last = date.fromisoformat(told["first"]), date.fromisoformat(told["last"])
    return Substitution(told["person"], told["substitute"], first, last, told["role"] or None)


def _substitute_added(around: Around, entry: Entry) -> Around:
    added = {entry.details["id"]: _substitution(entry.details)}
    return replace(around, substitutions={**around.substitutions, **added})


def _substitute_ended(around: Around, entry: Entry) -> Around:
    ended = entry.details["id"]
    kept = {name: each for name, each in around.substitutions.items() if name != ended}
    return replace(around, substitutions=kept)


def _days(told: Mapping[str, Any]) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, told["days"]))


def _meetings_fixed(around: Around, entry: Entry) -> Around:
    calendar, days = entry.details["calendar"], _days(entry.details)
    kept = {name: each for name, each in around.meetings.items() if name != calendar}
    return replace(around, meetings={**kept, **({calendar: days} if days else {})})


def _closures_fixed(around: Around, entry: Entry) -> Around:
    return replace(around, closures=frozenset(_days(entry.details)))


def _method_published(around: Around, entry: Entry) -> Around:
    named = (entry.details["id"], entry.details["version"])
    return replace(around, methods={**around.methods, named: entry})


def _incident_solved(around: Around, entry: Entry) -> Around:
    return replace(around, solved={**around.solved, entry.details["incident"]: entry})


def _links_taken_back(around: Around, entry: Entry) -> Around:
    person = entry.details["person"]
    return replace(around, links={**around.links, person: around.links.get(person, 0) + 1})


TOLD: Final[Mapping[str, Callable[[Around, Entry], Around]]] = {
    "OrganisationFounded": _founded,
    "OrganisationChanged": _set,
    "PersonPut": _person_put,
    "PersonLeft": _left,
    "SubstituteAdded": _substitute_added,
    "SubstituteEnded": _substitute_ended,
    "MeetingsFixed": _meetings_fixed,
    "ClosuresFixed": _closures_fixed,
    "MethodPublished": _method_published,
    "IncidentSolved": _incident_solved,
    "LinksTakenBack": _links_taken_back,
}
