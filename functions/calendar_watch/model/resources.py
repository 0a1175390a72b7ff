"""The four collections that Google Calendar can watch.

Paths, scopes and parameters are those of Google's discovery document, revision 20261030.
`calendar.readonly` does not open an ACL: each collection has a least scope of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]
"""One rule, calendar, event or setting, as Google gives it, without `etag` and `kind`."""

_SCOPE = "https://www.googleapis.com/auth/calendar."


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of collection: where it lies at Google, what reads it, and which fields of an item we look at."""

    name: str
    path: str
    scope: str
    parameters: Mapping[str, str]
    """Of a listing. Without a time zone, events come in the calendar's, and all change with it:
    googleapis/google-api-dotnet-client#1778."""
    fields: tuple[str, ...]
    """Empty: all of them."""
    item_parameters: Mapping[str, str] | None = None
    """Of a request for a single item; None: nobody asks for one."""
    fingerprint: tuple[str, ...] = ()
    """What is kept of an item to tell its versions apart, where there may be too many to keep them whole."""

    @property
    def synced(self) -> bool:
        """Read page by page and with a sync token, as it may be large; the others are small and read whole."""
        return bool(self.fingerprint)

    @property
    def per_calendar(self) -> bool:
        """One collection for each calendar; otherwise one for each user."""
        return "{calendarId}" in self.path


ACL = Resource(
    "acl",
    "calendars/{calendarId}/acl",
    _SCOPE + "acls.readonly",
    {"maxResults": "250"},
    ("id", "role", "scope"),
    item_parameters={},
)

CALENDAR_LIST = Resource(
    "calendarList",
    "users/me/calendarList",
    _SCOPE + "calendarlist.readonly",
    {"maxResults": "250", "showHidden": "true"},
    (
        "accessRole", "autoAcceptInvitations", "backgroundColor", "colorId", "conferenceProperties", "dataOwner",
        "defaultReminders", "description", "foregroundColor", "hidden", "id", "location", "notificationSettings",
        "primary", "selected", "summary", "summaryOverride", "timeZone",
    ),
    item_parameters={},
)  # fmt: skip

SETTINGS = Resource(
    "settings",
    "users/me/settings",
    _SCOPE + "settings.readonly",
    {"maxResults": "250"},
    ("id", "value"),
)

EVENTS = Resource(
    "events",
    "calendars/{calendarId}/events",
    _SCOPE + "events.readonly",
    {"maxResults": "2500", "singleEvents": "false", "timeZone": "UTC"},
    (),
    item_parameters={"timeZone": "UTC"},
    fingerprint=("etag", "id", "recurringEventId", "start", "status", "summary", "updated"),
)

EVENT_TYPES = ("birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation")
FOLLOWABLE = (ACL.name, EVENTS.name)
"""What a calendar has one of, and who owns the calendar owns too."""

RESOURCES: Mapping[str, Resource] = {each.name: each for each in (ACL, CALENDAR_LIST, EVENTS, SETTINGS)}
WHOLE_RESOURCES = frozenset(name for name, each in RESOURCES.items() if not each.synced)
"""Small ones, read in one go, which can be told in one go too."""
