"""`changes` is the feed as columns: each entry once, however often its message came."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.sql.row import Row
from tests.sql.warehouse import Warehouse
from tests.support.world import CHANGES, World

NAMES = {"calendar_id": "calendarId", "subject": "user", "resource": "resource"}


def columns(event: dict[str, Any]) -> dict[str, Any]:
    """What the view shows of an entry of the feed."""
    data = event["data"]
    return {
        "id": event["id"],
        "sequence": int(event["sequence"]),
        "type": event["type"],
        "time": datetime.fromisoformat(event["time"]).replace(tzinfo=None),
        "item_id": data.get("itemId"),
        "before": data.get("before"),
        "after": data.get("after"),
        "exposure": event.get("exposure"),
        "exposure_change": event.get("exposurechange"),
        "state": data.get("state"),
        "reason": data.get("reason"),
        "counts": data.get("counts"),
        **{column: data["watch"][name] for column, name in NAMES.items()},
    }


def parsed(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, **{name: json.loads(row[name]) if row[name] else None for name in ("before", "after", "counts")}}


def test_each_entry_is_a_row_with_what_it_tells(told: World) -> None:
    rows = [Row.of(each) for each in told.pubsub.published(CHANGES)]
    again = [replace(each, message_id=f"{each.message_id} again") for each in rows]
    entries = {each["id"]: columns(each) for each in told.published()}
    shown = Warehouse([*again, *rows]).rows("changes")
    assert len(shown) == len(entries)
    for each in map(parsed, shown):
        assert {name: each[name] for name in entries[each["id"]]} == entries[each["id"]]
