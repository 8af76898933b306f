"""The things of a method that a handbook tells by themselves: roles, papers, questions,
reminders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from innocities_engine.authoring import diagram, parts
from innocities_engine.authoring.handbook_telling import Plain, Telling
from innocities_engine.domain.definition import (
    Artefact,
    Fact,
    Ladder,
    Need,
    NeedKind,
    Place,
    Role,
)

WORDS: Final = ("owner", "decider", "accepts")
# What is told by its name and value, since no sentence of its own says it.
ROLE: Final = ("kind", "seats", "sector", "meets", "notice", "leads")
RUNG: Final = ("title", "help", "escalation")


@dataclass(frozen=True, slots=True)
class Things(Telling):
    """What each role does, each paper needs, each question asks."""

    def _role(self, role: Role) -> Plain:
        m = self.method
        theirs = Telling(self.p, self.spelled, role.id)
        needs = [
            (n, place) for n, place in parts.everywhere(m) if theirs.is_theirs(self._owed_by(n))
        ]
        acts = [(n, place) for n, place in needs if n.kind is not NeedKind.ARTEFACT or n.by]
        shares = {
            "decides": [self.p.title(x.id) for x in m.gates.values()
                        if theirs.is_theirs(x.decides.by)],
            "advises": [self.p.title(x.id) for x in m.gates.values()
                        if theirs.is_theirs(*(v.by for v in x.advises.values()))],
            "rates": [self.p.title(x.id) for x in m.gates.values() if theirs.rates(x)],
            "owns": [self.p.title(x.id) for x in m.artefacts.values() if theirs.is_theirs(x.by)],
            "approves": [self.p.title(x.id) for x in m.artefacts.values()
                         if theirs.is_theirs(x.approves)],
            "does": [
                self.p.say("handbook.of_need", thing=self._need_title(n), place=self.p.title(place))
                for n, place in acts
            ],
            "records": [self.p.title(x.id) for x in m.roles.values()
                        if theirs.is_theirs(x.records)],
        }  # fmt: skip
        path = ("roles", role.id)
        return {
            **self._element(role, "role"),
            "told": self._rest(path, ROLE),
            "parts": [
                {"name": self.p.say(f"handbook.{name}"), "things": list(dict.fromkeys(things))}
                for name, things in shares.items()
                if things
            ],
            "needs": self._needs(role.needs, path),
        }

    def _artefact(self, artefact: Artefact) -> Plain:
        needed = [
            self._needed_at(n, place)
            for n, place in parts.everywhere(self.method)
            if n.of == artefact.id
        ]
        rows = [
            ("owns", self.p.who(artefact.by) if artefact.by else ""),
            ("approves", self.p.who(artefact.approves) if artefact.approves else ""),
            ("needed_at", ", ".join(dict.fromkeys(needed))),
            ("rests_on", ", ".join(map(self.p.title, artefact.rests_on))),
            ("form", " ".join(map(self.p.question, artefact.form))),
            ("template", artefact.template.rpartition("/")[2]),
        ]
        told = [(self.p.say(f"handbook.{name}"), value) for name, value in rows if value]
        told += self._pairs(("artefacts", artefact.id), ("replaces", "keep"))
        return {**self._element(artefact, "artefact"), "rows": told}

    def _needed_at(self, need: Need, place: str) -> str:
        """Where it is asked for, and whether it must be there whatever happens."""
        terms = []
        if need.place is Place.OUTCOME:
            outcomes = self.method.gates[place].outcomes
            after = [
                self.p.outcome(place, o) for o in outcomes if need in outcomes[o].needs.values()
            ]
            terms.append(self.p.say("handbook.after", outcome=", ".join(after)))
        if need.required is False:
            terms.append(self.p.say("handbook.is_recommended"))
        elif not isinstance(need.required, bool):
            terms.append(self.p.say("handbook.is_conditional", when=self.p.rule(need.required)))
        if need.when is not None:
            terms.append(self.p.say("handbook.only_if", when=self.p.rule(need.when)))
        title = self.p.title(place)
        return f"{title} ({'; '.join(terms)})" if terms else title

    def _fact(self, fact: Fact) -> Plain:
        told = []
        if fact.rule is not None:
            told.append(self._sentence("handbook.named_rule", when=self.p.rule(fact.rule)))
        elif fact.value is not None:
            value = self.p.amount(fact.id, fact.value)
            told.append(self._sentence("handbook.parameter", value=value))
        answers = fact.rule is None and fact.value is None and fact.chosen is None
        rows = []
        if answers:
            by = self.p.who(fact.by) if fact.by else self.p.say("handbook.anybody")
            rows.append((self.p.say("handbook.answers"), by))
        if fact.choices:
            rows.append((self.p.say("handbook.choices"), ", ".join(fact.choices)))
        chosen = ["value"] if fact.chosen is not None else []
        rows += self._pairs(("facts", fact.id), ("type", "currency", *chosen))
        return {
            **self._element(fact, "fact"),
            "question": diagram.text(self.method, fact.question, self.p.language),
            "told": told,
            "rows": rows,
        }

    def _ladder(self, ladder: Ladder) -> Plain:
        rungs = []
        for rung in ladder.rungs.values():
            path = ("ladders", ladder.id, rung.id)
            names = (
                self.p.say(f"handbook.{to}") if to in WORDS else self.p.title(to) for to in rung.to
            )
            told = self._more(path, RUNG)
            rungs.append({"when": self.p.moment(rung.at), "to": ", ".join(names), "told": told})
        return {**self._element(ladder, "ladder"), "rungs": rungs}
