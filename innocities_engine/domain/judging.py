"""Commands that judge: rate, advise, declare a conflict of interest, present the papers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import gates, judgements, minutes, needs, people, predicates
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Gate
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import RoleWho, Who
from innocities_engine.domain.opening import members_of
from innocities_engine.domain.project import Passage, Presentation, Recorded, Version, VoiceKind
from innocities_engine.domain.refusing import missing, refuse
from innocities_engine.domain.situation import Situation, passage_scope


def gate_of(c: Cursor, name: str) -> Gate:
    gate = c.method.gates.get(name)
    if gate is None:
        raise missing("gate", name)
    return gate


def open_passage(c: Cursor, name: str) -> Passage:
    """The open instance of a gate whose track still lives."""
    gate = gate_of(c, name)
    passage = c.project.open_passage(gate.id)
    track = c.project.tracks.get(gate.track)
    if passage is None or track is None or track.end is not None:
        refuse("not_open", gate.id)
    return passage


def same_papers(s: Situation, passage: Passage, read: Mapping[str, int] | None) -> None:
    """Refuse what was said on other papers than those that are there now, naming each of them."""
    now = gates.papers(s, passage)
    if read is None or read == now:
        return
    changed = tuple(
        Blocker("paper_changed", a, {"read": str(read.get(a, 0)), "now": str(now.get(a, 0))})
        for a in {**read, **now}
        if read.get(a) != now.get(a)
    )
    raise errors.Conflict(changed).named("papers_changed")


def give_voice(
    c: Cursor,
    passage: Passage,
    by: Who,
    item: str,
    kind: VoiceKind,
    value: str,
    actor: Actor,
    recorded: Recorded | None,
    papers: Collection[Version] = (),
) -> None:
    """Give one voice on a passage, or refuse those whose voice does not count."""
    s = c.situation
    scope = passage_scope(s, passage)
    asked = people.asked(s, by, scope)
    if asked.who is None:
        refuse("answer_first", ", ".join(sorted(asked.unknown)), gate=passage.gate)
    ballot = judgements.ballot(s, passage, kind, item)
    given = judgements.speak(s, asked.who, ballot, actor.person, value, recorded)
    if not given:
        refuse("not_entitled", item or passage.gate, *people.roles(asked.who))
    since = minutes.earliest(s, passage)
    minutes.check(s, asked.who, ballot, given, since=since, papers=papers)
    if not all(judgements.may_speak(s, passage, voice) for voice in given):
        refuse("not_entitled", item or passage.gate, needs="declaration")
    for voice in given:
        c.emit(e.VoiceGiven(at=c.now, voice=voice))


def rate(c: Cursor, command: k.Rate, actor: Actor) -> None:
    """Judge criteria of an open gate."""
    passage = open_passage(c, command.gate)
    gate = gate_of(c, command.gate)
    for criterion_id, value in command.verdicts.items():
        criterion = gate.criteria.get(criterion_id)
        if criterion is None:
            raise missing("criterion", f"{gate.id}/{criterion_id}")
        if not judgements.applies(c.situation, gate, criterion):
            refuse("not_open", criterion_id, state="not asked")
        if value not in criterion.scale:
            refuse("bad_value", criterion_id, expected=", ".join(criterion.scale))
        give_voice(
            c,
            passage,
            judgements.raters_of(gate, criterion),
            criterion_id,
            VoiceKind.VERDICT,
            value,
            actor,
            command.recorded,
        )


def advise(c: Cursor, command: k.Advise, actor: Actor) -> None:
    """Recommend before the decision; an adviser may have to wait for an earlier one."""
    passage = open_passage(c, command.gate)
    gate = gate_of(c, command.gate)
    voice = gate.advises.get(command.advice)
    if voice is None:
        raise missing("adviser", f"{gate.id}/{command.advice}")
    s = c.situation
    if voice.when is not None:
        if predicates.judge(s, voice.when, passage_scope(s, passage)).value is False:
            refuse("not_open", f"{gate.id}/{voice.id}")
    if voice.after and _still_asked(c, gate, passage, voice.after):
        refuse("advice_missing", voice.after)
    same_papers(s, passage, command.papers)
    scale = voice.scale or tuple(gate.outcomes)
    if command.value not in scale:
        refuse("bad_value", voice.id, expected=", ".join(scale))
    give_voice(
        c, passage, voice.by, voice.id, VoiceKind.ADVICE, command.value, actor,
        minutes.written(command), minutes.unsaid(s, passage, command),
    )  # fmt: skip


def _still_asked(c: Cursor, gate: Gate, passage: Passage, advice: str) -> bool:
    s = c.situation
    voice = gate.advises[advice]
    if voice.when is not None:
        if predicates.judge(s, voice.when, passage_scope(s, passage)).value is False:
            return False
    return judgements.advice_given(s, gate.id, advice) is None


def declare_conflict(c: Cursor, command: k.DeclareConflict, actor: Actor) -> None:
    """Step aside from one passage; a recorder may note it for a member without an account."""
    passage = open_passage(c, command.gate)
    gate = gate_of(c, command.gate)
    person = command.person or actor.person
    everybody = members_of(c.project.members) | {x.substitute for x in c.inputs.substitutions}
    if person not in everybody:
        refuse("not_entitled", gate.id)
    if person != actor.person and not _records(c, gate, passage, actor):
        refuse("not_entitled", gate.id)
    c.emit(e.ConflictDeclared(at=c.now, passage=passage.key, person=person, reason=command.reason))


def _records(c: Cursor, gate: Gate, passage: Passage, actor: Actor) -> bool:
    s = c.situation
    scope = passage_scope(s, passage)
    who = people.asked(s, gate.decides.by, scope).who
    return people.records_for(s, who, actor.person, scope) is not None


def present(c: Cursor, command: k.Present, actor: Actor) -> None:
    """Freeze the papers and mark the passage as submitted to its decider."""
    passage = open_passage(c, command.gate)
    gate = gate_of(c, command.gate)
    _leads(c, gate, actor)
    if passage.presented is not None:
        refuse("wrong_state", gate.id, state="presented")
    s = c.situation
    c.emit(
        e.PapersPresented(
            at=c.now,
            passage=passage.key,
            presentation=Presentation(
                c.now, actor.person, gates.review(s, passage).digest, gates.papers(s, passage)
            ),
        )
    )


def take_back(c: Cursor, command: k.TakeBack, actor: Actor) -> None:
    """Take the papers back before the decision."""
    passage = open_passage(c, command.gate)
    _leads(c, gate_of(c, command.gate), actor)
    if passage.presented is None:
        refuse("wrong_state", passage.gate, state="not presented")
    c.emit(e.PapersTakenBack(at=c.now, passage=passage.key))


def _leads(c: Cursor, gate: Gate, actor: Actor) -> None:
    """The project manager presents, or an owner of the gate's papers before there is one."""
    s = c.situation
    owning = [
        owner
        for instance in c.project.needs.values()
        if instance.origin.partition("#")[0] == gate.id and not instance.decision
        for owner in needs.owners(s, instance)
    ]
    allowed = people.acting(s, (*needs.leaders(s), *owning))
    if actor.person not in allowed:
        refuse("not_entitled", gate.id, *needs.leaders(s))


# ---------------------------------------------------------------- who could say it


def require_voice(s: Situation, command: k.Command, person: str) -> None:
    """Refuse whoever could neither give this voice nor write it down; other commands ask none."""
    if not isinstance(command, k.Decide | k.Rate | k.Advise) or command.gate not in s.method.gates:
        return
    gate = s.method.gates[command.gate]
    voices = {"": gate.decides, **gate.advises}
    judged = [judgements.raters_of(gate, criterion) for criterion in gate.criteria.values()]
    scope = judgements.gate_scope(s, gate)
    asked = [people.asked(s, by, scope).who for by in (*(v.by for v in voices.values()), *judged)]
    own = any(person in people.people_of(s, who, scope) for who in asked)
    if not own and all(people.records_for(s, who, person, scope) is None for who in asked):
        refuse("not_entitled", gate.id, *people.roles(asked[0]))


def require_recorder(s: Situation, bodies: Sequence[str], person: str) -> None:
    """Refuse whoever may not write down what one of these bodies gave."""
    scope = judgements.project_scope(s)
    whos = [RoleWho(body) for body in bodies]
    if all(people.records_for(s, who, person, scope) is None for who in whos):
        refuse("not_entitled", ", ".join(bodies), *bodies)
