"""What a list and the summary cost, with 100,000 watches stored against 1,000; in Google's emulator if it is here.

Counts only: the emulators have no indexes, they look at every document, and their times say nothing of Firestore's.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from calendar_watch.decisions.registration import created
from calendar_watch.firestore.client import connect
from calendar_watch.firestore.store import FirestoreStore
from calendar_watch.firestore.watch_document import watch_document
from calendar_watch.model.health import Refusal, StepKind
from calendar_watch.model.resources import SETTINGS
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import State, Watch
from calendar_watch.operations.query import Query
from calendar_watch.ports import Filter
from calendar_watch.reasons import Reason
from tests.doubles import local_firestore
from tests.support import firestore_emulator
from tests.support.databases import InMemory
from tests.support.world import World
from tests.tools.bench.row import Row

_SIZES = (1_000, 100_000)
_SUSPENDED_EVERY = 50
"""More than two pages of the fewer ones, so that both sizes have as much to find."""
_NOW = datetime(2026, 11, 27, tzinfo=UTC)
_PATIENCE = 1800
"""Seconds: the emulator looks at every document for each of 50 aggregations at once, on a machine that may be busy."""
_LISTS: Mapping[str, Filter] = {
    "all": Filter(),
    "by resource": Filter(resource="settings"),
    "by label": Filter(labels={"team": "red"}),
    "by state": Filter(states=frozenset({State.SUSPENDED, State.POLLING})),
    "by reason": Filter(reasons=frozenset({Reason.FORBIDDEN, Reason.NOT_FOUND})),
    "by state, reason, resource and label": Filter(
        resource="settings",
        labels={"team": "red"},
        states=frozenset({State.SUSPENDED, State.POLLING}),
        reasons=frozenset({Reason.FORBIDDEN, Reason.NOT_FOUND}),
    ),
    "by subject, of whom there is none": Filter(subject="nobody@example.com"),
    "by calendar, of which there is none": Filter(calendar_id="nothing@example.com"),
    "by followedBy, of which there is none": Filter(followed_by="a" * 32),
}


def measure() -> Iterator[Row]:
    with _server() as host:
        os.environ[firestore_emulator.VARIABLE] = host
        few, many = (_Stored(size) for size in _SIZES)
        yield _row("summary", few.cost(lambda query: query.summary()), many.cost(lambda query: query.summary()))
        for name, wanted in _LISTS.items():

            def page(query: Query, wanted: Filter = wanted) -> object:
                return query.page(wanted, "", 5)

            yield _row(f"a page of 5, {name}", few.cost(page), many.cost(page))


def _row(what: str, few: "_Cost", many: "_Cost") -> Row:
    measured = f"{many.rpcs} RPCs, {many.documents} documents, against {few.rpcs} and {few.documents}"
    return Row(f"{what}: {_SIZES[1]:,} watches against {_SIZES[0]:,}", measured, "the same", met=many == few)


def _server() -> AbstractContextManager[str]:
    if firestore_emulator.present():
        return firestore_emulator.emulator()
    return nullcontext(local_firestore.serve().host)


@dataclass(frozen=True, slots=True)
class _Cost:
    rpcs: int
    documents: int


class _Counting(FirestoreStore):
    """The summary asks from many threads."""

    def __init__(self, client: Any, timeout: float, retention: timedelta):
        super().__init__(client, timeout, retention)
        self._lock = Lock()
        self.rpcs = self.documents = 0

    def _found(self, query: Any) -> list[Any]:
        found = super()._found(query)
        self.documents += len(found)
        return found

    def _reading(self, call: Callable[[], Any]) -> Any:
        with self._lock:
            self.rpcs += 1
        return super()._reading(call)


class _Stored:
    def __init__(self, size: int):
        self._client = connect(f"bench-{size}", "calendar-watch")
        batch = self._client.batch()
        for number in range(size):
            watch = _watch(number)
            batch.create(self._client.collection("calendar_watches").document(watch.id), watch_document(watch))
            if number % 500 == 499:
                batch.commit(timeout=60)

    def cost(self, ask: Callable[[Query], object]) -> _Cost:
        store = _Counting(self._client, _PATIENCE, retention=timedelta(days=30))
        ask(Query(replace(World(InMemory()).services, store=store, clock=lambda: _NOW)))
        return _Cost(store.rpcs, store.documents)


def _watch(number: int) -> Watch:
    target, options = Target(SETTINGS, None, f"user{number}@example.com"), Options(labels={"team": "red"})
    watch = created(target, options, _NOW)
    if number % _SUSPENDED_EVERY:
        return watch
    refusal = Refusal(Reason.FORBIDDEN, "no", "", _NOW, _NOW, believed=True)
    return replace(watch, health=watch.health.with_refusal(StepKind.READ, refusal)).with_standing(_NOW)
