"""Decide what is known of a reason why not while it is told: what it is about, who can mend it, by
when, and how a command that helps is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from innocities_engine import wording
from innocities_engine.cli.teller import Teller
from innocities_engine.domain import judgements, people
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import EachWho
from innocities_engine.domain.project import NeedInstance, Passage
from innocities_engine.domain.situation import passage_scope

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Gate
    from innocities_engine.domain.grammar import Who


@dataclass(frozen=True, slots=True)
class Reason:
    """What is the matter, and a command that helps ("" where none does)."""

    text: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A reason and where it is told: `passage` is the one under judgement, if there is one."""

    t: Teller
    blocker: Blocker
    passage: Passage | None = None

    @property
    def subject(self) -> str:
        return self.blocker.subject

    @property
    def params(self) -> Mapping[str, str]:
        return self.blocker.params

    @property
    def gate(self) -> Gate | None:
        return self.t.method.gates.get(self.passage.gate) if self.passage else None

    @property
    def instance(self) -> NeedInstance | None:
        return self.t.project.needs.get(self.subject)

    @property
    def who(self) -> str:
        """Who it is a matter for: each of these roles, or any of them."""
        word = "and" if self._asks_each() else "or"
        judged = self.blocker.code.startswith("criterion")
        nobody = "words.whoever_decides" if judged else "words.somebody"
        return self.t.who(self.blocker.who, word) or self.t.say(nobody)

    def _asks_each(self) -> bool:
        gate, t = self.gate, self.t
        if gate is None or self.passage is None:
            return False
        by: Who | None = None
        if self.subject in gate.criteria:
            by = judgements.raters_of(gate, gate.criteria[self.subject])
        elif self.subject in gate.advises:
            by = gate.advises[self.subject].by
        if by is None:
            return False
        return isinstance(people.asked(t.s, by, passage_scope(t.s, self.passage)).who, EachWho)

    @property
    def by(self) -> str:
        day = self.blocker.due
        return self.t.say("words.by", day=self.t.day(day)) if isinstance(day, date) else ""

    @property
    def thing(self) -> str:
        """The subject by its title, whatever kind of thing it is."""
        if self.instance is not None:
            return self.t.need(self.instance)
        if wording.knows(f"subject.{self.subject}"):
            return self.t.say(f"subject.{self.subject}")
        key = self.subject.rpartition("/")[2]
        if self.gate is not None and key in self.gate.criteria:
            return self.t.text(self.gate.criteria[key].question) or key
        if self.gate is not None and key in self.gate.advises:
            return self.t.text(self.gate.advises[key].title) or key
        gate, dot, outcome = self.subject.partition(".")
        if dot and gate in self.t.method.gates:
            return f"{self.t.gate(gate)}: {outcome}"
        if self.subject in self.t.method.gates:
            return self.t.gate(self.subject)
        return self.t.name(key or self.subject)

    def tell(self, text: str, then: str = "", **values: object) -> Reason:
        known = {"thing": self.thing, "who": self.who, "by": self.by, "subject": self.subject}
        return Reason(self.t.say(f"blocker.{text}", **(known | values)), then)

    def day_or_same(self, value: str) -> str:
        """A day in words, where the value is one."""
        try:
            return self.t.day(date.fromisoformat(value))
        except ValueError:
            return value

    def command(self, verb: str, *words: str) -> str:
        return self.t.command(verb, *words, roles=self.blocker.who)


def question(t: Teller, fact: str) -> str:
    """The question a fact answers."""
    known = t.method.facts.get(fact)
    return (known and t.text(known.question)) or f"{t.title(fact)}?"
