"""Finds the names in a definition and rewrites them when something is renamed or moved. Decides, along
the shapes, which texts are names and of what.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY, SECTIONS, UNIVERSAL
from innocities_engine.language.faults import Path
from innocities_engine.language.nodes import Node, find, graft
from innocities_engine.language.shapes import Shape
from innocities_engine.language.wording import DURATION_TEXT, MOMENT_TEXT

_WORD: Final = re.compile(rf"{sh.ID}(?:/{sh.ID})?")
_INNER: Final = {
    "needs": "need",
    "criteria": "criterion",
    "outcomes": "outcome",
    "advises": "advice",
    "choose": "alternative",
}


@dataclass(frozen=True, slots=True)
class Site:
    """Where a name stands: the gate around it, the needs beside it, the map of needs it is in."""

    path: Path
    gate: str
    kinds: tuple[str, ...]


Rewrite = Callable[[str, Site], str]


def takes_basis(path: Path) -> bool:
    """Whether what stands at this path is an element that can say where it comes from."""
    shape = shape_at(path)
    return isinstance(shape, sh.Record) and "basis" in shape.facets and len(path) > 1


def shape_at(path: Path) -> Shape | None:
    shape: Shape | None = METHODOLOGY
    for step in path:
        shape = _inner(_resolved(shape), step) if shape else None
    return _resolved(shape) if shape else None


def _resolved(shape: Shape) -> Shape:
    return DEFINITIONS[shape.name] if isinstance(shape, sh.Ref) else shape


def _inner(shape: Shape, step: str) -> Shape | None:
    match shape:
        case sh.Record() if step in shape.facets:
            return shape.facets[step][0]
        case sh.MapOf():
            return shape.special.get(step, shape.item)
        case sh.OneOf():
            for marker, variant in shape.maps:
                if marker == step or not marker:
                    return _inner(_resolved(variant), step)
    return None


def renamed(root: Node, path: Path, to: str) -> Node | None:
    """The tree with the thing at `path` called `to`, and all that names it; None if it has no id."""
    kind = SECTIONS.get(path[0], "") if len(path) == 2 else _INNER.get(path[-2], "")
    if not kind or path[-1] in ("otherwise", *UNIVERSAL):
        return None
    above = find(root, path[:-1])
    if above is None:
        return None
    children = {
        (to if key == path[-1] else key): (
            _was(node, path[-1]) if key == path[-1] and kind != "alternative" else node
        )
        for key, node in above.map.items()
    }
    tree = graft(root, path[:-1], replace(above, value=children))
    return _walk(tree, METHODOLOGY, (), "", _renamer(kind, path, to))


def _was(node: Node, old: str) -> Node:
    if not isinstance(node.value, dict):
        return node
    before = node.get("was")
    texts = before.items if before and before.items else ((before,) if before else ())
    return node.put("was", Node((*texts, Node(old, node.mark)), node.mark, node.key))


def _renamer(kind: str, path: Path, to: str) -> Rewrite:
    old = path[-1]
    gate = path[1] if path[0] == "gates" else ""
    place = path[1]
    own_map = path[:-1]

    def thing(text: str, site: Site) -> str:
        first, slash, key = text.partition("/")
        if slash:
            return f"{to if first == old else first}/{key}"
        return to if text == old else text

    def need(text: str, site: Site) -> str:
        if "need" not in site.kinds:
            return text
        first, slash, key = text.partition("/")
        if slash:
            return f"{first}/{to}" if (first, key) == (place, old) else text
        near = (
            site.path[: len(own_map)] == own_map
            or (gate and site.gate == gate)
            or site.path[:2] == path[:2]
        )
        return to if text == old and near else text

    def inner(text: str, site: Site) -> str:
        if kind not in site.kinds:
            return text
        first, slash, key = text.rpartition("/")
        if slash:
            return f"{first}/{to}" if (first, key) == (gate, old) else text
        return to if text == old and site.gate == gate else text

    if kind in SECTIONS.values():
        return thing
    return need if kind == "need" else inner


def moved(root: Node, path: Path, to: Path) -> Node:
    """The tree with `G3/key` called `G4/key` where a need went from G3 to G4."""
    old, new = f"{path[1]}/{path[-1]}", f"{to[1]}/{to[-1]}"
    if path[-2] != "needs" or old == new:
        return root
    return _walk(root, METHODOLOGY, (), "", lambda text, _site: new if text == old else text)


# ---------------------------------------------------------------- the walk


def _walk(node: Node, shape: Shape, path: Path, gate: str, rewrite: Rewrite) -> Node:
    """The node with every name rewritten; unchanged parts stay the same objects."""
    match shape:
        case sh.Ref():
            return _walk(node, DEFINITIONS[shape.name], path, gate, rewrite)
        case sh.Record():
            return _walk_map(
                node, {k: s for k, (s, _) in shape.facets.items()}, None, path, gate, rewrite
            )
        case sh.MapOf():
            inner = _walk_map(node, dict(shape.special), shape.item, path, gate, rewrite)
            return _walk_keys(inner, path, gate, rewrite) if shape.what == "need" else inner
        case sh.ListOf():
            return _walk_list(node, shape, path, gate, rewrite)
        case sh.OneOf():
            return _walk_one_of(node, shape, path, gate, rewrite)
    return _walk_text(node, shape, path, gate, rewrite)


def _walk_map(
    node: Node,
    shapes: dict[str, Shape],
    item: Shape | None,
    path: Path,
    gate: str,
    rewrite: Rewrite,
) -> Node:
    if not isinstance(node.value, dict):
        return node
    changed = {}
    for key, child in node.map.items():
        shape = shapes.get(key, item)
        if shape is None or shape is UNIVERSAL["title"][0]:
            continue
        inner_gate = key if path == ("gates",) else gate
        if shape == sh.Name(("gate",)) and key == "gate" and "outcome" in node.map:
            gate = child.text
        after = _walk(
            child, shape, (*path, key), inner_gate if shape is not item else inner_gate, rewrite
        )
        if after is not child:
            changed[key] = after
    return replace(node, value={**node.map, **changed}) if changed else node


def _walk_keys(node: Node, path: Path, gate: str, rewrite: Rewrite) -> Node:
    """The key of a need names what is needed, unless `of`, `do` or `written` says otherwise."""
    keys = {}
    for key, child in node.map.items():
        names = not any(facet in child.map for facet in ("of", "do", "written"))
        site = Site((*path, key), gate, ("artefact", "fact", "role", "gate", "need"))
        keys[key] = rewrite(key, site) if names else key
    if all(key == new for key, new in keys.items()):
        return node
    return replace(node, value={keys[key]: child for key, child in node.map.items()})


def _walk_list(node: Node, shape: sh.ListOf, path: Path, gate: str, rewrite: Rewrite) -> Node:
    items = tuple(
        _walk(item, shape.item, (*path, str(i)), gate, rewrite) for i, item in enumerate(node.items)
    )
    same = all(a is b for a, b in zip(items, node.items, strict=True))
    return node if same else replace(node, value=items)


def _walk_one_of(node: Node, shape: sh.OneOf, path: Path, gate: str, rewrite: Rewrite) -> Node:
    match node.value:
        case dict():
            for marker, variant in shape.maps:
                if marker in node.map or not marker:
                    return _walk(node, variant, path, gate, rewrite)
        case tuple() if shape.items:
            return _walk_list(node, shape.items, path, gate, rewrite)
        case str():
            for scalar in shape.scalars:
                node = _walk_text(node, scalar, path, gate, rewrite)
    return node


def _walk_text(node: Node, shape: Shape, path: Path, gate: str, rewrite: Rewrite) -> Node:
    text = node.text
    if not text:
        return node
    match shape:
        case sh.Name() if text not in shape.words:
            after = rewrite(text, Site(path, gate, shape.of))
        case sh.Pattern() if shape.regex == MOMENT_TEXT:
            site = Site(path, gate, ("gate", "phase", "fact", "need", "role"))
            after = _WORD.sub(lambda found: rewrite(found[0], site), text)
        case _:
            return node
    return node if after == text else replace(node, value=after)


_ = DURATION_TEXT
