"""Tells the value grammars of the language in words: when something is due, and what a rule asks,
as a reader would say it who never saw the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from innocities_engine import wording
from innocities_engine.authoring.diagram import text, title, who
from innocities_engine.domain import grammar as g
from innocities_engine.domain.definition import Element, Methodology
from innocities_engine.domain.durations import Duration
from innocities_engine.domain.explained import length


@dataclass(frozen=True, slots=True)
class Plainly:
    """Tells what a method says, in one language; ids are told by their titles."""

    method: Methodology
    language: str

    def say(self, name: str, **values: object) -> str:
        return wording.say(self.language, name, **values)

    def title(self, thing: str) -> str:
        """The title of a thing of the method, else its id."""
        m = self.method
        kinds: Iterable[Mapping[str, Element]] = (
            m.roles, m.facts, m.artefacts, m.phases, m.gates, m.ladders
        )  # fmt: skip
        found = next((kind[thing] for kind in kinds if thing in kind), None)
        return title(m, found, self.language) if found else thing

    def question(self, fact: str) -> str:
        known = self.method.facts.get(fact)  # another method's, where its projects are counted
        asked = text(self.method, known.question, self.language) if known else ""
        return asked or self.title(fact)

    def need(self, ref: g.NeedRef) -> str:
        known = next((n for n in self.method.all_needs if n.id == ref.key), None)
        if known is None:
            return ref.key
        own = text(self.method, known.do, self.language)
        return own or text(self.method, known.title, self.language) or self.title(known.of)

    def who(self, asked: g.Who) -> str:
        """Who it is; where a rule says it, each with its condition."""
        match asked:
            case g.RoleWho(excludes=excludes, blind=blind):
                more = [self.say(f"quorum.not_{each.value}") for each in excludes or ()]
                more += [self.say("quorum.nobody_left_out")] if excludes == () else []
                more += [self.say("quorum.blind")] if blind else []
                named = who(self.method, asked, self.language)
                return f"{named} ({'; '.join(more)})" if more else named
            case g.EachWho(of):
                return " + ".join(map(self.who, of))
            case g.AnyWho(of):
                return self.say("quorum.one_of", who=self._listed(map(self.who, of), "or"))
        return self.chosen(asked, self.who)

    # ------------------------------------------------------------ when

    def moment(self, moment: g.Moment) -> str:
        match moment:
            case g.At(anchor, None):
                return self._anchor(anchor)
            case g.At(anchor, span, before):
                side = "moment.before" if before else "moment.after"
                return self.say(side, span=self._span(span), anchor=self._anchor(anchor))
            case g.Every(span, anchor, at_most):
                told = {"span": self._span(span), "anchor": self._anchor(anchor)}
                key = "moment.every" if at_most is None else "moment.every_at_most"
                return self.say(key, times=at_most, **told)
            case g.Earliest(of):
                return self.say("moment.earliest", of=self._listed(map(self.moment, of), "or"))
            case g.Latest(of):
                return self.say("moment.latest", of=self._listed(map(self.moment, of), "and"))
        return self.chosen(moment, self.moment)

    def _span(self, span: Duration | g.FactDuration | None) -> str:
        if isinstance(span, g.FactDuration):
            return self.title(span.fact)
        return length(span, self.language) if span is not None else ""

    def _anchor(self, anchor: g.Anchor) -> str:
        match anchor.kind:
            case g.AnchorKind.NEED if anchor.need is not None:
                thing = self.need(anchor.need)
            case g.AnchorKind.YEARLY:
                return self.say("moment.yearly", day=anchor.day, month=self._month(anchor.month))
            case _:
                thing = self.title(anchor.name)
        return self.say(f"moment.{anchor.kind.value.replace(' ', '_')}", thing=thing)

    def _month(self, month: int) -> str:
        return self.say(f"moment.month_{month}")

    def chosen(self, choose: g.Choose[Any], tell: Any) -> str:
        """What a rule takes, each with its condition, and what it goes before."""
        ways = []
        for way in choose.alternatives:
            use, when = tell(way.use), self.rule(way.when)
            # What it goes before is told once, and not at all where that comes to the same.
            over = [
                said for said in dict.fromkeys(map(tell, _used(choose, way.over))) if said != use
            ]
            if over:
                before = self._listed(over, "and")
                ways.append(self.say("rule.over", use=use, when=when, over=before))
            else:
                ways.append(self.say("rule.if", use=use, when=when))
        if choose.otherwise is not None:
            ways.append(self.say("rule.else", use=tell(choose.otherwise)))
        return "; ".join(ways)

    # ------------------------------------------------------------ if

    def rule(self, rule: g.Predicate, *, inner: bool = False) -> str:
        match rule:
            case g.AllOf(of):
                return self._joined(of, "and", inner=inner)
            case g.AnyOf(of):
                return self._joined(of, "or", inner=inner)
            case g.NoneOf(of):
                return self.say("rule.none", of=self._joined(of, "or", inner=True))
            case g.AtLeastOf(n, of):
                told = (self.rule(part, inner=True) for part in of)
                return self.say("rule.at_least_of", least=n, of="; ".join(told))
        return self._test(rule)

    def _joined(self, of: tuple[g.Predicate, ...], word: str, *, inner: bool) -> str:
        parts = [self.rule(part, inner=len(of) > 1) for part in of]
        told = self._listed(parts, word)
        return f"({told})" if inner and len(parts) > 1 else told

    def _listed(self, parts: Iterable[str], word: str) -> str:
        return f" {self.say(f'rule.{word}')} ".join(parts)

    def _test(self, test: g.Test) -> str:
        match test:
            case g.FactTest(fact, comparison, value):
                return self._fact(fact, comparison, value)
            case g.ArtefactTest(artefact, status, newer, stale):
                return self._artefact(self.title(artefact), status, newer, stale)
            case g.GateTest(gate, outcomes, times):
                return self._gate(gate, outcomes, times)
            case g.NeedTest(need, state):
                return self.say(f"rule.need_{state}", thing=self.need(need))
            case g.CriteriaTest(gate, which, comparison, value):
                return self._criteria(gate, which, comparison, value)
            case g.ScoreTest(_, comparison, percent):
                return self.say(f"rule.score_{comparison.value}", n=percent)
            case g.AdviceTest(gate, advice, value):
                voice = self.method.gates[gate].advises[advice]
                name = title(self.method, voice, self.language)
                return self.say("rule.advice", thing=name, value=self.outcome(gate, value))
            case g.RoleTest(role, filled, at_least):
                return self._role(self.title(role), filled, at_least)
            case g.PhaseTest(phase, state):
                return self.say(f"rule.phase_{state}", thing=self.title(phase))
            case g.PassedTest(moment):
                return self.say("rule.passed", moment=self.moment(moment))
            case g.ProjectsTest(method, having, comparison, n):
                key = f"rule.projects_{comparison.value}"
                told = self.say(key, number=n, method=method)
                if having is None:
                    return told
                return self.say("rule.having", projects=told, when=self.rule(having, inner=True))

    def _fact(self, fact: str, comparison: g.Comparison, value: g.Operand) -> str:
        asked = self.question(fact)
        if comparison is g.Comparison.KNOWN:
            return self.say("rule.known" if value is True else "rule.unknown", fact=asked)
        return self.say(f"rule.fact_{comparison.value}", fact=asked, value=self.amount(fact, value))

    def amount(self, fact: str, value: g.Operand) -> str:
        """A value of a fact: of an amount of money, with its currency."""
        known = self.method.facts.get(fact)
        told = self.operand(value)
        if known is None or isinstance(value, g.FactValue):
            return told
        return f"{told} {known.currency}".rstrip()

    def operand(self, value: g.Operand) -> str:
        match value:
            case bool():
                return self.say("diff.yes" if value else "diff.no")
            case tuple():
                return self._listed(map(self.operand, value), "or")
            case g.FactValue(fact):
                return self.title(fact)
        return str(value)

    def _artefact(
        self, thing: str, status: str | None, newer: g.Moment | None, stale: bool | None
    ) -> str:
        if newer is not None:
            return self.say("rule.newer", thing=thing, moment=self.moment(newer))
        if stale is not None:
            return self.say("rule.stale" if stale else "rule.not_stale", thing=thing)
        return self.say(f"rule.paper_{status}", thing=thing)

    def _gate(self, gate: str, outcomes: tuple[str, ...], times: int | None) -> str:
        named = self._listed((self.outcome(gate, each) for each in outcomes), "or")
        if times is not None:
            return self.say("rule.gate_times", thing=self.title(gate), n=times)
        return self.say("rule.gate_outcome", thing=self.title(gate), outcomes=named)

    def outcome(self, gate: str, value: str) -> str:
        """An outcome by its title, or a value of a scale in words."""
        known = self.method.gates.get(gate)
        outcome = known.outcomes.get(value) if known else None
        named = text(self.method, outcome.title, self.language) if outcome else ""
        return named or self.value(value)

    def value(self, value: str) -> str:
        """A value of a scale in words."""
        for name in (f"outcome.{value}", f"verdict.{value}"):
            if wording.knows(name):
                return self.say(name)
        return value

    def _criteria(
        self, gate: str, which: str | tuple[str, ...], comparison: g.Comparison, value: str
    ) -> str:
        known = self.method.gates[gate].criteria
        if isinstance(which, str):
            thing = self.say(f"rule.criteria_{which}")
        else:
            asked = (text(self.method, known[c].question, self.language) or c for c in which)
            thing = self._listed(asked, "and")
        key = f"rule.judged_{comparison.value}"
        return self.say(key, thing=thing, value=self.outcome(gate, value))

    def _role(self, thing: str, filled: bool | None, at_least: int | None) -> str:
        if filled is None:
            return self.say("rule.members", thing=thing, least=at_least)
        return self.say("rule.filled" if filled else "rule.empty", thing=thing)


def _used(choose: g.Choose[Any], names: tuple[str, ...]) -> list[Any]:
    """What is taken by the alternatives of these names."""
    return [way.use for way in choose.alternatives if way.id in names]
