"""One person's part in a project goes to another, or role by role to several: what they hold, what
they owe, and what they had raised. What they did stays theirs.

An heir who could not do what is asked of the person today is refused: one who has the seat already
where seats must be filled, and one whose voice would not count where it is waited for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import handing_in, judgements, needs, people
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.people import Ballot
from innocities_engine.domain.project import (
    NeedStatus,
    Passage,
    PassageStatus,
    Project,
    VersionStatus,
    VoiceKind,
)
from innocities_engine.domain.refusing import refuse, refuse_all
from innocities_engine.domain.situation import Situation, need_of, passage_scope


@dataclass(frozen=True, slots=True)
class Holdings:
    """What would be left without anybody: roles held, conditions owed, gates raised."""

    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.roles or self.needs or self.passages)


def holdings(project: Project, person: str) -> Holdings:
    """What a person has to hand over here; nothing, where a project asks nothing of anybody."""
    if not _goes_on(project):
        return Holdings()
    owed = (n for n in project.needs.values() if n.owner == person and n.status in needs.UNMET)
    raised = (p for p in _at_work(project) if p.raiser == person)
    return Holdings(
        people.by_role(project.members, person),
        tuple(need.key for need in owed),
        tuple(passage.key for passage in raised),
    )


def _goes_on(project: Project) -> bool:
    """Whether a track is under way, or an ending decision still asks for something."""
    under_way = any(track.end is None for track in project.tracks.values())
    return under_way or any(need.status in needs.UNMET for need in project.needs.values())


def _at_work(project: Project) -> Iterator[Passage]:
    """The instances that can still be worked on, and those whose decision holds a track."""
    holding = {track.held_by for track in project.tracks.values()}
    for passage in project.passages.values():
        if passage.status is PassageStatus.OPEN or passage.key in holding:
            yield passage


def reassign(c: Cursor, command: k.Reassign, actor: Actor) -> None:
    """Hand over everything, wholly or not at all."""
    if c.project.started_at is None:
        refuse("wrong_state", c.project.id, state="not started")
    held = holdings(c.project, command.person)
    if not held:
        refuse("holds_nothing", command.person)
    if command.person in (command.to, *command.roles.values()):
        refuse("heir_is_oneself", command.person)
    refuse_all(tuple(_seated(c, command, held)))
    before = _waited_for(c)
    c.emit(e.DutiesHandedOver(
        at=c.now, person=command.person, to=command.to, needs=held.needs, passages=held.passages
    ))  # fmt: skip
    for role in held.roles:
        c.emit(e.RoleFilled(at=c.now, role=role, members=_members(c, command, role)))
    silenced = before - _waited_for(c)
    refuse_all(tuple(Blocker("heir_silent", on) for on in sorted(silenced)))


def _members(c: Cursor, command: k.Reassign, role: str) -> tuple[str, ...]:
    """The heir has the seat of whoever leaves it, and no second one."""
    heir, members = command.heir(role), c.project.members[role]
    if heir in members:
        return tuple(member for member in members if member != command.person)
    return tuple(heir if member == command.person else member for member in members)


def _seated(c: Cursor, command: k.Reassign, held: Holdings) -> Iterator[Blocker]:
    for role in held.roles:
        wanted = c.method.roles[role].seats_at_least
        if len(_members(c, command, role)) < min(wanted, len(c.project.members[role])):
            params = {"heir": command.heir(role), "at_least": str(wanted)}
            yield Blocker("heir_seated", role, params)


def _waited_for(c: Cursor) -> set[str]:
    """Where a voice is waited for that those asked can give: gates, artefacts and needs."""
    s = c.situation
    found = {passage.gate for passage in c.project.passages.values() if _can_go_on(s, passage)}
    asked = c.project.versions.keys() & c.method.artefacts.keys()
    found |= {artefact for artefact in asked if _can_be_approved(s, artefact)}
    for instance in c.project.needs.values():
        if instance.status is NeedStatus.HANDED_IN:
            if handing_in.confirmers_of(s, instance, need_of(s.method, instance)):
                found.add(instance.key)
    return found


def _can_go_on(s: Situation, passage: Passage) -> bool:
    """Whether all who are asked at an open gate can give their voice."""
    if passage.status is not PassageStatus.OPEN:
        return False
    gate, scope = s.method.gates[passage.gate], passage_scope(s, passage)
    asked = [(gate.decides.by, judgements.ballot(s, passage, VoiceKind.DECISION))]
    asked += [
        (voice.by, judgements.ballot(s, passage, VoiceKind.ADVICE, voice.id))
        for voice in gate.advises.values()
    ]
    asked += [
        (
            judgements.raters_of(gate, criterion),
            judgements.ballot(s, passage, VoiceKind.VERDICT, criterion.id),
        )
        for criterion in gate.criteria.values()
    ]
    return all(_possible(s, people.asked(s, by, scope).who, ballot) for by, ballot in asked)


def _possible(s: Situation, who: people.Chosen | None, ballot: Ballot) -> bool:
    return who is None or people.possible(s, who, ballot)


def _can_be_approved(s: Situation, artefact: str) -> bool:
    version = s.project.versions[artefact][-1]
    if version.status is not VersionStatus.SUBMITTED:
        return False
    ballot = judgements.approval_ballot(s, artefact, version.n)
    whos = handing_in.approvers(s, s.method.artefacts[artefact])
    return any(people.possible(s, who, ballot) for who in whos)
