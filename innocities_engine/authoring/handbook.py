"""A method as people read it, in one language: what each phase and gate asks, what each role does,
which papers there are and where every part comes from. As plain data, for a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from innocities_engine import library
from innocities_engine.authoring import diagram, parts, picture
from innocities_engine.authoring.plainly import Plainly
from innocities_engine.authoring.spelled import Spelled
from innocities_engine.domain import grammar as g
from innocities_engine.domain.definition import (
    Artefact,
    BlockKind,
    Criterion,
    Element,
    Fact,
    Gate,
    Ladder,
    Methodology,
    Need,
    NeedKind,
    Outcome,
    Phase,
    Place,
    Role,
    Voice,
)
from innocities_engine.domain.explained import length

Plain: TypeAlias = "dict[str, Any]"
Path: TypeAlias = "tuple[str, ...]"
WORDS = ("owner", "decider", "accepts")
# What is told by its name and value, since no sentence of its own says it.
ROLE = ("kind", "seats", "sector", "meets", "notice", "leads")
NEED = ("opens", "each", "asks", "outcome", "times", "remind")
CRITERION = ("title", "help", "scale")
VOICE = ("scale", "required", "after", "help")
OUTCOME = ("again", "hold", "starts", "tells", "help")
RUNG = ("title", "help", "escalation")
OWN = frozenset({BlockKind.GATE})  # of a gate's or role's need: the gate it stands on


def handbook(resolved: Mapping[str, Any], language: str, role: str = "") -> Plain:
    """The whole of it; with a role only what concerns that role."""
    method = library.compile_resolved(resolved)
    told = Spelled(method, resolved, language)
    return _Handbook(Plainly(method, language), told, role).whole()


@dataclass(frozen=True, slots=True)
class _Handbook:
    p: Plainly
    spelled: Spelled
    role: str

    @property
    def method(self) -> Methodology:
        return self.p.method

    def whole(self) -> Plain:
        m, language = self.method, self.p.language
        ways = diagram.ways(m, language)
        gates = [self._gate(gate) for gate in m.gates.values() if self._concerns_gate(gate)]
        return {
            "id": m.id,
            "version": m.version,
            "digest": m.digest[:12],
            "title": diagram.title(m, m, language),
            "help": diagram.text(m, m.help, language),
            "role": self.p.title(self.role) if self.role else "",
            "picture": picture.svg(m, ways, language, label=self.p.say("handbook.picture")),
            "ways": [
                {"from": w.source_title, "gate": w.gate, "outcome": self._outcome_name(w),
                 "to": w.target_title}
                for w in ways
            ],
            "phases": [self._phase(x) for x in m.phases.values() if self._concerns(x.needs)],
            "gates": gates,
            "roles": [self._role(x) for x in m.roles.values() if self.role in ("", x.id)],
            "artefacts": [
                self._artefact(x) for x in m.artefacts.values() if self._is_theirs(x.by, x.approves)
            ],
            "facts": [self._fact(x) for x in m.facts.values() if self._is_theirs(x.by)],
            "told": self._rest((), ("calendar", "remind")),
            "ladders": [] if self.role else [self._ladder(x) for x in m.ladders.values()],
            "sources": [] if self.role else list(parts.sources(self.spelled)),
        }  # fmt: skip

    # ------------------------------------------------------------ whose it is

    def _is_theirs(self, *asked: g.Who | None) -> bool:
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
        return not self.role or any(self._is_theirs(self._owed_by(n)) for n in needs.values())

    def _rates(self, gate: Gate) -> bool:
        """Whether they judge there, for every question or for one."""
        own = gate.rates.by if gate.rates else gate.decides.by if gate.criteria else None
        return self._is_theirs(own, *(c.by for c in gate.criteria.values()))

    def _concerns_gate(self, gate: Gate) -> bool:
        voices = [gate.decides, *gate.advises.values(), *([gate.rates] if gate.rates else [])]
        asked = [
            *(voice.by for voice in voices),
            *(c.by for c in gate.criteria.values()),
            *(self._owed_by(n) for n in parts.needs_of(gate)),
        ]
        return self._is_theirs(*asked) or self.role in gate.tells

    # ------------------------------------------------------------ the parts

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

    def _phase(self, phase: Phase) -> Plain:
        told = []
        if phase.expected is not None:
            lasts = length(phase.expected, self.p.language)
            told.append(self.p.say("handbook.expected", length=lasts))
        if phase.track != self.method.main_root:
            told.append(self.p.say("handbook.beside"))
        if phase.done is not None:
            told.append(self._sentence("handbook.done_when", when=self.p.rule(phase.done)))
        path = ("phases", phase.id)
        told += self._rest(path, ("opens", "main", "starts"))
        here = [gate.id for gate in self.method.gates.values() if phase.id in gate.phases]
        return {
            **self._element(phase, "phase"),
            "told": told,
            "gates": [{"id": gate, "title": self.p.title(gate)} for gate in here],
            "needs": self._needs(phase.needs, path),
        }

    def _gate(self, gate: Gate) -> Plain:
        phases = ", ".join(self.p.title(phase) for phase in gate.phases)
        told = [self.p.say("handbook.gate_of", phases=phases)]
        if gate.when is not None:
            told.append(self._sentence("handbook.only_if", when=self.p.rule(gate.when)))
        if gate.opens is not None:
            told += [
                self._sentence("handbook.comes", moment=self.p.moment(moment))
                for moment in gate.opens.at.values()
            ]
            if gate.opens.need is not None:
                thing = self.p.need(gate.opens.need)
                told.append(self._sentence("handbook.comes_after", thing=thing))
            if gate.opens.when is not None:
                told.append(self._sentence("handbook.comes_if", when=self.p.rule(gate.opens.when)))
            if gate.opens.by is not None:
                told.append(self._sentence("handbook.raised", who=self.p.who(gate.opens.by)))
        path = ("gates", gate.id)
        told += self._rest(path, ("due", "blocks", "round", "remind"))
        return {
            **self._element(gate, "gate"),
            "told": told,
            "needs": self._needs(gate.needs, path, gate.due),
            "criteria": [self._criterion(c, gate) for c in gate.criteria.values()],
            "voices": list(self._voices(gate)),
            "outcomes": [self._outcome(gate, outcome) for outcome in gate.outcomes.values()],
            "tells": [self.p.title(role) for role in gate.tells],
        }

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
            "theirs": bool(self.role) and self._is_theirs(by),
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

    def _criterion(self, criterion: Criterion, gate: Gate) -> Plain:
        question = diagram.text(self.method, criterion.question, self.p.language)
        told = []
        if criterion.must == "rated":
            told.append(self.p.say("handbook.must_rated"))
        elif criterion.must is not None:
            value = self.p.value(criterion.must)
            told.append(self.p.say("handbook.must", value=value))
        elif not criterion.weight:
            told.append(self.p.say("handbook.only_asked"))
        if criterion.weight:
            told.append(self.p.say("handbook.weighs", n=criterion.weight))
        if criterion.by is not None:
            told.append(self.p.who(criterion.by))
        if criterion.when is not None:
            told.append(self.p.say("handbook.only_if", when=self.p.rule(criterion.when)))
        told += self._more(("gates", gate.id, "criteria", criterion.id), CRITERION)
        return {"question": question, "id": criterion.id, "told": told}

    def _voices(self, gate: Gate) -> Iterator[Plain]:
        path = ("gates", gate.id)
        yield self._voice("decides", gate.decides, (*path, "decides"))
        if gate.rates is not None:
            yield self._voice("rates", gate.rates, (*path, "rates"))
        for voice in gate.advises.values():
            yield self._voice("advises", voice, (*path, "advises", voice.id))

    def _voice(self, kind: str, voice: Voice, path: Path) -> Plain:
        told = []
        if voice.when is not None:
            told.append(self.p.say("handbook.only_if", when=self.p.rule(voice.when)))
        if voice.due is not None:
            told.append(self._due(voice.due))
        told += self._more(path, VOICE)
        return {
            "kind": self.p.say(f"handbook.{kind}"),
            "title": diagram.text(self.method, voice.title, self.p.language),
            "who": self.p.who(voice.by),
            "told": told,
        }

    def _outcome(self, gate: Gate, outcome: Outcome) -> Plain:
        leads = diagram.leads(self.method, outcome, self.p.language)
        told = [self.p.say("handbook.leads", leads=leads)]
        if outcome.when is not None:
            told.append(self.p.say("handbook.only_if", when=self.p.rule(outcome.when)))
        path = ("gates", gate.id, "outcomes", outcome.id)
        told += self._more(path, (*OUTCOME, *(["to"] if outcome.choose is not None else [])))
        return {
            "id": outcome.id,
            "title": self.p.outcome(gate.id, outcome.id),
            "told": told,
            "needs": self._needs(outcome.needs, path),
        }

    def _outcome_name(self, way: diagram.Way) -> str:
        return self.p.outcome(way.gate, way.outcome)

    def _role(self, role: Role) -> Plain:
        m = self.method
        theirs = _Handbook(self.p, self.spelled, role.id)
        needs = [
            (n, place) for n, place in parts.everywhere(m) if theirs._is_theirs(self._owed_by(n))
        ]
        acts = [(n, place) for n, place in needs if n.kind is not NeedKind.ARTEFACT or n.by]
        shares = {
            "decides": [self.p.title(x.id) for x in m.gates.values()
                        if theirs._is_theirs(x.decides.by)],
            "advises": [self.p.title(x.id) for x in m.gates.values()
                        if theirs._is_theirs(*(v.by for v in x.advises.values()))],
            "rates": [self.p.title(x.id) for x in m.gates.values() if theirs._rates(x)],
            "owns": [self.p.title(x.id) for x in m.artefacts.values() if theirs._is_theirs(x.by)],
            "approves": [self.p.title(x.id) for x in m.artefacts.values()
                         if theirs._is_theirs(x.approves)],
            "does": [
                self.p.say("handbook.of_need", thing=self._need_title(n), place=self.p.title(place))
                for n, place in acts
            ],
            "records": [self.p.title(x.id) for x in m.roles.values()
                        if theirs._is_theirs(x.records)],
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
            value = self.p.operand(fact.value)
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

    # ------------------------------------------------------------ what else is said

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
        told = self.p.say(name, **values)
        return f"{told[:1].upper()}{told[1:]}."
