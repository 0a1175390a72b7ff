"""A world in virtual time in which much happens at once: calls to Google take a while, and meanwhile messages arrive.

Wake-ups are pushed as soon as they are published. What arrives during a call is handled within it, as by other threads
and other instances, which find in Firestore what the caller has left there.
"""

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from calendar_watch.ports import NotificationStore, Store
from tests.doubles.calendar_simulator import Delivery
from tests.doubles.memory_store import MemoryStore
from tests.support.databases import InMemory
from tests.support.line import late
from tests.support.world import WAKEUPS, World, policy_of

CALL = timedelta(milliseconds=100)
"""What Google takes for a listing; it shows what was there when the call began."""
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)
_Result = TypeVar("_Result")


class Metered(InMemory):
    """Counts what Firestore would be asked."""

    def __init__(self) -> None:
        super().__init__()
        self.rpcs: Counter[str] = Counter()

    def store(self, retention: timedelta) -> Store:
        return MemoryStore(self._database, retention, self._counted)

    def notifications(self) -> NotificationStore:
        return MemoryStore(self._database, timedelta(), self._counted)

    def unmetered(self) -> Store:
        """For whoever only looks on."""
        return super().store(timedelta())

    def _counted(self, rpc: str, act: Callable[[], _Result], /) -> _Result:
        self.rpcs[rpc] += 1
        return act()


class Lively(World):
    """`at` plans what people do. `copies` says how often the next message comes. While `busy`, messages wait."""

    busy = False

    def __init__(self, copies: Callable[[], int] = lambda: 1, **options: Any):
        self.metered = Metered()
        super().__init__(self.metered, policy_of(publishes=True), **options)
        self.store = self.metered.unmetered()
        self._copies = copies
        self._plans: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count()

    def at(self, moment: datetime, act: Callable[[], object]) -> None:
        heapq.heappush(self._plans, (moment, next(self._numbers), act))

    def run(self, span: timedelta) -> None:
        with self.line.cut("GET", "/events", late(lambda: self._pass(CALL))):
            self._pass(span)

    def _pass(self, span: timedelta) -> None:
        end = self.now + span
        while (moment := min(sweep := self._next_sweep(), self._next_message(), self._next_plan())) <= end:
            self.now = max(self.now, moment)
            while self._next_plan() <= self.now:
                heapq.heappop(self._plans)[2]()
            if self._next_message() <= self.now:
                self._transport.deliver_due()
            if moment == sweep:
                self.sweep()
        self.now = max(self.now, end)

    def _wait(self, seconds: float) -> None:
        self._pass(timedelta(seconds=seconds))

    def _next_message(self) -> datetime:
        return (not self.busy and self.google.next_due()) or _NEVER

    def _next_plan(self) -> datetime:
        return self._plans[0][0] if self._plans else _NEVER

    def _post(self, delivery: Delivery) -> int:
        return [self.receive(delivery) for _ in range(self._copies())][-1]

    def receive(self, delivery: Delivery) -> int:
        before = len(self.pubsub.published(WAKEUPS))
        status = super()._post(delivery)
        for wakeup in self.pubsub.published(WAKEUPS)[before:]:
            self.reconcile(wakeup.attributes["watchId"], pause=self._wait)
        return status

    @property
    def lists(self) -> int:
        """Calls that read a collection, so far."""
        return sum(call.method_id == "calendar.events.list" for call in self.google.calls)
