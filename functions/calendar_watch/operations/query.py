"""Looking at watches: one, a page of them, what they hold and what changed."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from calendar_watch.errors import AheadError, InvalidRequestError, TooOldError, UnknownWatchError
from calendar_watch.model.change_log import Span
from calendar_watch.model.collection.parts import key_of
from calendar_watch.model.collection.snapshot import Snapshot, content
from calendar_watch.model.item_token import key_in, token_of
from calendar_watch.model.resources import Item
from calendar_watch.model.watch import ChangeEvent, Watch
from calendar_watch.ports import Filter, Services, Store, Tally
from calendar_watch.reconciler.lease import exhausted
from calendar_watch.sizes import fitting, weight
from calendar_watch.times import rfc3339

_TRIES = 10
_PAGES_SCANNED = 5
MOST_BYTES = 8_000_000
"""Of what a page holds: with all that goes around it below 8 MiB. Whoever reads it has to hold it."""
_SUMMARY_STAYS = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Page:
    watches: Sequence[Watch]
    next_token: str | None


@dataclass(frozen=True, slots=True)
class ItemPage:
    items: Mapping[str, Item]
    sequence: int
    next_token: str | None


@dataclass(frozen=True, slots=True)
class ChangePage:
    changes: Sequence[ChangeEvent]
    next_after: int
    complete: bool
    """Nothing more is to come before the time that was asked for."""


@dataclass(frozen=True, slots=True)
class Summary:
    tally: Tally
    as_of: datetime


def _as_read(watch: Watch, part: Snapshot) -> bool:
    """Whether the part is of the same reading as the watch; what is read page by page has no digest of it all."""
    return not watch.reading.digest or watch.reading.digest == part.digest


class Query:
    """Every method raises UnknownWatchError, and UnavailableError when Firestore cannot be reached."""

    def __init__(self, services: Services):
        self._services = services
        self._summary: Summary | None = None

    def show(self, watch_id: str) -> Watch:
        return shown(self._services.store, watch_id)

    def page(self, wanted: Filter, after: str, limit: int) -> Page:
        """Up to `limit` watches in order of id. What time has changed since it was written is left out."""
        matching: list[Watch] = []
        for _ in range(_PAGES_SCANNED):
            found = self._services.store.page(wanted, after, limit)
            matching += (each for each in found.watches if not each.discarded and self._fits(each, wanted))
            if len(matching) > limit:
                return Page(matching[:limit], matching[limit - 1].id)
            if not found.next_after:
                return Page(matching, None)
            after = found.next_after
        return Page(matching, after)

    def _fits(self, watch: Watch, wanted: Filter) -> bool:
        return not wanted.states or watch.state(self._now()) in wanted.states

    def summary(self) -> Summary:
        """Of the whole deployment; as of half a minute ago at most."""
        now = self._now()
        if self._summary is None or now - self._summary.as_of >= _SUMMARY_STAYS:
            self._summary = Summary(self._services.store.tally(now), now)
        return self._summary

    def items(self, watch_id: str, token: str, limit: int) -> ItemPage:
        """The collection as last read, with the sequence to go on from; `token` is that of the page before it.

        Raises InvalidRequestError for a token that no page of this watch gave: what it leaves out, nobody would miss.
        Of a collection in several pages, what is read later may be newer than the sequence of the first: the changes
        that follow it say so once more.
        """
        after = _place_of(watch_id, token) if token else ""
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
        weights: list[int] = []
        sequence = watch.log.sequence
        for part in self._parts(watch, after):
            sequence = sequence if _as_read(watch, part) else part.sequence
            found += (item for item in sorted(part.items.values(), key=key_of) if key_of(item) > after)
            weights += (weight({each["id"]: each}) for each in found[len(weights) :])
            if len(found) > limit or sum(weights) > MOST_BYTES:
                break
        page = found[: min(limit, fitting(weights, MOST_BYTES))]
        next_token = token_of(watch.id, key_of(page[-1])) if len(page) < len(found) else None
        return ItemPage({item["id"]: content(item) for item in page}, sequence, next_token)

    def _parts(self, watch: Watch, after: str) -> Iterator[Snapshot]:
        """In order of key, from the part that holds `after` on."""
        for name in sorted(watch.reading.parts):
            if name >= after[: len(name)]:
                yield from self._services.store.parts(watch.id, [name])

    def changes(self, watch_id: str, span: Span, limit: int) -> ChangePage:
        """The feed, in sequence, without a hole. Raises TooOldError when where it is to begin is no longer kept.

        Raises AheadError where there is nothing that `span.after` could stand for.
        """
        watch = self.show(watch_id)
        if span.after > watch.log.sequence:
            raise AheadError(watch.log.sequence)
        after = self._before(watch, span.since) if span.since else span.after
        entries = _contiguous(self._services.store.entries(watch_id, after, limit), after)
        lost = after < _begins_after(watch) or not (entries and self._kept(entries[0]))
        if after < watch.log.sequence and lost:
            raise TooOldError(self._oldest(watch, after))
        within = [each for each in entries if span.until is None or _time(each) < span.until]
        page = within[: fitting(map(weight, within), MOST_BYTES)]
        over = len(within) < len(entries) or self._is_over(watch, after + len(entries), span.until)
        return ChangePage(page, after + len(page), complete=over and len(page) == len(within))

    def _is_over(self, watch: Watch, reached: int, until: datetime | None) -> bool:
        """Whether no entry before `until` is still to come: one that is under way is written within the lease."""
        settled = until is not None and until <= self._now() - self._services.policy.lease
        return settled and reached >= watch.log.sequence

    def _before(self, watch: Watch, since: datetime) -> int:
        """The sequence before the first entry of that time or later. Raises TooOldError."""
        oldest, present = self._oldest(watch, 0), watch.log.sequence
        first = self._services.store.entries(watch.id, oldest - 1, 1)
        begins = _time(first[0]) if first else _just_after(watch.log.last_time or self._now())
        if oldest > 1 and since < begins:
            raise TooOldError(oldest, rfc3339(begins))
        kept = range(oldest, present + 1)
        return oldest - 1 + bisect_left(kept, x=since, key=lambda number: self._time_of(watch, number))

    def _time_of(self, watch: Watch, sequence: int) -> datetime:
        [entry] = self._services.store.entries(watch.id, sequence - 1, 1)
        return _time(entry)

    def _kept(self, entry: ChangeEvent) -> bool:
        """Decided by time: Firestore's own deletion may come a day late."""
        return _time(entry) > self._now() - self._services.policy.retention

    def _now(self) -> datetime:
        return self._services.clock()

    def _oldest(self, watch: Watch, after: int) -> int:
        """From where on everything up to the present is kept: of what is whole, every end is."""
        after = max(after, _begins_after(watch))
        later = range(after + 1, watch.log.sequence + 1)
        return after + 1 + bisect_left(later, x=True, key=partial(self._whole_from, watch))

    def _whole_from(self, watch: Watch, sequence: int) -> bool:
        """Firestore tidies in no order, by the retention at the time that an entry was written: there may be holes."""
        store, present = self._services.store, watch.log.sequence
        first = _contiguous(store.entries(watch.id, sequence - 1, 1), sequence - 1)
        if not first or not self._kept(first[0]):
            return False
        return store.count_entries(watch.id, sequence, present) == present - sequence + 1


def _place_of(watch_id: str, token: str) -> str:
    try:
        return key_in(token, watch_id)
    except ValueError as problem:
        raise InvalidRequestError(("pageToken", str(problem))) from problem


def _begins_after(watch: Watch) -> int:
    """The last number that a restore has cut off; what has not told anything since still ends there."""
    return min(watch.log.begins_after, watch.log.sequence)


def _just_after(moment: datetime) -> datetime:
    return moment + timedelta(microseconds=1)


def _time(entry: ChangeEvent) -> datetime:
    return datetime.fromisoformat(entry["time"])


def _contiguous(entries: Sequence[ChangeEvent], after: int) -> Sequence[ChangeEvent]:
    """Those before the first hole."""
    return [entry for number, entry in enumerate(entries, after + 1) if int(entry["sequence"]) == number]


def shown(store: Store, watch_id: str) -> Watch:
    """A watch that anybody may know of. Raises UnknownWatchError."""
    watch = store.get(watch_id)
    if watch.discarded:
        raise UnknownWatchError(f"no watch has the id {watch_id}")
    return watch
