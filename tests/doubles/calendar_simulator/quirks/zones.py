"""Times spelled in a zone: the one that was asked for, or else the calendar's of today (Q22)."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from .. import errors
from ..request import Request
from ..world import World

JsonObject = dict[str, Any]
_TIMES = ("start", "end", "originalStartTime")


def rendered(world: World, request: Request, item: JsonObject) -> JsonObject:
    name = request.query.get("timeZone") or _zone_of_calendar(world, request)
    if name is None:
        return item
    zone = _zone(name)
    spelled = {each: _spelled(item[each], zone) for each in _TIMES if "dateTime" in item.get(each, {})}
    if "timeZone" not in request.query and any(item[each] != spelled[each] for each in spelled):
        world.quirks.meet("Q22")
    return item | spelled


def _zone_of_calendar(world: World, request: Request) -> str | None:
    calendar = world.calendars.get(request.calendar_id)
    if calendar is None or not world.quirks.on("Q22"):
        return None
    return str(calendar.item["timeZone"])


@lru_cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise errors.invalid_value("Invalid time zone definition.") from None


def _spelled(time: JsonObject, zone: ZoneInfo) -> JsonObject:
    text = time["dateTime"]
    if zone.key == "UTC" and text.endswith("Z"):
        return time
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(time["timeZone"]))
    return time | {"dateTime": moment.astimezone(zone).isoformat().replace("+00:00", "Z")}
