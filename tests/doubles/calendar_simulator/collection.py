"""A collection of items that remembers when each last changed, and what is gone."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

Item = Mapping[str, Any]


class Topic(NamedTuple):
    """What can be watched: a kind of collection, and the calendar or user that it belongs to."""

    resource: str
    owner: str


@dataclass(frozen=True)
class Record:
    key: str
    #: the place in listings, kept through changes
    ordinal: int
    #: the last change of any kind
    revision: int
    #: the last change that sync tokens report
    reported: int
    item: Item = field(default_factory=dict)
    deleted: bool = False

    @property
    def etag(self) -> str:
        return f'"{self.revision}"'


class Collection:
    """Every change asks `revise` for its number, so that none goes unnoticed."""

    def __init__(self, topic: Topic, revise: Callable[[Topic], int]) -> None:
        self.topic = topic
        #: older sync tokens were for another one
        self.born = 0
        #: of the last change
        self.revision = 0
        self._revise = revise
        #: what each record ever was, the latest last
        self._versions: dict[str, list[Record]] = {}

    def get(self, key: str) -> Record | None:
        record = self.find(key)
        return None if record is None or record.deleted else record

    def find(self, key: str) -> Record | None:
        """Return the record, even if it is a tombstone."""
        versions = self._versions.get(key)
        return versions[-1] if versions else None

    def live(self) -> list[Record]:
        return [versions[-1] for versions in self._versions.values() if not versions[-1].deleted]

    def records_after(self, ordinal: int, until: int, hidden: Container[int] = ()) -> Iterator[Record]:
        """Yield the records behind that place as they were at that revision, the deleted ones included."""
        later = islice(self._versions.values(), ordinal + 1, None)  # ordinals have no gaps: none vanishes
        yield from _known(later, until, hidden)

    def records_before(self, ordinal: int, until: int, hidden: Container[int] = ()) -> Iterator[Record]:
        """Yield the same the other way round, from that place on; -1: from the last."""
        skipped = len(self._versions) - ordinal if ordinal >= 0 else 0
        yield from _known(islice(reversed(self._versions.values()), skipped, None), until, hidden)

    def version(self, key: str, revision: int) -> Record:
        return next(record for record in self._versions[key] if record.revision == revision)

    def before(self, record: Record) -> Record | None:
        """Return the version before that one."""
        earlier = (each for each in reversed(self._versions[record.key]) if each.revision < record.revision)
        return next(earlier, None)

    def was_gone(self, key: str, since: int) -> bool:
        """Whether there was no such item at any moment after that revision."""
        versions = self._versions.get(key, [])
        there = [each for each in versions if each.revision > since] or versions[-1:]
        return self.born > since or not there or any(each.deleted for each in there)

    def was_written(self, key: str, since: int) -> bool:
        return any(each.revision > since for each in self._versions.get(key, []))

    def write(self, key: str, item: Item) -> Record:
        return self._put(key, item, deleted=False)

    def bury(self, key: str, item: Item) -> Record:
        """Delete, and keep a tombstone for listings that ask for it."""
        return self._put(key, item, deleted=True)

    def amend(self, key: str) -> None:
        """Note that read-only fields changed: the etag is new, but no sync token reports it."""
        versions = self._versions[key]
        versions.append(replace(versions[-1], revision=self._next_revision()))

    def _put(self, key: str, item: Item, *, deleted: bool) -> Record:
        revision = self._next_revision()
        known = self.find(key)
        ordinal = known.ordinal if known else len(self._versions)
        record = Record(key, ordinal, revision, revision, item, deleted)
        self._versions.setdefault(key, []).append(record)
        return record

    def _next_revision(self) -> int:
        self.revision = self._revise(self.topic)
        return self.revision


def _known(every: Iterable[Sequence[Record]], until: int, hidden: Container[int]) -> Iterator[Record]:
    for versions in every:
        known = (each for each in reversed(versions) if each.revision <= until and each.revision not in hidden)
        record = next(known, None)
        if record:
            yield record
