"""Reading a large collection page by page, with a sync token: how far it has come, so that a crash costs one page.

https://developers.google.com/workspace/calendar/api/guides/sync
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from calendar_watch.resources import Item


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of Google's. Without a page token it is the last; then there is a sync token for the next time."""

    items: Sequence[Item]
    page_token: str = ""
    sync_token: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A reading that has begun and is not over. A later one has a higher number."""

    number: int
    started: datetime
    whole: bool
    """Everything there is; otherwise what changed since the watch's sync token."""
    page_token: str = ""
    sync_token: str = ""
    read: bool = False
    """All pages are; what a whole listing did not show may still have to go."""
    seen: int = 0
    """Items of the snapshot that it has shown."""
    created: int = 0
    updated: int = 0
    deleted: int = 0
