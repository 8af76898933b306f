"""Expands `like`: an element takes every facet of another of its kind. Decides how the two merge:
own facets win, maps of ids merge, values of the grammars are replaced whole, and an own effect
word of an outcome drops the inherited one. Runs after overlays, so a change to the original
reaches its copies.
"""

from __future__ import annotations

from typing import Final

from innocities_engine.domain.worded import Worded
from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, EFFECTS, OUTCOME, SECTIONS
from innocities_engine.language.faults import Faults, circle
from innocities_engine.language.nodes import Node
from innocities_engine.language.shapes import Shape

MOST_NODES: Final = 30_000  # copies of copies must not grow without end
_WHOLE: Final = ("who", "moment", "moments", "predicate", "opens", "basis")


def expand(root: Node, faults: Faults) -> Node | None:
    """The tree with every `like` of the six kinds replaced by what it stands for."""
    for section, kind in SECTIONS.items():
        things = root.get(section)
        if things is not None and any(thing.get("like") for thing in things.map.values()):
            root = root.put(section, _Expansion(section, kind, things, faults).all())
    if not _fits(root, MOST_NODES):
        message = Worded(
            "With all overlays and `like`, the method has more than {most} values.", most=MOST_NODES
        )
        faults.error("too-many", message, mark=root.mark)
        return None
    return root


def _fits(node: Node, most: int) -> bool:
    """Whether the tree has at most so many nodes; it is not walked further."""
    waiting = [node]
    while waiting:
        if most < 0:
            return False
        inner = waiting.pop()
        most -= 1
        waiting.extend(inner.map.values())
        waiting.extend(inner.items)
    return True


class _Expansion:
    def __init__(self, section: str, kind: str, things: Node, faults: Faults) -> None:
        self.section, self.kind, self.things, self.faults = section, kind, things, faults
        self.done: dict[str, Node] = {}

    def all(self) -> Node:
        for name in self.things.map:
            self._resolve(name)
        return Node(dict(self.done), self.things.mark, self.things.key)

    def _resolve(self, name: str) -> None:
        """Walk up the chain, then merge downwards: chains may be long, so without recursion."""
        chain: list[str] = []
        while name not in self.done:
            if name in chain:
                self._cyclic(chain[chain.index(name) :])
                break
            chain.append(name)
            original = self._original(name)
            if original is None:
                break
            name = original
        for one in reversed(chain):
            self.done[one] = self._merged(one)

    def _original(self, name: str) -> str | None:
        like = self.things.map[name].get("like")
        if like is None:
            return None
        if like.text in self.things.map:
            return like.text
        message = Worded("`{name}` is no {wanted}.", name=like.text, wanted=Worded(self.kind))
        near = self.faults.near(like.text, self.things.map)
        alike = Worded("`like` names a thing of the same kind.")
        hint = Worded("{near} {otherwise}", near=near, otherwise=alike) if near else alike
        self.faults.error(
            "unknown-name", message, (self.section, name, "like"), hint=hint, mark=like.mark
        )
        return None

    def _cyclic(self, chain: list[str]) -> None:
        message = Worded("These are like each other in a circle: {circle}.", circle=circle(chain))
        like = self.things.map[chain[0]].map["like"]
        hint = Worded("Write the words of one of them.")
        path = (self.section, chain[0], "like")
        self.faults.error("cyclic-like", message, path, hint=hint, mark=like.mark)

    def _merged(self, name: str) -> Node:
        own = self.things.map[name]
        like = own.get("like")
        if like is None:
            return own
        alone = own.without("like")
        original = self.done.get(like.text)
        if original is None:
            return alone
        return merge(original.without("was"), alone, DEFINITIONS[self.kind])


def merge(base: Node, own: Node, shape: Shape) -> Node:
    """`own` laid over `base`."""
    match shape:
        case sh.Ref() if shape.name not in _WHOLE:
            return merge(base, own, DEFINITIONS[shape.name])
        case sh.Record():
            inner = {key: facet for key, (facet, _) in shape.facets.items()}
            return _merge_maps(base, own, inner, None, drop=shape is OUTCOME)
        case sh.MapOf():
            return _merge_maps(base, own, dict(shape.special), shape.item)
    return own


def _merge_maps(
    base: Node, own: Node, shapes: dict[str, Shape], item: Shape | None, *, drop: bool = False
) -> Node:
    if not isinstance(base.value, dict) or not isinstance(own.value, dict):
        return own
    merged = dict(base.map)
    if drop and any(word in own.map for word in EFFECTS):
        merged = {key: node for key, node in merged.items() if key not in EFFECTS}
    for key, node in own.map.items():
        shape = shapes.get(key, item)
        merged[key] = merge(merged[key], node, shape) if shape and key in merged else node
    return Node(merged, own.mark, own.key)
