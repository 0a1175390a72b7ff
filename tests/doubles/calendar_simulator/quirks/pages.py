"""How records come to lie on pages: empty ones, shuffled ones, one record on two, circles (Q07, Q08, Q23, Q25, Q43)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..collection import Collection, Record
from ..world import World
from . import spells

JsonObject = dict[str, Any]
#: a version of a record: its key and revision
Version = tuple[str, int]
_BACKWARDS = 0.5


@dataclass(frozen=True)
class Cursor:
    #: the revision up to which this page knows what happened
    until: int
    #: the revision after which changes are wanted; None for a full listing
    since: int | None
    #: the revision that the first page had caught up with: what the next sync token starts from
    started: int
    #: the ordinal of the last record that an earlier page looked at
    after: int = -1
    newest_first: bool = False
    #: what an earlier page showed and this one shows again
    again: Version | None = None


@dataclass(frozen=True)
class Sheet:
    records: list[Record]
    #: the ordinal of the last record that was looked at
    last: int
    more: bool
    #: what the next page shows once more
    again: Version | None = None


def newest_first(world: World) -> bool:
    """Whether this listing goes backwards, so that exceptions come before their series."""
    return world.quirks.on("Q25") and world.quirks.dice("Q25").random() < _BACKWARDS


def cut(world: World, collection: Collection, wanted: Iterator[Record], size: int, cursor: Cursor) -> Sheet:
    """Take what fits on the next page."""
    if world.quirks.strikes("Q43") and world.quirks.dice("Q43").random() < 0.5:
        world.quirks.meet("Q43")
        return Sheet([], cursor.after, more=True, again=cursor.again)
    taken = list(islice(wanted, size - (cursor.again is not None)))
    last = taken[-1].ordinal if taken else cursor.after
    sheet = Sheet(taken, last, more=any(True for _ in wanted))
    if sheet.more and world.quirks.strikes("Q25"):
        sheet = _doubled(world, collection, sheet)
    repeated = [] if cursor.again is None else [collection.version(*cursor.again)]
    return Sheet([*sheet.records, *repeated], last, sheet.more, sheet.again)


def arranged(world: World, sheet: Sheet, room: int, unchanged: Iterator[Record]) -> list[Record]:
    """Return the records in the order of the page, with one that did not change among those that did."""
    records = list(sheet.records)
    if len(records) < room and world.quirks.strikes("Q23"):
        records += _one_of(world, list(unchanged))
    if len(records) > 1 and world.quirks.strikes("Q25"):
        world.quirks.meet("Q25")
        world.quirks.dice("Q25").shuffle(records)
    return records


def printed(world: World, kind: str, items: list[JsonObject], owner: str) -> list[JsonObject]:
    """Let one item come without an id, and long pages take their time."""
    if world.quirks.strikes("Q07"):
        world.quirks.meet("Q07")
        nameless = {"kind": kind, "etag": '"0"'}
        items.insert(world.quirks.dice("Q07").randint(0, len(items)), nameless)
    if items and spells.holds(world, "Q08", owner, least=60, most=3600):
        world.memory.seconds += len(items) * world.options.slow_seconds_per_item
    return items


def next_page_token(world: World, asked: str | None, token: str) -> str:
    """Return the token of the next page, or of the page itself: then the pages go in circles."""
    if asked is None or not world.quirks.strikes("Q43") or world.quirks.dice("Q43").random() < 0.7:
        return token
    world.quirks.meet("Q43")
    return asked


def _doubled(world: World, collection: Collection, sheet: Sheet) -> Sheet:
    """Show one record here and on the next page: newest last, or for events that say of when they are newest first."""
    if not sheet.records:
        return sheet
    dice = world.quirks.dice("Q25")
    place = dice.randrange(len(sheet.records))
    record = sheet.records[place]
    older = collection.before(record)
    world.quirks.meet("Q25")
    if older is None or older.deleted or record.deleted:
        return Sheet(sheet.records, sheet.last, sheet.more, (record.key, record.revision))
    dated = "cancelled" not in {older.item.get("status"), record.item.get("status")}
    if collection.topic.resource == "events" and dice.random() < 0.3 and dated:
        return Sheet(sheet.records, sheet.last, sheet.more, (older.key, older.revision))
    records = [*sheet.records[:place], older, *sheet.records[place + 1 :]]
    return Sheet(records, sheet.last, sheet.more, (record.key, record.revision))


def _one_of(world: World, candidates: list[Record]) -> list[Record]:
    if not candidates:
        return []
    world.quirks.meet("Q23")
    return [world.quirks.dice("Q23").choice(candidates)]
