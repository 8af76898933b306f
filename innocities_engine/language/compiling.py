"""From the resolved plain form to a `Methodology`. Decides the order in which things are read, so
that every name is known where it is used; the parts are read by their own modules.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from innocities_engine.domain.definition import (
    Artefact,
    Fact,
    FactType,
    Ladder,
    Methodology,
    Phase,
    Place,
    Role,
    Rung,
)
from innocities_engine.domain.durations import YearlyPeriod
from innocities_engine.domain.grammar import Choose, Literal, Operand
from innocities_engine.domain.worded import Worded
from innocities_engine.language import canonical, moments, people, predicates, tracks
from innocities_engine.language.faults import Faults, because
from innocities_engine.language.gates import gate, starts
from innocities_engine.language.names import Here, Raw, check_ids, index, optional
from innocities_engine.language.needs import Surroundings, element, ladder, needs
from innocities_engine.language.phrases import UNIVERSAL

_LITERAL_TYPES = (FactType.CHOICE, FactType.CHOICES)


def compile_plain(raw: Raw, faults: Faults, digest: str = "") -> Methodology:
    """Read everything; what is wrong goes to `faults`, and then the result is not to be used."""
    check_ids(raw, faults)
    here = Here(index(raw), faults)
    for name, one in raw.get("facts", {}).items():
        here.names.facts[name] = _fact_type(here.at("facts", name), name, one)
    facts = {
        name: _fact(here.at("facts", name), name, one) for name, one in raw.get("facts", {}).items()
    }
    artefacts = {
        name: _artefact(here.at("artefacts", name), name, one)
        for name, one in raw.get("artefacts", {}).items()
    }
    remind = ladder(here, raw, None)
    around = Surroundings(Place.GATE, "", remind=remind, artefacts=artefacts, facts=facts)
    lines = tracks.trace(raw, faults)
    return Methodology(
        id=raw.get("id", ""),
        **element(raw),
        version=raw.get("version", ""),
        digest=digest or canonical.digest(raw),
        rules_digest=canonical.rules_digest(raw),
        languages=tuple(raw.get("languages", ())),
        country=raw.get("calendar", {}).get("country", ""),
        quiet=_quiet(here.at("calendar", "quiet"), raw.get("calendar", {}).get("quiet", ())),
        remind=remind,
        roles={
            name: _role(here.at("roles", name), name, one, around)
            for name, one in raw.get("roles", {}).items()
        },
        facts=facts,
        artefacts=artefacts,
        phases={
            name: _phase(here.at("phases", name), name, one, lines, around)
            for name, one in raw.get("phases", {}).items()
        },
        gates={
            name: gate(here.at("gates", name), name, one, lines, around)
            for name, one in raw.get("gates", {}).items()
        },
        ladders={
            name: _ladder(here.at("ladders", name), name, one)
            for name, one in raw.get("ladders", {}).items()
        },
    )


def _quiet(here: Here, raw: Any) -> tuple[str, ...]:
    found = []
    for i, period in enumerate(raw):
        try:
            found.append(str(YearlyPeriod.parse(period)))
        except ValueError as fault:
            here.at(str(i)).error("wrong-value", because(fault))
    return tuple(found)


# ---------------------------------------------------------------- facts


def _fact_type(here: Here, name: str, raw: Raw) -> Fact:
    """The fact without its value: what a comparison with it must fit."""
    kind = FactType(raw.get("type", "text"))
    choices = tuple(raw.get("choices", ()))
    if kind in _LITERAL_TYPES and not choices:
        message = Worded("A {type} fact says its `choices`.", type=kind)
        here.error("missing-key", message, Worded("Add `choices: [...]`."))
    elif choices and kind not in (*_LITERAL_TYPES, FactType.DURATION):
        message = Worded("A {type} fact has no `choices`.", type=kind)
        here.at("choices").error("wrong-value", message)
    if kind is FactType.MONEY and "currency" not in raw:
        message = Worded("An amount of money says its `currency`.")
        here.error("missing-key", message, Worded("Add `currency: SEK` or `currency: NOK`."))
    if kind is FactType.DURATION:
        choices = tuple(_length(here.at("choices", str(i)), text) for i, text in enumerate(choices))
    return Fact(id=name, type=kind, choices=choices, currency=raw.get("currency", ""))


def _length(here: Here, text: str) -> str:
    try:
        return str(moments.parsed(text))
    except ValueError as fault:
        here.error("wrong-value", because(fault))
        return text


def _fact(here: Here, name: str, raw: Raw) -> Fact:
    shell = here.names.facts[name]
    fact = replace(
        shell,
        **element(raw),
        question=raw.get("question", {}),
        by=optional(here, raw, "by", people.who),
    )
    return _valued(here.at("value"), fact, raw["value"]) if "value" in raw else fact


def _valued(here: Here, fact: Fact, raw: Any) -> Fact:
    match raw:
        case {"choose": ways}:
            chosen: Choose[Operand] = people.choose(
                here.at("choose"), ways, lambda at, use: _operand(at, fact, use)
            )
            return replace(fact, chosen=chosen)
        case dict():
            if fact.type is not FactType.YES_NO:
                message = Worded(
                    "A rule is true or false; a {type} fact cannot be one.", type=fact.type
                )
                here.error("wrong-type", message, Worded("Give it `type: yes_no`."))
            return replace(fact, rule=predicates.predicate(here, raw))
    return replace(fact, value=_operand(here, fact, raw))


def _operand(here: Here, fact: Fact, raw: Any) -> Operand:
    if isinstance(raw, list):
        if fact.type is not FactType.CHOICES:
            here.error("wrong-type", Worded("A {type} fact has one value.", type=fact.type))
        return tuple(predicates.literal(here.at(str(i)), fact, one) for i, one in enumerate(raw))
    value: Literal = predicates.literal(here, fact, raw)
    return value


# ---------------------------------------------------------------- the other things


def _role(here: Here, name: str, raw: Raw, around: Surroundings) -> Role:
    seats = raw.get("seats", {})
    place = replace(around, place=Place.ROLE, owner=name)
    notice = raw.get("notice")
    return Role(
        id=name,
        **element(raw),
        kind=raw.get("kind", "person"),
        seats_at_least=seats.get("at_least", 1),
        seats_at_most=seats.get("at_most"),
        sector=raw.get("sector", ""),
        meets=raw.get("meets"),
        notice=moments.duration(here.at("notice"), notice) if notice else None,
        records=optional(here, raw, "records", people.who),
        leads=raw.get("leads", False),
        needs=needs(here.at("needs").within(name), raw.get("needs", {}), place),
    )


def _artefact(here: Here, name: str, raw: Raw) -> Artefact:
    def each(facet: str, kind: str) -> tuple[str, ...]:
        named = raw.get(facet, ())
        return tuple(here.at(facet, str(i)).thing(one, kind) for i, one in enumerate(named))

    replaced = raw.get("replaces")
    return Artefact(
        id=name,
        **element(raw),
        by=optional(here, raw, "by", people.who),
        approves=optional(here, raw, "approves", people.who),
        form=each("form", "fact"),
        template=raw.get("template", ""),
        rests_on=each("from", "artefact"),
        replaces=here.at("replaces").thing(replaced, "artefact") if replaced else None,
        keep=raw.get("keep", ""),
    )


def _phase(here: Here, name: str, raw: Raw, lines: tracks.Tracks, around: Surroundings) -> Phase:
    at = here.within(name)
    expected = raw.get("expected")
    opens = raw.get("opens")
    place = replace(around, place=Place.PHASE, owner=name)
    return Phase(
        id=name,
        **element(raw),
        track=lines.of[name],
        main=name == lines.main,
        opens=moments.opens(at.at("opens"), opens) if opens else None,
        at_start=opens == "start",
        done=optional(at.having("start", "entry"), raw, "done", predicates.predicate),
        expected=moments.duration(at.at("expected"), expected) if expected else None,
        needs=needs(at.at("needs"), raw.get("needs", {}), place),
        starts=starts(at.at("starts"), raw.get("starts", {})),
    )


def _ladder(here: Here, name: str, raw: Raw) -> Ladder:
    anchors = ("start", "entry", "ready", "meeting", "decision", "due")
    rungs = {
        key: _rung(here.having(*anchors).at(key), key, one)
        for key, one in raw.items()
        if key not in (*UNIVERSAL, "like")
    }
    return Ladder(id=name, **element(raw), rungs=rungs)


def _rung(here: Here, name: str, raw: Raw) -> Rung:
    told = raw.get("to", ())
    words = ("owner", "decider", "accepts")
    for n, role in enumerate(told):
        if role not in words:
            here.at("to").at(str(n)).thing(role, "role", words=words)
    return Rung(
        id=name,
        **element(raw),
        at=moments.moment(here.at("at"), raw.get("at", "due")),
        to=tuple(told),
        escalation=raw.get("escalation", False),
    )
