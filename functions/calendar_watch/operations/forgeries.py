"""Forged messages in the log: a line a second at most, with how many it stands for, so that a flood buys no log."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from calendar_watch.log import event

_PAUSE = timedelta(seconds=1)


class Forgeries:
    """One instance's. What a line does not tell, a later one does: with the next message, genuine or not, or `tell`."""

    def __init__(self, clock: Callable[[], datetime]):
        self._clock = clock
        self._untold = 0
        self._channel_id = ""
        self._quiet_until = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()

    def add(self, channel_id: str) -> None:
        with self._lock:
            self._untold += 1
            self._channel_id = channel_id
        self.tell_in_time()

    def tell_in_time(self) -> None:
        with self._lock:
            count = self._taken() if self._clock() >= self._quiet_until else 0
        self._log(count)

    def tell(self) -> None:
        with self._lock:
            count = self._taken()
        self._log(count)

    def _taken(self) -> int:
        if self._untold:
            self._quiet_until = self._clock() + _PAUSE
        count, self._untold = self._untold, 0
        return count

    def _log(self, count: int) -> None:
        if count:
            message = f"{count} forged, the last in the name of channel {self._channel_id}"
            ids = {"watchId": None, "channelId": self._channel_id}
            event("notification", message, severity="WARNING", outcome="forged", count=count, **ids)
