"""Google's own services, asked as a service account of which nobody has a key.

IAM signs for it, or gives its token, to whoever gcloud is logged in as, if that one may. In a rehearsal on this
machine, where nobody checks, gcloud is not asked.
"""

import json
import urllib.error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Self

from infra.tools.service import Service, gcloud, is_loopback

_ACCOUNTS = "/v1/projects/-/serviceAccounts"
_TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_HOUR = 3_600
_REHEARSAL = "rehearsal"
"""Project and token of whoever rehearses."""


@dataclass(frozen=True, slots=True)
class Hosts:
    iam: str = "https://iamcredentials.googleapis.com"
    tokens: str = "https://oauth2.googleapis.com"
    admin: str = "https://admin.googleapis.com"
    calendar: str = "https://www.googleapis.com"

    @classmethod
    def at(cls, simulator: str | None) -> Self:
        return cls(simulator, simulator, simulator, simulator) if simulator else cls()


class Google(Service):
    """`remedy` is what most often helps where it refuses."""

    def __init__(self, url: str, token: str, remedy: str):
        super().__init__(url, token)
        self._remedy = remedy

    def refusal(self, error: urllib.error.HTTPError) -> str:
        try:
            return f"{_said(json.load(error)['error'])}. {self._remedy}"
        except (ValueError, LookupError, TypeError, OSError, HTTPException):
            return self._remedy

    def misunderstanding(self) -> str:
        return "as Google does"


def _said(error: Any) -> str:
    return str(error["message"] if isinstance(error, Mapping) else error).rstrip(".")


def service_account(hosts: Hosts, name: str) -> str:
    """Terraform's of that name, of the project that gcloud is set to."""
    return f"calendar-watch-{name}@{_gcloud(hosts, 'project', 'config', 'get', 'project')}.iam.gserviceaccount.com"


def token_of(hosts: Hosts, account: str, scopes: Sequence[str]) -> str:
    """The account's own, for an hour: with it nobody can act for a user, whatever is delegated. Raises PlainError."""
    return str(_by_iam(hosts, account, "generateAccessToken", {"scope": scopes})["accessToken"])


def token_for(hosts: Hosts, account: str, user: str, scope: str, now: float) -> str:
    """A user's, by domain-wide delegation; `now` is in seconds since 1970. Raises PlainError."""
    claims = {"iss": account, "sub": user, "scope": scope, "aud": _TOKEN, "iat": int(now), "exp": int(now) + _HOUR}
    signed = _by_iam(hosts, account, "signJwt", {"payload": json.dumps(claims)})["signedJwt"]
    granted = Google(hosts.tokens, "", f"Does the admin console let {account} have the scope {scope}?")
    return str(granted.ask_by_form("/token", {"grant_type": _GRANT, "assertion": signed})["access_token"])


def _by_iam(hosts: Hosts, account: str, verb: str, body: object) -> Any:
    own = _gcloud(hosts, "access token", "auth", "print-access-token")
    needed = f"You need roles/iam.serviceAccountTokenCreator on {account}, or name another: ACCOUNT=…"
    return Google(hosts.iam, own, needed).ask("POST", f"{_ACCOUNTS}/{account}:{verb}", body)


def _gcloud(hosts: Hosts, what: str, *arguments: str) -> str:
    return _REHEARSAL if is_loopback(hosts.iam) else gcloud(what, *arguments)
