"""What Google answered, or why it did not, told apart in one place.

What an answer means is judged in `decisions.verdicts`; why there is no token, in `no_token`.
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from calendar_watch.calendar_api.no_token import no_token
from calendar_watch.decisions.verdicts import GoogleFailure, Words, judged
from calendar_watch.errors import (
    BriefError,
    GoogleError,
    ItemGoneError,
    ListingTokenRefusedError,
    SlowError,
    TryLaterError,
)
from calendar_watch.model.target import Target

_LONGEST_AFTER = 86_400.0  # a Retry-After beyond a day is a mistake, not a request


@dataclass(frozen=True, slots=True)
class Answer:
    """All is well without an `error`."""

    status: int = 0
    """0: no answer came."""
    body: object = None
    """The JSON; None: there is none."""
    error: GoogleError | None = None

    @property
    def reason(self) -> str:
        """Google's own, or a name for what went wrong."""
        return self.error.code if self.error else ""


def read(response: requests.Response, done: frozenset[int], now: datetime) -> Answer:
    """`done` are statuses that are as good as a success; `now` is for a Retry-After that is a date."""
    if response.status_code in done:
        return Answer(response.status_code)
    if response.status_code // 100 == 2:  # noqa: PLR2004 - the class of a status is its first digit
        return _success(response)
    words = _words(response)
    message = (words and words.message) or f"HTTP {response.status_code} without an explanation"
    failure = GoogleFailure(
        response.status_code,
        words,
        message,
        _retry_after(response, now),
        response.status_code >= requests.codes.internal_server_error and _changes(response.request.method),
        now,
    )
    return _failed(response, judged(failure), words.reason if words else "notGoogles")


def listing_token_refused(response: requests.Response, now: datetime) -> Answer:
    return _if_googles(response, ListingTokenRefusedError, now)


def gone(response: requests.Response, now: datetime) -> Answer:
    return _if_googles(response, ItemGoneError, now)


def _if_googles(response: requests.Response, kind: type[GoogleError], now: datetime) -> Answer:
    """A proxy's answer of the same status says nothing of a token, or of an item."""
    words = _words(response)
    if words is None:
        return read(response, frozenset(), now)
    return _failed(response, kind(words.message), words.reason)


def unanswered(exception: Exception, method: str, target: Target) -> Answer:
    """For what `requests`, google-auth or our own credentials raise in place of an answer."""
    name = type(exception).__name__
    if isinstance(exception, GoogleError):
        return Answer(error=exception.with_answer(exception.status, exception.code or name).during("sign"))
    if isinstance(exception, GoogleAuthError):
        return Answer(error=no_token(exception, target).during("sign"))
    unclear = _changes(method) and not _never_connected(exception)
    kind = SlowError if isinstance(exception, requests.ReadTimeout) else BriefError
    return Answer(error=kind(f"no answer from Google: {name}", may_have_happened=unclear).with_answer(0, name))


def _changes(method: str | None) -> bool:
    return method != "GET"


def _failed(response: requests.Response, error: GoogleError, code: str) -> Answer:
    return Answer(response.status_code, error=error.with_answer(response.status_code, code))


def _success(response: requests.Response) -> Answer:
    try:
        return Answer(response.status_code, body=response.json() if response.content else None)
    except requests.JSONDecodeError:
        error = TryLaterError("Google's answer is not JSON", may_have_happened=_changes(response.request.method))
        return _failed(response, error, "notJson")


def _words(response: requests.Response) -> Words | None:
    """What `{"error": {"code", "message", "errors": [{"domain", "reason"}], "details": [{"reason"}]}}` says.

    `code` tells Google's JSON from anybody else's; of the two lists there may be either, both or none.
    """
    try:
        error = response.json()["error"]
        int(error["code"])
        each = [*_objects(error, "errors"), *_objects(error, "details")]
        reasons = tuple(str(one["reason"]) for one in each if "reason" in one)
        domains = tuple(str(one["domain"]) for one in each if "domain" in one)
        return Words(reasons, domains, str(error.get("message", "")))
    except (ValueError, LookupError, TypeError, AttributeError):  # a proxy's HTML, or some other API's JSON
        return None


def _objects(error: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [each for each in error.get(name) or [] if isinstance(each, dict)]


def _retry_after(response: requests.Response, now: datetime) -> float:
    """Seconds; the header holds them, or a date: RFC 9110, section 10.2.3."""
    value = response.headers.get("Retry-After", "")
    try:
        seconds = float(value) if value.isdecimal() else (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    return min(max(seconds, 0.0), _LONGEST_AFTER)


def _never_connected(exception: Exception) -> bool:
    cause = exception.args[0] if exception.args else None
    refused = isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    return refused or isinstance(exception, requests.ConnectTimeout)
