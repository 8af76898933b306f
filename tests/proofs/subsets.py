"""What would open a small gate, found without any cleverness: every subset of what could be done is
tried on the record of the project, smallest first, and judged by the plain reading.

A subset is kept if nothing weaker opens the gate: none with less in it, and none that asks for a
worse verdict. How many voices are still missing is found by giving them one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import chain, combinations, product
from typing import Any
from zoneinfo import ZoneInfo

from innocities_engine.domain.project import (
    Answer,
    Content,
    NeedStatus,
    Version,
    VersionStatus,
    Voice,
    VoiceKind,
)
from tests.proofs import plain_gates
from tests.proofs import plain_rules as plain
from tests.proofs.plain_rules import Spec, World
from tests.proofs.small_gates import GATE, SCALE, SmallGate

PASSAGE = f"{GATE}#1"
TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, order=True)
class Deed:
    """Something to do; `value`: an answer or the worst verdict that will do."""

    kind: str
    subject: str
    value: str = ""

    @property
    def ease(self) -> int:
        return SCALE.index(self.value) if self.kind == "rate" else 0


@dataclass(frozen=True, order=True)
class Told:
    """A deed with what is said of it: how many voices, or until when."""

    deed: Deed
    voices: int = 0
    until: datetime | None = None


Deeds = frozenset[Deed]
Known = dict[tuple[Deed, ...], tuple[World, tuple[Told, ...]]]
TURNS = ("answer", "submit", "fill", "tick_off", "approve", "rate", "advise", "wait")


def world_of(small: SmallGate) -> World:
    walk = small.walk
    return World(small.words, walk.project, walk.now, walk.inputs)


def minimal(small: SmallGate, outcome: str = "go") -> set[frozenset[Told]]:
    """The weakest sets of deeds that leave nothing missing."""
    known: Known = {(): (world_of(small), ())}
    found: list[Deeds] = []
    for deeds in subsets(options(small)):
        if any(weaker(other, deeds) for other in found):
            continue
        if opened(done(known, deeds)[0], outcome):
            found.append(deeds)
    told = {frozenset(done(known, deeds)[1]) for deeds in found}
    return {one for one in told if not any(_sooner(other, one) for other in told - {one})}


def _sooner(one: frozenset[Told], other: frozenset[Told]) -> bool:
    """Whether the other asks for all of it, or for more, and waits as long or longer."""
    waits = [t.until for t in other if t.until]
    return all(any(t.until <= u for u in waits) if t.until else t in other for t in one)


def opened(w: World, outcome: str) -> bool:
    return not plain_gates.shut(w, w.project.passages[PASSAGE], outcome)


def subsets(topics: list[list[Deed]]) -> Iterator[Deeds]:
    """Every choice of at most one deed on each topic, smallest and weakest first."""
    for n in range(len(topics) + 1):
        chosen = chain.from_iterable(product(*some) for some in combinations(topics, n))
        yield from map(frozenset, sorted(chosen, key=lambda deeds: -sum(d.ease for d in deeds)))


def weaker(one: Deeds, other: Deeds) -> bool:
    """Whether everything in one is asked by the other as well, or more of it."""
    return all(a in other or _is_bettered(a, other) for a in one)


def _is_bettered(a: Deed, other: Deeds) -> bool:
    """Whether the other asks for a better verdict on the same."""
    rated = (b for b in other if a.kind == b.kind == "rate" and a.subject == b.subject)
    return any(a.ease >= b.ease for b in rated)


# ---------------------------------------------------------------- what could be done


def options(small: SmallGate) -> list[list[Deed]]:
    """Every topic that the words of the gate speak of, with the deeds that exclude each other."""
    gate = small.words["gates"][GATE]
    found = [[Deed("tick_off", f"{GATE}/{k}#1")] for k, n in gate["needs"].items() if "do" in n]
    found += [[Deed("rate", f"{GATE}/{k}", v) for v in SCALE] for k in gate["criteria"]]
    found += [[Deed("advise", f"{GATE}/{k}")] for k in gate["advises"]]
    named = set(_words(gate))
    for artefact in sorted(named & {*small.words["artefacts"]}):
        found += [[Deed("submit", artefact)], [Deed("approve", artefact)]]
    for fact in sorted(named & {"wide", "risky", "cost"}):
        found.append([Deed("answer", fact, label) for label, _ in stretches(gate, fact)])
    found += [[Deed("fill", "helper")]] if "helper" in named else []
    return found + [[Deed("wait", moment)] for moment in sorted({*_moments(gate)})]


def _words(raw: Any) -> Iterator[str]:
    match raw:
        case dict():
            yield from (w for one in raw.values() for w in _words(one))
        case list():
            yield from (w for one in raw for w in _words(one))
        case str():
            yield raw


def _moments(raw: Any) -> Iterator[str]:
    match raw:
        case {"passed": moment}:
            yield moment
        case dict():
            yield from (m for one in raw.values() for m in _moments(one))
        case list():
            yield from (m for one in raw for m in _moments(one))


def stretches(gate: Spec, fact: str) -> list[tuple[str, bool | str]]:
    """Every answer that some rule can tell apart from the others, and how it is written."""
    if fact != "cost":
        return [*TRUTHS.items()]
    cuts = sorted({*_cuts(gate)})
    if not cuts:
        return [("any", "1")]
    found: list[tuple[str, bool | str]] = [(f"< {cuts[0]}", str(cuts[0] - 1))]
    for low, high in zip(cuts, [*cuts[1:], None], strict=True):
        found.append((f"= {low}", str(low)))
        found.append((f"> {low}" if high is None else f"{low} … {high}", str(low + 1)))
    return found


def _cuts(raw: Any) -> Iterator[int]:
    match raw:
        case {"fact": "cost", **test}:
            yield from (int(value) for value in test.values())
        case dict():
            yield from (n for one in raw.values() for n in _cuts(one))
        case list():
            yield from (n for one in raw for n in _cuts(one))


# ---------------------------------------------------------------- as if it were done


def done(known: Known, deeds: Deeds) -> tuple[World, tuple[Told, ...]]:
    """The project after these deeds, each in its turn, and what is to be said of them."""
    return _after(known, tuple(sorted(deeds, key=lambda deed: (TURNS.index(deed.kind), deed))))


def _after(known: Known, deeds: tuple[Deed, ...]) -> tuple[World, tuple[Told, ...]]:
    """Many subsets begin alike: what is known of a beginning is gone on from."""
    if deeds not in known:
        w, told = _after(known, deeds[:-1])
        w, more = DOING[deeds[-1].kind](w, deeds[-1])
        known[deeds] = (w, (*told, more))
    return known[deeds]


def _with(w: World, **changed: Any) -> World:
    return replace(w, project=replace(w.project, **changed))


def _answer(w: World, deed: Deed) -> tuple[World, Told]:
    value = dict(stretches(w.of("gates")[GATE], deed.subject))[deed.value]
    facts = {**w.project.facts, deed.subject: Answer(value, w.now, "?")}
    return _with(w, facts=facts), Told(deed)


def _submit(w: World, deed: Deed) -> tuple[World, Told]:
    before = w.project.versions.get(deed.subject, ())
    paper = Version(deed.subject, len(before) + 1, Content("?"), w.now, "?")
    versions = {**w.project.versions, deed.subject: (*before, paper)}
    return _with(w, versions=versions), Told(deed)


def _fill(w: World, deed: Deed) -> tuple[World, Told]:
    return _with(w, members={**w.project.members, deed.subject: ("?",)}), Told(deed)


def _tick_off(w: World, deed: Deed) -> tuple[World, Told]:
    """An act that opens with another can be done once that one is."""
    need = w.project.needs[deed.subject]
    spec, _ = plain_gates.words(w, need)
    opens = w.project.needs.get(f"{GATE}/{spec.get('opens')}#1")
    if opens is None or opens.status == "done":
        done_now = replace(need, status=NeedStatus.DONE, done_at=w.now)
        w = _with(w, needs={**w.project.needs, need.key: done_now})
    return w, Told(deed)


def _approve(w: World, deed: Deed) -> tuple[World, Told]:
    newest = plain.newest(w, deed.subject)
    if newest is None:
        return w, Told(deed)
    by = w.of("artefacts")[deed.subject].get("approves", "boss")
    subject = f"{deed.subject}@{newest.n}"
    w, voices = _voiced(w, by, VoiceKind.APPROVAL, subject, "approved", {"approved"})
    approved = replace(newest, status=VersionStatus.APPROVED)
    others = [v for v in w.project.versions[deed.subject] if v.n != newest.n]
    versions = {**w.project.versions, deed.subject: (*others, approved)}
    return _with(w, versions=versions), Told(deed, voices)


def _rate(w: World, deed: Deed) -> tuple[World, Told]:
    """Those who are asked say so, unless they have said so or better."""
    by = w.of("gates")[GATE]["criteria"][deed.subject.partition("/")[2]]["by"]
    subject = f"{PASSAGE}/{deed.subject.partition('/')[2]}"
    enough = {*SCALE[: SCALE.index(deed.value) + 1]}
    w, voices = _voiced(w, by, VoiceKind.VERDICT, subject, deed.value, enough)
    return w, Told(deed, voices)


def _advise(w: World, deed: Deed) -> tuple[World, Told]:
    """Those who are asked agree on one thing, whichever is nearest."""
    spec = w.of("gates")[GATE]["advises"][deed.subject.partition("/")[2]]
    if "when" in spec and plain.judge(w, spec["when"]) is not True:
        return w, Told(deed)
    by = spec["by"]
    subject = f"{PASSAGE}/{deed.subject.partition('/')[2]}"
    ways = [
        _voiced(w, by, VoiceKind.ADVICE, subject, v, {v}) for v in w.of("gates")[GATE]["outcomes"]
    ]
    after, voices = min(ways, key=lambda way: way[1])
    return after, Told(deed, voices)


def _voiced(
    w: World, by: Any, kind: VoiceKind, subject: str, value: str, enough: set[str]
) -> tuple[World, int]:
    """One voice after another, until of every role so many have said what is enough."""
    given = 0
    for leaf in plain_gates.leaves(plain.who(w, by)):
        role = leaf["role"]
        members = plain.able(w, role, PASSAGE)
        wanted = plain.needed(leaf["quorum"], len(members))
        for member in members:
            said = [v for v in plain.counted(w, role, kind, subject) if v.value in enough]
            if len(said) >= wanted:
                break
            if member not in [v.person for v in said]:
                voice = Voice(kind, subject, role, member, value, w.now)
                w = _with(w, voices={**w.project.voices, voice.key: voice})
                given += 1
    return w, given


def _wait(w: World, deed: Deed) -> tuple[World, Told]:
    """Until the day is over; nothing to wait for while nobody knows the day."""
    day = plain.when(w, deed.subject, None)
    waiting = Deed("wait", "")
    if day is None or w.day(w.now) > day:
        return w, Told(deed)
    zone = ZoneInfo(w.inputs.calendar.zone)
    until = datetime.combine(day + timedelta(days=1), time(), zone)
    return replace(w, now=max(w.now, until)), Told(waiting, until=until)


DOING = {
    "answer": _answer,
    "submit": _submit,
    "fill": _fill,
    "tick_off": _tick_off,
    "approve": _approve,
    "rate": _rate,
    "advise": _advise,
    "wait": _wait,
}
