"""One call to Google at a time: allowed, paced, bounded in time, logged, and repeated only where it reads."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Self

import requests
from google.auth.exceptions import GoogleAuthError

from calendar_watch import log
from calendar_watch.calendar_api import answers
from calendar_watch.calendar_api.allow_list import AllowList
from calendar_watch.calendar_api.answers import Answer
from calendar_watch.calendar_api.breakers import Breakers
from calendar_watch.calendar_api.no_token import delegation
from calendar_watch.calendar_api.rate_limiter import RateLimiter
from calendar_watch.errors import BriefError, GoogleError, OutageError, RefusedError
from calendar_watch.google_http import Tries
from calendar_watch.model.target import Target

Sessions = Callable[[str | None, str], requests.Session]
"""Subject and scope -> a session that sends the subject's credentials along."""

WAITS = (1.0, 2.0)
"""The longest waits, in seconds, before the second and the third try."""
_CALENDAR = ("api", "quota")
"""The causes for which Calendar itself refuses everybody."""
_SIGNING = "signing"
_NEVER_HELD = "channels.stop"
"""A channel that is not stopped goes on sending messages."""
_TOO_FAST = (403, 429)
"""With these statuses, a BriefError is a limit of so many calls in so much time."""
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
    gone: frozenset[int] = frozenset()
    """Statuses that mean that the single item asked for is no more, where it is Google who says so."""
    token_refused: frozenset[int] = frozenset()
    """Statuses that mean that a token in `params` is no longer taken."""

    @property
    def operation(self) -> str:
        """What the call is for: list."""
        return self.name.rpartition(".")[2]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class GoogleCalls:
    """`tries` bounds what one call may take altogether: waits for the rate limiter included.

    Two things can add to it: fetching an access token, which `sessions` bounds, and a server that goes on sending an
    answer in drops, as each read is bounded but not their number.
    """

    root: str
    sessions: Sessions
    allow_list: AllowList
    rate_limiter: RateLimiter
    breakers: Breakers
    tries: Tries
    now: Callable[[], datetime] = _utc_now

    def within(self, seconds: float) -> Self:
        """The same, of which no call ends later than so many seconds from now."""
        return replace(self, tries=self.tries.within(seconds))

    def once(self, target: Target, call: Call) -> object:
        """Return the JSON of the answer, None where there is none. Raises RefusedError or TryLaterError."""
        with _during(call):
            self._admit(target, call)
            return self._attempt(target, call, self.tries.deadline())

    def repeatedly(self, target: Target, call: Call) -> object:
        """As `once`, with up to three tries: only for calls that change nothing."""
        with _during(call):
            self._admit(target, call)
            return self.tries.repeat(partial(self._attempt, target, call), self.tries.deadline())

    def _admit(self, target: Target, call: Call) -> None:
        self.allow_list.check(target)
        if call.name != _NEVER_HELD:
            self.breakers.pass_through([*_CALENDAR, *self._for_a_token(target)])

    def _attempt(self, target: Target, call: Call, deadline: float) -> object:
        self.rate_limiter.take_turn(deadline - self.tries.least - self.tries.clock())
        began, for_a_token = self.tries.clock(), self._for_a_token(target)
        answer = self._send(target, call, deadline)
        _log(call, answer, self.tries.clock() - began)
        self.breakers.worked([each for each in for_a_token if _proves(answer, each)], began)
        if answer.error:
            raise self._taken_to_heart(answer.error)
        self.breakers.worked(_CALENDAR, began)
        return answer.body

    def _for_a_token(self, target: Target) -> Sequence[str]:
        """The causes that may keep a token away: none while there is one, as then neither IAM nor anybody is asked."""
        try:
            session = self.sessions(target.subject, target.resource.scope)
            has_one = getattr(getattr(session, "credentials", None), "valid", False)
        except (GoogleAuthError, GoogleError):  # the call itself will say so
            has_one = False
        return () if has_one else (_SIGNING, delegation(target))

    def _taken_to_heart(self, error: GoogleError) -> GoogleError:
        if isinstance(error, BriefError) and error.status in _TOO_FAST:
            self.rate_limiter.slow_down()
        return self.breakers.failed(error) if isinstance(error, OutageError) else error

    def _send(self, target: Target, call: Call, deadline: float) -> Answer:
        try:
            response = self.sessions(target.subject, target.resource.scope).request(
                call.method,
                f"{self.root}/{call.path}",
                params=call.params,
                json=call.body,
                headers=_HEADERS,
                timeout=self.tries.bounds(deadline),
                allow_redirects=False,
            )
        except (requests.RequestException, GoogleAuthError, GoogleError) as exception:
            return answers.unanswered(exception, call.method, target)
        if response.status_code in call.token_refused:
            return answers.listing_token_refused(response, self.now())
        if response.status_code in call.gone:
            return answers.gone(response, self.now())
        return answers.read(response, call.done, self.now())


def _proves(answer: Answer, cause: str) -> bool:
    """Whether that works: Calendar speaks to who has a token, and who is refused one could sign for it."""
    error = answer.error
    refused = isinstance(error, RefusedError) or (isinstance(error, OutageError) and error.cause != _SIGNING)
    return bool(answer.status) or (refused and cause == _SIGNING)


@contextmanager
def _during(call: Call) -> Iterator[None]:
    try:
        yield
    except GoogleError as error:
        error.during(call.operation)
        raise


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
