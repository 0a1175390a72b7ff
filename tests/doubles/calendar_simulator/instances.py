"""Instances of series: named by the series and by the time at which they would have started.

Only exceptions have records of their own. Nothing here reads a recurrence rule: every time is an instance.
"""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from . import times
from .collection import Collection, Item, Record
from .quirks import splits
from .world import World

_ID = re.compile(r"(?P<series>.+)_(?P<start>\d{8}(T\d{6}Z)?)")


def id_of(series_id: str, original_start: date) -> str:
    return f"{series_id}_{times.compact(original_start)}"


def find(world: World, events: Collection, event_id: str) -> Record | None:
    """Return an event, or else the instance that its series makes it."""
    return events.find(event_id) or _regular(world, events, event_id)


def exceptions(events: Collection, series_id: str) -> list[Record]:
    return [record for record in events.live() if record.item.get("recurringEventId") == series_id]


def is_one(event: Item) -> bool:
    return "recurringEventId" in event


def _regular(world: World, events: Collection, event_id: str) -> Record | None:
    named = _ID.fullmatch(event_id)
    if named is None:
        return None
    calendar_id, compact = events.topic.owner, named["start"]
    classic = f"{splits.base_of(named['series'])}_{compact}"
    born_as = splits.instance_id(world, calendar_id, classic)
    known = events.find(classic) or events.find(born_as)
    return known or _unborn(events, splits.master(world, calendar_id, named["series"], compact), compact, born_as)


def _unborn(events: Collection, series_id: str, compact: str, born_as: str) -> Record | None:
    series = events.get(series_id)
    if series is None or "recurrence" not in series.item:
        return None
    try:
        start = times.from_compact(compact)
    except ValueError:
        return None
    return replace(series, key=born_as, item=_item(series, start))


def _item(series: Record, start: date) -> dict[str, Any]:
    common = {name: value for name, value in series.item.items() if name != "recurrence"}
    zone = {"timeZone": series.item["start"]["timeZone"]} if "timeZone" in series.item["start"] else {}
    begins = times.spelled(start) | zone
    ends = times.spelled(start + times.length(common)) | zone
    return common | {"recurringEventId": series.key, "originalStartTime": begins, "start": begins, "end": ends}
