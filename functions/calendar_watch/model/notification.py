"""What Google says in a notification: headers only, from anybody until the token is verified.

Only what says whose message it is has to be right. Google never repeats a message that is answered 400, so a new form
of any other header must lose nothing: it is believed if it is well-formed, and left out if it is not.
https://developers.google.com/workspace/calendar/api/guides/push names the headers; of their forms it says little.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, Self

from calendar_watch.errors import InvalidRequestError

_CHANNEL_ID = "X-Goog-Channel-ID"
_ID_FORM = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}")
_DATE = re.compile(r"[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")
_RESOURCE_ID = re.compile(r"[ -~]{1,1024}")
_STATE = re.compile(r"[a-z_]{1,32}")

SYNC = "sync"
"""The state of the first message of a channel: that it speaks, and nothing of the collection."""


class Headers(Protocol):
    """Of a request: found however their names are spelled."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """Which channel a message says that it is of, and what is to prove it."""

    channel_id: str
    """May hold `/`, which a Firestore name must not: ours are UUIDs, but only a verified token says that it is ours."""
    token: str | None = field(repr=False)

    @classmethod
    def from_headers(cls, headers: Headers) -> Self:
        """Raises InvalidRequestError for a channel id that none could be; whose the token is, ChannelTokens tells."""
        return cls(_channel_id(headers.get(_CHANNEL_ID)), headers.get("X-Goog-Channel-Token"))


@dataclass(frozen=True, slots=True)
class PendingNotification:
    """One waiting message of one channel: that something changed, never what.

    It is the first; those that come until a claim takes it away leave no trace.
    """

    watch_id: str
    channel_id: str
    resource_id: str
    """Empty: Google did not say, or not in a form that we know."""
    expiration: datetime | None
    received: datetime
    resource_state: str = ""
    """`sync`, `exists` or `not_exists`; a state that Google adds, or none, counts like any other."""

    @classmethod
    def from_headers(cls, headers: Headers, watch_id: str, channel_id: str, received: datetime) -> Self:
        """Of a message that has proved whose it is: of one that has not, nothing else is looked at."""
        return cls(
            watch_id=watch_id,
            channel_id=channel_id,
            resource_id=_well_formed(headers.get("X-Goog-Resource-ID"), _RESOURCE_ID),
            expiration=_expiration(headers.get("X-Goog-Channel-Expiration")),
            received=received,
            resource_state=_well_formed(headers.get("X-Goog-Resource-State"), _STATE),
        )


def _channel_id(text: str | None) -> str:
    if text is None or not _ID_FORM.fullmatch(text):
        words = "is missing" if text is None else "must be 1 to 64 letters, digits or any of -_+/="
        raise InvalidRequestError((_CHANNEL_ID, words))
    return text


def _well_formed(text: str | None, form: re.Pattern[str]) -> str:
    return text if text and form.fullmatch(text) else ""


def _expiration(text: str | None) -> datetime | None:
    """parsedate_to_datetime alone would take almost anything for a date, and trip over some of it."""
    with suppress(ValueError):
        return parsedate_to_datetime(_well_formed(text, _DATE))
    return None
