"""What the chaos of some hours does not see: a feed that reaches back less far, and a database that was restored."""

from collections.abc import Mapping
from typing import Any

from calendar_watch.errors import TooOldError
from calendar_watch.model.change_log import Span
from calendar_watch.operations.query import ChangePage, ItemPage, Query
from tests.searches.consumer.feed import Event

_EPOCH = 1_000_000


class Aging:
    """Is like the `Query` it is in front of. Each watch may be restored once: its numbers go on a million higher."""

    def __init__(self, query: Query):
        self._query = query
        self._oldest: dict[str, int] = {}
        self._restored: dict[str, int] = {}
        """The sequence that each watch had then."""

    def forget(self, watch: str) -> None:
        self._oldest[watch] = self.items(watch, "", 1).sequence + 1

    def restore(self, watch: str) -> Event | None:
        """The event that tells it; None: it was restored before."""
        if watch in self._restored:
            return None
        self._restored[watch] = self._query.items(watch, "", 1).sequence
        self._oldest[watch] = self._restored[watch] + _EPOCH
        return self._told(watch)

    def renumbered(self, event: Event) -> Event:
        """As it is told since the restore."""
        watch, number = event["partitionkey"], int(event["sequence"])
        return _numbered(event, number + _EPOCH) if number > self._restored.get(watch, number) else event

    def items(self, watch: str, after: str, limit: int) -> ItemPage:
        page = self._query.items(watch, after, limit)
        return ItemPage(page.items, page.sequence + self._shift(watch), page.next_token)

    def changes(self, watch: str, span: Span, limit: int) -> ChangePage:
        if span.after + 1 < self._oldest.get(watch, 1):
            raise TooOldError(self._oldest[watch])
        epoch = self._restored.get(watch, -1) + _EPOCH
        if span.after + 1 == epoch:
            return ChangePage([self._told(watch)], epoch, complete=False)
        shift = self._shift(watch)
        page = self._query.changes(watch, Span(span.after - shift), limit)
        return ChangePage([*map(self.renumbered, page.changes)], page.next_after + shift, complete=False)

    def _shift(self, watch: str) -> int:
        return _EPOCH if watch in self._restored else 0

    def _told(self, watch: str) -> Event:
        data: Mapping[str, Any] = {"watch": {"id": watch}, "state": "active", "reason": None}
        event = {"type": "calendarwatch.watch.resynced.v1", "partitionkey": watch, "data": data}
        return _numbered(event, self._restored[watch] + _EPOCH)


def _numbered(event: Event, number: int) -> Event:
    return {**event, "id": f"{event['partitionkey']}.{number}", "sequence": f"{number:020d}"}
