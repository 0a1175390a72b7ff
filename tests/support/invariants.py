"""What chaos and soak hold the system to alike, of plain data. Each function says in words what is broken.

Whoever asks fetches the data, and knows when a promise holds. As soak looks again and again for what does not mend,
the words for one thing that stays broken stay the same.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from calendar_watch.model.collection.recurrence import fingerprint

Item = Mapping[str, Any]
Items = Mapping[str, Item]
_NO_CONTENT = frozenset({"etag", "kind"})


@dataclass(frozen=True, slots=True)
class Watched:
    """What is said of a watch, wherever that was read."""

    id: str
    resource: str
    state: str
    wanted: bool
    channels: Collection[str]
    """Those it knows of."""

    def __str__(self) -> str:
        return f"{self.resource} {self.id}"


# --- channels


def each_active_watch_has_one_live_channel_and_no_other_has_any(
    watches: Sequence[Watched], live: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """`live` is what Google would use, by watch. Who is wanted but not active may have one."""
    for watch in watches:
        yield from _has_as_many_as_it_should(watch, live.get(watch.id, ()))
        yield from _knows_its_channels(watch, live.get(watch.id, ()))
    for watch_id in live.keys() - {each.id for each in watches}:
        yield from (f"channel {each} of {watch_id} is live, and no watch's" for each in live[watch_id])


def _has_as_many_as_it_should(watch: Watched, live: Sequence[str]) -> Iterator[str]:
    if len(live) > 1:
        yield f"{watch} has more than one live channel"
    if live and not watch.wanted:
        yield f"{watch} is not wanted and has a live channel"
    if not live and watch.state == "active":
        yield f"{watch} is active and has no live channel"


def _knows_its_channels(watch: Watched, live: Sequence[str]) -> Iterator[str]:
    if watch.state == "active":
        yield from (f"{watch} does not know its channel {each}" for each in live if each not in watch.channels)


# --- changes


def a_feed_is_numbered_without_a_gap(watch: Watched, feed: Sequence[Item], first: int = 1) -> Iterator[str]:
    if [int(each["sequence"]) for each in feed] != [*range(first, first + len(feed))]:
        yield f"the feed of {watch} has gaps"


def what_arrived_is_what_the_feed_holds(watch: Watched, arrived: Sequence[Item], feed: Sequence[Item]) -> Iterator[str]:
    """`arrived` holds each id once, in order of its first coming."""
    if [*arrived] != [*feed]:
        yield f"{watch}: what arrived is not what the feed holds"


# --- items


def collection_of(listed: Iterable[Item]) -> Items:
    """What Google lists, as consumers are to know it: without what is no content."""
    return {item["id"]: {name: value for name, value in item.items() if name not in _NO_CONTENT} for item in listed}


def compared(item: Item | None, resource: str) -> Item | None:
    """What two versions of an item are compared by: of an event that may be all that is kept."""
    if item is None or resource != "events":
        return item
    return {name: value for name, value in fingerprint(item).items() if name != "etag"}


def differing(resource: str, known: Items, shown: Items) -> Mapping[str, tuple[Item | None, Item | None]]:
    """The items of which a consumer does not know what Google shows: what it knows of each, and what is shown."""
    both = {each: (known.get(each), shown.get(each)) for each in sorted(known.keys() | shown.keys())}
    return {each: (ours, its) for each, (ours, its) in both.items() if _said(ours, resource) != _said(its, resource)}


def _said(item: Item | None, resource: str) -> Item | None:
    """Of a cancelled exception, that it is one: cancelled without a word it is as it was, where a listing says less."""
    said = compared(item, resource)
    if not said or resource != "events" or said.get("status") != "cancelled":
        return said
    return {name: said.get(name) for name in ("id", "recurringEventId", "status")}


def alike(before: Item, after: Item) -> bool:
    """Whether they say the same, in whatever zone times are spelled."""
    return _in_utc(before) == _in_utc(after)


def _in_utc(item: Item) -> Item:
    return {name: _moment(value) for name, value in item.items() if name not in _NO_CONTENT}


def _moment(value: Any) -> Any:
    if not isinstance(value, Mapping) or "dateTime" not in value:
        return value
    moment = datetime.fromisoformat(value["dateTime"])
    return moment.astimezone(UTC) if moment.tzinfo else value


# --- logs


def no_log_line_tells_a_secret(lines: Iterable[str], secrets: re.Pattern[str]) -> Iterator[str]:
    telling = next(filter(secrets.search, lines), None)
    if telling is not None:
        yield f"a log line tells too much: {telling}"
