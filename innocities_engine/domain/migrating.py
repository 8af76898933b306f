"""A running project moves to another version of its method, or back.

Everything that was done stays done, and what the new version asks beyond it opens now. Where only
people can say what is meant the move is refused, with the choices. No gate is passed by moving.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from innocities_engine.domain import (
    arising,
    correcting,
    handing_in,
    judging,
    needs,
    opening,
    recounting,
    redating,
    regrouping,
    reminders,
    retelling,
    settle,
    staying,
)
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.carrying import Carrying
from innocities_engine.domain.commands import Actor, Arrival, Holding
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Methodology, Need
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import Every
from innocities_engine.domain.migrated import MigrationUndone, ProjectMigrated, made_by
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
from innocities_engine.domain.renaming import Names, asks_alike, names, ruled_alike
from innocities_engine.domain.situation import Situation, need_of

LAPSE, LEAVE, KEEP, KEEP_OR_ASK = ("lapse",), ("leave",), ("keep",), ("keep", "ask")


def migrate(c: Cursor, command: k.Migrate, actor: Actor) -> None:
    """Follow another version from now on.

    1. What keeps the project from moving, and what somebody has to choose, is told at once.
    2. Its state is carried over; what the new version asks where the project stands opens.
    3. Running deadlines follow the policy.
    """
    arrival = _arrival(c)
    found = names(c.method, arrival.method, _phases(command.choices, arrival.method))
    refuse_all((
        *staying.hindered(c, arrival.method, found),
        *staying.unpassed(c, arrival.method, found, command.retroactive),
        *_choices(c, arrival.method, found, command),
    ))  # fmt: skip
    anew = (key.partition("/")[2] for key, way in command.choices.items() if way == "ask")
    ways = regrouping.toggled(c.method, found)
    project = regrouping.regrouped(c.project, ways)
    carrying = Carrying(c.method, arrival.method, found, project, frozenset(anew))
    left = replace(c.situation, project=project)
    before = {
        key: due for due in redating.dues(left) if (key := carrying.obligation(due.key)) is not None
    }
    stood = Holding(c.method, c.project)
    c.emit(_moved(c, command, actor, carrying, left, ways))
    c.arrive(arrival.method, arrival.inputs)
    arrive(c)
    for gate in command.retroactive:
        _ask_retroactively(c, gate)
    settle.settle(c)
    _pass_over_what_was(c, frozenset(carrying.need_keys.values()))
    redating.fix(c, before, Policy(command.policy))
    refuse_all(tuple(staying.recounted(c, stood, arrival.counted)))


def _moved(
    c: Cursor,
    command: k.Migrate,
    actor: Actor,
    carrying: Carrying,
    left: Situation,
    ways: Mapping[str, str],
) -> ProjectMigrated:
    arrival, found = _arrival(c), carrying.names
    after = carrying.carried()
    there = Situation(arrival.method, after, arrival.inputs, c.now)
    ladders = {
        key: owed.ladder
        for owed in reminders.obligations(left)
        if (key := carrying.obligation(owed.key)) is not None
    }
    told = retelling.told_already(ladders, there, found.ids)
    moved = ProjectMigrated(
        at=c.now,
        by=actor.person,
        reason=command.reason,
        left=c.project.version,
        policy=Policy(command.policy),
        renamed=_renamed(found),
        lost=tuple(f"{kind}/{name}" for kind, name in dict.fromkeys(carrying.lost())),
        fallen=recounting.waited_with(carrying),
        regrouped={ref: way for ref, way in ways.items() if _is_met_with(carrying.project, ref)},
        after=replace(after, raised=told),
    )
    return replace(moved, keys=carrying.keys(made_by(moved)))


def _is_met_with(project: Project, ref: str) -> bool:
    return any(each.ref == ref and each.status in needs.LIVE for each in project.needs.values())


def undo(c: Cursor, command: k.UndoMigration, actor: Actor) -> None:
    """Follow again the version that was left: the project stands as it did before the move."""
    annulled, arrival = command.annulled, c.inputs.arrival
    if annulled is None or arrival is None:
        refuse("wrong_state", c.project.id, state="not migrated")
    since = correcting.done_since(annulled)
    refuse_all(tuple(Blocker("rests_on_move", c.project.id, told) for told in since))
    move = next(move for move in reversed(c.project.migrations) if move.undone is None)
    before, happened = correcting.stands_again(
        c, arrival.method, arrival.inputs, annulled.before, move.reversed()
    )
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
    inside = (
        (f"{kind}/{gate}/{old}", f"{found.gates[gate]}/{new}")
        for kind, ids in (("outcome", found.outcomes), ("advice", found.advises))
        for (gate, old), new in ids.items()
    )
    return {old: new for old, new in (*things, *needs, *inside) if old.partition("/")[2] != new}


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
            yield f"gate/{passage.gate}", LEAVE
    for instance in c.project.needs.values():
        before = c.method.needs_named[instance.ref, instance.outcome]
        there = found.needs.get((instance.ref, instance.outcome))
        if instance.decision and instance.status in UNMET:
            if there is None or found.passage(instance.decision) is None:
                yield f"condition/{instance.ref}", LAPSE
            elif not _holds_alike(before, there, found):
                yield f"condition/{instance.ref}", KEEP
        if instance.status is NeedStatus.WAIVED and there is not None:
            if not asks_alike(before, there, found):
                yield f"waiver/{instance.ref}", KEEP_OR_ASK


def astray(c: Cursor, new: Methodology, found: Names) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Phases in which the project stands and that are gone, and those that it could stand in."""
    for root, track in c.project.tracks.items():
        if track.status is not TrackStatus.ENDED and track.phase not in found.phases:
            main = root == c.method.main_root
            ways = [p.id for p in new.phases.values() if (p.track == new.main_root) is main]
            yield f"phase/{track.phase}", (*ways, *(() if main else LEAVE))


def _holds_alike(before: Need, after: Need, found: Names) -> bool:
    """Whether a condition holds shut what it held shut, and has to be met."""
    held = (before.blocks, before.required)
    return ruled_alike(held, (after.blocks, after.required), found.ids)


# ---------------------------------------------------------------- what opens on arrival


def arrive(c: Cursor) -> None:
    """Open what would stand open here if the project had always followed this version."""
    for root in c.method.roots:
        track = c.project.tracks.get(root)
        if opening.alive(track) and track is not None:
            _stand_in(c, track.phase, track.entry)
        elif track is None and c.method.phases[root].at_start and root not in c.project.entries:
            opening.enter(c, root)
    _confirm_alone(c)
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
        passages = c.project.passages_of(gate.id)
        here = (p for p in passages if p.opened_at >= entered or _is_passed(p))
        if phase in gate.phases and opening.opens_on_entry(gate) and not any(here):
            opening.enter_gate(c, gate)


def _pass_over_what_was(c: Cursor, carried: frozenset[str]) -> None:
    """What comes again and is new here is owed from now on, not for all the times before."""
    for key, instance in list(c.project.needs.items()):
        new = instance.occurrence > 0 and key not in carried
        if new and instance.status in UNMET and needs.is_overdue(c.situation, instance):
            c.emit(e.NeedLapsed(at=c.now, need=key))


def _confirm_alone(c: Cursor) -> None:
    """What somebody said is done, and nobody has to confirm any more, is done."""
    for key, instance in list(c.project.needs.items()):
        if instance.status is NeedStatus.HANDED_IN:
            need = need_of(c.method, instance)
            if not handing_in.confirming_roles(c.situation, instance, need):
                c.emit(e.NeedDone(at=c.now, need=key))


def _ask_retroactively(c: Cursor, name: str) -> None:
    """What was passed there counts no more: it is asked again, if need be further back."""
    gate = judging.gate_of(c, name)
    track = c.project.tracks.get(gate.track)
    passed = [p for p in c.project.passages_of(name) if _is_passed(p)]
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


def _is_passed(passage: Passage) -> bool:
    return passage.status is PassageStatus.SETTLED and not passage.void


def _last_entered(project: Project, phases: tuple[str, ...]) -> str:
    return max(
        (phase for phase in phases if phase in project.entries),
        key=lambda phase: project.entries[phase][-1],
        default=phases[0],
    )
