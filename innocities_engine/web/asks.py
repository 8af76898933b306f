"""Decide what a person is asked in a project now, and may say there: one ask for each open thing,
with its fields, why it is theirs, by when and what happens otherwise. It only reads; whether what
they say is allowed is left to the engine, how it looks to the templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from innocities_engine import wording
from innocities_engine.domain import asking, handing_in, judgements, needs, people, predicates
from innocities_engine.domain.definition import Fact, Gate, Need, NeedKind
from innocities_engine.domain.project import NeedInstance, NeedStatus, Passage, VoiceKind
from innocities_engine.domain.situation import Situation, need_of, passage_scope
from innocities_engine.domain.whens import When, civil_day
from innocities_engine.web import deciding, fields, papers, seats
from innocities_engine.web.ask import Ask, Field

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Voice
    from innocities_engine.web.ask import Teller


def of(t: Teller, person: str) -> list[Ask]:
    """Everything a person is asked now, what is due first before the rest."""
    found = [
        *_needs(t, person), *_asked_facts(t, person), *_voices(t, person),
        *deciding.judging(t, person), *deciding.choosing(t, person),
    ]  # fmt: skip
    distinct = {ask.key: ask for ask in reversed(found)}
    return sorted(distinct.values(), key=lambda ask: (ask.due is None, ask.due or date.max))


def comment(t: Teller) -> Ask:
    """What anybody may say who takes part."""
    return Ask("comment", "", t.say("web.comment"), (Field("text", t.say("web.text"), "prose"),))


# ---------------------------------------------------------------- what is needed


def _needs(t: Teller, person: str) -> Iterator[Ask]:
    for instance, need in needs.unmet(t.s):
        found = needs.finding(t.s, instance)
        if not found.is_open or found.exists.value is not True:
            continue
        if instance.status is NeedStatus.HANDED_IN:
            yield from _confirming(t, instance, need, person)
        elif instance.status is NeedStatus.OPEN:
            for role in _roles_of(t.s, needs.owners(t.s, instance), person):
                yield from _owed(t, instance, need, role)


def _roles_of(s: Situation, owners: Iterable[str], person: str) -> tuple[str, ...]:
    """Of those who owe something the first that this person acts for."""
    mine = (
        owner
        for owner in owners
        if (person in people.acting(s, (owner,)) if owner in s.method.roles else owner == person)
    )
    return tuple(mine)[:1]


def _owed(t: Teller, instance: NeedInstance, need: Need, role: str) -> Iterator[Ask]:
    if need.kind in needs.BY_HAND:
        on = Field("on", t.say("web.on"), "date", hint=t.say("web.on_hint"))
        yield _about(t, instance, role, "tick-off", instance.key, (on,))
    elif need.kind is NeedKind.ARTEFACT:
        stands = _standing(t, need.of)
        yield _about(t, instance, role, "submit", need.of, _paper(t, need.of), stands=stands)
    elif need.kind is NeedKind.FACT and need.of not in t.s.method.form_of:
        yield _answering(t, instance, role, t.s.method.facts[need.of])
    for fact in need.asks:
        if needs.asking_for(t.s.method, t.s.project, fact) and fact not in instance.answers:
            yield _answering(t, instance, role, t.s.method.facts[fact], instance.key)


def _confirming(t: Teller, instance: NeedInstance, need: Need, person: str) -> Iterator[Ask]:
    if person in (handing_in.confirmers_of(t.s, instance, need) or ()):
        roles = handing_in.confirming_roles(t.s, instance, need)
        role = next(iter(_roles_of(t.s, roles, person)), "")
        yield _about(t, instance, role, "accept", instance.key)


def _about(
    t: Teller, instance: NeedInstance, role: str, act: str, subject: str,
    fields: tuple[Field, ...] = (), *, title: str = "", need: str = "", stands: str = "",
) -> Ask:  # fmt: skip
    due = needs.due(t.s, instance)
    return Ask(
        act, subject, title or t.need(instance), fields, need, _role(t, role),
        _day(t.s, due), needs.is_overdue(t.s, instance), _otherwise(t, instance), stands,
    )  # fmt: skip


def _day(s: Situation, when: When) -> date | None:
    return civil_day(s, when)


def _role(t: Teller, role: str) -> str:
    return t.title(role) if role in t.s.method.roles else ""


def _otherwise(t: Teller, instance: NeedInstance) -> str:
    """What stays shut while it is open."""
    s = t.s
    held = [
        passage.gate
        for passage in seats.open_passages(s)
        if needs.blocks_gate(s, instance, need_of(s.method, instance), passage.key)
    ]
    if held:
        return t.say("web.holds", gate=wording.listed(t.language, map(t.title, held)))
    return t.say("web.stays_open")


def _standing(t: Teller, artefact: str) -> str:
    """What is there already of a paper."""
    versions = t.s.project.versions.get(artefact, ())
    if not versions:
        return ""
    newest = versions[-1]
    state, day = t.say(f"status.{newest.status.value}"), t.day(t.s.day_of(newest.at))
    return t.say("web.version", n=newest.n, day=day, state=state)


# ---------------------------------------------------------------- fields


def _paper(t: Teller, artefact: str) -> tuple[Field, ...]:
    form = t.s.method.artefacts[artefact].form
    asked = (fields.of_fact(t, t.s.method.facts[fact], f"fact:{fact}") for fact in form)
    link = Field("link", t.say("web.link"), "address", hint=t.say("web.link_hint"))
    return (link, Field("file", t.say("web.file"), "file", hint=t.say("web.file_hint")), *asked)


def _answering(t: Teller, instance: NeedInstance, role: str, fact: Fact, need: str = "") -> Ask:
    asked = fields.of_fact(t, fact, "value")
    field = replace(asked, label=t.say("web.answer"))
    return _about(t, instance, role, "answer", fact.id, (field,), title=asked.label, need=need)


def _asked_facts(t: Teller, person: str) -> Iterator[Ask]:
    """Questions that a gate or a rule waits for, of those whom the method asks by name."""
    s = t.s
    for name in sorted(asking.asked_now(s)):
        fact = s.method.facts[name]
        roles = people.roles_asked(s, fact.by, judgements.project_scope(s))
        for role in _roles_of(s, roles, person):
            if name not in s.method.form_of and name not in s.method.asked_in_needs:
                asked = fields.of_fact(t, fact, "value")
                field = replace(asked, label=t.say("web.answer"))
                yield Ask("answer", name, asked.label, (field,), role=t.title(role),
                          otherwise=t.say("web.waits"))  # fmt: skip


# ---------------------------------------------------------------- voices


def _voices(t: Teller, person: str) -> Iterator[Ask]:
    for passage in seats.open_passages(t.s):
        gate = t.s.method.gates[passage.gate]
        for voice in gate.advises.values():
            yield from _advising(t, passage, gate, voice, person)
        yield from _rating(t, passage, gate, person)


def _advising(t: Teller, passage: Passage, gate: Gate, voice: Voice, person: str) -> Iterator[Ask]:
    s, scope = t.s, passage_scope(t.s, passage)
    wanted = voice.when is None or predicates.judge(s, voice.when, scope).value is True
    waits = bool(voice.after) and judgements.advice_given(s, gate.id, voice.after or "") is None
    role = seats.of_voice(s, passage, voice, VoiceKind.ADVICE, voice.id, person)
    if not (role and wanted) or waits:
        return
    title = t.text(voice.title) or t.say("web.advice")
    fields = (
        Field("value", t.say("web.value"), "choice", _scale(t, gate, voice)),
        Field("reason", t.say("web.reason"), "prose"),
    )
    said = "web.advice_required" if voice.required else "web.advice_optional"
    yield seats.by_its_day(t, passage, voice.due, Ask(
        "advise", gate.id, f"{title} – {t.title(gate.id)}", fields, voice.id, t.title(role),
        otherwise=t.say(said, gate=t.title(gate.id)), papers=papers.before(t, passage),
    ))  # fmt: skip


def _scale(t: Teller, gate: Gate, voice: Voice) -> tuple[tuple[str, str], ...]:
    if voice.scale:
        return tuple((value, _word(t, value)) for value in voice.scale)
    return tuple((o.id, t.text(o.title) or _word(t, o.id)) for o in gate.outcomes.values())


def _word(t: Teller, value: str) -> str:
    """A value in words where it is one of the usual."""
    known = (f"{kind}.{value}" for kind in ("verdict", "outcome"))
    return next((t.say(key) for key in known if wording.knows(key)), value)


def _rating(t: Teller, passage: Passage, gate: Gate, person: str) -> Iterator[Ask]:
    s, scope = t.s, passage_scope(t.s, passage)
    fields, roles = [], []
    for criterion in gate.criteria.values():
        who = people.asked(s, judgements.raters_of(gate, criterion), scope).who
        role = seats.silent(s, passage, who, VoiceKind.VERDICT, criterion.id, person)
        if role and judgements.applies(s, gate, criterion):
            label = t.text(criterion.question) or criterion.id
            scale = tuple((value, _word(t, value)) for value in criterion.scale)
            fields.append(Field(f"criterion:{criterion.id}", label, "choice", scale))
            roles.append(role)
    if fields:
        yield seats.by_its_day(t, passage, judgements.raters(gate).due, Ask(
            "rate", gate.id, t.say("web.rate", gate=t.title(gate.id)), tuple(fields),
            role=t.title(roles[0]), otherwise=t.say("web.unrated", gate=t.title(gate.id)),
            papers=papers.before(t, passage),
        ))  # fmt: skip
