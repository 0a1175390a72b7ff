"""A change in the fewest words: what was made, and what was reported, side by side."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from tests.support.stack import Event

NOTHING = "nothing"
_READABLE = 25
_CAUSES = {
    "notification": "Google called",
    "schedule": "found by a timed reading",
    "reconciliation": "found by a timed reading",
    "resync": "found by comparing everything",
}


class Change(NamedTuple):
    resource: str
    item_id: str
    before: str
    after: str

    @classmethod
    def of(cls, event: Event) -> Self:
        data = event["data"]
        return cls(event["resource"], data["itemId"], _brief(data["before"]), _brief(data["after"]))

    def __str__(self) -> str:
        return f"{self.resource} {_short(self.item_id)}: {self.before} -> {self.after}"


def _short(item_id: str) -> str:
    """Ids of calendars and events are long and say nothing."""
    return item_id if len(item_id) <= _READABLE else f"{item_id[:8]}..."


def _brief(item: Mapping[str, Any] | None) -> str:
    """What matters of an ACL rule, an event, an entry of a calendar list or a setting."""
    if item is None:
        return NOTHING
    told = item.get("role") or item.get("value") or item["summary"]
    return f"{told} ({item['accessRole']})" if "accessRole" in item else str(told)


def cause(event: Event) -> str:
    """In words for somebody who has read nothing yet."""
    name = str(event["data"]["cause"])
    return _CAUSES.get(name, name)


def exposure(event: Event) -> str:
    """Who can see a calendar by the rule, if that has changed; empty: it has not."""
    told = event["data"].get("exposure")
    if not told or told["before"] == told["after"]:
        return ""
    return f", who can see it: {told['before']} -> {told['after']}"


def lets_outsiders_see(event: Event) -> bool:
    told = event["data"].get("exposure", {"change": "", "after": ""})
    return told["change"] == "raised" and told["after"] in {"external", "public"}


def is_change(event: Event) -> bool:
    """And not an event of the watch itself, nor what was there already."""
    return bool(event["data"].get("cause", "baseline") != "baseline")
