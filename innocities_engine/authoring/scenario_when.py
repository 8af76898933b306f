"""How the commands of a scenario are read. One way for each word that may stand first in `when`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from innocities_engine.authoring import scenario_names
from innocities_engine.authoring.said import Untold, day, names, thing
from innocities_engine.authoring.stage import Stage
from innocities_engine.domain import commands as k
from innocities_engine.domain import judgements, people
from innocities_engine.domain.definition import Gate
from innocities_engine.domain.project import Condition, Content, Proposal, Recorded, VoiceKind
from innocities_engine.domain.situation import passage_scope
from innocities_engine.domain.worded import Worded

Plain = Any
When = Mapping[str, Plain]


def command_days(stage: Stage, when: When) -> datetime:
    """Noon of the day a step is on; without one, the day of the step before."""
    given = when.get("day") or when.get("on")
    on = day(given) if given else stage.today
    if on < stage.today:
        raise Untold(Worded("{day} is before {today}.", day=on, today=stage.today))
    then = stage.noon(on)
    return max(then, stage.now)


def issue(stage: Stage, when: When) -> Stage:
    """Issue what a step says, one command after the other, until one is refused."""
    word = next(iter(when), "")
    if word not in COMMANDS:
        known = ", ".join(COMMANDS)
        raise Untold(
            Worded("There is no command `{word}`; there are {known}.", word=word, known=known)
        )
    person = by_whom(when, word)
    given = when[word]
    if isinstance(given, Mapping) != (word in IN_BRACES):
        raise Untold(
            Worded("`{word}` takes words and values in braces.", word=word)
            if word in IN_BRACES
            else Worded("`{word}` takes a name, nothing in braces.", word=word)
        )
    if word in OF_A_NEED:
        scenario_names.need(stage.method, given["need"] if word == "extend" else given)
    for command in COMMANDS[word](stage, when, given):
        stage = stage.commanded(command, person)
        if stage.refused is not None:
            break
    return stage


def by_whom(when: When, word: str) -> str:
    person = str(when.get("recorded_by") or when.get("by") or "")
    if not person:
        raise Untold(Worded("`{word}` does not say by whom.", word=word))
    return person


def begin_projects(stage: Stage, when: When, course: tuple[Stage, ...]) -> Stage:
    """Start projects, each of which goes on as the course of another scenario."""
    first, person = course[0], by_whom(when, "start")
    if first.today != stage.today:
        raise Untold(
            Worded(
                "{name} begins on {first}, not on {today}.",
                name=when["goes_as"],
                first=first.today,
                today=stage.today,
            )
        )
    for title in names(when["start"]):
        begin = k.StartFrom(title, first.method.id, first.method.version, title)
        stage = stage.commanded(begin, person)
        if stage.refused is not None:
            break
        stage = stage.accompanied(course)
    return stage


def _recorded(when: When) -> Recorded | None:
    if "recorded_by" not in when:
        return None
    present = names(when.get("present"))
    return Recorded(str(when["recorded_by"]), present, str(when.get("minutes", "")))


def _reason(when: When) -> str:
    return str(when.get("reason", ""))


def content(stage: Stage, artefact: str) -> Content:
    """A file nobody has to look into: another one each time."""
    n = len(stage.project.versions.get(artefact, ())) + 1
    made = f"{artefact} {n}".encode()
    return Content(hashlib.sha256(made).hexdigest(), f"{artefact}.md", "file", len(made))


# ---------------------------------------------------------------- the commands


def _submit(stage: Stage, when: When, given: Plain) -> list[k.Command]:
    form = dict(when.get("form") or {})
    return [k.Submit(a, content(stage, a), _answers(form)) for a in names(given)]


def _answers(given: Mapping[str, Plain]) -> dict[str, bool | str]:
    """Several choices may stand as a list."""
    return {f: ", ".join(v) if isinstance(v, list) else v for f, v in given.items()}


def _answer(_stage: Stage, _when: When, given: Plain) -> list[k.Command]:
    return [k.AnswerFact(fact, value) for fact, value in _answers(given).items()]


def _assign(_stage: Stage, _when: When, given: Plain) -> list[k.Command]:
    return [k.Assign(role, names(members)) for role, members in given.items()]


def _rate(stage: Stage, when: When, given: Plain) -> list[k.Command]:
    gate = thing(stage.method.gates, given["gate"], Worded("gate"))
    named = {c: v for c, v in given.items() if c not in ("gate", "all")}
    verdicts = dict(named)
    if "all" in given:
        person = str(when.get("recorded_by") or when.get("by"))
        others = asked_of(stage, gate, person, recording="recorded_by" in when)
        # Whoever is asked nothing tries all the same, and is to be refused.
        verdicts |= {c: given["all"] for c in others or gate.criteria if c not in named}
    return [k.Rate(gate.id, verdicts, _recorded(when))]


def asked_of(stage: Stage, gate: Gate, person: str, *, recording: bool) -> list[str]:
    """The criteria that somebody is asked to judge, or that a body is whose words they record."""
    s = stage.s
    passage = s.project.open_passage(gate.id)
    if passage is None:
        return []
    scope = passage_scope(s, passage)
    found = []
    for criterion in gate.criteria.values():
        if not judgements.applies(s, gate, criterion):
            continue
        who = people.asked(s, judgements.raters_of(gate, criterion), scope).who
        ballot = judgements.ballot(s, passage, VoiceKind.VERDICT, criterion.id)
        if recording:
            asked = people.records_for(s, who, person, scope) is not None
        else:
            asked = people.seat_for(s, who, person, ballot) is not None
        found += [criterion.id] if asked else []
    return found


def _advise(_stage: Stage, when: When, given: Plain) -> list[k.Command]:
    reason, recorded = _reason(when), _recorded(when)
    return [k.Advise(given["gate"], given["advice"], given["value"], reason, recorded)]


def _decide(stage: Stage, when: When, given: Plain) -> list[k.Command]:
    proposal = _proposal(stage, given)
    return [k.Decide(given["gate"], proposal, _reason(when), _recorded(when))]


def _proposal(stage: Stage, given: Mapping[str, Plain]) -> Proposal:
    """What a decision carries: what is not of the gate itself is told apart by what it names."""
    method, gate = stage.method, thing(stage.method.gates, given["gate"], Worded("gate"))
    outcome = thing(gate.outcomes, given["outcome"], Worded("outcome"))
    rest = {n: v for n, v in given.items()
            if n not in ("gate", "outcome", "to", "review", "attach")}  # fmt: skip
    for name in rest:
        if name not in method.roles and name not in method.facts and name not in outcome.needs:
            raise Untold(
                Worded(
                    "{gate} {outcome} carries no {name}.",
                    gate=gate.id,
                    outcome=outcome.id,
                    name=name,
                )
            )
    review = given.get("review")
    return Proposal(
        outcome=outcome.id,
        to=given.get("to"),
        review_on=day(review) if review else None,
        written={n: _conditions(v) for n, v in rest.items() if _is_written(v)},
        appoint={n: names(v) for n, v in rest.items() if n in method.roles},
        answers={n: v for n, v in rest.items() if n in method.facts},
        attach={a: content(stage, a) for a in names(given.get("attach"))},
    )


def _is_written(value: Plain) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)


def _conditions(given: Plain) -> tuple[Condition, ...]:
    return tuple(
        Condition(str(c["text"]), str(c["owner"]),
                  day(c["due"]) if "due" in c else None)
        for c in given
    )  # fmt: skip


OF_A_NEED: Final = frozenset({"tick_off", "accept", "waive", "extend"})
IN_BRACES: Final = frozenset({"answer", "assign", "rate", "advise", "decide", "extend"})
Reads = Callable[[Stage, When, Plain], list[k.Command]]

COMMANDS: Final[Mapping[str, Reads]] = {
    "submit": _submit,
    "approve": lambda _s, w, v: [k.Approve(v, None, _recorded(w))],
    "return": lambda _s, w, v: [k.Return(v, _reason(w))],
    "withdraw": lambda _s, _w, v: [k.Withdraw(v)],
    "answer": _answer,
    "assign": _assign,
    "rate": _rate,
    "advise": _advise,
    "present": lambda _s, _w, v: [k.Present(v)],
    "take_back": lambda _s, _w, v: [k.TakeBack(v)],
    "decide": _decide,
    "tick_off": lambda _s, w, v: [k.TickOff(v, None, str(w.get("member", "")))],
    "accept": lambda _s, _w, v: [k.Accept(v)],
    "waive": lambda _s, w, v: [k.Waive(v, _reason(w))],
    "extend": lambda _s, w, v: [k.Extend(v["need"], day(v["to"]), _reason(w))],
    "declare_conflict": lambda _s, w, v: [k.DeclareConflict(v, _reason(w))],
    "raise": lambda _s, w, v: [k.Raise(v, _reason(w))],
    "resume": lambda _s, _w, v: [k.Resume("" if v == "main" else v)],
}
