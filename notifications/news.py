"""Decide how a notice, which holds ids, becomes news, which people read: titles in the reader's
language, names instead of ids, and who owes what is late.  How it is worded is left to `messages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from innocities_engine.domain.definition import (
    Effect,
    Element,
    Methodology,
    Need,
    NeedKind,
    Outcome,
    Texts,
)
from innocities_engine.domain.project import Decision
from innocities_engine.domain.situation import Situation, need_of
from innocities_engine.store.outbox import Waiting
from notifications.archive import Sight
from notifications.messages import Duty, News

Names = Mapping[str, str]  # of people, by id


def news_of(sight: Sight, notice: Waiting, person: str, language: str, names: Names) -> News:
    """Put a notice for a person into words of a language."""
    s, data = sight.s, notice.data
    method = s.method
    gate = method.gates.get(data.get("gate", ""))
    outcome = gate.outcomes.get(data.get("outcome", "")) if gate else None
    owners = _owners(sight, notice)
    decision = _decision(s, notice) if outcome else None
    # To whoever owes it, what is passed up to others is a reminder like any other.
    owes = any(person == owner or person in s.project.members.get(owner, ()) for owner in owners)
    told = News(
        kind="reminder" if owes else notice.kind,
        asks=data.get("kind", ""),
        what=data.get("what", ""),
        project=s.project.title,
        project_id=s.project.id,
        thing=_thing(s, notice, language),
        gate=_title(method, gate, language),
        gate_id=gate.id if gate else "",
        after=_is_after(s, notice),
        holds=_holds(s, notice, language),
        outcome=_title(method, outcome, language),
        phase=_title(method, method.phases.get(data.get("phase", "")), language),
        role=_role(method, data.get("role") or notice.role, language),
        owner=", ".join(_held(s, owner, language, names) for owner in owners),
        by=data.get("organisation") or _named(data.get("by", ""), names),
        reason=data.get("reason", ""),
        due=notice.due,
        on=date.fromisoformat(data["day"]) if "day" in data else None,
    )
    if gate is None or outcome is None or decision is None:
        return told
    return replace(told, **_consequences(s, decision, outcome, language, names))


def _decision(s: Situation, notice: Waiting) -> Decision | None:
    """The decision a notice tells of; none where it was annulled meanwhile."""
    if notice.kind != "decided":
        return None
    data = notice.data
    found = [
        d
        for d in s.project.decisions
        if d.passage.partition("#")[0] == data["gate"]
        and d.proposal.outcome == data["outcome"]
        and (d.reason, ", ".join(d.by)) == (data["reason"], data["by"])
    ]
    return found[-1] if found else None


def _consequences(
    s: Situation, decision: Decision, outcome: Outcome, language: str, names: Names
) -> dict[str, Any]:
    """What a decision came with, and where it leads: at a side track, not the whole project."""
    gate = s.method.gates[decision.passage.partition("#")[0]]
    aside = outcome.effect is Effect.END and gate.track != s.method.main_root
    written = [each for asked in decision.proposal.written.values() for each in asked]
    here = (s.project.tracks[gate.track].phase,) if aside else outcome.targets
    targets = (decision.target,) if decision.target else here
    phases = [_title(s.method, s.method.phases.get(each), language) for each in targets]
    moves = outcome.effect in (Effect.TO, Effect.TURN)
    leads = "aside" if aside else outcome.end or outcome.effect.value
    return {
        "conditions": tuple(
            Duty(each.text, _held(s, each.owner, language, names), each.due) for each in written
        ),
        "leads": "" if moves and not phases else leads,
        "phase": ", ".join(phases),
        "review": decision.proposal.review_on,
    }


def _thing(s: Situation, notice: Waiting, language: str) -> str:
    data, method = notice.data, s.method
    if "thing" in data:
        return data["thing"]
    if "vacant" in data:
        return _role(method, data["vacant"], language)
    if data.get("text"):
        return data["text"]
    if "artefact" in data:
        return _title(method, method.artefacts.get(data["artefact"]), language)
    gate = method.gates.get(data.get("gate", ""))
    if data.get("item") and gate:
        return _title(method, gate.advises.get(data["item"]), language, bare=True)
    instance = s.project.needs.get(data.get("obligation") or data.get("instance", ""))
    if instance is None:
        return ""
    return _needed(method, need_of(method, instance), language)


def _holds(s: Situation, notice: Waiting, language: str) -> str:
    """Name the gate that stays shut as long as a need is open, or a voice is not given."""
    gates = s.method.gates
    instance = s.project.needs.get(notice.data.get("obligation", ""))
    if instance is None:
        return _title(s.method, gates.get(notice.data.get("gate", "")), language)
    need = need_of(s.method, instance)
    held = [blocks.gate for blocks in need.blocks if blocks.gate] if need.required else []
    return _title(s.method, gates.get(held[0]), language) if held else ""


def _is_after(s: Situation, notice: Waiting) -> bool:
    """Whether a need was opened by the decision, and is not for it."""
    instance = s.project.needs.get(notice.data.get("obligation", ""))
    return instance is not None and instance.decision is not None


def _needed(method: Methodology, need: Need, language: str) -> str:
    """Say what is needed in the words of the need, or of the thing where the need has none."""
    if need.title or need.do:
        return _said(method, need.title or need.do, language)
    kinds: Mapping[NeedKind, Mapping[str, Element]] = {
        NeedKind.ARTEFACT: method.artefacts,
        NeedKind.FACT: method.facts,
        NeedKind.ROLE: method.roles,
        NeedKind.GATE: method.gates,
    }
    element = kinds.get(need.kind, {}).get(need.of)
    if need.kind is NeedKind.FACT and need.of in method.facts:
        question = method.facts[need.of].question
        if question:
            return _said(method, question, language)
    return _title(method, element, language) or need.of or need.id


def _title(
    method: Methodology, element: Element | None, language: str, *, bare: bool = False
) -> str:
    """Give a title; an element without one is called by its id, unless it need not be called."""
    if element is None:
        return ""
    return _said(method, element.title, language) or ("" if bare else element.id)


def _said(method: Methodology, texts: Texts, language: str) -> str:
    for spoken in (language, *method.languages):
        if spoken in texts:
            return texts[spoken]
    return next(iter(texts.values()), "")


def _role(method: Methodology, role: str, language: str) -> str:
    return _title(method, method.roles.get(role), language)


def _owners(sight: Sight, notice: Waiting) -> tuple[str, ...]:
    """Name who owes what is passed up, by role or person."""
    if notice.kind != "escalation":
        return ()
    obligation = sight.owed.get(notice.data["obligation"])
    return obligation.owners if obligation else ()


def _held(s: Situation, owner: str, language: str, names: Names) -> str:
    """Name the people who hold a role; the role itself where nobody does."""
    if owner not in s.method.roles:
        return names.get(owner, owner)
    title = _role(s.method, owner, language)
    holders = [names.get(each, each) for each in s.project.members.get(owner, ())]
    return f"{', '.join(holders)} ({title})" if holders else title


def _named(ids: str, names: Names) -> str:
    """Name the people in a list of ids; what is no person's id stays as it is."""
    return ", ".join(names.get(each, each) for each in ids.split(", ")) if ids else ""
