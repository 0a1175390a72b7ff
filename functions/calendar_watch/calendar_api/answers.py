"""What Google answered, or why it did not, told apart in one place.

What it means is judged in `decisions.refusals`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from calendar_watch.decisions.refusals import KNOWN_REASONS, GoogleFailure, judged
from calendar_watch.errors import (
    BriefError,
    GoogleError,
    ListingTokenRefusedError,
    RefusedError,
    TryLaterError,
)
from calendar_watch.reasons import Reason

_LONGEST_DETAIL = 500
_LONGEST_AFTER = 86_400.0  # a Retry-After beyond a day is a mistake, not a request


@dataclass(frozen=True, slots=True)
class Answer:
    """All is well without an `error`."""

    status: int = 0
    """0: no answer came."""
    body: object = None
    """The JSON; None: there is none."""
    reason: str = ""
    """Google's own, or a name for what went wrong."""
    error: GoogleError | None = None


def read(response: requests.Response, done: frozenset[int], now: datetime) -> Answer:
    """`done` are statuses that are as good as a success; `now` is for a Retry-After that is a date."""
    if response.status_code in done:
        return Answer(response.status_code)
    if response.status_code // 100 == 2:  # noqa: PLR2004 - the class of a status is its first digit
        return _success(response)
    reason, message = _explanation(response)
    failure = GoogleFailure(
        response.status_code,
        reason,
        (message or f"HTTP {response.status_code} without an explanation")[:_LONGEST_DETAIL],
        _retry_after(response, now),
        response.status_code >= requests.codes.internal_server_error and _changes(response.request.method),
    )
    return Answer(failure.status, reason=reason, error=judged(failure))


def listing_token_refused(response: requests.Response) -> Answer:
    reason, message = _explanation(response)
    return Answer(response.status_code, reason=reason, error=ListingTokenRefusedError(message[:_LONGEST_DETAIL]))


def unanswered(exception: Exception, method: str) -> Answer:
    """For what `requests`, google-auth or our own credentials raise in place of an answer."""
    reason = type(exception).__name__
    if isinstance(exception, GoogleError):
        return Answer(reason=reason, error=exception)
    if isinstance(exception, GoogleAuthError):
        return Answer(reason=reason, error=_no_token(exception))
    unclear = _changes(method) and not _never_connected(exception)
    return Answer(reason=reason, error=BriefError(f"no answer from Google: {reason}", may_have_happened=unclear))


def _changes(method: str | None) -> bool:
    return method != "GET"


def _success(response: requests.Response) -> Answer:
    try:
        return Answer(response.status_code, body=response.json() if response.content else None)
    except requests.JSONDecodeError:
        error = TryLaterError("Google's answer is not JSON", may_have_happened=_changes(response.request.method))
        return Answer(response.status_code, reason="notJson", error=error)


def _explanation(response: requests.Response) -> tuple[str, str]:
    """Reason and message of `{"error": {"errors": [{"reason"}], "message"}}`, as far as the body has them."""
    try:
        error = response.json()["error"]
        message = str(error.get("message", ""))
        reasons = [str(each.get("reason", "")) for each in error.get("errors", [])]
    except (ValueError, LookupError, TypeError, AttributeError):  # a proxy's HTML, or some other API's JSON
        return "", ""
    known = (reason for reason in reasons if reason in KNOWN_REASONS)
    return next(known, next(iter(reasons), "")), message


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


def _no_token(exception: GoogleAuthError) -> GoogleError:
    """Nothing has been asked of Calendar yet. Only what Google says in so many words is final."""
    detail = str(exception.args[0] if exception.args else type(exception).__name__)
    if isinstance(exception, RefreshError) and not exception.retryable:
        final = _refusal(detail, *exception.args[1:])
        if final:
            return RefusedError(Reason.AUTHORIZATION_REVOKED, final[:_LONGEST_DETAIL])
    kind = BriefError if exception.retryable or isinstance(exception, TransportError) else TryLaterError
    return kind(f"no access token: {detail}"[:_LONGEST_DETAIL])


def _refusal(detail: str, answer: object = None) -> str:
    """Return what Google's word is, if it is its last. The token endpoint's answer comes parsed, IAM's as text."""
    if isinstance(answer, dict):
        return detail if "error" in answer else ""
    try:
        error: Mapping[str, Any] = json.loads(str(answer))["error"]
        return str(error["message"]) if error["code"] in (400, 403, 404) else ""
    except (ValueError, LookupError, TypeError):
        return ""
