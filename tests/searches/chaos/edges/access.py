"""Access tokens, as google-auth would have them: good for an hour, then anew, with the errors that it raises."""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

import json
from collections.abc import Callable, Container
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from google.auth.exceptions import RefreshError
from google.oauth2 import _client

from tests.doubles.calendar_simulator import Answer, CalendarSimulator

_EARLY = timedelta(seconds=225)
"""As google-auth has it."""
REVOKED = "a token that Google does not know"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Access:
    """The credentials of one session: for one subject and one scope."""

    def __init__(
        self,
        google: CalendarSimulator,
        clock: Callable[[], datetime],
        subject: str,
        scope: str,
        revoked: Container[str],
    ):
        self._google = google
        self._clock = clock
        self.subject, self._scope = subject, scope
        self._revoked = revoked
        self._token, self._ends = "", _NEVER

    @property
    def valid(self) -> bool:
        return self._clock() < self._ends - _EARLY

    def token(self) -> str:
        """Raises RefreshError."""
        if not self.valid:
            self.renew()
        return REVOKED if self.subject in self._revoked else self._token

    def renew(self) -> None:
        granted = self._google.grant(self.subject, self._scope, self._clock())
        if granted.by == "signJwt":
            raise RefreshError("Unable to acquire impersonated credentials", granted.answer.body.decode())
        said = _said(granted.answer)
        if granted.answer.status != 200:
            _client._handle_error_response(said, _client._can_retry(granted.answer.status, said))  # noqa: SLF001
        self._token, self._ends = said["access_token"], self._clock() + timedelta(seconds=said["expires_in"])


def _said(answer: Answer) -> Any:
    text = answer.body.decode()
    with suppress(ValueError):
        return json.loads(text)
    return text
