"""Events: single ones, series, and the exceptions to series."""

from functools import partial

from . import access, errors, event, instances, listing, watch
from .collection import Collection, Item, Record, Topic
from .quirks import conferences, odd, reminders, rules, splits, tombstones, zones
from .request import JsonObject, Request
from .revisions import timestamp
from .world import World

_FILTERS = (
    *("iCalUID", "orderBy", "privateExtendedProperty", "q"),
    *("sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"),
)


def get(world: World, request: Request) -> JsonObject:
    item = event.shown(_record(world, _readable(world, request), request))
    odd.note(world, item)
    return zones.rendered(world, request, item)


def list_(world: World, request: Request) -> JsonObject:
    events = _readable(world, request)
    rules.check_room(world, request.calendar_id)
    listing.forbid_with_sync_token(request.query, never=_FILTERS, not_false=("showDeleted",))
    for name in (*_FILTERS, "singleEvents"):
        if request.query.get(name):
            raise errors.not_offered(name)
    return listing.page(world, events, request, _view(world, request, events)) | _calendar(world, request)


def insert(world: World, request: Request) -> JsonObject:
    events = _changeable(world, request)
    event_id = request.body.get("id", odd.event_id(world, event.new_id(world)))
    event.check_id(event_id)
    if events.find(event_id):
        raise errors.duplicate()
    item = event.new(world, request.calendar_id, request.user, event_id, event.writable(request.body))
    event.check(item)
    if item["eventType"] == "fromGmail":
        raise errors.invalid_value("Events of this type cannot be created.")
    return event.shown(put(events, event_id, conferences.begun(world, events, event_id, item)))


def move(world: World, request: Request) -> JsonObject:
    events = _changeable(world, request)
    record = _record(world, events, request)
    named = request.query["destination"]
    destination = request.user if named == "primary" else named
    access.require(world, destination, request.user, "writer")
    if record.item["status"] == "cancelled" or record.item["eventType"] != "default" or instances.is_one(record.item):
        raise errors.invalid_value("This event cannot be moved.")
    if "recurrence" in record.item:
        raise errors.not_offered("moving a series")
    if world.events(destination).get(record.key):
        raise errors.duplicate()
    stub = {**record.item, "status": "cancelled", "organizer": {"email": destination}}
    put(events, record.key, stub)
    moved = {**record.item, "organizer": event.person(destination, destination)}
    return event.shown(put(world.events(destination), record.key, moved))


def patch(world: World, request: Request) -> JsonObject:
    events = _changeable(world, request)
    record = _record(world, events, request)
    return _changed(world, events, record, event.patched(record.item, request.body))


def update(world: World, request: Request) -> JsonObject:
    events = _changeable(world, request)
    record = _record(world, events, request)
    return _changed(world, events, record, event.replaced(record.item, request.body))


def delete(world: World, request: Request) -> None:
    events = _changeable(world, request)
    record = _record(world, events, request)
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


def _changed(world: World, events: Collection, record: Record, item: Item) -> JsonObject:
    event.check(item)
    if item["eventType"] != record.item["eventType"]:
        raise errors.invalid_value("The type of an event cannot be changed.")
    return event.shown(put(events, record.key, reminders.kept_time(world, record, item)))


def _view(world: World, request: Request, events: Collection) -> listing.View:
    types = request.query.get("eventTypes")
    return listing.View(
        "calendar#events",
        partial(_listed, world, request, events),
        asked_for=lambda record: types is None or record.item["eventType"] in types,
        lingers=partial(tombstones.lingers, world, events.topic),
        selection=" ".join(sorted(set(types or event.TYPES))),
        page_size=250,
        largest_page=2500,
    )


def _listed(world: World, request: Request, events: Collection, record: Record) -> JsonObject:
    item = event.listed(record)
    if world.quirks.ever_on:
        full = event.shown(record)
        for noun in (odd, splits, conferences, reminders):
            noun.note(world, full)
        item = odd.listed(tombstones.shown(world, events.topic, record, full, item))
        item = tombstones.bared(world, events, record, item) if "syncToken" in request.query else item
    return zones.rendered(world, request, item)


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


def _record(world: World, events: Collection, request: Request) -> Record:
    record = instances.find(world, events, request.path["eventId"])
    if record is None:
        raise errors.not_found()
    return record
