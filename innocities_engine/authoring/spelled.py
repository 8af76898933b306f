"""Tells any part of a method in words, as it is written: each facet by its name, each id by its
title, rules, dates and voters as `plainly` tells them. What is told of which part is left to those
who ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

from innocities_engine import wording
from innocities_engine.authoring.plainly import Plainly
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.durations import Duration, YearlyPeriod
from innocities_engine.domain.explained import length
from innocities_engine.language import moments, people, predicates
from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY
from innocities_engine.language.faults import Faults, Path
from innocities_engine.language.names import Here, index
from innocities_engine.language.phrases import DURATION, VALUE
from innocities_engine.language.references import inner, resolved, shape_at
from innocities_engine.language.shapes import Shape
from innocities_engine.language.wording import MOMENT_TEXT, QUIET_TEXT

Plain: TypeAlias = Any
UNTOLD: Final = frozenset({"was", "like"})  # they say nothing that stands nowhere else


@dataclass(frozen=True, slots=True)
class Told:
    """Something with its name, and what is told of its parts."""

    name: str
    value: str = ""
    parts: tuple[Told, ...] = ()

    def line(self) -> str:
        """All of it in one line."""
        inner = "; ".join(part.line() for part in self.parts)
        said = self.value or inner
        if self.value and inner:
            said = f"{self.value} ({inner})"
        elif inner and any(part.parts for part in self.parts):
            said = f"({inner})"
        return f"{self.name}: {said}" if self.name and said else self.name or said

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Each part in a line of its own, further in than what it belongs to."""
        said = f"{self.name}: {self.value}" if self.name and self.value else self.name or self.value
        if said:
            yield f"{'  ' * depth}{said}"
        for part in self.parts:
            yield from part.lines(depth + bool(said))


@dataclass(frozen=True)
class Spelled:
    """Tells the parts of one method, in one language. `raw`: its resolved plain form."""

    method: Methodology
    raw: Mapping[str, Plain]
    language: str

    @cached_property
    def p(self) -> Plainly:
        return Plainly(self.method, self.language)

    @cached_property
    def _here(self) -> Here:
        names = index(self.raw)
        names.facts.update(self.method.facts)
        return Here(names, Faults())

    def told(self, path: Path, value: Plain) -> Told:
        """What a value says that stands at a path, or could."""
        shape: Shape | None = METHODOLOGY
        for step in path:
            shape = inner(resolved(shape), step) if shape else None
        return self._told(shape, value, path) if shape else Told("", str(value))

    def facets(self, path: Path, names: tuple[str, ...]) -> list[str]:
        """Some facets of the thing at a path, where they are there: each with its name."""
        thing = self._at(path)
        held = [name for name in names if isinstance(thing, dict) and name in thing]
        return [self.facet(path, name, thing[name]).line() for name in held]

    def pair(self, path: Path, name: str) -> tuple[str, str] | None:
        """A facet's name and what it says, if it is there."""
        thing = self._at(path)
        if not isinstance(thing, dict) or name not in thing:
            return None
        told = self.facet(path, name, thing[name])
        return told.name, Told("", told.value, told.parts).line()

    def place(self, path: Path) -> str:
        """What stands at a path, by the names that lead to it."""
        named = [self.p.title(path[1])] if len(path) > 1 else []
        for n in range(2, len(path)):
            is_facet = isinstance(shape_at(path[:n]), sh.Record)
            if not is_facet:
                named.append(self._named(self._at(path[: n + 1]), path[n], path[:n]))
        return ": ".join(named)

    def facet(self, path: Path, name: str, value: Plain) -> Told:
        """A facet of the thing at a path, with its name."""
        where = (*path, name)
        told = self.told(where, value)
        return Told(label(self.language, where), told.value, told.parts)

    # ------------------------------------------------------------ by shape

    def _told(self, shape: Shape, value: Plain, path: Path) -> Told:
        match shape:
            case sh.Ref(name=name):
                return self._phrase(name, value, path)
            case sh.Record() if isinstance(value, dict):
                held = (name for name in value if name not in UNTOLD and name in shape.facets)
                return Told("", "", tuple(self.facet(path, name, value[name]) for name in held))
            case sh.MapOf() if isinstance(value, dict):
                return Told("", "", tuple(self._entry(shape, value, key, path) for key in value))
            case sh.ListOf():
                return self._list(shape, value, path)
            case sh.OneOf():
                return self._told(self._variant(shape, value), value, path)
        return Told("", self._word(shape, value, path))

    def _entry(self, shape: sh.MapOf, value: Plain, key: str, path: Path) -> Told:
        """One thing of a map; its own title is its name."""
        where, item = (*path, key), value[key]
        if key in shape.special:
            return self.facet(path, key, item)
        told = self._told(shape.item, item, where)
        named = self._named(item, key, path)
        without = tuple(p for p in told.parts if p.name != label(self.language, (*where, "title")))
        return Told(named, told.value, without)

    def _named(self, item: Plain, key: str, path: Path) -> str:
        titles = item.get("title") or item.get("do") if isinstance(item, dict) else None
        if isinstance(titles, dict):
            return f"{self._text(titles)[1:-1]} ({key})"
        if path[-1] == "outcomes":
            return self.p.outcome(path[1], key)
        named = self.p.title(key)
        return f"{named} ({key})" if named != key else key

    def _list(self, shape: sh.ListOf, value: Plain, path: Path) -> Told:
        each = [self._told(shape.item, item, (*path, str(n))) for n, item in enumerate(value)]
        return Told("", ", ".join(part.line() for part in each))

    def _variant(self, shape: sh.OneOf, value: Plain) -> Shape:
        if isinstance(value, dict):
            return next(way for marker, way in shape.maps if marker in value or not marker)
        if isinstance(value, list | tuple) and shape.items is not None:
            return shape.items
        flags = [way for way in shape.scalars if isinstance(way, sh.Flag)]
        words = [w for w in shape.scalars if isinstance(w, sh.Word) and value in w.words]
        return (flags if isinstance(value, bool) and flags else words or shape.scalars)[0]

    # ------------------------------------------------------------ phrases

    def _phrase(self, name: str, value: Plain, path: Path) -> Told:
        here = self._at_path(path)
        match name:
            case "texts":
                return Told("", self._text(value))
            case "who":
                return Told("", self.p.who(people.who(here, value)))
            case "moment":
                return Told("", self.p.moment(moments.moment(here, value)))
            case "predicate":
                return Told("", self.p.rule(predicates.predicate(here, value)))
        return self._told(DEFINITIONS[name], value, path)

    def _at_path(self, path: Path) -> Here:
        """Where the value stands: its gate, whose needs are beside it."""
        here = self._here.at(*path)
        if len(path) > 1 and path[0] in ("gates", "phases", "roles"):
            here = here.within(path[1], path[1] if path[0] == "gates" else "")
        if "needs" in path:
            beside = self._at(path[: len(path) - path[::-1].index("needs")])
            here = here.beside(beside or ())
        return here

    def _at(self, path: Path) -> Plain:
        found: Plain = self.raw
        for step in path:
            found = found.get(step) if isinstance(found, dict) else None
        return found

    # ------------------------------------------------------------ words

    def _text(self, texts: Mapping[str, str]) -> str:
        wanted = (self.language, *self.method.languages)
        said = next((texts[lang] for lang in wanted if texts.get(lang)), "")
        return self.p.say("term.quoted", text=said) if said else ""

    def _word(self, shape: Shape, value: Plain, path: Path) -> str:
        match shape:
            case sh.Flag():
                return self.p.say("diff.yes" if value else "diff.no")
            case sh.Word():
                return self._term(value)
            case sh.Name():
                return self._thing(shape, value, path)
            case sh.Pattern(regex=regex):
                return self._pattern(shape, regex, str(value), path)
            case sh.Scalar() if isinstance(value, bool):
                return self.p.say("diff.yes" if value else "diff.no")
            case sh.Scalar() if path[0] == "facts" and path[2:3] == ("value",):
                return self.p.amount(path[1], str(value))
        return str(value)

    def _term(self, word: str) -> str:
        """A word of the language."""
        return self.p.say(f"term.{word}") if wording.knows(f"term.{word}") else word

    def _thing(self, shape: sh.Name, value: str, path: Path) -> str:
        if value in shape.words:
            return self._term(value)
        if "need" in shape.of and "/" in value:
            return self._thing(shape, value.rpartition("/")[2], path)
        if shape == VALUE or "outcome" in shape.of:
            return self._outcome(value, path)
        return self.p.title(value)

    def _outcome(self, value: str, path: Path) -> str:
        """An outcome of the gate it is said at, or that a need names; or a value of a scale."""
        need = self._at(path[: path.index("outcome")]) if "outcome" in path else None
        gate = str(need.get("of", path[path.index("outcome") - 1])) if need is not None else path[1]
        known = gate in self.method.gates
        return self.p.outcome(gate, value) if known else self.p.value(self._term(value))

    def _pattern(self, shape: sh.Pattern, regex: str, value: str, path: Path) -> str:
        if regex == MOMENT_TEXT:
            return self.p.moment(moments.moment(self._at_path(path), value))
        if shape == DURATION:
            return length(Duration.parse(value), self.language)
        return self._period(value) if regex == QUIET_TEXT else value

    def _period(self, value: str) -> str:
        period = YearlyPeriod.parse(value)
        days = (
            (period.first_day, period.first_month), (period.last_day, period.last_month)
        )  # fmt: skip
        told = (
            self.p.say("moment.yearly", day=day, month=self.p.say(f"moment.month_{month}"))
            for day, month in days
        )
        return " – ".join(told)


def label(language: str, path: Path) -> str:
    """What a facet is called where it stands."""
    above = shape_at(path[:-1])
    kind = above.what if isinstance(above, sh.Record | sh.MapOf) else ""
    own = f"facet.{kind}_{path[-1]}"
    return wording.say(language, own if wording.knows(own) else f"facet.{path[-1]}")
