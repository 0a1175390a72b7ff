"""What a sweep costs when nothing is due, with 20,000 watches stored against 1,000; in Google's emulator if it is here.

The emulators have no indexes, they look at every document: 200,000 would only take ten times as long to say the same.
In Firestore each of these queries reads an index from one end, and stops at the first watch that is not due.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from calendar_watch.firestore import queries
from calendar_watch.firestore.client import connect
from calendar_watch.firestore.schema import SCHEMA
from calendar_watch.firestore.store import FirestoreStore
from calendar_watch.model.shard import SHARDS
from tests.doubles import local_firestore
from tests.support import firestore_emulator
from tests.support.databases import InMemory
from tests.support.world import World, swept
from tests.tools.bench.row import Row, at_most

_SIZES = (1_000, 20_000)
_SWEEPS, _BATCH = 6, 500
_LATER = datetime(2100, 1, 1, tzinfo=UTC)


def measure() -> Iterator[Row]:
    with _server() as host:
        os.environ[firestore_emulator.VARIABLE] = host
        sweeps = {size: _Sweeping(size) for size in _SIZES}
        few, many = _medians({size: each.sweep for size, each in sweeps.items()})
        fewer, more = _medians({size: each.ask for size, each in sweeps.items()})
    yield at_most(f"sweep with nothing due, {_SIZES[1]:,} watches ÷ {_SIZES[0]:,}", many / few, 1.2)
    yield Row("  the same in milliseconds", f"{many * 1e3:.1f} against {few * 1e3:.1f} ms")
    yield Row("  the floor: one bare query for what is due, likewise", f"{more / fewer:.2f} x")


def _medians(acts: Mapping[int, Callable[[], object]]) -> Iterator[float]:
    """Of seconds, for each size; in turns, and the first round does not count."""
    rounds = [[_seconds(act) for act in acts.values()] for _ in range(_SWEEPS)][1:]
    return (statistics.median(each) for each in zip(*rounds, strict=True))


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _server() -> AbstractContextManager[str]:
    if firestore_emulator.present():
        return firestore_emulator.emulator()
    return nullcontext(local_firestore.serve().host)


class _Sweeping:
    def __init__(self, size: int):
        self._client = connect(f"bench-{size}", "calendar-watch")
        store = FirestoreStore(self._client, timeout=20, retention=timedelta(days=30))
        self._services = replace(World(InMemory()).services, store=store)
        self._fill(size)

    def _fill(self, size: int) -> None:
        """As much of a watch as a sweep asks about."""
        collection = self._client.collection("calendar_watches")
        for first in range(0, size, _BATCH):
            batch = self._client.batch()
            for number in range(first, first + _BATCH):
                due_at = _LATER + timedelta(seconds=number)
                asked_about = {"due_at": due_at, "schema": SCHEMA, "shard": number % len(SHARDS)}
                looked_at = {"fingerprint": self._services.policy.fingerprint}
                batch.create(collection.document(f"w{number * 7919 % size:031d}"), asked_about | looked_at)
            batch.commit(timeout=60)

    def sweep(self) -> None:
        assert not swept(self._services, start="m").reconciled

    def ask(self) -> None:
        """What no sweep can do without."""
        query = queries.due(self._client, SHARDS, datetime.now(UTC)).order_by("due_at").limit(1)
        assert not list(query.get(timeout=20))
