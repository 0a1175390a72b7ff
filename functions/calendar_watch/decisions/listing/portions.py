"""How much goes into one write to Firestore, which takes 10 MiB at a time: below 8 MiB, whatever the data."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from calendar_watch.model.collection.diff import Change
from calendar_watch.model.collection.index import INDEX_BYTES
from calendar_watch.model.collection.parts import part_name_of
from calendar_watch.model.collection.snapshot import Items, Snapshot
from calendar_watch.model.resources import Item
from calendar_watch.sizes import weight

MOST_PARTS = 16
MOST_ITEMS = 500
MOST_BYTES = 6_000_000
"""Of JSON, before it is compressed. The first item always fits: what is kept of one stays below 1 MB."""
MOST_NOTES = 10
"""Documents of what a listing has shown."""
_ENTRY_BYTES = 2_000
"""What a log entry says besides the item and the labels of the watch."""

Outcome = tuple[str, Item | None]
"""An item, and what is there of it from now on."""

Groups = Mapping[str, Sequence[Item]]
"""Items by the part that they lie in."""


def portion(items: Sequence[Item], part_names: Collection[str]) -> dict[str, list[Item]]:
    """The first `items`, in order of key, as far as their parts may be read at once."""
    taken: dict[str, list[Item]] = {}
    for item in items[:MOST_ITEMS]:
        part_name = part_name_of(part_names, item["id"])
        if part_name not in taken and len(taken) == MOST_PARTS:
            break
        taken.setdefault(part_name, []).append(item)
    return taken


def fitting(groups: Groups, parts: Sequence[Snapshot], labels: Mapping[str, str]) -> dict[str, list[Item]]:
    """As many of them as fit one write: each part as it is, each item as kept, and as told with what it was before."""
    taken: dict[str, list[Item]] = {}
    room, besides = MOST_BYTES, _besides(labels)
    for part in parts:
        room -= _held(part.items)
        for item in groups[part.name]:
            room -= _cost(item["id"], part.items.get(item["id"]), item) + besides
            if taken and room < 0:
                return taken
            taken.setdefault(part.name, []).append(item)
    return taken


def affordable(outcomes: Iterable[Outcome], items: Items, labels: Mapping[str, str]) -> dict[str, Item | None]:
    """As many of what becomes of `items` as fit one write with the part that they lie in: at least one."""
    taken: dict[str, Item | None] = {}
    room, besides = MOST_BYTES - _held(items), _besides(labels)
    for item_id, after in islice(outcomes, MOST_ITEMS):
        room -= _cost(item_id, items.get(item_id), after) + besides
        if taken and room < 0:
            break
        taken[item_id] = after
    return taken


def leading(changes: Sequence[Change], labels: Mapping[str, str]) -> Sequence[Change]:
    """As many of the first changes as fit one write beside a snapshot that is a single document."""
    room, besides = MOST_BYTES // 2, _besides(labels)
    for count, each in enumerate(changes[:MOST_ITEMS]):
        room -= _cost(each.item_id, each.before, each.after) + besides
        if count and room < 0:
            return changes[:count]
    return changes[:MOST_ITEMS]


def _held(items: Items) -> int:
    """What a part holds already, with its index."""
    return weight(items) + INDEX_BYTES * len(items)


def _cost(item_id: str, before: Item | None, after: Item | None) -> int:
    """Of an item as told and as kept. Its id is a key of its part, and stands twice in its entry besides."""
    items = (weight(before) if before else 0) + (2 * weight(after) if after else 0)
    return items + 3 * weight(item_id) + INDEX_BYTES


def _besides(labels: Mapping[str, str]) -> int:
    return _ENTRY_BYTES + weight(dict(labels))
