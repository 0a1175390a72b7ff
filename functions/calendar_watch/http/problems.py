"""Values and errors become answers (RFC 9457, problem details)."""

import functools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Request, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from calendar_watch import __version__
from calendar_watch.errors import (
    AheadError,
    BusyError,
    CalendarWatchError,
    FollowedError,
    InvalidRequestError,
    InvalidTokenError,
    RefusedError,
    RefusedWriteError,
    StoreError,
    TooOldError,
    UnknownWatchError,
    WrongStateError,
)
from calendar_watch.http.json_schema import ID, MOMENT, Schema, array, closed, one_of, text, whole
from calendar_watch.model.check import VERSION_HEADER
from calendar_watch.model.watch import State
from calendar_watch.reasons import Reason
from calendar_watch.sizes import encoded

_logger = logging.getLogger(__name__)

_TYPE = "urn:calendarwatch:problem:"

_PROBLEMS: Mapping[type[CalendarWatchError], tuple[HTTPStatus, str]] = {
    InvalidRequestError: (HTTPStatus.BAD_REQUEST, "invalid-request"),
    InvalidTokenError: (HTTPStatus.FORBIDDEN, "forbidden"),
    BusyError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    RefusedError: (HTTPStatus.FORBIDDEN, "refused-by-google"),
    UnknownWatchError: (HTTPStatus.NOT_FOUND, "unknown-watch"),
    FollowedError: (HTTPStatus.CONFLICT, "still-followed"),
    WrongStateError: (HTTPStatus.CONFLICT, "wrong-state"),
    TooOldError: (HTTPStatus.GONE, "changes-expired"),
    AheadError: (HTTPStatus.BAD_REQUEST, "after-ahead"),
    RefusedWriteError: (HTTPStatus.INTERNAL_SERVER_ERROR, "internal"),
    StoreError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
}
"""What each error answers, and the `type` of the problem: part of the contract. The first that fits counts."""
_KNOWN = tuple(_PROBLEMS)
"""Made once: a flood of forged messages comes by here."""

_HTTP_PROBLEMS: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "invalid-request",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
}
"""The same for what is no error of ours."""

_EVERYWHERE: Mapping[str, Schema] = {
    "type": one_of(
        sorted(
            {f"{_TYPE}{kind}" for kind in ("internal", *_HTTP_PROBLEMS.values())}
            | {f"{_TYPE}{kind}" for _, kind in _PROBLEMS.values()}
        )
    ),
    "title": text(),
    "status": whole(400, 599),
    "detail": text(),
}
_SOMEWHERE: Mapping[str, Schema] = {
    "errors": array(closed({"field": text(), "message": text()})),
    "reason": one_of(Reason),
    "followedBy": array(ID),
    "state": one_of(State),
    "oldestSequence": whole(1),
    "oldestTime": MOMENT,
    "sequence": whole(),
}
SCHEMA = closed({**_EVERYWHERE, **_SOMEWHERE}, optional=_SOMEWHERE.keys())


@dataclass(frozen=True, slots=True)
class Page:
    """For people: HTML, and the headers that go with it."""

    html: str
    headers: Mapping[str, str]


Answer = tuple[Any, int] | tuple[Any, int, Mapping[str, str]]
"""What to send as JSON (a page: as it is; None: nothing at all), the status, and headers if there are any."""


def answers(entry_point: Callable[[Request], Answer]) -> Callable[[Request], Response]:
    """Say what an entry point returns, or what went wrong. Of a defect, only the log learns the details."""

    @functools.wraps(entry_point)
    def answer(request: Request) -> Response:
        try:
            return _said(*entry_point(request))
        except HTTPException as error:
            return http_problem(error)
        except _KNOWN as error:
            return _problem(problem_of(error))
        except Exception:  # wrong settings or a defect: one line for Error Reporting, where the framework writes many
            _logger.exception("a request could not be answered")
            detail = "this function does not work: see its log"
            return _problem(_details(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail, {}))

    return answer


def with_version(entry_point: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Every answer tells which version gave it; not for a function that the public reaches."""

    @functools.wraps(entry_point)
    def answer(request: Request) -> Response:
        response = entry_point(request)
        response.headers[VERSION_HEADER] = __version__
        return response

    return answer


def _said(content: Any, status: int, headers: Mapping[str, str] | None = None) -> Response:
    if content is None:
        return Response(status=status, headers=headers)
    if isinstance(content, Page):
        return Response(content.html, status, content.headers, mimetype="text/html")
    return Response(encoded(content), status, headers, mimetype="application/json")


def _problem(content: Mapping[str, Any]) -> Response:
    return Response(encoded(content), content["status"], mimetype="application/problem+json")


def _details(status: int, kind: str, detail: str, members: Mapping[str, Any]) -> dict[str, Any]:
    title = HTTPStatus(status).phrase
    return {"type": f"{_TYPE}{kind}", "title": title, "status": status, "detail": detail, **members}


def problem_of(error: CalendarWatchError) -> dict[str, Any]:
    """As an answer of its own would tell it. What is Firestore's, the log tells too."""
    if isinstance(error, StoreError):
        _logger.error("%s", error)
    status, kind = next(told for each, told in _PROBLEMS.items() if isinstance(error, each))
    if isinstance(error, RefusedError) and error.reason is Reason.NOT_FOUND:
        status = HTTPStatus.NOT_FOUND
    return _details(status, kind, str(error), _members(error))


def http_problem(error: HTTPException) -> Response:
    """Of what is wrong with a request before it is one of ours."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    response = _problem(_details(status, _HTTP_PROBLEMS.get(status, "internal"), error.description or "", {}))
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.valid_methods or ())
    return response


def _members(error: CalendarWatchError) -> Mapping[str, Any]:
    members: dict[str, Any] = {}
    match error:
        case InvalidRequestError():
            members["errors"] = [{"field": field, "message": message} for field, message in error.errors]
        case RefusedError():
            members["reason"] = error.reason
        case FollowedError():
            members["followedBy"] = list(error.followed_by)
        case WrongStateError():
            members["state"] = error.state
        case TooOldError():
            members["oldestSequence"] = error.oldest_sequence
            members |= {"oldestTime": error.oldest_time} if error.oldest_time else {}
        case AheadError():
            members["sequence"] = error.sequence
    return members
