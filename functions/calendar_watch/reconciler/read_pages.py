"""Reading a large collection: a page is a step, compared with the parts of the snapshot that its items lie in.

    begun ── page ── page ── last page ── what a whole listing did not show, or an increment left unclear ── finished

Memory holds one page, whatever the collection's size, and a crash costs one page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from calendar_watch.decisions import next_step, paging
from calendar_watch.decisions.merge import Merged, merge, portion, stray, unseen
from calendar_watch.errors import ListingTokenRefusedError
from calendar_watch.model.listing import IN_CIRCLES, Page
from calendar_watch.model.parts import beside_series, parts_of_series, split
from calendar_watch.model.recurrence import Series, fingerprint, kept_whole
from calendar_watch.model.resources import Item
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reconciler.lease import Lease

_CHUNK = 500


class PagedReader:
    def __init__(self, services: Services, lease: Lease):
        self._services = services
        self._lease = lease

    def read(self) -> next_step.Step:
        """Raises ListingTokenRefusedError and other GoogleErrors, and ChangedMeanwhileError."""
        watch = self._lease.watch
        # A first page that is asked for anew is another listing.
        if watch.reading.listing is None or not watch.reading.listing.trail.pages:
            watch = paging.begun(watch, self._services.clock())
        if paging.current(watch).read:
            return self._clear(watch)
        return self._absorb(watch, self._page(watch))

    def _page(self, watch: Watch) -> Page:
        trail = paging.current(watch).trail
        page = self._services.calendar.page(watch.target, watch.reading.sync_token, trail.page_token)
        if trail.has_seen(page.page_token):
            raise ListingTokenRefusedError(IN_CIRCLES)
        return page

    def _absorb(self, watch: Watch, page: Page) -> next_step.Step:
        """The last piece goes out with the turning of the page."""
        series, rest = Series.on(page.items), sorted(page.items, key=beside_series)
        while True:
            portioned = portion(rest, frozenset(watch.reading.parts))
            piece = self._merged(watch, portioned, series)
            rest = rest[sum(map(len, portioned.values())) :]
            if not rest:
                break
            watch = self._advance(piece)
        turned = paging.turned(piece.watch, page, self._services.policy, self._services.clock())
        return self._lease.write(replace(piece, watch=turned))

    def _merged(self, watch: Watch, portioned: Mapping[str, list[Item]], series: Series) -> Write:
        listing = paging.current(watch)
        by_part = {**dict.fromkeys(parts_of_series(watch.reading.parts, portioned), ()), **portioned}
        found = self._services.store.parts(watch.id, by_part) if by_part else []
        known = series.with_those_in(part.items for part in found)
        merged = [merge(part, by_part[part.name], known, listing, self._keep) for part in found]
        return _piece(paging.merged(watch, merged, self._services.clock(), self._services.policy), merged)

    def _clear(self, watch: Watch) -> next_step.Step:
        """Every page is in: what none of a whole listing showed is gone, and so is an exception without its series."""
        for part_name in paging.to_clear(watch):
            while (piece := self._cleared(watch, part_name)).parts:
                watch = self._advance(piece)
        finished = paging.finished(watch, self._services.policy, self._services.clock())
        return self._lease.write(Write(WriteKind.COMMIT, finished))

    def _cleared(self, watch: Watch, part_name: str) -> Write:
        cleared = self._unseen(watch, part_name) if paging.current(watch).whole else self._stray(watch, part_name)
        if not cleared.changes:
            return Write(WriteKind.COMMIT, watch)
        return _piece(paging.merged(watch, [cleared], self._services.clock(), self._services.policy), [cleared])

    def _unseen(self, watch: Watch, part_name: str) -> Merged:
        [part] = self._services.store.parts(watch.id, [part_name])
        return unseen(part, paging.current(watch), _CHUNK)

    def _stray(self, watch: Watch, part_name: str) -> Merged:
        beside = [each for each in parts_of_series(watch.reading.parts, [part_name]) if each != part_name]
        part, *others = self._services.store.parts(watch.id, [part_name, *beside])
        return stray(part, Series.on(()).with_those_in(each.items for each in (part, *others)), _CHUNK)

    def _advance(self, piece: Write) -> Watch:
        self._lease.advance(piece)
        return self._lease.watch

    def _keep(self, event: Item) -> Item:
        return kept_whole(event) if self._services.policy.whole_events else fingerprint(event)


def _piece(watch: Watch, merged: Iterable[Merged]) -> Write:
    """What one write changes."""
    parts, gone = [], []
    for each in merged:
        if each.new == each.old:
            continue
        halves = list(split(each.new))
        parts += halves
        if len(halves) > 1:
            gone.append(each.old.name)
    kept = _with_parts(watch, [part.name for part in parts], gone)
    return Write(WriteKind.COMMIT, kept, parts=parts, gone=gone)


def _with_parts(watch: Watch, written: Sequence[str], gone: Sequence[str]) -> Watch:
    return watch.with_reading(parts=tuple(sorted({*watch.reading.parts, *written} - {*gone})))
