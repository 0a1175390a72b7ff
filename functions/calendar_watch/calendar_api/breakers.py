"""What fails for all alike is tried once a minute, by one call, and the others are not made. In memory, thread-safe.

A cause is what an OutageError names: "signing", "api", "quota", or the delegation of a domain for a scope.
"""

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from calendar_watch import log
from calendar_watch.errors import OutageError

_TRY_EVERY = 60.0
_SHORTEST = 120.0
_REMEMBERED = 600.0
"""How long it is taken to go on without being met: later, the calls that were tried failed otherwise, or none were."""
_EACH = 60 / 1600


@dataclass(slots=True)
class _Outage:
    error: OutageError
    opened: float
    tried: float
    """When a call was last let through."""
    ends: float
    """When it is over at the latest."""
    next_turn: float
    """When the call that is put off next may be made."""
    met: float
    """When a call last found it so."""


class Breakers:
    """An instance's own: another instance finds out for itself.

    A call that is not made is put off for 120 s, and each further one by 60/1600 s more, times a random 1 to 2. A sweep
    of 50 s on 16 threads has 800 seconds of work; to claim a watch, put it off and release it takes about 0.05 s; so
    1600 watches that come back in a minute take 80 s, a tenth of it. A few watches wait 2 to 4 minutes; of 16,000, the
    last waits 12 to 24; and however many they are, no more than about 1600 come back in a minute.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, jitter: Callable[[], float] = lambda: 0.0):
        self._clock = clock
        self._jitter = jitter
        self._outages: dict[str, _Outage] = {}
        self._lock = threading.Lock()

    def pass_through(self, causes: Collection[str]) -> None:
        """Raise OutageError where one of them is known to fail, and is being tried by another call."""
        with self._lock:
            now = self._clock()
            known = (self._outages[cause] for cause in causes if cause in self._outages)
            outages = [each for each in known if now < each.met + _REMEMBERED]
            held = next((each for each in outages if now < each.tried + _TRY_EVERY), None)
            if held:
                raise self._put_off(held, now)
            for each in outages:
                each.tried = now

    def failed(self, error: OutageError) -> OutageError:
        """The same, with the time after which it is worth trying again."""
        with self._lock:
            now = self._clock()
            if error.cause not in self._outages:
                _log(error, "opened")
                self._outages[error.cause] = _Outage(error, opened=now, tried=now, ends=0, next_turn=0, met=now)
            outage = self._outages[error.cause]
            outage.error, outage.met = error, now
            outage.ends = now + error.after if error.after else float("inf")
            return self._put_off(outage, now)

    def worked(self, causes: Collection[str], began: float) -> None:
        """What a call that `began` later than the outage proves to work is over."""
        with self._lock:
            over = [cause for cause in causes if cause in self._outages and self._outages[cause].opened < began]
            for cause in over:
                _log(self._outages.pop(cause).error, "closed")

    def _put_off(self, outage: _Outage, now: float) -> OutageError:
        turn = max(outage.next_turn, now + _SHORTEST)
        outage.next_turn = turn + _EACH
        after = min((turn - now) * (1 + self._jitter()), outage.ends - now)
        error = outage.error
        again = OutageError(error.reason, error.detail, cause=error.cause, after=max(after, 0.0))
        return again.with_answer(error.status, error.code).during(error.operation)


def _log(error: OutageError, action: str) -> None:
    log.event(
        "outage",
        f"{error.cause}: {action}",
        severity="WARNING" if action == "opened" else "INFO",
        cause=error.cause,
        reason=error.reason,
        action=action,
    )
