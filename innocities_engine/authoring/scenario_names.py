"""Whether the names of a scenario are names of anything: a role, a meeting calendar, a need, a
person. What is misspelt is told once, where it stands, before anything follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from innocities_engine.authoring.said import Untold, names, thing
from innocities_engine.authoring.stage import Stage
from innocities_engine.domain.agenda import calendar_of
from innocities_engine.domain.definition import Methodology, Need, Place
from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import Faults, Mark, listed
from innocities_engine.language.nodes import Node, plain

WHO: Final = ("by", "recorded_by", "present", "member")
MOST_NAMED: Final = 30


def head(root: Node, method: Methodology) -> None:
    """The roles and the meeting calendars of the head are those of the method."""
    for role, held in _map(root, "people"):
        _at(held, method.roles, role, Worded("role"))
    calendars = {calendar_of(r): r for r in method.roles.values() if r.kind == "body"}
    for name, days in _map(root, "meetings"):
        _at(days, calendars, name, Worded("meeting calendar"))


def _map(root: Node, key: str) -> Iterator[tuple[str, Node]]:
    node = root.get(key)
    yield from node.map.items() if node else ()


def _at(node: Node, known: Mapping[str, object], name: str, of: Worded) -> None:
    try:
        thing(known, name, of)
    except Untold as why:
        told = why.message
        if not Faults().near(name, known):
            told = Worded("{message} There are {known}.", message=told,
                          known=listed(known) or Worded("none"))  # fmt: skip
        raise Untold(told, line=(node.key or node.mark).line) from None


def need(method: Methodology, name: object) -> None:
    """A need has its key alone, or after the gate, phase or role it stands at."""
    known: dict[str, Need] = {}
    for each in method.all_needs:
        known |= {each.ref: each, each.id: each}
        if each.place is Place.ROLE:  # it comes up with each gate that the role decides
            known |= {f"{gate}/{each.id}": each for gate in method.gates}
    thing(known, str(name).partition("#")[0], Worded("need"))


# ---------------------------------------------------------------- people


def strangers(root: Node, stage: Stage) -> Iterator[tuple[Mark, Worded]]:
    """Whoever does something and is nobody: told once each, at the first place. A refusal that is
    foretold is a stranger's own story.
    """
    steps = root.get("steps")
    nodes = steps.items if steps else ()
    known = _people(root, nodes, stage)
    found: dict[str, Mark] = {}
    for node, following in zip(nodes, (*nodes[1:], None), strict=True):
        when = node.get("when")
        then = following.get("then") if following else None
        if when is None or not when.map or (then is not None and "refused" in then.map):
            continue
        _, *beside = when.map.items()  # what stands first is the command, `present: G2` too
        for word, given in beside:
            for each in (given.items or (given,)) if word in WHO else ():
                if each.text and each.text not in known:
                    found.setdefault(each.text, each.mark)
    for name, mark in found.items():
        yield mark, _nobody(name, known)


def _nobody(name: str, known: set[str]) -> Worded:
    there = listed(sorted(known), MOST_NAMED) or Worded("none")
    near = Faults().near(name, sorted(known))
    message = Worded("Nobody is called `{name}`; there are {known}.", name=name, known=there)
    return Worded("{message} {near}", message=message, near=near) if near else message


def _people(root: Node, nodes: tuple[Node, ...], stage: Stage) -> set[str]:
    """Everybody who holds a role by now, is to hold one, or stands in for somebody."""
    known = {each for held in stage.project.members.values() for each in held}
    known |= {each.substitute for each in stage.inputs.substitutions}
    for _, held in _map(root, "people"):
        known.update(names(plain(held)))
    for node in nodes:
        when = node.get("when")
        for word in ("assign", "decide"):
            given = when.get(word) if when else None
            for role, held in given.map.items() if given else ():
                if role in stage.method.roles:
                    known.update(names(plain(held)))
    return known
