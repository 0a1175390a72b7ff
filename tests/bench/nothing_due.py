"""What a sweep costs when nothing is due, with 20,000 watches stored against 1,000; in Google's emulator if it is here.

The emulators have no indexes, they look at every document: 200,000 would only take ten times as long to say the same.
In Firestore each of these queries reads an index from one end, and stops at the first watch that is not due.
"""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from calendar_watch.firestore import FirestoreStore, connect
from calendar_watch.sweep import Sweep
from tests import firestore_emulator, local_firestore
from tests.bench.row import Row, at_most
from tests.databases import InMemory
from tests.world import World

_SIZES = (1_000, 20_000)
_SWEEPS, _BATCH = 6, 500
_LATER = datetime(2100, 1, 1, tzinfo=UTC)


def measure() -> Iterator[Row]:
    with _server() as host:
        os.environ[firestore_emulator.VARIABLE] = host
        sweeps = {size: _Sweeping(size) for size in _SIZES}
        rounds = [{size: sweep.seconds() for size, sweep in sweeps.items()} for _ in range(_SWEEPS)]
    few, many = (statistics.median(each[size] for each in rounds[1:]) for size in _SIZES)
    yield at_most(f"sweep with nothing due, {_SIZES[1]:,} watches ÷ {_SIZES[0]:,}", many / few, 1.2)
    yield Row("  the same in milliseconds", f"{many * 1e3:.1f} against {few * 1e3:.1f} ms")


def _server() -> AbstractContextManager[str]:
    if firestore_emulator.present():
        return firestore_emulator.emulator()
    return nullcontext(local_firestore.serve().host)


class _Sweeping:
    def __init__(self, size: int):
        self._client = connect(f"bench-{size}", "calendar-watch")
        self._fill(size)
        store = FirestoreStore(self._client, timeout=20, retention=timedelta(days=30))
        self._around = replace(World(InMemory()).around, store=store)

    def _fill(self, size: int) -> None:
        """As much of a watch as a sweep asks about."""
        collection = self._client.collection("calendar_watches")
        for first in range(0, size, _BATCH):
            batch = self._client.batch()
            for number in range(first, first + _BATCH):
                due_at = _LATER + timedelta(seconds=number)
                batch.create(collection.document(f"w{number * 7919 % size:031d}"), {"due_at": due_at})
            batch.commit(timeout=60)

    def seconds(self) -> float:
        began = time.perf_counter()
        swept = Sweep(self._around, threads=1, seconds=50).run(start="m")
        assert not swept.attended
        return time.perf_counter() - began
