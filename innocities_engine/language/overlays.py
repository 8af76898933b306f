"""Applies overlays: ordered, reasoned operations by path of ids. Decides what each operation does
and when it fails; whether the result is a method is judged afterwards, as for any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from innocities_engine.domain.worded import Worded
from innocities_engine.language.authored import METHODOLOGY_SCHEMA
from innocities_engine.language.conform import fits
from innocities_engine.language.faults import NOWHERE, SILENT, Faults, Mark, Path
from innocities_engine.language.nodes import Node, find, graft
from innocities_engine.language.phrases import IDENTIFIER
from innocities_engine.language.references import ids, moved, renamed, takes_basis
from innocities_engine.language.wording import PATH_TEXT

MOST_RENAMES: Final = 60  # each walks the whole method
_OVER: Final = ("id", "version", "languages", "title", "help", "basis")
_FIXED: Final = ("schema", "id", "version", "languages")


def apply(base: Node, overlay: Node, faults: Faults) -> Node:
    """The methodology that the overlay makes of `base`; both are trees as written."""
    work = _Work(base, faults)
    named: dict[str, Mark] = {}
    for i, change in enumerate(_items(overlay.get("changes"))):
        _once(change, named, ("changes", str(i), "id"), faults)
        for j, operation in enumerate(_items(change.get("operations"))):
            path = ("changes", str(i), "operations", str(j))
            work.take(operation, change.get("basis"), path)
    tree = work.tree
    for key in _OVER:
        own = overlay.get(key)
        if own is not None:
            tree = tree.put(key, own)
    schema = overlay.get("schema") or overlay
    return tree.put("schema", replace(schema, value=METHODOLOGY_SCHEMA))


def _once(change: Node, named: dict[str, Mark], path: Path, faults: Faults) -> None:
    own = change.get("id")
    if own is None:
        return
    first = named.setdefault(own.text.casefold(), own.mark)
    if first != own.mark:
        message = Worded(
            "The change {name} stands here twice; the first is in line {line}.",
            name=own.text,
            line=first.line,
        )
        faults.error("duplicate-id", message, path, mark=own.mark)


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if node else ()


@dataclass
class _Work:
    tree: Node
    faults: Faults
    removed: dict[Path, Mark] = field(default_factory=dict)
    renames: int = 0
    told: Path = ()
    mark: Mark | None = None
    basis: Node | None = None

    def take(self, operation: Node, basis: Node | None, told: Path) -> None:
        for word, run in (
            ("add", self._add),
            ("remove", self._remove),
            ("replace", self._replace),
            ("rename", self._rename),
            ("move", self._move),
        ):
            written = operation.get(word)
            if written is None or not written.text:
                continue
            if not fits(PATH_TEXT, written.text):
                return  # what is no path is told where it is written
            path = tuple(written.text.split("/"))
            self.told, self.mark, self.basis = (*told, word), written.mark, basis
            if self._may_touch(path):
                run(path, operation)
            return

    # ------------------------------------------------------------ the five operations

    def _add(self, path: Path, operation: Node) -> None:
        value = operation.get("value")
        if value is None:
            return
        if find(self.tree, path) is not None:
            self._error("already-there", _exists(path), Worded("Use `replace`."))
            return
        above = self._above(path)
        if above is None or self._collides(above, path[-1]):
            return
        value = replace(value, key=self.mark)
        if self.basis and takes_basis(path) and "basis" not in value.map:
            value = _with_basis(value, self.basis)
        if find(self.tree, above) is None:
            self.tree = graft(self.tree, above, Node({}, value.mark, self.mark))
        self.tree = graft(self.tree, path, value)

    def _remove(self, path: Path, operation: Node) -> None:
        node = self._found(path)
        if node is not None:
            self.tree = graft(self.tree, path, None)
            self.removed[path] = operation.mark
            self._take_away(path, node, None)

    def _replace(self, path: Path, operation: Node) -> None:
        value, node = operation.get("value"), self._found(path)
        if value is not None and node is not None:
            self.tree = graft(self.tree, path, replace(value, key=self.mark))
            self._take_away(path, node, value)

    def _rename(self, path: Path, operation: Node) -> None:
        to = operation.get("to")
        node = self._found(path)
        if to is None or node is None or not fits(IDENTIFIER.regex, to.text):
            return  # what is no id is told where it is written, not wherever it would come to stand
        beside = find(self.tree, path[:-1])
        if beside is not None and to.text in beside.map:
            self._error("already-there", _exists((*path[:-1], to.text)))
            return
        self.renames += 1
        if self.renames > MOST_RENAMES:
            message = Worded("An overlay renames at most {most} things.", most=MOST_RENAMES)
            self._error("too-many", message)
            return
        tree = renamed(self.tree, path, to.text)
        if tree is None:
            message = Worded("{path} has no id of its own.", path="/".join(path))
            hint = Worded(
                "Things, needs, criteria, outcomes and advice have ids; their other words do not."
            )
            self._error("not-an-id", message, hint)
            return
        self.tree = tree
        self.removed[path] = operation.mark

    def _move(self, path: Path, operation: Node) -> None:
        to = operation.get("to")
        node = self._found(path)
        if to is None or node is None or not fits(PATH_TEXT, to.text):
            return
        target = tuple(to.text.split("/"))
        if target[-1] != path[-1]:
            message, hint = Worded("`move` keeps the id."), Worded("Use `rename` for another id.")
            self._error("move-renames", message, hint)
        elif target[: len(path)] == path:
            message = Worded("{path} lies inside what is moved.", path=to.text)
            self._error("not-found", message)
        elif find(self.tree, target) is not None:
            self._error("already-there", _exists(target))
        elif self._may_touch(target) and (above := self._above(target)) is not None:
            tree = graft(self.tree, path, None)
            if find(tree, above) is None:
                tree = graft(tree, above, Node({}, node.mark, self.mark))
            self.tree = moved(graft(tree, target, node), path, target)
            self.removed[path] = operation.mark

    # ------------------------------------------------------------ what must hold

    def _may_touch(self, path: Path) -> bool:
        if path[0] in _FIXED:
            message = Worded("`{facet}` is not changed by an operation.", facet=path[0])
            self._error("fixed", message, Worded("The overlay's own head says it."))
            return False
        for length in range(1, len(path) + 1):
            gone = self.removed.get(path[:length])
            if gone is not None:
                message = Worded(
                    "{path} was taken away in line {line}.",
                    path="/".join(path[:length]),
                    line=gone.line,
                )
                self._error("already-removed", message, Worded("Use `replace` instead of the two."))
                return False
        return True

    def _take_away(self, path: Path, before: Node, after: Node | None) -> None:
        """Remember which ids are gone by this, for whoever still names them."""
        left = {each for each, _ in ids(path, after)} if after else set()
        mark = self.mark or NOWHERE
        for name, where in ids(path, before):
            if name not in left:
                self.faults.gone[name] = (where, mark)

    def _found(self, path: Path) -> Node | None:
        node = find(self.tree, path)
        if node is None:
            self._nothing(path)
        return node

    def _nothing(self, path: Path) -> None:
        """Say which step leads nowhere."""
        node = self.tree
        for i, step in enumerate(path):
            inner = find(node, (step,))
            if inner is None:
                where = "/".join(path[:i]) or Worded("The method")
                message = Worded("{where} has no `{step}`.", where=where, step=step)
                self._error("not-found", message, self.faults.near(step, node.map))
                return
            node = inner

    def _above(self, path: Path) -> Path | None:
        """The map that `path` goes into, if it is there or may be made."""
        above = path[:-1]
        node = find(self.tree, above)
        if node is None and find(self.tree, above[:-1]) is not None:
            node = find(self.tree, above[:-1])
        if node is None:
            self._nothing(above)
            return None
        if not isinstance(node.value, dict):
            told = (
                Worded("a list")
                if isinstance(node.value, tuple)
                else Worded("“{text}”", text=node.value)
            )
            message = Worded(
                "{path} is {told}, and nothing can be put into it.", path="/".join(above), told=told
            )
            self._error("not-a-map", message, Worded("Replace it as a whole."))
            return None
        return above

    def _collides(self, above: Path, step: str) -> bool:
        beside = find(self.tree, above)
        for key in beside.map if beside else ():
            if key.casefold() == step.casefold():
                message = Worded(
                    "`{key}` and `{other}` differ only in capital letters.", key=step, other=key
                )
                self._error("duplicate-key", message, Worded("Find another id."))
                return True
        return False

    def _error(self, code: str, message: Worded, hint: Worded = SILENT) -> None:
        self.faults.error(code, message, self.told, hint=hint, mark=self.mark)


def _exists(path: Path) -> Worded:
    return Worded("{path} exists already.", path="/".join(path))


def _with_basis(value: Node, basis: Node) -> Node:
    return value.put("basis", basis) if isinstance(value.value, dict) else value
