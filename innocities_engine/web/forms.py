"""Decide how a form that was sent becomes the same command that the command line issues. What was
typed and cannot be used is told field by field; whether it is allowed is left to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import BinaryIO, Final, TypeVar

from innocities_engine import typed
from innocities_engine.domain import holidays
from innocities_engine.domain.commands import (
    Accept,
    Advise,
    AnswerFact,
    Approve,
    Command,
    Comment,
    Decide,
    Rate,
    Return,
    Submit,
    TickOff,
)
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.project import Condition, Content, Proposal
from innocities_engine.typed import Unusable

T = TypeVar("T")
CHOOSE: Final = "choose"  # the form that only leads to another one


@dataclass(frozen=True)
class Upload:
    """A file that came with a form, somewhere on the disk until the answer has gone out."""

    name: str
    file: BinaryIO
    content: Content


@dataclass(frozen=True)
class Form:
    """What was sent: fields as they were typed; a file, if there was one."""

    act: str = ""
    subject: str = ""
    need: str = ""
    nonce: str = ""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    upload: Upload | None = None

    def one(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "").strip()

    def under(self, kind: str) -> Mapping[str, str]:
        """What was typed into the fields of a kind, by the thing each is about."""
        named = {
            name.partition(":")[2]: name for name in self.fields if name.startswith(f"{kind}:")
        }
        typed_in = {thing: ", ".join(self.fields[name]).strip() for thing, name in named.items()}
        return {thing: value for thing, value in typed_in.items() if value}


class Faults(Exception):
    """What was typed cannot be used: by field, which sentence says why and what is put in."""

    def __init__(self, found: Mapping[str, Unusable]) -> None:
        super().__init__(", ".join(found))
        self.found = found


def command(form: Form, method: Methodology) -> Command:
    """The command that a form asks for; `Faults` where it cannot be made."""
    make = ACTS.get(form.act)
    if make is None:
        raise Faults({"": Unusable("outdated")})
    return make(form, method)


def _tick_off(form: Form, _method: Methodology) -> Command:
    return TickOff(form.subject, _day(form, "on"))


def _accept(form: Form, _method: Methodology) -> Command:
    return Accept(form.subject)


def _submit(form: Form, method: Methodology) -> Command:
    if form.subject not in method.artefacts:
        raise Faults({"": Unusable("outdated")})
    asked = method.artefacts[form.subject].form
    given = {fact: raw for fact, raw in form.under("fact").items() if fact in asked}
    answers = _values(method, given, "fact:")
    if form.upload is not None and form.one("link"):
        raise Faults({"file": Unusable("both")})
    if form.upload is not None:
        content = form.upload.content
    elif form.one("link"):
        content = _read("link", lambda: typed.link(form.one("link")))
    elif answers:
        content = typed.form(answers)
    else:
        raise Faults({"link": Unusable("nothing")})
    return Submit(form.subject, content, answers)


def _answer(form: Form, method: Methodology) -> Command:
    if form.subject not in method.facts:
        raise Faults({"": Unusable("outdated")})
    given = ", ".join(form.fields.get("value", ())).strip()
    if not given:
        raise Faults({"value": Unusable("empty")})
    value = _values(method, {form.subject: given}, "", "value")[form.subject]
    return AnswerFact(form.subject, value, form.need)


def _advise(form: Form, _method: Methodology) -> Command:
    if not form.one("value"):
        raise Faults({"value": Unusable("choose")})
    reason = _read("reason", lambda: typed.prose(form.one("reason")))
    return Advise(form.subject, form.need, form.one("value"), reason)


def _rate(form: Form, _method: Methodology) -> Command:
    verdicts = form.under("criterion")
    if not verdicts:
        raise Faults({"": Unusable("choose")})
    return Rate(form.subject, verdicts)


def _comment(form: Form, _method: Methodology) -> Command:
    text = _read("text", lambda: typed.prose(form.one("text")))
    if not text:
        raise Faults({"text": Unusable("empty")})
    return Comment(text)


def _judge(form: Form, _method: Methodology) -> Command:
    reason = _read("reason", lambda: typed.prose(form.one("reason")))
    if not form.need.isdecimal():
        raise Faults({"": Unusable("outdated")})
    match form.one("verdict"):
        case "approve":
            return Approve(form.subject, int(form.need))
        case "return" if reason:
            return Return(form.subject, reason, int(form.need))
        case "return":
            raise Faults({"reason": Unusable("empty")})
    raise Faults({"verdict": Unusable("choose")})


def reason_of_choice(form: Form) -> str:
    """The reason that came with a choice; `Faults` where nothing was chosen, or it cannot be."""
    if not form.one("outcome"):
        raise Faults({"outcome": Unusable("choose")})
    return _read("reason", lambda: typed.prose(form.one("reason")))


def _decide(form: Form, method: Methodology) -> Command:
    gate = method.gates.get(form.subject)
    if gate is None or form.one("outcome") not in gate.outcomes:
        raise Faults({"": Unusable("outdated")})
    given = {fact: raw for fact, raw in form.under("answer").items() if fact in method.facts}
    proposal = Proposal(
        outcome=form.one("outcome"),
        to=form.one("to") or None,
        review_on=_day(form, "review_on"),
        written=_conditions(form),
        answers=_values(method, given, "answer:"),
    )
    return Decide(
        gate.id, proposal, reason_of_choice(form),
        review=form.one("review"), asking_key=form.one("asking"),
    )  # fmt: skip


def _conditions(form: Form) -> dict[str, tuple[Condition, ...]]:
    """Conditions by the need that asks for them; a row in which nothing stands is none."""
    found: dict[str, tuple[Condition, ...]] = {}
    rows = dict.fromkeys(row for kind in ("text", "owner", "due") for row in form.under(kind))
    for row in sorted(rows):
        text = _read(f"text:{row}", partial(typed.prose, form.one(f"text:{row}")))
        if not text:
            raise Faults({f"text:{row}": Unusable("empty")})
        owner = form.one(f"owner:{row}")
        if not owner:
            raise Faults({f"owner:{row}": Unusable("choose")})
        need = row.rpartition(".")[0]
        condition = Condition(text, owner, _day(form, f"due:{row}"))
        found[need] = (*found.get(need, ()), condition)
    return found


ACTS: Final[Mapping[str, Callable[[Form, Methodology], Command]]] = {
    "tick-off": _tick_off,
    "accept": _accept,
    "submit": _submit,
    "answer": _answer,
    "advise": _advise,
    "rate": _rate,
    "comment": _comment,
    "judge": _judge,
    "decide": _decide,
}


def _read(name: str, reading: Callable[[], T]) -> T:
    try:
        return reading()
    except Unusable as fault:
        raise Faults({name: fault}) from fault


def _values(
    method: Methodology, given: Mapping[str, str], prefix: str, name: str = ""
) -> dict[str, bool | str]:
    """What was answered, each as its fact takes it; every fault at once."""
    found: dict[str, bool | str] = {}
    faults: dict[str, Unusable] = {}
    for fact, raw in given.items():
        try:
            found[fact] = typed.fact_value(method.facts[fact], raw)
        except Unusable as fault:
            faults[name or f"{prefix}{fact}"] = fault
    if faults:
        raise Faults(faults)
    return found


def _day(form: Form, name: str) -> date | None:
    given = form.one(name)
    if not given:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise Faults({name: Unusable("day", given=given)}) from None
    if not holidays.within(day):
        years = {"first": holidays.FIRST_YEAR, "last": holidays.LAST_YEAR}
        raise Faults({name: Unusable("beyond", given=given, **years)})
    return day


def texts(form: Form) -> Sequence[tuple[str, str]]:
    """What was typed, as it was typed, so that nothing of it is lost."""
    return [(name, value) for name, values in form.fields.items() for value in values if value]
