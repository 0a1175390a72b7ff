"""What Google says in a notification: headers only, from anybody until the token is verified.

Only what says whose message it is has to be right. Google never repeats a message that is answered 400, so a new form
of any other header must lose nothing: it is believed if it is well-formed, and left out if it is not.
https://developers.google.com/workspace/calendar/api/guides/push names the headers; of their forms it says little.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, Self

from calendar_watch.errors import InvalidRequestError

_DATE = re.compile(r"[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")
_RESOURCE_ID = re.compile(r"[ -~]{1,1024}")
_STATE = re.compile(r"[a-z_]{1,32}")


class Headers(Protocol):
    """Of a request: found however their names are spelled."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class _Required:
    form: re.Pattern[str]
    words: str

    def error(self, text: str | None) -> str:
        """Empty: there is nothing wrong with it."""
        if text is None:
            return "is missing"
        return "" if self.form.fullmatch(text) else f"must be {self.words}"


_CHANNEL_ID, _TOKEN = "X-Goog-Channel-ID", "X-Goog-Channel-Token"
_REQUIRED: Mapping[str, _Required] = {
    _CHANNEL_ID: _Required(re.compile(r"[A-Za-z0-9\-_+/=]{1,64}"), "1 to 64 letters, digits or any of -_+/="),
    _TOKEN: _Required(re.compile(r"[ -~]{1,256}"), "1 to 256 printable ASCII characters"),
}


@dataclass(frozen=True, slots=True)
class Notification:
    """Well-formed, but not yet known to be genuine."""

    channel_id: str
    """May hold `/`, which a Firestore name must not: ours are UUIDs, but only a verified token says that it is ours."""
    token: str = field(repr=False)
    resource_id: str = ""
    """Empty: Google did not say, or not in a form that we know."""
    resource_state: str = ""
    """`sync`, `exists` or `not_exists`; a state that Google adds, or none, counts like any other."""
    expiration: datetime | None = None

    @classmethod
    def from_headers(cls, headers: Headers) -> Self:
        """Raises InvalidRequestError, which names every required header that is wrong."""
        errors = {name: required.error(headers.get(name)) for name, required in _REQUIRED.items()}
        if wrong := [(name, error) for name, error in errors.items() if error]:
            raise InvalidRequestError(*wrong)
        return cls(
            channel_id=headers.get(_CHANNEL_ID) or "",
            token=headers.get(_TOKEN) or "",
            resource_id=_well_formed(headers.get("X-Goog-Resource-ID"), _RESOURCE_ID),
            resource_state=_well_formed(headers.get("X-Goog-Resource-State"), _STATE),
            expiration=_expiration(headers.get("X-Goog-Channel-Expiration")),
        )


def _well_formed(text: str | None, form: re.Pattern[str]) -> str:
    return text if text and form.fullmatch(text) else ""


def _expiration(text: str | None) -> datetime | None:
    """parsedate_to_datetime alone would take almost anything for a date, and trip over some of it."""
    with suppress(ValueError):
        return parsedate_to_datetime(_well_formed(text, _DATE))
    return None


SYNC = "sync"
"""The state of the first message of a channel: that it speaks, and nothing of the collection."""


@dataclass(frozen=True, slots=True)
class PendingNotification:
    """One waiting message of one channel: that something changed, never what."""

    watch_id: str
    channel_id: str
    resource_id: str
    expiration: datetime | None
    received: datetime
    resource_state: str = ""
    """Of the first that waits; those that come until a claim takes it away leave no trace."""
