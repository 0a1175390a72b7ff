"""Reading a collection page by page, in full or from a sync token on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from . import errors
from .collection import Collection, Record
from .revisions import micros
from .seals import Seal
from .world import World

JsonObject = dict[str, Any]


def _every(_: Record) -> bool:
    return True


@dataclass(frozen=True)
class View:
    """How one kind of collection is shown."""

    kind: str
    item: Callable[[Record], JsonObject]
    #: whether an item that is not deleted belongs to a full listing
    shown: Callable[[Record], bool] = _every
    #: whether an item, deleted or not, belongs to any listing
    asked_for: Callable[[Record], bool] = _every
    #: names what is asked for; tokens go with it
    selection: str = ""
    page_size: int = 100
    largest_page: int = 250


@dataclass(frozen=True)
class _Cursor:
    #: the revision after which changes are wanted; None for a full listing
    since: int | None
    #: the revision that the first page had caught up with: what the next sync token starts from
    started: int
    #: the ordinal of the last record that an earlier page looked at
    after: int = -1


def page(world: World, collection: Collection, query: Mapping[str, Any], view: View) -> JsonObject:
    seal = Seal(world, (*collection.topic, view.selection))
    until = _shown_until(world)
    cursor = _cursor(seal, query, until)
    size = min(query.get("maxResults", view.page_size), view.largest_page)
    wanted = (
        record for record in collection.records_after(cursor.after, until) if _wanted(record, cursor, query, view)
    )
    taken = list(islice(wanted, size))
    answer = {
        "kind": view.kind,
        "etag": f'"p{collection.revision:x}"',
        "items": [view.item(record) for record in taken],
    }
    if any(True for _ in wanted):
        return answer | {"nextPageToken": seal.close("page", cursor.since, cursor.started, taken[-1].ordinal)}
    return answer | {"nextSyncToken": seal.close("sync", cursor.started)}


def forbid_with_sync_token(query: Mapping[str, Any], never: tuple[str, ...], not_false: tuple[str, ...]) -> None:
    if "syncToken" not in query:
        return
    for name in [name for name in never if name in query] + [name for name in not_false if query.get(name) is False]:
        raise errors.not_with_sync_token(name)


def _wanted(record: Record, cursor: _Cursor, query: Mapping[str, Any], view: View) -> bool:
    if cursor.since is not None:
        return record.reported > cursor.since and view.asked_for(record)
    listed = query.get("showDeleted", False) if record.deleted else view.shown(record)
    return listed and view.asked_for(record)


def _shown_until(world: World) -> int:
    """Return the revision up to which listings know what happened."""
    latest = world.next_revision()
    return min(latest, _ago(world, world.options.listing_lag_seconds)) if world.options.listing_lag_seconds else latest


def _cursor(seal: Seal, query: Mapping[str, Any], until: int) -> _Cursor:
    since = _since(seal, query["syncToken"]) if "syncToken" in query else None
    if "pageToken" not in query:
        return _Cursor(since, max(until, since or 0))
    oldest = _ago(seal.world, seal.world.options.page_token_lifetime_seconds)
    opened = seal.open("page", query["pageToken"], oldest)
    if opened is None or opened[0] != since:
        # A page token continues one listing: with the sync token it began with, or without as it began.
        raise errors.invalid_parameter("pageToken", "Invalid page token value.")
    return _Cursor(*opened)


def _since(seal: Seal, token: str) -> int:
    too_old = _ago(seal.world, seal.world.options.sync_token_lifetime_seconds)
    opened = seal.open("sync", token, max(too_old, seal.world.oldest_sync_token))
    if opened is None:
        raise errors.full_sync_required()
    return int(opened[0])


def _ago(world: World, seconds: int) -> int:
    return micros(world.now()) - seconds * 1_000_000
