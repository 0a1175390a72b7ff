"""So many calls a minute and no more, evenly spaced."""

import threading
import time
from collections.abc import Callable

from calendar_watch.errors import TryLaterError

_SLOWEST = 1 / 16
"""The slowest pace, as a part of what is allowed."""
_RECOVERY = 0.1 / 60
_ONCE_IN = 5.0
"""Seconds: calls that were under way already when it slowed down do not count."""


class RateLimiter:
    """Shared by all threads of an instance: never more than `per_minute` turns in any sixty seconds.

    A second's worth of turns may be taken at once after a rest. The bookkeeping is one number, the moment at which the
    next turn falls due (the generic cell rate algorithm, https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
    Where Google finds us too quick all the same, the pace is halved, and returns by a tenth of `per_minute` a minute:
    the quota belongs to all instances, and what each may take of it is only their share on average.
    """

    def __init__(
        self,
        per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._per_minute = per_minute
        self._pace = 1.0
        self._slowed = float("-inf")
        self._next = clock()
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()

    def take_turn(self, allowed: float) -> None:
        """Wait for a turn; raise TryLaterError at once, and take none, where that takes over `allowed` seconds."""
        self._sleep(self._reserve(allowed))

    def slow_down(self) -> None:
        """Google says that we call too often."""
        with self._lock:
            now = self._clock()
            if now >= self._slowed + _ONCE_IN:
                self._pace = max(_SLOWEST, self._pace_at(now) / 2)
                self._slowed = now

    def _pace_at(self, now: float) -> float:
        return min(1.0, self._pace + (now - self._slowed) * _RECOVERY)

    def _reserve(self, allowed: float) -> float:
        with self._lock:
            now = self._clock()
            spacing, slack = _bounds(self._per_minute * self._pace_at(now))
            turn = max(self._next, now - slack)
            wait = max(0.0, turn - now)
            if wait > allowed:
                error = TryLaterError(f"our own rate limit leaves no call to Google for {wait:.1f} s", after=wait)
                raise error.with_answer(0, "ourRateLimit")
            self._next = turn + spacing
        return wait


def _bounds(per_minute: float) -> tuple[float, float]:
    """Seconds between two turns, and how far turns may be saved up."""
    burst = max(1, int(per_minute // 60))
    spacing = 60 / (per_minute - burst + 1)
    return spacing, spacing * (burst - 1)
