"""The Directory of a Workspace, as one of its administrators sees it.

Keyless: whoever gcloud is logged in as has IAM sign for the service account, as the functions do, and Google's token
endpoint takes that for a token of the administrator.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from infra.tools.enrol.users import Users
from infra.tools.google import Google, Hosts, token_for
from infra.tools.service import RefusedError

SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"
_USERS = "/admin/directory/v1/users"
_FIELDS = "nextPageToken,users(primaryEmail,suspended,archived)"
_LARGEST_PAGE = 500
_NOT_FOUND = 404


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
    told = f"Is {domain} a domain of yours, and {admin} an administrator who may read users?"
    return Directory(Google(hosts.admin, token_for(hosts, account, admin, SCOPE, now), told), domain)
