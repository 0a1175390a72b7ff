"""A stretch: pages of a listing that are put down together, as far as they tell anything new.

Items come in no order of ours, so that each page of a large calendar touches every part of its snapshot. The more parts
there are, the more pages go together: what a whole listing costs grows with the collection, and not with its square.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from calendar_watch.decisions.listing.merge import Keep, newest
from calendar_watch.decisions.listing.portions import MOST_PARTS
from calendar_watch.model.collection.index import Indexes, Mark, mark_of, version_of
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.recurrence import is_cancelled
from calendar_watch.model.listing import Listing, Page
from calendar_watch.model.resources import Item
from calendar_watch.sizes import weight

_PARTS_A_PAGE = MOST_PARTS
_MOST_PAGES = 16
"""A crash costs them, and an increment waits for them while they are read."""
_MOST_BYTES = 8_000_000
"""Of JSON, which takes some five times as much memory."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """What pages of a whole listing are compared with, without opening a part."""

    indexes: Indexes
    notes: Notes
    """Of earlier pages."""
    keep: Keep
    baseline: bool = False
    """Nothing is told, so what is not kept may be dropped at once."""

    def passes_over(self, item: Item) -> bool:
        """An increment has told of it since."""
        return mark_of(item["id"]) in self.notes.told

    def is_alike(self, item: Item) -> bool:
        entry = self.indexes.get(mark_of(item["id"]))
        same = entry is not None and entry.version == version_of(self.keep(item))
        return same and self.notes.updated(item["id"]) is None

    def reduced(self, item: Item) -> Item:
        """Cancelled items tell by what they do not say, too."""
        return self.keep(item) if self.baseline and not is_cancelled(item) else item


@dataclass(frozen=True, slots=True)
class Stretch:
    listing: Listing
    """As it was before the last page."""
    page: Page
    """The last one."""
    pages: int = 1
    unlike: Mapping[str, Item] = field(default_factory=dict)
    """To be looked at."""
    alike: frozenset[Mark] = frozenset()
    """As they are kept."""
    heft: int = 0

    @classmethod
    def of_increment(cls, listing: Listing, page: Page) -> Self:
        return cls(listing, page, unlike=newest(page.items))

    @classmethod
    def of_whole(cls, listing: Listing, page: Page, sieve: Sieve) -> Self:
        return cls(listing, page, pages=0).with_page(page, sieve)

    def extended(self, page: Page, sieve: Sieve) -> Self:
        return replace(self, listing=self.turned, page=page).with_page(page, sieve)

    @property
    def turned(self) -> Listing:
        return self.listing.turned(self.page)

    def goes_on(self, part_count: int) -> bool:
        wanted = min(1 + part_count // _PARTS_A_PAGE, _MOST_PAGES)
        return bool(self.page.page_token) and self.pages < wanted and self.heft < _MOST_BYTES

    def with_page(self, page: Page, sieve: Sieve) -> Self:
        """What one page showed otherwise than another is compared with that, not with what is kept."""
        unlike, alike = list[Item](), set[Mark]()
        for item in newest(page.items).values():
            if sieve.passes_over(item):
                continue
            if item["id"] not in self.unlike and sieve.is_alike(item):
                alike.add(mark_of(item["id"]))
            else:
                unlike.append(sieve.reduced(item))
        return replace(
            self,
            pages=self.pages + 1,
            unlike=newest([*self.unlike.values(), *unlike]),
            alike=self.alike | alike,
            heft=self.heft + weight(unlike),
        )
