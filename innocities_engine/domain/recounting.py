"""Which voices still count when a project moves to another version of its method, and for what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from innocities_engine.domain.needs import UNMET
from innocities_engine.domain.project import NeedInstance, PassageStatus, Voice, VoiceKind
from innocities_engine.domain.renaming import asks_alike, ruled_alike

if TYPE_CHECKING:
    from innocities_engine.domain.carrying import Carrying


def counting(x: Carrying) -> Iterator[Voice]:
    """The voices that count in the new version, under its names."""
    for voice in x.project.voices.values():
        new = _called_now(x, voice)
        if new is not None and _still_counts(x, voice):
            yield new


def fallen(x: Carrying) -> Iterator[Voice]:
    """The voices that count no more, as they were."""
    spoken = {(voice.kind, voice.at, voice.key) for voice in counting(x)}
    for voice in x.project.voices.values():
        new = _called_now(x, voice)
        if new is None or (new.kind, new.at, new.key) not in spoken:
            yield voice


def waited_with(x: Carrying) -> tuple[str, ...]:
    """Of the voices that count no more, those that something still waits for, by their keys."""
    return tuple(voice.key for voice in fallen(x) if _is_waited_for(x, voice.subject))


def _is_waited_for(x: Carrying, subject: str) -> bool:
    passage = x.project.passages.get(subject.partition("/")[0])
    need = x.project.needs.get(subject)
    at_a_gate = passage is not None and passage.status is PassageStatus.OPEN
    return at_a_gate or (need is not None and need.status in UNMET)


def _called_now(x: Carrying, voice: Voice) -> Voice | None:
    """A voice under its new name, if what it is about and whose it is have one."""
    role = x.names.roles.get(voice.role)
    subject = _subject(x, voice)
    if role is None or subject is None:
        return None
    return replace(voice, role=role, subject=subject, value=_said(x, voice))


def _said(x: Carrying, voice: Voice) -> str:
    """An advice may name an outcome."""
    gate = voice.subject.partition("#")[0]
    advice = voice.kind is VoiceKind.ADVICE
    return x.names.outcomes.get((gate, voice.value), voice.value) if advice else voice.value


def _subject(x: Carrying, voice: Voice) -> str | None:
    match voice.kind:
        case VoiceKind.APPROVAL:
            artefact, _, n = voice.subject.partition("@")
            return f"{x.artefact(artefact)}@{n}"
        case VoiceKind.ACCEPTANCE | VoiceKind.WAIVER:
            return x.need_keys.get(voice.subject)
    passage, slash, item = voice.subject.partition("/")
    there, gate = x.names.passage(passage), passage.partition("#")[0]
    if there is None or not slash:
        return there
    ids = x.names.criteria if voice.kind is VoiceKind.VERDICT else x.names.advises
    named = ids.get((gate, item))
    return f"{there}/{named}" if named is not None else None


def _still_counts(x: Carrying, voice: Voice) -> bool:
    """A verdict on a changed scale, and a voice on what was changed, count no more."""
    if voice.kind is VoiceKind.APPROVAL:
        return True
    if voice.kind in (VoiceKind.WAIVER, VoiceKind.ACCEPTANCE):
        return _stands(x, x.project.needs[voice.subject])
    passage, _, item = voice.subject.partition("/")
    gate = passage.partition("#")[0]
    before, after = x.old.gates[gate], x.new.gates[x.names.gates[gate]]
    match voice.kind:
        case VoiceKind.VERDICT:
            there = after.criteria[x.names.criteria[gate, item]]
            return there.scale == before.criteria[item].scale
        case VoiceKind.ADVICE:
            scale = after.advises[x.names.advises[gate, item]].scale
            was = before.advises[item].scale
            return tuple(x.names.outcomes.get((gate, v), v) for v in was) == scale
    return _is_settled(x, passage) or ruled_alike(before, after)


def _stands(x: Carrying, instance: NeedInstance) -> bool:
    """What was said of a need has done its work, or the need asks the same still."""
    name = (instance.ref, instance.outcome)
    if instance.ref in x.asked_anew:
        return False
    alike = asks_alike(x.old.needs_named[name], x.names.needs[name], x.names)
    return alike or instance.status not in UNMET


def _is_settled(x: Carrying, passage: str) -> bool:
    return x.project.passages[passage].status is not PassageStatus.OPEN
