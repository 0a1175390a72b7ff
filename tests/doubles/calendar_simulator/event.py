"""An event: what it has from birth, what may be written, and how it is shown."""

import base64
import re
from collections.abc import Mapping
from typing import Any

from . import discovery, errors, times
from .collection import Item, Record
from .quirks import odd
from .revisions import timestamp
from .world import World

JsonObject = dict[str, Any]
TYPES = ("birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation")
_STATUSES = ("confirmed", "tentative", "cancelled")
_ID = re.compile(r"[a-v0-9]{5,1024}")
_DEFAULTS: Item = {"status": "confirmed", "sequence": 0, "reminders": {"useDefault": True}, "eventType": "default"}
_LASTING = (
    "created",
    "creator",
    "organizer",
    "iCalUID",
    "eventType",
    "recurringEventId",
    "originalStartTime",
    odd.MARK,
)
_WRITABLE = discovery.fields_of({"$ref": "Event"}).keys() - {
    *("created", "creator", "organizer", "recurringEventId", "originalStartTime"),
    *("kind", "etag", "id", "htmlLink", "hangoutLink", "updated", "locked"),
}
#: what listings still tell about a cancelled event
_REMAINS = ("kind", "etag", "id", "status", "recurringEventId", "originalStartTime")


def new_id(world: World) -> str:
    return world.random.randbytes(13).hex()


def check_id(event_id: str) -> None:
    if not _ID.fullmatch(event_id):
        raise errors.invalid_value("Invalid resource id value.")


def new(world: World, calendar_id: str, creator: str, event_id: str, given: Mapping[str, Any]) -> JsonObject:
    item = {
        **_DEFAULTS,
        "iCalUID": f"{event_id}@google.com",
        **given,
        "created": timestamp(world.next_revision()),
        "creator": person(calendar_id, creator),
        "organizer": person(calendar_id, calendar_id),
    }
    return odd.born(world, item)


def patched(item: Item, body: Mapping[str, Any]) -> JsonObject:
    return _merged(item, writable(body))


def replaced(item: Item, body: Mapping[str, Any]) -> JsonObject:
    """Return what the body says, and from the old event only what it has from birth."""
    lasting = {name: value for name, value in item.items() if name in _LASTING}
    return {**_DEFAULTS, **lasting, **writable(body)}


def writable(body: Mapping[str, Any]) -> JsonObject:
    return {name: value for name, value in body.items() if name in _WRITABLE}


def check(item: Item) -> None:
    if odd.MARK in item:
        return  # Google's own
    times.length(item)
    for name, allowed in (("status", _STATUSES), ("eventType", TYPES)):
        if item.get(name) not in allowed:
            raise errors.invalid_value(f"Invalid value for {name}")


def shown(record: Record) -> JsonObject:
    eid = base64.urlsafe_b64encode(f"{record.key} {record.item['organizer']['email']}".encode()).decode().rstrip("=")
    return {
        "kind": "calendar#event",
        "etag": record.etag,
        "id": record.key,
        "htmlLink": f"https://www.google.com/calendar/event?eid={eid}",
        "updated": timestamp(record.revision),
        **record.item,
    }


def listed(record: Record) -> JsonObject:
    """Show the event as listings do: of a cancelled one little is left."""
    full = shown(record)
    if record.item["status"] != "cancelled":
        return full
    return {name: full[name] for name in _REMAINS if name in full}


def _merged(old: Mapping[str, Any], changes: Mapping[str, Any]) -> JsonObject:
    """Objects are merged at any depth, lists replaced; null clears."""
    deep = {
        name: _merged(old.get(name, {}), value) if isinstance(value, dict) else value for name, value in changes.items()
    }
    return {name: value for name, value in {**old, **deep}.items() if value is not None}


def person(calendar_id: str, email: str) -> JsonObject:
    return {"email": email} | ({"self": True} if email == calendar_id else {})
