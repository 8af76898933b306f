"""Decide how a set of actions that would open a gate is told: each action in one sentence, with who
can do it and what to type where one command does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from innocities_engine import wording
from innocities_engine.cli import reasons
from innocities_engine.cli.blocked import question
from innocities_engine.domain import judgements, needs, people
from innocities_engine.domain.handing_in import approvers
from innocities_engine.domain.judgements import project_scope
from innocities_engine.domain.regions import ANY
from innocities_engine.domain.situation import passage_scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from innocities_engine.cli.teller import Teller
    from innocities_engine.domain.project import Passage
    from innocities_engine.domain.remedies import Action
    from innocities_engine.domain.why import Explanation

Plain = dict[str, Any]


def actions(t: Teller, passage: Passage, some: Iterable[Action]) -> list[Plain]:
    """Actions as data, each with its sentence."""
    return [action(t, passage, each) for each in some]


def waivers_of(t: Teller, found: Explanation) -> list[Plain]:
    """The needs that somebody may exempt the project from."""
    return [
        {
            "need": w.need,
            "who": list(w.by),
            "text": t.say("why.waiver", need=_need(t, w.need), who=t.who(w.by)),
        }
        for w in found.waivers
    ]


def action(t: Teller, passage: Passage, a: Action) -> Plain:
    """One action as data."""
    roles = _who(t, passage, a)
    form = _form(t, a)
    text = t.say(
        f"action.{a.kind}{'_form' if form else ''}{'_any' if _is_any(t, a) else ''}",
        thing=_thing(t, a),
        paper=t.name(form) if form else "",
        values=_values(t, a),
        who=_told(t, roles, a),
        until=t.clock(a.until) if a.until else "",
    )
    return {
        "kind": a.kind,
        "subject": a.subject,
        "values": list(a.values),
        "until": a.until.isoformat() if a.until else None,
        "voices": a.voices,
        "who": list(roles),
        "text": text,
    }


def _told(t: Teller, roles: tuple[str, ...], a: Action) -> str:
    """Who does it, and how many of them: a body whose result is written down speaks once."""
    who = t.who(roles) or t.say("words.somebody")
    known = [t.method.roles[role] for role in roles if role in t.method.roles]
    if a.voices > 1 and all(role.records is None for role in known):
        return t.say("why.voices", who=t.who(roles, "and"), n=a.voices)
    return who


def _form(t: Teller, a: Action) -> str:
    """The paper whose form asks the fact, which is then answered by handing it in alone."""
    forms = t.method.form_of.get(a.subject, ()) if a.kind == "answer" else ()
    return forms[0] if forms else ""


def _is_any(t: Teller, a: Action) -> bool:
    """Whether it only has to be judged, or answered, however."""
    if a.kind == "answer":
        return a.values == (ANY,)
    if a.kind != "rate":
        return False
    gate, _, criterion = a.subject.partition("/")
    return a.values[-1] == t.method.gates[gate].criteria[criterion].scale[-1]


def _need(t: Teller, key: str) -> str:
    instance = t.project.needs.get(key)
    return t.need(instance) if instance else key


def _thing(t: Teller, a: Action) -> str:
    gate, _, item = a.subject.partition("/")
    match a.kind:
        case "rate":
            criterion = t.method.gates[gate].criteria[item]
            return t.text(criterion.question) or item
        case "advise":
            voice = t.method.gates[gate].advises[item]
            return t.text(voice.title) or item
        case "answer":
            return question(t, a.subject)
        case "tick_off" | "accept":
            return _need(t, a.subject)
        case "pass_gate":
            return t.gate(a.subject)
        case "start_projects":
            return a.subject
    return t.name(a.subject)


def _values(t: Teller, a: Action) -> str:
    match a.kind:
        case "rate":
            return wording.listed(t.language, [reasons.verdict(t, v) for v in a.values], "or")
        case "answer":
            return wording.listed(t.language, [_stretch(t, v) for v in a.values], "or")
    return ", ".join(a.values)


def _stretch(t: Teller, label: str) -> str:
    """A stretch of values in words, where it has any."""
    key = f"stretch.{label.replace(' ', '_')}"
    if wording.knows(key):
        return t.say(key)
    for sign, name in (("= ", "exactly"), ("< ", "below"), ("> ", "above")):
        if label.startswith(sign):
            return t.say(f"stretch.{name}", value=label.removeprefix(sign))
    low, dots, high = label.partition(" … ")
    return t.say("stretch.between", low=low, high=high) if dots else label


def _who(t: Teller, passage: Passage, a: Action) -> tuple[str, ...]:
    s, scope = t.s, project_scope(t.s)
    gate, _, item = a.subject.partition("/")
    match a.kind:
        case "submit":
            return people.roles_asked(s, s.method.artefacts[a.subject].by, scope)
        case "approve":
            whos = approvers(s, s.method.artefacts[a.subject])
            return tuple(dict.fromkeys(role for who in whos for role in people.roles(who)))
        case "rate":
            known = s.method.gates[gate]
            by = judgements.raters_of(known, known.criteria[item])
            return people.roles_asked(s, by, passage_scope(s, passage))
        case "advise":
            voice = s.method.gates[gate].advises[item]
            return people.roles_asked(s, voice.by, passage_scope(s, passage))
        case "answer":
            if form := _form(t, a):
                return people.roles_asked(s, s.method.artefacts[form].by, scope)
            fact = s.method.facts[a.subject]
            return people.roles_asked(s, fact.by, scope) if fact.by else needs.leaders(s)
        case "tick_off" if a.subject in s.project.needs:
            return needs.owners(s, s.project.needs[a.subject])
        case "fill":
            return needs.filling(s, a.subject)
        case "pass_gate":
            return people.roles_asked(s, s.method.gates[a.subject].decides.by, scope)
    return ()
