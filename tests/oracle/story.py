"""A shipped scenario played through the oracle: its `when` as commands, its `then` as questions.

Reads the scenario files as `methodology/README.md` describes them. Sentences about notices (`told`),
about counts and about when a decision is due are not the oracle's business and are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from innocities_engine import library
from tests.oracle import Oracle, Substitute, Verdict

SCENARIOS = Path(__file__).parents[2] / "methodology" / "scenarios"
ZONE = ZoneInfo("Europe/Stockholm")
PASSED_OVER = ("told", "decision_due", "decision", "count")

Spec = dict[str, Any]


@dataclass
class Story:
    """A scenario with everything that it goes on from, in one piece."""

    name: str
    head: Spec
    people: Spec = field(default_factory=dict)
    meetings: dict[str, list[date]] = field(default_factory=dict)
    substitutes: list[Spec] = field(default_factory=list)
    steps: list[Spec] = field(default_factory=list)


def read(name: str, mark: str | None = None) -> Story:
    """The story until a mark, with what came before it."""
    text = YAML(typ="safe").load(SCENARIOS / f"{name}.yaml")
    after = text.get("after")
    story = read(after["scenario"], after["mark"]) if after else Story(name, text)
    story.name = name
    # What came before is asked about in its own story; here it only has to happen again.
    story.steps = [s for s in story.steps if "when" in s or "refused" in s["then"]]
    story.people |= text.get("people") or {}
    story.substitutes += text.get("substitutes") or []
    for body, days in (text.get("meetings") or {}).items():
        story.meetings.setdefault(body, []).extend(days)
    for step in text["steps"]:
        if mark is not None and step.get("mark") == mark:
            break
        if "mark" not in step:
            story.steps.append(step)
    return story


def names() -> list[str]:
    return sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


class Telling:
    """Plays a story and collects the sentences that are not true."""

    def __init__(self, story: Story, definition: Spec) -> None:
        self.story, self.definition = story, definition
        self.oracle = Oracle(
            definition,
            zone=ZONE.key,
            country=definition["calendar"]["country"],
            meetings=story.meetings,
            substitutes=[
                Substitute(s["person"], s["substitute"], s["first"], s["last"])
                for s in story.substitutes
            ],
        )
        self.main = next(p for p, s in definition["phases"].items() if s.get("opens") == "start")
        self.now = noon(story.head["today"])
        self.untrue: list[str] = []
        self.verdicts: list[Verdict] = []
        self.last_decision: tuple[str, str] | None = None
        self.started: list[Telling] = []
        self.todo: list[Spec] = []

    def tell(self) -> list[str]:
        self.does("somebody", {"do": "start", "members": self.story.people})
        following = [*self.story.steps[1:], {}]
        for step, after in zip(self.story.steps, following, strict=True):
            if "then" in step:
                self.must(step["then"])
            else:
                self.verdicts = []
                self.happens(dict(step["when"]))
                self.judge(step, "refused" in after.get("then", {}))
        return self.untrue

    def judge(self, step: Spec, refused: bool) -> None:
        accepted = bool(self.verdicts) and all(v.accepted for v in self.verdicts)
        if accepted == refused and "day" not in step["when"]:
            codes = [sorted(v.codes) for v in self.verdicts]
            self.untrue.append(f"{step['when']}: {'accepted' if accepted else codes}")

    def does(self, actor: str, command: Spec) -> Verdict:
        self.now += timedelta(seconds=10)
        verdict = self.oracle.apply(command, self.now, actor)
        self.verdicts.append(verdict)
        return verdict

    # When

    def happens(self, when: Spec) -> None:
        self.passes(when)
        if "day" in when:
            self.does("time", {"do": "tick"})
            return
        if "start" in when:
            self.started += [going_as(when["goes_as"]) for _ in when["start"]]
            self.does("time", {"do": "tick"})
            return
        actor = str(when.get("recorded_by", when.get("by")))
        extra: Spec = {}
        if "recorded_by" in when:
            extra = {"recorded": True, "present": when["present"]}
        for command in commands(when, self.definition):
            self.does(actor, command | extra)
            if command["do"] == "decide":
                self.last_decision = command["gate"], command["outcome"]
        if "rate" in when:
            own = [v for v in self.verdicts if not v.codes & {"not_entitled", "wrong_state"}]
            self.verdicts = own if "all" in when["rate"] else self.verdicts

    def passes(self, when: Spec) -> None:
        """Time passes, and stops on each day on which a started project goes on."""
        until = max(self.now, noon(when.get("day") or when.get("on") or self.now.date()))
        days = {noon(day_of(step)) for other in self.started for step in other.todo}
        for instant in sorted({day for day in days if self.now < day <= until} | {until}):
            self.now = instant
            for other in self.started:
                other.goes_on(instant)
            self.oracle.sees(other.oracle for other in self.started)
            if instant < until:
                self.does("time", {"do": "tick"})

    def goes_on(self, until: datetime) -> None:
        """Do what is told until then."""
        while self.todo and noon(day_of(self.todo[0])) <= until:
            self.happens(self.todo.pop(0))

    # Then

    def must(self, then: Spec) -> None:
        questions: dict[str, Callable[[Spec], bool]] = {
            "rung": self.reminds,
            "refused": self.refused,
            "phase": self.phase,
            "track": self.track,
            "gate": self.gate,
            "outcomes": self.outcomes,
            "need": self.need,
            "due": self.due,
            "review": self.review,
            "artefact": self.artefact,
            "role": self.role,
        }
        asked = next((word for word in questions if word in then), None)
        if asked is None:
            assert {*PASSED_OVER, "fact"} & set(then), then
        elif not questions[asked](then):
            self.untrue.append(str(then))

    def shown(self) -> Spec:
        return self.oracle.observe(self.now)

    def shown_track(self, name: str) -> Spec:
        found: Spec = self.shown()["tracks"][self.main if name == "main" else name]
        return found

    def phase(self, then: Spec) -> bool:
        return bool(self.shown_track(then.get("track", "main"))["phase"] == then["phase"])

    def track(self, then: Spec) -> bool:
        status = self.shown_track(then["track"])["status"]
        if then["is"] == "ended":
            return status == then.get("as", status) and status in ("completed", "stopped")
        return bool(status == then["is"])

    def review(self, then: Spec) -> bool:
        return bool(self.shown_track(then["review"])["review"] == then["is"].isoformat())

    def gate(self, then: Spec) -> bool:
        passages = self.shown()["gates"][then["gate"]]
        if "instance" in then:
            passages = [p for p in passages if p["n"] == then["instance"]]
        status = passages[-1]["status"] if passages else "dormant"
        if then["is"] not in ("shut", "ready"):
            return bool(status == then["is"])
        why = self.why(then["gate"], then.get("for"))
        named = set(then.get("because", ())) <= why and set(then.get("only", why)) == why
        return status == "open" and named and (then["is"] == "ready") == (not why)

    def why(self, gate: str, outcome: str | None) -> set[str]:
        """The last names of what holds a gate shut."""
        return {s.split("/")[-1] for _, s in self.oracle.review(gate, self.now, outcome)}

    def refused(self, then: Spec) -> bool:
        codes = {code for verdict in self.verdicts for code in verdict.codes}
        if not then["refused"] or self.last_decision is None or "carry_missing" in codes:
            return True
        return set(then["refused"]) <= self.why(*self.last_decision) or "wrong_state" in codes

    def outcomes(self, then: Spec) -> bool:
        return set(self.oracle.offered(then["outcomes"], self.now)) == set(then["are"])

    def need(self, then: Spec) -> bool:
        need = self.instance(then["need"])
        flags = {"overdue": "overdue", "handed in": "handed_in"}
        if then["is"] in flags:
            return bool(need[flags[then["is"]]])
        return bool(need["status"] == then["is"])

    def due(self, then: Spec) -> bool:
        return (self.instance(then["due"])["due"] or "none") == str(then["is"])

    def instance(self, ref: str) -> Spec:
        """The oldest instance that is open, else the newest."""
        place, key = ref.split("/") if "/" in ref else (None, ref)
        found: list[Spec] = [
            n for n in self.shown()["needs"]
            if n["need"].split("/")[1] == key
            and (place in (None, n["need"].split("/")[0]) or place in self.definition["roles"])
        ]  # fmt: skip
        return next((n for n in found if n["status"] == "open"), found[-1])

    def artefact(self, then: Spec) -> bool:
        return bool(self.shown()["versions"][then["artefact"]][-1]["status"] == then["is"])

    def role(self, then: Spec) -> bool:
        return bool(self.shown()["members"].get(then["role"]) == then["is"])

    def reminds(self, then: Spec) -> bool:
        """Whether a rung falls on its day and goes to exactly these roles."""
        if "decision" in then:
            about = f"{then['decision']}:decides"
        else:
            about = f"{self.main}:review" if "review" in then else str(then["reminder"])
        first = datetime.combine(then["on"], time(0), ZONE).astimezone(UTC)
        last = max(self.now, first + timedelta(hours=12))
        found = self.oracle.reminders(first - timedelta(seconds=1), last)
        roles = {
            r.role for r in found
            if r.obligation.startswith(f"{about}#") and r.rung.split("/")[0] == then["rung"]
            and r.at.astimezone(ZONE).date() == then["on"]
        }  # fmt: skip
        return roles == set(then["to"])


def going_as(name: str) -> Telling:
    """A project that has just begun and goes on as another story tells."""
    story = read(name)
    telling = Telling(story, library.resolved(story.head["methodology"]["id"]))
    telling.does("somebody", {"do": "start", "members": story.people})
    day = story.head["today"]
    for step in story.steps:
        if "when" in step:
            day = day_of(step["when"]) if {"on", "day"} & step["when"].keys() else day
            telling.todo.append(dict(step["when"]) | {"on": day})
    return telling


def day_of(when: Spec) -> date:
    found: date = when.get("day") or when["on"]
    return found


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE).astimezone(UTC)


# Commands


def commands(when: Spec, definition: Spec) -> Iterator[Spec]:
    """The commands of the oracle that one sentence means."""
    do, said = next(iter(when.items()))
    many = said if isinstance(said, list) else [said]
    match do:
        case "submit":
            yield from ({"do": do, "artefact": a, "form": when.get("form") or {}} for a in many)
        case "approve" | "return" | "withdraw":
            yield from ({"do": do, "artefact": a} for a in many)
        case "answer":
            yield from ({"do": do, "fact": f, "value": v} for f, v in said.items())
        case "assign":
            yield from ({"do": do, "role": r, "members": m} for r, m in said.items())
        case "tick_off" | "accept" | "waive":
            which = {"member": when["member"]} if "member" in when else {}
            yield from ({"do": do, "need": ref} | which for ref in many)
        case "rate":
            yield from ratings(said, definition)
        case "extend":
            yield {"do": do, "need": said["need"], "due": said["to"]}
        case "decide":
            yield decision(said, definition)
        case "resume":
            yield {"do": do} if said == "main" else {"do": do, "track": said}
        case "take_back":
            yield {"do": "withdraw_presentation", "gate": said}
        case "advise":
            yield {"do": do} | said
        case _:
            yield {"do": do, "gate": said}


def ratings(said: Spec, definition: Spec) -> Iterator[Spec]:
    for criterion in definition["gates"][said["gate"]].get("criteria") or {}:
        value = said.get(criterion, said.get("all"))
        if value is not None:
            yield {"do": "rate", "gate": said["gate"], "criterion": criterion, "value": value}


def decision(said: Spec, definition: Spec) -> Spec:
    """A decision with what it carries, each in its own field."""
    command: Spec = {"do": "decide"} | {k: v for k, v in said.items() if k in PLAIN}
    command["attach"] = {artefact: {} for artefact in said.get("attach") or ()}
    for key, value in said.items():
        if key in definition["roles"]:
            command.setdefault("appoint", {})[key] = value
        elif key in definition["facts"]:
            command.setdefault("answers", {})[key] = value
        elif key not in (*PLAIN, "attach"):
            command.setdefault("conditions", {})[key] = value
    return command


PLAIN = ("gate", "outcome", "to", "review", "acts")
