"""A sweep of 5,000 due watches on 32 threads, each call to Google a sleep of 100 ms, against calls x 100 ms / threads.

The store is in memory behind a lock, so that only our own CPU competes; once it answers at once, once after 3 ms, as a
Firestore in the same region would. The ideal knows no Firestore, so the second figure has a floor of its own.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from calendar_watch.model.listing import Page
from calendar_watch.model.resources import Item
from calendar_watch.model.target import Target
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.operations.sweep import Sweep
from calendar_watch.operations.workers import Workers
from tests.doubles.memory_store import MemoryFirestore, MemoryStore
from tests.support.databases import InMemory
from tests.support.world import ALICES_ACL, World
from tests.tools.bench.row import Row, at_least

_WATCHES, _THREADS, _CALL = 5_000, 32, 0.1
_RPCS = 5
_ANSWERS = 0.003
_Result = TypeVar("_Result")


def measure() -> Iterator[Row]:
    yield at_least(f"sweep of {_WATCHES} due watches, ideal ÷ taken", _ideal() / _taken(0), 0.85)
    floor = _CALL / (_CALL + _RPCS * _ANSWERS)
    ratio = _ideal() / _taken(_ANSWERS)
    yield Row("  with a store that answers after 3 ms", f"{ratio:.2f} x", f"its floor is {floor:.2f} x")


def _ideal() -> float:
    return _WATCHES * _CALL / _THREADS


@dataclass(frozen=True, slots=True)
class SlowCalendar:
    """Always the same rules, after 100 ms."""

    items: list[Item]

    def within(self, _seconds: float) -> Self:
        return self

    def page(self, *_question: object) -> Page:
        time.sleep(_CALL)
        return Page(self.items)

    def pages(self, _target: Target, first: Page) -> Iterator[list[Item]]:
        yield list(first.items)


def _taken(answers_after: float) -> float:
    """Seconds, by the clock."""
    database = _Shared(answers_after)
    world = World(database)
    world.open(ALICES_ACL)
    world.run(timedelta(minutes=10))
    items = list(world.query.items(ALICES_ACL.id, "", 1000).items.values())
    services = replace(world.services, calendar=_typed(SlowCalendar(items)), clock=_clock(world.now))
    _multiply(world, database)
    database.in_use = True
    began = time.perf_counter()
    with ThreadPoolExecutor(_THREADS) as pool:
        result = Sweep(services, Workers(services, pool), seconds=170).run("", None)
    took = time.perf_counter() - began
    assert (result.synced, result.failed, result.remaining) == (_WATCHES, 0, 0)
    return took


def _typed(calendar: SlowCalendar) -> Any:
    """Of all the port's methods only this one is asked for."""
    return calendar


def _clock(now: datetime) -> Callable[[], datetime]:
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


def _multiply(world: World, database: "_Shared") -> None:
    """One watch at rest becomes many, all due for their hourly reading."""
    store = database.store(world.policy.retention)
    one = world.store.get(ALICES_ACL.id)
    due = world.now - timedelta(minutes=1)
    for number in range(_WATCHES):
        target = replace(one.target, calendar_id=f"c{number}@example.com")
        new = replace(one, target=target, version=None).with_schedule(due_at=due).with_reading(read_at=due)
        store.write(Write(WriteKind.CREATE, new))


class _Shared(InMemory):
    """One lock for all threads; an RPC's wait is outside it."""

    def __init__(self, answers_after: float):
        self._database = MemoryFirestore()
        self._answers_after = answers_after
        self._lock = threading.Lock()
        self.in_use = False

    def store(self, retention: timedelta) -> MemoryStore:
        return MemoryStore(self._database, retention, self._locked)

    def _locked(self, _rpc: str, act: Callable[[], _Result], /) -> _Result:
        if self.in_use:
            time.sleep(self._answers_after)
        with self._lock:
            return act()
