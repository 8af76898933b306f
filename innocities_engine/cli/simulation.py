"""Decide where the clock of a simulation stands and how it goes on. It never goes back; whether
there is a simulation at all is left to the settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

from innocities_engine import disk

CLOCK: Final = "clock"
A_MOMENT: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Simulation:
    """A clock: where it stands, and the last time that somebody named for it.

    It stands later than that by a moment for each change since.
    """

    stands: datetime
    named: datetime

    @classmethod
    def begin(cls, at: datetime) -> Self:
        return cls(at, at)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The clock of a workspace, if it has one."""
        path = folder / CLOCK
        if not path.exists():
            return None
        lines = path.read_text(encoding="ascii").splitlines()
        return cls(datetime.fromisoformat(lines[0]), datetime.fromisoformat(lines[-1]))

    def write(self, folder: Path) -> None:
        lines = (f"{each.astimezone(UTC).isoformat()}\n" for each in (self.stands, self.named))
        disk.write(folder / CLOCK, "".join(lines).encode("ascii"))

    @property
    def minute(self) -> datetime:
        """The earliest time that may be named: times are shown to the minute."""
        return self.named.replace(second=0, microsecond=0)

    def later(self, named: datetime | None) -> Self:
        """The clock at the next change, for which somebody may have said what time it is.

        The same time may be named as often as one likes, however many changes were made at it;
        still each is later than the one before. Otherwise what came after a decision could not be
        told from what came before.
        """
        after = self.stands + A_MOMENT
        named = max(named or self.named, self.named)
        return type(self)(max(named, after), named)
