"""Other versions of a method: the same but for its number, with everything called otherwise, or
changed at random wherever that leaves a method one can use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any, TypeAlias, cast

from innocities_engine import library
from innocities_engine.domain.definition import Methodology
from innocities_engine.language.authored import METHODOLOGY
from innocities_engine.language.conform import conform
from innocities_engine.language.faults import Faults
from innocities_engine.language.nodes import Node, node_of, plain
from innocities_engine.language.references import renamed

Plain: TypeAlias = dict[str, Any]
SECTIONS = ("roles", "facts", "artefacts", "phases", "gates")
INSIDE = ("outcomes", "criteria", "advises")


def versioned(raw: Plain, version: str) -> Methodology:
    found, faults = library.check_resolved({**raw, "version": version})
    assert found is not None, faults
    return found


def otherwise_called(raw: Plain, ending: str) -> Plain:
    """Everything has another id, and says what it was."""
    tree = node_of(raw)
    for path in list(_named(raw)):
        here = _renamed_path(tree, path, ending)
        tree = renamed(tree, here, path[-1] + ending) or tree
    return cast("Plain", plain(tree))


def called_as_before(raw: Plain, ending: str) -> Plain:
    """What `otherwise_called` has made, with the old ids again."""
    tree = node_of(raw)
    for path in list(_named(raw)):
        if path[-1].endswith(ending):
            here = tuple(step.removesuffix(ending) for step in path[:-1])
            here = here if _find(tree, here) else path[:-1]
            tree = renamed(tree, (*here, path[-1]), path[-1].removesuffix(ending)) or tree
    return cast("Plain", plain(tree))


def renamed_in(raw: Plain, path: tuple[str, ...], to: str) -> Plain:
    """One thing has another id, and says what it was."""
    tree = renamed(node_of(raw), path, to)
    assert tree is not None
    return cast("Plain", conform(tree, METHODOLOGY, Faults()))


def merged(raw: Plain, phase: str, into: str) -> Plain:
    """A phase is gone, and what stood in it stands in another."""
    found = deepcopy(raw)
    needs = found["phases"].pop(phase).get("needs", {})
    found["phases"][into].setdefault("needs", {}).update(needs)

    def called(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: called(each) for key, each in value.items()}
        if isinstance(value, list):
            return list(dict.fromkeys(map(called, value))) if _are_ids(value) else value
        if not isinstance(value, str):
            return value
        text = re.sub(rf"\bafter {phase}\b", f"after {into}", value)
        return into if value == phase else re.sub(rf"\b{phase}/", f"{into}/", text)

    return cast("Plain", called(found))


def _are_ids(value: list[Any]) -> bool:
    return all(isinstance(each, str) for each in value)


def _named(raw: Plain) -> Iterator[tuple[str, ...]]:
    for section in SECTIONS:
        for name in raw.get(section, {}):
            yield section, name
    for gate, told in raw["gates"].items():
        for inside in INSIDE:
            for name in told.get(inside, {}):
                yield "gates", gate, inside, name


def _find(tree: Node, path: tuple[str, ...]) -> bool:
    node: Node | None = tree
    for step in path:
        node = node.get(step) if node else None
    return node is not None


def _renamed_path(tree: Node, path: tuple[str, ...], ending: str) -> tuple[str, ...]:
    """Where a thing stands now that what is around it is called otherwise."""
    if len(path) == 2 or _find(tree, path):
        return path
    return (path[0], path[1] + ending, *path[2:])


# ---------------------------------------------------------------- changed at random


def changed(raw: Plain, chance: Random, version: str) -> Methodology:
    """Another version with a few things taken away, added or set otherwise, as far as that can be
    used.
    """
    found = raw
    wanted = chance.randint(1, 4)
    for _ in range(60):
        trial = deepcopy(found)
        chance.choice(_WAYS)(trial, chance)
        if trial != found and library.check_resolved({**trial, "version": version})[0] is not None:
            found, wanted = trial, wanted - 1
        if not wanted:
            break
    return versioned(found, version)


def _places(raw: Plain) -> list[Plain]:
    gates = list(raw["gates"].values())
    outcomes = [outcome for gate in gates for outcome in gate["outcomes"].values()]
    return [*gates, *outcomes, *raw["phases"].values(), *raw["roles"].values()]


def _forget(holder: Plain, key: str, chance: Random, least: int = 0) -> None:
    held = holder.get(key)
    if isinstance(held, dict) and len(held) > least:
        held.pop(chance.choice(list(held)))


def _need_away(raw: Plain, chance: Random) -> None:
    _forget(chance.choice(_places(raw)), "needs", chance)


def _need_asked(raw: Plain, chance: Random) -> None:
    place = chance.choice([*raw["gates"].values(), *raw["phases"].values()])
    need = {"do": {raw["languages"][0]: "More"}, "due": "3 weeks after entry"}
    place.setdefault("needs", {})["more"] = need


def _other_day(raw: Plain, chance: Random) -> None:
    due = f"{chance.randint(1, 90)} days after {chance.choice(['entry', 'start'])}"
    needs = [need for place in _places(raw) for need in place.get("needs", {}).values()]
    dated = [need for need in needs if isinstance(need, dict) and "due" in need]
    if dated:
        chance.choice(dated)["due"] = due


def _inside_away(raw: Plain, chance: Random) -> None:
    gate = chance.choice(list(raw["gates"].values()))
    _forget(gate, chance.choice(["criteria", "advises"]), chance)
    _forget(gate, "outcomes", chance, 1)


def _other_scale(raw: Plain, chance: Random) -> None:
    gate = chance.choice(list(raw["gates"].values()))
    for criterion in gate.get("criteria", {}).values():
        criterion["scale"] = ["good", "bad"]
        criterion["must"] = "good"


def _gate_away(raw: Plain, chance: Random) -> None:
    _forget(raw, "gates", chance, 1)


def _other_id(raw: Plain, chance: Random) -> None:
    path = chance.choice(list(_named(raw)))
    tree = renamed(node_of(raw), path, path[-1] + "_y")
    if tree is not None:
        raw.clear()
        raw.update(cast("Plain", plain(tree)))


def _forgotten_id(raw: Plain, chance: Random) -> None:
    """Called otherwise, and nobody says what it was: it is another thing."""
    path = chance.choice([p for p in _named(raw) if len(p) == 2])
    tree = renamed(node_of(raw), path, path[-1] + "_z")
    if tree is not None:
        there = cast("Plain", plain(tree))
        there[path[0]][path[-1] + "_z"].pop("was", None)
        raw.clear()
        raw.update(there)


def _each_or_once(raw: Plain, chance: Random) -> None:
    """What was asked of a role is asked of each member, or the other way round."""
    needs = [need for role in raw["roles"].values() for need in role.get("needs", {}).values()]
    asked = [need for need in needs if isinstance(need, dict)]
    if asked:
        need = chance.choice(asked)
        if need.pop("each", None) is None:
            need["each"] = "member"


def _other_rung(raw: Plain, chance: Random) -> None:
    """A rung of a ladder comes on other days, or has another name."""
    rungs = [
        (ladder, name)
        for ladder in raw.get("ladders", {}).values()
        for name, rung in ladder.items()
        if isinstance(rung, dict) and "at" in rung
    ]
    if not rungs:
        return
    ladder, name = chance.choice(rungs)
    if chance.random() < 0.5:
        ladder[f"{name}_y"] = ladder.pop(name)
    else:
        ladder[name]["at"] = chance.choice(["2 days before due", "every 1 week after due"])


_WAYS = (
    _need_away, _need_asked, _other_day, _inside_away, _other_scale, _gate_away, _other_id,
    _forgotten_id, _each_or_once, _other_rung,
)  # fmt: skip
