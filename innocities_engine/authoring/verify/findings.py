"""What the verifier has to say: what is wrong or cannot be said, where, and the story of a project
in which it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from innocities_engine.domain.commands import Command
from innocities_engine.language.faults import Path

Params: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """A command somebody gives."""

    at: datetime
    by: str
    command: Command


@dataclass(frozen=True, slots=True)
class Line:
    """What happens, in a sentence of the story, and the commands it stands for."""

    kind: str
    params: Params
    at: datetime
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """What must be so at the end of the story for it to be a counter-example.

    stuck: `gate` cannot be decided `outcome`, for a reason named in `codes`; pending: what was
    decided on `track` does not come about however long one waits; locked: no gate offers anything
    but to go on; idle: `track` has not ended; vacant: nobody holds `role`; overlap, gap: of the
    alternatives at the finding's path; late: `need` is due after `gate` is; past: the gate
    `source` was decided, and the thing at the finding's path, which counts from it, is over.
    """

    kind: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    lines: tuple[Line, ...]
    claim: Claim

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for line in self.lines for step in line.steps)


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule`: V1 … V9. `kind` names its sentence; `path` is a path of ids into the method."""

    rule: str
    kind: str
    path: Path
    params: Params = field(default_factory=dict)
    severity: str = "error"
    story: Story | None = None

    @property
    def place(self) -> str:
        return ".".join(self.path)
