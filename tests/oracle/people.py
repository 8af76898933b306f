"""Who is asked, who may speak for whom, and what the values given amount to.

A seat is a member of a role; it is spoken for by the member, or in a period by a substitute, and
not at all by somebody who is excluded. Quorums are counted in seats. Leaves to `predicates` which
alternative of a `choose` holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from . import predicates
from .model import Context, Decision, Passage, Refused, Values, World
from .reading import listed


@dataclass(frozen=True)
class Asked:
    """A Who made plain: one role with its quorum, or several of these joined."""

    mode: str  # role, each, any
    role: str = ""
    quorum: str = "one"
    excludes: tuple[str, ...] = ("conflicted",)
    parts: tuple[Asked, ...] = ()

    @property
    def leaves(self) -> tuple[Asked, ...]:
        return tuple(leaf for part in self.parts for leaf in part.leaves) if self.parts else (self,)

    @property
    def roles(self) -> list[str]:
        return list(dict.fromkeys(leaf.role for leaf in self.leaves))


@dataclass(frozen=True)
class Subject:
    """What the values are about, as far as it says who is kept out."""

    passage: Passage | None = None
    submitters: frozenset[str] = frozenset()


def asked(w: World, who: Any, context: Context, approving: bool = False) -> Asked | None:
    """Resolve a Who; None where nobody is named, or an unknown fact decides who it is."""
    default = ("submitter", "conflicted") if approving else ("conflicted",)
    if isinstance(who, dict) and "choose" in who:
        choice = predicates.choose(w, who, context)
        return asked(w, choice.use, context, approving) if choice.known else None
    if isinstance(who, dict) and "role" in who:
        excludes = tuple(listed(who["excludes"])) if "excludes" in who else default
        return Asked("role", str(who["role"]), str(who.get("quorum", "one")), excludes)
    if isinstance(who, dict):
        mode = "each" if "each" in who else "any"
        parts = [asked(w, part, context, approving) for part in listed(who[mode])]
        return Asked(mode, parts=tuple(p for p in parts if p)) if all(parts) else None
    if isinstance(who, list):
        return asked(w, {"any": who}, context, approving)
    return Asked("role", str(who), excludes=default) if who else None


def members(w: World, role: str) -> list[str]:
    return w.state.members.get(role, [])


def filled(w: World, role: str) -> bool:
    seats = w.method.roles.get(role, {}).get("seats") or {}
    return len(members(w, role)) >= max(1, int(seats.get("at_least", 1)))


def stand_ins(w: World, person: str) -> set[str]:
    """Who speaks for a person today; with the day before the first, and the last, that changes."""
    theirs = [s for s in w.substitutes if s.person == person]
    for s in theirs:
        w.over(s.first - timedelta(1))
        w.over(s.last)
    return {s.stands_in for s in theirs if s.first <= w.today <= s.last}


def excluded(w: World, leaf: Asked, subject: Subject, person: str) -> bool:
    conflicted = person in w.state.conflicts or (
        subject.passage is not None and person in subject.passage.conflicts
    )
    return ("conflicted" in leaf.excludes and conflicted) or (
        "submitter" in leaf.excludes and person in subject.submitters
    )


def seats(w: World, leaf: Asked, subject: Subject) -> dict[str, set[str]]:
    """Each seat that can be spoken for, and the persons who can.

    A substitute who is a member speaks for the own seat only, otherwise one person could make
    up a quorum of two.
    """
    found = {}
    for member in members(w, leaf.role):
        own = {member} | (stand_ins(w, member) - set(members(w, leaf.role)))
        speakers = {p for p in own if not excluded(w, leaf, subject, p)}
        if speakers:
            found[member] = speakers
    return found


def quorum(leaf: Asked, size: int) -> int:
    """How many of so many seats are enough."""
    text = leaf.quorum
    if text == "one":
        return 1
    if text == "all":
        return max(1, size)
    if text == "majority":
        return size // 2 + 1
    if text.endswith("percent"):
        return max(1, math.ceil(int(text.split()[0]) * size / 100))
    return int(text)


def possible(w: World, who: Asked, subject: Subject) -> bool:
    """Whether enough people are there for a value to come about."""
    if who.mode == "role":
        size = len(seats(w, who, subject))
        return size >= quorum(who, size)
    return (all if who.mode == "each" else any)(possible(w, p, subject) for p in who.parts)


def unfilled(w: World, who: Asked) -> list[str]:
    """The roles that must be filled before a value can come about."""
    if who.mode == "role":
        return [] if filled(w, who.role) else [who.role]
    parts = [unfilled(w, part) for part in who.parts]
    if who.mode == "any" and not all(parts):
        return []
    return [role for part in parts for role in part]


def may_speak(w: World, who: Asked | None, subject: Subject, person: str) -> bool:
    return who is not None and any(
        person in speakers for leaf in who.leaves for speakers in seats(w, leaf, subject).values()
    )


def holds(w: World, who: Asked | None, person: str) -> bool:
    """Whether the person has one of these roles or stands in for a holder: work, not a voice."""
    members_of = holders(w, who.roles) if who else set()
    return person in members_of or any(person in stand_ins(w, member) for member in members_of)


def recorded_roles(w: World, who: Asked | None, person: str) -> list[str]:
    """The bodies among those asked whose results this person may write down."""
    roles = who.roles if who else []
    return [role for role in roles if may_record(w, role, person)]


def may_record(w: World, role: str, person: str) -> bool:
    records = w.method.roles.get(role, {}).get("records")
    if records is None and not w.method.is_body(role):
        return False
    return holds(w, asked(w, records or role, Context()), person)


def given(w: World, leaf: Asked, subject: Subject, values: Values) -> list[str]:
    """The values that count: one a seat, given from it by somebody who may still speak there."""
    found: list[str] = []
    heard: set[str] = set()
    for member, speakers in seats(w, leaf, subject).items():
        spoken = [
            p
            for p in values.by_person
            if p in speakers and p not in heard and values.seats[p].get(leaf.role) == member
        ]
        if spoken:
            voice = spoken[-1]  # the last word from the seat
            heard.add(voice)
            found.append(values.by_person[voice])
    return found


def of_body(w: World, leaf: Asked, subject: Subject, values: Values) -> str | None:
    """What was recorded for a body, as long as enough of those who were there may speak for it."""
    there = values.there.get(leaf.role, frozenset())
    chairs = list(seats(w, leaf, subject).values())
    if there and len(most_seated(chairs, set(there))) < quorum(leaf, len(chairs)):
        return None
    return values.by_body.get(leaf.role)


def agreed(w: World, who: Asked | None, subject: Subject, values: Values, value: str) -> bool:
    """Whether those asked have given this value."""
    if who is None:
        return False
    if who.mode == "role":
        result = of_body(w, who, subject, values)
        if result is not None:
            return result == value
        count = given(w, who, subject, values).count(value)
        return count >= quorum(who, len(seats(w, who, subject)))
    return (all if who.mode == "each" else any)(
        agreed(w, part, subject, values, value) for part in who.parts
    )


def verdict(
    w: World, who: Asked | None, subject: Subject, values: Values, scale: Sequence[str]
) -> str | None:
    """The best value that the quorum gave or bettered; of `each`, the worst of the roles."""
    if who is None:
        return None
    if who.mode == "role":
        result = of_body(w, who, subject, values)
        if result is not None:
            return result
        best_first = sorted(given(w, who, subject, values), key=scale.index)
        needed = quorum(who, len(seats(w, who, subject)))
        return best_first[needed - 1] if len(best_first) >= needed else None
    parts = [verdict(w, part, subject, values, scale) for part in who.parts]
    standing = [value for value in parts if value is not None]
    if who.mode == "each":
        return max(standing, key=scale.index) if len(standing) == len(parts) else None
    return min(standing, key=scale.index, default=None)


def all_given(w: World, who: Asked | None, subject: Subject, values: Values) -> list[str]:
    """Every value that counts, of all roles together, as a score takes their mean."""
    found: list[str] = []
    for leaf in who.leaves if who else ():
        body = of_body(w, leaf, subject, values)
        found += [body] if body is not None else given(w, leaf, subject, values)
    return found


@dataclass
class Speaker:
    """How a command gives a value: as a person, or as the recorder of bodies with those present."""

    person: str
    recorded: bool = False
    present: Sequence[str] = field(default_factory=tuple)
    session: date | None = None
    by_word: bool = False  # a recorder's own word for the body is enough
    body: str | None = None  # whose minutes they are, where it is said

    def give(
        self, w: World, who: Asked | None, subject: Subject, values: Values, value: str
    ) -> None:
        if not self.recorded:
            if not may_speak(w, who, subject, self.person):
                raise Refused("not_entitled")
            for other in heard_from_same_seats(w, who, subject, self.person):
                values.by_person.pop(other, None)
            values.by_person[self.person] = value
            mine = dict(spoken_for(w, who, subject, self.person))
            values.seats[self.person] = values.seats.get(self.person, {}) | mine
            return
        roles = self.bodies(w, who, subject)
        if who is None or not roles:
            raise Refused("not_entitled")
        if len(roles) > 1 and not self.by_word:
            raise Refused("which_body")
        codes = set() if self.by_word else self.faults(w, who, subject, roles)
        if codes:
            raise Refused(*codes)
        for leaf in who.leaves:
            if leaf.role in roles:
                values.by_body[leaf.role] = value
                values.there[leaf.role] = frozenset(() if self.by_word else self.present)
                values.sessions[leaf.role] = self.session

    def bodies(self, w: World, who: Asked | None, subject: Subject) -> list[str]:
        """Minutes are of one body: of the one named, else of the only one in which everybody who
        was there has a seat. A recorder's word is for all of them.
        """
        may = recorded_roles(w, who, self.person)
        if self.body is not None:
            return [role for role in may if role == self.body]
        if who is None or len(may) < 2 or self.by_word:
            return may
        fit = []
        for leaf in who.leaves:
            chairs = list(seats(w, leaf, subject).values())
            if leaf.role in may and most_seated(chairs, set(self.present)) == set(self.present):
                fit.append(leaf.role)
        return fit if len(fit) == 1 else may

    def faults(self, w: World, who: Asked, subject: Subject, roles: Sequence[str]) -> set[str]:
        """What cannot be true of the session: too few with a seat, others, or another day."""
        codes, with_seat = set(), set()
        for leaf in who.leaves:
            if leaf.role in roles:
                there = seats(w, leaf, subject)
                seated = most_seated(list(there.values()), set(self.present))
                with_seat |= seated
                if len(seated) < quorum(leaf, len(there)):
                    codes.add("too_few_present")
        if set(self.present) - with_seat:
            codes.add("no_seat")
        if self.session and not first_day(w, subject) <= self.session <= w.today:
            codes.add("bad_session")
        return codes


def most_seated(chairs: list[set[str]], people: set[str]) -> set[str]:
    """The largest company that can sit down at once, each on a chair that is theirs to take."""
    if not chairs:
        return set()
    best = most_seated(chairs[1:], people)
    for person in sorted(chairs[0] & people):
        with_them = {person} | most_seated(chairs[1:], people - {person})
        best = max(best, with_them, key=len)
    return best


def first_day(w: World, subject: Subject) -> date:
    """No session was before the project began, nor before a decision that goes before its gate."""
    days = [w.days.of(w.state.started)] if w.state.started else []
    given = subject.passage
    before = (d for d in w.state.decisions if given and goes_before(w, d, given))
    return max([*days, *(decision.held for decision in before)])


def goes_before(w: World, decision: Decision, passage: Passage) -> bool:
    """A decision at the gate itself; one that led the track on before the gate opened; and the one
    by which the track was opened, where it is another's.
    """
    if decision.gate == passage.gate:
        return True
    if w.method.track_of_gate(decision.gate) != passage.track:
        return w.state.tracks[passage.track].entries[0].at == decision.at
    return decision.target is not None and decision.at <= passage.opened


def spoken_for(w: World, who: Asked | None, subject: Subject, person: str) -> list[tuple[str, str]]:
    """The seats a person speaks for: of each role the own one, else the first they stand in for."""
    found = []
    for leaf in who.leaves if who else ():
        there = seats(w, leaf, subject)
        mine = person if person in there else next((m for m in there if person in there[m]), None)
        if mine is not None:
            found.append((leaf.role, mine))
    return found


def heard_from_same_seats(w: World, who: Asked | None, subject: Subject, person: str) -> list[str]:
    """Everybody who may speak from where this person does; the last word counts."""
    mine = spoken_for(w, who, subject, person)
    return [
        other
        for leaf in (who.leaves if who else ())
        for member, speakers in seats(w, leaf, subject).items()
        for other in sorted(speakers)
        if (leaf.role, member) in mine
    ]


def anybody(w: World, person: str) -> bool:
    """Whether the person takes part in the project at all."""
    return any(
        person == member or person in stand_ins(w, member)
        for role in w.state.members.values()
        for member in role
    )


def holders(w: World, roles: Iterable[str]) -> set[str]:
    return {person for role in roles for person in members(w, role)}
