"""Reading a large collection: a page is a step, compared with the parts of the snapshot that its items lie in.

    begun ── page ── page ── last page ── what is missing, and what ends with its series ── finished

Memory holds one page and a few parts, whatever the collection's size, and a crash costs one page. An audit goes the
same way, beside the increments.
"""

from collections.abc import Sequence
from dataclasses import replace

from calendar_watch.decisions import next_step
from calendar_watch.decisions.listing import audit, paging
from calendar_watch.decisions.listing.merge import View, merge, newest
from calendar_watch.decisions.listing.portions import fitting, portion
from calendar_watch.decisions.listing.series import after_series, alive_on, named_on
from calendar_watch.errors import ListingTokenRefusedError
from calendar_watch.model.index import Indexes, mark_of, version_of
from calendar_watch.model.listing import IN_CIRCLES, Listing, Page
from calendar_watch.model.notes import Notes, joined
from calendar_watch.model.parts import key_of, name_of
from calendar_watch.model.resources import Item
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write
from calendar_watch.ports import Services
from calendar_watch.reconciler.end_listing import ListingEnd
from calendar_watch.reconciler.lease import Lease
from calendar_watch.reconciler.pieces import Pieces


class PagedReader:
    """Raises ListingTokenRefusedError and other GoogleErrors, and ChangedMeanwhileError."""

    def __init__(self, services: Services, lease: Lease):
        self._services = services
        self._lease = lease
        self._pieces = Pieces(services, lease)

    def read(self) -> next_step.Step:
        """What changed, or everything. A first page that is asked for anew is another listing."""
        watch = self._lease.watch
        if watch.reading.listing is None or not watch.reading.listing.trail.pages:
            watch = paging.begun(watch, self._services.clock())
        return self._go_on(watch, paging.current(watch))

    def audit(self) -> next_step.Step:
        """Everything, beside the increments."""
        watch = self._lease.watch
        listing = watch.reading.audit.listing
        if listing is None or not listing.trail.pages:
            watch = audit.begun(watch, self._services.clock())
        return self._go_on(watch, audit.current(watch))

    def _go_on(self, watch: Watch, listing: Listing) -> next_step.Step:
        earlier = self._noted(watch, listing)
        if listing.read:
            return ListingEnd(self._services, self._lease, listing).end(watch, earlier)
        page = self._page(watch, listing)
        return self._absorb(paging.grown(watch), listing, page, earlier)

    def _noted(self, watch: Watch, listing: Listing) -> Notes:
        names = paging.note_names(watch, listing)
        return joined(self._services.store.notes(watch.id, names)) if names else Notes()

    def _page(self, watch: Watch, listing: Listing) -> Page:
        sync_token = "" if listing.whole else watch.reading.sync_token
        page = self._services.calendar.page(watch.target, listing.trail.page_token, sync_token, watch.reading.page_size)
        if listing.trail.has_seen(page.page_token):
            raise ListingTokenRefusedError(IN_CIRCLES)
        return page

    def _absorb(self, watch: Watch, listing: Listing, page: Page, earlier: Notes) -> next_step.Step:
        """The last piece goes out with the turning of the page."""
        items = sorted(newest(page.items).values(), key=key_of if listing.whole else after_series)
        indexes = self._indexes(watch, listing, items)
        view = self._view(watch, items, indexes, earlier)
        rest, notes = self._unlike(listing, items, indexes, view)
        while True:
            piece, taken, noted = self._merged(watch, listing, rest, view)
            notes, rest = notes.with_more(noted), rest[taken:]
            if not rest:
                return self._turn(piece, listing, page, earlier, notes)
            watch = self._pieces.advance(piece, listing)

    def _indexes(self, watch: Watch, listing: Listing, items: Sequence[Item]) -> Indexes:
        """Of a whole listing, all that there is; of an increment, where the series lie whose exceptions it cancels."""
        parts = watch.reading.parts
        names = parts if listing.whole else sorted({name_of(parts, mark_of(each)) for each in named_on(items)})
        return self._services.store.indexes(watch.id, names) if names and watch.reading.stored else Indexes({})

    def _view(self, watch: Watch, items: Sequence[Item], indexes: Indexes, earlier: Notes) -> View:
        return View(earlier, alive_on(items, indexes, earlier), self._pieces.keep, paging.is_baseline(watch))

    def _unlike(
        self, listing: Listing, items: Sequence[Item], indexes: Indexes, view: View
    ) -> tuple[list[Item], Notes]:
        """Those to be looked at; the others are as they are kept, or an increment has told of them since."""
        if not listing.whole:
            return list(items), Notes()
        unlike, alike = list[Item](), set[bytes]()
        for item in items:
            mark = mark_of(item["id"])
            entry = indexes.get(mark)
            if mark in view.notes.told:
                continue
            if entry and entry.version == version_of(view.keep(item)) and view.notes.updated(item["id"]) is None:
                alike.add(mark)
            else:
                unlike.append(item)
        return unlike, Notes(shown=frozenset(alike))

    def _merged(self, watch: Watch, listing: Listing, rest: Sequence[Item], view: View) -> tuple[Write, int, Notes]:
        groups = portion(rest, frozenset(watch.reading.parts))
        found = self._services.store.parts(watch.id, groups) if groups else []
        fit = fitting(groups, found, watch.options.labels)
        merged = [merge(part, fit[part.name], view) for part in found if part.name in fit]
        taken = sum(map(len, fit.values()))
        return self._pieces.piece(watch, listing, merged), taken, joined([each.notes for each in merged])

    def _turn(self, piece: Write, listing: Listing, page: Page, earlier: Notes, notes: Notes) -> next_step.Step:
        """A listing of one page need not be noted."""
        more, everything = bool(page.page_token), earlier.with_more(notes)
        ending = ListingEnd(self._services, self._lease, listing.turned(page))
        if not more and ending.is_over(piece.watch, everything):
            return ending.finish(piece)
        if not more and not listing.notes:
            return ending.end(self._pieces.advance(piece, listing), everything)
        written = notes.pieces(paging.prefix_of(listing), listing.notes)
        turned = replace(piece, watch=paging.turned(piece.watch, listing, page, written), notes=written)
        if more:
            return self._lease.write(self._pieces.with_told(turned, listing))
        watch = self._pieces.advance(turned, listing)
        return ListingEnd(self._services, self._lease, paging.again(watch, listing)).end(watch, everything)
