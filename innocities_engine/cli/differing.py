"""Decide how the differences between two methods are told: element by element in the words of the
method, each with what it means for running projects; as data, on a screen and as a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from innocities_engine import library, wording
from innocities_engine.authoring import spelled
from innocities_engine.authoring.diff import (
    Bump,
    Change,
    Consequence,
    Kind,
    Weighed,
    least,
    made,
    with_new_names,
)
from innocities_engine.authoring.spelled import Spelled
from innocities_engine.cli import layout, methods
from innocities_engine.language import shapes as sh
from innocities_engine.language.references import shape_at

if TYPE_CHECKING:
    from innocities_engine.cli.console import Console

Plain = dict[str, Any]

SECTIONS: Final = ("phases", "gates", "roles", "facts", "artefacts", "ladders")
# What holds where nothing is said, of facets that are yes or no.
OTHERWISE: Final = {"required": True, "leads": False, "main": False}
CHOICE: Final = ("choose", "otherwise")  # words among ids
LONGEST: Final = 240  # of a value on a screen; as data all of it is told
LONGEST_READ: Final = 2_000  # of a value on a page


@dataclass(frozen=True, slots=True)
class Differences:
    """Two resolved methods and what differs between them."""

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    found: Sequence[Weighed]
    bump: Bump

    @property
    def is_too_near(self) -> bool:
        """Whether the newer one is a version of the same method, and too small a step ahead."""
        if self.old["id"] != self.new["id"]:
            return False
        return made(self.old["version"], self.new["version"]) < self.bump


def data(console: Console, d: Differences) -> Plain:
    """Everything as data, each difference with its sentence."""
    words = _words(console.language, d)
    return {
        "old": {"id": d.old["id"], "version": d.old["version"]},
        "new": {"id": d.new["id"], "version": d.new["version"]},
        "changes": [_change(words, each) for each in d.found],
        "bump": d.bump.name.lower(),
        "least": least(d.old["version"], d.bump),
        "enough": not d.is_too_near,
    }


def _change(words: _Words, each: Weighed) -> Plain:
    change = each.change
    return {
        "kind": change.kind.value,
        "path": "/".join(change.path),
        "consequence": each.consequence.value,
        "stops": each.stops,
        "before": change.before,
        "after": change.after,
        "text": words.sentence(each),
    }


# ---------------------------------------------------------------- in words


def _words(language: str, d: Differences) -> _Words:
    """How both methods are told: the older one by the names that the newer one gives."""
    before, _ = with_new_names(d.old, d.new)
    older, newer = (
        Spelled(library.compile_resolved(raw), raw, language) for raw in (before, d.new)
    )
    return _Words(language, d, older, newer)


@dataclass(frozen=True, slots=True)
class _Words:
    language: str
    d: Differences
    older: Spelled
    newer: Spelled

    def say(self, text: str, **values: object) -> str:
        return wording.say(self.language, text, **values)

    def heading(self, path: Sequence[str]) -> str:
        """The element that a difference is in; the method itself for what stands at its top."""
        if path[0] not in SECTIONS:
            return self.say("facet.methodology")
        if len(path) == 1:
            return self.say(f"facet.{path[0]}")
        return self._element(path[:2])

    def place(self, path: Sequence[str]) -> str:
        """Where in its element it stands; "" for the element itself."""
        above = 2 if path[0] in SECTIONS else 0
        return ": ".join(self._step(path[: n + 1]) for n in range(above, len(path)))

    def sentence(self, each: Weighed) -> str:
        change, what = each.change, self.place(each.change.path)
        key = change.kind.value
        if change.kind in (Kind.ADDED, Kind.REMOVED) and what and self._is_facet(change.path):
            key = "set" if change.kind is Kind.ADDED else "unset"
            if change.path[-1] in OTHERWISE:
                key = "changed"
        before, after = self.sides(change, LONGEST)
        text = f"diff.{key}" if what else f"diff.{key}_itself"
        return self.say(text, what=what, before=before, after=after)

    def sides(self, change: Change, longest: int, *, apart: bool = False) -> tuple[str, str]:
        """Before and after, each in at most so many characters; `apart`: part by part."""
        if change.kind is Kind.RENAMED:
            return str(change.before), str(change.after)
        told = (
            self._told(method, change, value, apart=apart)
            for method, value in ((self.older, change.before), (self.newer, change.after))
        )
        before, after = told
        if before == after and change.kind is Kind.CHANGED:
            before, after = _apart(change.before, change.after)
        before, after = (t if len(t) <= longest else f"{t[:longest]}…" for t in (before, after))
        return before, after

    def _told(self, method: Spelled, change: Change, value: Any, *, apart: bool) -> str:
        if value is None and self._is_facet(change.path):
            value = OTHERWISE.get(change.path[-1])
        if value is None:
            return "–"
        if change.kind is Kind.ORDERED:
            return ", ".join(map(self._named, value))
        told = method.told(change.path, value)
        return "\n".join(told.lines()) if apart else told.line()

    def _step(self, path: Sequence[str]) -> str:
        """A facet in words, or an element by its name and id."""
        if self._is_facet(path) or path[-1] in CHOICE:
            return spelled.label(self.language, tuple(path))
        return self._element(path)

    def _is_facet(self, path: Sequence[str]) -> bool:
        return isinstance(shape_at(tuple(path[:-1])), sh.Record)

    def _element(self, path: Sequence[str]) -> str:
        for method in (self.d.new, self.d.old):
            found: Any = method
            for step in path:
                found = found.get(step) if isinstance(found, dict) else None
            titles = _names(found) or self._thing(method, path[-1])
            if titles:
                name = (titles.get(self.language) or next(iter(titles.values()))).rstrip(".")
                return f"{path[-1]} {name}" if path[0] == "gates" and len(path) == 2 else (
                    f"{name} ({path[-1]})"
                )  # fmt: skip
        return path[-1]

    def _thing(self, method: Mapping[str, Any], name: str) -> Mapping[str, str] | None:
        """The title of what a need's key names."""
        for section in SECTIONS:
            if titles := _names(method.get(section, {}).get(name)):
                return titles
        return None

    def _named(self, value: str) -> str:
        """What an id names, by its title."""
        for method in (self.d.new, self.d.old):
            if titles := self._thing(method, value):
                return f"{titles.get(self.language) or next(iter(titles.values()))} ({value})"
        return value

    def means(self, each: Weighed) -> str:
        told = self.say(f"diff.{each.consequence.value}")
        return f"{told}, {self.say('diff.stops')}" if each.stops else told


def _names(thing: Any) -> Mapping[str, str] | None:
    """What a thing is called: an answer by its question, an act by what is to be done."""
    texts = (
        (thing.get(key) for key in ("title", "question", "do")) if isinstance(thing, dict) else ()
    )
    return next(filter(None, texts), None)


def _apart(before: Any, after: Any) -> tuple[str, str]:
    """What reads the same in the reader's words, by what differs: a text in another language, or
    the ids of things with one title.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [k for k in {**before, **after} if before.get(k) != after.get(k)]
        was, now = (", ".join(f"{k}: {compact(t.get(k))}" for k in keys) for t in (before, after))
        return was, now
    return compact(before), compact(after)


def compact(value: Any) -> str:
    """A value in one line, as an author could have written it."""
    match value:
        case dict():
            return f"{{{', '.join(f'{k}: {compact(v)}' for k, v in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(compact, value))}]"
        case bool():
            return str(value).lower()
        case None:
            return "–"
    return str(value)


def _groups(words: _Words, found: Sequence[Weighed]) -> dict[str, list[Weighed]]:
    """The differences by element, in the order in which methods are read."""
    rank = {name: n for n, name in enumerate(SECTIONS)}
    groups: dict[str, list[Weighed]] = {}
    for each in sorted(found, key=lambda each: rank.get(each.change.path[0], len(rank))):
        groups.setdefault(words.heading(each.change.path), []).append(each)
    return {name: sorted(some, key=_weight, reverse=True) for name, some in groups.items()}


def _weight(each: Weighed) -> tuple[bool, bool]:
    """What can stop a project comes first, texts last."""
    return each.stops, each.consequence is not Consequence.TEXT


def sentences(language: str, d: Differences) -> list[str]:
    """Each difference in a line of its own, with the element it is in."""
    words = _words(language, d)
    return [
        f"{heading}: {words.sentence(each)} [{words.means(each)}]"
        for heading, some in _groups(words, d.found).items()
        for each in some
    ]


# ---------------------------------------------------------------- on a screen, as a page


def lines(console: Console, d: Differences, *, whole: bool) -> Iterator[str]:
    """The differences by element; those in texts alone only where they are asked for."""
    words = _words(console.language, d)
    yield layout.heading(_named(console, d))
    yield from layout.paragraph(summary(console, d))
    shown = _shown(d, whole=whole)
    for heading, some in _groups(words, shown).items():
        yield ""
        for line in layout.wrapped(wording.visible(heading), layout.screen()):
            yield layout.heading(line)
        for each in some:
            sentence = f"– {words.sentence(each)} [{words.means(each)}]"
            yield from layout.paragraph(sentence, indent=2, hang=2)
    if len(shown) < len(d.found):
        yield ""
        yield from layout.paragraph(console.say("diff.texts_left"))
    if d.found and d.old["id"] == d.new["id"]:
        yield ""
        yield from layout.paragraph(verdict(console, d))


def _named(console: Console, d: Differences) -> str:
    old, new = (f"{m['id']} {m['version']}" for m in (d.old, d.new))
    return console.say("diff.heading", old=old, new=new)


def summary(console: Console, d: Differences) -> str:
    """How many differences there are, and of which weight."""
    if not d.found:
        return console.say("diff.same")
    stops = sum(each.stops for each in d.found)
    texts = sum(each.consequence is Consequence.TEXT for each in d.found)
    others = len(d.found) - stops - texts
    if len(d.found) == 1:
        return console.say(f"diff.counts_{'stops' if stops else 'texts' if texts else 'others'}")
    return console.say("diff.counts", n=len(d.found), stops=stops, texts=texts, others=others)


def verdict(console: Console, d: Differences) -> str:
    """Whether the newer one has a version that says how far it is from the older."""
    old, new = d.old["version"], d.new["version"]
    if not d.is_too_near:
        return console.say("diff.enough", old=old, new=new)
    if methods.order(new) < methods.order(old):
        return console.say("diff.backwards", old=old, new=new)
    why = console.say(f"diff.why_{d.bump.value}")
    return console.say("diff.too_near", least=least(old, d.bump), why=why)


def _shown(d: Differences, *, whole: bool) -> list[Weighed]:
    return [e for e in d.found if whole or e.consequence is not Consequence.TEXT]


def page(console: Console, d: Differences, *, whole: bool) -> str:
    """The differences as a page of their own: before and after beside each other."""
    words = _words(console.language, d)
    shown = _shown(d, whole=whole)
    groups = [
        {
            "title": heading,
            "changes": [_row(words, each) for each in some],
        }
        for heading, some in _groups(words, shown).items()
    ]
    same = d.old["id"] == d.new["id"]
    names = ("what", "means", "before", "after")
    values = {
        "language": console.language,
        "title": _named(console, d),
        "summary": summary(console, d),
        "verdict": verdict(console, d) if d.found and same else "",
        "left": console.say("diff.texts_left") if len(shown) < len(d.found) else "",
        "words": {name: console.say(f"diff.{name}") for name in names},
        "groups": groups,
    }
    return console.services.page("diff", values)


def _row(words: _Words, each: Weighed) -> Plain:
    change = each.change
    before, after = words.sides(change, LONGEST_READ, apart=True)
    told = words.place(change.path)
    if change.kind is not Kind.CHANGED:
        state = words.say(f"diff.{change.kind.value}_itself", before=before, after=after)
        told = f"{told}: {state}" if told else state
    return {
        "what": told,
        "means": words.means(each),
        "weight": "stops" if each.stops else each.consequence.value,
        "before": "" if change.kind in (Kind.ADDED, Kind.ORDERED) else before,
        "after": "" if change.kind in (Kind.REMOVED, Kind.ORDERED) else after,
    }
