"""What it takes to have a token for each reading, counted: many users, one instance, hours of virtual time.

A collection is read every hour, by a sweep up to a minute later, and five times a day for a change, which is read again
half a minute later.
"""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

import heapq
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from unittest.mock import patch

from google.auth import compute_engine
from google.auth.credentials import Credentials
from google.auth.transport import Request

from calendar_watch.calendar_api.credentials import Sessions, delegated
from calendar_watch.model.resources import ACL
from tests.doubles.scripted_google import ACCOUNT, CALENDAR, METADATA, Google
from tests.support.world import START
from tests.tools.bench.row import Row, at_most

_FLEETS = ((1_500, 1, 1.55), (300, 5, 0.4))
"""Users, calendars of each, requests at most for a token, a reading."""
_HOURS = 4
_CHANGE_EVERY = 86_400 / 5
_SETTLE = 30.0
_KINDS = {"metadata": METADATA, "signJwt": ":signJwt", "token endpoint": "oauth2.googleapis.com/token"}
_KEPT, _TOKEN_BYTES = 10_000, 1_000


def measure() -> Iterator[Row]:
    for users, calendars, most in _FLEETS:
        fleet = Fleet(users, calendars)
        fleet.live()
        what = f"requests for a token, a reading: {users:,} users with {calendars} watches each, {_HOURS} h"
        yield at_most(what, fleet.requests.total() / fleet.readings, most, "{:.2f}")
        for kind, count in fleet.requests.items():
            yield Row(f"  {kind}", f"{count:,} for {fleet.readings:,} readings")
    yield at_most(f"  {_KEPT:,} tokens of {_TOKEN_BYTES:,} letters", _kept(), 32, "{:.0f} MiB")


class Fleet:
    def __init__(self, users: int, calendars: int):
        self.readings = 0
        self.requests: Counter[str] = Counter()
        self._users, self._calendars = users, calendars
        self._now = START
        self._random = Random(1)  # noqa: S311 (repeatable on purpose)
        self._google = Google()
        self._sessions = Sessions(delegated(ACCOUNT, _own), self._google.http, now=lambda: self._now)

    def live(self) -> None:
        with patch("google.auth._helpers.utcnow", lambda: self._now.replace(tzinfo=None)):
            for after, user in self._moments():
                self._now = START + timedelta(seconds=after)
                self._read(user)

    def _moments(self) -> Iterator[tuple[float, int]]:
        """When the collection of which user is read, in order."""
        due = [(self._random.uniform(0, 3600), number, False) for number in range(self._users * self._calendars)]
        heapq.heapify(due)
        while due[0][0] < _HOURS * 3600:
            at, number, changed = heapq.heappop(due)
            yield at, number // self._calendars
            heapq.heappush(due, (at + _SETTLE, number, False) if changed else self._next(at, number))

    def _next(self, at: float, number: int) -> tuple[float, int, bool]:
        change = at + self._random.expovariate(1 / _CHANGE_EVERY)
        sweep = at + 3600 + self._random.uniform(0, 60)
        return min((change, number, True), (sweep, number, False))

    def _read(self, user: int) -> None:
        self._sessions(f"user{user}@example.com", ACL.scope).get(CALENDAR, timeout=5)
        self.readings += 1
        for request in self._google.http.requests:
            self.requests.update(kind for kind, part in _KINDS.items() if part in str(request.url))
        self._google.http.requests.clear()
        self._google.http.timeouts.clear()
        self._google.claims.clear()


class _Lent(Credentials):
    def refresh(self, _request: Request) -> None:
        self.token, self.expiry = "t" * (_TOKEN_BYTES - 1) + str(id(self)), datetime(2999, 1, 1)  # noqa: DTZ001 - as google-auth has it


def _kept() -> float:
    """Mebibytes."""
    google = Google()
    sessions = Sessions(lambda _subject, _scope: _Lent(), google.http, most=_KEPT)
    tracemalloc.start()
    for user in range(_KEPT):
        sessions(f"user{user}@example.com", ACL.scope).get(CALENDAR, timeout=5)
        google.http.requests.clear()
        google.http.timeouts.clear()
    return tracemalloc.get_traced_memory()[0] / 2**20


def _own() -> compute_engine.Credentials:
    return compute_engine.Credentials(universe_domain="googleapis.com")
