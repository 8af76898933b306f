"""How a project gets to a gate, gets it ready, and has it decided.

Nothing here knows a gate by name: what to do next is taken from the blockers of its Review, and
what a decision must carry from the refusals of one that carries too little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain import gates, moments, needs, people
from innocities_engine.domain.definition import Criterion, Gate, Outcome
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import Who
from innocities_engine.domain.judgements import advice_given, raters_of, verdict_of
from innocities_engine.domain.project import Condition, Proposal
from innocities_engine.domain.situation import need_of, passage_scope, phase_scope
from innocities_engine.domain.whens import civil_day
from tests.builders import Walk, blockers_of, people_in
from tests.methodology import wanting
from tests.methodology.wanting import PAPER, PLAIN, Stuck, Wishes

ROUNDS: Final = 60
FAR: Final = timedelta(days=30)
OWNERS: Final = ("ideeier", "programkoordinator")  # of conditions: decide none of them


def leader(walk: Walk) -> str:
    """Whoever leads the project, or the programme."""
    return next(p for role in needs.leaders(walk.situation) for p in walk.members(role))


def owner(walk: Walk) -> str:
    """The role that owes the conditions which a decision writes."""
    return next((role for role in OWNERS if role in walk.method.roles), OWNERS[0])


def name_of(blocker: Blocker) -> str:
    """What a blocker is about: the key of a need, or the id of whatever it is."""
    return blocker.subject.partition("#")[0].rpartition("/")[2].rpartition(".")[2]


def names(blockers: tuple[Blocker, ...]) -> set[str]:
    return {name_of(b) for b in blockers}


# ---------------------------------------------------------------- getting ready


def passing(walk: Walk, gate_id: str) -> Outcome:
    """The first passing outcome that is offered."""
    passage = walk.passage(gate_id)
    for outcome in walk.method.gates[gate_id].outcomes.values():
        offered = gates.offered(walk.situation, passage, outcome)
        if outcome.passing and all(b.code != "not_offered" for b in offered):
            return outcome
    raise Stuck(f"nothing passes {gate_id}")


def missing(walk: Walk, gate_id: str, wishes: Wishes, outcome: str = "") -> list[Blocker]:
    """What is still to be done, but for what the wishes leave undone."""
    review = walk.review(gate_id, outcome or passing(walk, gate_id).id)
    return [b for b in review.blockers if not _left(walk, gate_id, b, wishes)]


def _left(walk: Walk, gate_id: str, blocker: Blocker, wishes: Wishes) -> bool:
    """Left undone by wish, or because of it: nobody is there, or may judge, who could do it."""
    if name_of(blocker) in wishes.left:
        return True
    if blocker.code.startswith("criterion"):
        criterion = walk.method.gates[gate_id].criteria[blocker.subject]
        return not _judges(walk, gate_id, criterion, wishes)
    return bool(blocker.who) and wishes.left.issuperset(blocker.who)


def ready(walk: Walk, gate_id: str, wishes: Wishes = PLAIN, outcome: str = "") -> Walk:
    """Do all that the gate still asks for, but for what the wishes leave undone."""
    for _ in range(ROUNDS):
        todo = missing(walk, gate_id, wishes, outcome)
        if not todo:
            return walk
        for blocker in todo:
            if _stands(walk, gate_id, blocker):
                walk = _mended(walk, gate_id, blocker, wishes)
    raise Stuck(f"{gate_id} stays shut: {missing(walk, gate_id, wishes, outcome)}")


def _stands(walk: Walk, gate_id: str, blocker: Blocker) -> bool:
    """Whether what was done for others has not taken this one away already."""
    s = walk.situation
    match blocker.code:
        case "need_open":
            return needs.finding(s, walk.project.needs[blocker.subject]).is_open
        case "criterion_unrated":
            return verdict_of(s, gate_id, blocker.subject) is None
        case "advice_missing":
            return advice_given(s, gate_id, blocker.subject) is None
        case "answer_first":
            return wanting.value_of(walk, blocker.subject) is None
    return True


def _mended(walk: Walk, gate_id: str, blocker: Blocker, wishes: Wishes) -> Walk:
    """Do what takes one blocker away."""
    match blocker.code:
        case "need_open":
            instance = walk.project.needs[blocker.subject]
            need = need_of(walk.method, instance)
            if need.kind == "gate" and need.done is None:
                chosen = need.outcome_in[0] if need.outcome_in else ""
                return passed(walk, need.of, wishes, chosen)
            return wanting.met(walk, instance, wishes)
        case "criterion_unrated" | "criterion_below":
            return rated(walk, gate_id, wishes)
        case "advice_missing":
            return advised(walk, gate_id, blocker.subject)
        case "answer_first":
            return wanting.known(walk, blocker.subject, wishes)
        case "role_empty":
            return wanting.filled(walk, blocker.subject)
        case "gate_blocks":
            return passed(walk, blocker.subject, PLAIN)
    raise Stuck(f"nobody can help: {blocker}")


def voters(walk: Walk, gate_id: str, who: Who) -> tuple[str, ...]:
    """Everybody who may give this voice at the gate; none while it is unknown who is asked."""
    scope = passage_scope(walk.situation, walk.passage(gate_id))
    roles = people.roles_asked(walk.situation, who, scope)
    return tuple(p for role in roles for p in walk.members(role))


def rated(walk: Walk, gate_id: str, wishes: Wishes) -> Walk:
    """Everybody who is asked judges the criteria, the best way unless wished otherwise."""
    gate = walk.method.gates[gate_id]
    by_person: dict[str, dict[str, str]] = {}
    for criterion in gate.criteria.values():
        for person in _judges(walk, gate_id, criterion, wishes):
            value = wishes.verdicts.get(criterion.id, criterion.scale[0])
            by_person.setdefault(person, {})[criterion.id] = value
    for person, verdicts in by_person.items():
        walk = declared(walk, gate_id, person).do(k.Rate(gate_id, verdicts), person)
    return walk


def _judges(walk: Walk, gate_id: str, criterion: Criterion, wishes: Wishes) -> tuple[str, ...]:
    """Who may judge a criterion, but for those whose declaration is left undone."""
    if criterion.id in wishes.left:
        return ()
    asked = voters(walk, gate_id, raters_of(walk.method.gates[gate_id], criterion))
    return tuple(
        person
        for person in asked
        if not any(name in wishes.left for name in undeclared(walk, gate_id, person))
    )


def advised(walk: Walk, gate_id: str, advice: str, value: str = "") -> Walk:
    """Those who are asked recommend the same, until there are enough of them."""
    gate = walk.method.gates[gate_id]
    voice = gate.advises[advice]
    if voice.after and advice_given(walk.situation, gate_id, voice.after) is None:
        walk = advised(walk, gate_id, voice.after)
    chosen = value or (voice.scale or tuple(gate.outcomes))[0]
    for person in voters(walk, gate_id, voice.by):
        if advice_given(walk.situation, gate_id, advice) is None:
            walk = walk.do(k.Advise(gate_id, advice, chosen), person)
    return walk


def undeclared(walk: Walk, gate_id: str, person: str) -> dict[str, str]:
    """What each member is asked for and this one has not done, with the key of the instance."""
    passage, s = walk.passage(gate_id).key, walk.situation
    return {
        n.ref.partition("/")[2]: n.key
        for n in walk.project.needs.values()
        if n.origin == passage and n.member == person and needs.finding(s, n).is_open
    }


def declared(walk: Walk, gate_id: str, person: str) -> Walk:
    """Whoever speaks does first what each member is asked for: a declaration of interest."""
    for key in undeclared(walk, gate_id, person).values():
        walk = walk.do(k.TickOff(key, member=person), person)
    return walk


# ---------------------------------------------------------------- deciding


def deciders(walk: Walk, gate_id: str) -> tuple[str, ...]:
    return voters(walk, gate_id, walk.method.gates[gate_id].decides.by)


def routed(walk: Walk, gate_id: str, wishes: Wishes = PLAIN) -> Walk:
    """Answer what settles who decides; the rest of the gate is left as it is."""
    by = walk.method.gates[gate_id].decides.by
    while unknown := people.asked(
        walk.situation, by, passage_scope(walk.situation, walk.passage(gate_id))
    ).unknown:
        walk = wanting.known(walk, min(unknown), wishes)
    return walk


def proposal(
    walk: Walk, gate_id: str, outcome: str, by: str, wishes: Wishes = PLAIN, to: str | None = None
) -> Proposal:
    """The outcome with all that it must carry, found by offering too little."""
    offer = Proposal(outcome, to=to)
    for _ in range(ROUNDS):
        lacking = [b for b in refused(walk, gate_id, offer, by) if b.code == "carry_missing"]
        lacking = [b for b in lacking if b.subject not in wishes.left]
        if not lacking:
            return offer
        offer = _carrying(walk, offer, lacking[0], wishes)
    raise Stuck(f"{gate_id}.{outcome} never carries enough")


def _carrying(walk: Walk, offer: Proposal, lacking: Blocker, wishes: Wishes) -> Proposal:
    name = lacking.subject
    match name, lacking.params.get("kind"):
        case "to", _:
            return replace(offer, to=lacking.params["one_of"].partition(",")[0])
        case "review_on", _:
            return replace(offer, review_on=walk.today + FAR)
        case _, "role":
            members = walk.members(name) or people_in(walk.method.roles[name])
            return replace(offer, appoint={**offer.appoint, name: members})
        case _, "fact":
            easy = wanting.easy_answer(walk, walk.method.facts[name])
            value = wishes.answers.get(name, easy)
            return replace(offer, answers={**offer.answers, name: value})
        case _, "artefact":
            return replace(offer, attach={**offer.attach, name: PAPER})
        case _, "written":
            some = tuple(
                Condition(f"Condition {n}", owner(walk))
                for n in range(int(lacking.params["at_least"]))
            )
            return replace(offer, written={**offer.written, name: some})
    raise Stuck(f"nobody knows how to carry {lacking}")


def refused(walk: Walk, gate_id: str, offer: Proposal, by: str) -> tuple[Blocker, ...]:
    """Why this person's voice for the proposal is refused; empty if it is not."""
    return walk.refusal(k.Decide(gate_id, offer), by)


def decided(
    walk: Walk, gate_id: str, outcome: str, wishes: Wishes = PLAIN, to: str | None = None
) -> Walk:
    """Those who decide choose the outcome; `errors.Refused` if the method does not allow it."""
    before = len(walk.project.decisions)
    offer = Proposal(outcome, to=to)
    for person in deciders(walk, gate_id):
        offer, walk = _voiced(declared(walk, gate_id, person), gate_id, offer, person, wishes)
        if len(walk.project.decisions) > before:
            return walk
    raise Stuck(f"not enough voices for {gate_id}.{outcome}")


def a_voice_short(walk: Walk, gate_id: str, outcome: str) -> Walk:
    """All who decide have chosen the outcome but for the first, whose voice would settle it."""
    offer = Proposal(outcome)
    for person in reversed(deciders(walk, gate_id)):
        before = declared(walk, gate_id, person)
        offer, walk = _voiced(before, gate_id, offer, person, PLAIN)
        if len(walk.project.decisions) > len(before.project.decisions):
            return before
    raise Stuck(f"not enough voices for {gate_id}.{outcome}")


def _voiced(
    walk: Walk, gate_id: str, offer: Proposal, by: str, wishes: Wishes
) -> tuple[Proposal, Walk]:
    """One voice for the proposal, which carries more as long as too little is what is wrong."""
    for _ in range(ROUNDS):
        try:
            return offer, walk.do(k.Decide(gate_id, offer), by)
        except errors.Refused as refusal:
            lacking = [b for b in blockers_of(refusal) if b.code == "carry_missing"]
            if not lacking:
                raise
            offer = _carrying(walk, offer, lacking[0], wishes)
    raise Stuck(f"{gate_id}.{offer.outcome} never carries enough")


def passed(walk: Walk, gate_id: str, wishes: Wishes = PLAIN, outcome: str = "") -> Walk:
    """Get the gate ready and have it passed."""
    walk = ready(walk, gate_id, wishes, outcome)
    return decided(walk, gate_id, outcome or passing(walk, gate_id).id, wishes)


def why_not(walk: Walk, gate_id: str, outcome: str = "", wishes: Wishes = PLAIN) -> set[str]:
    """What the refusal names when those who decide try to pass the gate; empty if it passes."""
    try:
        decided(walk, gate_id, outcome or passing(walk, gate_id).id, wishes)
    except errors.Refused as refusal:
        return names(blockers_of(refusal))
    return set()


# ---------------------------------------------------------------- on the way


def exit_gate(walk: Walk) -> str:
    """The open gate that leads on from the current phase of the main track."""
    found = next((g.id for g in _leading_on(walk) if walk.project.open_passage(g.id)), None)
    if found is None:
        raise Stuck("the main track has no open gate")
    return found


def _leading_on(walk: Walk) -> list[Gate]:
    return [
        gate
        for gate in walk.method.gates.values()
        if gate.track == walk.method.main_root
        and any(o.effect == "to" or o.end == "completed" for o in gate.outcomes.values())
    ]


def at_exit(walk: Walk) -> Walk:
    """Where a gate of this phase opens by the calendar, let time pass until it does."""
    waiting = [g for g in _leading_on(walk) if walk.phase() in g.phases and g.opens is not None]
    if waiting and not any(walk.project.open_passage(g.id) for g in _leading_on(walk)):
        return walk.on(min(_next_opening(walk, g) for g in waiting))
    return walk


def is_over(walk: Walk) -> bool:
    """The main track has ended, or begins anew: a programme that was renewed."""
    track, root = walk.track(), walk.method.main_root
    return track is None or track.end is not None or len(walk.project.entries[root]) > 1


def arrived(
    walk: Walk, gate_id: str, wishes: Wishes = PLAIN, days: Mapping[str, date] | None = None
) -> Walk:
    """Go on, gate by gate, until this one is open; `days` says when others are decided."""
    while walk.project.open_passage(gate_id) is None:
        walk = _onward(walk, gate_id, wishes, days or {})
    return walk


def _onward(walk: Walk, gate_id: str, wishes: Wishes, days: Mapping[str, date]) -> Walk:
    """Bring the project one step nearer to the gate: pass the next one, or let time pass."""
    gate = walk.method.gates[gate_id]
    track = walk.track(gate.track)
    if track is not None and track.phase in gate.phases and gate.opens is not None:
        return walk.on(_next_opening(walk, gate))
    if track is not None and track.phase in gate.phases and gate.when is not None:
        return wanting.wanted(walk, gate.when, wishes)
    walk = at_exit(walk)
    return passed_on(walk, exit_gate(walk), days, wishes)


def passed_on(walk: Walk, gate_id: str, days: Mapping[str, date], wishes: Wishes = PLAIN) -> Walk:
    """Pass a gate, on its day if one is given."""
    if gate_id in days:
        walk = ready(walk, gate_id, wishes).on(days[gate_id])
    return passed(walk, gate_id, wishes)


def _next_opening(walk: Walk, gate: Gate) -> date:
    assert gate.opens is not None
    s = walk.situation
    scope = phase_scope(s, gate.phases[0])
    days = [civil_day(s, moments.resolve(s, m, scope)) for m in gate.opens.at.values()]
    ahead = [d for d in days if d is not None and d > walk.today]
    if not ahead:
        raise Stuck(f"{gate.id} never opens")
    return min(ahead)
