"""Small definitions to say rules with: a method that is right, and ways to change one thing."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from innocities_engine import library
from innocities_engine.domain.definition import Gate, Methodology, Need
from innocities_engine.language.faults import Fault

EXAMPLES = Path(__file__).parent / "examples"

HEAD = """\
schema: innocities/methodology/1
id: m
version: 1.0.0
languages: [en]
title: {en: M}
calendar: {country: NO}
"""
ROLES = """\
roles:
  boss: {title: {en: Boss}}
  clerk: {title: {en: Clerk}}
  board: {title: {en: Board}, kind: body, meets: board}
"""
PAPERS = """\
artefacts:
  paper: {title: {en: Paper}, by: clerk, template: templates/paper.md}
"""
FACTS = """\
facts:
  cost: {type: money, currency: NOK, question: {en: "What does it cost?"}}
  limit: {type: money, currency: NOK, value: 100}
  big: {type: yes_no, question: {en: "Is it big?"}}
  target: {type: date, question: {en: "When?"}}
  pace: {type: duration, question: {en: "How often?"}}
"""
PHASES = """\
phases:
  only: {title: {en: Only}, opens: start}
"""
GATES = """\
gates:
  G1:
    title: {en: Gate}
    in: only
    decides: {by: boss}
    outcomes: {done: {end: completed}, stop: {end: stopped}}
"""
LADDERS = """\
ladders:
  papers: {early: {at: 3 days before due, to: [owner]}}
"""
BASE = HEAD + ROLES + FACTS + PAPERS + PHASES + GATES + LADDERS


@dataclass(frozen=True)
class Checked:
    """What came of a text."""

    method: Methodology | None
    faults: tuple[Fault, ...]
    lines: tuple[str, ...]

    @property
    def errors(self) -> list[Fault]:
        return [f for f in self.faults if f.severity == "error"]

    @property
    def codes(self) -> list[str]:
        return [f.code for f in self.errors]

    @property
    def warned(self) -> list[str]:
        return [f.code for f in self.faults if f.severity == "warning"]

    @property
    def fault(self) -> Fault:
        """The one error, which must be alone."""
        [only] = self.errors
        return only

    @property
    def pointed(self) -> str:
        """The text from where the one error points to the end of its line."""
        return self.lines[self.fault.line - 1][self.fault.column - 1 :]

    @property
    def good(self) -> Methodology:
        assert self.method is not None, "\n".join(map(str, self.faults))
        return self.method

    def gate(self, name: str = "G1") -> Gate:
        return self.good.gates[name]

    def need(self, key: str, outcome: str = "") -> Need:
        gate = self.gate()
        return gate.outcomes[outcome].needs[key] if outcome else gate.needs[key]


def check(*texts: str) -> Checked:
    """Read the last text; it may extend the others."""
    with tempfile.TemporaryDirectory() as folder:
        for text in texts:
            path = Path(folder) / told("id", text) / f"{told('version', text)}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        method, faults = library.check(path, library.Library((Path(folder),)))
    return Checked(method, faults, tuple(texts[-1].splitlines()))


def told(key: str, text: str) -> str:
    found = re.search(rf'^{key}: "?([^"\n\0]+)"?', text, re.MULTILINE)
    return found[1].strip() if found else "none"


def check_bytes(data: bytes) -> tuple[Fault, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m" / "1.0.0.yaml"
        path.parent.mkdir()
        path.write_bytes(data)
        return library.check(path)[1]


def changed(old: str, new: str) -> str:
    """The small method with one thing written differently."""
    assert BASE.count(old) == 1, f"{old!r} stands {BASE.count(old)} times in the small method"
    return BASE.replace(old, new)


def with_gate(*lines: str) -> Checked:
    """The small method, whose gate says these lines too; a line may replace what it said."""
    said = {
        "title": "title: {en: Gate}",
        "in": "in: only",
        "decides": "decides: {by: boss}",
        "outcomes": "outcomes: {done: {end: completed}, stop: {end: stopped}}",
    }
    for line in lines:
        said[line.partition(":")[0]] = line
    body = "".join(f"    {line}\n" for line in said.values())
    return check(BASE.replace(GATES, f"gates:\n  G1:\n{body}"))


def with_need(need: str, *lines: str) -> Checked:
    """The small method, whose gate asks for this."""
    return with_gate(f"needs: {{{need}}}", *lines)


def with_fact(fact: str) -> Checked:
    return check(BASE.replace(FACTS, FACTS + f"  {fact}\n"))


def with_phases(text: str, gates: str = GATES) -> Checked:
    return check(BASE.replace(PHASES, f"phases:\n{text}").replace(GATES, gates))


def overlay(*operations: str, name: str = "o", extends: str = "m", languages: str = "en") -> str:
    listed = "".join(f"      - {operation}\n" for operation in operations)
    changes = (
        f"changes:\n  - id: C-1\n    reason: {{en: Because.}}\n    operations:\n{listed}"
        if operations
        else "changes: []\n"
    )
    return (
        f"schema: innocities/overlay/1\nid: {name}\nversion: 1.0.0\nlanguages: [{languages}]\n"
        f"extends: {{id: {extends}, version: 1.0.0}}\n{changes}"
    )


def resolved(*texts: str) -> dict[str, Any]:
    """The resolved form of the last text."""
    with tempfile.TemporaryDirectory() as folder:
        for text in texts:
            path = Path(folder) / told("id", text) / f"{told('version', text)}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return library.resolved(path, library=library.Library((Path(folder),)))
