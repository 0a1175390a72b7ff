"""When an event starts and ends: a day, or a moment with its time zone."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from . import errors

JsonObject = dict[str, Any]


def spelled(time: date) -> JsonObject:
    text = time.isoformat().replace("+00:00", "Z")
    return {"dateTime": text} if isinstance(time, datetime) else {"date": text}


def compact(time: date) -> str:
    """Spell it as the ids of instances do."""
    return f"{time.astimezone(UTC):%Y%m%dT%H%M%SZ}" if isinstance(time, datetime) else f"{time:%Y%m%d}"


def from_compact(text: str) -> date:
    """Raise `ValueError` for what is no time."""
    return datetime.strptime(text, "%Y%m%dT%H%M%S%z") if "T" in text else date.fromisoformat(text)


def from_iso(text: str) -> date:
    """Raise `ValueError` for what is no time."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def length(event: Mapping[str, Any]) -> timedelta:
    """Refuse an event that has none."""
    start, end = parsed("start", event), parsed("end", event)
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise errors.invalid_value("Start and end times must either both be date or both be dateTime.")
    if end < start:
        raise errors.time_range_empty()
    return end - start


def parsed(name: str, event: Mapping[str, Any]) -> date:
    time = event.get(name, {})
    if ("date" in time) == ("dateTime" in time):
        raise errors.invalid_value(f"Invalid {name} time.")
    try:
        if "date" in time:
            return date.fromisoformat(time["date"])
        moment = datetime.fromisoformat(time["dateTime"])
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time["timeZone"]))
    except (KeyError, ValueError):
        raise errors.invalid_value(f"Invalid {name} time.") from None
