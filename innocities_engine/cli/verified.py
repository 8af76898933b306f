"""Decide how what the verifier found reads: each finding with its place, what to do about it and
the story of a project in which it shows; and what was covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from innocities_engine import wording
from innocities_engine.authoring.diagram import title
from innocities_engine.authoring.verify import children
from innocities_engine.cli import layout
from innocities_engine.cli.console import Console
from innocities_engine.domain import calendar
from innocities_engine.domain.portfolio import spelled

if TYPE_CHECKING:
    from innocities_engine.authoring.verify import Report
    from innocities_engine.authoring.verify.findings import Finding, Line, Params, Story
    from innocities_engine.authoring.verify.roundways import Way
    from innocities_engine.domain.definition import Element, Methodology
    from innocities_engine.language.faults import Mark, Path

    Locate = Callable[[Path], Mark]


def plain(console: Console, report: Report, locate: Locate) -> dict[str, Any]:
    """The report as data, with its sentences in the reader's language."""
    return {
        "sound": report.sound,
        "undecided": list(report.undecided),
        "covered": _covered(report),
        "granted": [spelled(test) for test in children.counted(report.world.method)],
        "team": {role: len(people) for role, people in report.team.people.items()},
        "findings": [_plain_finding(console, report, f, locate) for f in report.findings],
        "ways_round": [
            *(
                {"kind": w.kind, "path": ".".join(w.path), "gate": w.gate, "detail": w.detail}
                for w in report.ways_round
            ),
            {"kind": "override", "path": "", "gate": "", "detail": ""},  # of any gate
        ],
    }


def _covered(report: Report) -> dict[str, int]:
    return {
        "states": report.states,
        "ways": report.ways,
        "rules": report.rules,
        "days": report.days,
    }


def _plain_finding(
    console: Console, report: Report, finding: Finding, locate: Locate
) -> dict[str, Any]:
    method, zone = report.world.method, report.world.inputs.calendar.zone
    mark = locate(finding.path)
    story = finding.story
    told = list(_story(console, method, story, zone)) if story else []
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "kind": finding.kind,
        "path": finding.place,
        "file": mark.file,
        "line": mark.line,
        "column": mark.column,
        "message": _message(console, method, finding),
        "hint": console.say(f"mend.{finding.kind}"),
        "story": [{"day": day, "told": said} for day, said in told],
        "commands": len(story.steps) if story else 0,
    }


# ---------------------------------------------------------------- on a screen


def told(console: Console, report: Report, locate: Locate) -> Iterator[str]:
    """Every finding, then the verdict and what it rests on."""
    method = report.world.method
    for finding in report.findings:
        yield from _finding(console, report, finding, locate)
    yield from layout.paragraph(verdict(console, report))
    covered = console.counted(**_covered(report))
    yield from layout.paragraph(console.say("verify.covered", **covered))
    yield from _granted(console, method)
    yield from layout.paragraph(console.say("verify.team", team=_team(console, report)))
    yield console.say("verify.round_gates")
    for way in dict.fromkeys(_way(console, method, way) for way in report.ways_round):
        yield from layout.paragraph(way, 2, 2)
    yield from layout.paragraph(console.say("verify.override"), 2, 2)


def _granted(console: Console, method: Methodology) -> Iterator[str]:
    """What no walk shows: how far the projects get that this one starts."""
    counted = {test.method: None for test in children.counted(method)}
    if counted:
        said = wording.listed(console.language, list(counted))
        yield from layout.paragraph(console.say("verify.granted", methods=said))


def verdict(console: Console, report: Report) -> str:
    method = report.world.method
    errors = sum(f.severity == "error" for f in report.findings)
    counts = console.counted(errors=errors, warnings=len(report.findings) - errors)
    if errors:
        return console.say("verify.unsound", id=method.id, version=method.version, **counts)
    if report.undecided:
        rules = ", ".join(report.undecided)
        return console.say("verify.undecided", id=method.id, version=method.version, rules=rules)
    return console.say("verify.sound", id=method.id, version=method.version)


def _team(console: Console, report: Report) -> str:
    method = report.world.method
    return ", ".join(
        _named(console, method, method.roles[role]) if len(people) == 1
        else console.say("verify.seats", role=_named(console, method, method.roles[role]),
                         n=len(people))
        for role, people in report.team.people.items()
    )  # fmt: skip


def _way(console: Console, method: Methodology, way: Way) -> str:
    detail = _titles(console, method, {"detail": way.detail})["detail"]
    gate = _titles(console, method, {"gate": way.gate})["gate"]
    return console.say(f"verify.{way.kind}", gate=gate, detail=detail)


def _finding(console: Console, report: Report, finding: Finding, locate: Locate) -> Iterator[str]:
    method, zone = report.world.method, report.world.inputs.calendar.zone
    mark = locate(finding.path)
    where = f"{mark.file}:{mark.line}:{mark.column}:" if mark.file else ""
    severity = console.say(f"verify.{finding.severity}")
    yield from layout.placed(where, f"{severity}: {finding.place} [{finding.rule}]")
    yield from layout.paragraph(_message(console, method, finding), 2)
    yield from layout.paragraph(console.say(f"mend.{finding.kind}"), 2)
    if finding.story is not None:
        yield f"  {console.say('verify.story')}"
        for day, said in _story(console, method, finding.story, zone):
            lead = (
                f"{wording.short_day(console.language, date.fromisoformat(day))}: " if day else ""
            )
            yield from layout.paragraph(f"{lead}{said}", 4, 2)
    yield ""


def _message(console: Console, method: Methodology, finding: Finding) -> str:
    return console.say(f"flaw.{finding.kind}", **_titles(console, method, finding.params))


def _story(
    console: Console, method: Methodology, story: Story, zone: str
) -> Iterator[tuple[str, str]]:
    """Each sentence with its day, and the last one for what is so then."""
    for line in story.lines:
        day = calendar.local_date(zone, line.at)
        yield "" if line.kind == "wait" else day.isoformat(), _line(console, method, line)
    said = _titles(console, method, story.claim.params)
    yield "", console.say(f"story.{story.claim.kind}", **said)


def _line(console: Console, method: Methodology, line: Line) -> str:
    said = _titles(console, method, {"phase": method.main_root, **line.params})
    name = line.kind
    if name == "decide" and "answers" in line.params:
        name = "decide_answers"
    return console.say(f"story.{name}", **said)


def _titles(console: Console, method: Methodology, params: Params) -> Mapping[str, str]:
    """Ids by the titles people know them by."""
    found = {name: _said(console, method, name, value) for name, value in params.items()}
    if "gate" in params and "outcome" in params:
        outcome = method.gates[params["gate"]].outcomes[params["outcome"]]
        found["outcome"] = title(method, outcome, console.language)
    return found


def _said(console: Console, method: Methodology, name: str, value: str) -> str:
    if name == "day":
        return wording.short_day(console.language, date.fromisoformat(value))
    if name == "need":
        return _need(console, method, value)
    if name == "others":
        named = [
            console.say("words.quoted", text=_need(console, method, ref))
            for ref in value.split(", ")
        ]
        return wording.listed(console.language, named)
    if name == "answers":
        return ", ".join(_answer(console, method, said) for said in value.split("; "))
    if name == "gate" or (name == "source" and value in method.gates):
        return f"{value} {title(method, method.gates[value], console.language)}"
    kinds: tuple[Mapping[str, Element], ...] = (method.phases, method.roles, method.artefacts)
    for kind in kinds:
        if value in kind:
            return _named(console, method, kind[value])
    return value


def _answer(console: Console, method: Methodology, said: str) -> str:
    """The question and what was answered."""
    fact, _, value = said.partition("=")
    asked = method.facts[fact].question or method.facts[fact].title
    question = asked.get(console.language) or next(iter(asked.values()), fact)
    words = {"true": console.say("words.yes"), "false": console.say("words.no")}
    return f"{question} {words.get(value, value)}"


def _need(console: Console, method: Methodology, ref: str) -> str:
    """The need by its title; a written one has none but its key."""
    key = ref.partition("#")[0].rpartition("/")[2]
    for need in method.all_needs:
        if need.id == key:
            thing = method.artefacts.get(need.of) or method.roles.get(need.of)
            own = need.title or need.do or (thing.title if thing else {})
            return own.get(console.language) or next(iter(own.values()), key)
    return key


def _named(console: Console, method: Methodology, element: Element) -> str:
    return title(method, element, console.language)
