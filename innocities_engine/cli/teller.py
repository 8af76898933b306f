"""Decide how things of a project are named to a reader: by their title and the id one types, roles
with the people who hold them, days in full. Which sentences these names stand in is left to those
who tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from innocities_engine import errors, wording
from innocities_engine.domain import gates, needs, people
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Element, Methodology, Need, NeedKind, Outcome
from innocities_engine.domain.explained import length
from innocities_engine.domain.project import NeedInstance, Project
from innocities_engine.domain.settle import advance
from innocities_engine.domain.situation import Situation, need_of

if TYPE_CHECKING:
    from innocities_engine.cli.console import Console
    from innocities_engine.engine import View

SHORT_ID: Final = 8
UNGUESSABLE: Final = re.compile(r"[0-9a-f]{32}")
_SUMMED: Final = frozenset({NeedKind.ARTEFACT, NeedKind.FACT, NeedKind.ROLE, NeedKind.GATE})


def situation(view: View) -> Situation:
    """The project as it stands now, what time alone has brought about included."""
    return as_of_now(view.method, view.project, view.inputs, view.now)


def as_of_now(method: Methodology, project: Project, inputs: Inputs, now: datetime) -> Situation:
    c = Cursor(method, project, inputs, now)
    if project.started_at is not None:
        advance(c, now)
    return Situation(method, c.project, inputs, now)


@dataclass(frozen=True)
class Naming:
    """Names the things of a method in one language."""

    language: str
    method: Methodology

    @cached_property
    def _elements(self) -> Mapping[str, Element]:
        m = self.method
        kinds = (m.roles, m.facts, m.artefacts, m.phases, m.gates, m.ladders)
        return {thing: element for kind in kinds for thing, element in kind.items()}

    def text(self, texts: Mapping[str, str]) -> str:
        """In the reader's language, else in the method's first."""
        wanted = (self.language, *self.method.languages)
        return next((texts[lang] for lang in wanted if texts.get(lang)), "")

    def title(self, thing: str) -> str:
        """The title of a thing of the method alone."""
        element = self._elements.get(thing)
        return (element and self.text(element.title)) or thing

    def need_title(self, need: Need) -> str:
        own = self.text(need.do) or self.text(need.title)
        if own:
            return own.rstrip(".")
        return self.title(need.of) if need.kind in _SUMMED else need.id

    def owed(self, key: str) -> str:
        """What a key of something owed is about, as shortly as can be."""
        kind, voice, subject = key.partition(":")
        if voice and wording.knows(f"obligation.{kind}"):
            gate, _, item = subject.partition("/")
            named = self.title(gate.partition("#")[0])
            return wording.say(
                self.language, f"obligation.{kind}", gate=named, item=item, phase=named
            )
        place, _, thing = key.rpartition("/")
        wanted = thing.partition("#")[0]
        need = next((n for n in self.method.all_needs if n.id == wanted), None)
        return self.need_title(need) if need else self.title((place or wanted).partition("#")[0])


@dataclass(frozen=True)
class Teller:
    """Names the things of one project in one language. `persons`: names by id."""

    language: str
    s: Situation
    persons: Mapping[str, str] = field(default_factory=dict)
    me: str = ""
    context: str = ""  # what a command to copy has to name beside

    @property
    def method(self) -> Methodology:
        return self.s.method

    @property
    def project(self) -> Project:
        return self.s.project

    def say(self, text: str, /, **values: object) -> str:
        return wording.say(self.language, text, **values)

    # ------------------------------------------------------------ names

    @cached_property
    def _naming(self) -> Naming:
        return Naming(self.language, self.method)

    def text(self, texts: Mapping[str, str]) -> str:
        return self._naming.text(texts)

    def title(self, thing: str) -> str:
        return self._naming.title(thing)

    def need_title(self, need: Need) -> str:
        return self._naming.need_title(need)

    def owed(self, key: str) -> str:
        return self._naming.owed(key)

    def name(self, thing: str) -> str:
        """The title, and the id one types where it says something else."""
        title = self.title(thing)
        return title if title.casefold() == thing.casefold() else f"{title} ({thing})"

    def gate(self, gate: str) -> str:
        title = self.title(gate)
        return gate if title == gate else f"{gate} {title}"

    def passage(self, key: str) -> str:
        """A gate, and which time it is from the second on."""
        gate, _, n = key.partition("#")
        return self.gate(gate) if n in ("", "1") else f"{self.gate(gate)} #{n}"

    def person(self, person: str) -> str:
        return self.persons.get(person, person)

    def role(self, role: str) -> str:
        """A role with whoever holds it; or the one person that was named in its place."""
        if role not in self.method.roles:
            return self.person(role)
        held = ", ".join(map(self.person, self.project.members.get(role, ())))
        return f"{self.title(role)} ({held})" if held else self.title(role)

    def who(self, roles: Iterable[str], word: str = "or") -> str:
        return wording.listed(self.language, map(self.role, roles), word)

    def day(self, day: date) -> str:
        return wording.day(self.language, day)

    def clock(self, instant: datetime) -> str:
        zone = self.s.inputs.calendar.zone
        return wording.clock(self.language, instant.astimezone(_zone(zone)))

    # ------------------------------------------------------------ needs

    def need(self, instance: NeedInstance) -> str:
        """What is needed, in a few words."""
        need = need_of(self.method, instance)
        told = instance.text.rstrip(".") or self.need_title(need)
        return f"{told} ({self.person(instance.member)})" if instance.member else told

    def leads_to(self, outcome: Outcome) -> str:
        """What an outcome brings about, and what the decision has to carry."""
        targets = " / ".join(map(self.title, outcome.targets))
        most = length(outcome.hold.at_most, self.language) if outcome.hold else ""
        key = f"effect.{outcome.effect.value}" + (f"_{outcome.end}" if outcome.end else "")
        if outcome.choose is not None:
            key = "effect.to_by_facts"
        asks = [
            self.need_title(n) for n in outcome.needs.values() if n.due_at_decision or n.written
        ]
        said = self.say(key, targets=targets, most=most)
        return f"{said} {self.say('effect.asks', needs=', '.join(asks))}" if asks else said

    def typed(self, instance: NeedInstance) -> str:
        """How a need is named on the command line: shortly where that is clear."""
        same = [n for n in self.project.needs.values() if n.ref == instance.ref]
        live = [n for n in same if n.status in needs.UNMET]
        return instance.key if len(live) > 1 else instance.ref

    def speakers(self, roles: Iterable[str]) -> tuple[str, ...]:
        """The people who can act for these roles today."""
        found: list[str] = []
        for role in roles:
            if role not in self.method.roles:
                found.append(role)
            found += people.holders(self.s, role)
        return tuple(dict.fromkeys(found))

    # ------------------------------------------------------------ what to type

    @property
    def handle(self) -> str:
        """How the project is named on the command line."""
        given = self.project.id
        return given[:SHORT_ID] if UNGUESSABLE.fullmatch(given) else given

    def command(self, verb: str, *words: str, roles: Iterable[str] = ()) -> str:
        """A command about this project to copy, issued by somebody who may."""
        return self.to_type("project", verb, self.handle, *words, roles=roles)

    def to_type(self, *words: str, roles: Iterable[str] = ()) -> str:
        """Any command to copy, which means the same wherever this one was asked."""
        able = self.speakers(roles)
        who = "" if self.me in able or not able else f"--as {able[0]}"
        return " ".join(filter(None, ("innocities", *words, who, self.context)))


def _zone(zone: Any) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(zone) if isinstance(zone, str) else zone


def counted(counts: Mapping[str, int]) -> str:
    """The projects that were counted, and how many they were."""
    return ", ".join(f"{n} × {what}" for what, n in counts.items())


def of(console: Console, view: View) -> Teller:
    """Tell of a project to whoever asks."""
    return Teller(console.language, situation(view), persons(console), console.me, console.context)


def persons(console: Console) -> Mapping[str, str]:
    """The names of people, for whoever may see them."""
    try:
        return {p.id: p.name for p in console.office.persons(console.home.id, console.me)}
    except (errors.NotPermitted, errors.NotFound):
        return {}


def next_passage(s: Situation) -> Any:
    """The open gate of the main track that would lead on; else any open gate."""
    open_ones = [
        p
        for p in s.project.passages.values()
        if p.status.value == "open" and _runs(s, s.method.gates[p.gate].track)
    ]
    ranked = sorted(
        open_ones,
        key=lambda p: (
            s.method.gates[p.gate].track != s.method.main_root,
            not needs.leads_on(s.method.gates[p.gate]),
            list(s.method.gates).index(p.gate),
        ),
    )
    return ranked[0] if ranked else None


def _runs(s: Situation, track: str) -> bool:
    found = s.project.tracks.get(track)
    return found is not None and found.end is None


def review_of(s: Situation, gate: str) -> gates.Review | None:
    """What holds the open instance of a gate shut."""
    passage = s.project.open_passage(gate)
    return gates.review(s, passage) if passage else None
