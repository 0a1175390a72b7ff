"""The simulated Google as its users see it, and its back door."""

from typing import Any
from urllib.parse import quote

from .rest import told

_EVERYTHING = "https://www.googleapis.com/auth/calendar"
_A_DAY = {"start": {"date": "2026-11-23"}, "end": {"date": "2026-11-24"}}


class Google:
    def __init__(self, host: str):
        self.root = f"http://{host}"
        self.api_root = f"{self.root}/calendar/v3"
        self.admin_root = f"{self.root}/simulator"

    def person(self, email: str) -> "Person":
        self.admin("POST", "tokens", {"token": email, "subject": email, "scopes": [_EVERYTHING]})
        return Person(self.api_root, email)

    def admin(self, method: str, action: str, body: object = None) -> Any:
        """Use the back door; the simulator's README lists what there is."""
        return told(method, f"{self.admin_root}/{action}", body)

    def channels(self) -> list[Any]:
        """Every one there ever was."""
        return list(self.admin("GET", "channels"))

    def live_channels(self) -> list[Any]:
        return [each for each in self.channels() if each["live"]]


class Person:
    """Somebody who uses Google Calendar. Every method raises RefusedError."""

    def __init__(self, api_root: str, email: str):
        self.email = email
        self._root = api_root

    def call(self, method: str, path: str, body: object = None) -> Any:
        return told(method, f"{self._root}/{path}", body, {"Authorization": f"Bearer {self.email}"})

    def create_calendar(self, summary: str) -> str:
        return str(self.call("POST", "calendars", {"summary": summary})["id"])

    def delete_calendar(self, calendar_id: str) -> None:
        self.call("DELETE", f"calendars/{quote(calendar_id)}")

    def share(self, calendar_id: str, email: str, role: str) -> None:
        """Give that role, or change to it."""
        rule = {"role": role, "scope": {"type": "user", "value": email}}
        self.call("POST", f"calendars/{quote(calendar_id)}/acl", rule)

    def unshare(self, calendar_id: str, email: str) -> None:
        self.call("DELETE", f"calendars/{quote(calendar_id)}/acl/user:{email}")

    def make_public(self, calendar_id: str, role: str) -> None:
        rule = {"role": role, "scope": {"type": "default"}}
        self.call("POST", f"calendars/{quote(calendar_id)}/acl", rule)

    def make_private(self, calendar_id: str) -> None:
        self.call("DELETE", f"calendars/{quote(calendar_id)}/acl/default")

    def create_event(self, calendar_id: str, summary: str) -> str:
        return str(self.call("POST", _events(calendar_id), {"summary": summary, **_A_DAY})["id"])

    def rename_event(self, calendar_id: str, event_id: str, summary: str) -> None:
        self.call("PATCH", f"{_events(calendar_id)}/{event_id}", {"summary": summary})

    def delete_event(self, calendar_id: str, event_id: str) -> None:
        self.call("DELETE", f"{_events(calendar_id)}/{event_id}")


def _events(calendar_id: str) -> str:
    return f"calendars/{quote(calendar_id)}/events"
