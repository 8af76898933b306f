"""Small gates to ask `why` about: a few parts, each by chance, and what was done before.

A part is a need, a criterion or an adviser in plain words; some of what they speak of is answered,
handed in or voted on beforehand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from innocities_engine import errors, library
from innocities_engine.domain import commands as k
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.project import Content
from tests.builders import START as FIRST_DAY
from tests.builders import Walk, inputs_of, noon
from tests.proofs.plain_rules import Spec

GATE: Final = "G"
SCALE: Final = ["met", "partly", "not_met"]
PEOPLE: Final = {
    "lead": ("lena",),
    "writer": ("vera",),
    "boss": ("bo",),
    "board": ("ada", "bea", "carl", "dan", "eva"),
    "jury": ("jan", "jo", "june"),
}
QUORUMS: Final = ("majority", "all", 2, "60 percent")
MOST_PARTS: Final = 4


@dataclass
class Drawing:
    """A gate in the making: `tests` draws a test, each part says which features it has."""

    rng: Random
    words: Spec
    features: Counter[str] = field(default_factory=Counter)

    @property
    def gate(self) -> Spec:
        gate: Spec = self.words["gates"][GATE]
        return gate

    def need(self, **spec: Any) -> str:
        key = f"n{len(self.gate['needs'])}"
        self.gate["needs"][key] = spec
        return key

    def pick(self, *options: Any) -> Any:
        return self.rng.choice(options)

    def body(self) -> Spec:
        self.features["quorum"] += 1
        return {"role": self.pick("board", "jury"), "quorum": self.pick(*QUORUMS)}


@dataclass(frozen=True)
class SmallGate:
    seed: int
    words: Spec
    method: Methodology
    walk: Walk
    features: frozenset[str]


def drawn(seed: int) -> SmallGate:
    """The gate of this number."""
    d = Drawing(Random(seed), skeleton())
    for part in d.rng.choices(PARTS, k=d.rng.randint(1, MOST_PARTS)):
        part(d)
    method, faults = library.check_resolved(d.words)
    assert method is not None, (seed, [str(fault) for fault in faults])
    return SmallGate(seed, d.words, method, begun(d, method), frozenset(d.features))


def skeleton() -> Spec:
    """A gate without parts, and everything that a part may speak of."""
    yes_no = {"type": "yes_no", "by": "lead", "question": {"en": "Is it so?"}}
    plain = {role: {"title": {"en": role}} for role in ("lead", "writer", "boss", "helper")}
    bodies = {role: {"title": {"en": role}, "kind": "body"} for role in ("board", "jury")}
    return {
        "schema": "innocities/methodology/1",
        "id": "small",
        "version": "1.0.0",
        "languages": ["en"],
        "title": {"en": "A small method"},
        "calendar": {"country": "NO"},
        "roles": plain | bodies | {"lead": {"title": {"en": "Lead"}, "leads": True}},
        "facts": {
            "wide": yes_no,
            "risky": yes_no,
            "cost": {**yes_no, "type": "number"},
            "launch": {**yes_no, "type": "date", "value": "2025-04-01"},
        },
        "artefacts": {
            "plan": {"title": {"en": "Plan"}, "by": "writer"},
            "study": {"title": {"en": "Study"}, "by": "writer"},
            "proof": {
                "title": {"en": "Proof"},
                "by": "writer",
                "approves": {"role": "board", "quorum": 2},
            },
        },
        "phases": {"only": {"title": {"en": "Only"}, "opens": "start"}},
        "gates": {
            GATE: {
                "title": {"en": "Gate"},
                "in": "only",
                "needs": {},
                "criteria": {},
                "advises": {},
                "decides": {"by": "boss"},
                "outcomes": {"go": {"end": "completed"}, "stop": {"end": "stopped"}},
            }
        },
    }


# ---------------------------------------------------------------- parts


def paper(d: Drawing) -> None:
    """A paper, sometimes only if something is so."""
    spec: Spec = {"of": d.pick("plan", "study", "proof"), "status": d.pick("submitted", "approved")}
    if d.rng.random() < 0.6:
        spec[d.pick("when", "required")] = fact_test(d)
    d.need(**spec)


def act(d: Drawing) -> None:
    spec: Spec = {"do": {"en": "Do it"}, "by": "lead"}
    if d.rng.random() < 0.5:
        spec["when"] = fact_test(d)
    if d.rng.random() < 0.5:
        spec["waives"] = "boss"
    d.need(**spec)


def answer(d: Drawing) -> None:
    d.need(of=d.pick("wide", "risky", "cost"))


def either(d: Drawing) -> None:
    """One of several is enough."""
    d.features["any"] += 1
    d.need(title={"en": "One"}, by="lead", done={"any": several(d, d.rng.randint(2, 3))})


def enough(d: Drawing) -> None:
    """So many of several are enough."""
    d.features["at_least"] += 1
    d.need(title={"en": "Some"}, by="lead", done={"at_least": 2, "of": several(d, 3)})


def nested(d: Drawing) -> None:
    """One of several, of which one is all, none, or so many of others."""
    d.features["any"] += 1
    inner = d.pick("all", "none", "at_least")
    parts = several(d, 2)
    d.features["at_least"] += inner == "at_least"
    rule = {"at_least": 1, "of": parts} if inner == "at_least" else {inner: parts}
    d.need(title={"en": "Some"}, by="lead", done={"any": [rule, *several(d, 1)]})


def chain(d: Drawing) -> None:
    """One act after another; sometimes the last may also wait for its day."""
    d.features["chain"] += 1
    last = d.need(do={"en": "First"}, by="lead")
    for _ in range(d.rng.randint(1, 2)):
        last = d.need(do={"en": "Then"}, by="lead", opens=last)
    if d.rng.random() < 0.4:
        passed = {"passed": f"{d.rng.randint(2, 20)} days after {last}"}
        d.need(title={"en": "Wait"}, done={"any": [passed, fact_test(d)]})


def criterion(d: Drawing) -> None:
    key = f"c{len(d.gate['criteria'])}"
    spec: Spec = {"question": {"en": "Is it good?"}, "scale": SCALE, "by": d.body()}
    d.gate["criteria"][key] = {**spec, "must": d.pick("met", "partly", "rated")}
    if d.rng.random() < 0.3:
        d.gate["criteria"][key]["by"] = {"each": [spec["by"], "boss"]}
    elif d.rng.random() < 0.3:
        d.gate["criteria"][key]["when"] = fact_test(d)


def advice(d: Drawing) -> None:
    spec: Spec = {"by": d.body()}
    if d.rng.random() < 0.5:
        spec["when"] = fact_test(d)
    d.gate["advises"][f"a{len(d.gate['advises'])}"] = spec


def offer(d: Drawing) -> None:
    """The outcome is offered only if something is so."""
    d.gate["outcomes"]["go"]["when"] = {"any": [fact_test(d), fact_test(d)]}
    d.features["any"] += 1


PARTS: Final[list[Callable[[Drawing], None]]] = [
    paper, paper, act, answer, either, enough, nested, chain, criterion, criterion, advice, offer
]  # fmt: skip


def several(d: Drawing, n: int) -> list[Spec]:
    """Different tests, each of something that somebody can bring about."""
    kinds: list[Callable[[], Spec]] = [
        lambda: {"artefact": "plan", "status": "submitted"},
        lambda: {"artefact": "study", "status": d.pick("submitted", "approved")},
        lambda: {"artefact": "proof", "status": "approved"},
        lambda: {"role": "helper", "filled": True},
        lambda: {"passed": "launch"},
        lambda: fact_test(d),
        lambda: fact_test(d),
    ]
    return [kind() for kind in d.rng.sample(kinds, k=n)]


def fact_test(d: Drawing) -> Spec:
    fact = d.pick("wide", "risky", "cost")
    if fact == "cost":
        return {"fact": "cost", d.pick("at_least", "below", "is"): d.pick("100", "200")}
    return {"fact": fact, "is": d.pick(True, False)}


# ---------------------------------------------------------------- what was done before


def begun(d: Drawing, method: Methodology) -> Walk:
    """A project at the gate in which some things are done already."""
    inputs = inputs_of(method)
    walk = Walk(method, inputs, noon(inputs, FIRST_DAY))
    walk = walk.do(k.Start("p1", "org", "Small", PEOPLE), "lena")
    for command, person in before(d):
        try:
            walk = walk.do(command, person)
        except errors.Refused:
            continue
    spoken = repr(d.gate)
    asked = [fact for fact in ("wide", "risky", "cost") if f"'{fact}'" in spoken]
    d.features["unknown fact"] += any(fact not in walk.project.facts for fact in asked)
    return walk


def before(d: Drawing) -> Iterator[tuple[k.Command, str]]:
    rng = d.rng
    for fact, values in (
        ("wide", (True, False)),
        ("risky", (True, False)),
        ("cost", ("50", "150")),
    ):
        if rng.random() < 0.3:
            yield k.AnswerFact(fact, rng.choice(values)), "lena"
    for artefact in ("plan", "study", "proof"):
        if rng.random() < 0.3:
            yield k.Submit(artefact, Content("0" * 64, "paper.pdf")), "vera"
            if rng.random() < 0.5:
                yield k.Approve(artefact), rng.choice(("bo", "ada"))
    for key, spec in d.gate["needs"].items():
        if "do" in spec and rng.random() < 0.2:
            yield k.TickOff(f"{GATE}/{key}"), "lena"
    for member in (*PEOPLE["board"], *PEOPLE["jury"], "bo"):
        for key in d.gate["criteria"]:
            if rng.random() < 0.4:
                yield k.Rate(GATE, {key: rng.choice(SCALE)}), member
        for key in d.gate["advises"]:
            if rng.random() < 0.4:
                yield k.Advise(GATE, key, rng.choice(("go", "stop"))), member
