"""Calendars themselves: titles, time zones, owners."""

from collections.abc import Mapping
from typing import Any

from . import access, acl, calendar_list, errors
from .collection import Record
from .quirks import rules
from .request import JsonObject, Request
from .world import World

_WRITABLE = ("summary", "description", "location", "timeZone")


def get(world: World, request: Request) -> JsonObject:
    access.require(world, request.calendar_id, request.user, "freeBusyReader")
    return _shown(_record(world, request.calendar_id))


def insert(world: World, request: Request) -> JsonObject:
    calendar_id = f"c_{world.random.randbytes(32).hex()}@group.calendar.google.com"
    return _shown(create(world, calendar_id, request.user, {"dataOwner": request.user, **_writable(request.body)}))


def patch(world: World, request: Request) -> JsonObject:
    return _change(world, request, _current(world, request) | _writable(request.body))


def update(world: World, request: Request) -> JsonObject:
    kept = {name: value for name, value in _current(world, request).items() if name not in _WRITABLE}
    return _change(world, request, kept | {"timeZone": "UTC"} | _writable(request.body))


def delete(world: World, request: Request) -> None:
    calendar = _current(world, request)
    if request.calendar_id == request.user:
        raise errors.cannot_delete_primary()
    if calendar.get("dataOwner") != request.user:
        raise errors.forbidden()
    bury(world, request.calendar_id)


def bury(world: World, calendar_id: str) -> None:
    """Delete it with all that is in it."""
    for collection in (world.acl(calendar_id), world.events(calendar_id)):
        for record in collection.live():
            collection.bury(record.key, record.item)
    world.calendars.bury(calendar_id, _record(world, calendar_id).item)
    calendar_list.follow_access(world, calendar_id, {})


def create(world: World, calendar_id: str, owner: str, metadata: Mapping[str, Any]) -> Record:
    conference = {"conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]}}
    record = world.calendars.write(calendar_id, {"timeZone": "UTC", **conference, **metadata})
    acl.grant_owner(world, calendar_id, owner)
    rules.born(world, calendar_id, owner)
    calendar_list.add_own(world, calendar_id, owner)
    return record


def _change(world: World, request: Request, metadata: Mapping[str, Any]) -> JsonObject:
    record = world.calendars.write(
        request.calendar_id, {name: value for name, value in metadata.items() if value is not None}
    )
    for found in calendar_list.listing_it(world, request.calendar_id):
        found.amend(request.calendar_id)
    return _shown(record)


def _current(world: World, request: Request) -> JsonObject:
    access.require(world, request.calendar_id, request.user, "owner")
    return dict(_record(world, request.calendar_id).item)


def _record(world: World, calendar_id: str) -> Record:
    record = world.calendars.get(calendar_id)
    if record is None:
        raise errors.not_found()
    return record


def _writable(body: Mapping[str, Any]) -> JsonObject:
    return {name: value for name, value in body.items() if name in _WRITABLE}


def _shown(record: Record) -> JsonObject:
    return {"kind": "calendar#calendar", "etag": record.etag, "id": record.key, **record.item}
