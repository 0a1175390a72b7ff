"""A collection of items that remembers when each last changed, and what is gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
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
        self._revise = revise
        self._records: dict[str, Record] = {}

    def get(self, key: str) -> Record | None:
        record = self._records.get(key)
        return None if record is None or record.deleted else record

    def live(self) -> list[Record]:
        return [record for record in self._records.values() if not record.deleted]

    def records(self) -> list[Record]:
        """Return all records, the deleted ones included, in the order of listings."""
        return list(self._records.values())

    def write(self, key: str, item: Item) -> Record:
        return self._put(key, item, deleted=False)

    def bury(self, key: str, item: Item) -> Record:
        """Delete, and keep a tombstone for listings that ask for it."""
        return self._put(key, item, deleted=True)

    def amend(self, key: str) -> None:
        """Note that read-only fields changed: the etag is new, but no sync token reports it."""
        self._records[key] = replace(self._records[key], revision=self._revise(self.topic))

    def _put(self, key: str, item: Item, *, deleted: bool) -> Record:
        revision = self._revise(self.topic)
        known = self._records.get(key)
        ordinal = known.ordinal if known else len(self._records)
        self._records[key] = Record(key, ordinal, revision, revision, item, deleted)
        return self._records[key]
