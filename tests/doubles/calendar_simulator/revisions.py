"""The order of all that happens, in numbers that look like Google's: microseconds, never the same twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def timestamp(revision: int) -> str:
    """Return the time of a revision; as revisions grow, times spelled from them never go backwards."""
    moment = _EPOCH + timedelta(microseconds=revision)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Revisions:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last = 0

    def __call__(self) -> int:
        self._last = max(self._last + 1, micros(self._now()))
        return self._last
