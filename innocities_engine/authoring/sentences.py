"""The rules of a method in plain sentences, for a handbook and a diagram: when something comes up,
where an outcome leads and on what condition, and what a gate that is asked for must have come to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from innocities_engine.authoring import diagram
from innocities_engine.authoring.plainly import Plainly
from innocities_engine.domain import grammar as g
from innocities_engine.domain.definition import Effect, HoldLimit, Need, Opens, Outcome, Phase
from innocities_engine.domain.explained import length


def begins(p: Plainly, phase: Phase) -> str:
    """When a track begins; "" where its first phase is the beginning of the project as well."""
    if phase.opens is not None:
        return sentence(" ".join(_when(p, phase.opens, "begins")))
    start = phase.at_start or phase.id == p.method.main_root
    return sentence(p.say("handbook.begins_project")) if start else ""


def beside(p: Plainly) -> Iterator[tuple[str, str]]:
    """Each track beside the main one by its first phase: when it begins, how it ends by itself."""
    for root in p.method.roots:
        phase = p.method.phases[root]
        if root != p.method.main_root:
            told = [p.say("handbook.beside"), begins(p, phase)]
            if phase.done is not None:
                told.append(sentence(p.say("handbook.done_when", when=p.rule(phase.done))))
            yield p.title(root), " ".join(filter(None, told))


def comes(p: Plainly, opens: Opens) -> list[str]:
    """When a gate or a need comes up: all of it must hold."""
    return list(_when(p, opens, "comes"))


def _when(p: Plainly, opens: Opens, begins_or_comes: str) -> Iterator[str]:
    key = f"handbook.{begins_or_comes}"
    for moment in opens.at.values():
        is_plain = isinstance(moment, g.At) and moment.span is None
        yield p.say(f"{key}_with" if is_plain else key, moment=p.moment(moment))
    if opens.need is not None:
        yield p.say(f"{key}_after", thing=p.need(opens.need))
    if opens.on_decision:
        yield p.say(f"{key}_with", moment=p.say("moment.decision"))
    if opens.on_entry:
        yield p.say(f"{key}_with", moment=p.say("moment.entry"))
    if opens.when is not None:
        alone = not (opens.at or opens.need or opens.on_decision or opens.on_entry)
        yield p.say(f"{key}_if" if alone else "handbook.if", when=p.rule(opens.when))
    if opens.by is not None:
        yield p.say("handbook.raised", who=p.who(opens.by))


def questions(p: Plainly, need: Need) -> Iterator[str]:
    """What a need asks, by the questions as they are put."""
    if need.asks:
        quoted = (p.say("term.quoted", text=p.question(fact)) for fact in need.asks)
        yield p.say("handbook.asked", questions=", ".join(quoted))


def ended_with(p: Plainly, need: Need) -> Iterator[str]:
    """How the gate must have been decided that a need asks for."""
    if need.outcome_in:
        named = (p.outcome(need.of, each) for each in need.outcome_in)
        yield p.say("handbook.must_end", outcomes=f" {p.say('rule.or')} ".join(named))


# ---------------------------------------------------------------- where an outcome leads


def leads(p: Plainly, outcome: Outcome) -> str:
    if outcome.choose is not None:
        return p.say("handbook.leads", leads=p.chosen(outcome.choose, p.title))
    if outcome.again is not None:
        again = outcome.again
        gate = p.title(again.gate) if again.gate else p.say("handbook.same_gate")
        return p.say(f"handbook.again_{again.ask}", gate=gate)
    if outcome.hold is not None:
        return p.say("handbook.rests", limit=_limit(p, outcome.hold))
    if len(outcome.targets) > 1:
        phases = f" {p.say('rule.or')} ".join(map(p.title, outcome.targets))
        return p.say("handbook.leads_named", phases=phases)
    return p.say("handbook.leads", leads=diagram.leads(p.method, outcome, p.language))


def _limit(p: Plainly, hold: HoldLimit) -> str:
    longest = p.say("handbook.at_most", length=length(hold.at_most, p.language))
    if hold.times is None:
        return longest
    return f"{longest}, {p.say('handbook.rests_times', n=hold.times)}"


def way(p: Plainly, found: diagram.Way) -> dict[str, str]:
    """One way as a row: from where, by which outcome and on what condition, to where."""
    outcome = p.method.gates[found.gate].outcomes[found.outcome]
    by = f"{found.gate} {p.outcome(found.gate, found.outcome)}"
    if outcome.choose is not None:
        by = f"{by}, {_condition(p, outcome.choose, found.target)}"
    to = found.target_title
    if outcome.effect in (Effect.AGAIN, Effect.HOLD):
        to = p.say(f"handbook.way_{outcome.effect.value}", phase=to)
    return {"from": found.source_title, "by": by, "to": to}


def _condition(p: Plainly, choose: g.Choose[Any], target: str) -> str:
    """When the rule takes this one."""
    told: Sequence[str] = [
        p.say("handbook.if", when=p.rule(each.when))
        for each in choose.alternatives
        if each.use == target
    ]
    if choose.otherwise == target:
        told = [*told, p.say("handbook.otherwise")]
    return f" {p.say('rule.or')} ".join(told)


def sentence(told: str) -> str:
    """Some words as a sentence of their own."""
    return f"{told[:1].upper()}{told[1:]}."
