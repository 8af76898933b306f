"""Every trigger of every machine, fired from every state and called by every role: only what the
graph of the definition allows succeeds, and nothing else has a trigger at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache

import pytest

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain import machine
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.project import Track, TrackStatus, VersionStatus
from tests.methodology import readying
from tests.methodology.staging import method, resolved
from tests.proofs import attempts, plain_gates
from tests.proofs.exploring import begun
from tests.proofs.plain_rules import World
from tests.proofs.test_no_way_past import FULL, METHODS
from tests.proofs.witness import Witness

START_OF_TIME = datetime.min.replace(tzinfo=UTC)
Graph = dict[tuple[str, str], tuple[str, bool]]
"""From a state by a trigger: to which state, and whether the gate must let it through."""


# ---------------------------------------------------------------- the graph in plain words


def graph(w: World, root: str) -> Graph:
    """All that the words of the definition let one track do."""
    found: Graph = {("=unopened", "=open"): (root, False)}
    for phase in plain_gates.tracks(w)[root]:
        live = (phase, f"{phase}=held", f"{phase}=moving")
        found[f"{phase}=held", "=resume"] = phase, False
        found[f"{phase}=moving", "=cancel"] = phase, False
        for state in live:
            found[state, "=stop"] = "=stopped", False
            found[state, "=done"] = "=completed", False
            for trigger, dest, guarded in _of_gates(w, root, phase):
                found[state, trigger] = dest or state, guarded
    return found


def _of_gates(w: World, root: str, phase: str) -> Iterator[tuple[str, str, bool]]:
    for gate, spec in w.of("gates").items():
        everywhere = spec["in"] == "any" and w.of("phases")[root].get("main", True)
        if not everywhere and phase not in plain_gates.listed(spec["in"]):
            continue
        yield f"{gate}=wait", f"{phase}=moving", False
        for name, way in spec["outcomes"].items():
            for suffix, dest in _destinations(way, phase):
                yield f"{gate}.{name}{suffix}", dest, plain_gates.passing(way)


def _destinations(way: plain_gates.Spec, phase: str) -> list[tuple[str, str]]:
    if "hold" in way:
        return [("", f"{phase}=held")]
    if "end" in way:
        return [("", f"={way['end']}")]
    return [(f">{target}", target) for target in plain_gates.targets(way)] or [("", "")]


def track_in(state: str) -> Track | None:
    """A track that stands in this state of its machine."""
    phase, _, how = state.partition("=")
    match phase, how:
        case "", "unopened":
            return None
        case "", end:
            return Track(TrackStatus.ENDED, "", 1, START_OF_TIME, end=end)
    return Track(TrackStatus(how or "running"), phase, 1, START_OF_TIME)


# ---------------------------------------------------------------- the machines


@pytest.mark.parametrize("name", METHODS)
def test_a_machine_has_the_walks_of_its_definition_and_no_others(
    told: Callable[[str], None], name: str
) -> None:
    chosen, fired = method(name), Counter[str]()
    world = _world(begun(name))
    for root in chosen.roots:
        expected = graph(world, root)
        states = {state for state, _ in expected} | {"=completed", "=stopped"}
        names = {trigger for _, trigger in expected} | set(
            machine.track_machine(chosen, root).events
        )
        names |= {f"to_{state}" for state in states} | {"to", "may_to"}
        for state in states:
            for trigger in names:
                for allowed in (True, False):
                    dest, guarded = expected.get((state, trigger), (None, False))
                    wanted = None if guarded and not allowed else dest
                    assert fires(name, root, state, trigger, allowed) == wanted, (state, trigger)
                    fired["walked" if wanted else "refused"] += 1
    told(f"triggers fired at the machines of {name}: {fired['walked']} walked, "
         f"{fired['refused']} refused")  # fmt: skip
    assert min(fired.values()) > 0


def fires(name: str, root: str, state: str, trigger: str, allowed: bool) -> str | None:
    try:
        return machine.walk(method(name), root, track_in(state), trigger, allowed=allowed)
    except machine.WalkRefused:
        return None


def test_no_machine_has_a_trigger_that_jumps_to_a_state() -> None:
    machines = [machine.version_machine()]
    machines += [machine.track_machine(m, root) for m in map(method, METHODS) for root in m.roots]
    for one in machines:
        assert not [trigger for trigger in one.events if trigger.startswith("to")]


def test_a_version_has_the_life_that_the_language_gives_it_and_no_other() -> None:
    life = {
        ("submitted", "approve"): "approved",
        ("approved", "void"): "submitted",
        ("signed", "sign"): "signed",
        ("signed", "supersede"): "superseded",
        **{(status, "return"): "returned" for status in ("submitted", "approved")},
        **{(status, "withdraw"): "withdrawn" for status in ("submitted", "approved")},
        **{(status, "sign"): "signed" for status in ("submitted", "approved")},
    }
    for status in VersionStatus:
        for trigger in {trigger for _, trigger in life} | {f"to_{s}" for s in VersionStatus}:
            try:
                found: str | None = machine.version_walk(status, trigger)
            except machine.WalkRefused:
                found = None
            assert found == life.get((status, trigger)), (status, trigger)


# ---------------------------------------------------------------- called by every role


@cache
def standing(name: str) -> tuple[Witness, ...]:
    """In every phase of the main track: its gate has just opened, and it is ready."""
    start, found = begun(name), list[Witness]()
    phases = set[str | None]()
    for gate in start.method.gates:
        walk = readying.arrived(start, gate)
        if walk.phase() not in phases and start.method.gates[gate].track == start.method.main_root:
            phases.add(walk.phase())
            found += [walk, readying.ready(walk, gate)]
    return tuple(found)


def calls(walk: Witness) -> Iterator[tuple[str, k.Command]]:
    """Every trigger as the command that would fire it, carrying all that it may."""
    w = _world(walk)
    for gate, spec in w.of("gates").items():
        for outcome in spec["outcomes"]:
            for offer in attempts.offers(w, gate, outcome):
                yield f"{gate}.{outcome}", k.Decide(gate, offer)
    for root in walk.method.roots:
        yield f"{root}=resume", k.Resume(root)


def _world(walk: Witness) -> World:
    return World(walk.definition, walk.project, walk.now, walk.inputs)


@pytest.mark.parametrize("name", METHODS if FULL else ("smartby-prosjekt", "innocities-bolag"))
def test_of_all_triggers_called_by_every_role_in_every_phase_only_the_allowed_succeed(
    told: Callable[[str], None], name: str
) -> None:
    """What succeeds is judged by the witness: it moves nothing that it has no right to move."""
    done = Counter[str]()
    definition = resolved(name)
    for walk in standing(name):
        for trigger, command in calls(walk):
            for role in walk.method.roles:
                try:
                    walk.after(command, Actor(walk.members(role)[0]))
                except errors.EngineError:
                    done["refused"] += 1
                    continue
                done["succeeded"] += 1
                gate = trigger.partition(".")[0]
                assert gate in definition["gates"], f"{trigger} by {role}: nothing is held"
                phases = plain_gates.listed(definition["gates"][gate]["in"])
                track = walk.project.tracks[walk.method.gates[gate].track]
                assert track.phase in phases or phases == ["any"], f"{trigger} in {track.phase}"
    told(f"triggers called by every role in every phase of {name}: {done['succeeded']} succeeded,"
         f" {done['refused']} refused")  # fmt: skip
    assert done.total() >= 2000
    assert done["succeeded"] > 0
