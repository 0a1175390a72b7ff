"""A consumer on this side, Google on the other: in the end they know the same."""

from collections.abc import Mapping
from typing import Any

from calendar_watch.model.recurrence import fingerprint
from tests.support.consumer import Consumer
from tests.support.stack import Event, Person, Stack

_LISTS = {
    "acl": "calendars/{calendarId}/acl?maxResults=250",
    "events": "calendars/{calendarId}/events?maxResults=2500",
    "calendarList": "users/me/calendarList?maxResults=250&showHidden=true",
    "settings": "users/me/settings?maxResults=250",
}

Items = Mapping[str, Any]


class Reader:
    """A consumer of everything, and what it was sent."""

    def __init__(self, stack: Stack, person: Person):
        self.arrived: list[Event] = []
        self._consumer = Consumer(stack.api.collection)
        self._pubsub = stack.pubsub
        self._person = person

    def read(self) -> None:
        """Everything that is there now."""
        while events := self._pubsub.events():
            for event in events:
                self.arrived.append(event)
                self._consumer.take(event)

    def has_begun(self, watches: list[Any]) -> bool:
        self.read()
        return self._consumer.items.keys() >= {watch["id"] for watch in watches}

    def agrees(self, watches: list[Any]) -> bool:
        """It knows exactly what Google shows."""
        self.read()
        return all(self._known(watch) == shown(self._person, watch) for watch in watches)

    def of(self, watch: Any) -> list[Event]:
        return [event for event in self.arrived if event["partitionkey"] == watch["id"]]

    def _known(self, watch: Any) -> Items:
        return {each: told(item, watch) for each, item in self._consumer.items[watch["id"]].items()}


def shown(person: Person, watch: Any) -> Items:
    """By Google, in one page."""
    path = _LISTS[watch["resource"]].format_map(watch)
    return {item["id"]: told(item, watch) for item in person.call("GET", path)["items"]}


def told(item: Items, watch: Any) -> Items:
    """Of an event, what is kept of it."""
    kept = fingerprint(item) if watch["resource"] == "events" else item
    return {name: value for name, value in kept.items() if name not in ("etag", "kind")}
