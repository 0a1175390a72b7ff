"""Events with values that no document has (Q07), and ones that only few have (Q26). They are born so and stay so."""

from typing import Any

from ..collection import Item
from ..world import World

JsonObject = dict[str, Any]
#: marks events whose fields need no check
MARK = "xNew"
_STRANGE: tuple[JsonObject, ...] = (
    {"eventType": "xNewType"},
    {"visibility": "xNewVisibility"},
    {MARK: {"parts": [{"deep": [1, None, "ä"]}], "kind": "calendar#new"}},
    {"start": None},
)
_ZERO = "0001-01-01T00:00:00Z"
_ZERO_IN_LISTINGS = "0000-12-31T00:00:00Z"
_LONG = 100


def born(world: World, item: JsonObject) -> JsonObject:
    quirks = world.quirks
    if quirks.strikes("Q07"):
        item = _strange(item, quirks.dice("Q07").choice(_STRANGE))
    if quirks.strikes("Q26"):
        item = quirks.dice("Q26").choice((_without_summary, _without_beginning, _of_dates))(item)
    return item


def event_id(world: World, ordinary: str) -> str:
    return ordinary * 4 if world.quirks.strikes("Q26") else ordinary


def note(world: World, item: Item) -> None:
    if MARK in item:
        world.quirks.meet("Q07")
    if _is_odd(item):
        world.quirks.meet("Q26")


def listed(item: JsonObject) -> JsonObject:
    return item | {"created": _ZERO_IN_LISTINGS} if item.get("created") == _ZERO else item


def _strange(item: JsonObject, fields: JsonObject) -> JsonObject:
    if "start" in fields and "recurrence" in item:
        return item
    changed: JsonObject = {MARK: {}} | item | fields
    return {name: value for name, value in changed.items() if value is not None}


def _without_summary(item: JsonObject) -> JsonObject:
    return {name: value for name, value in item.items() if name != "summary"}


def _without_beginning(item: JsonObject) -> JsonObject:
    return item | {"created": _ZERO}


def _of_dates(item: JsonObject) -> JsonObject:
    dates = {"recurrence": ["RDATE;VALUE=DATE:20301224,20311224"]}
    return item | dates if "recurrence" in item else item


def _is_odd(item: Item) -> bool:
    only_dates = "recurrence" in item and item["recurrence"][0].startswith("RDATE")
    live = item.get("status") != "cancelled"
    zero = item.get("created") in (_ZERO, _ZERO_IN_LISTINGS)
    return zero or only_dates or len(item.get("id", "")) >= _LONG or (live and "summary" not in item)
