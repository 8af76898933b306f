"""What goes round in a circle in a method: rules, artefacts, advice and needs that wait for
themselves. Decides what rests on what, as far as the text alone tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from innocities_engine.domain.definition import Fact, Methodology, Need
from innocities_engine.domain.grammar import (
    AllOf,
    AnchorKind,
    AnyOf,
    AtLeastOf,
    FactTest,
    FactValue,
    NoneOf,
    PassedTest,
    Predicate,
)
from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import Faults, Path, circle
from innocities_engine.language.moments import anchors


def going_round(method: Methodology, faults: Faults) -> None:
    """Tell every circle of these kinds, each once."""
    _rules_go_round(method.facts, faults)
    _one_baseline(method, faults)
    _advice_goes_round(method, faults)
    _chains_go_round(method, faults)


def _rules_go_round(facts: Mapping[str, Fact], faults: Faults) -> None:
    after = {name: sorted(_facts_of(fact)) for name, fact in facts.items()}
    for names in _circles(after):
        message = Worded(
            "These rules rest on each other in a circle: {circle}.", circle=circle(names)
        )
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


def _circles(after: Mapping[str, Iterable[str]]) -> list[list[str]]:
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
        for names in _circles(after):
            message = Worded(
                "These artefacts go round in a circle: {circle}.", circle=circle(names)
            )
            faults.error(f"cyclic-{facet}", message, ("artefacts", names[0], facet))


def _advice_goes_round(method: Methodology, faults: Faults) -> None:
    for gate in method.gates.values():
        after = {key: [v.after] if v.after else [] for key, v in gate.advises.items()}
        for names in _circles(after):
            message = Worded(
                "These advise after each other in a circle: {circle}.", circle=circle(names)
            )
            faults.error("cyclic-advice", message, ("gates", gate.id, "advises", names[0]))


def _chains_go_round(method: Methodology, faults: Faults) -> None:
    for path, needs in _maps_of_needs(method):
        after = {key: [chain] if (chain := _opened_by(need)) else [] for key, need in needs.items()}
        for names in _circles(after):
            message = Worded(
                "These needs open after each other and never begin: {circle}.", circle=circle(names)
            )
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
