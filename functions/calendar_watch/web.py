"""HTTP: requests become values, values and errors become answers (RFC 9457, problem details)."""

import functools
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from flask import Request, Response
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from calendar_watch.errors import (
    CalendarWatchError,
    FollowedError,
    InvalidRequestError,
    InvalidTokenError,
    Reason,
    RefusedError,
    StoreError,
    TooOldError,
    UnknownWatchError,
)
from calendar_watch.ports import Filter
from calendar_watch.resources import RESOURCES
from calendar_watch.watch import LABEL_KEY, State

_logger = logging.getLogger(__name__)
_LONGEST_TOKEN = 2048
_LONGEST_TEXT = 320
_LARGEST_BODY = 64 * 1024
_LARGEST_BATCH = 1024 * 1024
_MOST_BODIES = 500
_WATCH_ID = re.compile(r"[a-z2-7]{32}")

_STATUS: Mapping[type[CalendarWatchError], HTTPStatus] = {
    InvalidRequestError: HTTPStatus.BAD_REQUEST,
    InvalidTokenError: HTTPStatus.FORBIDDEN,
    RefusedError: HTTPStatus.FORBIDDEN,
    UnknownWatchError: HTTPStatus.NOT_FOUND,
    FollowedError: HTTPStatus.CONFLICT,
    TooOldError: HTTPStatus.GONE,
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


def _said(content: Any, status: int) -> Response:
    if content is None:
        return Response(status=status)
    return Response(json.dumps(content), status, mimetype="application/json")


def _problem(status: int, detail: str, members: Mapping[str, Any]) -> Response:
    told = _details(status, detail, members)
    return Response(json.dumps(told), status, mimetype="application/problem+json")


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
        case TooOldError():
            return {"oldestSequence": error.oldest_sequence}
        case _:
            return {}


def path_of(request: Request) -> tuple[str, ...]:
    """Relative to the function's address, whatever it was mounted under."""
    segments = tuple(each for each in request.path.split("/") if each)
    return segments[1:] if segments[:1] == ("watches",) else segments


def watch_id_of(segment: str) -> str:
    if not _WATCH_ID.fullmatch(segment):
        raise NotFound("a watch's id is 32 characters of a-z and 2-7")
    return segment


def only(request: Request, *methods: str) -> None:
    if request.method not in methods:
        raise MethodNotAllowed(list(methods), f"{request.method} is not for this address")


def nowhere(request: Request) -> NotFound:
    return NotFound(f"there is nothing at {request.path[:200]}")


def json_of(request: Request, largest: int = _LARGEST_BODY) -> Any:
    """The body, of at most `largest` bytes."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("send JSON, with Content-Type: application/json")
    body = request.get_data()  # functions-framework reads all of it in any case, even after a refusal
    if len(body) > largest:
        raise RequestEntityTooLarge(f"a body may have {largest // 1024} KiB")
    try:
        return json.loads(body, object_pairs_hook=_unambiguous)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(("", "the body is not JSON")) from error


def _unambiguous(members: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Which of two members of one name counts would be anybody's guess: RFC 8259, section 4."""
    content: dict[str, Any] = {}
    for name, value in members:
        if name in content:
            raise InvalidRequestError((name[:100], "is given twice"))
        content[name] = value
    return content


def batch_of(request: Request) -> list[Any]:
    """The bodies of many requests, at most 500 and together at most 1 MiB; each is still to be read."""
    match json_of(request, _LARGEST_BATCH):
        case {"requests": list(bodies), **others} if not others and len(bodies) <= _MOST_BODIES:
            return bodies
    raise InvalidRequestError(("requests", f"must be the only field, and a list of at most {_MOST_BODIES} bodies"))


def number_of(request: Request, name: str, default: int, low: int, high: int) -> int:
    text = request.args.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,18}", text) or not low <= int(text) <= high:
        raise InvalidRequestError((name, f"must be a whole number from {low} to {high}"))
    return int(text)


def item_token_of(request: Request) -> str:
    """An item's place. It is only compared, so any text will do; bounded all the same."""
    return request.args.get("pageToken", "")[:_LONGEST_TOKEN]


def page_token_of(request: Request) -> str:
    token = request.args.get("pageToken", "")
    if token and not _WATCH_ID.fullmatch(token):
        raise InvalidRequestError(("pageToken", "is not a token of ours"))
    return token


def filter_of(request: Request) -> tuple[Filter, State | None]:
    resource, state = request.args.get("resource"), request.args.get("state")
    if resource is not None and resource not in RESOURCES:
        raise InvalidRequestError(("resource", f"must be one of {', '.join(RESOURCES)}"))
    if state is not None and state not in set(State):
        raise InvalidRequestError(("state", f"must be one of {', '.join(State)}"))
    subject = request.args.get("subject")
    if subject is not None and len(subject) > _LONGEST_TEXT:
        raise InvalidRequestError(("subject", "must be an e-mail address"))
    labels = _unambiguous(_label(each) for each in request.args.getlist("label"))
    return Filter(resource, subject and subject.lower(), labels), State(state) if state else None


def _label(text: str) -> tuple[str, str]:
    key, colon, value = text.partition(":")
    if not colon or not LABEL_KEY.fullmatch(key) or len(value) > _LONGEST_TEXT:
        raise InvalidRequestError(("label", "must be key:value"))
    return key, value


def wakeup_of(request: Request) -> str:
    """The watch that a Pub/Sub push of ours names; anything else is refused, and ends in the dead-letter topic."""
    with suppress(InvalidRequestError, HTTPException):
        match json_of(request):
            case {"message": {"attributes": {"watchId": str(watch_id)}}, "subscription": str()}:
                return watch_id_of(watch_id)
    raise BadRequest("not a Pub/Sub push of a wake-up")
