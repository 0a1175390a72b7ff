"""Reads all that arrives at Pub/Sub, as a consumer would, and remembers what must never have been."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from calendar_watch.errors import UnknownWatchError
from calendar_watch.operations.query import Query
from tests.searches.chaos.composition import ARRIVALS, Composition
from tests.searches.chaos.senses.sharing import Sharing
from tests.searches.chaos.senses.truth import Truth
from tests.support.consumer import BASELINES, Consumer, GapError, Items, begins_after_restore, reading
from tests.support.invariants import compared
from tests.support.world import cloud_event


class Witness:
    def __init__(self, composition: Composition):
        self.consumer = Consumer(_reading(composition.reader))
        self.when: dict[str, datetime] = {}
        """When each event arrived first, by id."""
        self.offences: list[str] = []
        self._sharing = Sharing()
        self._truth = Truth(composition.google, composition.calls, composition.listings)
        self._composition = composition
        self._last: dict[str, int] = {}

    def look(self) -> None:
        while received := self._composition.pubsub.pull(ARRIVALS, 100):
            self._composition.pubsub.acknowledge(ARRIVALS, [each.ack_id for each in received])
            for each in received:
                self._take(cloud_event(each.message))

    def _take(self, event: Mapping[str, Any]) -> None:
        watch, sequence = event["partitionkey"], int(event["sequence"])
        self._check_order(event, watch, sequence)
        self._last[watch] = max(sequence, self._last.get(watch, 0))
        if event["id"] not in self.consumer.arrived:
            self.when[event["id"]] = self._composition.now
            self._composition.injection.digest.told(self._composition.now, event)
        fresh = sequence > self._sequence(watch)
        self._check_chain(watch, sequence, event)
        try:
            self.consumer.take(event)
            self._check_sharing(watch, event, fresh=fresh)
        except (AssertionError, GapError, KeyError) as error:
            self.offences.append(f"a consumer could not apply {event['id']}: {error!r:.300}")

    def _check_order(self, event: Mapping[str, Any], watch: str, sequence: int) -> None:
        last = self._last.get(watch, 0)
        if sequence > last + 1 and not begins_after_restore(event, last):
            self.offences.append(f"{watch}: {sequence} arrived right after {last}")

    def _check_chain(self, watch: str, sequence: int, event: Mapping[str, Any]) -> None:
        """What was there before is what was told last, and what is told is true."""
        data = event["data"]
        if event["type"] in BASELINES and "counts" not in data:
            self._truth.baseline(watch, event)
        if sequence <= self._sequence(watch) or "itemId" not in data or watch not in self.consumer.items:
            return
        if data["cause"] == "baseline":
            return
        self.offences += self._truth.false_changes(event)
        known = self.consumer.items[watch].get(data["itemId"])
        resource = data["watch"]["resource"]
        if compared(known, resource) != compared(data["before"], resource):
            self.offences.append(f"{watch}.{sequence}: before is {data['before']}, but was told to be {known}")

    def _check_sharing(self, watch: str, event: Mapping[str, Any], *, fresh: bool) -> None:
        """Only of what was applied just now."""
        if event["type"] in BASELINES and "counts" not in event["data"]:
            self._sharing.begun(watch)
        elif fresh:
            self.offences += self._sharing.wrong(event, self.consumer.items[watch])

    def _sequence(self, watch: str) -> int:
        """What the consumer has applied; what comes after it is about to be."""
        return self.consumer._sequences.get(watch, 0)  # noqa: SLF001


def _reading(query: Query) -> Any:
    read_items = reading(query)

    def read(watch_id: str) -> tuple[Items, int]:
        try:
            return read_items(watch_id)
        except UnknownWatchError:  # refused before it was ever shown to anybody
            return {}, 0

    return read
