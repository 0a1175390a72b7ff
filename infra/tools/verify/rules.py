"""The access rules of the test calendar, as one who manages its sharing sees and changes them."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from infra.tools.google import Google
from infra.tools.service import PlainError, RefusedError

SCOPE = "https://www.googleapis.com/auth/calendar.acls"
"""The least with which a rule can be made."""
CALENDARS = "/calendar/v3/calendars"
LEAST_ROLE = "freeBusyReader"
_GONE = (404, 410)
_LARGEST_PAGE = 250


class SharingError(PlainError):
    """Google does not let us look at the rules, or change one: that says nothing of the deployment."""


class Rules:
    """Every method raises SharingError."""

    def __init__(self, google: Google, calendar: str):
        self._google = google
        self._path = f"{CALENDARS}/{quote(calendar, safe='')}/acl"

    def users(self) -> set[str]:
        """Who can see the calendar by a rule of their own."""
        return {each.removeprefix("user:") for each in self._ids() if each.startswith("user:")}

    def share(self, user: str, role: str = LEAST_ROLE) -> None:
        """Nobody is sent a mail."""
        rule = {"role": role, "scope": {"type": "user", "value": user}}
        self._ask("POST", f"{self._path}?sendNotifications=false", rule)

    def unshare(self, user: str) -> None:
        try:
            self._google.ask("DELETE", f"{self._path}/{quote(f'user:{user}', safe='')}")
        except RefusedError as error:
            if error.status not in _GONE:
                raise SharingError(str(error)) from None
        except PlainError as error:
            raise SharingError(str(error)) from None

    def _ids(self) -> Iterator[str]:
        query = {"maxResults": str(_LARGEST_PAGE), "fields": "nextPageToken,items(id)"}
        token = ""
        while token is not None:
            page = self._ask("GET", f"{self._path}?{urlencode({**query, **({'pageToken': token} if token else {})})}")
            yield from (each["id"] for each in page.get("items", ()))
            token = page.get("nextPageToken")

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        try:
            return self._google.ask(method, path, body)
        except PlainError as error:
            raise SharingError(str(error)) from None
