"""What is peculiar to events: series, their exceptions, and what tells two versions of one apart.

https://developers.google.com/workspace/calendar/api/v3/reference/events#status: a cancelled exception of a live series
says that one instance is off, and is kept for as long as the series; any other cancelled event is deleted.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from calendar_watch.model.diff import Change
from calendar_watch.model.resources import EVENTS, Item
from calendar_watch.model.snapshot import Items
from calendar_watch.sizes import outline, weight

_FINGERPRINT = frozenset(EVENTS.fingerprint)
_LARGEST_KEPT = 300_000
"""Bytes. Less than a part of the snapshot may hold, so that no event by itself is too large for one."""


def fingerprint(event: Item) -> Item:
    """Enough to tell two versions of an event apart, and to say what it was; bounded, whatever the event holds."""
    return outline({name: value for name, value in event.items() if name in _FINGERPRINT})


def kept_whole(event: Item) -> Item:
    """What is kept of an event where whole ones are wished: of one that is too large for that, a fingerprint."""
    return event if weight(event) <= _LARGEST_KEPT else fingerprint(event)


def series_of(event: Item) -> str:
    """The series that an exception belongs to; of any other event, its own id. How ids are built is Google's affair."""
    series: str = event.get("recurringEventId") or event["id"]
    return series


@dataclass(frozen=True, slots=True)
class Series:
    """What one page of a listing says of series, which the exceptions on it have to be seen with."""

    alive: Collection[str]
    over: Collection[str]

    @classmethod
    def on(cls, page: Iterable[Item]) -> Self:
        events = [each for each in page if "recurringEventId" not in each]
        over = frozenset(each["id"] for each in events if _cancelled(each))
        return cls(frozenset(each["id"] for each in events) - over, over)

    def with_those_in(self, parts: Iterable[Items]) -> Self:
        """Series that are stored are alive, unless the page says that they are over."""
        stored = (each for items in parts for each, event in items.items() if "recurringEventId" not in event)
        return replace(self, alive=(frozenset(self.alive) | frozenset(stored)) - frozenset(self.over))

    def is_gone(self, event: Item, known: Items, *, whole: bool) -> bool:
        """Whether `event`, as listed, means that there is no such item any more.

        A whole listing shows cancelled exceptions of live series only. An increment may show one before its series, so
        it counts as gone only where its series is over, or was never on this calendar: an invitation to one instance.
        """
        if not _cancelled(event):
            return False
        series = event.get("recurringEventId")
        if series is None or series in self.over:
            return True
        return not whole and series not in self.alive and event["id"] in known

    def is_unclear(self, event: Item) -> bool:
        """Whether `event` is a cancelled exception of a series of which nothing has been seen yet."""
        series = event.get("recurringEventId")
        return _cancelled(event) and series is not None and series not in self.alive and series not in self.over

    def ended_with_it(self, known: Items) -> list[str]:
        """Exceptions that end with their series, whether Google says so or not."""
        return [each for each, event in known.items() if each not in self.over and series_of(event) in self.over]


def _cancelled(event: Item) -> bool:
    return event.get("status") == "cancelled"


def change_of(event_id: str, before: Item | None, after: Item | None) -> Change:
    """Where a fingerprint is all that is known of the past, only that can be compared."""
    return Change(event_id, before, after, _FINGERPRINT if before and before.keys() <= _FINGERPRINT else None)


def differs(change: Change) -> bool:
    """Whether there is something to report: of two whole events by content, of a fingerprint by its etag as well."""
    if change.before is None or change.after is None:
        return change.before is not change.after
    return bool(change.fields) or (change.comparable is not None and _etag(change.before) != _etag(change.after))


def _etag(event: Mapping[str, object]) -> object:
    return event.get("etag")
