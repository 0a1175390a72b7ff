"""One call to Google at a time: allowed, paced, bounded in time, logged, and repeated only where it reads."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests
from google.auth.exceptions import GoogleAuthError

from calendar_watch import log
from calendar_watch.calendar_api import answers
from calendar_watch.calendar_api.allow_list import AllowList
from calendar_watch.calendar_api.answers import Answer, BriefError
from calendar_watch.calendar_api.rate_limiter import RateLimiter
from calendar_watch.errors import GoogleError
from calendar_watch.model.target import Target

Sessions = Callable[[str | None, str], requests.Session]
"""Subject and scope -> a session that sends the subject's credentials along."""

_CONNECT_SECONDS = 5.0
_WAITS = (1.0, 2.0)
"""The longest waits, in seconds, before the second and the third try; a random part of each is waited ("full jitter",
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)."""
_SHORT_AFTER = 5.0
"""A longer Retry-After is for the next reconciliation, not for a thread to sleep through."""
_HEADERS = {"User-Agent": "calendar-watch (gzip)"}
"""Google compresses only for a user agent that says so:
https://developers.google.com/workspace/calendar/api/guides/performance."""


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    """As in Google's reference: acl.list."""
    method: str
    path: str
    params: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    done: frozenset[int] = frozenset()
    """Statuses that are as good as a success."""
    token_refused: frozenset[int] = frozenset()
    """Statuses that mean that a token in `params` is no longer taken."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class GoogleCalls:
    """`timeout` is what one call may take altogether, in seconds: tries, waits and the rate limiter included.

    Two things can add to it: fetching an access token, which `sessions` bounds, and a server that goes on sending an
    answer in drops, as each read is bounded but not their number.
    """

    root: str
    sessions: Sessions
    allow_list: AllowList
    rate_limiter: RateLimiter
    timeout: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    now: Callable[[], datetime] = _utc_now

    def once(self, target: Target, call: Call) -> object:
        """Return the JSON of the answer, None where there is none. Raises RefusedError or TryLaterError."""
        return self._attempt(target, call, self.clock() + self.timeout)

    def repeatedly(self, target: Target, call: Call) -> object:
        """As `once`, with up to three tries: only for calls that change nothing."""
        deadline = self.clock() + self.timeout
        for longest in _WAITS:
            try:
                return self._attempt(target, call, deadline)
            except BriefError as error:
                self._wait_after(error, longest, deadline)
        return self._attempt(target, call, deadline)

    def _wait_after(self, error: BriefError, longest: float, deadline: float) -> None:
        wait = max(error.after, self.jitter() * longest)
        if error.after > _SHORT_AFTER or self.clock() + wait > deadline - self._least:
            raise error
        self.sleep(wait)

    @property
    def _least(self) -> float:
        """Seconds that a try must have to be worth beginning."""
        return self.timeout / 10

    def _attempt(self, target: Target, call: Call, deadline: float) -> object:
        self.allow_list.check(target)
        self.rate_limiter.take_turn(deadline - self._least - self.clock())
        began = self.clock()
        answer = self._send(target, call, max(deadline - began, self._least))
        _log(call, answer, self.clock() - began)
        if answer.error:
            raise answer.error
        return answer.body

    def _send(self, target: Target, call: Call, seconds: float) -> Answer:
        connect = min(_CONNECT_SECONDS, seconds / 2)
        try:
            response = self.sessions(target.subject, target.resource.scope).request(
                call.method,
                f"{self.root}/{call.path}",
                params=call.params,
                json=call.body,
                headers=_HEADERS,
                timeout=(connect, seconds - connect),
                allow_redirects=False,
            )
        except (requests.RequestException, GoogleAuthError, GoogleError) as exception:
            return answers.unanswered(exception, call.method)
        if response.status_code in call.token_refused:
            return answers.token_refused(response)
        return answers.read(response, call.done, self.now())


def _log(call: Call, answer: Answer, seconds: float) -> None:
    log.event(
        "call",
        f"{call.name}: {answer.status or 'no answer'} {answer.reason}".rstrip(),
        severity="WARNING" if answer.error else "DEBUG",
        method=call.name,
        status=answer.status,
        reason=answer.reason,
        durationSeconds=round(seconds, 3),
    )
