"""The definition as the oracle reads it: plain nested dicts, asked in the words of the language.

Knows the defaults that follow from the place where a word stands, and what leads where. Accepts
scalars as authored text or as native values. Judges nothing about a project.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from .calendar import quiet_period
from .model import Spec

ANY = "any"


def flag(value: Any, default: bool = False) -> bool:
    return default if value is None else str(value).lower() == "true"


def listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def mapped(value: Any) -> dict[str, Spec]:
    """A map of elements; an element without facets may be written as nothing."""
    return {str(key): spec or {} for key, spec in (value or {}).items()}


def chosen_values(value: Any) -> list[Any]:
    """Every value that a facet can take: itself, its list, or the uses of its `choose`."""
    if isinstance(value, dict) and "choose" in value:
        alternatives = mapped(value["choose"]).values()
        return [v for a in alternatives for v in chosen_values(a.get("use"))]
    return listed(value)


def rungs(ladder: Spec) -> dict[str, Spec]:
    """The rungs of a ladder, beside which titles and provenance may stand."""
    return {k: v for k, v in ladder.items() if isinstance(v, dict) and "at" in v}


class Method:
    """One resolved definition."""

    def __init__(self, definition: Spec) -> None:
        self.raw = definition
        self.roles = mapped(definition.get("roles"))
        self.facts = mapped(definition.get("facts"))
        self.artefacts = mapped(definition.get("artefacts"))
        self.phases = mapped(definition.get("phases"))
        self.gates = mapped(definition.get("gates"))
        self.ladders = {k: rungs(v) for k, v in mapped(definition.get("ladders")).items()}

    # Tracks

    @cached_property
    def roots(self) -> list[str]:
        return [p for p, spec in self.phases.items() if spec.get("opens") is not None]

    @cached_property
    def main(self) -> str:
        marked = [p for p in self.roots if flag(self.phases[p].get("main"))]
        at_start = [p for p in self.roots if self.phases[p]["opens"] == "start"]
        return (marked or at_start or self.roots)[0]

    @cached_property
    def tracks(self) -> dict[str, list[str]]:
        """The phases of each track, by its root."""
        return {root: self._reached(root) for root in self.roots}

    def _reached(self, root: str) -> list[str]:
        found = [root]
        for phase in found:
            for gate in self.gates:
                if phase in listed(self.gates[gate].get("in")):
                    found += [t for t in self.targets(gate) if t not in found]
        main = root == self.main
        if main:
            roving = [
                t for g, s in self.gates.items() if s.get("in") == ANY for t in self.targets(g)
            ]
            found += [t for t in dict.fromkeys(roving) if t not in found]
        return found

    def track_of_phase(self, phase: str) -> str:
        """The track of a phase; one that nothing leads to is counted to the main track."""
        found = (root for root, phases in self.tracks.items() if phase in phases)
        return next(found, self.main)

    def track_of_gate(self, gate: str) -> str:
        return self.track_of_phase(self.phases_of(gate)[0])

    def phases_of(self, gate: str) -> list[str]:
        """The phases in which a gate can be decided."""
        where = self.gates[gate].get("in")
        return self.tracks[self.main] if where == ANY else listed(where)

    def targets(self, gate: str) -> list[str]:
        """Every phase that some outcome of the gate can enter."""
        return list(
            dict.fromkeys(
                t
                for o in self.outcomes(gate).values()
                for word in ("to", "turn")
                for t in chosen_values(o.get(word))
            )
        )

    def ahead(self, phase: str) -> set[str]:
        """The phase and every phase that `to` leads to from it."""
        found = [phase]
        for here in found:
            for gate in self.gates:
                if here in self.phases_of(gate):
                    for outcome in self.outcomes(gate).values():
                        found += [t for t in chosen_values(outcome.get("to")) if t not in found]
        return set(found)

    # Gates and outcomes

    def outcomes(self, gate: str) -> dict[str, Spec]:
        return mapped(self.gates[gate].get("outcomes"))

    def outcome(self, gate: str, outcome: str) -> Spec:
        return self.outcomes(gate)[outcome]

    def criteria(self, gate: str) -> dict[str, Spec]:
        return mapped(self.gates[gate].get("criteria"))

    def advises(self, gate: str) -> dict[str, Spec]:
        return mapped(self.gates[gate].get("advises"))

    def decides(self, gate: str) -> Spec:
        voice = self.gates[gate].get("decides")
        return voice if isinstance(voice, dict) and "by" in voice else {"by": voice}

    def moves_on(self, gate: str) -> bool:
        """Whether the gate is one that `blocks: next` holds."""
        return any("to" in o or o.get("end") == "completed" for o in self.outcomes(gate).values())

    def comes_again(self, gate: str) -> bool:
        opens = self.opens(gate)
        if "by" in opens or "when" in opens or isinstance(opens.get("at"), dict):
            return True
        return str(opens.get("at", "")).startswith("every ")

    def opens(self, gate: str) -> Spec:
        """The `opens` of a gate in its long form; empty where it opens on entry."""
        opens = self.gates[gate].get("opens")
        if opens in (None, "entry"):
            return {}
        if isinstance(opens, dict) and {"at", "when", "by"} & set(opens):
            return opens
        return {"at": opens}

    # Needs

    def kind(self, key: str, spec: Spec, gate: str | None = None) -> str:
        """What sort of thing a need asks for."""
        name = str(spec.get("of", key))
        kinds = {
            "artefact": self.artefacts,
            "fact": self.facts,
            "role": self.roles,
            "gate": self.gates,
        }
        for kind, ids in kinds.items():
            if name in ids and "do" not in spec and "written" not in spec:
                return kind
        if "written" in spec:
            return "written"
        if "done" in spec and "do" not in spec:
            return "wait"
        if gate is not None and name in self.criteria(gate) and "do" not in spec:
            return "criterion"
        return "act"

    def needs_of_gate(self, gate: str) -> dict[str, Spec]:
        return mapped(self.gates[gate].get("needs"))

    def needs_of_role(self, role: str) -> dict[str, Spec]:
        return mapped(self.roles.get(role, {}).get("needs"))

    def needs_of_phase(self, phase: str) -> dict[str, Spec]:
        return mapped(self.phases[phase].get("needs"))

    def needs_of_outcome(self, gate: str, outcome: str) -> dict[str, Spec]:
        return mapped(self.outcome(gate, outcome).get("needs"))

    def with_decision(self, key: str, siblings: dict[str, Spec]) -> bool:
        """Whether a need opens with a decision, directly or through a chain of its siblings."""
        opens = siblings[key].get("opens")
        if not isinstance(opens, str):
            return False
        anchor = opens.split()[-1]
        if anchor == "decision":
            return True
        return anchor in siblings and anchor != key and self.with_decision(anchor, siblings)

    def due_with_decision(self, key: str, spec: Spec) -> bool:
        """Whether an outcome's need must be carried by the decision itself."""
        default = "decision" if self.kind(key, spec) in ("fact", "role") else None
        return bool(spec.get("due", default) == "decision")

    def statuses_needed(self, artefact: str) -> Iterator[tuple[str, str]]:
        """Each gate with a need of this artefact, its own or an outcome's, and the status."""
        for gate in self.gates:
            for key, spec in self._all_needs(gate):
                if self.kind(key, spec) == "artefact" and spec.get("of", key) == artefact:
                    yield gate, str(spec.get("status", "submitted"))

    def looks_at(self, gate: str, artefact: str) -> bool:
        """Whether the gate needs the artefact, or a rule of it, named ones followed, tests it."""
        needed = any(
            self.kind(key, spec) == "artefact" and spec.get("of", key) == artefact
            for key, spec in self._all_needs(gate)
        )
        return needed or ("artefact", artefact) in self._tested(self.gates[gate])

    def _tested(self, raw: Any) -> set[tuple[str, str]]:
        if isinstance(raw, list):
            return {found for part in raw for found in self._tested(part)}
        if not isinstance(raw, dict):
            return set()
        found = {found for part in raw.values() for found in self._tested(part)}
        found |= {(k, str(raw[k])) for k in ("artefact", "fact") if isinstance(raw.get(k), str)}
        rules = [self.facts[f].get("value") for k, f in found if k == "fact" and f in self.facts]
        return found | {more for rule in rules for more in self._tested(rule)}

    def _all_needs(self, gate: str) -> Iterable[tuple[str, Spec]]:
        yield from self.needs_of_gate(gate).items()
        for outcome in self.outcomes(gate):
            yield from self.needs_of_outcome(gate, outcome).items()

    # Facts, artefacts, roles

    def forms_with(self, fact: str) -> list[str]:
        return self._forms.get(fact, [])

    @cached_property
    def _forms(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for artefact, spec in self.artefacts.items():
            for fact in listed(spec.get("form")):
                found.setdefault(str(fact), []).append(artefact)
        return found

    @cached_property
    def asked_by_needs(self) -> set[str]:
        """The facts that belong to instances of a need rather than to the project."""
        outcomes = [o for g in self.gates for o in self.outcomes(g).values()]
        owners = [*self.gates.values(), *self.roles.values(), *self.phases.values(), *outcomes]
        return {
            str(fact)
            for owner in owners
            for spec in mapped(owner.get("needs")).values()
            for fact in listed(spec.get("asks"))
        }

    def baseline_of(self, artefact: str) -> set[str]:
        """The artefacts that share one baseline with this one, joined by `replaces`."""
        group = {artefact}
        for _ in self.artefacts:
            for one, spec in self.artefacts.items():
                for other in listed(spec.get("replaces")):
                    if one in group or other in group:
                        group |= {one, other}
        return group

    @cached_property
    def leads(self) -> str | None:
        """The project manager role."""
        return next((r for r, spec in self.roles.items() if flag(spec.get("leads"))), None)

    def is_body(self, role: str) -> bool:
        return self.roles.get(role, {}).get("kind") == "body"

    @property
    def quiet(self) -> tuple[Any, ...]:
        calendar = self.raw.get("calendar") or {}
        return tuple(quiet_period(str(text)) for text in listed(calendar.get("quiet")))
