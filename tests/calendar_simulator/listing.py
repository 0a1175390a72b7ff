"""Reading a collection page by page, in full or from a sync token on."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import errors
from .collection import Collection, Record
from .revisions import micros
from .world import World

JsonObject = dict[str, Any]
PAGE_SIZE = 100
LARGEST_PAGE = 250


@dataclass(frozen=True)
class View:
    """How one kind of collection is shown."""

    kind: str
    item: Callable[[Record], JsonObject]
    #: whether an item that is not deleted belongs to a full listing
    shown: Callable[[Record], bool]


@dataclass(frozen=True)
class _Cursor:
    #: the revision after which changes are wanted; None for a full listing
    since: int | None
    #: the revision at which the first page was read: what the next sync token starts from
    started: int
    #: the ordinal of the last record that an earlier page looked at
    after: int = -1


def page(world: World, collection: Collection, query: Mapping[str, Any], view: View) -> JsonObject:
    cursor = _cursor(world, collection, query)
    wanted = [record for record in collection.records() if _wanted(record, cursor, query, view)]
    size = min(query.get("maxResults", PAGE_SIZE), LARGEST_PAGE)
    taken = wanted[:size]
    answer = {"kind": view.kind, "etag": _etag(collection), "items": [view.item(record) for record in taken]}
    if len(wanted) > size:
        return answer | {"nextPageToken": _seal(collection, "page", [cursor.since, cursor.started, taken[-1].ordinal])}
    return answer | {"nextSyncToken": _seal(collection, "sync", [cursor.started])}


def forbid_with_sync_token(query: Mapping[str, Any], never: tuple[str, ...], not_false: tuple[str, ...]) -> None:
    if "syncToken" not in query:
        return
    for name in [name for name in never if name in query] + [name for name in not_false if query.get(name) is False]:
        raise errors.not_with_sync_token(name)


def _wanted(record: Record, cursor: _Cursor, query: Mapping[str, Any], view: View) -> bool:
    if record.ordinal <= cursor.after:
        return False
    if cursor.since is not None:
        return record.reported > cursor.since
    return query.get("showDeleted", False) if record.deleted else view.shown(record)


def _cursor(world: World, collection: Collection, query: Mapping[str, Any]) -> _Cursor:
    since = _since(world, collection, query["syncToken"]) if "syncToken" in query else None
    if "pageToken" not in query:
        return _Cursor(since, world.next_revision())
    opened = _open(collection, "page", query["pageToken"])
    if opened is None or opened[0] != since:
        # A page token continues one listing: with the sync token it began with, or without as it began.
        raise errors.invalid_parameter("pageToken", "Invalid page token value.")
    return _Cursor(*opened)


def _since(world: World, collection: Collection, token: str) -> int:
    opened = _open(collection, "sync", token)
    oldest = micros(world.now()) - world.options.sync_token_lifetime_seconds * 1_000_000
    if opened is None or opened[0] < oldest:
        raise errors.full_sync_required()
    return int(opened[0])


def _etag(collection: Collection) -> str:
    return f'"p{max((record.revision for record in collection.records()), default=0):x}"'


def _seal(collection: Collection, kind: str, marks: list[int | None]) -> str:
    return base64.urlsafe_b64encode(json.dumps([kind, *collection.topic, *marks]).encode()).decode()


def _open(collection: Collection, kind: str, token: str) -> list[Any] | None:
    """Return the marks of a token of this kind that this collection gave out, else None."""
    try:
        opened = json.loads(base64.urlsafe_b64decode(token.encode()))
    except ValueError:
        return None
    ours = [kind, *collection.topic]
    return opened[3:] if isinstance(opened, list) and opened[:3] == ours else None
