"""What a project keeps of its moves from one version of its method to another: values only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum


class Policy(StrEnum):
    """What becomes of running deadlines: the day stays; the time that has passed counts towards the
    new period; the new period begins with the move.
    """

    KEEP = "keep"
    REMAINING = "remaining"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Migration:
    """A move from one version (`left`) to another; `undone`: when it was taken back.

    `renamed`: what is called otherwise since, as "kind/old" to the new id; `keys`: of what is owed,
    those that the names alone do not tell.
    """

    at: datetime
    by: str
    left: str
    method: str
    version: str
    policy: Policy
    reason: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    undone: datetime | None = None
    keys: Mapping[str, str] = field(default_factory=dict)

    def called(self, kind: str, name: str) -> str:
        """What a thing is called since."""
        return self.renamed.get(f"{kind}/{name}", name)

    def inside(self, kind: str, gate: str, name: str) -> str:
        """What an outcome or an advice of a gate is called since; the gate by its name before."""
        return self.called(kind, f"{gate}/{name}").rpartition("/")[2]

    @property
    def roles(self) -> dict[str, str]:
        """The roles that are called otherwise."""
        kinds = ((key.partition("/"), new) for key, new in self.renamed.items())
        return {old: new for (kind, _, old), new in kinds if kind == "role"}

    def reversed(self) -> Migration:
        """The same names the other way round."""
        kinds = ((key.partition("/"), new) for key, new in self.renamed.items())
        back = {f"{kind}/{new}": old for (kind, _, old), new in kinds}
        return replace(self, renamed=back, keys={new: old for old, new in self.keys.items()})

    def owed(self, key: str) -> str:
        """The key of what is owed, as it is since: a need, or a voice at a gate."""
        if key in self.keys:
            return self.keys[key]
        kind, colon, subject = key.partition(":")
        if colon:
            place, rest = re.split(r"(?=[#/])", subject, maxsplit=1)
            if kind == "review":
                return f"{kind}:{self.called('phase', place)}{rest}"
            n, slash, item = rest.partition("/")
            named = self.inside("advice", place, item) if slash else item
            return f"{kind}:{self.called('gate', place)}{n}{slash}{named}"
        head, mark, rest = key.partition("#")
        gate, dot, ref = head.partition(".")
        if dot:  # of a role, at a gate
            return f"{self.called('gate', gate)}.{self.called('need', ref)}{mark}{rest}"
        return f"{self.called('need', head)}{mark}{rest}"


@dataclass(frozen=True, slots=True)
class FixedDay:
    """A due date that a move has set; a hold that begins after `since` moves it."""

    day: date
    since: datetime
