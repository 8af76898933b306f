"""Votes rest on the papers of the moment: where those change, votes already given fall.

Otherwise the first half of a quorum could have agreed to another plan than the second.
"""

from __future__ import annotations

from collections.abc import Mapping

from innocities_engine.domain import events as e
from innocities_engine.domain import gates
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.project import PassageStatus, Voice, VoiceKind

Resting = Mapping[str, Mapping[str, int]]  # passage -> artefact -> version


def resting(c: Cursor) -> Resting:
    """The papers that the votes given so far rest on."""
    s = c.situation
    voted = {v.subject for v in c.project.voices.values() if v.kind is VoiceKind.DECISION}
    passages = (c.project.passages[key] for key in voted)
    return {p.key: gates.papers(s, p) for p in passages if p.status is PassageStatus.OPEN}


def fall(c: Cursor, before: Resting) -> None:
    """Void the votes whose papers are others now, or other versions of them."""
    after = resting(c)
    changed = {key for key, papers in after.items() if before.get(key, papers) != papers}
    voices = tuple(v.key for v in c.project.voices.values() if _is_vote_at(v, changed))
    if voices:
        c.emit(e.VoicesVoided(at=c.now, voices=voices))


def _is_vote_at(voice: Voice, passages: set[str]) -> bool:
    return voice.kind is VoiceKind.DECISION and voice.subject in passages
