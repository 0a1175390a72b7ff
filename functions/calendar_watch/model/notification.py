"""What Google says in a notification: headers only, from anybody until the token is verified."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, Self

from calendar_watch.errors import InvalidRequestError

_DATE = re.compile(r"[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")


class Headers(Protocol):
    """Of a request: found however their names are spelled."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Notification:
    """Well-formed, but not yet known to be genuine."""

    channel_id: str
    """May hold `/`, which a Firestore name must not: ours are UUIDs, but only a verified token says that it is ours."""
    message_number: int
    resource_id: str
    resource_state: str
    """`sync`, `exists` or `not_exists`; a state that Google adds counts like any other."""
    resource_uri: str
    expiration: datetime | None = None
    token: str | None = field(default=None, repr=False)

    @classmethod
    def from_headers(cls, headers: Headers) -> Self:
        """Raises InvalidRequestError, which names every header that is wrong."""
        values: dict[str, Any] = {}
        errors = []
        for name, (header, parse) in _HEADERS.items():
            try:
                values[name] = parse(headers.get(header))
            except ValueError as error:
                errors.append((header, str(error)))
        if errors:
            raise InvalidRequestError(*errors)
        return cls(**values)


def _matching(pattern: str, words: str) -> Callable[[str | None], str]:
    compiled = re.compile(pattern)

    def parse(text: str | None) -> str:
        if text is None:
            raise ValueError("is missing")
        if not compiled.fullmatch(text):
            raise ValueError(f"must be {words}")
        return text

    return parse


_digits = _matching(r"[1-9][0-9]{0,19}", "a whole number of at most 20 digits, from 1")


def _number(text: str | None) -> int:
    return int(_digits(text))


def _expiration(text: str | None) -> datetime | None:
    """Absent when the channel never expires."""
    if text is None:
        return None
    try:
        # parsedate_to_datetime alone would take almost anything for a date, and trip over some of it.
        return parsedate_to_datetime(text if _DATE.fullmatch(text) else "")
    except ValueError:
        raise ValueError("must be a date such as Fri, 27 Nov 2026 10:00:00 GMT") from None


def _as_it_is(text: str | None) -> str | None:
    return text


_HEADERS: Mapping[str, tuple[str, Callable[[str | None], Any]]] = {
    "channel_id": (
        "X-Goog-Channel-ID",
        _matching(r"[A-Za-z0-9\-_+/=]{1,64}", "1 to 64 letters, digits or any of -_+/="),
    ),
    "message_number": ("X-Goog-Message-Number", _number),
    "resource_id": ("X-Goog-Resource-ID", _matching(r"[ -~]{1,1024}", "1 to 1024 printable ASCII characters")),
    "resource_state": ("X-Goog-Resource-State", _matching(r"[a-z_]{1,32}", "1 to 32 lower-case letters or _")),
    "resource_uri": ("X-Goog-Resource-URI", _matching(r"[ -~]{1,2048}", "1 to 2048 printable ASCII characters")),
    "expiration": ("X-Goog-Channel-Expiration", _expiration),
    "token": ("X-Goog-Channel-Token", _as_it_is),
}


@dataclass(frozen=True, slots=True)
class PendingNotification:
    """One waiting message of one channel: that something changed, never what."""

    watch_id: str
    channel_id: str
    resource_id: str
    expiration: datetime | None
    received: datetime
