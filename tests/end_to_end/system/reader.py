"""A consumer on this side, Google on the other: in the end they know the same."""

from typing import Any

from tests.support.consumer import Consumer
from tests.support.invariants import Items, collection_of, differing
from tests.support.stack import Event, Person, Stack

_LISTS = {
    "acl": "calendars/{calendarId}/acl?maxResults=250",
    "events": "calendars/{calendarId}/events?maxResults=2500",
    "calendarList": "users/me/calendarList?maxResults=250&showHidden=true",
    "settings": "users/me/settings?maxResults=250",
}


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
        return not any(self._differs(watch) for watch in watches)

    def of(self, watch: Any) -> list[Event]:
        return [event for event in self.arrived if event["partitionkey"] == watch["id"]]

    def _differs(self, watch: Any) -> bool:
        known = self._consumer.items[watch["id"]]
        return bool(differing(watch["resource"], known, shown(self._person, watch)))


def shown(person: Person, watch: Any) -> Items:
    """By Google, in one page."""
    path = _LISTS[watch["resource"]].format_map(watch)
    return collection_of(person.call("GET", path)["items"])


def each_once(events: list[Event]) -> list[Event]:
    """In the order of their first coming."""
    return list({event["id"]: event for event in events}.values())
