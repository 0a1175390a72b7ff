"""A user's settings. The real API only reads them; the simulator lets a test write them."""

from . import errors, listing
from .collection import Record, Topic
from .quirks import preferences
from .request import JsonObject, Request
from .world import World

_DEFAULTS = {
    "autoAddHangouts": "false",
    "dateFieldOrder": "MDY",
    "defaultEventLength": "60",
    "format24HourTime": "false",
    "hideInvitations": "false",
    "hideWeekends": "false",
    "locale": "en",
    "remindOnRespondedEventsOnly": "false",
    "showDeclinedEvents": "true",
    "timezone": "UTC",
    "useKeyboardShortcuts": "true",
    "weekStart": "0",
}


def get(world: World, request: Request) -> JsonObject:
    record = world.settings(request.user).get(request.path["setting"])
    if record is None:
        raise errors.not_found()
    return _shown(record)


def list_(world: World, request: Request) -> JsonObject:
    own = world.settings(request.user)
    view = listing.View("calendar#settings", lambda record: preferences.shown(world, own, record, _shown(record)))
    return listing.page(world, own, request, view)


def topic(world: World, request: Request) -> Topic:
    return world.settings(request.user).topic


def put(world: World, user: str, setting: str, value: str) -> None:
    world.settings(user).write(setting, {"value": value})


def put_defaults(world: World, user: str) -> None:
    for setting, value in _DEFAULTS.items():
        put(world, user, setting, value)


def _shown(record: Record) -> JsonObject:
    return {"kind": "calendar#setting", "etag": record.etag, "id": record.key, **record.item}
