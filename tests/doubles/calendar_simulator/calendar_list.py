"""Calendar lists: which calendars a user has, with what role and how they look."""

from collections.abc import Mapping
from typing import Any

from . import access, errors, listing
from .collection import Collection, Record, Topic
from .quirks import entries
from .request import JsonObject, Request
from .world import World

#: what a user may write; all else comes from the calendar and its access control list
_OWN_FIELDS = (
    "summaryOverride",
    "colorId",
    "backgroundColor",
    "foregroundColor",
    "hidden",
    "selected",
    "defaultReminders",
    "notificationSettings",
)
_DEFAULTS = {"colorId": "14", "backgroundColor": "#9fe1e7", "foregroundColor": "#000000", "defaultReminders": []}
_FROM_CALENDAR = ("summary", "description", "location", "timeZone", "dataOwner", "conferenceProperties")


def get(world: World, request: Request) -> JsonObject:
    return _entry(world, request.user, _record(world, request))


def list_(world: World, request: Request) -> JsonObject:
    never, not_false = ("minAccessRole", "showOwnOrganizationOnly"), ("showDeleted", "showHidden")
    listing.forbid_with_sync_token(request.query, never, not_false)
    view = listing.View(
        "calendar#calendarList",
        lambda record: entries.shown(world, request.user, record, _entry(world, request.user, record)),
        lambda record: _shown(world, request, record),
    )
    return listing.page(world, world.calendar_list(request.user), request, view)


def insert(world: World, request: Request) -> JsonObject:
    calendar_id = request.body["id"]
    access.require(world, calendar_id, request.user, "freeBusyReader")
    if world.calendars.get(calendar_id) is None:  # an address of old has rules still
        raise errors.not_found()
    own = _DEFAULTS | _own_fields(request.body)
    record = world.calendar_list(request.user).write(calendar_id, own)
    entries.hold_back(world, request.user, record)
    return _entry(world, request.user, record)


def patch(world: World, request: Request) -> JsonObject:
    record = _record(world, request)
    merged = {**record.item, **_own_fields(request.body)}
    return _written(world, request, {name: value for name, value in merged.items() if value is not None})


def update(world: World, request: Request) -> JsonObject:
    _record(world, request)
    return _written(world, request, _DEFAULTS | _own_fields(request.body))


def delete(world: World, request: Request) -> None:
    record = _record(world, request)
    calendar = world.calendars.get(record.key)
    if calendar is None or request.user in (record.key, calendar.item.get("dataOwner")):
        raise errors.cannot_drop_own_calendar()
    world.calendar_list(request.user).bury(record.key, {})


def topic(world: World, request: Request) -> Topic:
    return world.calendar_list(request.user).topic


def add_own(world: World, calendar_id: str, user: str) -> None:
    world.calendar_list(user).write(calendar_id, _DEFAULTS | {"selected": True})


def roles(world: World, calendar_id: str) -> Mapping[str, str]:
    """Return the role of every user who lists the calendar."""
    users = [world.account(found.topic.owner) for found in listing_it(world, calendar_id)]
    return {user: access.role_of(world, calendar_id, user) for user in users}


def follow_access(world: World, calendar_id: str, before: Mapping[str, str]) -> None:
    """After a change of rules: entries follow the new role, and vanish with the last of it."""
    for user, role in roles(world, calendar_id).items():
        if role == "none" and not entries.haunts(world, user, calendar_id):
            world.calendar_list(user).bury(calendar_id, {})
        elif role != before.get(user, "none"):
            world.calendar_list(user).amend(calendar_id)


def listing_it(world: World, calendar_id: str) -> list[Collection]:
    return [found for found in world.calendar_lists() if found.get(calendar_id)]


def _written(world: World, request: Request, own: Mapping[str, Any]) -> JsonObject:
    record = world.calendar_list(request.user).write(request.calendar_id, own)
    return _entry(world, request.user, record)


def _record(world: World, request: Request) -> Record:
    record = world.calendar_list(request.user).get(request.calendar_id)
    if record is None:
        raise errors.not_found()
    return record


def _own_fields(body: Mapping[str, Any]) -> JsonObject:
    return {name: value for name, value in body.items() if name in _OWN_FIELDS}


def _shown(world: World, request: Request, record: Record) -> bool:
    least = request.query.get("minAccessRole", "none")
    role = access.role_of(world, record.key, request.user)
    visible = request.query.get("showHidden", False) or not record.item.get("hidden")
    return visible and access.at_least(role, least)


def _entry(world: World, user: str, record: Record) -> JsonObject:
    entry = {"kind": "calendar#calendarListEntry", "etag": record.etag, "id": record.key}
    ghostly = (user, record.key) in world.memory.ghosts
    calendar = world.calendars.find(record.key) if ghostly else world.calendars.get(record.key)
    if record.deleted or calendar is None:
        return entry | {"deleted": True}
    derived = {name: calendar.item[name] for name in _FROM_CALENDAR if name in calendar.item}
    own = {name: value for name, value in record.item.items() if name != "hidden" or value}
    primary = {"primary": True} if record.key == user else {}
    return entry | derived | own | {"accessRole": access.role_of(world, record.key, user)} | primary
