"""Instances of series: named by the series and by the time at which they would have started.

Only exceptions have records of their own. Nothing here reads a recurrence rule: every time is an instance.
"""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from . import times
from .collection import Collection, Item, Record

_ID = re.compile(r"(?P<series>.+)_(?P<start>\d{8}(T\d{6}Z)?)")


def id_of(series_id: str, original_start: date) -> str:
    return f"{series_id}_{times.compact(original_start)}"


def find(events: Collection, event_id: str) -> Record | None:
    """Return an event, or else the instance that its series makes it."""
    return events.find(event_id) or _regular(events, event_id)


def exceptions(events: Collection, series_id: str) -> list[Record]:
    return [record for record in events.live() if record.item.get("recurringEventId") == series_id]


def is_one(event: Item) -> bool:
    return "recurringEventId" in event


def _regular(events: Collection, event_id: str) -> Record | None:
    named = _ID.fullmatch(event_id)
    series = events.get(named["series"]) if named else None
    if named is None or series is None or "recurrence" not in series.item:
        return None
    try:
        start = times.from_compact(named["start"])
    except ValueError:
        return None
    return replace(series, key=event_id, item=_item(series, start))


def _item(series: Record, start: date) -> dict[str, Any]:
    common = {name: value for name, value in series.item.items() if name != "recurrence"}
    zone = {"timeZone": series.item["start"]["timeZone"]} if "timeZone" in series.item["start"] else {}
    begins = times.spelled(start) | zone
    ends = times.spelled(start + times.length(common)) | zone
    return common | {"recurringEventId": series.key, "originalStartTime": begins, "start": begins, "end": ends}
