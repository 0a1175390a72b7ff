"""So many calls a minute and no more, evenly spaced."""

import threading
import time
from collections.abc import Callable

from calendar_watch.errors import TryLaterError


class RateLimiter:
    """Shared by all threads of an instance: never more than `per_minute` turns in any sixty seconds.

    A second's worth of turns may be taken at once after a rest. The bookkeeping is one number, the moment at which the
    next turn falls due (the generic cell rate algorithm, https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
    """

    def __init__(
        self,
        per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ):
        burst = max(1, per_minute // 60)
        self._spacing = 60 / (per_minute - burst + 1)
        self._slack = self._spacing * (burst - 1)
        self._next = clock()
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()

    def take_turn(self, allowed: float) -> None:
        """Wait for a turn; raise TryLaterError at once, and take none, where that takes over `allowed` seconds."""
        self._sleep(self._reserve(allowed))

    def _reserve(self, allowed: float) -> float:
        with self._lock:
            now = self._clock()
            turn = max(self._next, now - self._slack)
            wait = max(0.0, turn - now)
            if wait > allowed:
                raise TryLaterError(f"our own rate limit leaves no call to Google for {wait:.1f} s", after=wait)
            self._next = turn + self._spacing
        return wait
