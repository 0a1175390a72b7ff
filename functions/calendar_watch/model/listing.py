"""Reading a collection, and how far that has come; a large one page by page, so that a crash costs little.

https://developers.google.com/workspace/calendar/api/guides/sync
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from calendar_watch.model.collection.parts import WHOLE
from calendar_watch.model.resources import Item

IN_CIRCLES = "Google's listing goes in circles: a page token came twice"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of Google's. Without a page token it is the last; then there is a sync token for the next time."""

    items: Sequence[Item]
    page_token: str = ""
    sync_token: str = ""


@dataclass(frozen=True, slots=True)
class PageTrail:
    """How far a listing has come, page by page; enough of the way to notice that it goes in circles."""

    page_token: str = ""
    """What asks for the next page; empty: there was none yet, or there is no other."""
    pages: int = 0
    milestone: str = ""
    """The page token after 1, 2, 4, 8 … pages: a circle of any length comes by one of these again (Brent, 1980)."""

    def turned(self, page_token: str) -> Self:
        pages = self.pages + 1
        milestone = page_token if pages.bit_count() == 1 else self.milestone
        return replace(self, page_token=page_token, pages=pages, milestone=milestone)

    def has_seen(self, page_token: str) -> bool:
        return bool(page_token) and page_token in {self.page_token, self.milestone}


@dataclass(frozen=True, slots=True)
class Listing:
    """A reading that has begun and is not over. A later one has a higher number."""

    number: int
    started: datetime
    whole: bool
    """Everything there is; otherwise what changed since the watch's sync token."""
    trail: PageTrail = PageTrail()
    sync_token: str = ""
    read: bool = False
    """All pages are; what a whole listing did not show may still have to go."""
    beside: bool = False
    """An audit: everything there is, while the sync token stays and increments go on."""
    notes: int = 0
    """Documents in which is noted what it has shown so far."""
    size: int = 0
    """Items a page, as chosen at its start: a sync token is to be used with the parameters that it was given for. 0: by
    what its pages turn out to weigh."""

    def turned(self, page: Page) -> Self:
        trail = self.trail.turned(page.page_token)
        return replace(self, trail=trail, sync_token=page.sync_token, read=not page.page_token)


@dataclass(frozen=True, slots=True)
class Counts:
    """Changes that were reported since the last listing that came to its end."""

    created: int = 0
    updated: int = 0
    deleted: int = 0

    def with_more(self, kinds: Sequence[str]) -> Self:
        created, updated, deleted = (kinds.count(each) for each in ("created", "updated", "deleted"))
        return replace(
            self, created=self.created + created, updated=self.updated + updated, deleted=self.deleted + deleted
        )


@dataclass(frozen=True, slots=True)
class Audit:
    """Events are also listed whole from time to time: an increment must not be the only witness of itself."""

    at: datetime | None = None
    """When the next one is due, or goes on; None: none is."""
    asked: bool = False
    """By an operator: what it finds is told as a resync."""
    listing: Listing | None = None
    counts: Counts = Counts()
    told: int = 0
    """Items that increments have told of since it began: it judges none of them."""
    brake: bool = False
    """So much was missing that it wants to be seen twice."""
    doubts: int = 0
    """Times in a row that it did not show what is there."""
    failures: int = 0
    """In a row."""


class ReadCause(StrEnum):
    """Why the collection is to be read."""

    OPENED = "opened"
    NOTIFICATION = "notification"
    SETTLE = "settle"
    """Once more after the reading for a notification: a listing may lag behind the message."""
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Reading:
    """When and why the collection is read, and how far that has come."""

    read_at: datetime | None = None
    """When the collection is to be read next; None: never by itself."""
    read_cause: ReadCause = ReadCause.OPENED
    notified_at: datetime | None = None
    """When Google's message came for which it is read, or read once more; None: none did."""
    last_sync: datetime | None = None
    brake: bool = False
    """A listing is to be seen a second time before it is believed."""
    doubts: int = 0
    """Listings in a row that did not show what is there."""
    digest: str = ""
    """Of the snapshot, so that a listing that equals it need not be compared."""
    item_count: int | None = None
    """None: there is no snapshot yet, and the next reading is a baseline."""

    sync_token: str = ""
    """Google tells from here on what changed; empty: only a whole listing will do."""
    resyncing: bool = False
    """Google would not take our sync token, so everything is compared anew."""
    listing: Listing | None = None
    listings: int = 0
    counts: Counts = field(default_factory=Counts)
    parts: tuple[str, ...] = (WHOLE,)
    stored: int = 0
    """How many items the parts hold; they may be more than `item_count`, or fewer, while a listing goes on."""
    noted: int = 0
    """Documents with what a listing has shown that may be there, of this one or of earlier ones."""
    sync_refusals: int = 0
    """Sync tokens that Google refused since an increment last came to its end."""
    page_refusals: int = 0
    """Page tokens in a row."""
    page_size: int = 0
    """Smaller than usual after an answer that came too late; 0: as usual."""
    item_weight: int = 0
    """Bytes of JSON as Google gives it, on the average of the last page of a whole listing; 0: there was none yet."""
    audit: Audit = field(default_factory=Audit)

    @property
    def unread_since(self) -> datetime | None:
        """When the message came after which nothing has been read yet."""
        return self.notified_at if self.read_cause is ReadCause.NOTIFICATION else None
