"""Finds the names in a definition and rewrites them when something is renamed or moved. Decides,
along the shapes, which texts are names and of what.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, cast

from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY, SECTIONS
from innocities_engine.language.faults import Path
from innocities_engine.language.nodes import Node, find, graft
from innocities_engine.language.phrases import TEXTS, UNIVERSAL
from innocities_engine.language.shapes import Shape
from innocities_engine.language.wording import MOMENT_TEXT

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


@dataclass(frozen=True, slots=True)
class Follow:
    """A path and the value there, after a rename."""

    path: Path
    value: Node | None


_NEEDABLE: Final = ("artefact", "fact", "role", "gate")
_PLACES: Final = ("gate", "phase", "role")


def ids(path: Path, node: Node) -> Iterator[tuple[str, Path]]:
    """Everything with an id of its own at a path and below it."""
    if len(path) > 1 and path[-2] in (*SECTIONS, *_INNER):
        yield path[-1], path
    for key, inner in node.map.items():
        yield from ids((*path, key), inner)


def takes_basis(path: Path) -> bool:
    """Whether what stands at this path is an element that can say where it comes from."""
    shape = shape_at(path)
    return isinstance(shape, sh.Record) and "basis" in shape.facets and len(path) > 1


def shape_at(path: Path) -> Shape | None:
    shape: Shape | None = METHODOLOGY
    for step in path:
        shape = inner(resolved(shape), step) if shape else None
    return resolved(shape) if shape else None


def resolved(shape: Shape) -> Shape:
    """The shape itself where it is only named."""
    return DEFINITIONS[shape.name] if isinstance(shape, sh.Ref) else shape


def inner(shape: Shape, step: str) -> Shape | None:
    """The shape of what stands in another one, by its name or id."""
    match shape:
        case sh.Record() if step in shape.facets:
            return shape.facets[step][0]
        case sh.MapOf():
            return shape.special.get(step, shape.item)
        case sh.OneOf():
            for marker, variant in shape.maps:
                if marker == step or not marker:
                    return inner(resolved(variant), step)
    return None


def renamed(root: Node, path: Path, to: str) -> Node | None:
    """The tree with the thing at `path`, and all that names it, called `to`; None without an id."""
    kind = _kind_at(path)
    above = find(root, path[:-1])
    if not kind or above is None or path[-1] in ("otherwise", "like", *UNIVERSAL):
        return None
    children = {}
    for key, node in above.map.items():
        children[to if key == path[-1] else key] = (
            _remembering(root, node, path[-1], kind) if key == path[-1] else node
        )
    tree = graft(root, path[:-1], replace(above, value=children))
    return _walk(tree, METHODOLOGY, (), "", _renamer(kind, path, to))


def following(root: Node, path: Path, to: str, at: Path, value: Node | None = None) -> Follow:
    """How something that stands, or will stand, at another path follows when the thing at `path`
    is called `to`: the path it has then, and its value with the names in it rewritten.
    """
    kind = _kind_at(path)
    if not kind:
        return Follow(at, value)
    rewrite = _renamer(kind, path, to)
    gate = at[1] if at[0] == "gates" and len(at) > 1 else ""
    steps, shape = list(at), cast("Shape | None", METHODOLOGY)
    for n, step in enumerate(at):
        around = resolved(shape) if shape else None
        shape = inner(around, step) if around else None
        where = at[: n + 1]
        if where == path:
            steps[n] = to
        elif isinstance(around, sh.MapOf) and around.what == "need":
            there = find(root, where) or (value if where == at else None)
            if there is None or _named_by_key(there):
                site = Site(where, gate, ("need", *_NEEDABLE, "criterion"))
                steps[n] = rewrite(step, site)
    after = _walk(value, shape, at, gate, rewrite) if value is not None and shape else value
    return Follow(tuple(steps), after)


def _kind_at(path: Path) -> str:
    """What kind of name the last step is; "" where it is a facet."""
    if len(path) == 2:
        return SECTIONS.get(path[0], "")
    return _INNER.get(path[-2], "") if len(path) > 2 else ""


def _remembering(root: Node, node: Node, old: str, kind: str) -> Node:
    """The renamed thing, which says what it was called; a need still says what is needed."""
    if kind == "alternative" or not isinstance(node.value, dict):
        return node
    names_a_thing = any(old in section.map for section in map(root.get, SECTIONS) if section)
    if kind == "need" and names_a_thing and _named_by_key(node):
        node = node.put("of", Node(old, node.mark, node.key))
    before = node.get("was")
    texts = before.items if before and before.items else ((before,) if before else ())
    return node.put("was", Node((*texts, Node(old, node.mark)), node.mark, node.key))


def _named_by_key(need: Node) -> bool:
    return not any(facet in need.map for facet in ("of", "do", "written"))


def _renamer(kind: str, path: Path, to: str) -> Rewrite:
    if kind in SECTIONS.values():
        return _thing_renamer(kind, path[-1], to)
    return _inner_renamer(kind, path, to)


def _thing_renamer(kind: str, old: str, to: str) -> Rewrite:
    def rewrite(text: str, site: Site) -> str:
        place, slash, key = text.rpartition("/")
        if place == old and kind in _PLACES:
            place = to
        if key == old and (kind in site.kinds or ("need" in site.kinds and kind in _NEEDABLE)):
            key = to
        return f"{place}{slash}{key}"

    return rewrite


def _inner_renamer(kind: str, path: Path, to: str) -> Rewrite:
    """What has its id inside a gate, phase or role is named by place/id; near by, by the id."""
    owner, old = path[1], path[-1]
    gate = owner if path[0] == "gates" else ""

    def rewrite(text: str, site: Site) -> str:
        place, slash, key = text.rpartition("/")
        if kind not in site.kinds or key != old:
            return text
        near = site.path[:2] == path[:2] or (gate != "" and site.gate == gate)
        return f"{place}{slash}{to}" if (place == owner if slash else near) else text

    return rewrite


def moved(root: Node, path: Path, to: Path) -> Node:
    """The tree with `G3/key` called `G4/key` where a need went from G3 to G4."""
    if len(path) < 3 or len(to) < 3 or path[-2] != "needs" or path[1] == to[1]:
        return root
    old, new = f"{path[1]}/{path[-1]}", f"{to[1]}/{to[-1]}"
    return _walk(root, METHODOLOGY, (), "", lambda text, _site: new if text == old else text)


# ---------------------------------------------------------------- the walk


def _walk(node: Node, shape: Shape, path: Path, gate: str, rewrite: Rewrite) -> Node:
    """The node with every name rewritten; unchanged parts stay the same objects."""
    match shape:
        case sh.Ref() if shape != TEXTS:
            return _walk(node, DEFINITIONS[shape.name], path, gate, rewrite)
        case sh.Record() | sh.MapOf() if isinstance(node.value, dict):
            inner = _walk_map(node, shape, path, _gate_named(node, path, gate), rewrite)
            is_needs = isinstance(shape, sh.MapOf) and shape.what == "need"
            return _walk_keys(inner, path, gate, rewrite) if is_needs else inner
        case sh.ListOf():
            return _walk_list(node, shape, path, gate, rewrite)
        case sh.OneOf():
            return _walk_one_of(node, shape, path, gate, rewrite)
    return _walk_text(node, shape, path, gate, rewrite)


def _gate_named(node: Node, path: Path, gate: str) -> str:
    """The gate whose outcomes, criteria and advice are meant here."""
    if len(path) == 2 and path[0] == "gates":
        return path[1]
    if "outcome" in node.map:
        named = node.get("gate") or node.get("of")
        return named.text if named else path[-1]
    place = advice.text.rpartition("/")[0] if (advice := node.get("advice")) else ""
    return place or gate


def _walk_map(
    node: Node, shape: sh.Record | sh.MapOf, path: Path, gate: str, rewrite: Rewrite
) -> Node:
    changed = {}
    for key, child in node.map.items():
        inner = _shape_of(shape, key)
        if inner is not None:
            after = _walk(child, inner, (*path, key), gate, rewrite)
            if after is not child:
                changed[key] = after
    return replace(node, value={**node.map, **changed}) if changed else node


def _shape_of(shape: sh.Record | sh.MapOf, key: str) -> Shape | None:
    if isinstance(shape, sh.MapOf):
        return shape.special.get(key, shape.item)
    return shape.facets[key][0] if key in shape.facets else None


def _walk_keys(node: Node, path: Path, gate: str, rewrite: Rewrite) -> Node:
    """The key of a need names what is needed, unless `of`, `do` or `written` says otherwise."""
    keys = {}
    for key, child in node.map.items():
        things = (*_NEEDABLE, "criterion") if _named_by_key(child) else ()
        keys[key] = rewrite(key, Site((*path, key), gate, ("need", *things)))
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
                after = _walk_text(node, scalar, path, gate, rewrite)
                if after is not node:
                    return after
    return node


def _walk_text(node: Node, shape: Shape, path: Path, gate: str, rewrite: Rewrite) -> Node:
    text = node.text
    match shape:
        case sh.Name() if text and text not in shape.words:
            after = rewrite(text, Site(path, gate, shape.of))
        case sh.Pattern() if text and shape.regex == MOMENT_TEXT:
            site = Site(path, gate, ("gate", "phase", "fact", "role", "need"))
            after = _WORD.sub(lambda found: rewrite(found[0], site), text)
        case _:
            return node
    return node if after == text else replace(node, value=after)
