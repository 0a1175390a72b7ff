"""What a page of a listing means for the parts of the snapshot that its items lie in.

Alive is alive at once. Of what is cancelled, much depends on other items, which may come on later pages: that is noted,
and decided when all of them have been seen (`ending`). So it makes no difference how a listing is cut into pages.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from calendar_watch.model.collection.diff import Change
from calendar_watch.model.collection.index import mark_of
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.recurrence import (
    change_of,
    differs,
    is_bare,
    is_cancelled,
    is_older,
    kept_whole,
    series_of,
)
from calendar_watch.model.collection.snapshot import Items, Snapshot
from calendar_watch.model.resources import Item

Keep = Callable[[Item], Item]
"""What is kept of an item."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A part before and after, what there is to report of it, and what is to be noted for the end."""

    old: Snapshot
    new: Snapshot
    changes: Sequence[Change] = ()
    notes: Notes = field(default_factory=Notes)


@dataclass(frozen=True, slots=True)
class View:
    """What an item of a page has to be seen with."""

    notes: Notes
    """Of earlier pages."""
    alive: Collection[str]
    """Series that are there, as far as their exceptions come on this page."""
    keep: Keep
    baseline: bool = False
    """Nothing is told: then exceptions may be taken in before their series, and be taken back."""


def newest(page: Iterable[Item]) -> dict[str, Item]:
    """Of several versions of one item the newest by `updated`; where that says nothing, the one shown last."""
    found: dict[str, Item] = {}
    for item in page:
        there = found.get(item["id"])
        if there is None or not is_older(item.get("updated"), there.get("updated")):
            found[item["id"]] = item
    return found


def merge(part: Snapshot, items: Sequence[Item], view: View) -> Merged:
    """The part once `items` have been listed. Repeated, it finds nothing new."""
    listed: dict[str, Item | None] = {}
    notes = Notes()
    for item in items:
        held = part.items.get(item["id"])
        if not _is_outdated(item, held, view.notes):
            after, noted = _meaning(item, held, view)
            listed, notes = listed | after, notes.with_more(noted)
    return merged(part, listed, view.keep, notes)


def merged(part: Snapshot, listed: Mapping[str, Item | None], keep: Keep, notes: Notes | None = None) -> Merged:
    """The part with what became of some of its items; None: it is gone."""
    changes = (change_of(each, part.items.get(each), after) for each, after in listed.items())
    new = replace(part, items=_updated(part.items, listed, keep))
    return Merged(part, new, [each for each in changes if differs(each)], notes or Notes())


def _updated(items: Items, listed: Mapping[str, Item | None], keep: Keep) -> Items:
    there = {each: keep(item) for each, item in listed.items() if item is not None}
    return {**{each: item for each, item in items.items() if each not in listed}, **there}


def _is_outdated(item: Item, held: Item | None, notes: Notes) -> bool:
    """Whether an earlier page of the listing has shown a newer version."""
    shown = held.get("updated") if held and mark_of(item["id"]) in notes.shown else None
    return any(is_older(item.get("updated"), each) for each in (shown, notes.updated(item["id"])))


def _meaning(item: Item, held: Item | None, view: View) -> tuple[dict[str, Item | None], Notes]:
    """What is there from now on, and what is to be noted."""
    item_id: str = item["id"]
    mark = frozenset({mark_of(item_id)})
    if not is_cancelled(item):
        return {item_id: item}, replace(_there_after_all(item_id, view.notes), shown=mark)
    if series_of(item):
        known = series_of(item) in view.alive
        if known or view.baseline:
            return {item_id: item}, replace(_there_after_all(item_id, view.notes), shown=mark, loose=not known)
        return {}, Notes(shown=mark, waiting={item_id: kept_whole(item)})
    return _tombstone(item, held)


def _there_after_all(item_id: str, earlier: Notes) -> Notes:
    over, waiting = ({item_id: None} if item_id in noted else {} for noted in (earlier.over, earlier.waiting))
    return Notes(over=over, waiting=waiting)


def _tombstone(item: Item, held: Item | None) -> tuple[dict[str, Item | None], Notes]:
    """Cancelled, and no word of a series: an exception all the same, if that is what is held of it."""
    item_id: str = item["id"]
    over, waiting = {item_id: str(item.get("updated", ""))}, {item_id: kept_whole(item)}
    if held and series_of(held):
        return {}, Notes(shown=frozenset({mark_of(item_id)}), waiting=waiting)
    if held:
        return {item_id: None}, Notes(over=over)
    return {}, Notes(over=over, waiting=waiting if is_bare(item) else {})
