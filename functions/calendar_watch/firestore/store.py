"""The store: watches, notifications, snapshots and the change log in Firestore.

Every write to a watch is one atomic batch conditioned on the version that was read; there is no transaction, and
nothing is held open across a call to Google:

    read v1 ──── call to Google ──── write if still v1          somebody wrote v2 meanwhile: ConflictError
                                     write, answer lost         may have happened: UnclearError, read again

The client's own retries are off for writes: it would repeat one that had landed, and report our own work as a conflict.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from google.cloud import firestore

from calendar_watch.errors import StoreError, UnknownWatchError
from calendar_watch.firestore import queries
from calendar_watch.firestore.client import NEVER, answered, writing
from calendar_watch.firestore.notification_document import notification_of
from calendar_watch.firestore.notifications import NOTIFICATIONS, reference_of
from calendar_watch.firestore.packed_documents import (
    INDEX,
    entry_document,
    entry_of,
    index_of,
    notes_document,
    notes_of,
    part_document,
    part_of,
)
from calendar_watch.firestore.queries import CHANGES, FIRST, LAST, SNAPSHOTS, WATCHES, entry_name, named, sequence_of
from calendar_watch.firestore.schema import ours, sorted_out, tell
from calendar_watch.firestore.watch_document import watch_document, watch_of
from calendar_watch.model.collection.index import Index, Indexes
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.exposure import COUNTED
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.shard import SHARDS
from calendar_watch.model.watch import ChangeEvent, State, Watch
from calendar_watch.model.write import WRITES, Condition, Write
from calendar_watch.ports import Filter, Tally, WatchPage
from calendar_watch.reasons import Reason

_Result = TypeVar("_Result")

_MOST_PAGES = 4
_COUNTED_AT_ONCE = 16
_LOOKS_AT_ONCE = 32


class FirestoreStore:
    """Implements `ports.Store`. `timeout` is in seconds, for each call; `retention` is how long a change is kept."""

    def __init__(self, client: firestore.Client, timeout: float, retention: timedelta):
        self._client = client
        self._timeout = timeout
        self._retention = retention
        self._aside = ThreadPoolExecutor(_LOOKS_AT_ONCE, thread_name_prefix="store")

    def write(self, write: Write) -> Watch:
        batch = self._client.batch()
        self._put(batch, write.watch, WRITES[write.kind].only_if)
        self._log(batch, write.watch)
        self._take_along(batch, write)
        with writing():
            results = batch.commit(retry=None, timeout=self._timeout)
        return replace(write.watch, version=results[0].update_time).with_log(pending=())

    def _put(self, batch: Any, watch: Watch, only_if: Condition) -> None:
        reference, document = self._watch(watch.id), watch_document(watch)
        if only_if is Condition.ABSENT:
            batch.create(reference, document)
        else:
            batch.update(reference, document, option=self._client.write_option(last_update_time=watch.version))

    def _log(self, batch: Any, watch: Watch) -> None:
        for entry in watch.log.pending:
            expire_at = datetime.fromisoformat(entry["time"]) + self._retention
            batch.create(self._entry(watch.id, int(entry["sequence"])), entry_document(entry, expire_at))

    def _take_along(self, batch: Any, write: Write) -> None:
        for notification in write.notifications:
            batch.delete(reference_of(self._client, notification))
        for part in write.parts:
            batch.set(self._part(write.watch.id, part.name), part_document(part, write.watch.log.sequence))
        for notes in write.notes:
            batch.set(self._part(write.watch.id, notes.name), notes_document(notes))
        for name in write.gone:
            batch.delete(self._part(write.watch.id, name))
        for sequence in write.erased:
            batch.delete(self._entry(write.watch.id, sequence))
        for child in write.children:
            self._put(batch, child, Condition.ABSENT if child.version is None else Condition.UNCHANGED)

    # --- reading

    def get(self, watch_id: str) -> Watch:
        found = self._reading(lambda: self._watch(watch_id).get(retry=NEVER, timeout=self._timeout))
        if not found.exists:
            raise UnknownWatchError(f"no watch has the id {watch_id}")
        return _watch_of(found)

    def look(self, watch_id: str) -> tuple[Watch, Sequence[PendingNotification]]:
        notifications = self._aside.submit(self.notifications, watch_id)
        return self.get(watch_id), notifications.result()

    def find(self, watch_ids: Iterable[str]) -> Sequence[Watch]:
        return [_watch_of(found) for found in self._all(map(self._watch, watch_ids)) if found.exists]

    def children(self, watch_id: str) -> Sequence[Watch]:
        return [_watch_of(found) for found in self._found(queries.followed_by(self._client, watch_id))]

    def parts(self, watch_id: str, names: Iterable[str]) -> Sequence[Snapshot]:
        wanted = {self._part(watch_id, name): name for name in names}
        found = {each.reference.id: each for each in self._all(wanted) if each.exists}
        return [_part_of(found.get(reference.id), name) for reference, name in wanted.items()]

    def indexes(self, watch_id: str, names: Iterable[str]) -> Indexes:
        wanted = {self._part(watch_id, name): name for name in names}
        found = {each.reference.id: each for each in self._all(wanted, [INDEX]) if each.exists}
        return Indexes({name: _index_of(found.get(reference.id)) for reference, name in wanted.items()})

    def notes(self, watch_id: str, names: Iterable[str]) -> Sequence[Notes]:
        found = self._all(self._part(watch_id, name) for name in names)
        return [notes_of(each.to_dict(), each.reference.id.partition("~")[2]) for each in found if each.exists]

    def notifications(self, watch_id: str) -> Sequence[PendingNotification]:
        """What is malformed is the next sweep's to drop."""
        found = self._found(queries.notifications_of(self._client, watch_id))
        return sorted_out(NOTIFICATIONS, named(found), notification_of)[0]

    def entries(self, watch_id: str, after: int, limit: int) -> Sequence[ChangeEvent]:
        query = queries.entries(self._client, watch_id, after).limit(limit)
        return [entry_of(found.to_dict()) for found in self._found(query)]

    def sequences(self, watch_id: str, limit: int) -> Sequence[int]:
        query = queries.entries(self._client, watch_id, after=0).select([]).limit(limit)
        return [sequence_of(found.id) for found in self._found(query)]

    def count_entries(self, watch_id: str, first: int, last: int) -> int:
        return self._count(
            queries.between(self._client, CHANGES, entry_name(watch_id, first), entry_name(watch_id, last + 1))
        )

    def page(self, wanted: Filter, after: str, limit: int) -> WatchPage:
        query = queries.watches(self._client, wanted, after)
        found = self._found(query.limit(limit))
        versions = {each.id: each.update_time for each in found}
        watches, _ = sorted_out(WATCHES, named(found), lambda name, document: watch_of(document, versions[name]))
        return WatchPage(watches, found[-1].id if len(found) == limit else "")

    def due(self, now: datetime, limit: int, shards: Sequence[int] = SHARDS) -> Sequence[tuple[str, datetime]]:
        return self._first_of(queries.due(self._client, shards, now), "due_at", limit)

    def count_due(self, now: datetime) -> int:
        return self._count(queries.due(self._client, SHARDS, now))

    def outdated(self, fingerprint: str, limit: int) -> Sequence[str]:
        outdated = queries.outdated(self._client, fingerprint)
        return [name for name, _ in self._first_of(outdated, "fingerprint", limit)]

    def _first_of(self, query: Any, field: str, limit: int) -> list[tuple[str, Any]]:
        """In order of `field`. Looks a little further where the first are of another schema: those stay for ever."""
        query = query.order_by(field).select([field, "schema"]).limit(limit)
        values: list[tuple[str, Any]] = []
        page: list[Any] = []
        for _ in range(_MOST_PAGES):
            page = self._found(query.start_after(page[-1]) if page else query)
            values += sorted_out(WATCHES, named(page), lambda name, document: (name, ours(document)[field]))[0]
            if len(values) >= limit or len(page) < limit:
                break
        return values[:limit]

    def tally(self, now: datetime) -> Tally:
        client = self._client
        kinds = {(name, state): queries.in_state(client, name, state) for name in RESOURCES for state in State}
        reasons = {each: queries.with_reason(client, each) for each in Reason}
        with ThreadPoolExecutor(_COUNTED_AT_ONCE) as pool:
            by_kind = dict(zip(kinds, pool.map(self._count, kinds.values()), strict=True))
            by_reason = dict(zip(reasons, pool.map(self._count, reasons.values()), strict=True))
            locked_out, unpublished = pool.map(self._count, (queries.locked_out(client), queries.unpublished(client)))
            sums = pool.map(self._aggregate, (queries.exposed(client, each) for each in COUNTED))
            exposures = dict(zip(COUNTED, sums, strict=True))
        watches = {name: {state: by_kind[name, state] for state in State} for name in RESOURCES}
        overdue_since = next((since for _, since in self.due(now, 1)), None)
        return Tally(watches, by_reason, locked_out, unpublished, exposures, overdue_since)

    def waiting(self, start: str, limit: int) -> Sequence[PendingNotification]:
        found = self._found(queries.between(self._client, NOTIFICATIONS, start or FIRST, LAST).limit(limit))
        left = limit - len(found)
        if start and left:
            found += self._found(queries.between(self._client, NOTIFICATIONS, FIRST, start).limit(left))
        notifications, malformed = sorted_out(NOTIFICATIONS, named(found), notification_of)
        self._drop_malformed(malformed)
        return notifications

    def _drop_malformed(self, names: Sequence[str]) -> None:
        """If that does not work, the next sweep does it."""
        if not names:
            return
        tell("malformed", "malformed documents are dropped", NOTIFICATIONS, names)
        batch = self._client.batch()
        for each in names:
            batch.delete(self._client.collection(NOTIFICATIONS).document(each))
        with suppress(StoreError), writing():
            batch.commit(retry=None, timeout=self._timeout)

    def drop(self, notification: PendingNotification) -> None:
        with writing():
            reference_of(self._client, notification).delete(retry=None, timeout=self._timeout)

    def _count(self, query: Any) -> int:
        return self._aggregate(query.count())

    def _aggregate(self, aggregation: Any) -> int:
        return int(self._reading(lambda: aggregation.get(retry=NEVER, timeout=self._timeout))[0][0].value)

    def _found(self, query: Any) -> list[Any]:
        """A stream that breaks half-way is read again whole: the client's own resumption overruns the limit."""
        return self._reading(lambda: list(query.stream(retry=NEVER, timeout=self._timeout)))

    def _all(self, references: Iterable[Any], fields: Sequence[str] | None = None) -> list[Any]:
        read = partial(self._client.get_all, list(references), fields, retry=NEVER, timeout=self._timeout)
        return self._reading(lambda: list(read()))

    def _reading(self, call: Callable[[], _Result]) -> _Result:
        return answered(call, self._timeout)

    # --- where things lie

    def _watch(self, watch_id: str) -> Any:
        return self._client.collection(WATCHES).document(watch_id)

    def _part(self, watch_id: str, name: str) -> Any:
        return self._client.collection(SNAPSHOTS).document(f"{watch_id}~{name}")

    def _entry(self, watch_id: str, sequence: int) -> Any:
        return self._client.collection(CHANGES).document(entry_name(watch_id, sequence))


def _watch_of(found: Any) -> Watch:
    return watch_of(found.to_dict(), found.update_time)


def _index_of(found: Any) -> Index:
    return index_of(found.to_dict()) if found else Index()


def _part_of(found: Any, name: str) -> Snapshot:
    return part_of(found.to_dict(), name) if found else Snapshot({}, (), name=name)
