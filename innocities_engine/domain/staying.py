"""Why a project stays on the version it follows: what has to be over before it can move, since no
choice could solve it. No move may pass a gate, cut off what runs, or change what was decided.
"""

from __future__ import annotations

from collections.abc import Iterator

from innocities_engine.domain import machine, opening, portfolio, predicates
from innocities_engine.domain.commands import Holding
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import BlockKind, Gate, Methodology, Need, Outcome
from innocities_engine.domain.durations import Duration, DurationKind
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import ProjectsTest
from innocities_engine.domain.needs import UNMET
from innocities_engine.domain.project import (
    NeedInstance,
    Passage,
    PassageStatus,
    Track,
    TrackStatus,
)
from innocities_engine.domain.renaming import Names, durations_in, namesakes, ruled_alike


def hindered(c: Cursor, new: Methodology, found: Names) -> Iterator[Blocker]:
    """What has to be over first, or can never be."""
    for name, was in namesakes(c.method, new, found):
        yield Blocker("migration_namesake", name, {"was": was})
    yield from _passages(c, new, found)
    yield from _tracks(c, new, found)
    yield from _awaited(c, found)
    yield from _skipped(c, new, found)


def _passages(c: Cursor, new: Methodology, found: Names) -> Iterator[Blocker]:
    for key, passage in c.project.passages.items():
        if passage.status is PassageStatus.DECIDED and not _leads_alike(c, new, found, passage):
            yield Blocker("migration_pending", passage.gate, {"passage": key})
        if passage.status is PassageStatus.OPEN and passage.round:
            yield Blocker("migration_round", passage.gate, {"round": passage.round})
        holder = next((t for t in c.project.tracks.values() if t.held_by == key), None)
        if holder is not None and not _stands_here(new, found, passage, holder):
            yield Blocker("migration_held", passage.gate)


def _stands_here(new: Methodology, found: Names, passage: Passage, track: Track) -> bool:
    """Whether the gate of an instance is there in the phase in which its track will stand."""
    gate, phase = found.gates.get(passage.gate), found.phases.get(track.phase)
    return gate is not None and (phase is None or phase in new.gates[gate].phases)


def _leads_alike(c: Cursor, new: Methodology, found: Names, passage: Passage) -> bool:
    """Whether a decision that waits would do in the new version what was decided."""
    name = (passage.gate, passage.outcome or "")
    decision, gate = c.project.decision_of(passage.key), c.method.gates[passage.gate]
    track = c.project.tracks.get(gate.track)
    if name not in found.outcomes or decision is None or track is None:
        return False
    if not _stands_here(new, found, passage, track):
        return False
    before = gate.outcomes[name[1]]
    after = new.gates[found.gates[passage.gate]].outcomes[found.outcomes[name]]
    if decision.target and found.phases.get(decision.target) not in machine.targets(after):
        return False
    return _does_alike(before, after, found)


def _does_alike(before: Outcome, after: Outcome, found: Names) -> bool:
    """But for where it leads, which the decision has said."""
    mine = (before.effect, before.end, before.again, before.hold)
    return ruled_alike(mine, (after.effect, after.end, after.again, after.hold), found.ids)


def _tracks(c: Cursor, new: Methodology, found: Names) -> Iterator[Blocker]:
    """Two tracks cannot become one, and none can become another kind of track."""
    alive = [(root, track) for root, track in c.project.tracks.items()
             if track.end is None and found.phases.get(track.phase) in new.phases]  # fmt: skip
    roots = [new.phases[found.phases[track.phase]].track for _, track in alive]
    for (root, track), there in zip(alive, roots, strict=True):
        if (root == c.method.main_root) is not (there == new.main_root):
            yield Blocker("migration_track", track.phase)
    for root in sorted({root for root in roots if roots.count(root) > 1}):
        yield Blocker("migration_merges", root)


# ---------------------------------------------------------------- periods that run


def _awaited(c: Cursor, found: Names) -> Iterator[Blocker]:
    """A period that a decision or a law has set running runs to its end as it began."""
    for instance in c.project.needs.values():
        if instance.status not in UNMET:
            continue
        before = c.method.needs_named[instance.ref, instance.outcome]
        there = found.needs.get((instance.ref, instance.outcome))
        held = bool(instance.decision) and _holds_move(before)
        cut = held and (there is None or not _holds_move(there))
        if cut or (there and _periods(before, instance) != _periods(there, instance)):
            yield Blocker("migration_wait", instance.key)


def _holds_move(need: Need) -> bool:
    return any(blocks.kind is BlockKind.MOVE for blocks in need.blocks)


def _periods(need: Need, instance: NeedInstance) -> list[Duration]:
    """The lengths of time it waits for: all of them after a decision, else those a law sets."""
    found = durations_in(need.done)
    if instance.decision:
        return found
    return [each for each in found if each.kind is DurationKind.STATUTORY]


# ---------------------------------------------------------------- gates that would be passed over


def _skipped(c: Cursor, new: Methodology, found: Names) -> Iterator[Blocker]:
    """A gate that lies ahead now may not lie behind then: it would never be passed."""
    for track in c.project.tracks.values():
        phase = found.phases.get(track.phase)
        if track.end is not None or phase is None or phase not in new.phases:
            continue
        for gate in _ahead(c.method, track.phase):
            there = new.gates.get(found.gates.get(gate.id, ""))
            if there is None or any(map(_is_decided, c.project.passages_of(gate.id))):
                continue
            if not opening.ahead(new, phase).intersection(there.phases):
                yield Blocker("migration_unreached", gate.id)


def _ahead(method: Methodology, phase: str) -> Iterator[Gate]:
    ahead = opening.ahead(method, phase)
    return (gate for gate in method.gates.values() if ahead.intersection(gate.phases))


def _is_decided(passage: Passage) -> bool:
    """In force or still waiting; nothing was made of it by going back."""
    return passage.status in (PassageStatus.SETTLED, PassageStatus.DECIDED) and not passage.void


def unpassed(
    c: Cursor, new: Methodology, found: Names, retroactive: tuple[str, ...]
) -> Iterator[Blocker]:
    """What cannot be asked again: a decision that waits, and what lies ahead and not behind; nor
    anything while the project is on hold or about to move.
    """
    for passage in c.project.passages.values():
        gate = found.gates.get(passage.gate)
        track = c.project.tracks.get(c.method.gates[passage.gate].track)
        if gate not in retroactive or not _is_decided(passage) or track is None:
            continue
        here = found.phases.get(track.phase, "")
        if track.status is not TrackStatus.RUNNING:
            code = "migration_held" if track.status is TrackStatus.HELD else "migration_pending"
            yield Blocker(code, passage.gate)
        elif not any(_is_behind(c, new, found, phase, here) for phase in new.gates[gate].phases):
            yield Blocker("migration_not_behind", passage.gate)


def _is_behind(c: Cursor, new: Methodology, found: Names, phase: str, here: str) -> bool:
    """Whether the project has been in a phase from which it comes to where it stands."""
    entered = {found.phases.get(each) for each in c.project.entries}
    return phase in entered and here in opening.ahead(new, phase)


# ---------------------------------------------------------------- a programme counts


def recounted(c: Cursor, before: Holding, counted: tuple[ProjectsTest, ...]) -> Iterator[Blocker]:
    """A programme counts a project that moved as it did before; what it asks about that the version
    before did not know, it may learn.
    """
    origin = c.project.origin
    for test in counted:
        was = predicates.is_counted(c.situation, before, test)
        now = predicates.is_counted(c.situation, Holding(c.method, c.project), test)
        params = {
            "counted": portfolio.spelled(test),
            "programme": origin.title if origin else "",
        }
        if was and not now:
            yield Blocker("migration_uncounted", c.project.id, params)
        if now and not was and predicates.can_be_counted(before.method, test):
            yield Blocker("migration_counted", c.project.id, params)
