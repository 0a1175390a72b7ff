"""The Directory of a Workspace, as one of its administrators sees it.

Keyless: whoever gcloud is logged in as has IAM sign for the service account, as the functions do, and Google's token
endpoint takes that for a token of the administrator.
"""

import json
import urllib.error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode

from infra.tools.enrol.users import Users
from infra.tools.service import RefusedError, Service, gcloud

SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"
_TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_USERS = "/admin/directory/v1/users"
_FIELDS = "nextPageToken,users(primaryEmail,suspended,archived)"
_LARGEST_PAGE = 500
_NOT_FOUND = 404
_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Hosts:
    iam: str = "https://iamcredentials.googleapis.com"
    tokens: str = "https://oauth2.googleapis.com"
    admin: str = "https://admin.googleapis.com"


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


def service_account() -> str:
    """Terraform's, of the project that gcloud is set to."""
    return f"calendar-watch-calendar@{gcloud('project', 'config', 'get', 'project')}.iam.gserviceaccount.com"


class Directory:
    def __init__(self, google: Google, domain: str):
        self._google = google
        self._domain = domain

    def users(self) -> Users:
        found = [*self._pages()]
        active = tuple(each["primaryEmail"].lower() for each in found if not _inactive(each))
        return Users(self._domain, active, tuple(each["primaryEmail"].lower() for each in found if _inactive(each)))

    def has(self, address: str) -> bool:
        """Whether this is somebody's address, and not just an alias. One absence from a list proves nothing."""
        try:
            user = self._google.ask("GET", f"{_USERS}/{quote(address, safe='')}?fields=primaryEmail")
        except RefusedError as error:
            if error.status == _NOT_FOUND:
                return False
            raise
        return str(user["primaryEmail"]).lower() == address

    def _pages(self) -> Iterator[Mapping[str, Any]]:
        query = {"domain": self._domain, "maxResults": _LARGEST_PAGE, "fields": _FIELDS}
        token = ""
        while token is not None:
            page = self._google.ask(
                "GET", f"{_USERS}?{urlencode({**query, **({'pageToken': token} if token else {})})}"
            )
            yield from page.get("users", [])
            token = page.get("nextPageToken")


def _inactive(user: Mapping[str, Any]) -> bool:
    return bool(user.get("suspended") or user.get("archived"))


def directory(hosts: Hosts, account: str, admin: str, domain: str, now: float) -> Directory:
    """`now` is in seconds since 1970. Raises PlainError."""
    signed = _signed(hosts, account, {"iss": account, "sub": admin, "scope": SCOPE, "aud": _TOKEN}, int(now))
    granted = Google(hosts.tokens, "", f"Does the admin console let {account} have the scope {SCOPE}?")
    token = granted.ask_by_form("/token", {"grant_type": _GRANT, "assertion": signed})["access_token"]
    told = f"Is {domain} a domain of yours, and {admin} an administrator who may read users?"
    return Directory(Google(hosts.admin, token, told), domain)


def _signed(hosts: Hosts, account: str, claims: Mapping[str, Any], issued: int) -> str:
    own = gcloud("access token", "auth", "print-access-token")
    iam = Google(
        hosts.iam, own, f"You need roles/iam.serviceAccountTokenCreator on {account}, or name another: ACCOUNT=…"
    )
    payload = json.dumps({**claims, "iat": issued, "exp": issued + _HOUR})
    answer = iam.ask("POST", f"/v1/projects/-/serviceAccounts/{account}:signJwt", {"payload": payload})
    return str(answer["signedJwt"])
