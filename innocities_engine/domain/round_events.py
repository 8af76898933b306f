"""What has happened to a round, which is no project: it has a record of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from innocities_engine.domain.happening import Happening
from innocities_engine.domain.project import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOpened(Happening):
    """From now on these passages, by project, are taken together."""

    round: str
    method: str
    gate: str
    n: int
    passages: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTaken(Happening):
    """`outcomes`, `places` and `values` by project; `departed`: the ranking was not followed, for
    the reason that stands with it; `left`: those that were no longer there.
    """

    round: str
    outcomes: Mapping[str, str]
    taken: tuple[str, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    takes: int = 0
    left: tuple[str, ...] = ()
    departing: str = ""
    departed: bool = False
    ranking: str = ""
    recorded: Recorded | None = None
