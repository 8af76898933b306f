"""What is wrong with a method that is written as the language wants it. Decides what is seen from
the text alone; what takes a walk through every state a project can reach is left to the
verifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from innocities_engine.domain.definition import (
    Fact,
    Gate,
    Methodology,
    Need,
    Phase,
    Role,
    Voice,
)
from innocities_engine.domain.grammar import (
    AllOf,
    Anchor,
    AnchorKind,
    AnyOf,
    At,
    AtLeastOf,
    Choose,
    Earliest,
    Every,
    FactTest,
    FactValue,
    Latest,
    Moment,
    NoneOf,
    PassedTest,
    Predicate,
    QuorumKind,
    Who,
)
from innocities_engine.language.faults import Faults, Path, circle
from innocities_engine.language.people import quorums, roles_in
from innocities_engine.language.tracks import Tracks, trace


def check_method(method: Methodology, raw: Mapping[str, Any], faults: Faults) -> None:
    lines = trace(raw, Faults())  # its faults are told already
    _rules_go_round(method.facts, faults)
    _ways_out(method, faults)
    _one_baseline(method, faults)
    _advice_goes_round(method, faults)
    for gate in method.gates.values():
        _equal_needs(gate, raw["gates"][gate.id], faults)
        _meetings(gate, method, faults)
        _turns_ahead(gate, lines, faults)
        _scored(gate, faults)
        _one_opening(gate, faults)
    for role in method.roles.values():
        _role_needs(role, method, faults)
    _quorums(method, raw, faults)
    _chains_go_round(method, faults)
    _answers(method, faults)
    _templates(method, faults)


# ---------------------------------------------------------------- circles


def _rules_go_round(facts: Mapping[str, Fact], faults: Faults) -> None:
    after = {name: sorted(_facts_of(fact)) for name, fact in facts.items()}
    for names in circles(after):
        message = f"These rules rest on each other in a circle: {circle(names)}."
        faults.error("cyclic-rule", message, ("facts", names[0], "value"))


def _facts_of(fact: Fact) -> set[str]:
    found: set[str] = set()
    if fact.rule is not None:
        found |= _facts_in(fact.rule)
    if isinstance(fact.value, FactValue):
        found.add(fact.value.fact)
    if fact.chosen is not None:
        for way in fact.chosen.alternatives:
            found |= _facts_in(way.when)
    return found


def _facts_in(predicate: Predicate) -> set[str]:
    match predicate:
        case AllOf(of) | AnyOf(of) | NoneOf(of):
            return {fact for inner in of for fact in _facts_in(inner)}
        case AtLeastOf(_, of):
            return {fact for inner in of for fact in _facts_in(inner)}
        case FactTest(fact, _, value):
            return {fact, value.fact} if isinstance(value, FactValue) else {fact}
        case PassedTest(moment):
            return {a.name for a in anchors(moment) if a.kind is AnchorKind.FACT}
    return set()


def circles(after: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The circles in a graph, each once; by depth first search without recursion."""
    state: dict[str, int] = {}
    found: list[list[str]] = []
    for start in after:
        if start in state:
            continue
        trail = [start]
        waiting = [iter(after[start])]
        state[start] = 1
        while trail:
            following = next(waiting[-1], None)
            if following is None:
                state[trail.pop()] = 2
                waiting.pop()
            elif state.get(following) == 1:
                found.append(trail[trail.index(following) :])
            elif following in after and following not in state:
                state[following] = 1
                trail.append(following)
                waiting.append(iter(after[following]))
    return found


def _one_baseline(method: Methodology, faults: Faults) -> None:
    for facet, after in (
        ("replaces", {a.id: [a.replaces] if a.replaces else [] for a in method.artefacts.values()}),
        ("from", {a.id: list(a.rests_on) for a in method.artefacts.values()}),
    ):
        for names in circles(after):
            message = f"These artefacts go round in a circle: {circle(names)}."
            faults.error(f"cyclic-{facet}", message, ("artefacts", names[0], facet))


def _advice_goes_round(method: Methodology, faults: Faults) -> None:
    for gate in method.gates.values():
        after = {key: [v.after] if v.after else [] for key, v in gate.advises.items()}
        for names in circles(after):
            message = f"These advise after each other in a circle: {circle(names)}."
            faults.error("cyclic-advice", message, ("gates", gate.id, "advises", names[0]))


def _chains_go_round(method: Methodology, faults: Faults) -> None:
    for path, needs in _maps_of_needs(method):
        after = {key: [chain] if (chain := _opened_by(need)) else [] for key, need in needs.items()}
        for names in circles(after):
            message = f"These needs open after each other and never begin: {circle(names)}."
            faults.error("cyclic-chain", message, (*path, names[0], "opens"))


def _opened_by(need: Need) -> str:
    """The sibling that a need opens with or after, if any."""
    refs = [need.opens.need] if need.opens else []
    for at in need.opens.at.values() if need.opens else ():
        refs += [anchor.need for anchor in anchors(at)]
    return next((ref.key for ref in refs if ref is not None and ref.place is None), "")


def _maps_of_needs(method: Methodology) -> Iterable[tuple[Path, Mapping[str, Need]]]:
    for phase in method.phases.values():
        yield ("phases", phase.id, "needs"), phase.needs
    for role in method.roles.values():
        yield ("roles", role.id, "needs"), role.needs
    for gate in method.gates.values():
        yield ("gates", gate.id, "needs"), gate.needs
        for outcome in gate.outcomes.values():
            yield ("gates", gate.id, "outcomes", outcome.id, "needs"), outcome.needs


# ---------------------------------------------------------------- phases and outcomes


def _ways_out(method: Methodology, faults: Faults) -> None:
    """In every phase of the main track some gate offers an outcome that is not passing."""
    leaving = {
        phase
        for gate in method.gates.values()
        if any(not outcome.passing for outcome in gate.outcomes.values())
        for phase in gate.phases
    }
    for phase in method.phases.values():
        if phase.id in leaving or phase.done is not None:
            continue
        message = "Every gate of this phase can only be passed: there is no way to stop or go back."
        hint = "Give a gate an outcome with `end: stopped`, `again`, `turn` or `hold`."
        tell = faults.error if _is_main(phase, method) else faults.warning
        tell("no-way-out", message, ("phases", phase.id), hint=hint)


def _is_main(phase: Phase, method: Methodology) -> bool:
    root = method.phases.get(phase.track)
    return root is not None and root.main


def _turns_ahead(gate: Gate, lines: Tracks, faults: Faults) -> None:
    for outcome in gate.outcomes.values():
        if outcome.effect != "turn" or outcome.basis is not None:
            continue
        for phase in outcome.targets:
            if _is_ahead(phase, gate.phases, lines):
                path = ("gates", gate.id, "outcomes", outcome.id)
                message = f"The turn to {phase} leads round the gates before it."
                hint = "Say in `basis` why that may be."
                faults.warning("turn-ahead", message, path, hint=hint)


def _is_ahead(target: str, phases: tuple[str, ...], lines: Tracks) -> bool:
    return any(target != phase and phase not in lines.ahead(target) for phase in phases)


def _one_opening(gate: Gate, faults: Faults) -> None:
    if not gate.outcomes:
        message = "A gate has at least one outcome."
        faults.error("missing-key", message, ("gates", gate.id, "outcomes"))
    if not gate.phases and not gate.anywhere:
        message = "A gate is decided in at least one phase."
        faults.error("missing-key", message, ("gates", gate.id, "in"))


def _scored(gate: Gate, faults: Faults) -> None:
    if (
        gate.round
        and gate.round.ranks == "score"
        and not any(c.weight for c in gate.criteria.values())
    ):
        message = "A round that ranks by score needs criteria with a `weight`."
        faults.error("never-known", message, ("gates", gate.id, "round", "ranks"))


# ---------------------------------------------------------------- needs


def _equal_needs(gate: Gate, raw: Mapping[str, Any], faults: Faults) -> None:
    """The same key under several outcomes is the same need."""
    first: dict[str, tuple[str, Any]] = {}
    for name, outcome in raw.get("outcomes", {}).items():
        for key, need in outcome.get("needs", {}).items():
            other, known = first.setdefault(key, (name, need))
            if known != need:
                path = ("gates", gate.id, "outcomes", name, "needs", key)
                message = f"This is not the need `{key}` of the outcome {other}."
                hint = "Equal keys under several outcomes are equal needs: write both alike."
                faults.error("unequal-need", message, path, hint=hint)


def _meetings(gate: Gate, method: Methodology, faults: Faults) -> None:
    path: Path = ("gates", gate.id)
    if _uses(gate.decides.due, AnchorKind.MEETING) and not sure_session(gate, method):
        message = "No session takes this gate up, so `meeting` is this very date."
        hint = "Reckon it from `ready` or `entry`, or name a `meeting of` a body."
        faults.error("never-known", message, (*path, "decides", "due"), hint=hint)
        return
    for due, where in _soft_dues(gate):
        _due_by_meeting(due, gate, method, (*path, *where), faults)


def _soft_dues(gate: Gate) -> Iterable[tuple[Moment | None, Path]]:
    yield gate.due, ("due",)
    for key, need in gate.needs.items():
        if need.due is not gate.due:
            yield need.due, ("needs", key, "due")
        for facet_moments in need.opens.at.values() if need.opens else ():
            yield facet_moments, ("needs", key, "opens")
    for key, voice in gate.advises.items():
        yield voice.due, ("advises", key, "due")


def _due_by_meeting(
    due: Moment | None, gate: Gate, method: Methodology, path: Path, faults: Faults
) -> None:
    """Without a session, `meeting` is the due date of the decision, which may rest on `ready`."""
    if not _uses(due, AnchorKind.MEETING) or sure_session(gate, method):
        return
    if gate.decides.due is None:
        message = f"No session takes {gate.id} up, so `meeting` is never known."
        hint = "Reckon from something else, or give `decides` a `due`."
        faults.error("never-known", message, path, hint=hint)
    elif _uses(gate.decides.due, AnchorKind.READY) and "advises" not in path:
        message = (
            "This waits for itself: `meeting` is the due of the decision, which rests on `ready`."
        )
        hint = "Reckon it from `entry`, or give `decides` a `due` that does not rest on `ready`."
        faults.error("rests-on-ready", message, path, hint=hint)


def sure_session(gate: Gate, method: Methodology) -> bool:
    """Whether a body takes the gate up whatever the facts are."""
    if _all_bodies(gate.decides, method):
        return True
    if gate.rates is not None and gate.rates.when is None and _all_bodies(gate.rates, method):
        return True
    return any(v.when is None and _all_bodies(v, method) for v in gate.advises.values())


def _all_bodies(voice: Voice, method: Methodology) -> bool:
    """Every alternative names a body that has sessions."""
    whos: list[Who | None] = [voice.by]
    if isinstance(voice.by, Choose):
        whos = [*(way.use for way in voice.by.alternatives), voice.by.otherwise]
    return all(
        any(_meets(role.role, method) for role in roles_in(who)) for who in whos if who is not None
    )


def _meets(role: str, method: Methodology) -> bool:
    return role in method.roles and method.roles[role].meets is not None


def _uses(moment: Moment | None, kind: AnchorKind) -> bool:
    return moment is not None and any(anchor.kind is kind for anchor in anchors(moment))


def anchors(moment: Moment) -> Iterable[Anchor]:
    """Every anchor a moment rests on."""
    match moment:
        case At(anchor) | Every(_, anchor):
            yield anchor
        case Earliest(of) | Latest(of):
            for inner in of:
                yield from anchors(inner)
        case Choose():
            for use in [*(way.use for way in moment.alternatives), moment.otherwise]:
                if use is not None:
                    yield from anchors(use)


def _role_needs(role: Role, method: Methodology, faults: Faults) -> None:
    gates = [
        g for g in method.gates.values() if role.id in {r.role for r in roles_in(g.decides.by)}
    ]
    if role.needs and not gates:
        message = f"{role.id} decides no gate, so these needs never arise."
        faults.warning("never-arises", message, ("roles", role.id, "needs"))
    for key, need in role.needs.items():
        path = ("roles", role.id, "needs", key, "due")
        if not need.blocks or need.opens is not None:
            continue
        if _uses(need.due, AnchorKind.READY):
            message = "This waits for itself: `ready` comes when this need is done."
            faults.error(
                "rests-on-ready", message, path, hint="Reckon it from `entry` or `meeting`."
            )
        for gate in gates:
            _due_by_meeting(need.due, gate, method, path, faults)


def _quorums(method: Methodology, raw: Mapping[str, Any], faults: Faults) -> None:
    """A role counts as filled with fewer people than a voice of it takes."""
    for path, name, quorum in quorums(raw):
        role = method.roles.get(name)
        if role is None or quorum.kind is not QuorumKind.COUNT or quorum.n <= role.seats_at_least:
            continue
        seats = role.seats_at_least
        message = f"{quorum.n} of {name} are asked here, and with {seats} the role is filled."
        hint = f"Write `seats: {{at_least: {quorum.n}}}` on the role."
        if role.seats_at_most is not None and quorum.n > role.seats_at_most:
            message = f"{quorum.n} of {name} are asked here, and it has {role.seats_at_most} seats."
            hint = "Ask fewer, or give the role more seats."
        faults.warning("quorum-beyond-seats", message, (*path, "quorum"), hint=hint)


# ---------------------------------------------------------------- what ought to be there


def _answers(method: Methodology, faults: Faults) -> None:
    for fact in method.facts.values():
        asked = fact.value is None and fact.rule is None and fact.chosen is None
        if asked and not fact.question and not fact.title:
            message = f"{fact.id} is to be answered, but asks nothing."
            faults.warning("no-question", message, ("facts", fact.id), hint="Add a `question`.")


def _templates(method: Methodology, faults: Faults) -> None:
    for artefact in method.artefacts.values():
        if not artefact.template:
            message = f"{artefact.id} has no document template."
            faults.warning(
                "no-template", message, ("artefacts", artefact.id), hint="Add `template`."
            )
