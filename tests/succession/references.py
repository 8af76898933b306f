"""Where a person is named in the state of a project, and which of these places may go on naming
somebody who has left: what was done stays done by them. A new field is looked at unless it is
listed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any

from innocities_engine import errors
from innocities_engine.domain import codec, needs, people, reminders
from innocities_engine.domain import commands as k
from innocities_engine.domain.commands import Actor, Inputs
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.grammar import RoleWho
from innocities_engine.domain.handing_over import holdings
from innocities_engine.domain.notices import notices
from innocities_engine.domain.people import Ballot
from innocities_engine.domain.project import Project, Voice
from innocities_engine.domain.situation import Situation

# What was said and done, and by whom. Whether a voice still counts is asked of the rules.
HISTORY = re.compile(
    r"decisions\.\d+\..*|versions\..*\.by|facts\..*|shared\.by|voices\..*|conflicts\..*|raised\..*"
    r"|passages\.[^.]*\.(raised_by|presented\..*)|needs\.[^.]*\.(done_by|answers\..*|reason|text)"
)
OVER = frozenset({"done", "waived", "lapsed", "carried"})
UNFIT = frozenset({"heir_seated", "heir_silent"})
LOOKED_AHEAD = 25


def named(value: Any, person: str, path: str = "") -> Iterator[str]:
    """Every place that names a person: as a value, as a key, or within a key."""
    if is_dataclass(value):
        for each in fields(value):
            yield from named(getattr(value, each.name), person, f"{path}.{each.name}".strip("."))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from named(each, person, f"{path}.{str(key).replace('.', '·')}")
    elif isinstance(value, tuple):
        for i, each in enumerate(value):
            yield from named(each, person, f"{path}.{i}")
    elif value == person:
        yield path


def left_behind(s: Situation, person: str) -> list[str]:
    """The places that still name somebody who has left, and may not."""
    found = [path for path in named(s.project, person) if not HISTORY.fullmatch(path)]
    return [path for path in found if not _is_of_no_account(s, path)]


def _is_of_no_account(s: Situation, path: str) -> bool:
    """A need that is over; or a member's own that nobody asks any more, since the seat is gone."""
    part, _, rest = path.partition(".")
    if part != "needs":
        return False
    key = next(key for key in s.project.needs if rest.startswith(key.replace(".", "·")))
    instance = s.project.needs[key]
    return instance.status.value in OVER or (
        path.endswith(".member") and needs.finding(s, instance).exists.value is False
    )


def voices_that_count(s: Situation, person: str) -> list[Voice]:
    """The voices of a person, or from their seat, that would count towards a quorum."""
    found = []
    for voice in s.project.voices.values():
        if person in (voice.person, voice.stands_in_for) and voice.role in s.method.roles:
            ballot = Ballot(voice.kind, voice.subject)
            found += [v for v in people.counted(s, RoleWho(voice.role), ballot).values()
                      if v == voice]  # fmt: skip
    return found


def still_asked(s: Situation, person: str) -> list[str]:
    """What a person would be reminded of, owe or have to say."""
    owed = [
        o.key for o in reminders.obligations(s) if person in (*o.owners, *o.deciders, *o.confirmers)
    ]
    ahead = reminders.reminders(s.method, s.project, s.inputs, s.now, s.now + timedelta(200))
    lines = [line.key for line in islice(ahead, LOOKED_AHEAD) if person in line.to]
    acting = people.acting(s, tuple(s.project.members))
    return (
        owed
        + lines
        + [line.key for line in reminders.waiting(s) if person in line.to]
        + (["acts"] if person in acting else [])
    )


def without(inputs: Inputs, person: str) -> Inputs:
    """What stands around the project once somebody has left."""
    kept = (x for x in inputs.substitutions if person not in (x.person, x.substitute))
    return replace(inputs, inactive=inputs.inactive | {person}, substitutions=tuple(kept))


def hands_over(s: Situation, command: k.Reassign) -> str:
    """Hand over, and look everywhere; tell the codes of a refusal, "" where it was done."""
    person, before = command.person, s.project
    try:
        happened = decide(s.method, before, command, Actor("manager"), s.now, s.inputs)
    except errors.Refused as refusal:
        codes = {b.code for b in refusal.blockers}
        assert codes <= UNFIT, codes
        return " ".join(sorted(codes))
    stored = [codec.load(type(x), codec.dump(x)) for x in happened]
    after = fold(before, stored)
    assert codec.load(Project, codec.dump(after)) == after
    _nothing_is_left(s.method, before, after, without(s.inputs, person), s, person)
    told = notices(s.method, before, after, happened, s.inputs)
    assert not [n for n in told if n.person == person]
    _history_stays(before, after)
    _nobody_is_missed(s, after, command)
    return ""


def _nothing_is_left(
    method: Methodology, before: Project, after: Project, inputs: Inputs, s: Situation, person: str
) -> None:
    for around in (s.inputs, inputs):
        now = Situation(method, after, around, s.now)
        assert left_behind(now, person) == []
    assert voices_that_count(now, person) == []
    assert still_asked(now, person) == []
    assert not holdings(after, person)
    tick = decide(method, after, k.Tick(), k.SYSTEM, s.now, inputs)
    told = notices(method, after, fold(after, tick), tick, inputs)
    assert not [n for n in told if n.person == person]


def _history_stays(before: Project, after: Project) -> None:
    assert after.decisions[: len(before.decisions)] == before.decisions
    assert [v.by for vs in after.versions.values() for v in vs][
        : sum(map(len, before.versions.values()))
    ] == [v.by for vs in before.versions.values() for v in vs]
    for key, passage in before.passages.items():
        assert after.passages[key].raised_by == passage.raised_by
    for key, need in before.needs.items():
        assert after.needs[key].done_by == need.done_by or after.needs[key].status != need.status


def _nobody_is_missed(s: Situation, after: Project, command: k.Reassign) -> None:
    """The heir has every seat, and a role that was filled still is."""
    now = Situation(s.method, after, s.inputs, s.now)
    for role, members in s.project.members.items():
        if command.person in members:
            assert command.heir(role) in after.members[role]
            assert people.is_filled(now, role) or not people.is_filled(s, role)
        else:
            assert after.members[role] == members


def everybody(project: Project) -> list[str]:
    """Everybody who holds something, members first."""
    members = [p for people_ in project.members.values() for p in people_]
    owners = [n.owner for n in project.needs.values() if n.owner and n.owner not in project.members]
    raisers = [p.raiser for p in project.passages.values() if p.raiser]
    return [p for p in dict.fromkeys([*members, *owners, *raisers]) if holdings(project, p)]
