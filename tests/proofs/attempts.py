"""Everything that may be tried on a project: each kind of command on each thing it could be about,
and everybody who could try it.

Of things that are alike in all that the definition says of them, and that stand alike in the project,
one is tried; and so is one of those that the open gates, the current phases and the open needs do not
speak of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from innocities_engine.domain import commands as k
from innocities_engine.domain.commands import SYSTEM, Actor, Command
from innocities_engine.domain.project import (
    Condition,
    Content,
    NeedStatus,
    Proposal,
    Recorded,
)
from tests.builders import people_in
from tests.proofs import plain_gates, plain_rules
from tests.proofs.plain_rules import Spec, World
from tests.proofs.witness import Witness

PAPER: Final = Content("0" * 64, "paper.pdf")
STRANGER: Final = Actor("cecilia")
ADMINISTRATOR: Final = Actor("admin", frozenset({"member", "administrator", "override"}))
LATER: Final = timedelta(days=20)
PARTS: Final = ("by", "approves", "waives", "accepts", "records", "use", "each")
LIVE: Final = (NeedStatus.OPEN, NeedStatus.HANDED_IN, NeedStatus.DORMANT, NeedStatus.DONE)


def actors(walk: Witness) -> list[Actor]:
    """One holder of every role, those who decide with the right to override, and outsiders.

    Of roles that the definition gives nothing to do or say, one stands for all.
    """
    w = _world(walk)
    busy = set(_words([_parts(w.definition), *w.of("roles").values()]))
    leading = {role for role, spec in w.of("roles").items() if spec.get("leads")}
    held = [role for role, members in walk.project.members.items() if members]
    holders = [walk.members(role)[0] for role in _each(held, busy | leading)]
    overriding = [Actor(p, frozenset({"override"})) for p in dict.fromkeys(_deciding(walk))]
    return [*map(Actor, dict.fromkeys(holders)), *overriding, STRANGER, ADMINISTRATOR, SYSTEM]


def _parts(raw: Any) -> list[Any]:
    """What the definition says in the words that give somebody a part."""
    if isinstance(raw, list):
        return [part for one in raw for part in _parts(one)]
    if not isinstance(raw, Mapping):
        return []
    own = [one for word, one in raw.items() if word in PARTS]
    return own + [part for one in raw.values() for part in _parts(one)]


def _deciding(walk: Witness) -> Iterator[str]:
    w = _world(walk)
    for gate in _open_gates(w):
        asked = plain_rules.who(w, w.of("gates")[gate]["decides"]["by"])
        for role in plain_rules.roles(asked) if asked else []:
            yield from walk.members(role)[:1]


def _world(walk: Witness) -> World:
    return World(walk.definition, walk.project, walk.now, walk.inputs)


def _open_gates(w: World) -> list[str]:
    return sorted({p.gate for p in w.project.passages.values() if p.status == "open"})


# ---------------------------------------------------------------- what is spoken of


def spoken_of(w: World) -> set[str]:
    """Every id in the words of the open gates, current phases and needs, and in their rules."""
    places: list[Any] = [w.of("gates")[g] for g in _open_gates(w)]
    places += [w.of("phases")[t.phase] for t in w.project.tracks.values() if t.end is None]
    places += [n.ref.split("/") for n in w.project.needs.values() if n.status in LIVE]
    found, new = set[str](), set(_words(places))
    while new - found:
        found |= new
        new = set(_words([w.of("facts").get(i) for i in found]))
    return found


def _words(raw: Any) -> Iterator[str]:
    if isinstance(raw, Mapping):
        for key, one in raw.items():
            if key not in ("title", "help", "question", "basis"):
                yield key
                yield from _words(one)
    elif isinstance(raw, list):
        for one in raw:
            yield from _words(one)
    elif isinstance(raw, str):
        yield from re.findall(r"[A-Za-z]\w*", raw)


def _each(things: Iterable[str], named: set[str]) -> list[str]:
    """Those that are spoken of, and one for all the others."""
    known, others = [t for t in things if t in named], [t for t in things if t not in named]
    return [*known, *others[:1]]


def _unlike(things: Iterable[str], kind: Callable[[str], object]) -> list[str]:
    """One of each kind."""
    found: dict[str, str] = {}
    for thing in things:
        found.setdefault(repr(kind(thing)), thing)
    return [*found.values()]


# ---------------------------------------------------------------- commands


def commands(walk: Witness) -> Iterator[Command]:
    w = _world(walk)
    named = spoken_of(w)
    yield k.Start("p2", "org", "Another")
    yield k.Comment("a word")
    yield k.Tick()
    yield from _about_roles(w, walk, named)
    yield from _about_facts(w, named)
    yield from _about_artefacts(w, named)
    yield from _about_needs(w, walk)
    for gate in _each(w.of("gates"), {*_open_gates(w)}):
        yield from _about_gate(w, walk, gate)
    yield from (k.Resume(root) for root in walk.method.roots)


def _about_roles(w: World, walk: Witness, named: set[str]) -> Iterator[Command]:
    for role in _each(w.of("roles"), named):
        yield k.Assign(role, ())
        yield k.Assign(role, (*people_in(walk.method.roles[role]), f"{role}_new"))


def _about_facts(w: World, named: set[str]) -> Iterator[Command]:
    forms = {f for one in w.of("artefacts").values() for f in one.get("form", ())}
    asked = {f for f, one in w.of("facts").items() if "value" not in one and f not in forms}
    known = _each(w.of("facts"), named & asked)
    for fact in known:
        yield from (k.AnswerFact(fact, value) for value in values(w, fact))
    for fact in _each(known, {*w.project.facts}):
        yield k.AnswerFact(fact, None)


def values(w: World, fact: str) -> list[bool | str]:
    """A few answers that rules may tell apart."""
    spec = w.of("facts")[fact]
    match spec["type"]:
        case "yes_no":
            return [True, False]
        case "number" | "percent" | "money":
            return ["0", "20000000"]
        case "date":
            days = (w.day(w.now) - LATER, w.day(w.now) + LATER)
            return [day.isoformat() for day in days]
        case "yearly_date":
            return ["03-15"]
        case "duration":
            return [*spec.get("choices", ["1 month"])][:1]
        case "choice" | "choices":
            return [spec["choices"][0], spec["choices"][-1]]
    return ["a text"]


def _about_artefacts(w: World, named: set[str]) -> Iterator[Command]:
    different = _unlike(_each(w.of("artefacts"), named), lambda a: _artefact(w, a))
    for artefact in different:
        form = w.of("artefacts")[artefact].get("form", [])
        for pick in (0, -1) if form else (0,):
            yield k.Submit(artefact, PAPER, {fact: values(w, fact)[pick] for fact in form})
    for artefact in _each(different, {a for a in different if plain_rules.newest(w, a)}):
        yield k.Approve(artefact)
        yield k.Return(artefact, "not yet")
        yield k.Withdraw(artefact)


def _artefact(w: World, artefact: str) -> object:
    spec = w.of("artefacts")[artefact]
    newest = plain_rules.newest(w, artefact)
    words = [plain_gates.words(w, n)[0] for n in w.project.needs.values() if n.status in LIVE]
    own = [repr(spec.get(word)) for word in ("by", "approves")], "form" in spec
    asked = [s.get("status") for s in words if s.get("of", artefact) == artefact]
    return own, newest and (newest.status, newest.by), len(asked) > 0


def _about_needs(w: World, walk: Witness) -> Iterator[Command]:
    different = _unlike(w.project.needs, lambda key: _need(w, key))
    words = {key: plain_gates.words(w, w.project.needs[key])[0] for key in different}
    acts = {key for key, spec in words.items() if "do" in spec or "written" in spec}
    handed_in = {key for key in different if w.project.needs[key].status == "handed in"}
    for key in _each(different, acts):
        yield k.TickOff(key, member=w.project.needs[key].member)
    for key in _each(different, handed_in):
        yield k.Accept(key)
    for key in _each(different, {key for key in different if "waives" in words[key]}):
        yield k.Waive(key, "not for us")
    for key in _unlike(different, lambda key: w.project.needs[key].origin):
        yield k.Extend(key, walk.today + LATER, "it takes longer")


def _need(w: World, key: str) -> object:
    need = w.project.needs[key]
    spec = plain_gates.words(w, need)[0]
    kind = [word in spec for word in ("do", "written", "done", "each")]
    return need.origin, kind, [repr(spec.get(word)) for word in ("by", "waives")], need.status


def _about_gate(w: World, walk: Witness, gate: str) -> Iterator[Command]:
    spec = w.of("gates")[gate]
    is_open = gate in _open_gates(w)
    criteria = spec.get("criteria", {})
    for criterion in _unlike(criteria, lambda c: (criteria[c].get("must"), criteria[c].get("by"))):
        for value in criteria[criterion].get("scale", ["met", "partly", "not_met"]):
            yield k.Rate(gate, {criterion: value})
    for advice, voice in spec.get("advises", {}).items():
        scale = voice.get("scale", [*spec["outcomes"]])
        yield from (k.Advise(gate, advice, value) for value in (scale[0], scale[-1]))
        yield k.Advise(gate, advice, scale[0], recorded=_minutes(w, walk, voice["by"]))
    yield k.DeclareConflict(gate)
    yield k.Present(gate)
    yield k.TakeBack(gate)
    yield k.Raise(gate, "it is needed")
    for outcome in [*spec["outcomes"]][: None if is_open else 2]:
        yield from _decisions(w, walk, gate, outcome)


def _minutes(w: World, walk: Witness, by: Any) -> Recorded:
    """A result written down for the whole body."""
    asked = plain_rules.who(w, by)
    roles = plain_rules.roles(asked) if asked else []
    present = tuple(p for role in roles for p in walk.members(role))
    return Recorded("secretary", present, "minutes 7")


def _decisions(w: World, walk: Witness, gate: str, outcome: str) -> Iterator[Command]:
    """The outcome carrying nothing and carrying all it may; by vote, by minutes, by override."""
    spec = w.of("gates")[gate]
    minutes = _minutes(w, walk, spec["decides"]["by"])
    found = offers(w, gate, outcome)
    yield from (k.Decide(gate, offer) for offer in found)
    yield k.Decide(gate, found[-1], recorded=minutes)
    yield k.Decide(gate, found[-1], override="the council says so")


def offers(w: World, gate: str, outcome: str) -> list[Proposal]:
    way = w.of("gates")[gate]["outcomes"][outcome]
    turns = way.get("turn", way.get("to", []))
    several = turns if isinstance(turns, list) and len(turns) > 1 else [None]
    full = [_carrying(w, way, Proposal(outcome, to=to)) for to in several]
    bare = Proposal(outcome)
    return full if full == [bare] else [bare, *full]


def _carrying(w: World, way: Spec, offer: Proposal) -> Proposal:
    """With the outcome all that it asks to be stated, as things stand."""
    if "hold" in way:
        offer = replace(offer, review_on=w.day(w.now) + LATER)
    for key, spec in way.get("needs", {}).items():
        of = spec.get("of", key)
        if "when" in spec and plain_rules.judge(w, spec["when"]) is not True:
            continue
        if "written" in spec:
            conditions = (Condition("Mend it.", next(iter(w.of("roles")))),)
            offer = replace(offer, written={**offer.written, key: conditions})
        elif of in w.of("roles") and spec.get("due", "decision") == "decision":
            offer = replace(offer, appoint={**offer.appoint, of: _people(w, of)})
        elif of in w.of("facts") and spec.get("due", "decision") == "decision":
            offer = replace(offer, answers={**offer.answers, of: values(w, of)[0]})
        elif of in w.of("artefacts") and spec.get("due") == "decision":
            offer = replace(offer, attach={**offer.attach, of: PAPER})
    return offer


def _people(w: World, role: str) -> tuple[str, ...]:
    return w.project.members.get(role) or (f"{role}_1", f"{role}_2", f"{role}_3")
