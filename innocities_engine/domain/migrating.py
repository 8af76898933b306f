"""A running project moves to another version of its method, or back.

Everything that was done stays done, and what the new version asks beyond it opens now. Where only
people can say what is meant the move is refused, with the choices. No gate is passed by moving.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from innocities_engine.domain import arising, correcting, judging, opening, redating, settle
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.carrying import Carrying
from innocities_engine.domain.commands import Actor, Arrival
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Methodology, Need
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import Every
from innocities_engine.domain.migrated import MigrationUndone, ProjectMigrated
from innocities_engine.domain.migration import Policy
from innocities_engine.domain.needs import UNMET
from innocities_engine.domain.project import (
    NeedStatus,
    Passage,
    PassageStatus,
    Project,
    TrackStatus,
)
from innocities_engine.domain.refusing import refuse, refuse_all
from innocities_engine.domain.renaming import Names, names, ruled_alike

ONLY = {"condition": ("lapse",), "gate": ("leave",), "waiver": ("keep", "ask")}


def migrate(c: Cursor, command: k.Migrate, actor: Actor) -> None:
    """Follow another version from now on.

    1. What keeps the project from moving, and what somebody has to choose, is told at once.
    2. Its state is carried over; what the new version asks where the project stands opens.
    3. Running deadlines follow the policy.
    """
    arrival = _arrival(c)
    found = names(c.method, arrival.method, _phases(command.choices, arrival.method))
    refuse_all((*hindered(c, arrival.method, found), *_choices(c, arrival.method, found, command)))
    anew = (key.partition("/")[2] for key, way in command.choices.items() if way == "ask")
    carrying = Carrying(c.method, arrival.method, found, c.project, frozenset(anew))
    before = {
        key: due
        for due in redating.dues(c.situation)
        if (key := found.obligation(due.key, carrying.need_keys)) is not None
    }
    c.emit(
        ProjectMigrated(
            at=c.now,
            by=actor.person,
            reason=command.reason,
            left=c.project.version,
            policy=Policy(command.policy),
            renamed=_renamed(found),
            lost=tuple(f"{kind}/{name}" for kind, name in dict.fromkeys(carrying.lost())),
            after=carrying.carried(),
        )
    )
    c.arrive(arrival.method, arrival.inputs)
    arrive(c)
    for gate in command.retroactive:
        _ask_retroactively(c, gate)
    settle.settle(c)
    redating.fix(c, before, Policy(command.policy))


def undo(c: Cursor, command: k.UndoMigration, actor: Actor) -> None:
    """Follow again the version that was left: the project stands as it did before the move."""
    annulled, arrival = command.annulled, c.inputs.arrival
    if annulled is None or arrival is None:
        refuse("wrong_state", c.project.id, state="not migrated")
    since = correcting.done_since(annulled)
    refuse_all(tuple(Blocker("rests_on_move", c.project.id, told) for told in since))
    before, happened = correcting.stands_again(c, arrival.method, arrival.inputs, annulled.before)
    c.emit(
        MigrationUndone(
            at=c.now,
            by=actor.person,
            reason=command.reason,
            left=c.project.version,
            command=annulled.command,
            before=before,
        )
    )
    c.arrive(arrival.method, arrival.inputs)
    for event in happened:
        c.emit(event)


def _arrival(c: Cursor) -> Arrival:
    if c.project.started_at is None:
        refuse("wrong_state", c.project.id, state="not started")
    arrival = c.inputs.arrival
    assert arrival is not None  # the engine looks it up for this command
    if arrival.method.digest == c.project.digest:
        refuse("migrated_already", c.project.id, version=arrival.method.version)
    if all(track.status is TrackStatus.ENDED for track in c.project.tracks.values()):
        refuse("migration_over", c.project.id)
    return arrival


def _renamed(found: Names) -> dict[str, str]:
    kinds = {
        "phase": found.phases,
        "gate": found.gates,
        "artefact": found.artefacts,
        "fact": found.facts,
        "role": found.roles,
    }
    things = ((f"{kind}/{old}", new) for kind, ids in kinds.items() for old, new in ids.items())
    needs = ((f"need/{ref}", need.ref) for (ref, _), need in found.needs.items())
    return {old: new for old, new in (*things, *needs) if old.partition("/")[2] != new}


# ---------------------------------------------------------------- what keeps it from moving


def hindered(c: Cursor, new: Methodology, found: Names) -> Iterator[Blocker]:
    """What no choice can solve: it has to be over before the project can move."""
    project = c.project
    for key, passage in project.passages.items():
        gate = found.gates.get(passage.gate)
        if passage.status is PassageStatus.DECIDED and not _leads_alike(c, new, found, passage):
            yield Blocker("migration_pending", passage.gate, {"passage": key})
        if passage.status is PassageStatus.OPEN and passage.round:
            yield Blocker("migration_round", passage.gate, {"round": passage.round})
        holds = any(track.held_by == key for track in project.tracks.values())
        if holds and gate is None:
            yield Blocker("migration_held", passage.gate)
    roots = [
        new.phases[found.phases[track.phase]].track
        for track in project.tracks.values()
        if track.phase in found.phases and found.phases[track.phase] in new.phases
    ]
    for root in sorted({root for root in roots if roots.count(root) > 1}):
        yield Blocker("migration_merges", root)


def _leads_alike(c: Cursor, new: Methodology, found: Names, passage: Passage) -> bool:
    """Whether the new version has for a decision that waits what was decided."""
    outcome = passage.outcome or ""
    gate, there = found.gates.get(passage.gate), found.outcomes.get((passage.gate, outcome))
    decision = c.project.decision_of(passage.key)
    if gate is None or there is None or decision is None:
        return False
    before, after = c.method.gates[passage.gate].outcomes[outcome], new.gates[gate].outcomes[there]
    return before.effect is after.effect and (
        not decision.target or decision.target in found.phases
    )


# ---------------------------------------------------------------- what somebody has to choose


def _phases(choices: Mapping[str, str], new: Methodology) -> dict[str, str]:
    """The phases that were chosen for those that are gone."""
    parts = ((key.partition("/"), way) for key, way in choices.items())
    return {name: way for (kind, _, name), way in parts if kind == "phase" and way in new.phases}


def _choices(c: Cursor, new: Methodology, found: Names, command: k.Migrate) -> Iterator[Blocker]:
    """The questions that are still open, and the choices that answer none."""
    asked = dict(_questions(c, new, found))
    for question, ways in asked.items():
        if command.choices.get(question) not in ways:
            yield Blocker("migration_choice", question, {"one_of": ", ".join(ways)})
    for question in command.choices.keys() - asked.keys():
        yield Blocker("migration_no_choice", question)
    for gate in command.retroactive:
        if gate not in new.gates:
            yield Blocker("migration_no_choice", f"gate/{gate}")


def _questions(c: Cursor, new: Methodology, found: Names) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What only people can answer, and what they may answer."""
    yield from astray(c, new, names(c.method, new, {}))
    for passage in c.project.passages.values():
        if passage.status is PassageStatus.OPEN and passage.gate not in found.gates:
            yield f"gate/{passage.gate}", ONLY["gate"]
    for instance in c.project.needs.values():
        there = found.needs.get((instance.ref, instance.outcome))
        if instance.decision and instance.status in UNMET:
            if there is None or found.passage(instance.decision) is None:
                yield f"condition/{instance.ref}", ONLY["condition"]
        if instance.status is NeedStatus.WAIVED and there is not None:
            before = c.method.needs_named[instance.ref, instance.outcome]
            if not _asks_alike(before, there):
                yield f"waiver/{instance.ref}", ONLY["waiver"]


def astray(c: Cursor, new: Methodology, found: Names) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Phases in which the project stands and that are gone, and those that it could stand in."""
    for root, track in c.project.tracks.items():
        if track.status is not TrackStatus.ENDED and track.phase not in found.phases:
            main = root == c.method.main_root
            ways = tuple(p.id for p in new.phases.values()
                         if (p.track == new.main_root) is main)  # fmt: skip
            yield f"phase/{track.phase}", ways


def _asks_alike(before: Need, after: Need) -> bool:
    return ruled_alike(replace(before, id=after.id, owner_id=after.owner_id, of=after.of), after)


# ---------------------------------------------------------------- what opens on arrival


def arrive(c: Cursor) -> None:
    """Open what would stand open here if the project had always followed this version."""
    for root in c.method.roots:
        track = c.project.tracks.get(root)
        if opening.alive(track) and track is not None:
            _stand_in(c, track.phase, track.entry)
        elif c.method.phases[root].at_start and root not in c.project.entries:
            opening.enter(c, root)
    for passage in list(c.project.passages.values()):
        if passage.status is not PassageStatus.OPEN:
            continue
        gate = c.method.gates[passage.gate]
        track = c.project.tracks.get(gate.track)
        if track is None or track.phase not in gate.phases:
            opening.lapse_gate(c, passage)
        else:
            opening.open_gate_needs(c, gate, passage)


def _stand_in(c: Cursor, phase: str, entry: int) -> None:
    """What the phase asks, and the gates that were not there when it was entered."""
    entered = c.project.entries[phase][entry - 1]
    for need in c.method.phases[phase].needs.values():
        key = f"{need.ref}#{entry}"
        if not isinstance(need.due, Every) and key not in c.project.needs:
            arising.open_need(c, need, key, f"{phase}#{entry}", c.method.phases[phase].track)
    for gate in c.method.gates.values():
        here = (p for p in c.project.passages_of(gate.id) if p.opened_at >= entered)
        if phase in gate.phases and opening.opens_on_entry(gate) and not any(here):
            opening.enter_gate(c, gate)


def _ask_retroactively(c: Cursor, name: str) -> None:
    """What was passed there counts no more: it is asked again, if need be further back."""
    gate = judging.gate_of(c, name)
    track = c.project.tracks.get(gate.track)
    passed = [p for p in c.project.passages_of(name) if _counts(p)]
    if not passed or track is None or not opening.alive(track):
        return
    if track.phase in gate.phases:
        for passage in passed:
            c.emit(e.GateMadeDormant(at=c.now, passage=passage.key))
        opening.turns(c, gate, value=False)
        if opening.opens_on_entry(gate):
            opening.enter_gate(c, gate)
        return
    back = _last_entered(c.project, gate.phases)
    opening.leave(c, gate.track, back)
    opening.make_dormant(c, gate.track, back)
    opening.enter(c, back)


def _counts(passage: Passage) -> bool:
    return passage.status is PassageStatus.SETTLED and not passage.void


def _last_entered(project: Project, phases: tuple[str, ...]) -> str:
    return max(
        (phase for phase in phases if phase in project.entries),
        key=lambda phase: project.entries[phase][-1],
        default=phases[0],
    )
