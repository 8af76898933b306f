"""What somebody writes down for a body: whether those named as present can have given it.

Whether the writer may record for that body is decided before; the minutes themselves stay outside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from innocities_engine.domain import commands as k
from innocities_engine.domain import judgements, moments, people
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import Who
from innocities_engine.domain.people import Ballot
from innocities_engine.domain.project import Decision, Passage, Recorded, Version, Voice
from innocities_engine.domain.refusing import refuse, refuse_all
from innocities_engine.domain.situation import Situation


def check(
    s: Situation,
    who: Who | None,
    ballot: Ballot,
    given: Sequence[Voice],
    *,
    since: date,
    papers: Collection[Version] = (),
) -> None:
    """Refuse minutes that cannot be: of people without a seat, of too few, of another day, or on
    `papers` that were not there yet.
    """
    bodies = tuple(voice.role for voice in given if voice.recorded)
    if not bodies or (recorded := given[0].recorded) is None:
        return
    if len(bodies) > 1:
        refuse("which_body", bodies[0], *bodies)
    found: list[Blocker] = []
    seated: set[str] = set()
    for leaf in people.leaves(who):
        if leaf.role in bodies:
            seats = people.seats(s, leaf, ballot)
            there = people.sitting(seats, recorded.present)
            seated |= there
            needed = leaf.quorum.needed(len(seats))
            if len(there) < needed:
                counts = {"present": str(len(there)), "needed": str(needed)}
                found.append(Blocker("too_few_present", leaf.role, counts))
    strangers = (p for p in dict.fromkeys(recorded.present) if p not in seated)
    found += [Blocker("no_seat", person, who=bodies) for person in strangers]
    refuse_all((*found, *_figures(s, recorded, since), *_later(s, recorded, since, papers)))


def _figures(s: Situation, recorded: Recorded, since: date) -> list[Blocker]:
    found = []
    if recorded.on is not None and not since <= recorded.on <= s.today:
        days = {"first": since.isoformat(), "last": s.today.isoformat()}
        found.append(Blocker("bad_session", recorded.on.isoformat(), days))
    votes, present = sum(recorded.votes.values()), len(set(recorded.present))
    if votes > present:
        counts = {"votes": str(votes), "present": str(present)}
        found.append(Blocker("too_many_votes", "votes", counts))
    return found


def _later(
    s: Situation, recorded: Recorded, since: date, papers: Collection[Version]
) -> Iterator[Blocker]:
    """The papers that were handed in on a day after the session."""
    for version in papers:
        came = s.day_of(version.at)
        if recorded.on is not None and since <= recorded.on < came:
            days = {"handed_in": came.isoformat(), "session": recorded.on.isoformat()}
            yield Blocker("paper_later", version.artefact, {"version": str(version.n)} | days)


def unsaid(s: Situation, passage: Passage, command: k.Decide | k.Advise) -> tuple[Version, ...]:
    """The papers it rests on, where nobody says which the body had read: they may have been on the
    table before somebody handed them in here, but only whoever was there can know.
    """
    return judgements.papers(s, passage) if command.papers is None else ()


def written(command: k.Decide | k.Advise) -> Recorded | None:
    """What is written down for a body, with the papers it is said to have read."""
    return command.recorded and replace(command.recorded, papers=command.papers)


def of_version(command: k.Approve, version: Version) -> tuple[Recorded | None, tuple[Version, ...]]:
    """The same of an approval: whoever names the version says that the body had it before it."""
    if command.version is None or command.recorded is None:
        return command.recorded, (version,)
    return replace(command.recorded, papers={version.artefact: version.n}), ()


def earliest(s: Situation, passage: Passage | None = None) -> date:
    """The first day a session can have been on: its results may be written down late, but not
    before the project began, nor before what was decided at the gate last, nor before the decision
    that led to where the gate opened.
    """
    began = s.day_of(s.project.started_at or s.now)
    before = (d for d in s.project.decisions if passage and _goes_before(s, d, passage))
    return max([began, *(moments.held_on(s, decision) for decision in before)])


def _goes_before(s: Situation, decision: Decision, passage: Passage) -> bool:
    """Whether a passage cannot have been taken up before a decision was."""
    gate, track = decision.passage.partition("#")[0], s.method.gates[passage.gate].track
    if gate == passage.gate:
        return True
    if s.method.gates[gate].track == track:
        return decision.target is not None and decision.at <= passage.opened_at
    return decision.at == s.project.entries[track][0]
