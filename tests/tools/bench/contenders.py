"""Ours and the naive way, in the same world: each begins to watch Alice's events, and tells when it reported which."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tests.doubles.calendar_simulator import Delivery
from tests.support.world import ADDRESS, ALICE, ALICES_EVENTS, CHANGES, cloud_event
from tests.tools.bench import naive
from tests.tools.bench.virtual import Lively


class Ours(Lively):
    def begin(self) -> None:
        self.open(ALICES_EVENTS)

    def rpcs(self) -> int:
        return self.metered.rpcs.total()

    def reported(self) -> Mapping[str, list[datetime]]:
        told: dict[str, list[datetime]] = {}
        for message in self.pubsub.published(CHANGES):
            event = cloud_event(message)
            if event["type"] == "calendarwatch.events.created.v1":
                told.setdefault(event["subject"], []).append(message.published)
        return told


class Noted(naive.Documents):
    """Notes when each event was saved."""

    def __init__(self, clock: Callable[[], datetime]):
        super().__init__()
        self.saved: dict[str, list[datetime]] = {}
        self._clock = clock

    def set(self, path: str, document: Mapping[str, Any]) -> None:
        super().set(path, document)
        if path.startswith("events/"):
            self.saved.setdefault(path.removeprefix("events/"), []).append(self._clock())


class Naive(Lively):
    """The naive receiver in place of ours, one message at a time; with more threads it would also save twice."""

    def begin(self) -> None:
        self._documents = Noted(lambda: self.now)
        self._client = naive.receiver(self._session, self._documents, ALICE).test_client()
        naive.watch(self._session, ALICE, ADDRESS)
        naive.synchronize(self._session, self._documents, ALICE)

    def receive(self, delivery: Delivery) -> int:
        self.busy = True
        status = self._client.post("/", headers=dict(delivery.headers)).status_code
        self.busy = False
        return status

    def rpcs(self) -> int:
        return self._documents.rpcs.total()

    def reported(self) -> Mapping[str, list[datetime]]:
        return self._documents.saved
