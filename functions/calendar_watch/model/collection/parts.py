"""A snapshot in parts: a tree whose parts split as they grow, so that one change touches one part.

    "0" ── everything            "0" grew too large:  "00" ── ids whose hash begins with 0
                                                      "01" ── ids whose hash begins with 1, and so on

Only its leaves are stored, and they are the parts; the watch knows their names. An item lies where its own id says:
the series that an exception belongs to may change.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from calendar_watch.model.collection.index import Mark, mark_of, place_of
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.resources import Item
from calendar_watch.sizes import weight

WHOLE = "0"

_LARGEST = 400_000
"""Bytes of JSON, uncompressed: whatever they hold, a document stays well below Firestore's 1 MiB."""
_DEEPEST = len(place_of(bytes(8)))


def key_of(item: Item) -> str:
    """The part key of an item: it lies in the part whose name its key begins with.

    It ends in the item's id, so that each has a key of its own, by which items can be put in order.
    """
    item_id: str = item["id"]
    return place_of(mark_of(item_id)) + item_id


def is_key(text: str) -> bool:
    """Whether some item may have that key: its place is worked out of its id, so a spoilt key does not fit itself."""
    return text == key_of({"id": text[_DEEPEST:]})


def part_name_of(part_names: Collection[str], item_id: str) -> str:
    return name_of(part_names, mark_of(item_id))


def name_of(part_names: Collection[str], mark: Mark) -> str:
    place = place_of(mark)
    return next(place[:length] for length in range(1, len(place) + 1) if place[:length] in part_names)


def lies_in(part_name: str, item_id: str) -> bool:
    return place_of(mark_of(item_id)).startswith(part_name)


def split(part: Snapshot, largest: int = 0) -> Iterator[Snapshot]:
    """The part itself, or what it falls into when it has grown too large."""
    if weight(part.items) <= (largest or _LARGEST) or len(part.name) >= _DEEPEST or len(part.items) == 1:
        yield part
        return
    for name in (f"{part.name}0", f"{part.name}1"):
        yield from split(_half(part, name), largest)


def _half(part: Snapshot, name: str) -> Snapshot:
    items = {each: item for each, item in part.items.items() if key_of(item).startswith(name)}
    return replace(part, name=name, items=items)
