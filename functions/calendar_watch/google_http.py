"""HTTP to Google, for Calendar and Pub/Sub alike: pooled sessions, a deadline for each call, tries with jitter."""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeVar

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from calendar_watch.errors import BriefError

_Answer = TypeVar("_Answer")
_CONNECT_SECONDS = 5.0
_CONNECTIONS = 32
_SHORT_AFTER = 5.0
"""A longer Retry-After is for the next reconciliation, not for a thread to sleep through."""


@dataclass(frozen=True, slots=True)
class Tries:
    """`timeout` is what one call may take altogether, in seconds: tries and waits included.

    `waits` are the longest waits, in seconds, before the second, the third … try; a random part of each is waited
    ("full jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    """

    timeout: float
    waits: Sequence[float]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    latest: float = math.inf
    """By `clock`: when every call has to be over."""

    def within(self, seconds: float) -> Self:
        return replace(self, latest=self.clock() + seconds)

    def deadline(self) -> float:
        return min(self.clock() + self.timeout, self.latest)

    @property
    def least(self) -> float:
        """Seconds that a try must have to be worth beginning."""
        return self.timeout / 10

    def repeat(self, attempt: Callable[[float], _Answer], deadline: float) -> _Answer:
        """Only for what may happen twice. An attempt is told the deadline; its BriefErrors are what is tried again."""
        for longest in self.waits:
            try:
                return attempt(deadline)
            except BriefError as error:
                self._wait_after(error, longest, deadline)
        return attempt(deadline)

    def _wait_after(self, error: BriefError, longest: float, deadline: float) -> None:
        wait = max(error.after, self.jitter() * longest)
        if error.after > _SHORT_AFTER or self.clock() + wait > deadline - self.least:
            raise error
        self.sleep(wait)

    def bounds(self, deadline: float) -> tuple[float, float]:
        """Seconds to connect, and to wait for the answer."""
        left = max(deadline - self.clock(), self.least)
        connect = min(_CONNECT_SECONDS, left / 2)
        return connect, left - connect


def pool() -> HTTPAdapter:
    """Connections to share; whoever repeats calls does so itself."""
    return HTTPAdapter(pool_maxsize=_CONNECTIONS, max_retries=0)


def pooled(session: requests.Session, adapter: BaseAdapter) -> requests.Session:
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    return session


def anonymous(adapter: BaseAdapter) -> requests.Session:
    """Without credentials, and without a proxy: for loopback, and for what the public sees."""
    session = pooled(requests.Session(), adapter)
    session.trust_env = False
    return session
