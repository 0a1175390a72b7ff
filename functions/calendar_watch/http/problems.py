"""Values and errors become answers (RFC 9457, problem details)."""

import functools
import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Request, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from calendar_watch import __version__
from calendar_watch.errors import (
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
from calendar_watch.reasons import Reason

_logger = logging.getLogger(__name__)

_STATUS: Mapping[type[CalendarWatchError], HTTPStatus] = {
    InvalidRequestError: HTTPStatus.BAD_REQUEST,
    InvalidTokenError: HTTPStatus.FORBIDDEN,
    RefusedError: HTTPStatus.FORBIDDEN,
    UnknownWatchError: HTTPStatus.NOT_FOUND,
    FollowedError: HTTPStatus.CONFLICT,
    WrongStateError: HTTPStatus.CONFLICT,
    TooOldError: HTTPStatus.GONE,
    RefusedWriteError: HTTPStatus.INTERNAL_SERVER_ERROR,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}

Answer = tuple[Any, int]
"""What to send as JSON (None: nothing at all), and the status."""


def answers(entry_point: Callable[[Request], Answer]) -> Callable[[Request], Response]:
    """Say what an entry point returns, or what went wrong. Of a defect, only the log learns the details."""

    @functools.wraps(entry_point)
    def answer(request: Request) -> Response:
        try:
            return _said(*entry_point(request))
        except HTTPException as error:
            return _http_problem(error)
        except tuple(_STATUS) as error:
            return _known_problem(error)
        except Exception:  # wrong settings or a defect: one line for Error Reporting, where the framework writes many
            _logger.exception("a request could not be answered")
            return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "this function does not work: see its log", {})

    return answer


def with_version(entry_point: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Every answer tells which version gave it; not for a function that the public reaches."""

    @functools.wraps(entry_point)
    def answer(request: Request) -> Response:
        response = entry_point(request)
        response.headers["Calendar-Watch-Version"] = __version__
        return response

    return answer


def _said(content: Any, status: int) -> Response:
    if content is None:
        return Response(status=status)
    return Response(json.dumps(content), status, mimetype="application/json")


def _problem(status: int, detail: str, members: Mapping[str, Any]) -> Response:
    content = _details(status, detail, members)
    return Response(json.dumps(content), status, mimetype="application/problem+json")


def _details(status: int, detail: str, members: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **members}


def problem_of(error: CalendarWatchError) -> dict[str, Any]:
    """As an answer of its own would tell it."""
    return _details(_status(error), str(error), _members(error))


def _http_problem(error: HTTPException) -> Response:
    response = _problem(error.code or HTTPStatus.INTERNAL_SERVER_ERROR, error.description or "", {})
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.valid_methods or ())
    return response


def _known_problem(error: CalendarWatchError) -> Response:
    if isinstance(error, StoreError):
        _logger.error("%s", error)
    return _problem(_status(error), str(error), _members(error))


def _status(error: CalendarWatchError) -> int:
    if isinstance(error, RefusedError) and error.reason is Reason.NOT_FOUND:
        return HTTPStatus.NOT_FOUND
    return next(status for kind, status in _STATUS.items() if isinstance(error, kind))


def _members(error: CalendarWatchError) -> Mapping[str, Any]:
    match error:
        case InvalidRequestError():
            return {"errors": [{"field": field, "message": message} for field, message in error.errors]}
        case RefusedError():
            return {"reason": error.reason}
        case FollowedError():
            return {"followedBy": list(error.followed_by)}
        case WrongStateError():
            return {"state": error.state}
        case TooOldError():
            return {"oldestSequence": error.oldest_sequence}
        case _:
            return {}
