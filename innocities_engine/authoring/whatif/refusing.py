"""Whether a draft would have refused a decision that was taken: asked in the same way of the draft
and of the method that was followed, so that what that one refused too, and somebody overrode, is
no news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from innocities_engine.authoring.whatif.findings import Refusal
from innocities_engine.authoring.whatif.supposing import Standing
from innocities_engine.domain import gates, judgements, people
from innocities_engine.domain.definition import Outcome
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Decision, Passage, PassageStatus, VoiceKind
from innocities_engine.domain.situation import Situation, passage_scope

AGREED: Final = "agreed"


def refused(s: Situation, there: Standing, decision: Decision) -> Refusal | None:
    """What the draft holds against a decision; `s`: as it was taken.

    A gate that the draft does not have refuses nothing.
    """
    names = there.names
    passage = s.project.passages[decision.passage]
    gate = names.gates.get(passage.gate)
    if gate is None:
        return None
    key, supposed = names.passage(passage.key), there.c.situation
    asked = supposed.project.passages.get(key or "")
    outcome_id = decision.proposal.outcome
    named = names.outcomes.get((passage.gate, outcome_id))
    if asked is None or asked.status is not PassageStatus.OPEN:
        return Refusal(decision, gate, supposed, None, (Blocker("not_open", gate),))
    if named is None:
        gone = Blocker("not_offered", f"{gate}.{outcome_id}")
        return Refusal(decision, gate, supposed, asked, (gone,))
    before = s.method.gates[passage.gate].outcomes[outcome_id]
    known = {(b.code, _called(there, passage.gate, b))
             for b in _shut(s, passage, before, decision)}  # fmt: skip
    after = there.c.method.gates[gate].outcomes[named]
    found = tuple(b for b in _shut(supposed, asked, after, decision)
                  if (b.code, b.subject) not in known)  # fmt: skip
    enough = _agree(supposed, asked, decision, names.roles) or not _agree(s, passage, decision, {})
    deciders = () if enough else _deciders(supposed, asked)
    return Refusal(decision, gate, supposed, asked, found, deciders) if found or deciders else None


def _shut(
    s: Situation, passage: Passage, outcome: Outcome, decision: Decision
) -> tuple[Blocker, ...]:
    """Every reason why it cannot be taken; in a round, but that it waits for the others."""
    found = (
        gates.review(s, passage, outcome).blockers
        if outcome.passing
        else gates.unoffered(s, passage, outcome)
    )
    return tuple(b for b in found if not (decision.round and b.code == gates.WAITS_FOR_ROUND))


def _called(there: Standing, gate: str, blocker: Blocker) -> str:
    """What a reason is about, as the draft calls it."""
    names, subject = there.names, blocker.subject
    match blocker.code:
        case "need_open":
            return there.carrying.need_keys.get(subject, "")
        case "criterion_unrated" | "criterion_below":
            return names.criteria.get((gate, subject), "")
        case "advice_missing":
            return names.advises.get((gate, subject), "")
        case "answer_first":
            return names.facts.get(subject, "")
        case "role_empty":
            return names.roles.get(subject, "")
        case "not_offered":
            other, _, outcome = subject.partition(".")
            return f"{names.gates.get(other)}.{names.outcomes.get((other, outcome))}"
    return names.gates.get(subject, subject)


def _agree(s: Situation, passage: Passage, decision: Decision, roles: Mapping[str, str]) -> bool:
    """Whether those who decided are enough to decide; `roles`: what the bodies are called."""
    who = gates.decider(s, s.method.gates[passage.gate], passage_scope(s, passage)).who
    ballot = judgements.ballot(s, passage, VoiceKind.DECISION)
    told = [replace(each, body=roles.get(each.body, each.body)) for each in decision.minutes]
    given = [
        *(v for p in decision.by for v in judgements.speak(s, who, ballot, p, AGREED)),
        *(v for r in told for v in judgements.speak(s, who, ballot, r.by, AGREED, r)),
    ]
    others = {key: v for key, v in s.project.voices.items()
              if (v.kind, v.subject) != (ballot.kind, ballot.subject)}  # fmt: skip
    project = replace(s.project, voices=others | {voice.key: voice for voice in given})
    return AGREED in people.agreed(replace(s, project=project), who, ballot)


def _deciders(s: Situation, passage: Passage) -> tuple[str, ...]:
    gate = s.method.gates[passage.gate]
    return people.roles_asked(s, gate.decides.by, passage_scope(s, passage))
