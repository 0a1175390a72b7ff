"""How many round trips one after the other there are in `renew` from Google's message to its change being told.

Every RPC, every call to Google and every request to Pub/Sub takes a second here, and nothing else takes long: so the
seconds that pass are the round trips that cannot go beside each other, however many there are.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta

from calendar_watch.model.target import Target
from calendar_watch.model.watch import ChangeEvent
from tests.doubles.local_firestore.messages import Message
from tests.support.line import slow
from tests.support.world import ALICE, ALICES_ACL, ALICES_EVENTS, BOB
from tests.tools.bench.counted import Till, watched
from tests.tools.bench.row import Row, at_most

_SECOND = 1.0
_RPCS = ("RunQuery", "BatchGetDocuments", "Commit")


def measure() -> Iterator[Row]:
    with watched() as till:
        till.world.alice.share(ALICE, BOB, "reader")
        trips, written = _told(till, ALICES_ACL)
    yield at_most("round trips in renew, from a message to its change of ACL told", trips, 4, "{:.0f}")
    yield at_most("  documents that renew writes for it", written, 5, "{:.0f}")
    with watched() as till:
        till.world.open(ALICES_EVENTS)
        till.world.run(timedelta(minutes=10))
        till.world.alice.create_event(ALICE, "New")
        trips, _ = _told(till, ALICES_EVENTS)
    yield at_most("  of an event, where all of them lie in one part", trips, 4, "{:.0f}")


@dataclass
class _Publisher:
    """Notes when something was told."""

    times: list[float] = field(default_factory=list)

    def publish(self, _entries: Sequence[ChangeEvent]) -> None:
        time.sleep(_SECOND)
        self.times.append(time.monotonic())


def _told(till: Till, target: Target) -> tuple[int, int]:
    """Round trips until it was told, and documents written until all was done; deletions not counted."""
    world, written, publisher = till.world, list[int](), _Publisher()

    def counted(request: Message) -> bool:
        written.append(sum(not each.HasField("delete") for each in request.writes))
        return True

    world.run(timedelta(seconds=1))  # the message arrives
    with ExitStack() as slowly:
        aside = slowly.enter_context(ThreadPoolExecutor())
        for rpc in _RPCS[:-1]:
            slowly.enter_context(till.server.faults.delay(rpc, _SECOND, nth=None))
        slowly.enter_context(till.server.faults.delay("Commit", _SECOND, nth=None, when=counted))
        slowly.enter_context(world.line.cut("GET", f"/{target.resource.name}", slow(lambda: time.sleep(_SECOND))))
        began = time.monotonic()
        world.reconcile(target.id, replace(world.services, publisher=publisher, aside=aside))
    return int((publisher.times[0] - began) / _SECOND), sum(written)
