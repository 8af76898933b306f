"""What the names of a definition stand for. Decides which ids exist, which words are reserved, and
what a name means where it is written: a sibling first, then what is around it, then the only
one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from innocities_engine.domain.definition import Fact
from innocities_engine.domain.durations import MONTHS
from innocities_engine.domain.grammar import NeedRef
from innocities_engine.domain.worded import Worded
from innocities_engine.language.authored import SECTIONS
from innocities_engine.language.faults import SILENT, Faults, Path, one_of
from innocities_engine.language.phrases import UNIVERSAL

T = TypeVar("T")
Raw: TypeAlias = Mapping[str, Any]

RESERVED: Final = frozenset(
    [
        *("start", "entry", "ready", "meeting", "decision", "due"),
        *("before", "after", "every", "earliest", "latest", "of", "at", "most", "times"),
        *("all", "any", "none", "one", "majority", "percent", "each", "choose", "otherwise", "use"),
        *("next", "move", "end", "this", "score", "owner", "decider", "accepts", "member"),
        *("rated", "unmet", "on_request", "submitter", "conflicted", "completed", "stopped"),
        *("working", "statutory", "day", "days", "week", "weeks"),
        *("month", "months", "year", "years", "true", "false", "null"),
        *(month.lower() for month in MONTHS),
    ]
)

_LOCAL: Final = frozenset(("all", "any", "none", "this", "otherwise", "rated", "true", "false"))


@dataclass(frozen=True, slots=True)
class Names:
    """`things`: id to kind. `places`: need key to the gates, phases and roles that have it."""

    raw: Raw
    things: Mapping[str, str]
    places: Mapping[str, tuple[str, ...]]
    facts: dict[str, Fact] = field(default_factory=dict)  # types only, filled before rules are read

    def kind(self, name: str) -> str:
        return self.things.get(name, "")

    def gate(self, gate: str) -> Raw:
        found: Raw = self.raw.get("gates", {}).get(gate, {})
        return found

    def of_kind(self, *kinds: str) -> list[str]:
        return [name for name, kind in self.things.items() if kind in kinds]


def index(raw: Raw) -> Names:
    things = {name: kind for section, kind in SECTIONS.items() for name in raw.get(section, {})}
    places: dict[str, list[str]] = {}
    for place, keys in _need_keys(raw):
        for key in keys:
            if place not in places.setdefault(key, []):
                places[key].append(place)
    return Names(raw, things, {key: tuple(where) for key, where in places.items()})


def _need_keys(raw: Raw) -> Iterable[tuple[str, Iterable[str]]]:
    for section in ("phases", "roles"):
        for name, thing in raw.get(section, {}).items():
            yield name, thing.get("needs", {})
    for name in raw.get("gates", {}):
        yield name, needs_of_gate(raw["gates"][name])


def needs_of_gate(gate: Raw) -> dict[str, Raw]:
    """The gate's own needs and those of its outcomes, by key."""
    found: dict[str, Raw] = dict(gate.get("needs", {}))
    for outcome in gate.get("outcomes", {}).values():
        for key, need in outcome.get("needs", {}).items():
            found.setdefault(key, need)
    return found


def check_ids(raw: Raw, faults: Faults) -> None:
    """Ids are unique together, whatever their capitals, and none is a word of the language."""
    seen: dict[str, Path] = {}
    for section in SECTIONS:
        for name in raw.get(section, {}):
            path = (section, name)
            _not_reserved(name, path, faults)
            first = seen.setdefault(name.casefold(), path)
            if first != path:
                message = Worded(
                    "`{name}` is also the id of {path}.", name=name, path=".".join(first)
                )
                hint = Worded("Ids are unique in the whole method, also when capitals are ignored.")
                faults.error("duplicate-id", message, path, hint=hint)
    for inner in _inner(raw):
        words = RESERVED if inner[-2] == "needs" else _LOCAL
        _not_reserved(inner[-1], inner, faults, words)


def check_earlier_ids(raw: Raw, faults: Faults) -> None:
    """An earlier id that something has now would lead running projects to either of two things."""
    for above, siblings in _maps(raw):
        _not_in_use(above, siblings, faults)


def _maps(raw: Raw) -> Iterable[tuple[Path, Raw]]:
    """Every map from ids to things, with its path."""
    yield from (((section,), raw.get(section, {})) for section in SECTIONS)
    above = {path[:-1] for path in _inner(raw)}
    for path in sorted(above):
        found: Any = raw
        for step in path:
            found = found[step]
        yield path, found
    for name, rungs in raw.get("ladders", {}).items():
        things = {key: rung for key, rung in rungs.items() if key not in UNIVERSAL}
        yield ("ladders", name), things


def _not_in_use(above: Path, siblings: Raw, faults: Faults) -> None:
    for name, thing in siblings.items():
        was = thing.get("was", ()) if isinstance(thing, dict) else ()
        for earlier in (was,) if isinstance(was, str) else was:
            if earlier in siblings and earlier != name:
                message = Worded(
                    "`{earlier}` is the earlier id of `{name}`, and something has it now.",
                    earlier=earlier, name=name,
                )  # fmt: skip
                hint = Worded("Running projects could not tell the two apart: give it another id.")
                faults.error("earlier-id-in-use", message, (*above, name, "was"), hint=hint)


def _inner(raw: Raw) -> Iterable[Path]:
    for section in ("roles", "phases", "gates"):
        for name, thing in raw.get(section, {}).items():
            for facet in ("needs", "criteria", "advises", "outcomes"):
                yield from ((section, name, facet, key) for key in thing.get(facet, {}))
    for name, gate in raw.get("gates", {}).items():
        for outcome, written in gate.get("outcomes", {}).items():
            above = ("gates", name, "outcomes", outcome, "needs")
            yield from ((*above, key) for key in written.get("needs", {}))


def _not_reserved(name: str, path: Path, faults: Faults, words: frozenset[str] = RESERVED) -> None:
    if name.lower() in words:
        message = Worded("`{name}` is a word of the language and cannot be an id.", name=name)
        hint = Worded("Call it, say, `{other}`.", other=f"{name}_1")
        faults.error("reserved-id", message, path, hint=hint)


class Here(NamedTuple):
    """Where something is written: its path, the gate it belongs to, the needs beside it.

    `owner`: the gate, phase or role whose needs these are. `anchors`: the moments that the thing
    itself has (start, entry, …); others could never be known here. A tuple, because thousands of
    these are made for every method.
    """

    names: Names
    faults: Faults
    path: Path = ()
    gate: str = ""
    owner: str = ""
    siblings: frozenset[str] = frozenset()
    anchors: frozenset[str] = frozenset(("start",))

    def at(self, *steps: str) -> Here:
        names, faults, path, gate, owner, siblings, anchors = self
        return Here(names, faults, path + steps, gate, owner, siblings, anchors)

    def having(self, *anchors: str) -> Here:
        return self._replace(anchors=frozenset(anchors))

    def within(self, owner: str, gate: str = "") -> Here:
        return self._replace(owner=owner, gate=gate)

    def beside(self, needs: Iterable[str]) -> Here:
        return self._replace(siblings=frozenset(needs))

    def error(self, code: str, message: Worded, hint: Worded = SILENT) -> None:
        self.faults.error(code, message, self.path, hint=hint)

    def thing(self, name: str, *kinds: str, words: Iterable[str] = ()) -> str:
        """The name, which must be one of these kinds; a fault says what it is instead.

        `words`: what else could have been meant.
        """
        found = self.names.kind(name)
        if found not in kinds:
            wanted = one_of([Worded(kind) for kind in kinds])
            message = Worded("`{name}` is no {wanted}.", name=name, wanted=wanted)
            if found:
                message = Worded(
                    "`{name}` is of the kind {found}, not {wanted}.",
                    name=name,
                    found=Worded(found),
                    wanted=wanted,
                )
            unlike = Worded("Nothing has a similar id.")
            hint = self.faults.near(name, [*self.names.of_kind(*kinds), *words], unlike)
            self.error("unknown-name", message, hint)
        return name

    def need(self, text: str) -> NeedRef | None:
        """What need the text names; None, with a fault, if there is none or more than one."""
        place, _, key = text.rpartition("/")
        if place:
            return self._placed(place, key)
        if key in self.siblings:
            return NeedRef(key)
        places = self.names.places.get(key, ())
        around = [p for p in (self.owner, self.gate) if p in places]
        if around:
            return NeedRef(key, around[0])
        if len(places) == 1:
            return NeedRef(key, places[0])
        if places:
            ways = ", ".join(f"`{p}/{key}`" for p in places[:6])
            message = Worded("Several needs are called `{key}`.", key=key)
            self.error("ambiguous-need", message, Worded("Write {ways}.", ways=ways))
        else:
            near = self.faults.near(key, self.names.places)
            self.error("unknown-name", Worded("`{key}` is no need.", key=key), near)
        return None

    def _placed(self, place: str, key: str) -> NeedRef | None:
        self.thing(place, "gate", "phase", "role")
        places = self.names.places.get(key, ())
        if place in places or (self.names.kind(place) == "gate" and self._by_decider(places)):
            return NeedRef(key, place)
        known = [k for k, where in self.names.places.items() if place in where]
        message = Worded("{place} has no need `{key}`.", place=place, key=key)
        self.error("unknown-name", message, self.faults.near(key, known))
        return None

    def _by_decider(self, places: tuple[str, ...]) -> bool:
        return any(self.names.kind(place) == "role" for place in places)


def optional(here: Here, raw: Raw, facet: str, read: Callable[[Here, Any], T]) -> T | None:
    """What a facet says, if it is there."""
    return read(here.at(facet), raw[facet]) if facet in raw else None
