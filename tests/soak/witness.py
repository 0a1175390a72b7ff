"""A consumer who reads on while `watches` dies and freezes, and what Google shows to hold it against."""

from collections.abc import Mapping
from typing import Any

from calendar_watch.events import fingerprint
from tests.consumer import Consumer
from tests.stack import Event, Person, RefusedError, Stack

from .answer import sure_answer

_LISTS = {
    "acl": "calendars/{calendarId}/acl?maxResults=250",
    "calendarList": "users/me/calendarList?maxResults=250&showHidden=true",
    "events": "calendars/{calendarId}/events?maxResults=2500",
    "settings": "users/me/settings?maxResults=250",
}
_NOT_FOUND = 404

Items = Mapping[str, Any]


class Witness:
    """`changes` is how many came, each counted once."""

    def __init__(self, stack: Stack, person: Person):
        self.changes = 0
        self._arrived: dict[str, dict[str, Event]] = {}
        self._consumer = Consumer(self._collection)
        self._api = stack.api
        self._pubsub = stack.pubsub
        self._person = person

    def read(self) -> None:
        """Everything that is there now."""
        while events := self._pubsub.events():
            for event in events:
                self._take(event)

    def agrees(self, watch: Any) -> bool:
        known = self._consumer.items.get(watch["id"])
        return known is not None and {each: _told(item, watch) for each, item in known.items()} == self._shown(watch)

    def heard(self, watch: Any) -> list[Event]:
        """Each id once, in the order of its first coming."""
        return [*self._arrived.get(watch["id"], {}).values()]

    def _take(self, event: Event) -> None:
        self._consumer.take(event)
        arrived = self._arrived.setdefault(event["partitionkey"], {})
        self.changes += event["id"] not in arrived and "itemId" in event["data"]
        arrived.setdefault(event["id"], event)

    def _collection(self, watch_id: str) -> tuple[dict[str, Any], int]:
        """Asks until somebody answers."""
        return sure_answer(lambda: self._api.collection(watch_id))

    def _shown(self, watch: Any) -> Items | None:
        """None of a calendar that was deleted: soon nobody wants its watch any more."""
        path = _LISTS[watch["resource"]].format_map(watch)
        try:
            return {item["id"]: _told(item, watch) for item in self._person.call("GET", path)["items"]}
        except RefusedError as refused:
            if refused.status != _NOT_FOUND:
                raise
            return None


def _told(item: Items, watch: Any) -> Items:
    """Of an event, what is kept of it."""
    kept = fingerprint(item) if watch["resource"] == "events" else item
    return {name: value for name, value in kept.items() if name not in ("etag", "kind")}
