"""What was asked of Google about each watch, and what became of it, as far as somebody heard of it."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import takewhile
from operator import attrgetter
from typing import NamedTuple, TypeVar
from urllib.parse import unquote

from google.auth.exceptions import RefreshError
from requests import PreparedRequest, RequestException, Response

from calendar_watch.errors import ConflictError, UnclearError
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.target import Target
from calendar_watch.model.write import WriteKind
from tests.searches.chaos.scheduler import Scheduler, Worker

_Result = TypeVar("_Result")

_COLLECTION = re.compile(
    r"/calendar/v3/(?:calendars/(?P<calendar>[^/]+)/(?P<of>acl|events)|users/me/(?P<own>calendarList|settings))(?:[/?]|$)"
)
_READINGS = frozenset(f"{collection}.{part}" for collection in RESOURCES for part in ("list", "page"))
_HOUR = timedelta(hours=1)
_SOON = timedelta(minutes=1)
_AT = attrgetter("at")
_NEVER = datetime.min.replace(tzinfo=UTC)
_NO_WATCHS = ""
"""A channel is stopped for no collection; but what fails for all alike may be named to whoever does."""
_REFUSALS = (401, 403, 404)
_LIMITS = re.compile(r"usageLimits|[lL]imitExceeded|quotaExceeded|accessNotConfigured")
_NOBODYS = re.compile(r"internal_failure")
_THE_DOMAINS = re.compile(r"unauthorized_client|Requested client not authorized|invalid_scope")
_OURS = re.compile(r"[iI]nvalid JWT|No valid verifier|_client|Robot is disabled|impersonated credentials")


@dataclass(frozen=True, slots=True)
class Noted:
    at: datetime
    method: str
    outcome: str
    """`done`, `refused` (of this very collection) or `failed`."""
    blamed: str = ""
    """What Google itself named: a status of Calendar's, a `limit`, the `user`, the `domain`, or ours, of `signing`."""
    whole: bool = False
    """A listing of everything, without a sync token."""
    to_go_on: bool = False
    """The answer named a sync token."""
    nameless: bool = False
    """It was the last page of a listing, and named none."""
    by: Worker | None = field(default=None, repr=False, compare=False)
    """Whoever heard it."""


class _Said(NamedTuple):
    outcome: str
    blamed: str = ""
    to_go_on: bool = False
    nameless: bool = False


class Calls:
    """By watch, or none. A call of which nobody heard, as the worker died, is not here; nor are those of the senses."""

    def __init__(self, scheduler: Scheduler):
        self.of: dict[str, list[Noted]] = defaultdict(list)
        self._scheduler = scheduler
        self._asked: dict[Worker, str] = {}
        """About which watch each asked last."""
        self._told: dict[tuple[Worker, str], datetime] = {}
        """When each last wrote down that something of a watch failed."""
        self._kept: dict[tuple[Worker, str], datetime] = {}
        """When each was last kept from writing."""

    def readings(self, watch_id: str) -> list[Noted]:
        return [each for each in self.of[watch_id] if each.method in _READINGS]

    def blamed(self, since: datetime) -> set[str]:
        """What Google named to anybody."""
        return {each.blamed for noted in self.of.values() for each in noted[bisect_left(noted, since, key=_AT) :]}

    def failures(self, watch_id: str) -> list[Noted]:
        """Readings that went wrong in a row, up to the last."""
        readings = (each for each in reversed(self.of[watch_id]) if each.method in _READINGS)
        return [*takewhile(lambda each: each.outcome != "done", readings)][::-1]

    def not_found_alone(self, watch_id: str, told: datetime) -> bool:
        """Whether a listing succeeded about then, and what was asked for by itself right after it was 404."""
        listed = False
        for each in self.of[watch_id]:
            if each.method in _READINGS:
                listed = each.outcome == "done"
            elif listed and each.method.endswith(".get") and each.blamed == "404" and abs(each.at - told) < _SOON:
                return True
        return False

    def is_lost(self, watch_id: str, noted: Noted) -> bool:
        """Only one worker ever knew of it: it died, was kept from writing it down, or has not come to that yet."""
        worker = noted.by
        if worker is None or self._told.get((worker, watch_id), _NEVER) >= noted.at:
            return False
        return worker.dead or not worker.done or self._kept.get((worker, watch_id), _NEVER) >= noted.at

    @contextmanager
    def written(self, rpc: str) -> Iterator[Callable[[_Result], _Result]]:
        """By whoever runs, about the watch that it asked about last; whoever enters this says what has landed."""
        worker = self._scheduler.running

        def landed(result: _Result) -> _Result:
            if worker and rpc == WriteKind.FAILURE:
                self._told[worker, self._asked.get(worker, _NO_WATCHS)] = self._scheduler.now
            return result

        try:
            yield landed
        except (ConflictError, UnclearError):
            if worker:
                self._kept[worker, self._asked.get(worker, _NO_WATCHS)] = self._scheduler.now
            raise

    def most_in_an_hour(self, watch_id: str, since: datetime) -> int:
        moments = [each.at for each in self.of[watch_id] if each.at >= since]
        return max((bisect_right(moments, first + _HOUR) - place for place, first in enumerate(moments)), default=0)

    @contextmanager
    def noted(self, method: str, request: PreparedRequest, subject: str) -> Iterator[Callable[[Response], Response]]:
        said = [_Said("failed")]

        def heard(response: Response) -> Response:
            said[0] = _said(response)
            return response

        try:
            yield heard
        except RefreshError as error:
            blamed = _blamed(error)
            self._note(method, request, subject, _Said("refused" if blamed == "user" else "failed", blamed))
            raise
        except RequestException:
            self._note(method, request, subject, _Said("failed"))
            raise
        self._note(method, request, subject, said[0])

    def _note(self, method: str, request: PreparedRequest, subject: str, said: _Said) -> None:
        worker = self._scheduler.running
        if worker:
            target = asked_about(request, subject)
            noted = Noted(self._scheduler.now, method, whole=is_whole(request), by=worker, **said._asdict())
            self._asked[worker] = target.id if target else _NO_WATCHS
            self.of[self._asked[worker]].append(noted)


def asked_about(request: PreparedRequest, subject: str) -> Target | None:
    """The collection; None: it was none, but a channel."""
    found = _COLLECTION.search(request.url or "")
    if found is None:
        return None
    calendar = unquote(found["calendar"]) if found["calendar"] else None
    named = subject if calendar == "primary" else calendar
    return _target(found["of"] or found["own"], named, subject)


@cache
def _target(resource: str, calendar: str | None, subject: str) -> Target:
    """One of each, as its id is worked out once."""
    return Target(RESOURCES[resource], calendar, subject)


def is_whole(request: PreparedRequest) -> bool:
    return "syncToken=" not in (request.url or "")


def _said(response: Response) -> _Said:
    """Google speaks JSON, and nobody on the way does."""
    if response.ok:
        to_go_on = '"nextSyncToken"' in response.text
        return _Said("done", to_go_on=to_go_on, nameless=not to_go_on and _is_last(response))
    if "json" not in response.headers.get("Content-Type", "").lower():
        return _Said("failed")
    if _LIMITS.search(response.text):
        return _Said("failed", "limit")
    return _Said("refused" if response.status_code in _REFUSALS else "failed", str(response.status_code))


def _is_last(response: Response) -> bool:
    """Of a listing, and whole: what was cut off on the way names nothing."""
    try:
        answer = response.json()
    except ValueError:
        return False
    return "items" in answer and "nextPageToken" not in answer


def _blamed(error: RefreshError) -> str:
    said = {"": _NOBODYS, "domain": _THE_DOMAINS, "signing": _OURS}
    found = (each for each, words in said.items() if words.search(str(error)))
    return "" if error.retryable else next(found, "user")
