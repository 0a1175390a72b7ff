"""Requests become values: the path, the query, the body, each checked and bounded."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from flask import Request
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from calendar_watch.errors import InvalidRequestError
from calendar_watch.model.notification import Headers
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.target import LABEL_KEY
from calendar_watch.model.watch import State
from calendar_watch.ports import Filter

_LONGEST_TOKEN = 2048
_LONGEST_TEXT = 320
_LARGEST_BODY = 64 * 1024
_LARGEST_BATCH = 1024 * 1024
_MOST_BODIES = 500
_WATCH_ID = re.compile(r"[a-z2-7]{32}")
_TRACE_HEADERS = {
    "x-cloud-trace-context": re.compile(r"([0-9a-f]{32})(?:[/;].*)?"),
    "traceparent": re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-.*"),
}


def trace_of(headers: Headers) -> str:
    """The id of the trace that a request belongs to; empty: none."""
    matches = (form.fullmatch((headers.get(name) or "").lower()) for name, form in _TRACE_HEADERS.items())
    return next((match[1] for match in matches if match), "")


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
    """An item's part key. It is only compared, so any text will do; bounded all the same."""
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
