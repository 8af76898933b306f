"""A whole round: what has happened to it, how its projects stand, and what becomes of each of them
when it is taken. What one project has to do with a round is left to `rounds`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from innocities_engine.domain import commands as k
from innocities_engine.domain import gates, judgements, people, predicates, proposals, rounds
from innocities_engine.domain.definition import Gate, Methodology
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import Choose
from innocities_engine.domain.happening import Happening
from innocities_engine.domain.project import Passage, Project, Proposal, Recorded, VoiceKind
from innocities_engine.domain.ranking import Cut, Entry, Placed, cut, objections, rank
from innocities_engine.domain.refusing import refuse_all
from innocities_engine.domain.round_events import RoundOpened, RoundTaken
from innocities_engine.domain.situation import Situation, passage_scope

SCORE = "score"


# ---------------------------------------------------------------- what happens to a round


@dataclass(frozen=True, slots=True)
class RoundState:
    """A round as it stands."""

    id: str = ""
    method: str = ""
    gate: str = ""
    n: int = 0
    opened_at: datetime | None = None
    passages: Mapping[str, str] = field(default_factory=dict)
    taken: RoundTaken | None = None


def evolve_round(state: RoundState, event: Happening) -> RoundState:
    """Return the round as it is after `event`."""
    match event:
        case RoundOpened():
            return RoundState(
                event.round, event.method, event.gate, event.n, event.at, event.passages
            )
        case RoundTaken():
            return replace(state, taken=_together(state.taken, event))
    raise TypeError(f"{type(event).__name__} does not happen to rounds")


def _together(before: RoundTaken | None, again: RoundTaken) -> RoundTaken:
    """What has become of a round, where decisions were annulled and taken anew."""
    if before is None:
        return again
    kept = set(before.taken) - again.outcomes.keys()
    return replace(
        again,
        outcomes={**before.outcomes, **again.outcomes},
        taken=tuple(sorted(kept | set(again.taken))),
        places={**before.places, **again.places},
        values={**before.values, **again.values},
        departed=before.departed or again.departed,
        departing=again.departing or before.departing,
    )


def round_id(method: str, gate: str, n: int) -> str:
    """The id under which a round's own events stand."""
    return f"{PREFIX}{method}:{gate}:{n}"


PREFIX = "round:"


# ---------------------------------------------------------------- how its projects stand


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project that is at the gate, as it stands now."""

    s: Situation
    passage: Passage

    @property
    def project(self) -> str:
        return self.s.project.id

    @property
    def gate(self) -> Gate:
        return self.s.method.gates[self.passage.gate]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The projects of a round in their order. `takes`: how many places are free, None while no
    project says how many there are.
    """

    placed: tuple[Placed, ...]
    takes: int | None
    unknown: tuple[str, ...] = ()

    @property
    def proposed(self) -> Cut:
        return cut(self.placed, self.takes) if self.takes else Cut(())

    @property
    def digest(self) -> str:
        """Changes with whatever the order, or one of the decisions, rests on."""
        rows = [
            [
                one.project, one.entry.passage, str(one.entry.value), one.place,
                [f"{b.code}:{b.subject}" for b in one.entry.shut], one.entry.review,
            ]
            for one in self.placed
        ]  # fmt: skip
        return hashlib.sha256(json.dumps([self.takes, rows]).encode()).hexdigest()[:16]


def ranking(candidates: Iterable[Candidate], filled: int = 0) -> Ranking:
    """Rank the projects of a round, so many of whose places are filled, as their method says."""
    there = list(candidates)
    known = [n for each in there if (n := _takes(each)) is not None]
    asked = {fact for each in there if _takes(each) is None for fact in _asked(each)}
    # Where the projects say different numbers, the smallest binds: nobody is taken beyond it.
    free = max(0, min(known) - filled) if known else None
    return Ranking(rank(map(_entry, there)), free, tuple(sorted(asked)))


def _takes(each: Candidate) -> int | None:
    rule = each.gate.round
    assert rule is not None
    scope = passage_scope(each.s, each.passage)
    if isinstance(rule.takes, int):
        return rule.takes
    if isinstance(rule.takes, Choose):
        return predicates.choose(each.s, rule.takes, scope).value
    value = predicates.fact_value(each.s, rule.takes, scope)
    return int(value) if isinstance(value, Decimal) else None


def _asked(each: Candidate) -> frozenset[str]:
    rule = each.gate.round
    assert rule is not None
    if isinstance(rule.takes, Choose):
        return predicates.choose(each.s, rule.takes, passage_scope(each.s, each.passage)).unknown
    return frozenset({rule.takes}) if isinstance(rule.takes, str) else frozenset()


def _entry(each: Candidate) -> Entry:
    rule = each.gate.round
    assert rule is not None
    s, passage = each.s, each.passage
    value, waits = _value(each, rule.ranks)
    return Entry(
        project=each.project,
        title=s.project.title,
        passage=passage.asking_key,
        value=value,
        waits=tuple(sorted(waits)),
        shut=_shut(each),
        ratings=_ratings(each) if rule.ranks == SCORE and value is not None else None,
        review=gates.review(s, passage).digest,
    )


def _value(each: Candidate, ranks: str) -> tuple[Decimal | None, frozenset[str]]:
    if ranks == SCORE:
        score = judgements.score(each.s, each.passage.gate)
        unscored = judgements.unscored(each.s, each.passage.gate)
        return score, unscored if score is None else frozenset()
    found = predicates.fact_value(each.s, ranks, passage_scope(each.s, each.passage))
    value = found if isinstance(found, Decimal) else None
    return value, frozenset() if value is not None else frozenset({ranks})


def _shut(each: Candidate) -> tuple[Blocker, ...]:
    """Why a project cannot be taken: no outcome that passes is open to it."""
    first: tuple[Blocker, ...] = ()
    for outcome in each.gate.outcomes.values():
        if outcome.passing:
            blockers = gates.review(each.s, each.passage, outcome).blockers
            found = tuple(b for b in blockers if b.code != gates.WAITS_FOR_ROUND)
            if not found:
                return ()
            first = first or found
    return first


def _ratings(each: Candidate) -> dict[str, Decimal]:
    """The score that each rater's own values give, for those who rated all that counts."""
    s, passage, gate = each.s, each.passage, each.gate
    weights = {
        c.id: c for c in gate.criteria.values() if c.weight and judgements.applies(s, gate, c)
    }
    given: dict[str, dict[str, Decimal]] = {}
    for criterion in weights.values():
        ballot = judgements.ballot(s, passage, VoiceKind.VERDICT, criterion.id)
        for voice in people.voices_on(s, ballot):
            rater = voice.stands_in_for or voice.person or voice.role
            given.setdefault(rater, {})[criterion.id] = judgements.points(criterion, voice.value)
    total = sum(c.weight for c in weights.values())
    return {
        rater: sum((weights[c].weight * v for c, v in values.items()), Decimal(0)) / total
        for rater, values in sorted(given.items())
        if values.keys() == weights.keys()
    }


# ---------------------------------------------------------------- taking it


@dataclass(frozen=True, slots=True)
class TakeRound:
    """Decide on a round: `taken` and `rest` say what each project's decision carries.

    `ranking`: the digest of the ranking it was taken on, "" skips the comparison; `departing`: why
    the ranking is not followed. `asked`: in whose words it was asked for, where the rest was worked
    out from them: the same words under one key are the same, though the round is over by then.
    """

    method: str
    gate: str
    taken: Mapping[str, Proposal]
    rest: Mapping[str, Proposal] = field(default_factory=dict)
    reason: str = ""
    departing: str = ""
    recorded: Recorded | None = None
    ranking: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenRound:
    """Open the round of a gate for all projects that wait for it."""

    method: str
    gate: str


def planned(
    state: RoundState, there: Sequence[Candidate], standing: Ranking, command: TakeRound
) -> dict[str, k.DecideInRound]:
    """What becomes of each project; refused where the choice is not the ranking's to make."""
    chosen = tuple(command.taken)
    takes = standing.takes or 0
    if standing.takes is None:
        refuse_all(tuple(Blocker("answer_first", fact) for fact in standing.unknown))
    departing = bool(command.departing)
    refuse_all(objections(standing.placed, takes, chosen, departing=departing))
    shut = {one.project: one.entry.shut for one in standing.placed}
    refuse_all(tuple(b for project in chosen for b in shut[project]))
    given = {each.project: _proposal(each, command) for each in there}
    reviews = {one.project: one.entry.review for one in standing.placed}
    askings = {one.project: one.entry.passage for one in standing.placed}
    departs = objections(standing.placed, takes, chosen, departing=False)
    plan = _plan(state.id, given, askings, departs)
    return {
        project: k.DecideInRound(
            k.Decide(
                state.gate, proposal, command.reason, command.recorded, reviews[project],
                asking_key=askings[project],
            ),
            state.id,
            plan,
        )
        for project, proposal in given.items()
    }  # fmt: skip


def _proposal(each: Candidate, command: TakeRound) -> Proposal:
    rule = each.gate.round
    assert rule is not None
    if each.project in command.taken:
        return command.taken[each.project]
    return command.rest.get(each.project, Proposal(rule.rest))


def _plan(
    round_name: str,
    given: Mapping[str, Proposal],
    askings: Mapping[str, str],
    departs: Sequence[Blocker],
) -> str:
    """What a vote is on: each project's proposal at this asking, and how the ranking is departed
    from; a ranking that has changed makes another departure of the same choice.
    """
    parts = [round_name]
    parts += (f"{p} {askings[p]} {proposals.digest(given[p])}" for p in sorted(given))
    parts += (json.dumps([each.code, *sorted(each.params.items())]) for each in departs)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def taken_event(
    state: RoundState, standing: Ranking, command: TakeRound,
    plan: Mapping[str, k.DecideInRound], at: datetime,
) -> RoundTaken:  # fmt: skip
    """What is written down of the whole round."""
    takes = standing.takes or 0
    as_ranked = objections(standing.placed, takes, command.taken, departing=False)
    decided = state.taken.outcomes if state.taken else {}
    return RoundTaken(
        at=at,
        round=state.id,
        outcomes={project: each.decide.proposal.outcome for project, each in plan.items()},
        taken=tuple(sorted(command.taken)),
        places={one.project: one.place for one in standing.placed if one.place},
        values={
            one.project: str(one.entry.value)
            for one in standing.placed
            if one.entry.value is not None
        },
        takes=takes,
        left=tuple(sorted(set(state.passages) - set(plan) - set(decided))),
        departing=command.departing if as_ranked else "",
        departed=bool(as_ranked),
        ranking=standing.digest,
        recorded=command.recorded,
    )


# ---------------------------------------------------------------- who waits


def candidates(situations: Iterable[Situation], gate: str) -> list[Candidate]:
    """The projects that are at the gate, where their version of the method has rounds there."""
    found = []
    for s in situations:
        rule = s.method.gates.get(gate)
        passage = s.project.open_passage(gate)
        if rule is not None and rule.round is not None and passage is not None:
            found.append(Candidate(s, passage))
    return sorted(found, key=lambda each: each.project)


def in_round(there: Iterable[Candidate], state: RoundState) -> list[Candidate]:
    """Those of them that are in a round; once it was taken, those whose decision was annulled."""
    known = state.taken.outcomes if state.taken else state.passages
    return [
        each
        for each in there
        if each.project in known and rounds.takes_part(each.s, each.passage, state.id)
    ]


def annulled(state: RoundState, projects: Iterable[Project]) -> tuple[str, ...]:
    """The projects that were decided in a round, and whose decision does not stand."""
    known = state.taken.outcomes if state.taken else {}
    return tuple(
        each.id
        for each in projects
        if each.id in known and not any(d.round == state.id for d in each.decisions)
    )


def filled(state: RoundState, projects: Iterable[Project]) -> int:
    """How many of its places are filled by decisions that stand."""
    taken = state.taken.taken if state.taken else ()
    return len(set(taken) - set(annulled(state, projects)))


def gates_with_rounds(method: Methodology) -> tuple[str, ...]:
    return tuple(gate.id for gate in method.gates.values() if gate.round is not None)


def opens_on(each: Candidate) -> date | None:
    """The day on which the round opens that a project waits for."""
    when = rounds.opens(each.s, each.passage)
    return when.day or (each.s.day_of(when.instant) if when.instant else None)
