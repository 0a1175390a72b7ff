"""Changing 'this and following': a series ends, and another goes on under `{series}_R{time}` (Q04).

Instances have ids that tell series and time, or opaque ones (Q05).
"""

import hashlib
import re
from datetime import date, datetime
from typing import Any

from .. import times
from ..collection import Collection, Item, Record
from ..world import World
from .memory import Split

JsonObject = dict[str, Any]
_BOUND = re.compile(r";(UNTIL|COUNT)=[^;]*")
_SPLIT = re.compile(r"_R\d{8}(T\d{6})?$")


def split(world: World, events: Collection, series: Record, at: date) -> str:
    """Return the id of the series that goes on."""
    kept = world.quirks.strikes("Q04")
    compact = times.compact(at)
    base = base_of(series.key)
    new_id = f"{base}_R{compact.rstrip('Z')}" if kept else world.random.randbytes(13).hex()
    events.write(series.key, {**series.item, "recurrence": _until(series.item["recurrence"], compact)})
    events.write(new_id, _continued(series.item, new_id, at))
    for exception in [record for record in events.live() if _follows(record, series.key, at)]:
        if kept:
            events.write(exception.key, {**exception.item, "recurringEventId": new_id})
        else:
            events.bury(exception.key, {**exception.item, "status": "cancelled"})
    if kept:
        world.memory.splits.setdefault((events.topic.owner, base), []).append(Split(compact, new_id))
    return new_id


def base_of(series_id: str) -> str:
    """Return the series from which it was split off."""
    return _SPLIT.sub("", series_id)


def master(world: World, calendar_id: str, series_id: str, compact: str) -> str:
    """Return the series to which the instance of that time belongs."""
    base = base_of(series_id)
    past = [each for each in world.memory.splits.get((calendar_id, base), []) if each.at <= compact]
    return max(past, key=lambda each: each.at).master if past else base


def instance_id(world: World, calendar_id: str, classic: str) -> str:
    """Return the id that an instance is born with; classic ones tell series and time."""
    instances = world.memory.instances
    if (calendar_id, classic) not in instances and world.quirks.picks("Q05", f"{calendar_id} {classic}"):
        digest = hashlib.sha1(f"{calendar_id} {classic}".encode(), usedforsecurity=False)
        instances[calendar_id, classic] = digest.hexdigest()[:26]
    return instances.get((calendar_id, classic), classic)


def note(world: World, item: Item) -> None:
    if _SPLIT.search(item.get("id", "")) or _SPLIT.search(item.get("recurringEventId", "")):
        world.quirks.meet("Q04")
    if "recurringEventId" in item and "_" not in item["id"]:
        world.quirks.meet("Q05")


def _until(recurrence: list[str], compact: str) -> list[str]:
    return [f"{_BOUND.sub('', rule)};UNTIL={compact}" if rule.startswith("RRULE") else rule for rule in recurrence]


def _continued(item: Item, new_id: str, at: date) -> JsonObject:
    zone = {"timeZone": item["start"]["timeZone"]} if "timeZone" in item["start"] else {}
    start, end = times.spelled(at) | zone, times.spelled(at + times.length(item)) | zone
    return {**item, "iCalUID": f"{new_id}@google.com", "start": start, "end": end}


def _follows(record: Record, series_id: str, at: date) -> bool:
    if record.item.get("recurringEventId") != series_id:
        return False
    original = times.parsed("originalStartTime", record.item)
    return isinstance(original, datetime) == isinstance(at, datetime) and original >= at
