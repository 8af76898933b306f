"""From bytes to nodes. Decides what a definition file may be made of: one small, shallow document
of maps, lists and texts in UTF-8, each key once. Everything but `true`, `false` and nothing is
text, so `no`, `1.10` and `12:30` stay what was written; what they mean is left to the schema.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import YAMLError

from innocities_engine.domain.worded import Worded
from innocities_engine.language.broken import QUOTE_IT, not_yaml
from innocities_engine.language.faults import UNQUOTED, Faults, Mark
from innocities_engine.language.misplaced import tell
from innocities_engine.language.nodes import Node, Value

MOST_BYTES: Final = 256 * 1024
MOST_EVENTS: Final = 20_000
DEEPEST: Final = 20

TAKE_IT_AWAY: Final = Worded("Take it away.")
_SCALARS: Final[dict[str, bool | None]] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
}
_NO_KEY: Final = "\0"  # no text of a definition has it
_UNREADABLE: Final = "\ufffd"
_BIDI: Final = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Event: TypeAlias = Any  # ruamel's events carry no types


def read(data: bytes, file: str, faults: Faults) -> Node | None:
    """The tree of one file, or None; what is wrong goes to `faults`."""
    text = _decode(data, file, faults)
    if text is None or not _clean(text, file, faults):
        return None
    try:
        return _Builder(file, text, faults).build()
    except _Stop:
        return None
    except YAMLError as error:
        not_yaml(error, file, text, faults)
        return None


class _Stop(Exception):
    pass


def _decode(data: bytes, file: str, faults: Faults) -> str | None:
    top = Mark(file, 1, 1)
    if len(data) > MOST_BYTES:
        message = Worded(
            "The file has {n} bytes; a definition has at most {most}.", n=len(data), most=MOST_BYTES
        )
        hint = Worded("Take something out, or use an overlay.")
        faults.error("too-big", message, mark=top, hint=hint)
        return None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        message, hint = Worded("The file is UTF-16."), Worded("Save it as UTF-8.")
        faults.error("not-utf8", message, mark=top, hint=hint)
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        message = Worded("The byte {byte} is not UTF-8.", byte=f"0x{data[error.start]:02x}")
        where = Mark(file, line, column)
        faults.error("not-utf8", message, mark=where, hint=Worded("Save the file as UTF-8."))
        return None


def _clean(text: str, file: str, faults: Faults) -> bool:
    """Refuse characters that cannot be seen or that turn the reading direction."""
    bad = [(index, char) for index, char in enumerate(text) if _may_not_stand(char)]
    for index, char in bad[:20]:
        line = text.count("\n", 0, index) + 1
        column = index - text.rfind("\n", 0, index)
        _refuse(char, Mark(file, line, column), faults)
    return not bad


def _refuse(char: str, mark: Mark, faults: Faults) -> None:
    message = Worded(
        "The character {code} cannot be seen and may not stand here.", code=f"U+{ord(char):04X}"
    )
    faults.error("control-character", message, mark=mark, hint=TAKE_IT_AWAY)


def _may_not_stand(char: str) -> bool:
    return char not in "\n\r\t" and (char in _BIDI or _unseen(char))


def _unseen(char: str) -> bool:
    hidden = ("Cc", "Cs", "Co", "Zl", "Zp")
    return char == "\ufeff" or (not char.isprintable() and unicodedata.category(char) in hidden)


@dataclass
class _Open:
    """A map or list that is being read; `key` waits for its value."""

    mark: Mark
    is_map: bool
    flow: bool
    children: dict[str, Node]
    items: list[Node]
    folded: dict[str, str]
    key: tuple[str, Mark] | None = None

    def node(self) -> Node:
        value: Value = self.children if self.is_map else tuple(self.items)
        return Node(value, self.mark)


class _Builder:
    """Turns events into nodes, without recursion and within bounds."""

    def __init__(self, file: str, text: str, faults: Faults) -> None:
        self.file, self.text, self.faults = file, text, faults
        self.stack: list[_Open] = []
        self.root: Node | None = None

    def build(self) -> Node | None:
        for count, event in enumerate(self._events()):
            if count > MOST_EVENTS:
                message = Worded("The file has more than {most} keys and values.", most=MOST_EVENTS)
                self._stop("too-many", message, event)
            self._take(event)
        if self.root is None:
            self.faults.error("empty", Worded("The file is empty."), mark=Mark(self.file, 1, 1))
        return self.root

    def _events(self) -> Iterator[Event]:
        yield from YAML(typ="safe", pure=True).parse(self.text)

    def _mark(self, event: Event) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _stop(self, code: str, message: Worded, event: Event) -> None:
        self.faults.error(code, message, mark=self._mark(event))
        raise _Stop

    def _take(self, event: Event) -> None:
        match event:
            case ev.DocumentStartEvent():
                self._document(event)
            case ev.AliasEvent():
                message = Worded(
                    "The alias {alias} refers to another place of the text.",
                    alias=f"*{event.anchor}",
                )
                hint = Worded("Write the value again, or use `like`.")
                self.faults.error("alias", message, mark=self._mark(event), hint=hint)
                self._value(Node(None, self._mark(event)), event)
            case ev.ScalarEvent():
                self._plain_yaml(event)
                self._scalar(event)
            case ev.MappingStartEvent() | ev.SequenceStartEvent():
                self._plain_yaml(event)
                self._begin(event)
            case ev.MappingEndEvent() | ev.SequenceEndEvent():
                self._value(self.stack.pop().node(), event)

    def _document(self, event: Event) -> None:
        if self.root is not None:
            message = Worded("A definition is one document; here begins another.")
            self._stop("second-document", message, event)
        if event.version or event.tags:
            message = Worded("A definition has no % directives.")
            self.faults.error("directive", message, mark=self._mark(event), hint=TAKE_IT_AWAY)

    def _plain_yaml(self, event: Event) -> None:
        if event.anchor:
            message = Worded(
                "The anchor {anchor} is not part of the language.", anchor=f"&{event.anchor}"
            )
            hint = Worded("Take it away; `like` says that one thing is like another.")
            self.faults.error("anchor", message, mark=self._mark(event), hint=hint)
        if event.tag:
            message = Worded("The tag {tag} is not part of the language.", tag=str(event.tag)[:80])
            self.faults.error("tag", message, mark=self._mark(event), hint=TAKE_IT_AWAY)

    def _begin(self, event: Event) -> None:
        if len(self.stack) >= DEEPEST:
            self._stop("too-deep", Worded("Nested more than {most} deep.", most=DEEPEST), event)
        is_map = isinstance(event, ev.MappingStartEvent)
        flow = bool(event.flow_style)
        self.stack.append(_Open(self._mark(event), is_map, flow, {}, [], {}))

    def _scalar(self, event: Event) -> None:
        mark = self._mark(event)
        text = unicodedata.normalize("NFC", self._readable(event.value, mark))
        written_plainly = event.style is None or event.style == ""
        top = self.stack[-1] if self.stack else None
        if written_plainly and top and top.flow and "?" in text:
            message = Worded("“{text}” is not in quotes.", text=text)
            hint = Worded("{quote_it} Other programs refuse the file.", quote_it=QUOTE_IT)
            self.faults.warning(UNQUOTED, message, self._path(), mark=mark, hint=hint)
        if top and top.is_map and top.key is None:
            self._key(top, text, mark)
            return
        value = _SCALARS.get(text, text) if written_plainly else text
        self._value(Node(value, mark), event)

    def _readable(self, value: str, mark: Mark) -> str:
        """Refuse what may not stand in the file also where it is written as an escape."""
        bad = next(filter(_may_not_stand, value), "")
        if not bad:
            return value
        _refuse(bad, mark, self.faults)
        return "".join(_UNREADABLE if _may_not_stand(char) else char for char in value)

    def _key(self, top: _Open, key: str, mark: Mark) -> None:
        top.key = (key, mark)
        path = (*self._path()[:-1], key)
        if key == "<<":
            message = Worded("Merge keys are not part of the language.")
            hint = Worded("Use `like`, or write it all again.")
            self.faults.error("merge-key", message, path, mark=mark, hint=hint)
        elif key in top.children and self._begins_another(top, key):
            top = self.stack[-1]
            top.key = (key, mark)
        elif key in top.children:
            first = top.children[key].key or mark
            message = Worded(
                "`{key}` stands here twice; the first is in line {line}.", key=key, line=first.line
            )
            self.faults.error("duplicate-key", message, path, mark=mark, hint=Worded("Keep one."))
        elif key.casefold() in top.folded:
            other = top.folded[key.casefold()]
            message = Worded(
                "`{key}` and `{other}` differ only in capital letters.", key=key, other=other
            )
            self.faults.error("duplicate-key", message, path, mark=mark, hint=Worded("Keep one."))
        top.folded.setdefault(key.casefold(), key)

    def _begins_another(self, top: _Open, key: str) -> bool:
        """Whether the key before it, without a value, was to begin a thing of its own beside this
        one. Then that one goes on here.
        """
        above = self.stack[-2] if len(self.stack) > 1 else None
        first, last = next(iter(top.children)), next(reversed(top.children))
        named = top.children[last]
        if above is None or above.key is None or above.flow or top.flow or first != key:
            return False
        if named.value is not None or named.key is None or first == last or last in above.children:
            return False
        beside, at = above.key
        top.children.pop(last)
        above.children.setdefault(beside, replace(top.node(), key=at))
        above.folded.setdefault(last.casefold(), last)
        above.key = (last, named.key)
        tell(self.faults, last, beside, self._path()[:-1], named)
        self.stack[-1] = _Open(named.mark, True, False, {}, [], {})
        return True

    def _value(self, node: Node, event: Event) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if not top.is_map:
            top.items.append(node)
            return
        if top.key is None:
            top.key = (_NO_KEY, self._mark(event))
            message = Worded("A key is a text, not a map, a list or an alias.")
            self.faults.error("key-not-text", message, self._path(), mark=node.mark, hint=QUOTE_IT)
            return
        (key, mark), top.key = top.key, None
        if key not in (_NO_KEY, "<<"):
            top.children.setdefault(key, replace(node, key=mark))

    def _path(self) -> tuple[str, ...]:
        return tuple(
            opened.key[0] if opened.key else str(len(opened.items)) for opened in self.stack
        )
