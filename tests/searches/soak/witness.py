"""A consumer who reads on while `watches` dies and freezes, and what Google shows to hold it against."""

from typing import Any

from tests.end_to_end.system.reader import Items, shown, told
from tests.support.consumer import Consumer
from tests.support.stack import Event, Person, RefusedError, Stack

from .answer import sure_answer

_NOT_FOUND = 404


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
        return known is not None and {each: told(item, watch) for each, item in known.items()} == self._shown(watch)

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
        try:
            return shown(self._person, watch)
        except RefusedError as refused:
            if refused.status != _NOT_FOUND:
                raise
            return None
