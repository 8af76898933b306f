"""A project played through the oracle: a clock that only moves on, and short questions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle import Oracle, Reminder

OSLO = ZoneInfo("Europe/Oslo")
MONDAY = date(2026, 1, 5)


class Play:
    """Starts on Monday 5 January 2026 at nine; each command comes a minute after the last."""

    def __init__(self, definition: dict[str, Any], **calendar: Any) -> None:
        inputs = {"zone": "Europe/Oslo", "country": "NO"} | calendar
        self.oracle = Oracle(definition, **inputs)
        self.now = datetime.combine(MONDAY, time(9), OSLO).astimezone(UTC)

    def start(self, **members: list[str]) -> Play:
        assert self.does("anna", "start", members=members) == "accepted"
        return self

    def on(self, day: str, hour: int = 9) -> Play:
        self.now = datetime.combine(date.fromisoformat(day), time(hour), OSLO).astimezone(UTC)
        return self

    def does(self, actor: str, do: str, **fields: Any) -> str | set[str]:
        """The verdict on a command: "accepted", or the codes of the refusal."""
        self.now += timedelta(minutes=1)
        verdict = self.oracle.apply({"do": do} | fields, self.now, actor)
        return "accepted" if verdict.accepted else set(verdict.codes)

    def shown(self) -> dict[str, Any]:
        return self.oracle.observe(self.now)

    def track(self, root: str) -> tuple[str, str | None]:
        shown = self.shown()["tracks"][root]
        return shown["status"], shown["phase"]

    def gate(self, gate: str) -> list[tuple[str, str | None]]:
        return [(p["status"], p["outcome"]) for p in self.shown()["gates"][gate]]

    def needs(self, ref: str, **which: Any) -> list[str]:
        return [
            need["status"]
            for need in self.shown()["needs"]
            if need["need"] == ref and all(need[k] == v for k, v in which.items())
        ]

    def due(self, ref: str) -> str | None:
        found = [need["due"] for need in self.shown()["needs"] if need["need"] == ref]
        return str(found[-1]) if found and found[-1] else None

    def overdue(self, ref: str) -> list[bool]:
        return [need["overdue"] for need in self.shown()["needs"] if need["need"] == ref]

    def blockers(self, gate: str, outcome: str | None = None) -> set[tuple[str, str]]:
        return set(self.oracle.review(gate, self.now, outcome))

    def versions(self, artefact: str) -> list[str]:
        return [v["status"] for v in self.shown()["versions"].get(artefact, [])]

    def reminders(self, until: str) -> list[Reminder]:
        last = datetime.combine(date.fromisoformat(until), time(12), OSLO)
        return self.oracle.reminders(self.now, last.astimezone(UTC))


def phases(*names: str) -> dict[str, Any]:
    """A main track whose first phase opens at the start."""
    return {name: {"opens": "start", "main": "true"} if name == names[0] else {} for name in names}
