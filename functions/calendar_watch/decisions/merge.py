"""What a page of a listing means for the parts of the snapshot that its items lie in."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from calendar_watch.model.diff import Change
from calendar_watch.model.listing import Listing
from calendar_watch.model.parts import part_name_of
from calendar_watch.model.recurrence import Series, change_of, differs
from calendar_watch.model.resources import Item
from calendar_watch.model.snapshot import Items, Snapshot

Keep = Callable[[Item], Item]
"""What is kept of an item."""

_MOST_PARTS = 16
_MOST_ITEMS = 500
_MOST_BYTES = 2_000_000
"""Of JSON. What an item was before goes along, and so do the parts: Firestore takes 10 MiB at a time."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A part before and after, and what there is to report of it."""

    old: Snapshot
    new: Snapshot
    changes: Sequence[Change]
    unclear: bool = False
    """Some of it may have to go once the whole increment has been seen."""


def portion(items: Sequence[Item], part_names: Collection[str]) -> dict[str, list[Item]]:
    """As many of the first `items`, in order of key, as fit one write to Firestore; by part."""
    taken: dict[str, list[Item]] = {}
    room = _MOST_BYTES
    for item in items[:_MOST_ITEMS]:
        part_name, room = part_name_of(part_names, item), room - len(json.dumps(item))
        if taken and (room < 0 or (part_name not in taken and len(taken) == _MOST_PARTS)):
            break
        taken.setdefault(part_name, []).append(item)
    return taken


def merge(part: Snapshot, items: Sequence[Item], series: Series, listing: Listing, keep: Keep) -> Merged:
    """The part once `items` have been listed. Repeated, it finds nothing new."""
    listed: dict[str, Item | None] = dict.fromkeys(series.ended_with_it(part.items))
    for item in items:
        listed[item["id"]] = None if series.is_gone(item, part.items, whole=listing.whole) else item
    changes = (change_of(each, part.items.get(each), after) for each, after in listed.items())
    new = replace(part, items=_updated(part.items, listed, keep), seen=_seen(part, listed, listing))
    unclear = not listing.whole and any(series.is_unclear(each) for each in listed.values() if each)
    return Merged(part, new, [each for each in changes if differs(each)], unclear)


def _updated(items: Items, listed: Mapping[str, Item | None], keep: Keep) -> Items:
    there = {each: keep(item) for each, item in listed.items() if item is not None}
    return {**{each: item for each, item in items.items() if each not in listed}, **there}


def _seen(part: Snapshot, listed: Mapping[str, Item | None], listing: Listing) -> Mapping[str, int]:
    shown = {each: listing.number for each, item in listed.items() if item is not None and listing.whole}
    gone = {each for each, item in listed.items() if item is None}
    return {**{each: number for each, number in part.seen.items() if each not in gone}, **shown}


def seen_by(part: Snapshot, listing: Listing) -> int:
    return sum(number == listing.number for number in part.seen.values())


def unseen(part: Snapshot, listing: Listing, limit: int) -> Merged:
    """The part without what a whole listing did not show, as far as `limit` goes."""
    return _without(part, [each for each in sorted(part.items) if part.seen.get(each) != listing.number][:limit])


def stray(part: Snapshot, series: Series, limit: int) -> Merged:
    """The part without exceptions of series that an increment ended before it showed them, as far as `limit` goes."""
    return _without(part, [each for each in sorted(part.items) if series.is_unclear(part.items[each])][:limit])


def _without(part: Snapshot, gone: Sequence[str]) -> Merged:
    left = part.items.keys() - set(gone)
    items = {each: item for each, item in part.items.items() if each in left}
    seen = {each: number for each, number in part.seen.items() if each in items}
    changes = [change_of(each, part.items[each], None) for each in gone]
    return Merged(part, replace(part, items=items, seen=seen), changes)
