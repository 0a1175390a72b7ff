"""Google Calendar itself as a side. Whoever runs it should use a service account that has nothing else to lose."""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import google.auth
import requests
from google.auth import impersonated_credentials
from google.auth.credentials import Credentials, Signing
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from requests.adapters import BaseAdapter, HTTPAdapter

from tests.conformance.bench import NotJudgedError
from tests.conformance.exchange import Arrival, Asked, Caller, Reply
from tests.conformance.sides.budget import Budget
from tests.conformance.sides.http import perform, read
from tests.conformance.sides.side import WANTED, Hands, Need

ROOT = "https://www.googleapis.com/calendar/v3/"
_EVERYTHING = "https://www.googleapis.com/auth/calendar"
_READS_EVENTS = "https://www.googleapis.com/auth/calendar.events.readonly"
_CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
_TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_HOLIDAYS = "en.usa#holiday@group.v.calendar.google.com"
_SECONDS = 10
_HOUR = 3_600


def _utc_now() -> datetime:
    return datetime.now(UTC)


Access = Callable[[Sequence[str]], Credentials]
"""Scopes -> credentials."""


@dataclass(frozen=True)
class Choices:
    webhook: str = ""
    arrivals: str = ""
    """Where JSON lines tell what came to the webhook: `{"headers": {…}, "body": ""}`, oldest first."""
    lifetimes: bool = False


def application_default(scopes: Sequence[str]) -> Credentials:
    credentials, _project = google.auth.default(scopes=scopes)
    return credentials


def impersonated(account: str) -> Access:
    def access(scopes: Sequence[str]) -> Credentials:
        source = application_default([_CLOUD_PLATFORM])
        return impersonated_credentials.Credentials(source, account, list(scopes))

    return access


class Google:
    name = "google"

    def __init__(
        self,
        access: Access,
        choices: Choices,
        budget: Budget,
        adapter: BaseAdapter | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.now = now
        self._credentials = access([_EVERYTHING])
        self._budget = budget
        self._choices = choices
        self._plain = requests.Session()
        self._sessions: dict[Caller, requests.Session] = {
            "owner": AuthorizedSession(self._credentials),
            "narrow": AuthorizedSession(access([_READS_EVENTS])),
            "nobody": self._plain,
        }
        for session in self._sessions.values():
            session.mount("https://", adapter or HTTPAdapter())

    @property
    def offers(self) -> frozenset[Need]:
        given: dict[Need, bool] = {
            "webhook": bool(self._choices.webhook),
            "arrivals": bool(self._choices.webhook and self._choices.arrivals),
            "tokens": isinstance(self._credentials, Signing),
            "lifetimes": self._choices.lifetimes,
        }
        return frozenset(need for need, there in given.items() if there)

    @property
    def webhook(self) -> str:
        return self._choices.webhook

    @property
    def hands(self) -> Hands:
        raise NotJudgedError(f"needs {WANTED['hands']}")

    def send(self, asked: Asked) -> Reply:
        self._budget.check()
        headers = {"Authorization": "Bearer never-given"} if asked.caller == "nobody" else {}
        try:
            return perform(self._sessions[asked.caller], ROOT, asked, headers, _SECONDS)
        except GoogleAuthError as error:
            return Reply(0, {"error": f"no token: {type(error).__name__}"})

    def pause(self, seconds: float) -> None:
        self._budget.pause(seconds)

    def arrivals(self, channel_id: str) -> list[Arrival]:
        self._budget.check()
        try:
            lines = self._plain.get(self._choices.arrivals, timeout=_SECONDS).text.splitlines()
            came = [Arrival(told["headers"], told.get("body", "")) for told in map(json.loads, filter(None, lines))]
        except (requests.RequestException, ValueError, KeyError) as error:
            raise NotJudgedError(f"ARRIVALS cannot be read: {error!r}") from error
        return [each for each in came if each.value("X-Goog-Channel-ID") == channel_id]

    def sign_in(self, ahead_seconds: int) -> Reply:
        self._budget.check()
        try:
            return self._signed_in(ahead_seconds)
        except (requests.RequestException, GoogleAuthError) as error:
            return Reply(0, {"error": f"no answer: {type(error).__name__}"})

    def _signed_in(self, ahead_seconds: int) -> Reply:
        signer: Any = self._credentials
        issued = int(self.now().timestamp()) + ahead_seconds
        claims = {
            "iss": signer.signer_email,
            "scope": _READS_EVENTS,
            "aud": _TOKEN,
            "iat": issued,
            "exp": issued + _HOUR,
        }
        unsigned = ".".join(map(_part, ({"alg": "RS256", "typ": "JWT"}, claims)))
        assertion = f"{unsigned}.{_encoded(signer.sign_bytes(unsigned.encode()))}"
        form = {"grant_type": _GRANT, "assertion": assertion}
        return read(self._plain.post(_TOKEN, data=form, timeout=_SECONDS))

    def public_calendar(self) -> str:
        return _HOLIDAYS

    def grant_grace(self) -> None:
        self._budget.grant_grace()


def _part(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
