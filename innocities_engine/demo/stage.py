"""One simulated clock for many stories: each waits for its instant, and time passes for all.

A story is ordinary code that calls `wait_until`. Each runs in a thread of its own, but only ever
one at a time, in the order of their instants: the threads are there to be stopped in the middle.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

MORNING = time(7, 5, tzinfo=UTC)  # after eight in the Nordic countries, summer and winter


@dataclass(order=True)
class _Player:
    instant: datetime
    number: int
    go: threading.Event = field(compare=False, default_factory=threading.Event)
    failed: BaseException | None = field(compare=False, default=None)


class Stage:
    """The clock, and who waits for which instant. `each_day` does what time brings about."""

    def __init__(self, start: datetime, each_day: Callable[[datetime], None]) -> None:
        self.now = start
        self.each_day = each_day
        self._waiting: list[_Player] = []
        self._paused = threading.Event()
        self._current: _Player | None = None

    def clock(self) -> datetime:
        return self.now

    def play(self, stories: Sequence[Callable[[], None]], rest: timedelta) -> None:
        """Play all stories to their ends, then let `rest` more time pass."""
        for number, story in enumerate(stories):
            player = _Player(self.now, number)
            threading.Thread(target=self._run, args=(player, story), daemon=True).start()
            heapq.heappush(self._waiting, player)
        while self._waiting:
            player = heapq.heappop(self._waiting)
            self.pass_time(player.instant)
            self._let_play(player)
            if player.failed is not None:
                raise player.failed
        self.pass_time(self.now + rest)

    def _let_play(self, player: _Player) -> None:
        self._current = player
        self._paused.clear()
        player.go.set()
        self._paused.wait()

    def _run(self, player: _Player, story: Callable[[], None]) -> None:
        player.go.wait()
        try:
            story()
        except BaseException as fault:  # noqa: BLE001 - told by the thread that plays
            player.failed = fault
        self._paused.set()

    def wait_until(self, instant: datetime) -> None:
        """Called by a story: come back when the clock shows `instant`."""
        player = self._current
        assert player is not None
        player.instant = max(instant, self.now)
        player.go.clear()
        heapq.heappush(self._waiting, player)
        self._paused.set()
        player.go.wait()

    def wait(self, days: int) -> None:
        self.wait_until(self.now + timedelta(days=days))

    def pass_time(self, instant: datetime) -> None:
        """Let morning after morning come until `instant`."""
        while (morning := self._next_morning()) <= instant:
            self.now = morning
            self.each_day(morning)
        self.now = max(self.now, instant)

    def _next_morning(self) -> datetime:
        today = datetime.combine(self.now.date(), MORNING)
        return today if today > self.now else today + timedelta(days=1)
