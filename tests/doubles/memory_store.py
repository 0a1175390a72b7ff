"""The store without a Firestore: the same documents, versions and atomic writes, in memory and without gRPC.

What goes in and comes out passes through `documents`, so that what is kept is what would be kept. `MemoryFirestore` is
the database, for everybody; a `MemoryStore` is one client of it, whose `edge` may do to a call what a network does.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any, Protocol, TypeVar

from calendar_watch.errors import ConflictError, UnavailableError, UnclearError, UnknownWatchError
from calendar_watch.firestore.notification_document import notification_document, notification_of
from calendar_watch.firestore.packed_documents import (
    entry_document,
    entry_of,
    index_of,
    notes_document,
    notes_of,
    part_document,
    part_of,
)
from calendar_watch.firestore.schema import SCHEMA, sorted_out, tell
from calendar_watch.firestore.watch_document import watch_document, watch_of
from calendar_watch.model.collection.index import Index, Indexes
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.exposure import COUNTED
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.shard import SHARDS
from calendar_watch.model.watch import ChangeEvent, State, Watch
from calendar_watch.model.write import WRITES, Write
from calendar_watch.ports import Filter, Tally, WatchPage
from calendar_watch.reasons import Reason

WATCHES, NOTIFICATIONS, CHANGES, SNAPSHOTS = "watches", "news", "changes", "snapshots"
_ANY, _ABSENT = object(), object()
_Result = TypeVar("_Result")
Document = Mapping[str, Any]

_ONCE = frozenset({*WRITES, "drop"})
"""Calls that are made once only; all others are repeated until they are answered, or until patience ends."""


class Edge(Protocol):
    """What happens to one call: `act` does it."""

    def __call__(self, rpc: str, act: Callable[[], _Result], /) -> _Result: ...


def direct(_rpc: str, act: Callable[[], _Result], /) -> _Result:
    return act()


def unavailable(rpc: str, _act: Callable[[], _Result], /) -> _Result:
    """Nothing happens, and nobody says so."""
    raise _unanswered(rpc)


def lost(rpc: str, act: Callable[[], _Result], /) -> _Result:
    """It happens, and nobody says so."""
    act()
    if rpc in _ONCE:
        raise _unanswered(rpc)
    return act()


def contended(rpc: str, act: Callable[[], _Result], /) -> _Result:
    """ABORTED: a write did nothing, anything else is repeated."""
    if rpc in _ONCE:
        raise ConflictError("contention")
    return act()


def _unanswered(rpc: str) -> UnclearError | UnavailableError:
    return UnclearError("no answer") if rpc in _ONCE else UnavailableError("Firestore does not answer")


@dataclass(frozen=True, slots=True)
class Put:
    collection: str
    name: str
    document: Document | None
    """None: it is deleted."""
    version: object = _ANY
    """What must be there."""


class _Collection:
    def __init__(self) -> None:
        self._documents: dict[str, tuple[Document, int]] = {}
        self._names: list[str] = []

    def get(self, name: str) -> tuple[Document, int] | None:
        return self._documents.get(name)

    def put(self, name: str, document: Document, version: int) -> None:
        if name not in self._documents:
            insort(self._names, name)
        self._documents[name] = document, version

    def delete(self, name: str) -> None:
        if self._documents.pop(name, None):
            del self._names[bisect_left(self._names, name)]

    def copy(self) -> "_Collection":
        """Documents are never changed, only replaced."""
        copied = _Collection()
        copied._documents, copied._names = dict(self._documents), list(self._names)
        return copied

    def all(self) -> Iterable[tuple[str, tuple[Document, int]]]:
        """In no order."""
        return self._documents.items()

    def between(self, first: str = "", last: str = "\x7f") -> Iterator[tuple[str, Document, int]]:
        """From `first` to just below `last`, in order of name."""
        names = self._names[bisect_left(self._names, first) : bisect_left(self._names, last)]
        return ((name, *self._documents[name]) for name in names)


Collections = Mapping[str, _Collection]


@dataclass
class MemoryFirestore:
    """Documents by collection. One commit at a time: whoever shares it between threads takes turns."""

    collections: Collections = field(
        default_factory=lambda: {name: _Collection() for name in (WATCHES, NOTIFICATIONS, CHANGES, SNAPSHOTS)}
    )

    def __post_init__(self) -> None:
        self._versions = count(1)
        self._watches: dict[str, Watch] = {}

    def watch(self, name: str, document: Document, version: int) -> Watch:
        """As it was read last, if that was the same version: values are frozen, and reading them takes time."""
        known = self._watches.get(name)
        if known is None or known.version != version:
            known = self._watches[name] = watch_of(document, version)
        return known

    def backup(self) -> Collections:
        return {name: each.copy() for name, each in self.collections.items()}

    def restore(self, backup: Collections) -> None:
        """No version of a document comes twice, whatever there was in between."""
        self.collections = {name: each.copy() for name, each in backup.items()}

    def commit(self, writes: Sequence[Put]) -> int:
        """All of them, or none and a ConflictError."""
        for each in writes:
            self._check(each)
        version = next(self._versions)
        for each in writes:
            if each.document is None:
                self.collections[each.collection].delete(each.name)
            else:
                self.collections[each.collection].put(each.name, each.document, version)
        return version

    def _check(self, write: Put) -> None:
        there = self.collections[write.collection].get(write.name)
        version = there[1] if there else _ABSENT
        if write.version not in {_ANY, version}:
            raise ConflictError(f"{write.collection}/{write.name} is not as it was read")


class MemoryStore:
    """Implements `ports.Store` and `ports.NotificationStore`."""

    def __init__(self, database: MemoryFirestore, retention: timedelta, edge: Edge = direct):
        self.edge = edge
        self._database = database
        self._retention = retention

    # --- what `notifications` may do

    def put(self, notification: PendingNotification) -> bool:
        return self.edge("put", lambda: self._stored(notification))

    def _stored(self, notification: PendingNotification) -> bool:
        try:
            self._database.commit(
                [Put(NOTIFICATIONS, _name_of(notification), notification_document(notification), _ABSENT)]
            )
        except ConflictError:
            return False
        return True

    def write(self, write: Write) -> Watch:
        watch = write.watch
        writes = [
            _replacing(watch),
            *(Put(NOTIFICATIONS, _name_of(each), None) for each in write.notifications),
            *_parts(watch, write.parts),
            *(Put(SNAPSHOTS, f"{watch.id}~{each.name}", notes_document(each)) for each in write.notes),
            *_gone(watch, write.gone),
            *(Put(CHANGES, _entry_name(watch.id, each), None) for each in write.erased),
            *map(_replacing, write.children),
            *(self._logged(watch.id, each) for each in watch.log.pending),
        ]
        version = self.edge(write.kind, lambda: self._database.commit(writes))
        return replace(watch, version=version).with_log(pending=())

    def drop(self, notification: PendingNotification) -> None:
        self.edge("drop", lambda: self._database.commit([Put(NOTIFICATIONS, _name_of(notification), None)]))

    def _logged(self, watch_id: str, entry: ChangeEvent) -> Put:
        expire_at = datetime.fromisoformat(entry["time"]) + self._retention
        name = _entry_name(watch_id, int(entry["sequence"]))
        return Put(CHANGES, name, entry_document(entry, expire_at), _ABSENT)

    # --- reading

    def get(self, watch_id: str) -> Watch:
        return self.edge("get", lambda: self._got(watch_id))

    def _got(self, watch_id: str) -> Watch:
        found = self._in(WATCHES).get(watch_id)
        if found is None:
            raise UnknownWatchError(f"no watch has the id {watch_id}")
        return self._database.watch(watch_id, *found)

    def find(self, watch_ids: Iterable[str]) -> Sequence[Watch]:
        wanted = list(watch_ids)
        found = self.edge("find", lambda: [self._in(WATCHES).get(each) for each in wanted])
        return [watch_of(*each) for each in found if each]

    def children(self, watch_id: str) -> Sequence[Watch]:
        return self.edge("children", lambda: [each for each in self._watches() if watch_id in each.followed_by])

    def parts(self, watch_id: str, names: Iterable[str]) -> Sequence[Snapshot]:
        wanted = list(names)
        return self.edge("parts", lambda: [self._part(watch_id, name) for name in wanted])

    def _part(self, watch_id: str, name: str) -> Snapshot:
        found = self._in(SNAPSHOTS).get(f"{watch_id}~{name}")
        return part_of(found[0], name) if found else Snapshot({}, (), name=name)

    def indexes(self, watch_id: str, names: Iterable[str]) -> Indexes:
        wanted = list(names)
        return self.edge("indexes", lambda: Indexes({name: self._index(watch_id, name) for name in wanted}))

    def _index(self, watch_id: str, name: str) -> Index:
        found = self._in(SNAPSHOTS).get(f"{watch_id}~{name}")
        return index_of(found[0]) if found else Index()

    def notes(self, watch_id: str, names: Iterable[str]) -> Sequence[Notes]:
        wanted = list(names)
        return self.edge("notes", lambda: list(self._notes(watch_id, wanted)))

    def _notes(self, watch_id: str, names: Iterable[str]) -> Iterator[Notes]:
        for name in names:
            found = self._in(SNAPSHOTS).get(f"{watch_id}~{name}")
            if found:
                yield notes_of(found[0], name)

    def notifications(self, watch_id: str) -> Sequence[PendingNotification]:
        return self.edge("notifications", lambda: self._notifications(f"{watch_id}~", f"{watch_id}~~"))

    def entries(self, watch_id: str, after: int, limit: int) -> Sequence[ChangeEvent]:
        return self.edge("entries", lambda: self._entries(watch_id, after, limit))

    def _entries(self, watch_id: str, after: int, limit: int) -> list[ChangeEvent]:
        found = self._in(CHANGES).between(_entry_name(watch_id, after + 1), f"{watch_id}~~")
        return [entry_of(document) for _, document, _ in islice(found, limit)]

    def sequences(self, watch_id: str, limit: int) -> Sequence[int]:
        found = self._in(CHANGES).between(_entry_name(watch_id, 1), f"{watch_id}~~")
        return self.edge("sequences", lambda: [int(name.partition("~")[2]) for name, _, _ in islice(found, limit)])

    def count_entries(self, watch_id: str, first: int, last: int) -> int:
        between = _entry_name(watch_id, first), _entry_name(watch_id, last + 1)
        return self.edge("count_entries", lambda: len(list(self._in(CHANGES).between(*between))))

    def page(self, wanted: Filter, after: str, limit: int) -> WatchPage:
        return self.edge("page", lambda: self._page(wanted, after, limit))

    def _page(self, wanted: Filter, after: str, limit: int) -> WatchPage:
        documents = {name: (document, version) for name, document, version in self._in(WATCHES).between()}
        matching = [name for name, (each, _) in documents.items() if name > after and _matches(each, wanted)][:limit]
        found = ((name, documents[name][0]) for name in matching)
        watches, _ = sorted_out(
            WATCHES, found, lambda name, document: self._database.watch(name, document, documents[name][1])
        )
        return WatchPage(watches, matching[-1] if len(matching) == limit else "")

    def look(self, watch_id: str) -> tuple[Watch, Sequence[PendingNotification]]:
        notifications = self.notifications(watch_id)
        return self.get(watch_id), notifications

    def due(self, now: datetime, limit: int, shards: Sequence[int] = SHARDS) -> Sequence[tuple[str, datetime]]:
        return self.edge("due", lambda: self._due(now, shards)[:limit])

    def count_due(self, now: datetime) -> int:
        return self.edge("count_due", lambda: len(self._due(now)))

    def _due(self, now: datetime, shards: Sequence[int] = SHARDS) -> list[tuple[str, datetime]]:
        due = [
            (each["due_at"], name)
            for name, each in self._ours()
            if each["due_at"] and each["due_at"] <= now and each["shard"] in shards
        ]
        return [(name, since) for since, name in sorted(due)]

    def outdated(self, fingerprint: str, limit: int) -> Sequence[str]:
        return self.edge("outdated", lambda: self._outdated(fingerprint)[:limit])

    def _outdated(self, fingerprint: str) -> list[str]:
        found = ((each["fingerprint"], name) for name, each in self._ours())
        return [name for _, name in sorted(each for each in found if each[0] not in {None, fingerprint})]

    def _ours(self) -> Iterator[tuple[str, Document]]:
        return ((name, each) for name, (each, _) in self._in(WATCHES).all() if each["schema"] == SCHEMA)

    def tally(self, now: datetime) -> Tally:
        return self.edge("tally", lambda: self._tally(now))

    def _tally(self, now: datetime) -> Tally:
        found = [document for _, document, _ in self._in(WATCHES).between()]
        suspended = [Reason(each["reason"]) for each in found if each["state"] == State.SUSPENDED]
        locked_out = sum(not each.gone for each in suspended)
        kinds = Counter((each["resource"], each["state"]) for each in found)
        watches = {name: {state: kinds[name, state] for state in State} for name in RESOURCES}
        reasons = {each: sum(there["reason"] == each for there in found) for each in Reason}
        unpublished = sum(each["unpublished"] for each in found)
        shown = [each["exposures"] for each in found if each["exposures"]]
        exposures = {each: sum(counts[each] for counts in shown) for each in COUNTED}
        overdue_since = next((due for _, due in self._due(now)), None)
        return Tally(watches, reasons, locked_out, unpublished, exposures, overdue_since)

    def waiting(self, start: str, limit: int) -> Sequence[PendingNotification]:
        return self.edge("waiting", lambda: self._waiting(start, limit))

    def _waiting(self, start: str, limit: int) -> list[PendingNotification]:
        box = self._in(NOTIFICATIONS)
        found = [(name, each) for name, each, _ in (*box.between(start), *box.between(last=start))][:limit]
        notifications, malformed = sorted_out(NOTIFICATIONS, found, notification_of)
        tell("malformed", "malformed documents are dropped", NOTIFICATIONS, malformed)
        for each in malformed:
            box.delete(each)
        return notifications

    def _notifications(self, first: str, last: str) -> list[PendingNotification]:
        found = ((name, document) for name, document, _ in self._in(NOTIFICATIONS).between(first, last))
        return sorted_out(NOTIFICATIONS, found, notification_of)[0]

    def _watches(self) -> Iterator[Watch]:
        return (self._database.watch(*each) for each in self._in(WATCHES).between())

    def _in(self, collection: str) -> _Collection:
        return self._database.collections[collection]


def _replacing(watch: Watch) -> Put:
    return Put(WATCHES, watch.id, watch_document(watch), _ABSENT if watch.version is None else watch.version)


def _parts(watch: Watch, parts: Iterable[Snapshot]) -> Iterator[Put]:
    for part in parts:
        yield Put(SNAPSHOTS, f"{watch.id}~{part.name}", part_document(part, watch.log.sequence))


def _gone(watch: Watch, names: Iterable[str]) -> Iterator[Put]:
    for name in names:
        yield Put(SNAPSHOTS, f"{watch.id}~{name}", None)


def _name_of(notification: PendingNotification) -> str:
    return f"{notification.watch_id}~{notification.channel_id}"


def _entry_name(watch_id: str, sequence: int) -> str:
    return f"{watch_id}~{sequence:020d}"


def _matches(watch: Document, wanted: Filter) -> bool:
    return (
        wanted.resource in {None, watch["resource"]}
        and wanted.subject in {None, watch["subject"]}
        and wanted.calendar_id in {None, watch["calendar_id"]}
        and wanted.followed_by in {None, *watch["followed_by"]}
        and wanted.labels.items() <= watch["labels"].items()
        and (not wanted.states or watch["state"] in wanted.states)
        and (not wanted.reasons or watch["reason"] in wanted.reasons)
    )
