"""Who we are to Google: subject and scope -> a session. One function for each AUTH_MODE."""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

import functools
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import google.auth
import requests
from google.auth.credentials import Credentials
from google.auth.transport import Response
from google.auth.transport.requests import AuthorizedSession, Request
from requests.adapters import BaseAdapter

from calendar_watch import google_http
from calendar_watch.calendar_api.access_token import AccessToken, Fetched, utc_now
from calendar_watch.errors import RefusedError, TryLaterError
from calendar_watch.google_http import pool, pooled
from calendar_watch.reasons import Reason

_MOST_TOKENS = 10_000
"""Of some 1.5 kB each."""
_TOKEN_SECONDS = (3.0, 5.0)
_CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
_REVOKED = (403, 404)

Access = Callable[[str | None, str], Credentials | None]
"""Subject and scope -> credentials that can fetch a token; None: go without."""


class Sessions:
    """Sessions for one subject and one scope each, by the tokens that were used last: at most `most`. Thread-safe.

    One token for each scope: a token for all of them would be refused as a whole where a single one is not granted. A
    session costs nothing to open: all share one pool of connections, which stays when one is dropped.
    """

    def __init__(
        self,
        access: Access,
        adapter: BaseAdapter | None = None,
        most: int = _MOST_TOKENS,
        now: Callable[[], datetime] = utc_now,
    ):
        self._access = access
        self._adapter = adapter or pool()
        self._transport = _TokenTransport(pooled(requests.Session(), self._adapter))
        self._tokens = functools.lru_cache(maxsize=most)(lambda _subject, _scope: AccessToken(now))
        self._lock = threading.Lock()

    def __call__(self, subject: str | None, scope: str) -> requests.Session:
        """Raise RefusedError where the mode cannot act for `subject`, GoogleAuthError where we have no credentials."""
        credentials = self._access(subject, scope)
        if credentials is None:
            return google_http.anonymous(self._adapter)
        with self._lock:  # or two threads would each keep a token of their own
            token = self._tokens(subject, scope)
        shown = _Shown(token, credentials)
        return pooled(AuthorizedSession(shown, max_refresh_attempts=1, auth_request=self._transport), self._adapter)

    def close(self) -> None:
        self._adapter.close()


class _Shown(Credentials):
    """Of one session: shows the token, and remembers which it was, so that only what Calendar refused is replaced."""

    def __init__(self, kept: AccessToken, credentials: Credentials):
        super().__init__()
        self._kept = kept
        self._credentials = credentials

    @property
    def valid(self) -> bool:
        return self._kept.valid

    def before_request(self, request: Request, _method: str, _url: str, headers: dict[str, str]) -> None:
        self.token = self._kept.get(lambda: self._fetched(request)).text
        self.apply(headers)

    def refresh(self, _request: Request) -> None:
        """Calendar has refused it: before the request that follows, another one is fetched."""
        self._kept.refused(str(self.token))

    def _fetched(self, request: Request) -> Fetched:
        self._credentials.refresh(request)
        return Fetched.of(self._credentials)


class _TokenTransport(Request):
    """Getting a token takes up to four requests before the one that matters: each must be quick, or fail."""

    def __call__(self, *args: Any, **kwargs: Any) -> Response:
        bounds = {"timeout": _TOKEN_SECONDS, "allow_redirects": False}
        response: Response = super().__call__(*args, **(kwargs | bounds))
        return response


class _Own(Credentials):
    """Our own identity, with one token for all whom it signs for.

    Impersonated credentials copy their source; this one's copies share what is kept. Those of a machine would each ask
    the metadata server, twice.
    """

    def __init__(self, source: Credentials):
        super().__init__()
        self._source = source
        self._kept = AccessToken()

    def refresh(self, request: Request) -> None:
        fetched = self._kept.get(lambda: self._fetched(request))
        self.token, self.expiry = fetched.text, fetched.expiry

    def _fetched(self, request: Request) -> Fetched:
        if not self._source.valid:
            self._source.refresh(request)
        return Fetched.of(self._source)

    def apply(self, headers: dict[str, str], token: str | None = None) -> None:
        self._source.apply(headers, token or self.token)


def _found_once(source: Callable[[], Credentials]) -> Callable[[], Credentials]:
    """Look for our own credentials once."""
    return functools.cache(lambda: _Own(source()))


def application_default() -> Credentials:
    """Raise DefaultCredentialsError on a machine without credentials."""
    credentials, _project = google.auth.default(scopes=[_CLOUD_PLATFORM])
    return credentials


def delegated(service_account: str, source: Callable[[], Credentials] = application_default) -> Access:
    """As `service_account`, for the subject: keyless domain-wide delegation, by IAM's signJwt.

    The subject is given at birth and the credentials are never copied: `with_scopes` and `with_quota_project` forget
    it, and would go on as the service account itself (google-auth 2.62, `impersonated_credentials._make_copy`).
    """
    own = _found_once(source)

    def access(subject: str | None, scope: str) -> Credentials:
        from google.auth import impersonated_credentials  # noqa: PLC0415 - other modes start sooner without it

        return impersonated_credentials.Credentials(own(), service_account, [scope], subject=_somebody(subject))

    return access


def as_itself(service_account: str, source: Callable[[], Credentials] = application_default) -> Access:
    """As `service_account`, for nobody but itself."""
    own = _found_once(source)

    def access(subject: str | None, scope: str) -> Credentials:
        from google.auth import impersonated_credentials  # noqa: PLC0415 - other modes start sooner without it

        _nobody(subject)
        return impersonated_credentials.Credentials(own(), service_account, [scope])

    return access


def token_service(url: str) -> Access:
    """With tokens that the service at `url` lends for the subject."""
    service = _TokenService(url)
    return lambda subject, scope: _Lent(service, _somebody(subject), scope)


def anonymous(_subject: str | None, _scope: str) -> None:
    return None


_MODES: Mapping[str, Callable[[str, str], Access]] = {
    "delegated": lambda service_account, _url: delegated(service_account),
    "service_account": lambda service_account, _url: as_itself(service_account),
    "token_service": lambda _service_account, url: token_service(url),
    "anonymous": lambda _service_account, _url: anonymous,
}


def sessions(mode: str, service_account: str, token_service_url: str) -> Sessions:
    """`mode` is AUTH_MODE; what it has no use for may be empty. Makes no network call."""
    return Sessions(_MODES[mode](service_account, token_service_url))


def _somebody(subject: str | None) -> str:
    if not subject:
        raise RefusedError(Reason.SUBJECT_NOT_ALLOWED, "this AUTH_MODE acts for a subject, and there is none")
    return subject


def _nobody(subject: str | None) -> None:
    if subject:
        raise RefusedError(Reason.SUBJECT_NOT_ALLOWED, "this AUTH_MODE acts for no subject")


class _TokenService:
    """`POST {"subject", "scopes"}` -> `{"accessToken", "expireTime"}`, with our ID token."""

    def __init__(self, url: str):
        self._url = url
        self._identity: Credentials | None = None

    def lend(self, request: Request, subject: str, scope: str) -> tuple[str, datetime]:
        """Return an access token, and when it expires. Raises RefusedError, TryLaterError or a GoogleAuthError."""
        headers = {"Content-Type": "application/json"}
        if not self._url.startswith("http://"):  # loopback: nobody there could check our token, nor should see it
            self._own_identity(request).before_request(request, "POST", self._url, headers)
        body = json.dumps({"subject": subject, "scopes": [scope]}).encode()
        response = request(self._url, "POST", body, headers)
        return _loan(response.status, response.data)

    def _own_identity(self, request: Request) -> Credentials:
        from google.oauth2 import id_token  # noqa: PLC0415 - other modes start sooner without it

        if self._identity is None:
            self._identity = id_token.fetch_id_token_credentials(self._url, request)
        return self._identity


class _Lent(Credentials):
    def __init__(self, service: _TokenService, subject: str, scope: str):
        super().__init__()
        self._service = service
        self._subject = subject
        self._scope = scope

    def refresh(self, request: Request) -> None:
        self.token, self.expiry = self._service.lend(request, self._subject, self._scope)


def _loan(status: int, body: bytes) -> tuple[str, datetime]:
    if status in _REVOKED:
        detail = f"the token service has no token for this user: HTTP {status}"
        raise RefusedError(Reason.AUTHORIZATION_REVOKED, detail).with_answer(status, "tokenRefused")
    if status != requests.codes.ok:
        raise TryLaterError(f"the token service failed: HTTP {status}").with_answer(status, "noToken")
    try:
        answer = json.loads(body)
        return str(answer["accessToken"]), _naive_utc(answer["expireTime"])
    except (ValueError, LookupError, TypeError):
        error = TryLaterError("the token service's answer is not understood")
        raise error.with_answer(status, "notUnderstood") from None


def _naive_utc(text: str) -> datetime:
    """As google-auth reckons."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without an offset from UTC")
    return moment.astimezone(UTC).replace(tzinfo=None)
