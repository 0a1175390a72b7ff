"""A consumer who reads on while `watches` dies and freezes, and what Google shows to hold it against."""

from typing import Any

from tests.end_to_end.system.reader import shown
from tests.support.consumer import Consumer
from tests.support.invariants import Items, differing
from tests.support.stack import Event, Person, RefusedError, Stack

from .answer import sure_answer

_NOT_FOUND = 404


class Witness:
    """`changes` is how many came, each counted once."""

    def __init__(self, stack: Stack, person: Person):
        self.changes = 0
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
        known, google = self._consumer.items.get(watch["id"]), self._shown(watch)
        return known is not None and google is not None and not differing(watch["resource"], known, google)

    def heard(self, watch: Any) -> list[Event]:
        """Each id once, in order of its first coming."""
        return self._consumer.heard(watch["id"])

    def _take(self, event: Event) -> None:
        self.changes += event["id"] not in self._consumer.arrived and "itemId" in event["data"]
        self._consumer.take(event)

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
