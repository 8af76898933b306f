"""Starting a project and deciding at its gates, by votes, by a record, or over a shut gate.

A vote is on one exact proposal: the outcome and all that it carries. The decision is taken when the
quorum agrees on one; what then follows by itself is the work of `settle`.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from . import (
    doing,
    facts,
    judging,
    moments,
    needs,
    opening,
    people,
    predicates,
    review,
    settle,
    voicing,
)
from .doing import check
from .model import Context, Decision, Need, Passage, Refused, Spec, Track, Version, World
from .people import Asked
from .reading import chosen_values, listed

PROPOSAL = ("outcome", "to", "review", "conditions", "answers", "appoint", "attach", "acts")


# Starting


def start(w: World, command: Spec, actor: str) -> None:
    check(w.state.started is None, "wrong_state")
    for role, members in (command.get("members") or {}).items():
        doing.set_members(w, role, members)
    w.state.started = w.now
    missing = [role for role in owners_at_start(w) if not people.members(w, role)]
    check(not missing, "role_empty")


def owners_at_start(w: World) -> set[str]:
    """The roles that own what is asked for in the phase that the project begins with."""
    found: set[str] = set()
    for key, spec in w.method.needs_of_phase(w.method.main).items():
        found |= owner_roles(w, key, spec)
    return found


def owner_roles(w: World, key: str, spec: Spec) -> set[str]:
    if predicates.holds(w, spec.get("when"), Context()) is False:
        return set()
    kind, name = w.method.kind(key, spec), str(spec.get("of", key))
    things = {"artefact": w.method.artefacts, "fact": w.method.facts}.get(kind, {})
    who = people.asked(w, spec.get("by", things.get(name, {}).get("by")), Context())
    return {role for role in who.roles if role in w.method.roles} if who else set()


# Deciding


def decide(w: World, command: Spec, actor: str, over: bool = False) -> None:
    passage = doing.open_passage(w, command["gate"])
    who = judging.decider(w, passage)
    if who is None:
        codes = {code for code, _ in review.decider_blockers(w, passage)}
        raise Refused(*(codes or {"not_entitled"}))
    proposal = proposal_of(command)
    subject = judging.spoken_at(w, passage)
    voicing.give_voice(w, passage, command, actor, who, passage.votes, proposal)
    voicing.judged_on_papers(w, passage, command)
    refuse_if_shut(w, passage, command, over)
    if people.agreed(w, who, subject, passage.votes, proposal):
        take(w, passage, command, actor, who)


def override(w: World, command: Spec, actor: str) -> None:
    """Decide as any decider does, and pass over the Review; the right to it is not the method's."""
    decide(w, command, actor, over=True)


def refuse_if_shut(w: World, passage: Passage, command: Spec, over: bool) -> None:
    """Refuse with everything that stands in the way of this outcome."""
    outcome = command["outcome"]
    codes = carry_codes(w, passage, command)
    if outcome in w.method.outcomes(passage.gate):
        missing = review.outcome_asks if over else review.blockers
        codes |= {code for code, _ in missing(w, passage, outcome)}
    if codes:
        raise Refused(*codes)


def carry_codes(w: World, passage: Passage, command: Spec) -> set[str]:
    """Why the command itself does not make a decision: not offered, or something not stated."""
    outcome = command.get("outcome")
    if outcome not in w.method.outcomes(passage.gate):
        return {"not_offered"}
    codes = set() if review.is_offered(w, passage, outcome) else {"not_offered"}
    codes |= target_codes(w, passage, command) | review_date_codes(w, passage, command)
    for key, spec in w.method.needs_of_outcome(passage.gate, outcome).items():
        if arises(w, passage, key, spec):
            codes |= need_codes(w, passage, key, spec, command)
    return codes | extra_codes(w, passage, command)


def extra_codes(w: World, passage: Passage, command: Spec) -> set[str]:
    """What the decision states beyond what is asked of it."""
    here = judging.at_gate(w, passage)
    asked = {
        str(spec.get("of", key))
        for key, spec in w.method.needs_of_outcome(passage.gate, command["outcome"]).items()
        if w.method.due_with_decision(key, spec)
        and predicates.holds(w, spec.get("when"), here) is not False
    }
    stated = {n for word in ("answers", "appoint", "attach") for n in command.get(word) or {}}
    return {"wrong_state"} if stated - asked else set()


def arises(w: World, passage: Passage, key: str, spec: Spec) -> bool:
    """Whether the decision must say something about the need: it exists and is not done yet."""
    here = judging.at_gate(w, passage)
    if predicates.holds(w, spec.get("when"), here) is not True:
        return False
    if review.is_false(spec.get("required")):
        return False
    earlier = opening.standing_need(w, key, passage)
    return earlier is None or needs.status(w, earlier) == "open"


# What a decision must state


def target_codes(w: World, passage: Passage, command: Spec) -> set[str]:
    """Of a list, the decision names one; of a rule, the facts do."""
    word = target_word(w, passage, command)
    if word is None:
        return set()
    if isinstance(word, dict):
        choice = predicates.choose(w, word, judging.at_gate(w, passage))
        return set() if choice.known else {code for code, _ in choice.asks}
    if isinstance(word, list) and command.get("to") not in word:
        return {"carry_missing"}
    return set()


def target_word(w: World, passage: Passage, command: Spec) -> Any:
    spec = w.method.outcome(passage.gate, command["outcome"])
    return spec.get("to", spec.get("turn"))


def target_of(w: World, passage: Passage, command: Spec) -> str | None:
    word = target_word(w, passage, command)
    if isinstance(word, dict):
        return str(predicates.choose(w, word, judging.at_gate(w, passage)).use)
    if isinstance(word, list):
        return str(command["to"])
    return None if word is None else str(word)


def review_date_codes(w: World, passage: Passage, command: Spec) -> set[str]:
    """A hold sets a review date, after today and not after its bound."""
    hold = w.method.outcome(passage.gate, command["outcome"]).get("hold")
    if hold is None:
        return set()
    if not command.get("review"):
        return {"carry_missing"}
    longest = str(hold["at_most"] if isinstance(hold, dict) else hold)
    bound = moments.when(w, f"{longest} after decision", as_decided(w, passage, command))
    chosen = facts.read_date(command["review"])
    too_late = bound is not None and chosen > bound.day
    return {"wrong_state"} if too_late or chosen <= w.today else set()


def as_decided(w: World, passage: Passage, command: Spec) -> Context:
    """The context of what the decision would open, were it taken now."""
    decision = new_decision(w, passage, command, "", None)
    here = judging.at_gate(w, passage)
    return Context(here.track, passage, decision, entry=here.entry, since=w.today)


def new_decision(
    w: World, passage: Passage, command: Spec, actor: str, target: str | None
) -> Decision:
    return Decision(
        passage.gate, passage.n, command["outcome"], w.now, w.state.seq, actor, command, target,
        day_held(w, passage, command),
    )  # fmt: skip


def day_held(w: World, passage: Passage, command: Spec) -> date:
    """The last of the days on which those who agreed met, or spoke."""
    session = command.get("session")
    found = [facts.read_date(session) if session else w.days.of(w.now)]
    who, subject = judging.decider(w, passage), judging.spoken_at(w, passage)
    for leaf in who.leaves if who else ():
        result = people.of_body(w, leaf, subject, passage.votes)
        met = passage.votes.sessions.get(leaf.role)
        if met is not None and result == proposal_of(command):
            found.append(met)
    return max(found)


def proposal_of(command: Spec) -> str:
    """What has to be the same in two votes for them to agree."""
    return json.dumps({k: command.get(k) for k in PROPOSAL}, sort_keys=True, default=str)


def need_codes(w: World, passage: Passage, key: str, spec: Spec, command: Spec) -> set[str]:
    if "written" in spec:
        return written_codes(w, passage, key, spec, command)
    if not w.method.due_with_decision(key, spec):
        return set()
    name = str(spec.get("of", key))
    match w.method.kind(key, spec, passage.gate):
        case "fact":
            stated = (command.get("answers") or {}).get(name)
            if stated is not None and not facts.fits(w.method.facts[name], stated):
                return {"wrong_state"}
            return set() if stated is not None else {"carry_missing"}
        case "role":
            seats = w.method.roles[name].get("seats") or {}
            named = (command.get("appoint") or {}).get(name, ())
            enough = len(named) >= max(1, int(seats.get("at_least", 1)))
            return set() if enough else {"carry_missing"}
        case "artefact":
            return set() if name in (command.get("attach") or {}) else {"carry_missing"}
    return set() if key in listed(command.get("acts")) else {"carry_missing"}


def written_codes(w: World, passage: Passage, key: str, spec: Spec, command: Spec) -> set[str]:
    """Enough conditions, each with a text, an owner who is there, and a date within the bound."""
    written = spec["written"] if isinstance(spec["written"], dict) else {}
    texts = listed((command.get("conditions") or {}).get(key))
    judged = must_be_answered(w, passage, written.get("for"))
    codes = set()
    if len(texts) < max(int(written.get("at_least", 1)), len(judged)):
        codes.add("carry_missing")
    bound = spec.get("due")
    latest = moments.when(w, bound, as_decided(w, passage, command)) if bound else None
    for text in texts:
        codes |= condition_codes(w, text, latest.day if latest else None, command)
    return codes


def condition_codes(w: World, text: Spec, latest: date | None, command: Spec) -> set[str]:
    owner, due = text.get("owner"), text.get("due")
    if not text.get("text") or not owner or (due is None and latest is None):
        return {"carry_missing"}
    appointed = [p for members in (command.get("appoint") or {}).values() for p in members]
    held = [p for members in w.state.members.values() for p in members]
    if owner not in [*w.method.roles, *held, *appointed]:
        return {"wrong_state"}
    if due is None:
        return set()
    chosen = facts.read_date(due)
    too_late = latest is not None and chosen > latest
    return {"wrong_state"} if too_late or chosen < w.today else set()


def must_be_answered(w: World, passage: Passage, verdicts: Any) -> list[str]:
    """The criteria at one of the verdicts for each of which a condition is written."""
    wanted = chosen_values(verdicts)
    return [
        c
        for c in w.method.criteria(passage.gate)
        if wanted and judging.verdict(w, passage, c) in wanted
    ]


# Taking the decision


def take(w: World, passage: Passage, command: Spec, actor: str, who: Asked | None) -> None:
    track = w.state.tracks[passage.track]
    target = target_of(w, passage, command)
    w.next_seq()
    decision = new_decision(w, passage, command, actor, target)
    decision.roles = who.roles if who else []
    w.state.decisions.append(decision)
    give_way(w, track, decision)
    fix_done(w, passage)
    if needs.passing(w.method.outcome(passage.gate, decision.outcome)):
        sign_papers(w, passage)
    opening.make_decision_needs(w, passage, decision)
    fill_in_dates(w, decision)
    carry_out(w, decision, actor)
    passage.decided, passage.outcome, passage.status = w.now, decision.outcome, "decided"
    passage.votes.clear()
    if settle.is_held_back(w, track, decision):
        track.pending.append(decision)
    else:
        settle.apply_effect(w, track, decision)


def give_way(w: World, track: Track, decision: Decision) -> None:
    """A new decision ends the hold of its gate, and cancels what another one was about to do."""
    spec = w.method.outcome(decision.gate, decision.outcome)
    if track.held is not None and track.held.gate == decision.gate and "hold" not in spec:
        track.held.last = w.today
    again = spec.get("again")
    for pending in list(track.pending):
        same_gate = isinstance(again, dict) and again.get("gate") == pending.gate
        if same_gate or {"to", "turn", "end"} & set(spec):
            settle.cancel(w, track, pending)
            if not same_gate:
                settle.lapse(w, settle.passage_of(w, pending))
                settle.forget_truth(w, pending.gate)


def sign_papers(w: World, passage: Passage) -> None:
    for need in w.state.needs:
        own = need.passage is passage and need.decision is None
        if own and need.kind == "artefact" and need.spec.get("status") == "signed":
            version = needs.counted_version(w, need) if needs.exists(w, need) else None
            if version is not None:
                sign(w, version)


def sign(w: World, version: Version) -> None:
    """Make a version the baseline: signed versions of all that share it are superseded."""
    for artefact in w.method.baseline_of(version.artefact):
        for other in w.state.versions.get(artefact, []):
            if other.status == "signed":
                other.status = "superseded"
    version.status = "signed"


def fix_done(w: World, passage: Passage) -> None:
    """What is done when the gate is decided stays done, whatever becomes of its papers."""
    for need in w.state.needs:
        if need.passage is passage and need.decision is None and needs.status(w, need) == "done":
            need.fixed = "done"
            need.done_at = need.done_at or w.now


def fill_in_dates(w: World, decision: Decision) -> None:
    """A condition without a date of its own is due at its bound."""
    for need in w.state.needs:
        if need.decision is decision and need.written is not None and not need.written.get("due"):
            bound = (
                moments.when(w, need.spec["due"], needs.context(w, need))
                if ("due" in need.spec)
                else None
            )
            need.written = need.written | {"due": bound.day if bound else None}


def carry_out(w: World, decision: Decision, actor: str) -> None:
    """What the decision itself states: answers, appointments, attached papers, acts."""
    command = decision.command
    w.state.facts.update(command.get("answers") or {})
    for role, members in (command.get("appoint") or {}).items():
        doing.set_members(w, role, members)
    for artefact, form in (command.get("attach") or {}).items():
        version = doing.hand_in(w, artefact, actor, form or {})
        attach(w, decision, version)
    stated = {n for word in ("answers", "appoint", "attach") for n in command.get(word) or {}}
    for need in w.state.needs:
        if need.decision is decision and need.key in listed(command.get("acts")):
            need.ticked, need.accepted = (w.now, actor), w.now
        with_it = w.method.due_with_decision(need.key, need.spec)
        if need.decision is decision and with_it and needs.name(need) in stated:
            need.fixed, need.opened, need.done_at = "done", w.now, w.now


def attach(w: World, decision: Decision, version: Version) -> None:
    """A version that the decision carries has the status that the decision asks of it."""
    wanted = {
        str(n.spec.get("status", "submitted")) for n in needs_named(w, decision, version.artefact)
    }
    if "signed" in wanted:
        sign(w, version)
    elif "approved" in wanted:
        version.status = "approved"


def needs_named(w: World, decision: Decision, artefact: str) -> list[Need]:
    return [n for n in w.state.needs if n.decision is decision and needs.name(n) == artefact]
