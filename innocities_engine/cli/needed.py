"""Decide how it is told that something is needed and not there yet, and what to type next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from innocities_engine.cli.blocked import Blocked, Reason, question
from innocities_engine.domain import (
    artefacts,
    handing_in,
    mentions,
    needs,
    people,
    portfolio,
    predicates,
)
from innocities_engine.domain.definition import Need, NeedKind
from innocities_engine.domain.grammar import Comparison, FactTest, ProjectsTest, RoleTest
from innocities_engine.domain.project import NeedInstance, NeedStatus, VersionStatus
from innocities_engine.domain.situation import need_of


def need_open(b: Blocked) -> Reason:
    instance = b.instance
    if instance is None:
        return b.tell("need_open_other")
    need = need_of(b.t.method, instance)
    if instance.status is NeedStatus.DORMANT:
        return b.tell("need_open_dormant")
    if "answer" in b.params:
        facts = [f for f in b.params["answer"].split(", ") if f in b.t.method.facts]
        asked = " ".join(question(b.t, fact) for fact in facts)
        return b.tell("need_open_answer", answering(b, facts), question=asked)
    return _BY_KIND[need.kind](b, instance, need)


def _artefact(b: Blocked, _instance: NeedInstance, need: Need) -> Reason:
    t, of = b.t, need.of
    name = t.name(of)
    submit = submitting(b, of)
    versions = t.project.versions.get(of, ())
    newest = artefacts.newest(t.project, of)
    if newest is None and versions and versions[-1].status is VersionStatus.RETURNED:
        return b.tell("need_open_returned", submit, thing=name, n=versions[-1].n)
    if newest is None:
        return b.tell("need_open_artefact", submit, thing=name)
    wants = need.status == "approved" or t.method.artefacts[of].approves is not None
    if wants and newest.status is VersionStatus.SUBMITTED and need.status != "submitted":
        roles = _approvers(b, of)
        then = t.command("approve", of, roles=roles)
        return b.tell("need_open_approval", then, thing=name, n=newest.n, who=t.who(roles))
    if need.status == "signed" and newest.status is not VersionStatus.SIGNED:
        return b.tell("need_open_signed", thing=name, n=newest.n)
    return b.tell("need_open_older", submit, thing=name, n=newest.n)


def _approvers(b: Blocked, artefact: str) -> tuple[str, ...]:
    whos = handing_in.approvers(b.t.s, b.t.method.artefacts[artefact])
    return tuple(dict.fromkeys(role for who in whos for role in people.roles(who)))


def _fact(b: Blocked, _instance: NeedInstance, need: Need) -> Reason:
    return b.tell("need_open_fact", answering(b, [need.of]), question=question(b.t, need.of))


def answering(b: Blocked, facts: Sequence[str]) -> str:
    """What to type: facts of a form are answered with the version they belong to."""
    asking = next((a for f in facts for a in b.t.method.form_of.get(f, ())), "")
    if asking:
        return submitting(b, asking)
    return b.command("answer", *(f"{fact}=…" for fact in facts)) if facts else ""


def submitting(b: Blocked, artefact: str) -> str:
    form = (f"--form {fact}=…" for fact in b.t.method.artefacts[artefact].form)
    return b.command("submit", artefact, "FILE", *form)


def _role(b: Blocked, _instance: NeedInstance, need: Need) -> Reason:
    return empty(b, need.of, "need_open_role")


def _gate(b: Blocked, _instance: NeedInstance, need: Need) -> Reason:
    return b.tell("need_open_gate", b.t.command("why", need.of), thing=b.t.gate(need.of))


def _by_hand(b: Blocked, instance: NeedInstance, need: Need) -> Reason:
    typed = b.t.typed(instance)
    if instance.status is NeedStatus.HANDED_IN:
        return b.tell("need_open_confirm", b.t.command("accept", typed))
    text = "need_open_written" if need.kind is NeedKind.WRITTEN else "need_open_act"
    return b.tell(text, b.command("tick-off", typed))


def _wait(b: Blocked, _instance: NeedInstance, need: Need) -> Reason:
    if isinstance(need.done, ProjectsTest) and need.done.comparison is Comparison.AT_LEAST:
        return b.tell(
            "need_open_count",
            b.t.to_type(
                "project",
                "start",
                need.done.method,
                "TITLE",
                "--from",
                b.t.handle,
                roles=b.blocker.who,
            ),
            n=predicates.count(b.t.s, need.done),
            wanted=need.done.n,
            counted=portfolio.spelled(need.done),
        )
    return b.tell("need_open_wait", _for_rule(b, need))


def _for_rule(b: Blocked, need: Need) -> str:
    """A command that brings a rule nearer to being true, where one does."""
    t = b.t
    for test in mentions.tests(t.method, need.done):
        if isinstance(test, RoleTest) and not people.is_filled(t.s, test.role):
            return t.command("assign", f"{test.role}=PERSON", roles=needs.filling(t.s, test.role))
        if isinstance(test, FactTest) and test.fact not in t.project.facts:
            return answering(b, [test.fact])
    return ""


_BY_KIND: Final[Mapping[NeedKind, Callable[[Blocked, NeedInstance, Need], Reason]]] = {
    NeedKind.ARTEFACT: _artefact,
    NeedKind.FACT: _fact,
    NeedKind.ROLE: _role,
    NeedKind.GATE: _gate,
    NeedKind.ACT: _by_hand,
    NeedKind.WRITTEN: _by_hand,
    NeedKind.WAIT: _wait,
}


def empty(b: Blocked, role: str, text: str) -> Reason:
    t = b.t
    if role not in t.method.roles:
        return b.tell(text, held=0, wanted=1)
    held = people.holders(t.s, role) if t.project.started_at else ()
    wanted = max(1, t.method.roles[role].seats_at_least)
    if not t.project.started_at:
        return b.tell(f"{text}_start", thing=t.name(role), held=len(held), wanted=wanted)
    asked = needs.filling(t.s, role)
    then = t.command("assign", f"{role}=PERSON", roles=asked)
    who = t.who(asked) or t.say("words.a_manager")
    return b.tell(text, then, thing=t.name(role), held=len(held), wanted=wanted, who=who)
