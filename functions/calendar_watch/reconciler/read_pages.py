"""Reading a large collection: a page is a step, compared with the parts of the snapshot that its items lie in.

    begun ── page ── page ── last page ── what a whole listing did not show, or an increment left unclear ── finished

Memory holds one page, whatever the collection's size, and a crash costs one page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from calendar_watch.decisions import next_step, paging
from calendar_watch.decisions.merge import Merged, merge, portion, stray, unseen
from calendar_watch.errors import StaleError
from calendar_watch.model.listing import Page
from calendar_watch.model.parts import beside_series, split, spread
from calendar_watch.model.recurrence import Series, fingerprint
from calendar_watch.model.resources import Item
from calendar_watch.model.snapshot import Snapshot
from calendar_watch.model.watch import Watch
from calendar_watch.ports import Surroundings
from calendar_watch.reconciler.lease import Hold

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one write changes."""

    watch: Watch
    parts: Sequence[Snapshot] = ()
    gone: Sequence[str] = ()


class PagedReader:
    def __init__(self, around: Surroundings, hold: Hold):
        self._around = around
        self._hold = hold

    def read(self) -> next_step.Step:
        """Raises StaleError and other GoogleErrors, and DisturbedError."""
        watch = self._hold.watch
        if watch.listing is None or not watch.listing.pages:  # a first page that is asked for anew is another listing
            watch = paging.begun(watch, self._around.clock())
        if paging.current(watch).read:
            return self._clear(watch)
        return self._absorb(watch, self._page(watch))

    def _page(self, watch: Watch) -> Page:
        listing = paging.current(watch)
        page = self._around.calendar.page(watch.order, watch.sync_token, listing.page_token)
        if listing.has_seen(page.page_token):
            raise StaleError("Google's listing goes in circles: a page token came twice")
        return page

    def _absorb(self, watch: Watch, page: Page) -> next_step.Step:
        """The last piece goes out with the turning of the page."""
        series, rest = Series.on(page.items), sorted(page.items, key=beside_series)
        while True:
            portioned = portion(rest, frozenset(watch.parts))
            piece = self._merged(watch, portioned, series)
            rest = rest[sum(map(len, portioned.values())) :]
            if not rest:
                break
            watch = self._advance(piece)
        turned = paging.turned(piece.watch, page, self._around.policy, self._around.clock())
        return self._hold.write(lambda settled: self._put(settled, piece), turned)

    def _merged(self, watch: Watch, portioned: Mapping[str, list[Item]], series: Series) -> _Piece:
        listing = paging.current(watch)
        by_leaf = {**dict.fromkeys(spread(watch.parts, portioned), ()), **portioned}
        found = self._around.store.parts(watch.id, by_leaf) if by_leaf else []
        known = series.with_those_in(part.items for part in found)
        merged = [merge(part, by_leaf[part.name], known, listing, self._keep) for part in found]
        return _piece(paging.merged(watch, merged, self._around.clock()), merged)

    def _clear(self, watch: Watch) -> next_step.Step:
        """Every page is in: what none of a whole listing showed is gone, and so is an exception without its series."""
        for leaf in paging.to_clear(watch):
            while (piece := self._cleared(watch, leaf)).parts:
                watch = self._advance(piece)
        finished = paging.finished(watch, self._around.policy, self._around.clock())
        return self._hold.write(self._around.store.commit, finished)

    def _cleared(self, watch: Watch, leaf: str) -> _Piece:
        cleared = self._unseen(watch, leaf) if paging.current(watch).whole else self._stray(watch, leaf)
        if not cleared.changes:
            return _Piece(watch)
        return _piece(paging.merged(watch, [cleared], self._around.clock()), [cleared])

    def _unseen(self, watch: Watch, leaf: str) -> Merged:
        [part] = self._around.store.parts(watch.id, [leaf])
        return unseen(part, paging.current(watch), _CHUNK)

    def _stray(self, watch: Watch, leaf: str) -> Merged:
        beside = [each for each in spread(watch.parts, [leaf]) if each != leaf]
        part, *others = self._around.store.parts(watch.id, [leaf, *beside])
        return stray(part, Series.on(()).with_those_in(each.items for each in (part, *others)), _CHUNK)

    def _advance(self, piece: _Piece) -> Watch:
        self._hold.advance(lambda watch: self._put(watch, piece), piece.watch)
        return self._hold.watch

    def _put(self, watch: Watch, piece: _Piece) -> Watch:
        return self._around.store.commit(watch, piece.parts, piece.gone)

    def _keep(self, event: Item) -> Item:
        return event if self._around.policy.whole_events else fingerprint(event)


def _piece(watch: Watch, merged: Iterable[Merged]) -> _Piece:
    parts, gone = [], []
    for each in merged:
        if each.new == each.old:
            continue
        leaves = list(split(each.new))
        parts += leaves
        if len(leaves) > 1:
            gone.append(each.old.name)
    return _Piece(_with_leaves(watch, [part.name for part in parts], gone), parts, gone)


def _with_leaves(watch: Watch, written: Sequence[str], gone: Sequence[str]) -> Watch:
    return replace(watch, parts=tuple(sorted({*watch.parts, *written} - {*gone})))
