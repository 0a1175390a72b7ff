"""Looking at watches: one, a page of them, what they hold and what changed."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from calendar_watch.errors import (
    TooOldError,
    UnknownWatchError,
)
from calendar_watch.model.collection.parts import key_of
from calendar_watch.model.collection.snapshot import Snapshot, content
from calendar_watch.model.resources import Item
from calendar_watch.model.watch import ChangeEvent, State, Watch
from calendar_watch.ports import Filter, Services, Store
from calendar_watch.reconciler.lease import exhausted

_TRIES = 10
_PAGES_SCANNED = 5


@dataclass(frozen=True, slots=True)
class Page:
    watches: Sequence[Watch]
    next_token: str | None


@dataclass(frozen=True, slots=True)
class ItemPage:
    items: Mapping[str, Item]
    sequence: int
    next_token: str | None


def _as_read(watch: Watch, part: Snapshot) -> bool:
    """Whether the part is of the same reading as the watch; what is read page by page has no digest of it all."""
    return not watch.reading.digest or watch.reading.digest == part.digest


class Query:
    """Every method raises UnknownWatchError, and UnavailableError when Firestore cannot be reached."""

    def __init__(self, services: Services):
        self._services = services

    def show(self, watch_id: str) -> Watch:
        return shown(self._services.store, watch_id)

    def page(self, wanted: Filter, state: State | None, after: str, limit: int) -> Page:
        """Up to `limit` watches in order of id. `state` follows from the time, so it is tested here, not queried."""
        matching: list[Watch] = []
        for _ in range(_PAGES_SCANNED):
            found = self._services.store.page(wanted, after, limit)
            visible = (each for each in found.watches if not each.discarded)
            matching += (each for each in visible if state in {None, each.state(self._now())})
            if len(matching) > limit:
                return Page(matching[:limit], matching[limit - 1].id)
            if not found.next_after:
                return Page(matching, None)
            after = found.next_after
        return Page(matching, after)

    def items(self, watch_id: str, after: str, limit: int) -> ItemPage:
        """The collection as last read, with the sequence to go on from; `after` is where the page before it ended.

        Of a collection in several pages, what is read later may be newer than the sequence of the first: the changes
        that follow it say so once more.
        """
        for _ in range(_TRIES):
            watch = self.show(watch_id)
            page = self._item_page(watch, after, limit)
            if not watch.target.resource.synced or self._still(watch):
                return page
        raise exhausted()

    def _still(self, watch: Watch) -> bool:
        """Whether the parts that were read after the watch are those that it stands for."""
        now = self._services.store.get(watch.id)
        return (now.reading.parts, now.log.sequence) == (watch.reading.parts, watch.log.sequence)

    def _item_page(self, watch: Watch, after: str, limit: int) -> ItemPage:
        if watch.reading.item_count is None:
            return ItemPage({}, watch.log.sequence, None)
        found: list[Item] = []
        sequence = watch.log.sequence
        for part in self._parts(watch, after):
            sequence = sequence if _as_read(watch, part) else part.sequence
            found += (item for item in sorted(part.items.values(), key=key_of) if key_of(item) > after)
            if len(found) > limit:
                break
        next_token = key_of(found[limit - 1]) if len(found) > limit else None
        return ItemPage({item["id"]: content(item) for item in found[:limit]}, sequence, next_token)

    def _parts(self, watch: Watch, after: str) -> Iterator[Snapshot]:
        """In order of key, from the part that holds `after` on."""
        for name in sorted(watch.reading.parts):
            if name >= after[: len(name)]:
                yield from self._services.store.parts(watch.id, [name])

    def changes(self, watch_id: str, after: int, limit: int) -> Sequence[ChangeEvent]:
        """The feed, in sequence, without a hole. Raises TooOldError when what follows `after` is no longer kept."""
        watch = self.show(watch_id)
        entries = _contiguous(self._services.store.entries(watch_id, after, limit), after)
        if after < watch.log.sequence and not (entries and self._kept(entries[0])):
            raise TooOldError(self._oldest(watch, after))
        return entries

    def _kept(self, entry: ChangeEvent) -> bool:
        """Decided by time: Firestore's own deletion may come a day late."""
        return datetime.fromisoformat(entry["time"]) > self._now() - self._services.policy.retention

    def _now(self) -> datetime:
        return self._services.clock()

    def _oldest(self, watch: Watch, after: int) -> int:
        """From where on everything up to the present is kept: of what is whole, every end is."""
        later = range(after + 1, watch.log.sequence + 1)
        return after + 1 + bisect_left(later, x=True, key=partial(self._whole_from, watch))

    def _whole_from(self, watch: Watch, sequence: int) -> bool:
        """Firestore tidies in no order, by the retention at the time that an entry was written: there may be holes."""
        store, present = self._services.store, watch.log.sequence
        first = _contiguous(store.entries(watch.id, sequence - 1, 1), sequence - 1)
        if not first or not self._kept(first[0]):
            return False
        return store.count_entries(watch.id, sequence, present) == present - sequence + 1


def _contiguous(entries: Sequence[ChangeEvent], after: int) -> Sequence[ChangeEvent]:
    """Those before the first hole."""
    return [entry for number, entry in enumerate(entries, after + 1) if int(entry["sequence"]) == number]


def shown(store: Store, watch_id: str) -> Watch:
    """A watch that anybody may know of. Raises UnknownWatchError."""
    watch = store.get(watch_id)
    if watch.discarded:
        raise UnknownWatchError(f"no watch has the id {watch_id}")
    return watch
