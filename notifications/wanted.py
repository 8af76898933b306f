"""Decide whether a notice is still worth telling: nobody is written to about what is done, decided,
moved or no longer theirs to do.  Asked at the moment of claiming, on the state as it is then.
"""

from __future__ import annotations

from typing import Final

from innocities_engine.domain import artefacts, judgements, people
from innocities_engine.domain.project import (
    NeedStatus,
    Passage,
    TrackStatus,
    VersionStatus,
    VoiceKind,
)
from innocities_engine.domain.situation import Situation, passage_scope
from innocities_engine.domain.whens import civil_day
from innocities_engine.store.outbox import Waiting
from notifications.archive import Sight
from notifications.moved import REMINDING

TOLD: Final = frozenset({"decided", "gate_raised", "overridden", "commented"})
_OPEN_NEEDS: Final = frozenset({NeedStatus.DORMANT, NeedStatus.OPEN, NeedStatus.HANDED_IN})
_VOICES: Final = {
    "decide": VoiceKind.DECISION,
    "advise": VoiceKind.ADVICE,
    "rate": VoiceKind.VERDICT,
}


def unwanted(sight: Sight, notice: Waiting, person: str) -> str:
    """Tell why a notice is no longer wanted by a person; "" if it is."""
    s = sight.s
    if notice.kind in TOLD and person in notice.data.get("by", "").split(", "):
        return "the reader did it"
    match notice.kind:
        case "reminder" | "escalation":
            return _reminding(sight, notice, person)
        case "decide_asked" | "advise_asked" | "rate_asked":
            return _asking(s, notice, person)
        case "approve_asked":
            return "" if _waits_for_approval(s, notice) else "it has been dealt with"
        case "returned":
            newest = artefacts.newest(s.project, notice.data["artefact"])
            return "it has been handed in again" if newest else ""
        case "accept_asked":
            need = s.project.needs.get(notice.data["instance"])
            waits = need is not None and need.status is NeedStatus.HANDED_IN
            return "" if waits else "it has been dealt with"
        case "condition_opened":
            need = s.project.needs.get(notice.data["instance"])
            return "" if need is not None and need.status in _OPEN_NEEDS else "it is settled"
        case "gate_raised" | "round_opened":
            passage = s.project.open_passage(notice.data["gate"])
            return "" if passage else "it has been decided"
        case "held":
            return "" if _is_held(s, notice) else "the project is no longer on hold"
        case "voice_fell":
            return _fallen(s, notice, person)
        case "role_empty":
            filled = people.is_filled(s, notice.data["vacant"])
            return "somebody holds the role now" if filled else ""
        case "appointed":
            members = s.project.members.get(notice.data["role"], ())
            return "" if person in members else "somebody else holds the role now"
    return ""


def _reminding(sight: Sight, notice: Waiting, person: str) -> str:
    s, key = sight.s, notice.data["obligation"]
    obligation = sight.owed.get(key)
    if obligation is None:
        return "it is done"
    if civil_day(s, obligation.due) != notice.due:
        return "its date has moved"
    passage = s.project.passages.get(key.partition(":")[2].partition("/")[0])
    asks = notice.data.get("kind", "")
    if notice.kind == "reminder" and passage and _has_spoken(s, passage, asks, notice, person):
        return "the reader has done their part"
    return ""


def _asking(s: Situation, notice: Waiting, person: str) -> str:
    passage = s.project.open_passage(notice.data["gate"])
    if passage is None:
        return "it has been decided"
    if passage.presented is None or passage.asked_at > notice.created_at:
        return "the papers were taken back"
    asks = notice.kind.removesuffix("_asked")
    if _is_given(s, passage, asks, notice) or _has_spoken(s, passage, asks, notice, person):
        return "it has been given"
    return ""


def _is_given(s: Situation, passage: Passage, asks: str, notice: Waiting) -> bool:
    """Whether the role as a whole has said what was asked for."""
    if asks == "advise":
        return judgements.advice_given(s, passage.gate, notice.data["item"]) is not None
    if asks == "rate":
        wanted = _criteria(s, passage, notice.role)
        return all(judgements.verdict_of(s, passage.gate, one) is not None for one in wanted)
    return False


def _fallen(s: Situation, notice: Waiting, person: str) -> str:
    """A voice that counts no more is asked for until it is given again, or nothing waits for it."""
    need = s.project.needs.get(notice.data.get("instance", ""))
    passage = s.project.open_passage(notice.data.get("gate", ""))
    if "instance" in notice.data and (need is None or need.status not in _OPEN_NEEDS):
        return "it is settled"
    if "instance" not in notice.data and passage is None:
        return "it has been decided"
    about = need.key if need else passage.key if passage else ""
    for voice in s.project.voices.values():
        same = voice.kind == notice.data["voice"] and voice.subject.partition("/")[0] == about
        speaker = voice.person or (voice.recorded.by if voice.recorded else "")
        if same and speaker == person and voice.at >= notice.created_at:
            return "it has been given"
    return ""


def _has_spoken(s: Situation, passage: Passage, asks: str, notice: Waiting, person: str) -> bool:
    """Whether this person's own voice, or that of whoever stands in for them, is there already."""
    wanted = {passage.key}
    if asks == "advise":
        wanted = {f"{passage.key}/{notice.data['item']}"}
    if asks == "rate":
        wanted = {f"{passage.key}/{one}" for one in _criteria(s, passage, notice.role)}
    given = {
        voice.subject
        for voice in s.project.voices.values()
        if voice.kind == _VOICES.get(asks) and person in (voice.person, voice.stands_in_for)
    }
    return bool(wanted) and wanted <= given


def _criteria(s: Situation, passage: Passage, role: str) -> list[str]:
    """The criteria that a role is asked to judge."""
    gate, scope = s.method.gates[passage.gate], passage_scope(s, passage)
    return [
        criterion.id
        for criterion in gate.criteria.values()
        if judgements.applies(s, gate, criterion)
        and role in people.roles_asked(s, judgements.raters_of(gate, criterion), scope)
    ]


def _waits_for_approval(s: Situation, notice: Waiting) -> bool:
    newest = artefacts.newest(s.project, notice.data["artefact"])
    return (
        newest is not None
        and str(newest.n) == notice.data["version"]
        and newest.status is VersionStatus.SUBMITTED
    )


def _is_held(s: Situation, notice: Waiting) -> bool:
    return any(
        track.status is TrackStatus.HELD and track.review_on == notice.due
        for track in s.project.tracks.values()
    )


def says_the_same(other: Waiting, notice: Waiting) -> bool:
    """Tell whether another notice says the same to the same person, in another of their roles."""
    return other.dedupe_key < notice.dedupe_key and _said(other) == _said(notice)


def _said(notice: Waiting) -> str:
    """A notice's key but for its end, which is to whom it is."""
    return notice.dedupe_key.rpartition("|")[0]


def overtakes(later: Waiting, notice: Waiting) -> bool:
    """Tell whether a later rung of the same obligation makes an earlier one needless."""
    return (
        later.kind in REMINDING
        and notice.kind in REMINDING
        and later.data["obligation"] == notice.data["obligation"]
        and later.due == notice.due
        and later.created_at > notice.created_at
    )
