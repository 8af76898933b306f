"""What is said and done at a passage: rating, advising, presenting, raising, resuming.

A voice is given by a person or recorded for a body; whoever gives one has first done what each
member owes. Leaves deciding to `deciding`.
"""

from __future__ import annotations

from . import facts, judging, needs, opening, people, predicates
from .doing import Handler, check, may, may_lead, open_passage, owner, speaker
from .model import Context, Passage, Refused, Spec, Values, World
from .people import Asked


def give_voice(
    w: World,
    passage: Passage,
    command: Spec,
    actor: str,
    who: Asked | None,
    values: Values,
    value: str,
) -> None:
    """Take note of a value given at the gate; rights are told before what is owed."""
    subject = judging.spoken_at(w, passage)
    speaker(command, actor).give(w, who, subject, values, value)
    if command.get("recorded"):
        present = command.get("present", ())
        voices = [(r, p) for r in people.recorded_roles(w, who, actor) for p in present]
    else:
        voices = people.spoken_for(w, who, subject, actor)
    check(not any(owed_by(w, passage, role, member) for role, member in voices), "need_open")


def judged_on_papers(w: World, passage: Passage, command: Spec) -> None:
    """What is decided or advised rests on the versions at the gate: what is said to have been read
    must be those, and a body that met before one of them was handed in has not read it, unless
    whoever records says that it had.
    """
    resting, read = needs.papers(w, passage), command.get("read")
    if read is not None:
        check(read == {v.artefact: v.n for v in resting}, "paper_changed")
    elif command.get("recorded") and command.get("session"):
        met = facts.read_date(command["session"])
        check(all(w.days.of(v.at) <= met for v in resting), "paper_later")


def what_votes_rest_on(w: World) -> list[tuple[Passage, list[tuple[str, int]]]]:
    """The papers of every open gate that somebody has voted at."""
    voted = [p for p in w.state.passages if p.status == "open" and p.votes.given]
    return [(p, [(v.artefact, v.n) for v in needs.papers(w, p)]) for p in voted]


def drop_votes_on_other_papers(
    w: World, before: list[tuple[Passage, list[tuple[str, int]]]]
) -> None:
    """A vote was given on exact versions; on others it has not been given."""
    for passage, papers in before:
        if papers != [(v.artefact, v.n) for v in needs.papers(w, passage)]:
            passage.votes.clear()


def owed_by(w: World, passage: Passage, role: str, member: str) -> bool:
    """Whether a member has not yet done what each one who gives a voice must."""
    return any(
        need.passage is passage
        and need.decision is None
        and (need.role, need.member) == (role, member)
        and needs.status(w, need) == "open"
        and needs.required(w, need) is not False
        for need in w.state.needs
    )


def rate(w: World, command: Spec, actor: str) -> None:
    passage = open_passage(w, command["gate"])
    criterion = command["criterion"]
    specs = w.method.criteria(passage.gate)
    check(criterion in specs, "wrong_state")
    values = passage.ratings.setdefault(criterion, Values())
    who = judging.raters(w, passage, criterion)
    give_voice(w, passage, command, actor, who, values, command["value"])
    exists = judging.criterion_exists(w, passage, criterion) is not False
    check(exists and command["value"] in judging.scale_of(specs[criterion]), "wrong_state")


def advise(w: World, command: Spec, actor: str) -> None:
    passage = open_passage(w, command["gate"])
    advice = command["advice"]
    specs = w.method.advises(passage.gate)
    check(advice in specs, "wrong_state")
    values = passage.advice.setdefault(advice, Values())
    who = judging.adviser(w, passage, advice)
    give_voice(w, passage, command, actor, who, values, command["value"])
    judged_on_papers(w, passage, command)
    exists = judging.advice_exists(w, passage, advice) is not False
    known = command["value"] in judging.advice_scale(w, passage, advice)
    earlier = specs[advice].get("after")
    waits = earlier is not None and judging.advice_exists(w, passage, earlier) is not False
    in_turn = not waits or judging.advice_given(w, passage, str(earlier)) is not None
    check(exists and known and in_turn, "wrong_state")


# The passage itself


def may_present(w: World, passage: Passage, actor: str) -> bool:
    """The project manager puts papers before the decider, or an owner of what the gate needs."""
    own = [n for n in w.state.needs if n.passage is passage and n.decision is None]
    owned = any(may(w, who, Context(), actor) for n in own if (who := owner(w, n)) is not None)
    return owned or may_lead(w, actor)


def present(w: World, command: Spec, actor: str) -> None:
    passage = open_passage(w, command["gate"])
    check(may_present(w, passage, actor), "not_entitled")
    check(passage.presented is None, "wrong_state")
    passage.presented = (w.now, {v.artefact: v.n for v in needs.papers(w, passage)})


def withdraw_presentation(w: World, command: Spec, actor: str) -> None:
    passage = open_passage(w, command["gate"])
    check(may_present(w, passage, actor), "not_entitled")
    check(passage.presented is not None, "wrong_state")
    passage.presented = None


def raise_gate(w: World, command: Spec, actor: str) -> None:
    gate = command["gate"]
    by = w.method.opens(gate).get("by") if gate in w.method.gates else None
    check(by is not None, "not_open")
    track = w.state.tracks[w.method.track_of_gate(gate)]
    check(track.status == "running", "not_open")
    here = opening.at_track(w, gate, track)
    check(people.holds(w, people.asked(w, by, here), actor), "not_entitled")
    missing = predicates.asks(w, w.method.opens(gate).get("when"), here)
    missing |= predicates.asks(w, w.method.gates[gate].get("when"), here)
    check(not missing, "answer_first")
    check(opening.can_be_raised(w, gate), "wrong_state")
    opening.open_passage(w, gate, f"raised {w.now}").raised_by = actor


def resume(w: World, command: Spec, actor: str) -> None:
    track = w.state.tracks.get(command.get("track", w.method.main))
    if track is None or track.held is None:
        raise Refused("wrong_state")
    passage = w.passage(track.held.gate)
    who = judging.decider(w, passage) if passage else None
    raised = passage is not None and actor == passage.raised_by
    decides = people.holds(w, who, actor) or bool(people.recorded_roles(w, who, actor))
    check(decides or raised, "not_entitled")
    track.held.last = w.today


HANDLERS: dict[str, Handler] = {
    "rate": rate,
    "advise": advise,
    "present": present,
    "withdraw_presentation": withdraw_presentation,
    "raise": raise_gate,
    "resume": resume,
}
