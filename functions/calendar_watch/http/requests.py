"""Requests become values: the path, the query, the body, each checked and bounded."""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Request
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from calendar_watch.errors import InvalidRequestError
from calendar_watch.http import parameters
from calendar_watch.http.parameters import Parameter
from calendar_watch.http.watch_request import MOST_BODIES
from calendar_watch.model.notification import Headers
from calendar_watch.model.shard import SHARDS
from calendar_watch.model.target import WATCH_ID

LARGEST_BODY = 64 * 1024
LARGEST_BATCH = 1024 * 1024
_FRESH = timedelta(minutes=1)
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
    if not WATCH_ID.fullmatch(segment):
        raise NotFound("a watch's id is 32 characters of a-z and 2-7")
    return segment


def only(request: Request, *methods: str) -> None:
    if request.method not in methods:
        raise MethodNotAllowed(list(methods), f"{request.method} is not for this address")


def taken(request: Request, **methods: Iterable[Parameter]) -> Mapping[str, Any]:
    """The parameters of a request to an address that takes these methods, and with each of them these parameters."""
    only(request, *methods)
    if request.method == "POST":
        _not_from_elsewhere(request)
    return parameters.read(request.args, methods[request.method])


def _not_from_elsewhere(request: Request) -> None:
    """No page of another site may act for whoever has our console open: a browser says so, and sends no JSON unasked.

    https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden("a page of another site may not ask this")
    _json_only(request)


def _json_only(request: Request) -> None:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("send JSON, with Content-Type: application/json")


def nothing_in(request: Request) -> None:
    """Of an order without a body, `{}` may be one."""
    if request.get_data() and json_of(request) != {}:
        raise InvalidRequestError(("", "takes no body: leave it out, or send {}"))


def nowhere(request: Request) -> NotFound:
    return NotFound(f"there is nothing at {request.path[:200]}")


def json_of(request: Request, largest: int = LARGEST_BODY) -> Any:
    """The body, of at most `largest` bytes."""
    _json_only(request)
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
    match json_of(request, LARGEST_BATCH):
        case {"requests": list(bodies), **others} if not others and len(bodies) <= MOST_BODIES:
            return bodies
    raise InvalidRequestError(("requests", f"must be the only field, and a list of at most {MOST_BODIES} bodies"))


def shard_of(request: Request, now: datetime) -> list[int]:
    """The shard that a Pub/Sub push of ours names; none where it was handed over a minute ago, and swept since."""
    with suppress(InvalidRequestError, HTTPException, ValueError, TypeError):
        match json_of(request):
            case {"message": {"attributes": {"shard": str(name)}, **others}, "subscription": str()}:
                shard = [str(each) for each in SHARDS].index(name)
                sent = datetime.fromisoformat(str(others.get("publishTime", now)))
                return [shard] if now - sent <= _FRESH else []
    raise BadRequest("not a Pub/Sub push of a shard")


@dataclass(frozen=True, slots=True)
class Wakeup:
    watch_id: str
    again: bool
    """An earlier delivery was not answered well: perhaps its worker has died."""


def wakeup_of(request: Request) -> Wakeup:
    """The watch that a Pub/Sub push of ours names; anything else is refused, and ends in the dead-letter topic.

    Pub/Sub counts deliveries where there are dead letters: https://cloud.google.com/pubsub/docs/handling-failures.
    """
    with suppress(InvalidRequestError, HTTPException):
        match json_of(request):
            case {"message": {"attributes": {"watchId": str(watch_id)}}, "subscription": str(), **others}:
                attempt = others.get("deliveryAttempt")
                return Wakeup(watch_id_of(watch_id), again=isinstance(attempt, int) and attempt > 1)
    raise BadRequest("not a Pub/Sub push of a wake-up")
