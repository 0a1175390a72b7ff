"""Reading a collection page by page, in full or from a sync token on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import errors
from .collection import Collection, Record
from .quirks import absences, pages, tokens
from .quirks.pages import Cursor
from .request import Request
from .seals import Seal
from .world import World

JsonObject = dict[str, Any]


def _every(_: Record) -> bool:
    return True


def _none(_: Record) -> bool:
    return False


@dataclass(frozen=True)
class View:
    """How one kind of collection is shown."""

    kind: str
    item: Callable[[Record], JsonObject]
    #: whether an item that is not deleted belongs to a full listing
    shown: Callable[[Record], bool] = _every
    #: whether an item belongs to a full listing although it is deleted
    lingers: Callable[[Record], bool] = _none
    #: whether an item, deleted or not, belongs to any listing
    asked_for: Callable[[Record], bool] = _every
    #: names what is asked for; tokens go with it
    selection: str = ""
    page_size: int = 100
    largest_page: int = 250


def page(world: World, collection: Collection, request: Request, view: View) -> JsonObject:
    seal = Seal(world, (*collection.topic, view.selection))
    cursor = _cursor(seal, collection, request)
    size = min(request.query.get("maxResults", view.page_size), view.largest_page)
    wanted = _wanted(world, collection, request, view, cursor)
    sheet = pages.cut(world, collection, wanted, size, cursor)
    records = pages.arranged(world, sheet, size, _unchanged(collection, cursor.since, view))
    items = [view.item(record) for record in records]
    answer = {
        "kind": view.kind,
        "etag": f'"p{collection.revision:x}"',
        "items": pages.printed(world, view.kind, items, " ".join(collection.topic)),
    }
    return answer | _token(seal, collection, request, cursor, sheet)


def _token(seal: Seal, collection: Collection, request: Request, cursor: Cursor, sheet: pages.Sheet) -> JsonObject:
    world = seal.world
    if sheet.more:
        marks = (cursor.since, cursor.started, sheet.last, cursor.newest_first)
        token = seal.close("page", *marks, *(sheet.again or ()))
        return {"nextPageToken": pages.next_page_token(world, request.query.get("pageToken"), token)}
    if tokens.lacking(world, collection.topic):
        return {}
    started = tokens.start(world, collection.topic, cursor.started)
    return {"nextSyncToken": seal.close("sync", started, tokens.binding(request))}


def forbid_with_sync_token(query: Mapping[str, Any], never: tuple[str, ...], not_false: tuple[str, ...]) -> None:
    if "syncToken" not in query:
        return
    for name in [name for name in never if name in query] + [name for name in not_false if query.get(name) is False]:
        raise errors.not_with_sync_token(name)


def _wanted(world: World, collection: Collection, request: Request, view: View, cursor: Cursor) -> Iterator[Record]:
    since = cursor.since
    hidden = world.delays.hidden(collection.topic, since or 0, world.now())
    absent = absences.absent(world, collection, full=since is None)
    records = collection.records_before if cursor.newest_first else collection.records_after
    for record in records(cursor.after, cursor.until, hidden):
        if _belongs(record, since, request.query, view) and not absent(record):
            yield record


def _unchanged(collection: Collection, since: int | None, view: View) -> Iterator[Record]:
    """Yield what an increment need not show; of a full listing there is nothing left."""
    if since is not None:
        yield from (
            each for each in collection.live() if each.revision <= since and view.shown(each) and view.asked_for(each)
        )


def _belongs(record: Record, since: int | None, query: Mapping[str, Any], view: View) -> bool:
    if since is not None:
        return record.reported > since and view.asked_for(record)
    if record.deleted:
        return (query.get("showDeleted", False) or view.lingers(record)) and view.asked_for(record)
    return view.shown(record) and view.asked_for(record)


def _shown_until(world: World, collection: Collection) -> int:
    """Return the revision up to which listings know what happened."""
    latest = world.delays.until(collection.topic, world.next_revision(), world.now())
    lag = world.options.listing_lag_seconds
    return min(latest, world.ago(lag)) if lag else latest


def _cursor(seal: Seal, collection: Collection, request: Request) -> Cursor:
    query, until = request.query, _shown_until(seal.world, collection)
    since = _since(seal, collection, request) if "syncToken" in query else None
    if "pageToken" not in query:
        newest_first = pages.newest_first(seal.world)
        return Cursor(until, since, max(until, since or 0), newest_first=newest_first)
    tokens.check_page(seal.world, query["pageToken"], collection.topic, since)
    oldest = seal.world.ago(seal.world.options.page_token_lifetime_seconds)
    opened = seal.open("page", query["pageToken"], oldest)
    if opened is None or opened[0] != since:
        # A page token continues one listing: with the sync token it began with, or without as it began.
        raise errors.invalid_parameter("pageToken", "Invalid page token value.")
    since, started, after, newest_first, *again = opened
    return Cursor(until, since, started, after, newest_first, (again[0], again[1]) if again else None)


def _since(seal: Seal, collection: Collection, request: Request) -> int:
    world, token = seal.world, request.query["syncToken"]
    made = seal.made(token)
    tokens.check_sync(world, collection.topic, token, made)
    too_old = world.ago(world.options.sync_token_lifetime_seconds)
    opened = seal.open("sync", token, max(too_old, world.oldest_sync_token, collection.born))
    if opened is None:
        raise errors.full_sync_required()
    tokens.check_age(world, collection.topic, token, made or 0)
    tokens.check_binding(world, opened[1], request)
    return int(opened[0])
