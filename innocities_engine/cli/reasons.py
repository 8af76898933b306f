"""Decide how a reason why not is told: what is the matter, with which thing, who can mend it and by
when, and what to type next. One way for each code of the closed list; the words stand in the
catalogue, whether there is a reason is found by the engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from innocities_engine import wording
from innocities_engine.cli.teller import Teller
from innocities_engine.domain import artefacts, handing_in, people
from innocities_engine.domain.definition import Need, NeedKind
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import NeedInstance, NeedStatus, Passage, VersionStatus
from innocities_engine.domain.situation import need_of

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Criterion, Gate


@dataclass(frozen=True, slots=True)
class Reason:
    """What is the matter, and a command that helps ("" where none does)."""

    text: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A reason and where it is told: `passage` is the one under judgement, if there is one."""

    t: Teller
    blocker: Blocker
    passage: Passage | None = None

    @property
    def subject(self) -> str:
        return self.blocker.subject

    @property
    def params(self) -> Mapping[str, str]:
        return self.blocker.params

    @property
    def gate(self) -> Gate | None:
        return self.t.method.gates.get(self.passage.gate) if self.passage else None

    @property
    def instance(self) -> NeedInstance | None:
        return self.t.project.needs.get(self.subject)

    @property
    def who(self) -> str:
        return self.t.who(self.blocker.who) or self.t.say("words.somebody")

    @property
    def by(self) -> str:
        day = self.blocker.due
        return self.t.say("words.by", day=self.t.day(day)) if isinstance(day, date) else ""

    @property
    def thing(self) -> str:
        """The subject by its title, whatever kind of thing it is."""
        if self.instance is not None:
            return self.t.need(self.instance)
        if wording.knows(f"subject.{self.subject}"):
            return self.t.say(f"subject.{self.subject}")
        key = self.subject.rpartition("/")[2]
        gate, dot, outcome = self.subject.partition(".")
        if dot and gate in self.t.method.gates:
            return f"{self.t.gate(gate)}: {outcome}"
        if self.subject in self.t.method.gates:
            return self.t.gate(self.subject)
        return self.t.name(key or self.subject)

    def tell(self, text: str, then: str = "", **values: object) -> Reason:
        known = {"thing": self.thing, "who": self.who, "by": self.by, "subject": self.subject}
        return Reason(self.t.say(f"blocker.{text}", **(known | values)), then)

    def command(self, verb: str, *words: str) -> str:
        return self.t.command(verb, *words, roles=self.blocker.who)


def reason(t: Teller, blocker: Blocker, passage: Passage | None = None) -> Reason:
    """Tell one reason why not."""
    return TOLD[blocker.code](Blocked(t, blocker, passage))


# ---------------------------------------------------------------- what is needed


def _need_open(b: Blocked) -> Reason:
    instance = b.instance
    if instance is None:
        return b.tell("need_open_other")
    need = need_of(b.t.method, instance)
    if instance.status is NeedStatus.DORMANT:
        return b.tell("need_open_dormant")
    if "answer" in b.params:
        facts = [f for f in b.params["answer"].split(", ") if f in b.t.method.facts]
        asked = " ".join(question(b.t, fact) for fact in facts)
        return b.tell("need_open_answer", _answering(b, facts), question=asked)
    return _BY_KIND[need.kind](b, instance, need)


def _artefact(b: Blocked, _instance: NeedInstance, need: Need) -> Reason:
    t, of = b.t, need.of
    name = t.name(of)
    submit = _submitting(b, of)
    versions = t.project.versions.get(of, ())
    newest = artefacts.newest(t.project, of)
    if newest is None and versions and versions[-1].status is VersionStatus.RETURNED:
        return b.tell("need_open_returned", submit, thing=name, n=versions[-1].n)
    if newest is None:
        return b.tell("need_open_artefact", submit, thing=name)
    wants = need.status == "approved" or t.method.artefacts[of].approves is not None
    if wants and newest.status is VersionStatus.SUBMITTED and need.status != "submitted":
        roles = _approvers(b, of)
        then = t.command("approve", of, roles=roles)
        return b.tell("need_open_approval", then, thing=name, n=newest.n, who=t.who(roles))
    if need.status == "signed" and newest.status is not VersionStatus.SIGNED:
        return b.tell("need_open_signed", thing=name, n=newest.n)
    return b.tell("need_open_older", submit, thing=name, n=newest.n)


def _approvers(b: Blocked, artefact: str) -> tuple[str, ...]:
    whos = handing_in.approvers(b.t.s, b.t.method.artefacts[artefact])
    return tuple(dict.fromkeys(role for who in whos for role in people.roles(who)))


def _fact(b: Blocked, _instance: NeedInstance, need: Need) -> Reason:
    return b.tell("need_open_fact", _answering(b, [need.of]), question=question(b.t, need.of))


def _answering(b: Blocked, facts: Sequence[str]) -> str:
    """What to type: facts of a form are answered with the version they belong to."""
    asking = next((a for f in facts for a in b.t.method.form_of.get(f, ())), "")
    if asking:
        return _submitting(b, asking)
    return b.command("answer", *(f"{fact}=…" for fact in facts)) if facts else ""


def _submitting(b: Blocked, artefact: str) -> str:
    form = (f"--form {fact}=…" for fact in b.t.method.artefacts[artefact].form)
    return b.command("submit", artefact, "FILE", *form)


def _role(b: Blocked, _instance: NeedInstance, need: Need) -> Reason:
    return _empty(b, need.of, "need_open_role")


def _gate(b: Blocked, _instance: NeedInstance, need: Need) -> Reason:
    return b.tell("need_open_gate", b.t.command("why", need.of), thing=b.t.gate(need.of))


def _by_hand(b: Blocked, instance: NeedInstance, need: Need) -> Reason:
    typed = b.t.typed(instance)
    if instance.status is NeedStatus.HANDED_IN:
        return b.tell("need_open_confirm", b.t.command("accept", typed))
    text = "need_open_written" if need.kind is NeedKind.WRITTEN else "need_open_act"
    return b.tell(text, b.command("tick-off", typed))


def _wait(b: Blocked, _instance: NeedInstance, _need: Need) -> Reason:
    return b.tell("need_open_wait", b.t.command("why"))


_BY_KIND: Final[Mapping[NeedKind, Callable[[Blocked, NeedInstance, Need], Reason]]] = {
    NeedKind.ARTEFACT: _artefact,
    NeedKind.FACT: _fact,
    NeedKind.ROLE: _role,
    NeedKind.GATE: _gate,
    NeedKind.ACT: _by_hand,
    NeedKind.WRITTEN: _by_hand,
    NeedKind.WAIT: _wait,
}


def question(t: Teller, fact: str) -> str:
    """The question a fact answers."""
    known = t.method.facts.get(fact)
    return (known and t.text(known.question)) or f"{t.title(fact)}?"


# ---------------------------------------------------------------- what is judged and advised


def _criterion(b: Blocked) -> Criterion | None:
    return b.gate.criteria.get(b.subject) if b.gate else None


def _asked(b: Blocked) -> str:
    criterion = _criterion(b)
    return (criterion and b.t.text(criterion.question)) or b.subject


def _unrated(b: Blocked) -> Reason:
    gate = b.gate.id if b.gate else "GATE"
    then = b.command("rate", gate, f"{b.subject}=met")
    return b.tell("criterion_unrated", then, question=_asked(b))


def _below(b: Blocked) -> Reason:
    gate = b.gate.id if b.gate else "GATE"
    must = b.params.get("must", "")
    then = b.command("rate", gate, f"{b.subject}={must}")
    return b.tell(
        "criterion_below",
        then,
        question=_asked(b),
        verdict=verdict(b.t, b.params.get("verdict", "")),
        must=verdict(b.t, must),
    )


def verdict(t: Teller, value: str) -> str:
    """A value of a scale, in words where it is one of the usual."""
    key = f"verdict.{value}"
    return t.say(key) if wording.knows(key) else value


def _advice(b: Blocked) -> Reason:
    voice = b.gate.advises.get(b.subject) if b.gate else None
    title = (voice and b.t.text(voice.title)) or b.subject
    gate = b.gate.id if b.gate else "GATE"
    first = next(iter(b.gate.outcomes), "go") if b.gate else "go"
    value = next(iter(voice.scale), first) if voice else first
    return b.tell("advice_missing", b.command("advise", gate, b.subject, value), thing=title)


def _blocking_gate(b: Blocked) -> Reason:
    return b.tell("gate_blocks", b.t.command("why", b.subject))


def _answer_first(b: Blocked) -> Reason:
    facts = [f for f in b.subject.split(", ") if f in b.t.method.facts]
    if not facts:
        return b.tell("answer_first_other")
    asked = " ".join(question(b.t, fact) for fact in facts)
    about = b.params.get("for", "").rpartition("/")[2]
    return b.tell("answer_first", _answering(b, facts), question=asked, about=_about(b, about))


def _about(b: Blocked, about: str) -> str:
    criterion = b.gate.criteria.get(about) if b.gate else None
    if criterion is not None:
        return b.t.text(criterion.question)
    return b.t.say("words.who_decides") if about in ("decides", "") else b.t.title(about)


# ---------------------------------------------------------------- who


def _role_empty(b: Blocked) -> Reason:
    return _empty(b, b.subject, "role_empty")


def _empty(b: Blocked, role: str, text: str) -> Reason:
    t = b.t
    if role not in t.method.roles:
        return b.tell(text, held=0, wanted=1)
    held = people.holders(t.s, role) if t.project.started_at else ()
    wanted = max(1, t.method.roles[role].seats_at_least)
    then = t.command("assign", f"{role}=PERSON") if t.project.started_at else ""
    return b.tell(text, then, thing=t.name(role), held=len(held), wanted=wanted)


def _quorum(b: Blocked) -> Reason:
    return b.tell("quorum_impossible", b.t.command("show"))


def _not_entitled(b: Blocked) -> Reason:
    me = b.t.person(b.t.me)
    if b.params.get("needs") == "declaration":
        return b.tell("not_entitled_declaration", b.t.command("tick-off", "…"), me=me)
    text = "not_entitled" if b.blocker.who else "not_entitled_nobody"
    return b.tell(text, me=me)


# ---------------------------------------------------------------- what is open, and what it must be


def _not_offered(b: Blocked) -> Reason:
    if "times" in b.params:
        return b.tell("not_offered_times", times=b.params["times"])
    return b.tell("not_offered", b.t.command("why", b.subject.partition(".")[0]))


def _not_open(b: Blocked) -> Reason:
    return b.tell("not_open", b.t.command("show"))


def _wrong_state(b: Blocked) -> Reason:
    state = re.sub(r"\W+", "_", b.params.get("state", ""))
    key = f"wrong_state_{state}"
    if wording.knows(f"blocker.{key}"):
        return b.tell(key, n=b.params.get("version", ""))
    return b.tell("wrong_state", state=status(b.t, b.params.get("state", "")))


def status(t: Teller, value: str) -> str:
    """A state in words."""
    key = f"status.{value.replace(' ', '_')}"
    return t.say(key) if wording.knows(key) else value


def _carry(b: Blocked) -> Reason:
    kind = b.params.get("kind", "")
    if b.subject == "to":
        return b.tell("carry_missing_to", "--to PHASE", one_of=b.params.get("one_of", ""))
    options = {
        "role": f"--appoint {b.subject}=PERSON",
        "fact": f"--answer {b.subject}=…",
        "artefact": f"--attach {b.subject}=FILE",
        "date": "--review-on DATE",
    }
    text = "_".join(["carry_missing", *kind.split()])
    written = f'--condition "{b.subject}: TEXT; OWNER; DATE"'
    return b.tell(text, options.get(kind, written), at_least=b.params.get("at_least", "1"))


def _bad_value(b: Blocked) -> Reason:
    params = b.params
    for name in ("at_most", "owner", "due"):
        if name in params:
            return b.tell(f"bad_value_{name}", value=_day_or_same(b.t, params[name]))
    expected = params.get("expected", "")
    slug = re.sub(r"\W+", "_", expected).strip("_")
    key = f"bad_value_{slug}"
    if slug and wording.knows(f"blocker.{key}"):
        return b.tell(key)
    return b.tell("bad_value", expected=expected)


def _day_or_same(t: Teller, value: str) -> str:
    try:
        return t.day(date.fromisoformat(value))
    except ValueError:
        return value


# ---------------------------------------------------------------- warnings


def _no_meeting(b: Blocked) -> Reason:
    role = b.t.method.roles.get(b.subject)
    calendar = (role and role.meets) or b.subject
    return b.tell("no_meeting", f"innocities calendar meetings add {calendar} DATE")


def _stale(b: Blocked) -> Reason:
    return b.tell("stale", _submitting(b, b.subject), n=b.params.get("version", ""))


TOLD: Final[Mapping[str, Callable[[Blocked], Reason]]] = {
    "need_open": _need_open,
    "criterion_below": _below,
    "criterion_unrated": _unrated,
    "advice_missing": _advice,
    "gate_blocks": _blocking_gate,
    "answer_first": _answer_first,
    "role_empty": _role_empty,
    "quorum_impossible": _quorum,
    "not_offered": _not_offered,
    "not_open": _not_open,
    "carry_missing": _carry,
    "not_entitled": _not_entitled,
    "wrong_state": _wrong_state,
    "bad_value": _bad_value,
    "no_meeting": _no_meeting,
    "stale": _stale,
}


def plain(t: Teller, blocker: Blocker, passage: Passage | None = None) -> dict[str, Any]:
    """A reason as data, with its sentence."""
    told = reason(t, blocker, passage)
    return {
        "code": blocker.code,
        "subject": blocker.subject,
        "params": dict(blocker.params),
        "who": list(blocker.who),
        "people": list(t.speakers(blocker.who)),
        "due": blocker.due.isoformat() if blocker.due else None,
        "text": told.text,
        "next": told.next,
    }
