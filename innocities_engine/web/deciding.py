"""Decide how somebody is asked to approve a paper or to decide at a gate. A decision takes two
forms: in the first they choose, the second says what that leads to and asks what it has to carry.
What names people or brings papers along is left to those who have an account.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from innocities_engine import wording
from innocities_engine.domain import artefacts, gates, handing_in, judgements, needs, people
from innocities_engine.domain import proposals as carried
from innocities_engine.domain.definition import Artefact, Gate, Need, NeedKind, Outcome
from innocities_engine.domain.project import Passage, VoiceKind
from innocities_engine.domain.situation import passage_scope
from innocities_engine.web import fields, papers, seats
from innocities_engine.web.ask import Ask, Field
from innocities_engine.web.forms import CHOOSE, Form

if TYPE_CHECKING:
    from innocities_engine.domain.project import Version
    from innocities_engine.web.ask import Teller

CONDITIONS: Final = 3
BEYOND: Final = (NeedKind.ROLE, NeedKind.ARTEFACT)


# ---------------------------------------------------------------- papers


def judging(t: Teller, person: str) -> Iterator[Ask]:
    """The papers whose approval is asked of a person and not given yet."""
    for artefact in t.s.method.artefacts.values():
        version = artefacts.newest(t.s.project, artefact.id)
        if version is None or version.status.value != "submitted" or not _is_wanted(t, artefact):
            continue
        role = _approves(t, version, person)
        if role:
            yield _judging(t, version, role)


def _is_wanted(t: Teller, artefact: Artefact) -> bool:
    """Whether the method asks for an approval: who decides may give one in any case."""
    unmet = (need for _, need in needs.unmet(t.s) if need.of == artefact.id)
    return artefact.approves is not None or any(need.status == "approved" for need in unmet)


def _approves(t: Teller, version: Version, person: str) -> str:
    s = t.s
    ballot = judgements.approval_ballot(s, version.artefact, version.n)
    if any(person == voice.person for voice in people.voices_on(s, ballot)):
        return ""
    whos = handing_in.approvers(s, s.method.artefacts[version.artefact])
    found = (people.seat_for(s, who, person, ballot) for who in whos)
    return next((seat.role for seat in found if seat), "")


def _judging(t: Teller, version: Version, role: str) -> Ask:
    thing = t.title(version.artefact)
    choices = tuple((word, t.say(f"web.verdict_{word}")) for word in ("approve", "return"))
    controls = (
        Field("verdict", t.say("web.verdict"), "choice", choices),
        Field("reason", t.say("web.reason"), "prose", hint=t.say("web.verdict_hint")),
    )
    return Ask(
        "judge", version.artefact, t.say("web.approves", n=version.n, thing=thing), controls,
        str(version.n), t.title(role), otherwise=t.say("web.unapproved"),
        papers=(papers.paper(t, version),),
    )  # fmt: skip


# ---------------------------------------------------------------- decisions


def choosing(t: Teller, person: str) -> Iterator[Ask]:
    """The gates on which a person is asked to decide, with what they can choose on a page."""
    for passage, gate, role in _deciding(t, person):
        possible = (o for o in _possible(t, passage, gate) if _fits(t, passage, gate, o))
        options = tuple((o.id, _named(t, o)) for o in possible)
        if options:
            controls = (
                Field("outcome", t.say("web.decision"), "choice", options),
                Field("reason", t.say("web.reason"), "prose"),
            )
            yield seats.by_its_day(t, passage, gate.decides.due or gate.due, Ask(
                CHOOSE, gate.id, t.say("web.decides", thing=t.title(gate.id)), controls,
                role=t.title(role), otherwise=t.say("web.undecided", gate=t.title(gate.id)),
                papers=papers.before(t, passage), told=(t.say("web.confirmed_first"),),
            ))  # fmt: skip


def elsewhere(t: Teller, person: str) -> list[str]:
    """What can be decided and no form of ours takes: they turn to whoever asks them."""
    return [
        t.say("web.decides_more", outcome=_named(t, outcome), gate=t.title(gate.id))
        for passage, gate, _ in _deciding(t, person)
        for outcome in _possible(t, passage, gate)
        if not _fits(t, passage, gate, outcome)
    ]


def confirming(t: Teller, person: str, form: Form) -> Ask | None:
    """What a choice comes to, to be confirmed; None where it is not to be made any more."""
    for passage, gate, role in _deciding(t, person):
        for outcome in _possible(t, passage, gate):
            chosen = (form.subject, form.one("outcome")) == (gate.id, outcome.id)
            if chosen and _fits(t, passage, gate, outcome):
                return _confirming(t, passage, gate, outcome, form, role)
    return None


def _confirming(
    t: Teller, passage: Passage, gate: Gate, outcome: Outcome, form: Form, role: str
) -> Ask:
    said = {"outcome": _named(t, outcome), "gate": t.title(gate.id)}
    reason = form.one("reason")
    review = gates.review(t.s, passage, outcome)
    hidden = {"outcome": outcome.id, "reason": reason, "review": review.digest,
              "asking": passage.asking_key}  # fmt: skip
    return Ask(
        "decide", gate.id, t.say("web.confirm", **said),
        tuple(_asked(t, passage, gate, outcome)), role=t.title(role),
        otherwise=t.leads_to(outcome), papers=papers.before(t, passage),
        told=(t.say("web.your_reason", reason=reason),) if reason else (),
        hidden=tuple(hidden.items()),
    )  # fmt: skip


def _deciding(t: Teller, person: str) -> Iterator[tuple[Passage, Gate, str]]:
    """The gates that are ready for the voice of a person, who may give it."""
    s = t.s
    for passage in seats.open_passages(s):
        gate = s.method.gates[passage.gate]
        role = seats.of_voice(s, passage, gate.decides, VoiceKind.DECISION, "", person)
        if role and needs.ready_at(s, passage.key) is not None and _may(t, passage, gate, person):
            yield passage, gate, role


def _may(t: Teller, passage: Passage, gate: Gate, person: str) -> bool:
    s = t.s
    who = gates.decider(s, gate, passage_scope(s, passage)).who
    ballot = judgements.ballot(s, passage, VoiceKind.DECISION)
    given = judgements.speak(s, who, ballot, person, "", None)
    return all(judgements.may_speak(s, passage, voice) for voice in given)


def _possible(t: Teller, passage: Passage, gate: Gate) -> Iterator[Outcome]:
    for outcome in gate.outcomes.values():
        review = gates.review(t.s, passage, outcome)
        if not (review.blockers if outcome.passing else gates.unoffered(t.s, passage, outcome)):
            yield outcome


def _named(t: Teller, outcome: Outcome) -> str:
    known = wording.knows(f"outcome.{outcome.id}")
    told = t.text(outcome.title) or (t.say(f"outcome.{outcome.id}") if known else outcome.id)
    return f"{told[:1].upper()}{told[1:]}"


# ---------------------------------------------------------------- what it carries


def _fits(t: Teller, passage: Passage, gate: Gate, outcome: Outcome) -> bool:
    """Whether a page can ask for all that the outcome has to carry."""
    opened = carried.needs_opened(t.s, passage, gate, outcome)
    stated = (n for n in opened if n.due_at_decision and n.required is not False)
    return not any(need.kind in BEYOND for need in stated)


def _asked(t: Teller, passage: Passage, gate: Gate, outcome: Outcome) -> Iterator[Field]:
    if len(outcome.targets) > 1:
        phases = tuple((phase, t.title(phase)) for phase in outcome.targets)
        yield Field("to", t.say("web.to"), "choice", phases)
    if outcome.hold is not None:
        yield Field("review_on", t.say("web.review_on"), "date")
    for need in carried.needs_opened(t.s, passage, gate, outcome):
        if need.kind is NeedKind.WRITTEN:
            yield from _conditions(t, need)
        elif need.due_at_decision and need.kind is NeedKind.FACT:
            yield fields.of_fact(t, t.s.method.facts[need.of], f"answer:{need.of}")


def _conditions(t: Teller, need: Need) -> Iterator[Field]:
    """Room for some conditions, each with whom it is for and its day."""
    least = need.written.at_least if need.written else 0
    roles = tuple((role, t.title(role)) for role in t.s.method.roles)
    for n in range(1, max(CONDITIONS, least) + 1):
        row = f"{need.id}.{n}"
        hint = t.say("web.condition_hint") if n > least else ""
        yield Field(f"text:{row}", t.say("web.condition", n=n), "prose", hint=hint)
        yield Field(f"owner:{row}", t.say("web.condition_owner", n=n), "list", roles)
        yield Field(f"due:{row}", t.say("web.condition_due", n=n), "date")
