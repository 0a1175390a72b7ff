"""Comparing two readings of a collection, and telling the difference as CloudEvents."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from calendar_watch.remedies import REMEDIES
from calendar_watch.resources import Item
from calendar_watch.watch import Cause, Watch

Items = Mapping[str, Item]
"""A whole collection, by item id."""

_HIDDEN = frozenset({"etag", "kind"})
_ABSENT = object()  # null is something else
_CAUSES = {Cause.NOTIFICATION: "notification", Cause.SETTLE: "notification"}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A collection as last read, or a part of it: which fields were looked at then, and after which change."""

    items: Items
    fields: tuple[str, ...]
    sequence: int = 0
    name: str = "0"
    """Which part of the collection this is; "0": all of it."""
    seen: Mapping[str, int] = field(default_factory=dict)
    """The number of the last whole listing that showed an item."""

    @property
    def digest(self) -> str:
        """Equal for equal collections that were looked at in the same way."""
        canonical = json.dumps([sorted(self.fields), self.items], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


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
        keys = (before.keys() | after.keys()) - _HIDDEN
        if self.comparable is not None:
            keys &= self.comparable
        return sorted(key for key in keys if before.get(key, _ABSENT) != after.get(key, _ABSENT))


def collect(pages: Iterable[Iterable[Item]]) -> Items:
    """An item that a listing shows twice counts as it was shown last."""
    return {item["id"]: item for page in pages for item in page}


def compare(old: Snapshot, new: Snapshot) -> list[Change]:
    """What to report so that a reader of `old` arrives at `new`, in order of item id.

    Only fields that both readings looked at are compared: a release that looks at other fields reports nothing.
    """
    common = frozenset(old.fields) & frozenset(new.fields)
    ids = sorted(old.items.keys() | new.items.keys())
    changes = (Change(each, old.items.get(each), new.items.get(each)) for each in ids)
    return [each for each in changes if _project(each.before, common) != _project(each.after, common)]


def content(item: Item) -> Item:
    """As it is told: an etag is none."""
    return {name: value for name, value in item.items() if name not in _HIDDEN}


def apply(changes: Iterable[Change], items: Items) -> Items:
    """`items` after `changes`."""
    changed = {**items}
    for change in changes:
        if change.after is None:
            changed.pop(change.item_id, None)
        else:
            changed[change.item_id] = change.after
    return changed


def emptied(old: Items, new: Items) -> bool:
    """Whether so much is gone that a listing wants to be seen twice before it is believed (DESIGN 2.4)."""
    return mostly_gone(len(old.keys() - new.keys()), len(old))


def mostly_gone(gone: int, of: int) -> bool:
    return gone > 0 and (gone >= of or (gone >= 10 and gone * 2 > of))  # noqa: PLR2004 (the contract's ten)


def reported(watch: Watch, changes: Iterable[Change], now: datetime) -> Watch:
    """The watch with an entry for each change, numbered on from its sequence."""
    cause = "resync" if watch.resyncing else _CAUSES.get(watch.read_cause, "reconciliation")
    for each in changes:
        told = {
            "itemId": each.item_id,
            "before": each.before and content(each.before),
            "after": each.after and content(each.after),
            "changedFields": each.fields,
            "cause": cause,
        }
        watch = _appended(watch, f"{watch.order.resource.name}.{each.kind}", now, told, each.item_id)
        watch = replace(watch, roster=watch.roster + 1)
    return watch


def announced(watch: Watch, kind: str, now: datetime, **more: Any) -> Watch:
    """The watch with an entry about itself; what somebody has to do about it goes along."""
    told = {
        "state": watch.state(now),
        "reason": watch.reason,
        "detail": watch.detail,
        "itemCount": watch.item_count,
        **({"remedy": REMEDIES[watch.reason]} if watch.reason else {}),
        **more,
    }
    return _appended(watch, f"watch.{kind}", now, told)


def _appended(watch: Watch, kind: str, now: datetime, told: Mapping[str, Any], subject: str | None = None) -> Watch:
    watch = replace(watch, sequence=watch.sequence + 1)
    return replace(watch, pending=(*watch.pending, _cloud_event(watch, kind, now, told, subject)))


def _cloud_event(
    watch: Watch, kind: str, now: datetime, told: Mapping[str, Any], subject: str | None
) -> dict[str, Any]:
    order = watch.order
    about = {
        "id": watch.id,
        "resource": order.resource.name,
        "calendarId": order.calendar_id,
        "user": order.subject,
        "labels": dict(watch.wish.labels),
    }
    attributes = {
        "specversion": "1.0",
        "type": f"calendarwatch.{kind}.v1",
        "source": f"//calendarwatch/watches/{watch.id}",
        "id": f"{watch.id}.{watch.sequence}",
        "time": rfc3339(now),
        "datacontenttype": "application/json",
        "subject": subject,
        "sequence": f"{watch.sequence:020d}",
        "partitionkey": watch.id,
        "resource": order.resource.name,
        "calendarid": order.calendar_id,
        "user": order.subject,
        "data": {"watch": about, **told},
    }
    return {name: value for name, value in attributes.items() if value is not None}


def rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _project(item: Item | None, fields: frozenset[str]) -> Item | None:
    return item and {key: value for key, value in item.items() if key in fields}
