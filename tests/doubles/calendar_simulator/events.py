"""Events: single ones, series, and the exceptions to series."""

from functools import partial

from . import access, errors, event, instances, listing, watch
from .collection import Collection, Item, Record, Topic
from .request import JsonObject, Request
from .revisions import timestamp
from .world import World

_FILTERS = (
    *("iCalUID", "orderBy", "privateExtendedProperty", "q"),
    *("sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"),
)


def get(world: World, request: Request) -> JsonObject:
    return event.shown(_record(_readable(world, request), request))


def list_(world: World, request: Request) -> JsonObject:
    events = _readable(world, request)
    listing.forbid_with_sync_token(request.query, never=_FILTERS, not_false=("showDeleted",))
    for name in (*_FILTERS, "singleEvents"):
        if request.query.get(name):
            raise errors.not_offered(name)
    return listing.page(world, events, request.query, _view(request)) | _calendar(world, request)


def insert(world: World, request: Request) -> JsonObject:
    events = _changeable(world, request)
    event_id = request.body.get("id", event.new_id(world))
    event.check_id(event_id)
    if events.find(event_id):
        raise errors.duplicate()
    item = event.new(world, request.calendar_id, request.user, event_id, event.writable(request.body))
    event.check(item)
    if item["eventType"] == "fromGmail":
        raise errors.invalid_value("Events of this type cannot be created.")
    return event.shown(put(events, event_id, item))


def patch(world: World, request: Request) -> JsonObject:
    events = _changeable(world, request)
    record = _record(events, request)
    return _changed(events, record, event.patched(record.item, request.body))


def update(world: World, request: Request) -> JsonObject:
    events = _changeable(world, request)
    record = _record(events, request)
    return _changed(events, record, event.replaced(record.item, request.body))


def delete(world: World, request: Request) -> None:
    events = _changeable(world, request)
    record = _record(events, request)
    if record.item["status"] == "cancelled":
        raise errors.deleted()
    put(events, record.key, {**record.item, "status": "cancelled"})


def topic(world: World, request: Request) -> Topic:
    """Return what a watch of these events follows, if this user may watch them."""
    return watch.watchable(_readable(world, request).topic, world.options)


def put(events: Collection, event_id: str, item: Item) -> Record:
    """To be cancelled is to be deleted, except for an instance: its series goes on without it."""
    if item["status"] != "cancelled" or instances.is_one(item):
        return events.write(event_id, item)
    buried = events.bury(event_id, item)
    for exception in instances.exceptions(events, event_id) if "recurrence" in item else ():
        events.bury(exception.key, {**exception.item, "status": "cancelled"})
    return buried


def _changed(events: Collection, record: Record, item: Item) -> JsonObject:
    event.check(item)
    if item["eventType"] != record.item["eventType"]:
        raise errors.invalid_value("The type of an event cannot be changed.")
    return event.shown(put(events, record.key, item))


def _view(request: Request) -> listing.View:
    types = request.query.get("eventTypes", event.TYPES)
    return listing.View(
        "calendar#events",
        event.listed,
        asked_for=lambda record: record.item["eventType"] in types,
        selection=" ".join(sorted(set(types))),
        page_size=250,
        largest_page=2500,
    )


def _calendar(world: World, request: Request) -> JsonObject:
    """Return what a listing tells about the calendar itself."""
    calendar = world.calendars.get(request.calendar_id)
    described = {} if calendar is None else calendar.item
    return {
        **{name: described[name] for name in ("summary", "description", "timeZone") if name in described},
        "updated": timestamp(world.events(request.calendar_id).revision),
        "accessRole": access.role_of(world, request.calendar_id, request.user),
        "defaultReminders": [],
    }


def _allowed(least: str, world: World, request: Request) -> Collection:
    access.require(world, request.calendar_id, request.user, least)
    return world.events(request.calendar_id)


_readable = partial(_allowed, "reader")
_changeable = partial(_allowed, "writer")


def _record(events: Collection, request: Request) -> Record:
    record = instances.find(events, request.path["eventId"])
    if record is None:
        raise errors.not_found()
    return record
