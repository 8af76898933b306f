"""Decide how the ways between the phases of a method are told: as a table, as Mermaid or as
Graphviz text; and how its things are named in a few words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from innocities_engine import wording
from innocities_engine.domain import grammar as g
from innocities_engine.domain import machine, mentions
from innocities_engine.domain.definition import (
    Effect,
    Element,
    Gate,
    Methodology,
    Outcome,
    Phase,
)


@dataclass(frozen=True, slots=True)
class Way:
    """One way a project can go: from a phase, by an outcome of a gate, to a phase or an end."""

    source: str
    source_title: str
    gate: str
    outcome: str
    target: str
    target_title: str
    kind: str

    @property
    def label(self) -> str:
        return f"{self.gate} {self.outcome}"

    def plain(self) -> dict[str, str]:
        return asdict(self)


def text(method: Methodology, texts: Mapping[str, str], language: str) -> str:
    """In this language, else in the method's first."""
    wanted = (language, *method.languages)
    return next((texts[each] for each in wanted if texts.get(each)), "")


def title(method: Methodology, element: Element, language: str) -> str:
    return text(method, element.title, language) or element.id


# ---------------------------------------------------------------- in a few words


def who(method: Methodology, asked: g.Who, language: str) -> str:
    """Who it is, and how many of them where it takes more than one, in a few words."""
    match asked:
        case g.RoleWho(role=role, quorum=quorum):
            named = title(method, method.roles[role], language)
            return f"{named} ({_quorum(quorum, language)})" if quorum != g.Quorum() else named
        case g.EachWho(of):
            return " + ".join(who(method, part, language) for part in of)
        case g.AnyWho(of):
            return " / ".join(who(method, part, language) for part in of)
    ways = [*(a.use for a in asked.alternatives), asked.otherwise]
    return " / ".join(who(method, way, language) for way in ways if way is not None)


def _quorum(quorum: g.Quorum, language: str) -> str:
    return wording.say(language, f"quorum.{quorum.kind.value}", n=quorum.n)


def leads(method: Methodology, outcome: Outcome, language: str) -> str:
    if outcome.end:
        return _end(outcome.end, language)
    named = machine.targets(outcome)
    return " / ".join(title(method, method.phases[p], language) for p in named) or (
        wording.say(language, f"leads.{outcome.effect.value}")
    )


# ---------------------------------------------------------------- ways


def ways(method: Methodology, language: str) -> list[Way]:
    """Every way there is between phases, in the order of the phases."""
    found = [way for gate in method.gates.values() for way in _ways(method, gate, language)]
    order = list(method.phases)
    return sorted(found, key=lambda way: order.index(way.source))


def _ways(method: Methodology, gate: Gate, language: str) -> Iterator[Way]:
    for phase in gate.phases:
        for outcome in gate.outcomes.values():
            for target in _targets(outcome, phase):
                known = method.phases.get(target)
                yield Way(
                    phase,
                    title(method, method.phases[phase], language),
                    gate.id,
                    outcome.id,
                    target,
                    title(method, known, language) if known else _end(target, language),
                    outcome.effect.value,
                )


def _end(target: str, language: str) -> str:
    return wording.say(language, f"status.{target}")


def _targets(outcome: Outcome, phase: str) -> Sequence[str]:
    if outcome.end:
        return (outcome.end,)
    if outcome.effect in (Effect.AGAIN, Effect.HOLD, Effect.STAY):
        return (phase,)
    return machine.targets(outcome)


def mermaid(method: Methodology, found: Sequence[Way], language: str) -> Iterator[str]:
    """A state diagram, for pages that draw Mermaid."""
    yield "stateDiagram-v2"
    for phase in method.phases.values():
        yield f'  state "{_quoted(title(method, phase, language))}" as {_id(phase.id)}'
    for root in method.roots:
        yield from _beginnings(method, method.phases[root])
    for way in found:
        target = _id(way.target) if way.target in method.phases else "[*]"
        yield f"  {_id(way.source)} --> {target}: {way.gate} {way.outcome}"


def _beginnings(method: Methodology, root: Phase) -> Iterator[str]:
    """A track begins with the project, or where the gates that its rule names are decided."""
    if root.at_start or root.id == method.main_root:
        yield f"  [*] --> {_id(root.id)}"
    when = root.opens.when if root.opens else None
    for test in mentions.tests(method, when):
        if isinstance(test, g.GateTest):
            for phase in method.gates[test.gate].phases:
                outcomes = ", ".join(test.outcomes)
                label = f"{test.gate} {outcomes}".strip()
                yield f"  {_id(phase)} --> {_id(root.id)}: {label}"


def dot(method: Methodology, found: Sequence[Way], language: str) -> Iterator[str]:
    """A directed graph, for Graphviz."""
    yield "digraph method {"
    yield "  rankdir=LR; node [shape=box, style=rounded];"
    for phase in method.phases.values():
        yield f'  {_id(phase.id)} [label="{_quoted(title(method, phase, language))}"];'
    for end in ("completed", "stopped"):
        yield f'  end_{end} [label="{_end(end, language)}", shape=oval];'
    for way in found:
        target = _id(way.target) if way.target in method.phases else f"end_{way.target}"
        yield f'  {_id(way.source)} -> {target} [label="{way.gate} {way.outcome}"];'
    yield "}"


def _id(phase: str) -> str:
    return f"p_{phase.replace('-', '_')}"


def _quoted(said: str) -> str:
    return said.replace("\\", "/").replace('"', "'")
