"""Changed reminders do not move `updated` (Q23)."""

from typing import Any

from ..collection import Item, Record
from ..revisions import timestamp
from ..world import World

JsonObject = dict[str, Any]
_ASIDE = ("reminders", "updated")


def kept_time(world: World, record: Record, item: Item) -> JsonObject:
    """Return what to write, with the time of the change before where nothing but reminders changed."""
    fresh = {name: value for name, value in item.items() if name != "updated"}
    alike = _apart(fresh) == _apart(record.item)
    if not alike or fresh.get("reminders") == record.item.get("reminders") or not world.quirks.on("Q23"):
        return fresh
    return fresh | {"updated": record.item.get("updated", timestamp(record.revision))}


def note(world: World, item: Item) -> None:
    """Tell by the etag, which is the time of the last change of any kind."""
    if item["updated"] != timestamp(int(item["etag"].strip('"'))):
        world.quirks.meet("Q23")


def _apart(item: Item) -> JsonObject:
    return {name: value for name, value in item.items() if name not in _ASIDE}
