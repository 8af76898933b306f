"""Where in the method the reason stands why a project cannot go on, from what is in the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from innocities_engine.authoring.verify import doing
from innocities_engine.authoring.verify.findings import Claim, Finding, Line, Story
from innocities_engine.authoring.verify.hands import Hands
from innocities_engine.authoring.verify.states import Explored, Node
from innocities_engine.authoring.verify.working import NOBODY_DECIDES, Ready
from innocities_engine.domain import machine, mentions, needs
from innocities_engine.domain.definition import BlockKind, Methodology, Need, NeedKind
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import ArtefactTest, FactTest
from innocities_engine.domain.situation import need_of
from innocities_engine.language.faults import Path

# By these nothing is decided.
QUIET_WAYS = frozenset({"raise", "wait", "clear", "answers", "prepare"})


def stuck_story(found: Explored, n: int, gate: str, outcome: str) -> Story:
    """How a project gets to where an outcome cannot be had, and all that is done there in vain."""
    node = found.nodes[n]
    result = node.blocked[gate, outcome]
    lines = found.lines(n)
    if result.nearest is not None and result.nearest.steps:
        done = tuple(result.nearest.steps)
        lines = (*lines, Line("all_done", {"gate": gate}, result.nearest.now, done))
    codes = sorted({b.code for b in result.core} - {NOBODY_DECIDES}) or ["not_entitled"]
    return Story(
        lines, Claim("stuck", {"gate": gate, "outcome": outcome, "codes": ", ".join(codes)})
    )


def idle_story(found: Explored, n: int, root: str, claim: str = "idle") -> Story:
    """How a project gets to where nothing leads on."""
    return Story(found.lines(n), Claim(claim, {"track": root}))


# ---------------------------------------------------------------- what is to blame


def of_gate(found: Explored, node: Node, gate_id: str, outcome: str) -> tuple[str, Path]:
    """The rule that is broken, and the place, where a gate can never be passed."""
    result = node.blocked[gate_id, outcome]
    method = found.world.method
    keys = [b.subject for b in result.core if b.code == "need_open"]
    if keys and result.nearest is not None:
        keys += _rivals(method, result.nearest, keys, result)
        paths = _in_order(method, result.nearest, keys)
        if paths:
            return paths[0]
    for blocker in result.core:
        path = _of_blocker(method, gate_id, outcome, blocker)
        if path:
            return "V3", path
    return "V3", ("gates", gate_id)


def excluding(found: Explored, node: Node, gate_id: str, outcome: str) -> tuple[str, ...]:
    """The needs that can be had one without the other, after the one that is to blame."""
    result = node.blocked[gate_id, outcome]
    keys = [b.subject for b in result.core if b.code == "need_open"]
    if not keys or result.nearest is None:
        return ()
    project, method = result.nearest.project, found.world.method
    order = {need.ref: n for n, need in enumerate(method.all_needs)}
    rivals = {*keys, *_rivals(method, result.nearest, keys, result)}
    refs = {project.needs[key].ref for key in rivals if key in project.needs}
    return tuple(sorted(refs, key=lambda ref: order.get(ref, len(order))))[1:]


def _in_order(method: Methodology, h: Hands, keys: Iterable[str]) -> list[tuple[str, Path]]:
    """The needs among them, in the order of the method; those of papers break V4."""
    order = {need.ref: n for n, need in enumerate(method.all_needs)}
    found = [h.project.needs[key] for key in dict.fromkeys(keys) if key in h.project.needs]
    found.sort(key=lambda instance: order.get(instance.ref, len(order)))
    return [(_rule_of(method, need_of(method, i)), doing.path_of_need(h, i)) for i in found]


def _rivals(method: Methodology, h: Hands, keys: list[str], result: Ready) -> list[str]:
    """Needs that were met only while these were not, since they look at the same answers."""

    def facts(key: str) -> set[str]:
        instance = h.project.needs.get(key)
        done = need_of(method, instance).done if instance else None
        tests = mentions.tests(method, done)
        return {test.fact for test in tests if isinstance(test, FactTest)}

    asked = {fact for key in keys for fact in facts(key)}
    return [b.subject for b in result.met if facts(b.subject) & asked]


def _rule_of(method: Methodology, need: Need) -> str:
    papers = any(isinstance(t, ArtefactTest) for t in mentions.tests(method, need.done))
    return "V4" if need.kind is NeedKind.ARTEFACT or papers else "V3"


def _of_blocker(method: Methodology, gate_id: str, outcome: str, blocker: Blocker) -> Path:
    gate = method.gates[gate_id]
    path: Path = ("gates", gate_id)
    match blocker.code:
        case "criterion_unrated" | "criterion_below" if blocker.subject in gate.criteria:
            return (*path, "criteria", blocker.subject)
        case "advice_missing" if blocker.subject in gate.advises:
            return (*path, "advises", blocker.subject)
        case "not_offered":
            own = gate.outcomes[outcome]
            return (*path, "outcomes", outcome, *(("when",) if own.when is not None else ()))
        case "role_empty" | "quorum_impossible" | "nobody_decides":
            return (*path, "decides", "by")
        case "gate_blocks":
            return ("gates", blocker.subject)
        case "answer_first" if blocker.subject in method.facts:
            return ("facts", blocker.subject)
    return ()


def of_dead_end(found: Explored, n: int, root: str) -> tuple[Path, Story]:
    """The place to blame for a state from which a track gets no further."""
    node = found.nodes[n]
    h = node.hands
    pending = _pending(found, h, root)
    if pending:
        return pending, idle_story(found, n, root, "pending")
    for gate, outcome, result in leading(found.world.method, node, root):
        path = _holding(found, node, gate, outcome, result)
        if path:
            return path, stuck_story(found, n, gate, outcome)
    track = node.project.tracks[root]
    blocked = next(leading(found.world.method, node, root), None)
    story = stuck_story(found, n, *blocked[:2]) if blocked else idle_story(found, n, root)
    return ("phases", track.phase), story


def after_effect(found: Explored, n: int, root: str) -> int:
    """The first state in which what was decided has come about; the same, if it never does. What
    a project waits for is not to blame for what is wrong behind it.
    """
    track = found.nodes[n].track(root)
    if track is None or track.moving is None:
        return n
    passage = found.nodes[n].project.passages[track.moving]
    outcome = found.world.method.gates[passage.gate].outcomes[passage.outcome or ""]
    seen, todo = {n}, deque([n])
    while todo:
        for there, line in found.nodes[todo.popleft()].ways.items():
            later = found.nodes[there].track(root)
            if later is not None and later.moving == track.moving:
                if there not in seen:
                    seen.add(there)
                    todo.append(there)
            elif later is not None and (
                line.kind in QUIET_WAYS or later.phase in machine.targets(outcome)
            ):
                return after_effect(found, there, root)
    return n


def _pending(found: Explored, h: Hands, root: str) -> Path:
    """A need that holds the effect of a decision, and is never met."""
    if not h.project.tracks[root].moving:
        return ()
    for instance, need in needs.unmet(h.s):
        if instance.decision and any(b.kind is BlockKind.MOVE for b in need.blocks):
            return doing.path_of_need(h, instance)
    return ()


def leading(method: Methodology, node: Node, root: str) -> Iterator[tuple[str, str, Ready]]:
    for (gate, outcome), result in node.blocked.items():
        if method.gates[gate].track == root and method.gates[gate].outcomes[outcome].passing:
            yield gate, outcome, result


def _holding(found: Explored, node: Node, gate: str, outcome: str, result: Ready) -> Path:
    """A condition, another gate, or the rule of the outcome: not what the gate itself asks."""
    for blocker in result.core:
        instance = node.project.needs.get(blocker.subject)
        if blocker.code == "need_open" and instance is not None and instance.decision:
            return doing.path_of_need(node.hands, instance)
    for blocker in result.core:
        if blocker.code == "gate_blocks":
            return _of_holder(found, node, blocker.subject)
    own = found.world.method.gates[gate].outcomes[outcome]
    if own.when is not None and any(b.code == "not_offered" for b in result.core):
        return ("gates", gate, "outcomes", outcome, "when")
    return ()


def _of_holder(found: Explored, node: Node, gate: str) -> Path:
    passing = (o for (g, o) in node.blocked if g == gate)
    outcome = next(passing, None)
    return of_gate(found, node, gate, outcome)[1] if outcome else ("gates", gate)


def covers(findings: Iterable[Finding], path: Path) -> bool:
    """Whether something wrong at this very place, or inside or around it, was told already."""
    return any(f.path[: len(path)] == path or path[: len(f.path)] == f.path for f in findings)
