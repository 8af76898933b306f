"""How a handbook tells any part of a method: whose it is, what is needed there, and what else is
said of it, each in words. Which parts stand where is left to those who build on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from innocities_engine.authoring import diagram, parts, sentences
from innocities_engine.authoring.plainly import Plainly
from innocities_engine.authoring.spelled import Spelled
from innocities_engine.domain import grammar as g
from innocities_engine.domain.definition import (
    BlockKind,
    Element,
    Gate,
    Methodology,
    Need,
    NeedKind,
    Place,
)

Plain: TypeAlias = "dict[str, Any]"
Path: TypeAlias = "tuple[str, ...]"
# What is told by its name and value, since no sentence of its own says it.
NEED: Final = ("each", "times", "remind")
OWN: Final = frozenset({BlockKind.GATE})  # of a gate's or role's need: the gate it stands on


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells one method in one language; with a role only what concerns that role."""

    p: Plainly
    spelled: Spelled
    role: str

    @property
    def method(self) -> Methodology:
        return self.p.method

    # ------------------------------------------------------------ whose it is

    def is_theirs(self, *asked: g.Who | None) -> bool:
        return not self.role or any(self.role in parts.roles(who) for who in asked)

    def _owed_by(self, need: Need) -> g.Who | None:
        m = self.method
        match need.kind:
            case NeedKind.ARTEFACT:
                return need.by or m.artefacts[need.of].by
            case NeedKind.FACT:
                return need.by or m.facts[need.of].by
            case NeedKind.GATE:
                return need.by or m.gates[need.of].decides.by
        return need.by

    def _concerns(self, needs: Mapping[str, Need]) -> bool:
        return not self.role or any(self.is_theirs(self._owed_by(n)) for n in needs.values())

    def rates(self, gate: Gate) -> bool:
        """Whether they judge there, for every question or for one."""
        own = gate.rates.by if gate.rates else gate.decides.by if gate.criteria else None
        return self.is_theirs(own, *(c.by for c in gate.criteria.values()))

    def _concerns_gate(self, gate: Gate) -> bool:
        voices = [gate.decides, *gate.advises.values(), *([gate.rates] if gate.rates else [])]
        asked = [
            *(voice.by for voice in voices),
            *(c.by for c in gate.criteria.values()),
            *(self._owed_by(n) for n in parts.needs_of(gate)),
        ]
        return self.is_theirs(*asked) or self.role in gate.tells

    # ------------------------------------------------------------ what is needed

    def _needs(
        self, needs: Mapping[str, Need], path: Path, due: g.Moment | None = None
    ) -> list[Plain]:
        return [self._need(need, (*path, "needs", key), due) for key, need in needs.items()]

    def _need(self, need: Need, path: Path, due: g.Moment | None) -> Plain:
        by = self._owed_by(need)
        free = ["newer_than"] if need.newer_than is None else []
        return {
            "title": self._need_title(need),
            "id": need.id,
            "help": diagram.text(self.method, need.help, self.p.language),
            "who": self.p.who(by) if by is not None else "",
            "told": [*self._terms(need, need.due or due), *self._more(path, (*NEED, *free))],
            "theirs": bool(self.role) and self.is_theirs(by),
        }

    def _need_title(self, need: Need) -> str:
        own = diagram.text(self.method, need.do, self.p.language)
        own = own or diagram.text(self.method, need.title, self.p.language)
        return own or self.p.title(need.of or need.id)

    def _terms(self, need: Need, due: g.Moment | None) -> Iterator[str]:
        """Whether it is required, by when, and what else there is to know."""
        if isinstance(need.required, bool):
            yield self.p.say(f"handbook.is_{'required' if need.required else 'recommended'}")
        else:
            yield self.p.say("handbook.is_conditional", when=self.p.rule(need.required))
        if need.when is not None:
            yield self.p.say("handbook.only_if", when=self.p.rule(need.when))
        if need.due_at_decision:
            yield self.p.say("handbook.at_decision")
        elif due is not None:
            yield self._due(due)
        if need.kind is NeedKind.ARTEFACT and need.status != "submitted":
            yield self.p.say(f"status.{need.status}")
        if need.newer_than is not None:
            yield self.p.say("handbook.newer", moment=self.p.moment(need.newer_than))
        if need.written is not None:
            yield self.p.say("handbook.written", n=need.written.at_least)
            if need.written.for_verdict is not None:
                value = self.p.value(need.written.for_verdict)
                yield self.p.say("handbook.written_for", value=value)
        yield from sentences.ended_with(self.p, need)
        if need.opens is not None:
            yield from sentences.comes(self.p, need.opens)
        yield from sentences.questions(self.p, need)
        yield from self._held(need)
        if need.done is not None:
            yield self.p.say("handbook.done_when", when=self.p.rule(need.done))
        if need.waives is not None:
            yield self.p.say("handbook.waived", who=self.p.who(need.waives))
        if need.accepts is not None:
            yield self.p.say("handbook.confirmed", who=self.p.who(need.accepts))

    def _due(self, due: g.Moment) -> str:
        told = self.p.moment(due)
        return told if isinstance(due, g.Every) else self.p.say("handbook.due", moment=told)

    def _held(self, need: Need) -> Iterator[str]:
        """What it holds up until it is met, where that is not the gate it stands on."""
        names = [
            self.p.title(each.gate) if each.gate else self.p.say(f"handbook.held_{each.kind.value}")
            for each in need.blocks
            if each.gate != need.owner_id and (each.gate or each.kind not in OWN)
        ]
        if names:
            yield self.p.say("handbook.holds", things=", ".join(names))
        elif not need.blocks and need.place is Place.GATE:
            yield self.p.say("handbook.need_not")

    # ------------------------------------------------------------ what else is said

    def _element(self, element: Element, kind: str) -> Plain:
        m, language = self.method, self.p.language
        return {
            "id": element.id,
            "anchor": f"{kind}-{element.id}",
            "title": diagram.title(m, element, language),
            "help": diagram.text(m, element.help, language),
            "question": "",
            "told": [],
        }

    def _rest(self, path: Path, facets: tuple[str, ...]) -> list[str]:
        """What an element says besides, each in a sentence."""
        return [f"{line}." for line in self.spelled.facets(path, facets)]

    def _more(self, path: Path, facets: tuple[str, ...]) -> list[str]:
        """What stands with something else, in a few words."""
        return self.spelled.facets(path, facets)

    def _pairs(self, path: Path, facets: tuple[str, ...]) -> list[tuple[str, str]]:
        told = (self.spelled.pair(path, name) for name in facets)
        return [pair for pair in told if pair is not None]

    def _sentence(self, name: str, **values: object) -> str:
        return sentences.sentence(self.p.say(name, **values))
