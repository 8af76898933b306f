"""How the things of one version of a method are called in another: by the same id, or by the id
whose `was` names the old one. What has no place in the other version has no name there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, Final, TypeVar

from innocities_engine.domain.definition import Element, Methodology, Need, NeedKind
from innocities_engine.domain.durations import Duration
from innocities_engine.domain.project import NeedInstance

E = TypeVar("E", bound=Element)
Ids = Mapping[str, str]

# What people read and no rule looks at.
TEXTS: Final = frozenset({"title", "help", "basis", "was", "do", "question", "template", "keep"})


@dataclass(frozen=True)
class Names:
    """The new id by the old one, kind by kind. `needs`: by reference and outcome."""

    phases: Ids
    gates: Ids
    artefacts: Ids
    facts: Ids
    roles: Ids
    outcomes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    criteria: Mapping[tuple[str, str], str] = field(default_factory=dict)
    advises: Mapping[tuple[str, str], str] = field(default_factory=dict)
    needs: Mapping[tuple[str, str], Need] = field(default_factory=dict)

    @cached_property
    def ids(self) -> Ids:
        """Of whatever kind, all together."""
        needs = {ref.rpartition("/")[2]: need.id for (ref, _), need in self.needs.items()}
        inside = {
            old: new
            for each in (self.outcomes, self.criteria, self.advises)
            for (_, old), new in each.items()
        }
        return {
            **needs, **inside, **self.roles, **self.facts, **self.artefacts, **self.phases,
            **self.gates,
        }  # fmt: skip

    # ------------------------------------------------------------ keys

    def passage(self, key: str) -> str | None:
        """The key of an instance of a gate."""
        gate, _, n = key.partition("#")
        new = self.gates.get(gate)
        return f"{new}#{n}" if new is not None else None

    def origin(self, key: str) -> str | None:
        """The key of an instance of a gate, or of an entry to a phase."""
        place, _, n = key.partition("#")
        new = self.gates.get(place) or self.phases.get(place)
        return f"{new}#{n}" if new is not None else None

    def need(self, instance: NeedInstance) -> str | None:
        """The key of a need, or None where it is asked for no more."""
        definition = self.needs.get((instance.ref, instance.outcome))
        origin = self.origin(instance.origin)
        if definition is None or origin is None:
            return None
        head, _, rest = instance.key.partition("#")
        place = head.rpartition("/")[0]
        owner = definition.owner_id
        if "." in place:  # of a role, at a gate
            owner = f"{origin.partition('#')[0]}.{owner}"
        return f"{owner}/{definition.id}#{rest}"

    def obligation(self, key: str, needs: Ids) -> str | None:
        """The key of a need, by the keys of `needs`, or of a voice at a gate."""
        kind, colon, subject = key.partition(":")
        if not colon:
            return needs.get(key)
        passage, slash, item = subject.partition("/")
        there = self.passage(passage)
        named = self.advises.get((passage.partition("#")[0], item)) if slash else item
        return f"{kind}:{there}{slash}{named}" if there and named is not None else None

    def known(self, ids: Ids, mapping: Mapping[str, Any]) -> dict[str, Any]:
        """What a mapping holds of things that have a name, by that name."""
        return {ids[key]: value for key, value in mapping.items() if key in ids}


def names(old: Methodology, new: Methodology, phases: Ids) -> Names:
    """Find what each thing is called; `phases`: what was chosen for those that are gone."""
    found = Names(
        phases={**_ids(old.phases, new.phases), **phases},
        gates=_ids(old.gates, new.gates),
        artefacts=_ids(old.artefacts, new.artefacts),
        facts=_ids(old.facts, new.facts),
        roles=_ids(old.roles, new.roles),
    )
    outcomes: dict[tuple[str, str], str] = {}
    criteria: dict[tuple[str, str], str] = {}
    advises: dict[tuple[str, str], str] = {}
    for gate, there in found.gates.items():
        before, after = old.gates[gate], new.gates[there]
        outcomes |= _inside(gate, _ids(before.outcomes, after.outcomes))
        criteria |= _inside(gate, _ids(before.criteria, after.criteria))
        advises |= _inside(gate, _ids(before.advises, after.advises))
    found = replace(found, outcomes=outcomes, criteria=criteria, advises=advises)
    return replace(found, needs=_needs(old, new, found))


def _ids(old: Mapping[str, E], new: Mapping[str, E]) -> dict[str, str]:
    kept = {key: key for key in old if key in new}
    for key, element in new.items():
        was = next((each for each in element.was if each in old and each not in kept), None)
        if was is not None and key not in old:
            kept[was] = key
    return kept


def namesakes(old: Methodology, new: Methodology, found: Names) -> Iterator[tuple[str, str]]:
    """The ids that another thing has now, each with what that one was called: the new version says
    so, and the older one has both.
    """
    for before, after in _beside_each_other(old, new, found):
        for key, element in after.items():
            was = (each for each in element.was if each in before and each not in after)
            if key in before and key not in element.was and (other := next(was, None)):
                yield key, other


def _beside_each_other(
    old: Methodology, new: Methodology, found: Names
) -> Iterator[tuple[Mapping[str, Element], Mapping[str, Element]]]:
    for kind in ("phases", "gates", "artefacts", "facts", "roles"):
        yield getattr(old, kind), getattr(new, kind)
    for gate, there in found.gates.items():
        for kind in ("outcomes", "criteria", "advises", "needs"):
            yield getattr(old.gates[gate], kind), getattr(new.gates[there], kind)
    for phase, there in found.phases.items():
        if phase in old.phases:
            yield old.phases[phase].needs, new.phases[there].needs
    for role, there in found.roles.items():
        yield old.roles[role].needs, new.roles[there].needs


def _inside(gate: str, ids: Ids) -> dict[tuple[str, str], str]:
    return {(gate, old): there for old, there in ids.items()}


def _needs(old: Methodology, new: Methodology, found: Names) -> dict[tuple[str, str], Need]:
    """A need lives on where it stands in the same place and asks for the same thing."""
    places: list[tuple[str, Mapping[str, Need], Mapping[str, Need]]] = []
    for ids, before, after in (
        (found.phases, old.phases, new.phases),
        (found.gates, old.gates, new.gates),
        (found.roles, old.roles, new.roles),
    ):
        places += [("", before[k].needs, after[v].needs) for k, v in ids.items() if k in before]
    for (gate, outcome), there in found.outcomes.items():
        asked = new.gates[found.gates[gate]].outcomes[there].needs
        places.append((outcome, old.gates[gate].outcomes[outcome].needs, asked))
    return {
        (before[key].ref, outcome): after[there]
        for outcome, before, after in places
        for key, there in {**_by_thing(before, after, found), **_ids(before, after)}.items()
        if _is_the_same(before[key], after[there], found)
    }


def _by_thing(before: Mapping[str, Need], after: Mapping[str, Need], found: Names) -> Ids:
    """A need that goes by the name of the thing it asks for is called otherwise with it."""
    return {
        key: there
        for key, need in before.items()
        if key == need.of and key not in after
        and (there := _thing(need, found)) in after and there not in before
    }  # fmt: skip


def _is_the_same(before: Need, after: Need, found: Names) -> bool:
    return before.kind is after.kind and _thing(before, found) == after.of


def _thing(need: Need, found: Names) -> str:
    """What a need asks for, as the other version calls it."""
    match need.kind:
        case NeedKind.ARTEFACT:
            return found.artefacts.get(need.of, "")
        case NeedKind.FACT:
            return found.facts.get(need.of, "")
        case NeedKind.ROLE:
            return found.roles.get(need.of, "")
        case NeedKind.GATE:
            return found.gates.get(need.of, "")
    return need.of


# ---------------------------------------------------------------- what a rule looks at


def ruled_alike(before: Any, after: Any, ids: Ids | None = None) -> bool:
    """Whether two elements say the same but for their texts; `ids`: how things are called now."""
    return bool(_bare(before, ids or {}) == _bare(after, {}))


def asks_alike(before: Need, after: Need, found: Names) -> bool:
    """Whether a need asks the same, whatever it and all it names are called."""
    of_place = replace(before, id=after.id, owner_id=after.owner_id, of=after.of)
    return ruled_alike(of_place, after, found.ids)


def durations_in(value: Any) -> list[Duration]:
    """The lengths of time that a rule speaks of, in the order in which it does."""
    if isinstance(value, Duration):
        return [value]
    return [found for part in _parts(value) for found in durations_in(part)]


def _parts(value: Any) -> list[Any]:
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, f.name) for f in fields(value) if f.name not in TEXTS]
    if isinstance(value, Mapping):
        return [*value, *value.values()]
    return list(value) if isinstance(value, tuple | frozenset) else []


def _bare(value: Any, ids: Ids) -> Any:
    if isinstance(value, str):
        return ids.get(value, value)
    if parts := _parts(value):
        return (type(value), *(_bare(part, ids) for part in parts))
    return value
