"""V1, V2 and V7: everything is reached, nothing is a dead end, and no phase can only be passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from innocities_engine.authoring.verify import blame
from innocities_engine.authoring.verify.findings import Finding
from innocities_engine.authoring.verify.states import Explored, Node
from innocities_engine.authoring.verify.working import NOBODY_DECIDES
from innocities_engine.domain import machine, mentions
from innocities_engine.domain.definition import Gate, Methodology, Outcome
from innocities_engine.domain.grammar import GateTest
from innocities_engine.domain.project import PassageStatus, TrackStatus


def taken_of(found: Explored) -> frozenset[tuple[str, str]]:
    return frozenset(pair for node in found.nodes for pair in node.taken)


def entered_of(found: Explored) -> frozenset[str]:
    return frozenset(phase for node in found.nodes for phase in node.project.entries)


def opened_of(found: Explored) -> frozenset[str]:
    return frozenset(p.gate for node in found.nodes for p in node.project.passages.values())


# ---------------------------------------------------------------- V1


def unreached(found: Explored) -> Iterator[Finding]:
    """What is never reached, and not only because something before it is not."""
    method = found.world.method
    taken, entered, opened = taken_of(found), entered_of(found), opened_of(found)
    for phase in method.phases.values():
        if phase.id in entered:
            continue
        path = ("phases", phase.id)
        if phase.id == phase.track:
            if _may_open(method, phase.id, taken):
                yield Finding("V1", "track_unopened", path, {"phase": phase.id})
        elif any((g.id, o.id) in taken for g, o in _leading_to(method, phase.id)):
            yield Finding("V1", "phase_unreached", path, {"phase": phase.id})
    for gate in method.gates.values():
        if gate.id not in opened and entered.intersection(gate.phases):
            yield Finding("V1", "gate_unopened", ("gates", gate.id), {"gate": gate.id})


def _leading_to(method: Methodology, phase: str) -> Iterator[tuple[Gate, Outcome]]:
    for gate in method.gates.values():
        for outcome in gate.outcomes.values():
            if phase in machine.targets(outcome):
                yield gate, outcome


def _may_open(method: Methodology, root: str, taken: frozenset[tuple[str, str]]) -> bool:
    """Whether everything its opening asks of gates has come about somewhere."""
    opens = method.phases[root].opens
    tests = mentions.tests(method, opens.when if opens else None)
    asked = [test for test in tests if isinstance(test, GateTest)]
    return all(
        any((t.gate, o) in taken for o in t.outcomes or method.gates[t.gate].outcomes)
        for t in asked
    )


# ---------------------------------------------------------------- V2


def dead_ends(found: Explored, known: list[Finding]) -> Iterator[Finding]:
    """States from which the main track never completes, or another one never ends."""
    method = found.world.method
    main = method.main_root
    told: list[Finding] = []
    passed = _passed(found)
    shut = found.whole and any(f.severity == "error" for f in known)
    for root in method.roots:
        for first in _dead(found, root, main):
            n = blame.after_effect(found, first, root)
            if shut and _is_shut(found, n, root, passed):
                continue
            path, story = blame.of_dead_end(found, n, root)
            begun = found.nodes[n].parent is None
            if begun and any(f.rule in ("V3", "V4", "V5", "V1") for f in known):
                continue  # what nobody can pass is told already
            if any(f.path == path for f in (*known, *told)):
                continue
            if path[0] == "phases" and _decided_by_nobody(found, n, root, known):
                continue
            kind = "dead_end" if root == main else "track_endless"
            track = found.nodes[n].project.tracks[root]
            told.append(
                Finding("V2", kind, path, {"phase": track.phase, "track": root}, story=story)
            )
    yield from told


def _is_shut(found: Explored, n: int, root: str, passed: frozenset[str]) -> bool:
    """Whether what would lead on from here can be passed nowhere: that is told of its gate."""
    gates = {gate for gate, _, _ in blame.leading(found.world.method, found.nodes[n], root)}
    return bool(gates) and not gates & passed


def _decided_by_nobody(found: Explored, n: int, root: str, known: list[Finding]) -> bool:
    """Whether what would lead on waits for a decider, and that there is none is told already."""
    gates = {f.path[1] for f in known if _routes_nowhere(f)}
    return any(
        gate in gates and any(b.code == NOBODY_DECIDES for b in result.core)
        for gate, _, result in blame.leading(found.world.method, found.nodes[n], root)
    )


def _routes_nowhere(finding: Finding) -> bool:
    return finding.kind == "gap" and finding.path[2:] == ("decides", "by")


def _passed(found: Explored) -> frozenset[str]:
    gates = found.world.method.gates
    return frozenset(g for g, o in taken_of(found) if gates[g].outcomes[o].passing)


def _dead(found: Explored, root: str, main: str) -> list[int]:
    """The first states of each part that has no way out, in the order they were met."""
    method = found.world.method
    alive = [n for n, node in enumerate(found.nodes) if _counts(method, node, root, main)]
    good = {n for n, node in enumerate(found.nodes) if _over(method, node, root)}
    if not found.whole:
        good |= {n for n, node in enumerate(found.nodes) if not node.expanded}
    saved = _back_from(found, good)
    dead = [n for n in alive if n not in saved]
    inside = set(dead)
    return [n for n in dead if (p := found.nodes[n].parent) is None or p not in inside]


def _counts(method: Methodology, node: Node, root: str, main: str) -> bool:
    """A track that is alive, and is not about to be stopped by a decision that waits; of those
    beside the main one, when that has come to its end.
    """
    track, leading = node.track(root), node.track(main)
    if track is None or track.end is not None or _is_stopping(method, node, root):
        return False
    return root == main or (leading is not None and leading.end == "completed")


def _over(method: Methodology, node: Node, root: str) -> bool:
    """It has come to the end it should; that the main track can be stopped is none."""
    track = node.track(root)
    if track is None:
        return False
    if root == method.main_root:
        return track.end == "completed"
    return track.end is not None or _is_stopping(method, node, root)


def _is_stopping(method: Methodology, node: Node, root: str) -> bool:
    return any(
        passage.status is PassageStatus.DECIDED
        and (gate := method.gates[passage.gate]).track == root
        and gate.outcomes[passage.outcome or ""].end == "stopped"
        for passage in node.project.passages.values()
    )


def _back_from(found: Explored, good: Iterable[int]) -> set[int]:
    before: dict[int, set[int]] = {}
    for n, node in enumerate(found.nodes):
        for there in node.ways:
            before.setdefault(there, set()).add(n)
    reached, todo = set(good), list(good)
    while todo:
        for n in before.get(todo.pop(), ()):
            if n not in reached:
                reached.add(n)
                todo.append(n)
    return reached


# ---------------------------------------------------------------- V7


def without_exit(found: Explored, known: list[Finding]) -> Iterator[Finding]:
    """Phases of the main track that people may be in with nothing to choose but to go on."""
    method = found.world.method
    main = method.main_root
    told: set[str] = set()
    for n, node in enumerate(found.nodes):
        track = node.track(main)
        if track is None or track.status is not TrackStatus.RUNNING or track.phase in told:
            continue
        if method.phases[track.phase].done is not None or not node.expanded:
            continue
        if not _can_leave(found, n, track.phase, _way_out(method)):
            path = ("phases", track.phase)
            if any(_tells(method, f, track.phase) for f in known):
                continue
            told.add(track.phase)
            story = blame.idle_story(found, n, main, "locked")
            yield Finding("V7", "no_way_out", path, {"phase": track.phase}, story=story)


def _tells(method: Methodology, finding: Finding, phase: str) -> bool:
    """Whether it is told already that nothing can be decided in a phase."""
    if finding.rule == "V2":
        return blame.covers([finding], ("phases", phase))
    gate = method.gates.get(finding.path[1]) if finding.path[0] == "gates" else None
    shut = finding.kind in ("quorum_never", "never_passed", "excluded") or _routes_nowhere(finding)
    return finding.kind == "seats_cross" or (shut and gate is not None and phase in gate.phases)


def _way_out(method: Methodology) -> Callable[[tuple[str, str]], bool]:
    def is_one(pair: tuple[str, str]) -> bool:
        gate = method.gates[pair[0]]
        return gate.track == method.main_root and not gate.outcomes[pair[1]].passing

    return is_one


def _can_leave(
    found: Explored, n: int, phase: str, is_one: Callable[[tuple[str, str]], bool]
) -> bool:
    """Whether such a choice is there, at once or once something is asked, cleared or waited for."""
    seen, todo = {n}, [n]
    while todo:
        node = found.nodes[todo.pop()]
        if any(map(is_one, node.taken)):
            return True
        for there, line in node.ways.items():
            track = found.nodes[there].track(found.world.method.main_root)
            same = track is not None and (track.phase == phase or track.end == "completed")
            if line.kind in blame.QUIET_WAYS and same and there not in seen:
                seen.add(there)
                todo.append(there)
    return False
