"""Lines that begin too far in: decides what was meant, tells it once, and puts what stands there
where it belongs, so that nothing is told that only follows from it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from innocities_engine.domain.worded import Worded
from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS
from innocities_engine.language.faults import Faults, Path
from innocities_engine.language.nodes import Node
from innocities_engine.language.shapes import Shape

CODE: Final = "too-far-in"


def tell(faults: Faults, word: str, beside: str, path: Path, child: Node) -> None:
    message = Worded(
        "`{word}` stands too far in: it belongs beside `{key}`.", word=word, key=beside
    )
    hint = Worded("Begin its line as far in as that of `{key}`.", key=beside)
    faults.error(CODE, message, path, hint=hint, mark=child.key or child.mark)


def words_put_right(node: Node, shape: sh.Record, faults: Faults, path: Path) -> Node:
    """A word of a thing that stands in the map of another of its words: put beside that one, with
    what follows it there if it is empty itself.
    """
    for key, child in node.map.items():
        ids = _meant(shape.facets[key][0]) if key in shape.facets else None
        if not isinstance(ids, sh.MapOf) or ids.keys == sh.LANGUAGE:
            continue
        for word, inner in child.map.items():
            if word in shape.facets and word not in node.map and _is_of(inner, shape, word, ids):
                tell(faults, word, key, (*path, word), inner)
                return _beside(node, key, word)
    return node


def things_put_right(node: Node, shape: sh.MapOf, faults: Faults, path: Path) -> Node:
    """A thing that stands in the one before it: put beside it."""
    item = _meant(shape.item)
    if not isinstance(item, sh.Record) or not item.required:
        return node
    out: dict[str, Node] = {}
    for key, child in node.map.items():
        strays = {
            word: inner
            for word, inner in child.map.items()
            if key not in shape.special
            and word not in item.facets
            and word not in node.map
            and _is_whole(inner, item)
        }
        for word, inner in strays.items():
            tell(faults, word, key, (*path, word), inner)
        kept = {word: inner for word, inner in child.map.items() if word not in strays}
        out |= {key: replace(child, value=kept) if strays else child, **strays}
    return replace(node, value=out)


def _meant(shape: Shape) -> Shape:
    return DEFINITIONS[shape.name] if isinstance(shape, sh.Ref) else shape


def _is_of(inner: Node, shape: sh.Record, word: str, ids: sh.MapOf) -> bool:
    """Whether it is rather that word of the thing than an id among the others."""
    own, other = _meant(shape.facets[word][0]), _meant(ids.item)
    if not isinstance(own, sh.MapOf | sh.Record) or not isinstance(other, sh.Record):
        return False
    if isinstance(own, sh.MapOf) and own.keys == sh.LANGUAGE:
        return False
    if inner.value is None or word in shape.required:
        return True
    return bool(inner.map) and not set(inner.map) & set(other.facets)


def _is_whole(inner: Node, item: sh.Record) -> bool:
    return set(item.required) <= set(inner.map) <= set(item.facets)


def _beside(node: Node, key: str, word: str) -> Node:
    child = node.map[key]
    names = list(child.map)
    n = names.index(word)
    moved = child.map[word]
    rest = names[:n] + names[n + 1 :]
    if moved.value is None:
        rest = names[:n]
        moved = replace(moved, value={name: child.map[name] for name in names[n + 1 :]})
    kept = replace(child, value={name: child.map[name] for name in rest})
    return node.put(key, kept).put(word, moved)
