"""Several instances of the consumer over the same copies, and Pub/Sub, which pushes to them late, twice, or never."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import TypeVar
from unittest.mock import patch

import requests
from google.api_core.exceptions import ServiceUnavailable

from calendar_copy.consumer import BehindError, Consumer
from calendar_copy.sink import ChangedMeanwhileError, Head, Sink, Step
from tests.searches.chaos.scheduler import Scheduler
from tests.searches.consumer.feed import Event, Feed
from tests.support.copies import Copies, Gate, directly
from tests.support.line import Death

_Result = TypeVar("_Result")
_MOST_WORKERS = 4
_LONGEST = 100_000
"""Turns."""
_PASSING = (
    BehindError,
    ChangedMeanwhileError,
    requests.RequestException,
    ServiceUnavailable,
    sqlite3.OperationalError,
)
"""What an instance may raise, so that it is asked again."""
_NO_ANSWER: Exception = ServiceUnavailable("no answer")  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Rates:
    """Chances, for each message or each input or output."""

    lost: float = 0.05
    doubled: float = 0.2
    swapped: float = 0.3
    dies: float = 0.01
    fails: float = 0.02


CALM = Rates(0, 0, 0, 0, 0)


class Readers:
    """`take_all` is given whatever was published so far; `step` is one turn of somebody's."""

    def __init__(self, feed: Feed, copies: Copies, random: Random, rates: Rates | None = None):
        self.copies = copies
        self.rates = rates or Rates()
        self.struck: Counter[str] = Counter()
        self._feed = feed
        self._random = random
        self._scheduler = Scheduler(datetime(2026, 11, 27, tzinfo=UTC))
        self._backlog: list[Event] = []
        """What is to be delivered; in order, at first."""
        self._taken = 0

    def take_all(self, published: Sequence[Event]) -> None:
        for event in published[self._taken :]:
            self._take(event)
        self._taken = len(published)

    def _take(self, event: Event) -> None:
        if self._strikes("lost"):  # dead-lettered, or sent before the subscription was there
            return
        self._backlog += [event] * (2 if self._strikes("doubled") else 1)

    def step(self) -> None:
        workers = self._scheduler.workers
        if self._backlog and len(workers) < _MOST_WORKERS and (not workers or self._random.random() < 0.1):
            self._deliver()
        elif workers:
            self._scheduler.turn(self._random.choice(workers))

    def come_to_rest(self, watches: Collection[str]) -> None:
        """Nothing breaks any more, and whatever was left out is asked for."""
        self.rates = CALM
        self._rest()
        for watch in watches:
            self._enter(partial(self._instance().catch_up, watch))
            self._rest()

    def _rest(self) -> None:
        for _ in range(_LONGEST):
            if not self._backlog and not self._scheduler.workers:
                return
            self.step()
        raise AssertionError(f"nothing breaks, and yet there is no rest: {self._backlog[0]}")

    def close(self) -> None:
        self._scheduler.close()

    # --- instances

    def _deliver(self) -> None:
        later = self._strikes("swapped")
        event = self._backlog.pop(self._random.randrange(len(self._backlog)) if later else 0)
        self._enter(lambda: self._push(event))

    def _push(self, event: Event) -> None:
        try:
            self._instance().apply(event)
        except (*_PASSING, Death) as error:
            self.struck[type(error).__name__] += 1
            self._backlog.insert(0, event)
            if isinstance(error, Death):
                raise

    def _enter(self, work: Callable[[], None]) -> None:
        self._scheduler.enter("instance", work)

    def _instance(self) -> Consumer:
        """Nothing is remembered from one message to the next but by the sink."""
        return Consumer(self._feed.api(self._gate), _Gated(self.copies.sink(self._gate), self._gate))

    def _gate(self, what: str, act: Callable[[], _Result], /) -> _Result:
        """Others go first; and before it is done, or after that, it fails or the process dies."""
        self._scheduler.pause()
        before = self._random.random() < 0.5
        result = None if before else act()
        if self._strikes("dies"):
            self._scheduler.die()
        if self._strikes("fails"):
            raise requests.ConnectionError("no answer") if what == "api" else _NO_ANSWER
        return act() if before else result  # type: ignore[return-value]

    def _strikes(self, what: str) -> bool:
        struck: bool = self._random.random() < getattr(self.rates, what)
        self.struck[what] += struck
        return struck


class _Gated:
    """A sink each of whose calls passes the gate."""

    def __init__(self, sink: Sink, gate: Gate):
        self._sink = sink
        self._gate = gate

    def read(self, watch: str) -> Head:
        return self._gate("read", lambda: self._sink.read(watch))

    def write(self, head: Head, step: Step) -> Head:
        return self._gate("write", lambda: self._sink.write(head, step))

    def others(self, watch: str, sequence: int) -> Collection[str]:
        return self._gate("others", lambda: self._sink.others(watch, sequence))


def small_steps() -> AbstractContextManager[object]:
    """So that a page of items, or of changes, is several."""
    return patch("calendar_copy.sink._MOST", 2)


def counted_more_than_once(copies: Copies) -> Sequence[str]:
    return [f"{each} counted {times} times" for each, times in copies.told().items() if times != 1]


def not_up_to(copies: Copies, watch: str, sequence: int) -> Sequence[str]:
    head = copies.sink(directly).read(watch)
    there = (head.sequence, head.page) == (sequence, None)
    return [] if there else [f"the copy of {watch} is at {head.sequence}, page {head.page}, of {sequence}"]
