"""An access token: fetched by one thread for all that need it, and kept for its whole life."""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from google.auth.credentials import Credentials

_SPARE = timedelta(minutes=1)
"""A token is replaced so long before its end: a call with all its tries is over by then."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Fetched:
    text: str
    expiry: datetime | None
    """In UTC, without an offset, as google-auth reckons; None: it has no end."""

    @classmethod
    def of(cls, credentials: Credentials) -> Self:
        return cls(str(credentials.token), credentials.expiry)


class AccessToken:
    """Thread-safe. Who comes while it is being fetched waits, and shares the outcome; a failure is not kept."""

    __slots__ = ("_fetching", "_kept", "_lock", "_now")

    def __init__(self, now: Callable[[], datetime] = utc_now):
        self._now = now
        self._kept: Fetched | None = None
        self._fetching: Future[Fetched] | None = None
        self._lock = threading.Lock()

    @property
    def valid(self) -> bool:
        kept = self._kept
        return kept is not None and (kept.expiry is None or self._now() < kept.expiry.replace(tzinfo=UTC) - _SPARE)

    def get(self, fetch: Callable[[], Fetched]) -> Fetched:
        """Raises what `fetch` raises."""
        with self._lock:
            if self._kept and self.valid:
                return self._kept
            others = self._fetching
            fetching = self._fetching = others or Future()
        if not others:
            self._carry_out(fetch, fetching)
        return fetching.result()

    def refused(self, text: str) -> None:
        """Throw it away, unless it has been replaced already."""
        with self._lock:
            if self._kept and self._kept.text == text:
                self._kept = None

    def _carry_out(self, fetch: Callable[[], Fetched], fetching: Future[Fetched]) -> None:
        try:
            self._kept = fetch()
            fetching.set_result(self._kept)
        except BaseException as error:  # noqa: BLE001 - raised by `result`, for all who wait
            fetching.set_exception(error)
        finally:
            with self._lock:
                self._fetching = None
