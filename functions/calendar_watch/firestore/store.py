"""The store: watches, notifications, snapshots and the change log in Firestore.

Every write to a watch is one atomic batch conditioned on the version that was read; there is no transaction, and
nothing is held open across a call to Google:

    read v1 ──── call to Google ──── write if still v1          somebody wrote v2 meanwhile: ConflictError
                                     write, answer lost         may have happened: UnclearError, read again

The client's own retries are off for writes: it would repeat one that had landed, and report our own work as a conflict.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.field_path import FieldPath

from calendar_watch.errors import UnknownWatchError
from calendar_watch.firestore.client import NEVER, answered, writing
from calendar_watch.firestore.documents import (
    entry_document,
    entry_of,
    notification_of,
    part_document,
    part_of,
    watch_document,
    watch_of,
)
from calendar_watch.firestore.notifications import NOTIFICATIONS, reference_of
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.snapshot import Snapshot
from calendar_watch.model.watch import ChangeEvent, Watch
from calendar_watch.model.write import WRITES, Condition, Write
from calendar_watch.ports import Filter

_Result = TypeVar("_Result")

_WATCHES = "calendar_watches"
_CHANGES = "calendar_watch_changes"
_SNAPSHOTS = "calendar_watch_snapshots"

_FIRST, _LAST = "2", "~"
"""Below and above every name: those begin with a watch's id, of 2 to 7 and a to z."""


class FirestoreStore:
    """Implements `ports.Store`. `timeout` is in seconds, for each call; `retention` is how long a change is kept."""

    def __init__(self, client: firestore.Client, timeout: float, retention: timedelta):
        self._client = client
        self._timeout = timeout
        self._retention = retention

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
        for name in write.gone:
            batch.delete(self._part(write.watch.id, name))
        for child in write.children:
            self._put(batch, child, Condition.ABSENT if child.version is None else Condition.UNCHANGED)

    # --- reading

    def get(self, watch_id: str) -> Watch:
        found = self._reading(lambda: self._watch(watch_id).get(retry=NEVER, timeout=self._timeout))
        if not found.exists:
            raise UnknownWatchError(f"no watch has the id {watch_id}")
        return _watch_of(found)

    def find(self, watch_ids: Iterable[str]) -> Sequence[Watch]:
        return [_watch_of(found) for found in self._all(map(self._watch, watch_ids)) if found.exists]

    def children(self, watch_id: str) -> Sequence[Watch]:
        following = FieldFilter("followed_by", "array_contains", watch_id)
        return [_watch_of(found) for found in self._found(self._client.collection(_WATCHES).where(filter=following))]

    def parts(self, watch_id: str, names: Iterable[str]) -> Sequence[Snapshot]:
        wanted = {self._part(watch_id, name): name for name in names}
        found = {each.reference.id: each for each in self._all(wanted) if each.exists}
        return [_part_of(found.get(reference.id), name) for reference, name in wanted.items()]

    def notifications(self, watch_id: str) -> Sequence[PendingNotification]:
        return self._notifications(self._between(NOTIFICATIONS, f"{watch_id}~", f"{watch_id}~~"))

    def entries(self, watch_id: str, after: int, limit: int) -> Sequence[ChangeEvent]:
        query = self._between(_CHANGES, _entry_name(watch_id, after + 1), f"{watch_id}~~")
        return [entry_of(found.to_dict()) for found in self._found(query.limit(limit))]

    def count_entries(self, watch_id: str, first: int, last: int) -> int:
        return self._count(self._between(_CHANGES, _entry_name(watch_id, first), _entry_name(watch_id, last + 1)))

    def page(self, wanted: Filter, after: str, limit: int) -> Sequence[Watch]:
        query: Any = self._client.collection(_WATCHES)
        for path, value in _equalities(wanted):
            query = query.where(filter=FieldFilter(path, "==", value))
        query = query.order_by(FieldPath.document_id())
        if after:
            query = query.start_after({FieldPath.document_id(): self._watch(after)})
        return [_watch_of(found) for found in self._found(query.limit(limit))]

    def due(self, now: datetime, limit: int) -> Sequence[tuple[str, datetime]]:
        query = self._due(now).order_by("due_at").select(["due_at"]).limit(limit)
        return [(found.id, found.get("due_at")) for found in self._found(query)]

    def count_due(self, now: datetime) -> int:
        return self._count(self._due(now))

    def waiting(self, start: str, limit: int) -> Sequence[PendingNotification]:
        found = self._notifications(self._between(NOTIFICATIONS, start or _FIRST, _LAST).limit(limit))
        left = limit - len(found)
        if start and left:
            found = [*found, *self._notifications(self._between(NOTIFICATIONS, _FIRST, start).limit(left))]
        return found

    def drop(self, notification: PendingNotification) -> None:
        with writing():
            reference_of(self._client, notification).delete(retry=None, timeout=self._timeout)

    def _due(self, now: datetime) -> Any:
        return self._client.collection(_WATCHES).where(filter=FieldFilter("due_at", "<=", now))

    def _between(self, collection: str, first: str, last: str) -> Any:
        """Documents in order of name, from `first` to just below `last`."""
        within, name = self._client.collection(collection), FieldPath.document_id()
        from_first = within.where(filter=FieldFilter(name, ">=", within.document(first)))
        return from_first.where(filter=FieldFilter(name, "<", within.document(last))).order_by(name)

    def _notifications(self, query: Any) -> Sequence[PendingNotification]:
        return [notification_of(found.id, found.to_dict()) for found in self._found(query)]

    def _count(self, query: Any) -> int:
        counting = query.count()
        return int(self._reading(lambda: counting.get(retry=NEVER, timeout=self._timeout))[0][0].value)

    def _found(self, query: Any) -> list[Any]:
        """A stream that breaks half-way is read again whole: the client's own resumption overruns the limit."""
        return self._reading(lambda: list(query.stream(retry=NEVER, timeout=self._timeout)))

    def _all(self, references: Iterable[Any]) -> list[Any]:
        read = partial(self._client.get_all, list(references), retry=NEVER, timeout=self._timeout)
        return self._reading(lambda: list(read()))

    def _reading(self, call: Callable[[], _Result]) -> _Result:
        return answered(call, self._timeout)

    # --- where things lie

    def _watch(self, watch_id: str) -> Any:
        return self._client.collection(_WATCHES).document(watch_id)

    def _part(self, watch_id: str, name: str) -> Any:
        return self._client.collection(_SNAPSHOTS).document(f"{watch_id}~{name}")

    def _entry(self, watch_id: str, sequence: int) -> Any:
        return self._client.collection(_CHANGES).document(_entry_name(watch_id, sequence))


def _entry_name(watch_id: str, sequence: int) -> str:
    return f"{watch_id}~{sequence:020d}"


def _watch_of(found: Any) -> Watch:
    return watch_of(found.to_dict(), found.update_time)


def _part_of(found: Any, name: str) -> Snapshot:
    return part_of(found.to_dict(), name) if found else Snapshot({}, (), name=name)


def _equalities(wanted: Filter) -> Iterator[tuple[str, str]]:
    if wanted.resource:
        yield "resource", wanted.resource
    if wanted.subject:
        yield "subject", wanted.subject
    for key, value in (wanted.labels or {}).items():
        yield FieldPath("labels", key).to_api_repr(), value
