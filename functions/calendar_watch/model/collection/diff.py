"""Comparing two readings of a collection."""

from collections.abc import Iterable
from dataclasses import dataclass

from calendar_watch.model.collection.snapshot import HIDDEN, Items, Snapshot
from calendar_watch.model.resources import Item
from calendar_watch.sizes import outline

_ABSENT = object()  # null is something else


@dataclass(frozen=True, slots=True)
class Change:
    """The net difference of one item between two readings."""

    item_id: str
    before: Item | None
    after: Item | None
    comparable: frozenset[str] | None = None
    """The only fields that are known of both; None: all are."""

    @property
    def kind(self) -> str:
        if self.before is None:
            return "created"
        return "deleted" if self.after is None else "updated"

    @property
    def fields(self) -> list[str]:
        """Of an item that was there before and is there still."""
        if self.before is None or self.after is None:
            return []
        before, after = self.before, self.after
        if self.comparable is not None:  # and long texts may have been cut
            before, after = (outline(_project(each, self.comparable)) for each in (before, after))
        keys = (before.keys() | after.keys()) - HIDDEN
        return sorted(key for key in keys if before.get(key, _ABSENT) != after.get(key, _ABSENT))


def compare(old: Snapshot, new: Snapshot) -> list[Change]:
    """What to report so that a reader of `old` arrives at `new`, in order of item id.

    Only fields that both readings looked at are compared: a release that looks at other fields reports nothing.
    """
    common = frozenset(old.fields) & frozenset(new.fields)
    ids = sorted(old.items.keys() | new.items.keys())
    changes = (Change(each, old.items.get(each), new.items.get(each)) for each in ids)
    return [each for each in changes if _differs(each, common)]


def _differs(change: Change, fields: frozenset[str]) -> bool:
    if change.before is None or change.after is None:
        return True
    return _project(change.before, fields) != _project(change.after, fields)


def apply(changes: Iterable[Change], items: Items) -> Items:
    """`items` after `changes`."""
    changed = {**items}
    for change in changes:
        if change.after is None:
            changed.pop(change.item_id, None)
        else:
            changed[change.item_id] = change.after
    return changed


def _project(item: Item, fields: frozenset[str]) -> Item:
    return {key: value for key, value in item.items() if key in fields}
