"""Who is asked, who may speak, and when enough have spoken.

A seat is a member who is asked; a substitute may speak from it. A seat nobody may speak from (a
declared conflict without a substitute, a deactivated person) does not count towards a quorum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from innocities_engine.domain import predicates
from innocities_engine.domain.calendar import end_of_day, start_of_day
from innocities_engine.domain.definition import Gate, Role
from innocities_engine.domain.grammar import AnyWho, Choose, EachWho, Exclusion, RoleWho, Who
from innocities_engine.domain.project import Recorded, Voice, VoiceKind
from innocities_engine.domain.situation import Scope, Situation

APPROVING = (Exclusion.SUBMITTER, Exclusion.CONFLICTED)
SPEAKING = (Exclusion.CONFLICTED,)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A subject that voices are given on, and who is left out of it."""

    kind: VoiceKind
    subject: str
    conflicted: frozenset[str] = frozenset()
    submitters: frozenset[str] = frozenset()
    default: tuple[Exclusion, ...] = SPEAKING


@dataclass(frozen=True, slots=True)
class Seat:
    role: str
    member: str
    speakers: tuple[str, ...]


Chosen: TypeAlias = RoleWho | EachWho | AnyWho  # no alternatives left


@dataclass(frozen=True, slots=True)
class Asked:
    """A Who with its alternatives chosen; `who` None while `unknown` is not answered."""

    who: Chosen | None
    unknown: frozenset[str] = field(default=frozenset())


def asked(s: Situation, who: Who, scope: Scope) -> Asked:
    """Choose among alternatives, on every level."""
    match who:
        case RoleWho():
            return Asked(who)
        case EachWho(of) | AnyWho(of):
            parts = [asked(s, part, scope) for part in of]
            unknown = frozenset().union(*(p.unknown for p in parts))
            chosen = tuple(p.who for p in parts if p.who is not None)
            if len(chosen) < len(parts):
                return Asked(None, unknown)
            return Asked(EachWho(chosen) if isinstance(who, EachWho) else AnyWho(chosen))
        case Choose():
            choice = predicates.choose(s, who, scope)
            return (
                Asked(None, choice.unknown)
                if choice.value is None
                else asked(s, choice.value, scope)
            )


def roles(who: Chosen | None) -> tuple[str, ...]:
    """The roles named in it, in order, each once."""
    return tuple(dict.fromkeys(leaf.role for leaf in leaves(who)))


def leaves(who: Who | None) -> Iterator[RoleWho]:
    match who:
        case RoleWho():
            yield who
        case EachWho(of) | AnyWho(of):
            for part in of:
                yield from leaves(part)


def roles_asked(s: Situation, who: Who | None, scope: Scope) -> tuple[str, ...]:
    return roles(asked(s, who, scope).who) if who is not None else ()


# ---------------------------------------------------------------- seats


def holders(s: Situation, role: str) -> tuple[str, ...]:
    """The active people who hold the role."""
    return tuple(m for m in s.project.members.get(role, ()) if m not in s.inputs.inactive)


def is_filled(s: Situation, role: str) -> bool:
    """As many members as `seats` asks, and at least one."""
    return len(holders(s, role)) >= max(1, s.method.roles[role].seats_at_least)


def substitutes(s: Situation, member: str, role: str) -> tuple[str, ...]:
    """Who may stand in for a member today; when that will be others is looked at again."""
    calendar = s.inputs.calendar
    for x in s.inputs.substitutions:
        if x.person == member:
            s.look_again(start_of_day(calendar, x.first))
            s.look_again(end_of_day(calendar, x.last))
    return tuple(
        x.substitute
        for x in s.inputs.substitutions
        if x.person == member
        and x.first <= s.today <= x.last
        and x.role in (None, role)
        and x.substitute not in s.inputs.inactive
    )


def excluded(who: RoleWho, ballot: Ballot) -> frozenset[str]:
    rules = ballot.default if who.excludes is None else who.excludes
    out: frozenset[str] = frozenset()
    if Exclusion.CONFLICTED in rules:
        out |= ballot.conflicted
    if Exclusion.SUBMITTER in rules:
        out |= ballot.submitters
    return out


def seats(s: Situation, who: RoleWho, ballot: Ballot) -> list[Seat]:
    """The seats from which somebody may speak on this subject.

    A substitute who is a member has the own seat only, or one person could be a quorum of two.
    """
    out = excluded(who, ballot)
    members = s.project.members.get(who.role, ())
    found = []
    for member in members:
        stand_ins = (p for p in substitutes(s, member, who.role) if p not in members)
        able = (member, *stand_ins)
        speakers = tuple(p for p in able if p not in out and p not in s.inputs.inactive)
        if speakers:
            found.append(Seat(who.role, member, speakers))
    return found


def seat_for(s: Situation, who: Who | None, person: str, ballot: Ballot) -> Seat | None:
    """The seat from which `person` speaks: their own, else one they stand in for."""
    return next(iter(seats_for(s, who, person, ballot)), None)


def seats_for(s: Situation, who: Who | None, person: str, ballot: Ballot) -> tuple[Seat, ...]:
    """One seat for each role that `person` has a voice in."""
    found: dict[str, Seat] = {}
    for leaf in leaves(who):
        mine = [seat for seat in seats(s, leaf, ballot) if person in seat.speakers]
        if mine:
            found.setdefault(leaf.role, min(mine, key=lambda seat: seat.member != person))
    return tuple(found.values())


def records_for(s: Situation, who: Who | None, person: str, scope: Scope) -> str | None:
    """The body whose result `person` may write down, if there is one."""
    return next(iter(recorded_by(s, who, person, scope)), None)


def recorded_by(s: Situation, who: Who | None, person: str, scope: Scope) -> tuple[str, ...]:
    """The bodies whose results `person` may write down."""
    named = (s.method.roles[role] for role in dict.fromkeys(leaf.role for leaf in leaves(who)))
    return tuple(
        role.id for role in named if role.kind == "body" and _may_record(s, role, person, scope)
    )


def _may_record(s: Situation, role: Role, person: str, scope: Scope) -> bool:
    if role.records is None:
        return person in acting(s, (role.id,))
    return person in people_of(s, role.records, scope)


def people_of(s: Situation, who: Who | None, scope: Scope) -> tuple[str, ...]:
    """Everybody who may act as this Who today, substitutes included."""
    return acting(s, roles_asked(s, who, scope))


def acting(s: Situation, roles: Sequence[str]) -> tuple[str, ...]:
    """Everybody who may act in these roles today, substitutes included."""
    found: list[str] = []
    for role in roles:
        for member in s.project.members.get(role, ()):
            found += (member, *substitutes(s, member, role))
    return tuple(dict.fromkeys(p for p in found if p not in s.inputs.inactive))


def minuted(
    s: Situation, who: Who | None, ballot: Ballot, bodies: Sequence[str], recorded: Recorded
) -> tuple[str, ...]:
    """Of several bodies the one whose minutes these are: the one named, else the only one in which
    all who were there have a seat. All of them, where that does not tell.
    """
    if recorded.body or len(bodies) < 2:
        return tuple(body for body in bodies if recorded.body in ("", body))
    there = set(recorded.present)
    seated = {
        leaf.role: sitting(seats(s, leaf, ballot), recorded.present)
        for leaf in leaves(who)
        if leaf.role in bodies
    }
    fitting = tuple(body for body in bodies if seated[body] == there)
    return fitting if len(fitting) == 1 else tuple(bodies)


def sitting(seats: Sequence[Seat], present: Sequence[str]) -> set[str]:
    """Those present who have a seat, each one of their own: a substitute of two is one person."""
    taken: dict[str, str] = {}

    def sits(person: str, asked: set[str]) -> bool:
        for seat in seats:
            if person not in seat.speakers or seat.member in asked:
                continue
            asked.add(seat.member)
            if seat.member not in taken or sits(taken[seat.member], asked):
                taken[seat.member] = person
                return True
        return False

    return {person for person in dict.fromkeys(present) if sits(person, set())}


# ---------------------------------------------------------------- counting


def voices_on(s: Situation, ballot: Ballot) -> list[Voice]:
    return [
        v
        for v in s.project.voices.values()
        if v.kind is ballot.kind and v.subject == ballot.subject
    ]


def shown(s: Situation, who: Who | None, ballot: Ballot, person: str) -> list[Voice]:
    """The voices a person may see: of a blind role only their own, until a quorum has spoken."""
    hidden = {leaf.role for leaf in leaves(who) if leaf.blind and not _spoken(s, leaf, ballot)}
    return [
        voice
        for voice in voices_on(s, ballot)
        if voice.role not in hidden or person in (voice.person, voice.stands_in_for)
    ]


def _spoken(s: Situation, who: RoleWho, ballot: Ballot) -> bool:
    """Whether a quorum has given values, whatever they are."""
    voices = counted(s, who, ballot)
    return "" in voices or len(voices) >= who.quorum.needed(len(seats(s, who, ballot)))


def counted(s: Situation, who: RoleWho, ballot: Ballot) -> dict[str, Voice]:
    """The voices of this role that count, by member; "" is what was recorded for the body."""
    given = [v for v in voices_on(s, ballot) if v.role == who.role]
    able = seats(s, who, ballot)
    speakers = {seat.member: seat.speakers for seat in able}
    found = {}
    for voice in given:
        member = voice.stands_in_for or voice.person
        if voice.recorded is not None:
            if _stands(who, able, voice.recorded):
                found[""] = voice
        elif voice.person in speakers.get(member, ()):
            found[member] = voice
    return found


def _stands(who: RoleWho, seats: Sequence[Seat], recorded: Recorded) -> bool:
    """Whether those who were there still make up a quorum; none is named where a word is enough."""
    still = len(sitting(seats, recorded.present))
    return not recorded.present or still >= who.quorum.needed(len(seats))


def agreed(s: Situation, who: Who | None, ballot: Ballot) -> frozenset[str]:
    """The values that the quorum agrees on; each: all of them, any: one is enough."""
    match who:
        case RoleWho():
            voices = counted(s, who, ballot)
            if "" in voices:
                return frozenset({voices[""].value})
            tally = Counter(v.value for v in voices.values())
            needed = who.quorum.needed(len(seats(s, who, ballot)))
            return frozenset(value for value, n in tally.items() if n >= needed)
        case EachWho(of):
            return frozenset.intersection(*(agreed(s, part, ballot) for part in of))
        case AnyWho(of):
            return frozenset().union(*(agreed(s, part, ballot) for part in of))
    return frozenset()


def silent(s: Situation, who: Who | None, ballot: Ballot) -> tuple[str, ...]:
    """One person for each seat that nothing was said from yet."""
    found: list[str] = []
    for leaf in leaves(who):
        said = counted(s, leaf, ballot)
        if "" not in said:
            found += (x.speakers[0] for x in seats(s, leaf, ballot) if x.member not in said)
    return tuple(dict.fromkeys(found))


def quorum(s: Situation, who: Who | None, ballot: Ballot) -> tuple[int, int]:
    """How many have spoken, and how many are needed; of any, where the fewest are missing."""
    match who:
        case RoleWho():
            said, needed = counted(s, who, ballot), who.quorum.needed(len(seats(s, who, ballot)))
            return (needed if "" in said else len(said)), needed
        case EachWho(of):
            parts = [quorum(s, part, ballot) for part in of]
            return sum(min(n, m) for n, m in parts), sum(m for _, m in parts)
        case AnyWho(of):
            return min((quorum(s, part, ballot) for part in of), key=lambda nm: nm[1] - nm[0])
    return 0, 0


def wanted(s: Situation, who: Who | None, ballot: Ballot, enough: Collection[str]) -> int:
    """How many voices are missing until the quorum has given one of the values that are enough."""
    match who:
        case RoleWho():
            given = sum(v.value in enough for v in counted(s, who, ballot).values())
            return max(0, who.quorum.needed(len(seats(s, who, ballot))) - given)
        case EachWho(of):
            return sum(wanted(s, part, ballot, enough) for part in of)
        case AnyWho(of):
            return min(wanted(s, part, ballot, enough) for part in of)
    return 0


def standing_verdict(
    s: Situation, who: Who | None, ballot: Ballot, scale: Sequence[str]
) -> str | None:
    """The best value that the quorum gave or bettered; of each: the worst of the roles."""
    match who:
        case RoleWho():
            voices = counted(s, who, ballot)
            if "" in voices:
                return voices[""].value
            ranks = sorted(scale.index(v.value) for v in voices.values() if v.value in scale)
            needed = who.quorum.needed(len(seats(s, who, ballot)))
            return scale[ranks[needed - 1]] if len(ranks) >= needed else None
        case EachWho(of) | AnyWho(of):
            parts = [standing_verdict(s, part, ballot, scale) for part in of]
            known = [scale.index(v) for v in parts if v is not None]
            if isinstance(who, EachWho):
                return scale[max(known)] if len(known) == len(parts) else None
            return scale[min(known)] if known else None
    return None


def values_given(s: Situation, who: Who | None, ballot: Ballot) -> list[str]:
    """Every value that counts, one per seat; of a body that was recorded its own."""
    found = [counted(s, leaf, ballot) for leaf in leaves(who)]
    return [
        voice.value
        for voices in found
        for voice in ([voices[""]] if "" in voices else voices.values())
    ]


def possible(s: Situation, who: Who | None, ballot: Ballot) -> bool:
    """Whether the quorum could be met by those who may speak."""
    match who:
        case RoleWho():
            able = len(seats(s, who, ballot))
            return able >= who.quorum.needed(able)
        case EachWho(of):
            return all(possible(s, part, ballot) for part in of)
        case AnyWho(of):
            return any(possible(s, part, ballot) for part in of)
    return False


def empty_roles(s: Situation, who: Who | None) -> tuple[str, ...]:
    """The roles that must be filled before this Who can act."""
    match who:
        case RoleWho(role):
            return () if is_filled(s, role) else (role,)
        case EachWho(of):
            return tuple(role for part in of for role in empty_roles(s, part))
        case AnyWho(of):
            empty = [empty_roles(s, part) for part in of]
            return () if any(not e for e in empty) else tuple(r for e in empty for r in e)
    return ()


def panel(s: Situation, who: Who | None, ballot: Ballot) -> tuple[str, ...]:
    """The members asked, for the record."""
    return tuple(
        dict.fromkeys(seat.member for leaf in leaves(who) for seat in seats(s, leaf, ballot))
    )


def meeting_body(s: Situation, gate: Gate, scope: Scope) -> Role | None:
    """The body in whose session the gate is taken up: it decides, else rates, else advises last."""
    voices = [gate.decides, *([gate.rates] if gate.rates else [])]
    voices += [*gate.advises.values()][::-1]
    for voice in voices:
        if voice.when and predicates.judge(s, voice.when, scope).value is not True:
            continue
        for role in roles_asked(s, voice.by, scope):
            body = s.method.roles[role]
            if body.kind == "body" and body.meets is not None:
                return body
    return None


def by_role(members: Mapping[str, Sequence[str]], person: str) -> tuple[str, ...]:
    """The roles a person holds."""
    return tuple(role for role, people in members.items() if person in people)
