"""A collection as last read."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from calendar_watch.model.resources import Item

Items = Mapping[str, Item]
"""A whole collection, by item id."""

HIDDEN = frozenset({"etag", "kind"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A collection as last read, or a part of it: which fields were looked at then, and after which change."""

    items: Items
    fields: tuple[str, ...]
    sequence: int = 0
    name: str = "0"
    """Which part of the collection this is; "0": all of it."""

    @property
    def digest(self) -> str:
        """Equal for equal collections that were looked at in the same way."""
        canonical = json.dumps([sorted(self.fields), self.items], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def collect(pages: Iterable[Iterable[Item]]) -> Items:
    """An item that a listing shows twice counts as it was shown last."""
    return {item["id"]: item for page in pages for item in page}


def content(item: Item) -> Item:
    """As it is told: an etag is none."""
    return {name: value for name, value in item.items() if name not in HIDDEN}
