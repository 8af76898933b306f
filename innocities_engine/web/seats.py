"""Decide whose voice is asked at a gate and not given yet, and by when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from innocities_engine.domain import judgements, moments, people
from innocities_engine.domain.project import Passage, VoiceKind
from innocities_engine.domain.situation import Situation, passage_scope
from innocities_engine.domain.whens import civil_day

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Voice
    from innocities_engine.domain.grammar import Moment
    from innocities_engine.domain.people import Chosen
    from innocities_engine.web.ask import Ask, Teller


def open_passages(s: Situation) -> list[Passage]:
    """The gates that can be worked on."""
    return [
        passage
        for passage in s.project.passages.values()
        if passage.status.value == "open"
        and (track := s.project.tracks.get(s.method.gates[passage.gate].track)) is not None
        and track.end is None
    ]


def of_voice(
    s: Situation, passage: Passage, voice: Voice, kind: VoiceKind, item: str, person: str
) -> str:
    """The role in which a person's voice is asked and not given yet."""
    who = people.asked(s, voice.by, passage_scope(s, passage)).who
    return silent(s, passage, who, kind, item, person)


def silent(
    s: Situation, passage: Passage, who: Chosen | None, kind: VoiceKind, item: str, person: str
) -> str:
    """The role in which a person is among those asked and has not spoken."""
    ballot = judgements.ballot(s, passage, kind, item)
    seat = people.seat_for(s, who, person, ballot)
    spoken = any(person == voice.person for voice in people.voices_on(s, ballot))
    return seat.role if seat and not spoken else ""


def by_its_day(t: Teller, passage: Passage, due: Moment | None, ask: Ask) -> Ask:
    """An ask for a voice, with the day by which it is asked for."""
    if due is None:
        return ask
    day = civil_day(t.s, moments.resolve(t.s, due, passage_scope(t.s, passage)))
    return replace(ask, due=day, late=day is not None and day < t.s.today)
