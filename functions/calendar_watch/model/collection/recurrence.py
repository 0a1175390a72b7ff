"""What is peculiar to events: series and their exceptions, what is cancelled, what tells two versions of one apart.

https://developers.google.com/workspace/calendar/api/v3/reference/events#status: a cancelled exception of a live series
says that one instance is off, and is kept for as long as the series; any other cancelled event is deleted.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from calendar_watch.model.collection.diff import Change
from calendar_watch.model.resources import EVENTS, Item
from calendar_watch.sizes import outline, weight

_FINGERPRINT = frozenset(EVENTS.fingerprint)
_TOMBSTONE = frozenset({"etag", "id", "originalStartTime", "recurringEventId", "status"})
_BARE = frozenset({"etag", "id", "kind", "status", "updated"})
_LARGEST_KEPT = 300_000
"""Bytes. Less than a part of the snapshot may hold, so that no event by itself is too large for one."""


def fingerprint(event: Item) -> Item:
    """Enough to tell two versions of an event apart, and to say what it was; bounded, whatever the event holds."""
    return outline({name: value for name, value in event.items() if name in _FINGERPRINT})


def kept_whole(event: Item) -> Item:
    """What is kept of an event where whole ones are wished: of one that is too large for that, a fingerprint."""
    return event if weight(event) <= _LARGEST_KEPT else fingerprint(event)


def series_of(event: Item) -> str:
    """The series that an exception belongs to; of any other event, nothing. How ids are built is Google's affair."""
    series: str = event.get("recurringEventId") or ""
    return series


def is_cancelled(event: Item) -> bool:
    return event.get("status") == "cancelled"


def as_listed(tombstone: Item) -> Item:
    """A cancelled exception that was asked for by itself comes whole; a listing promises no more of it than this.

    https://developers.google.com/workspace/calendar/api/v3/reference/events#status. Or the next listing would differ.
    """
    return {name: value for name, value in tombstone.items() if name in _TOMBSTONE}


def is_bare(event: Item) -> bool:
    """Cancelled, and not a word of what it was: KeepSoftwareSimple/compass-calendar#2808."""
    return event.keys() <= _BARE


def is_older(updated: object, than: object) -> bool:
    """Whether a version was written before another, as far as both say when."""
    one, other = _moment(updated), _moment(than)
    return one is not None and other is not None and one < other


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


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
