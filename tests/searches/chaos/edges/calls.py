"""What was asked of Google about each watch, and what became of it, as far as somebody heard of it."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from urllib.parse import unquote

from google.auth.exceptions import RefreshError
from requests import PreparedRequest, RequestException, Response

from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.target import Target
from tests.searches.chaos.scheduler import Scheduler

_COLLECTION = re.compile(
    r"/calendar/v3/(?:calendars/(?P<calendar>[^/]+)/(?P<of>acl|events)|users/me/(?P<own>calendarList|settings))(?:[/?]|$)"
)
_READINGS = frozenset(f"{collection}.{part}" for collection in RESOURCES for part in ("list", "page"))
_HOUR = timedelta(hours=1)
_REFUSALS = (401, 403, 404)
_LIMITS = re.compile(r"usageLimits|[lL]imitExceeded|quotaExceeded|accessNotConfigured")
_NOT_THE_USERS = re.compile(
    r"unauthorized_client|Requested client not authorized|invalid_scope|[iI]nvalid JWT|No valid verifier|_client"
    r"|Robot is disabled|impersonated credentials|internal_failure"
)


@dataclass(frozen=True, slots=True)
class Noted:
    at: datetime
    method: str
    outcome: str
    """`done`, `refused` (of this very collection) or `failed`."""
    whole: bool = False
    """A listing of everything, without a sync token."""


class Calls:
    """By watch. A call of which nobody heard, as the worker died, is not here."""

    def __init__(self, scheduler: Scheduler):
        self.of: dict[str, list[Noted]] = defaultdict(list)
        self._scheduler = scheduler

    def readings(self, watch_id: str) -> list[Noted]:
        return [each for each in self.of[watch_id] if each.method in _READINGS]

    def failures(self, watch_id: str) -> list[Noted]:
        """Readings that went wrong in a row, up to the last."""
        readings = (each for each in reversed(self.of[watch_id]) if each.method in _READINGS)
        return [*takewhile(lambda each: each.outcome != "done", readings)][::-1]

    def most_in_an_hour(self, watch_id: str, since: datetime) -> int:
        moments = [each.at for each in self.of[watch_id] if each.at >= since]
        return max((bisect_right(moments, first + _HOUR) - place for place, first in enumerate(moments)), default=0)

    @contextmanager
    def noted(self, method: str, request: PreparedRequest, subject: str) -> Iterator[Callable[[Response], Response]]:
        outcomes = ["failed"]

        def heard(response: Response) -> Response:
            outcomes[0] = _outcome(response)
            return response

        try:
            yield heard
        except RefreshError as error:
            if not error.retryable and not _NOT_THE_USERS.search(str(error)):
                outcomes[0] = "refused"
            self._note(method, request, subject, outcomes[0])
            raise
        except RequestException:
            self._note(method, request, subject, "failed")
            raise
        self._note(method, request, subject, outcomes[0])

    def _note(self, method: str, request: PreparedRequest, subject: str, outcome: str) -> None:
        found = _COLLECTION.search(request.url or "")
        if found:
            calendar = unquote(found["calendar"]) if found["calendar"] else None
            named = subject if calendar == "primary" else calendar
            target = Target(RESOURCES[found["of"] or found["own"]], named, subject)
            whole = "syncToken=" not in (request.url or "")
            self.of[target.id].append(Noted(self._scheduler.now, method, outcome, whole))


def _outcome(response: Response) -> str:
    if response.ok:
        return "done"
    googles = "json" in response.headers.get("Content-Type", "").lower()
    refused = response.status_code in _REFUSALS and googles and not _LIMITS.search(response.text)
    return "refused" if refused else "failed"
