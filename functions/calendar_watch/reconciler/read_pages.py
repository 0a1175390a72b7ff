"""Reading a large collection: a page is a step, compared with the parts of the snapshot that its items lie in.

    begun ── page ── page ── last page ── what is missing, and what ends with its series ── finished

Memory holds one page and a few parts, and a crash costs one page; of a collection in many parts a stretch of pages, as
many as are bearable. An audit goes the same way, beside the increments.
"""

from collections.abc import Sequence
from dataclasses import replace

from calendar_watch.decisions import next_step
from calendar_watch.decisions.listing import audit, page_size, paging
from calendar_watch.decisions.listing.merge import View, merge
from calendar_watch.decisions.listing.portions import MOST_NOTES, fitting, portion
from calendar_watch.decisions.listing.series import after_series, alive_on, named_on
from calendar_watch.decisions.listing.stretch import Sieve, Stretch
from calendar_watch.errors import GoogleError, ListingTokenRefusedError
from calendar_watch.model.collection.index import Indexes, mark_of
from calendar_watch.model.collection.notes import Notes, joined
from calendar_watch.model.collection.parts import key_of, name_of
from calendar_watch.model.listing import IN_CIRCLES, Listing, Page
from calendar_watch.model.resources import Item
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reconciler.end_listing import ListingEnd
from calendar_watch.reconciler.lease import ChangedMeanwhileError, Lease
from calendar_watch.reconciler.pieces import Pieces
from calendar_watch.reconciler.source import Source


class PagedReader:
    """Raises ListingTokenRefusedError and other GoogleErrors, and ChangedMeanwhileError."""

    def __init__(self, services: Services, lease: Lease, source: Source):
        self._services = services
        self._lease = lease
        self._source = source
        self._pieces = Pieces(services, lease)

    def read(self) -> next_step.Step:
        """What changed, or everything."""
        watch = self._lease.watch
        if not paging.goes_on(watch):
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
        indexes = self._indexes(watch, listing, page.items)
        if not listing.whole:
            watch = page_size.in_time(watch, listing, page)
            return self._absorb(watch, Stretch.of_increment(listing, page), indexes, earlier)
        sieve = Sieve(indexes, earlier, self._pieces.keep, paging.is_baseline(watch))
        stretch = Stretch.of_whole(listing, page, sieve)
        if listing.trail.pages:
            stretch = self._gathered(watch, stretch, sieve)
            watch = self._prolonged(watch)
        return self._absorb(page_size.in_time(watch, listing, page), stretch, indexes, earlier)

    def _gathered(self, watch: Watch, stretch: Stretch, sieve: Sieve) -> Stretch:
        """Where a page fails, what came before it is put down first, and then it is asked for again."""
        while stretch.goes_on(len(watch.reading.parts)) and not self._lease.over():
            self._lease.heartbeat()
            try:
                page = self._page(watch, stretch.turned)
            except GoogleError:
                break
            stretch = stretch.extended(page, sieve)
        return stretch

    def _prolonged(self, watch: Watch) -> Watch:
        """As it is after heartbeats."""
        if self._lease.watch.reading != watch.reading:
            raise ChangedMeanwhileError
        return self._lease.watch

    def _noted(self, watch: Watch, listing: Listing) -> Notes:
        names = paging.note_names(watch, listing)
        return joined(self._services.store.notes(watch.id, names)) if names else Notes()

    def _page(self, watch: Watch, listing: Listing) -> Page:
        page = self._source.page(*paging.question(watch, listing))
        if listing.trail.has_seen(page.page_token):
            raise ListingTokenRefusedError(IN_CIRCLES)
        return page

    def _absorb(self, watch: Watch, stretch: Stretch, indexes: Indexes, earlier: Notes) -> next_step.Step:
        """The last piece goes out with the turning of the page."""
        listing, notes = stretch.listing, Notes(shown=stretch.alike)
        rest = sorted(stretch.unlike.values(), key=key_of if listing.whole else after_series)
        view = self._view(watch, rest, indexes, earlier.with_more(notes))
        while True:
            piece, taken, noted = self._merged(watch, listing, rest, view)
            notes, rest = notes.with_more(noted), rest[taken:]
            if not rest:
                return self._turn(piece, listing, stretch.page, earlier, notes)
            watch = self._pieces.advance(piece, listing)

    def _indexes(self, watch: Watch, listing: Listing, items: Sequence[Item]) -> Indexes:
        """Of a whole listing, all that there is; of an increment, where the series lie whose exceptions it cancels."""
        parts = watch.reading.parts
        names = parts if listing.whole else sorted({name_of(parts, mark_of(each)) for each in named_on(items)})
        return self._services.store.indexes(watch.id, names) if names and watch.reading.stored else Indexes({})

    def _view(self, watch: Watch, items: Sequence[Item], indexes: Indexes, earlier: Notes) -> View:
        return View(earlier, alive_on(items, indexes, earlier), self._pieces.keep, paging.is_baseline(watch))

    def _merged(self, watch: Watch, listing: Listing, rest: Sequence[Item], view: View) -> tuple[Write, int, Notes]:
        groups = portion(rest, frozenset(watch.reading.parts))
        found = self._source.parts(watch.id, list(groups)) if groups else []
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
        piece = self._noted_ahead(piece, listing, written[:-1])
        turned = replace(piece, watch=paging.turned(piece.watch, listing, page, written), notes=written[-1:])
        if more:
            return self._lease.write(self._pieces.with_told(turned, listing))
        watch = self._pieces.advance(turned, listing)
        return ListingEnd(self._services, self._lease, paging.again(watch, listing)).end(watch, everything)

    def _noted_ahead(self, piece: Write, listing: Listing, notes: Sequence[Notes]) -> Write:
        """What is noted in many documents is too large for one write. Until the page is turned, nobody reads them."""
        for start in range(0, len(notes), MOST_NOTES):
            watch = self._pieces.advance(piece, listing)
            batch = notes[start : start + MOST_NOTES]
            noted = max(watch.reading.noted, listing.notes + start + len(batch))
            piece = Write(WriteKind.COMMIT, watch.with_reading(noted=noted), notes=batch)
        return (
            replace(piece, watch=self._pieces.advance(piece, listing), parts=(), notes=(), gone=()) if notes else piece
        )
