"""A snapshot in parts: a tree whose parts split as they grow, so that one change touches one part, or two.

    "0" ── everything            "0" grew too large:  "00" ── ids whose hash begins with 0
                                                      "01" ── ids whose hash begins with 1, and so on

Only its leaves are stored, and they are the parts; the watch knows their names.
"""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import replace

from calendar_watch.model.recurrence import series_of
from calendar_watch.model.resources import Item
from calendar_watch.model.snapshot import Snapshot
from calendar_watch.sizes import weight

WHOLE = "0"

_LARGEST = 400_000
"""Bytes of JSON, uncompressed: whatever they hold, a document stays well below Firestore's 1 MiB."""
_SERIES_BITS, _ITEM_BITS = 24, 16


def key_of(item: Item) -> str:
    """The part key of an item: it lies in the part whose name its key begins with. A series lies beside its exceptions.

    It ends in the item's id, so that each has a key of its own, by which items can be put in order.
    """
    item_id: str = item["id"]
    return WHOLE + _bits(series_of(item), _SERIES_BITS) + _bits(item_id, _ITEM_BITS) + item_id


def beside_series(item: Item) -> tuple[str, bool]:
    """Sorts items so that those of one part are neighbours, and a series comes before its exceptions."""
    return key_of(item)[: 1 + _SERIES_BITS], "recurringEventId" in item


def _bits(text: str, count: int) -> str:
    return "".join(f"{byte:08b}" for byte in hashlib.sha256(text.encode(errors="surrogatepass")).digest()[: count // 8])


def part_name_of(part_names: Collection[str], item: Item) -> str:
    key = key_of(item)
    return next(key[:length] for length in range(1, len(key) + 1) if key[:length] in part_names)


def parts_of_series(part_names: Collection[str], touched: Collection[str]) -> list[str]:
    """All the parts that a series takes which is too large for one, where one of them is touched."""
    series = {each[: 1 + _SERIES_BITS] for each in touched if len(each) > 1 + _SERIES_BITS}
    return [each for each in part_names if each[: 1 + _SERIES_BITS] in series]


def split(part: Snapshot, largest: int = _LARGEST) -> Iterator[Snapshot]:
    """The part itself, or what it falls into when it has grown too large."""
    if weight(part.items) <= largest or len(part.name) > _SERIES_BITS + _ITEM_BITS:
        yield part
        return
    for name in (f"{part.name}0", f"{part.name}1"):
        yield from split(_half(part, name), largest)


def _half(part: Snapshot, name: str) -> Snapshot:
    items = {each: item for each, item in part.items.items() if key_of(item).startswith(name)}
    return replace(part, name=name, items=items, seen={each: mark for each, mark in part.seen.items() if each in items})
