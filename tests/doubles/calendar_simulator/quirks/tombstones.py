"""Cancelled events: bare where there should be more (Q02), or listed where they should not be (Q21, Q27)."""

from typing import Any

from ..collection import Collection, Item, Record, Topic
from ..world import World

JsonObject = dict[str, Any]
_BARE = ("kind", "etag", "id", "status")


def bared(world: World, events: Collection, record: Record, item: JsonObject) -> JsonObject:
    """Take all but the id from an instance that was cancelled, unless it only moves on; increments show it so."""
    picked = item.get("status") == "cancelled" and "recurringEventId" in item and not _moves_on(events, record)
    if not picked or not world.quirks.picks("Q02", f"{events.topic.owner} {item['id']} {item['etag']}"):
        return item
    world.quirks.meet("Q02")
    return {name: item[name] for name in _BARE}


def _moves_on(events: Collection, record: Record) -> bool:
    """Cancelled before, it goes with the rest of its series to another."""
    before = events.before(record)
    return before is not None and before.item["status"] == "cancelled" and not record.deleted


def lingers(world: World, topic: Topic, record: Record) -> bool:
    """Whether a plain listing shows it, cancelled as it is."""
    return _why(world, topic, record) is not None


def shown(world: World, topic: Topic, record: Record, full: JsonObject, little: JsonObject) -> JsonObject:
    """Return all of what lingers, half of them as the copy of somebody else's."""
    number = _why(world, topic, record)
    if number is None:
        return little
    world.quirks.meet(number)
    private = world.quirks.lot(number, record.key) < 0.5
    return full | ({"privateCopy": True} if private else {})


def _why(world: World, topic: Topic, record: Record) -> str | None:
    if not record.deleted:
        return None
    about = f"{topic.owner} {record.key}"
    reasons = {"Q21": "recurrence" in record.item, "Q27": _was_moved(topic, record.item)}
    return next((number for number, given in reasons.items() if given and world.quirks.picks(number, about)), None)


def _was_moved(topic: Topic, item: Item) -> bool:
    return "self" not in item.get("organizer", {}) and bool(item.get("organizer", {}).get("email") != topic.owner)
