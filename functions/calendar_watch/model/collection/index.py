"""The table of contents of a snapshot: which items there are, in which version and of which series, in 24 bytes each.

It is stored beside each part and read without it, so that a listing of hundreds of thousands of items is compared by
opening only the parts in which something differs.
"""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from calendar_watch.model.collection.snapshot import Items
from calendar_watch.model.resources import Item

Mark = bytes
"""Eight bytes that stand for an id: two of a million ids are alike once in some ten million calendars."""

NO_SERIES = bytes(8)
INDEX_BYTES = 24
"""For each item."""
_WIDTH = 8
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def mark_of(item_id: str) -> Mark:
    return hashlib.sha256(item_id.encode(errors="surrogatepass")).digest()[:_WIDTH]


def version_of(item: Item) -> bytes:
    """Equal for what is kept of equal items."""
    return hashlib.sha256(_canonical(item).encode()).digest()[:_WIDTH]


@dataclass(frozen=True, slots=True)
class Entry:
    mark: Mark
    version: bytes
    series: Mark
    """Of the event that an exception belongs to."""


@dataclass(frozen=True, slots=True)
class Index:
    """Of one part: its entries, in order of mark."""

    packed: bytes = b""

    @classmethod
    def of(cls, items: Items) -> Self:
        entries = (mark_of(each) + version_of(item) + _series_of(item) for each, item in items.items())
        return cls(b"".join(sorted(entries)))

    def __iter__(self) -> Iterator[Entry]:
        return (self._entry(position) for position in range(len(self)))

    def __len__(self) -> int:
        return len(self.packed) // INDEX_BYTES

    def get(self, mark: Mark) -> Entry | None:
        packed = self.packed
        position = bisect_left(
            range(len(self)), mark, key=lambda each: packed[each * INDEX_BYTES : each * INDEX_BYTES + _WIDTH]
        )
        found = self._entry(position) if position < len(self) else None
        return found if found and found.mark == mark else None

    def _entry(self, position: int) -> Entry:
        start = position * INDEX_BYTES
        return Entry(*(self.packed[start + each : start + each + _WIDTH] for each in range(0, INDEX_BYTES, _WIDTH)))


@dataclass(frozen=True, slots=True)
class Indexes:
    """Of a whole snapshot, or of some of its parts."""

    by_part: Mapping[str, Index]

    def get(self, mark: Mark) -> Entry | None:
        index = self.by_part.get(self.part_name_of(mark))
        return index.get(mark) if index else None

    def part_name_of(self, mark: Mark) -> str:
        """The part that an item of this mark lies in; empty: none of these."""
        bits = place_of(mark)
        return next((bits[:end] for end in range(1, len(bits) + 1) if bits[:end] in self.by_part), "")

    def __iter__(self) -> Iterator[Entry]:
        return (entry for index in self.by_part.values() for entry in index)


def place_of(mark: Mark) -> str:
    """Where it lies in the tree of parts: the name of its part begins it."""
    return f"0{int.from_bytes(mark[:5]):040b}"


def _series_of(item: Item) -> Mark:
    series = item.get("recurringEventId")
    return mark_of(series) if series else NO_SERIES
