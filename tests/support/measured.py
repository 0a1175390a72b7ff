"""A database in memory that weighs what is written and counts what is read.

Sizes are as Firestore counts them: https://firebase.google.com/docs/firestore/storage-size
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from calendar_watch.model.collection.index import Indexes
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.watch import Watch
from tests.doubles.memory_store import MemoryFirestore, MemoryStore, Put

_NAME, _DOCUMENT, _FIXED = 16, 32, 8


@dataclass(frozen=True, slots=True)
class Commit:
    """`size` in bytes, `documents` written or deleted."""

    size: int
    documents: int


@dataclass
class MeasuredFirestore(MemoryFirestore):
    commits: list[Commit] = field(default_factory=list)

    def commit(self, writes: Sequence[Put]) -> int:
        version = super().commit(writes)
        self.commits.append(Commit(sum(map(_size_of_put, writes)), len(writes)))
        return version

    @property
    def largest(self) -> int:
        return max((each.size for each in self.commits), default=0)


class MeasuredStore(MemoryStore):
    """Counts the documents of a watch that are read."""

    def __init__(self, database: MeasuredFirestore, retention: timedelta):
        super().__init__(database, retention)
        self.reads = 0

    def get(self, watch_id: str) -> Watch:
        self.reads += 1
        return super().get(watch_id)

    def parts(self, watch_id: str, names: Iterable[str]) -> Sequence[Snapshot]:
        return super().parts(watch_id, self._tallied(names))

    def indexes(self, watch_id: str, names: Iterable[str]) -> Indexes:
        return super().indexes(watch_id, self._tallied(names))

    def notes(self, watch_id: str, names: Iterable[str]) -> Sequence[Notes]:
        return super().notes(watch_id, self._tallied(names))

    def _tallied(self, names: Iterable[str]) -> list[str]:
        wanted = list(names)
        self.reads += len(wanted)
        return wanted


def _size_of_put(put: Put) -> int:
    name = _NAME + _text(put.collection) + _text(put.name)
    return name if put.document is None else name + _DOCUMENT + size_of(put.document)


def size_of(value: Any) -> int:
    """Of a value, by itself; what is frequent first, as chaos weighs all that it writes."""
    match value:
        case str():
            return _text(value)
        case dict():
            return _texts(value) + _sizes_of(value.values())
        case list() | tuple():
            return _sizes_of(value)
        case None | bool():
            return 1
        case bytes():
            return len(value)
        case _:
            return _FIXED


def _sizes_of(values: Collection[Any]) -> int:
    texts = [each for each in values if type(each) is str]
    return _texts(texts) + sum(size_of(each) for each in values if type(each) is not str)


def _texts(values: Collection[str]) -> int:
    """One long text is weighed sooner than many short ones."""
    return _text("".join(values)) - 1 + len(values)


def _text(value: str) -> int:
    return (len(value) if value.isascii() else len(value.encode(errors="surrogatepass"))) + 1
