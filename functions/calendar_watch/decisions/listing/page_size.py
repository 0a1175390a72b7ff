"""How many items a page is asked for, so that what an instance holds at a time does not depend on how heavy they are.

A listing keeps the size that it began with, as a sync token is to be used with the parameters that it was given for
(https://developers.google.com/workspace/calendar/api/v3/reference/events/list). Only the first listing of all begins
with a small page, and goes on by what that one weighed; and an answer that comes too late halves any.
"""

from calendar_watch.model.listing import Listing, Page
from calendar_watch.model.resources import EVENTS
from calendar_watch.model.watch import Watch
from calendar_watch.sizes import weight

_FULL = int(EVENTS.parameters["maxResults"])
_FIRST = 250
_SMALLEST = 100
_BYTES = 2_000_000
"""Of JSON, which takes some five times as much memory."""


def fitting(item_weight: int) -> int:
    """How many items of that weight make a page; 0: nobody knows."""
    return min(max(_BYTES // item_weight, _SMALLEST), _FULL) if item_weight else 0


def asked_for(watch: Watch, listing: Listing) -> int:
    """How many items the next page may have; 0: as many as usual."""
    size = _asked_for(watch, listing)
    return size if size < _FULL else 0


def in_time(watch: Watch, listing: Listing, page: Page) -> Watch:
    """The next page may be a little longer. An increment is weighed only where nothing else was: it says little."""
    grown = watch.reading.page_size * 9 // 8
    watch = watch.with_reading(page_size=grown if grown < _FULL else 0)
    if page.items and (listing.whole or not watch.reading.item_weight):
        return watch.with_reading(item_weight=weight(page.items) // len(page.items))
    return watch


def too_late(watch: Watch, listing: Listing | None) -> Watch:
    """The next one is to be half as long; None: of a listing that has no page yet."""
    return watch.with_reading(page_size=max(_asked_for(watch, listing) // 2, _SMALLEST))


def _asked_for(watch: Watch, listing: Listing | None) -> int:
    chosen = listing.size if listing else 0
    by_weight = chosen or fitting(watch.reading.item_weight) or _FIRST
    return min(by_weight, watch.reading.page_size or _FULL)
