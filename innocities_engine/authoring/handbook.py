"""A method as people read it, in one language: what each phase and gate asks, what each role does,
which papers there are and where every part comes from. As plain data, for a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from innocities_engine import library
from innocities_engine.authoring import diagram, parts, picture, sentences
from innocities_engine.authoring.handbook_telling import Path, Plain
from innocities_engine.authoring.handbook_things import Things
from innocities_engine.authoring.plainly import Plainly
from innocities_engine.authoring.spelled import Spelled
from innocities_engine.domain.definition import (
    Criterion,
    Gate,
    Outcome,
    Phase,
    Voice,
)
from innocities_engine.domain.explained import length

# What is told by its name and value, since no sentence of its own says it.
CRITERION = ("title", "help", "scale")
VOICE = ("scale", "required", "after", "help")
OUTCOME = ("starts", "tells", "help")


def handbook(resolved: Mapping[str, Any], language: str, role: str = "") -> Plain:
    """The whole of it; with a role only what concerns that role."""
    method = library.compile_resolved(resolved)
    told = Spelled(method, resolved, language)
    return _Handbook(Plainly(method, language), told, role).whole()


@dataclass(frozen=True, slots=True)
class _Handbook(Things):
    """The page as a whole: its phases, its gates, and the things they speak of."""

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
            "ways": [sentences.way(self.p, way) for way in ways],
            "phases": [self._phase(x) for x in m.phases.values() if self._concerns(x.needs)],
            "gates": gates,
            "roles": [self._role(x) for x in m.roles.values() if self.role in ("", x.id)],
            "artefacts": [
                self._artefact(x) for x in m.artefacts.values() if self.is_theirs(x.by, x.approves)
            ],
            "facts": [self._fact(x) for x in m.facts.values() if self.is_theirs(x.by)],
            "told": self._rest((), ("calendar", "remind")),
            "ladders": [] if self.role else [self._ladder(x) for x in m.ladders.values()],
            "sources": [] if self.role else list(parts.sources(self.spelled)),
        }  # fmt: skip

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
        told += [said] if (said := sentences.begins(self.p, phase)) else []
        told += self._rest(path, ("main", "starts"))
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
            told += map(sentences.sentence, sentences.comes(self.p, gate.opens))
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
        told = [sentences.leads(self.p, outcome)]
        if outcome.when is not None:
            told.append(self.p.say("handbook.only_if", when=self.p.rule(outcome.when)))
        path = ("gates", gate.id, "outcomes", outcome.id)
        told += self._more(path, OUTCOME)
        return {
            "id": outcome.id,
            "title": self.p.outcome(gate.id, outcome.id),
            "told": told,
            "needs": self._needs(outcome.needs, path),
        }
