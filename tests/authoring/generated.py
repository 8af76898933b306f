"""Methods that are sound by construction: each is grown from a chain of phases that can be walked to
its end, by features that leave it so. Nothing here asks the verifier.

A feature is said in the words of the language as `docs/features.md` says it, and notes its number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, TypeAlias

Plain: TypeAlias = dict[str, Any]


def said(text: str) -> Plain:
    return {"en": text}


@dataclass
class Draft:
    """A method on its way. `n`: the gate at work; `features`: what it has, by number."""

    rng: Random
    raw: Plain
    phases: list[str]
    n: int = 0
    features: set[int] = field(default_factory=set)

    @property
    def here(self) -> str:
        return self.phases[self.n]

    @property
    def gate(self) -> Plain:
        found: Plain = self.raw["gates"][f"G{self.n}"]
        return found

    @property
    def needs(self) -> Plain:
        found: Plain = self.gate.setdefault("needs", {})
        return found

    @property
    def outcomes(self) -> Plain:
        found: Plain = self.gate["outcomes"]
        return found

    @property
    def is_last(self) -> bool:
        return self.n == len(self.phases) - 1

    def onward(self) -> Plain:
        """What passing this gate does."""
        return {"end": "completed"} if self.is_last else {"to": self.phases[self.n + 1]}

    def name(self, word: str) -> str:
        return f"{word}{self.n}"

    def paper(self, word: str, **facets: Any) -> str:
        name = self.name(word)
        self.raw["artefacts"][name] = {"title": said(name), "by": "lead", **facets}
        return name

    def fact(self, word: str, kind: str, **facets: Any) -> str:
        name = self.name(word)
        self.raw["facts"][name] = {"type": kind, "question": said(f"{name}?"), **facets}
        return name

    def role(self, word: str, **facets: Any) -> str:
        name = self.name(word)
        self.raw["roles"][name] = {"title": said(name), **facets}
        return name


def ground(rng: Random) -> Draft:
    """Phases in a row, each with a gate that leads on and can be stopped at."""
    phases = [f"P{n}" for n in range(rng.randint(2, 4))]
    raw: Plain = {
        "schema": "innocities/methodology/1",
        "id": "grown",
        "version": "1.0.0",
        "languages": ["en"],
        "title": said("Grown"),
        "calendar": {"country": rng.choice(["NO", "SE"])},
        "roles": {
            "lead": {"title": said("Lead"), "leads": True},
            "sponsor": {"title": said("Sponsor")},
        },
        "facts": {},
        "artefacts": {},
        "phases": {p: {"title": said(p)} for p in phases},
        "gates": {},
    }
    raw["phases"]["P0"] |= {"opens": "start", "main": True}
    draft = Draft(rng, raw, phases)
    for n, phase in enumerate(phases):
        draft.n = n
        raw["gates"][f"G{n}"] = {
            "title": said(f"G{n}"),
            "in": phase,
            "decides": {"by": "sponsor"},
            "outcomes": {"go": draft.onward(), "stop": {"end": "stopped"}},
        }
    return draft


# ---------------------------------------------------------------- features


def f1(d: Draft) -> None:
    d.outcomes["leave"] = {"end": "stopped"}


def f2(d: Draft) -> None:
    asked = d.fact("asked", "yes_no")
    d.needs[d.paper("paper")] = {}
    d.needs[d.paper("hint")] = {"required": False}
    d.needs[d.paper("case")] = {"when": {"fact": asked, "is": True}}
    d.needs[d.paper("maybe")] = {"required": {"fact": asked, "is": True}}


def f3(d: Draft) -> None:
    if not d.is_last:
        terms = {"written": {"at_least": 1}, "due": "2 months after decision", "blocks": "next"}
        d.outcomes["go_on_terms"] = {**d.onward(), "needs": {d.name("terms"): terms}}


def f4(d: Draft) -> None:
    d.gate.setdefault("criteria", {})[d.name("useful")] = {
        "question": said("Useful?"),
        "must": d.rng.choice(["met", "partly", "rated"]),
    }
    d.outcomes["rework"] = {"again": "unmet"}


def f5(d: Draft) -> None:
    d.gate.setdefault("criteria", {})[d.name("worth")] = {
        "question": said("Worth it?"),
        "weight": d.rng.randint(1, 5),
    }
    d.outcomes["go_scored"] = {**d.onward(), "when": {"score": "this", "at_least": "60 percent"}}


def f6(d: Draft) -> None:
    d.raw["gates"][d.name("look")] = {
        "title": said("Look"),
        "in": d.here,
        "opens": d.rng.choice([{"by": "lead"}, "every 1 month after entry at most 2 times"]),
        "decides": {"by": "sponsor"},
        "outcomes": {"seen": {}, "again_so": {"again": "all"}},
    }


def f7(d: Draft) -> None:
    name = d.name("turnround")
    d.raw["gates"][name] = {
        "title": said("Round"),
        "in": d.here,
        "opens": {"by": "lead"},
        "needs": {d.paper("findings"): {}},
        "decides": {"by": "sponsor"},
        "outcomes": {"good": {}, "bad": {}},
    }
    d.needs[name] = {"outcome": ["good"]}


def f8(d: Draft) -> None:
    if d.n + 2 < len(d.phases):
        quick = d.fact("quick", "yes_no")
        ways = {"fast": {"when": {"fact": quick, "is": True}, "use": d.phases[d.n + 2]},
                "otherwise": {"use": d.phases[d.n + 1]}}  # fmt: skip
        d.outcomes["skip"] = {"to": {"choose": ways}}


def f9(d: Draft) -> None:
    last = f"G{len(d.phases) - 1}"
    done = {"any": [{"gate": last, "outcome": list(_completing(d, last))}]}
    d.raw["phases"][d.name("beside")] = {
        "title": said("Beside"),
        "opens": {"when": {"gate": "G0", "outcome": ["go"]}},
        "done": done,
        "needs": {d.name("nudge"): {"do": said("Do it"), "by": "lead", "required": False,
                                    "due": "every 1 month after entry"}},
    }  # fmt: skip


def _completing(d: Draft, gate: str) -> list[str]:
    return [
        o for o, way in d.raw["gates"][gate]["outcomes"].items() if way.get("end") == "completed"
    ]


def f10(d: Draft) -> None:
    d.raw["gates"][d.name("halt")] = {
        "title": said("Halt"),
        "in": "any",
        "opens": {"by": "sponsor"},
        "decides": {"by": "sponsor"},
        "outcomes": {"go_on": {}, "stop": {"end": "stopped"}},
    }


def f11(d: Draft) -> None:
    alarm = d.fact("alarm", "yes_no")
    d.raw["gates"][d.name("exception")] = {
        "title": said("Exception"),
        "in": d.here,
        "opens": {"when": {"fact": alarm, "is": True}, "by": "lead"},
        "blocks": f"G{d.n}",
        "decides": {"by": "sponsor"},
        "outcomes": {"settled": {}, "stop": {"end": "stopped"}},
    }


def f12(d: Draft) -> None:
    """Every way into the next phase appoints whoever decides there, so none may skip this gate."""
    skipped = d.n > 0 and "skip" in d.raw["gates"][f"G{d.n - 1}"]["outcomes"]
    if not d.is_last and not skipped:
        keeper = d.role("keeper")
        for outcome in d.outcomes.values():
            if "to" in outcome:
                outcome.setdefault("needs", {})[keeper] = {}
        d.raw["gates"][f"G{d.n + 1}"]["decides"] = {"by": keeper}


def f13(d: Draft) -> None:
    cost, limit = d.fact("cost", "number"), d.name("limit")
    d.raw["facts"][limit] = {"type": "number", "value": str(d.rng.randint(1, 900))}
    large = {"when": {"fact": cost, "above": {"fact": limit}}, "use": "lead"}
    d.gate["decides"] = {"by": {"choose": {"large": large, "otherwise": {"use": "sponsor"}}}}


def f14(d: Draft) -> None:
    d.gate.setdefault("advises", {})[d.name("heard")] = {"by": d.role("expert")}


def f15(d: Draft) -> None:
    board = d.role("board", kind="body", seats={"at_least": 3})
    quorum = d.rng.choice(["majority", "all", "2", "60 percent"])
    one = {"role": board, "quorum": quorum, "blind": d.rng.random() < 0.5}
    d.gate["decides"] = {"by": d.rng.choice([one, {"each": [one, "sponsor"]},
                                             {"any": [one, "sponsor"]}])}  # fmt: skip


def f16(d: Draft) -> None:
    d.needs[d.paper("contract", approves="sponsor")] = {"status": "signed"}


def f17(d: Draft) -> None:
    first = d.paper("base")
    d.needs[first] = {"newer_than": "entry"}
    d.needs[d.paper("derived", **{"from": [first], "replaces": first})] = {}


def f18(d: Draft) -> None:
    d.outcomes["go"].setdefault("needs", {})[d.paper("directive")] = {"due": "decision"}


def f19(d: Draft) -> None:
    posted, force = d.name("posted"), d.name("force")
    court = d.role("council", kind="body", seats={"at_least": 2}, needs={
        posted: {"opens": "decision", "do": said("Post it"), "by": "lead"},
        force: {"title": said("In force"), "opens": posted, "by": "lead",
                "done": {"passed": f"3 statutory weeks after {posted}"},
                "blocks": d.rng.choice(["move", "none"])},
    })  # fmt: skip
    d.gate["decides"] = {"by": {"role": court, "quorum": "majority"}}


def f20(d: Draft) -> None:
    quiet = d.name("quiet")
    done = {"passed": "2 weeks after decision"}
    wait = {"title": said("Quiet"), "done": done, "blocks": "move"}
    d.outcomes["go"].setdefault("needs", {})[quiet] = wait
    d.raw["gates"][d.name("challenge")] = {
        "title": said("Challenge"),
        "in": d.here,
        "opens": {"by": "lead"},
        "when": {"need": f"G{d.n}/{quiet}", "is": "open"},
        "blocks": "move",
        "decides": {"by": "sponsor"},
        "outcomes": {"rejected": {}, "upheld": {"again": {"gate": f"G{d.n}", "ask": "unmet"}}},
    }


def f21(d: Draft) -> None:
    body = d.role("panel", kind="body", seats={"at_least": 2}, meets=d.name("panel"))
    d.gate["decides"] = {"by": {"role": body, "quorum": "majority"}}
    d.needs[d.paper("agenda")] = {"due": "2 weeks before meeting"}


def f22(d: Draft) -> None:
    f21(d)
    d.raw["roles"][d.name("panel")]["notice"] = "1 week"
    d.needs[d.name("book")] = {"do": said("Book it"), "by": "lead", "due": "3 weeks before meeting"}


def f23(d: Draft) -> None:
    last = f"G{len(d.phases) - 1}"
    effects, check = d.name("effects"), d.name("check")
    opens = {"when": {"gate": last, "outcome": _completing(d, last)}}
    d.raw["phases"][effects] = {"title": said("Effects"), "opens": opens}
    d.raw["gates"][check] = {
        "title": said("Check"),
        "in": effects,
        "opens": {"at": {"half": f"6 months after {last}", "year": f"12 months after {last}"}},
        "decides": {"by": "sponsor"},
        "outcomes": {"more": {"when": {"none": [{"gate": check, "times": 1}]}},
                     "done": {"end": "completed"}, "drop": {"end": "stopped"}},
    }  # fmt: skip


def f24(d: Draft) -> None:
    phase = d.raw["phases"][d.here]
    phase["starts"] = {"smartby-prosjekt": {}}
    goal = {"title": said("Goal"), "by": "lead", "blocks": f"G{d.n}",
            "done": {"projects": "smartby-prosjekt", "at_least": d.rng.randint(1, 6)}}  # fmt: skip
    phase.setdefault("needs", {})[d.name("goal")] = goal


def f25(d: Draft) -> None:
    d.gate.setdefault("criteria", {})[d.name("rank")] = {"question": said("Rank?"), "weight": 1}
    d.outcomes["not_now"] = {"again": "unmet"}
    d.gate["round"] = {"opens": {"spring": "1 April", "autumn": "1 October"}, "takes": 3,
                       "ranks": "score", "ties": "decider", "rest": "not_now"}  # fmt: skip


def f26(d: Draft) -> None:
    d.needs[d.paper("formal")] = {"waives": "sponsor"}


def f27(d: Draft) -> None:
    d.raw["phases"][d.here]["was"] = [f"old_{d.here}"]


def f28(d: Draft) -> None:
    d.gate["help"] = said("Is it ready?")


def f29(d: Draft) -> None:
    d.outcomes["pause"] = {"hold": d.rng.choice(["60 days", {"at_most": "60 days", "times": 2}])}


def f30(d: Draft) -> None:
    if d.n:
        d.outcomes["back"] = {"turn": d.phases[: d.n] if d.n > 1 else d.phases[0]}


def f31(d: Draft) -> None:
    d.gate["basis"] = {"kind": "inferred", "help": said("We think so.")}


def f32(d: Draft) -> None:
    judge = d.role("judge", needs={
        d.name("oath"): {"each": "member", "do": said("Declare your interests")},
    })  # fmt: skip
    d.gate["decides"] = {"by": {"role": judge, "excludes": ["conflicted", "submitter"]}}


def f33(d: Draft) -> None:
    if not d.is_last:
        party = d.role("parties", kind="party", seats={"at_least": 2})
        d.outcomes["go"].setdefault("needs", {})[party] = {}


FEATURES: Final[dict[int, Callable[[Draft], None]]] = dict(enumerate(
        (f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20,
         f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31, f32, f33), 1))  # fmt: skip
DECIDERS: Final = frozenset({12, 13, 15, 19, 21, 22, 32})  # each says who decides: one a gate
APPOINTS: Final = 12
ONCE: Final = frozenset({9, 23})  # they look at how the last gate ends, so they come last
MOST_FEATURES: Final = 4


def grow(seed: int) -> tuple[Plain, frozenset[int]]:
    """A sound method, and the features it has."""
    rng = Random(seed)
    draft = ground(rng)
    taken: set[int] = set()
    for n in range(len(draft.phases)):
        draft.n = n
        free = [f for f in FEATURES if f not in ONCE and not (f in DECIDERS and n in taken)]
        chosen = rng.sample(free, rng.randint(1, MOST_FEATURES))
        for number in sorted(chosen, key=lambda number: number == APPOINTS):
            if number in DECIDERS and n in taken:
                continue
            if number in DECIDERS:
                taken |= {n, n + 1} if number == APPOINTS else {n}
            _add(draft, number)
    for number in ONCE:
        if rng.random() < 0.3:
            draft.n = 0
            _add(draft, number)
    return draft.raw, frozenset(draft.features)


def _add(draft: Draft, number: int) -> None:
    """A feature that finds no room, such as a skip at the end, leaves no trace."""
    before = repr(draft.raw)
    FEATURES[number](draft)
    if repr(draft.raw) != before:
        draft.features.add(number)
