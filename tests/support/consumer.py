"""What somebody does who consumes changes, as functions/CONSUMING.md says: each number once, and a gap is an error."""

from collections.abc import Callable, Mapping
from typing import Any

from calendar_watch.operations.query import Query

Items = dict[str, Any]
ReadItems = Callable[[str], tuple[Items, int]]

BASELINES = {"calendarwatch.watch.opened.v1", "calendarwatch.watch.resynced.v1"}
_FAR = 500_000
"""Numbers go on a million after the backup's last one. What was told since then makes the jump a little shorter."""


class GapError(Exception):
    pass


def begins_anew(event: Mapping[str, Any]) -> bool:
    """With a baseline: whatever is held is what `items` tell from here on."""
    return event["type"] in BASELINES and "counts" not in event["data"]


def begins_after_restore(event: Mapping[str, Any], last: int) -> bool:
    """The one exception: numbers go on from much higher, with a new baseline, or with the first item of one."""
    anew = begins_anew(event) or event["data"].get("cause") == "baseline"
    return anew and int(event["sequence"]) - last > _FAR


class Consumer:
    """`read_items` gives a collection as last read, and the sequence to go on from."""

    def __init__(self, read_items: ReadItems):
        self.items: dict[str, Items] = {}
        self.arrived: dict[str, Mapping[str, Any]] = {}
        """Each id once, in order of its first coming."""
        self._read_items = read_items
        self._sequences: dict[str, int] = {}

    def take(self, event: Mapping[str, Any]) -> None:
        self._check_identity(event)
        watch, sequence = event["partitionkey"], int(event["sequence"])
        last = self._sequences.get(watch, 0)
        if sequence <= last:
            return
        if sequence != last + 1 and not begins_after_restore(event, last):
            raise GapError(f"{watch} went from {last} to {sequence}")
        self._sequences[watch] = sequence
        if begins_anew(event):
            self.items[watch], self._sequences[watch] = self._read_items(watch)
        if event["data"].get("cause") == "baseline":  # what `items` tell as well, once the baseline is whole
            self.items.setdefault(watch, {})[event["data"]["itemId"]] = event["data"]["after"]
        elif "itemId" in event["data"]:
            self._apply(self.items[watch], event["data"])

    def heard(self, watch_id: str) -> list[Mapping[str, Any]]:
        """What arrived of one watch."""
        return [each for each in self.arrived.values() if each["partitionkey"] == watch_id]

    def _check_identity(self, event: Mapping[str, Any]) -> None:
        """An id never has two contents."""
        assert self.arrived.setdefault(event["id"], event) == event

    @staticmethod
    def _apply(items: Items, change: Mapping[str, Any]) -> None:
        known, before = items.get(change["itemId"]), change["before"]
        assert (known is None) == (before is None), change
        if change["after"] is None:
            del items[change["itemId"]]
        else:
            items[change["itemId"]] = change["after"]


def reading(query: Query) -> ReadItems:
    """All pages; the sequence is that of the first."""

    def read_items(watch_id: str) -> tuple[Items, int]:
        page = query.items(watch_id, "", 1000)
        items, sequence = dict(page.items), page.sequence
        while page.next_token:
            page = query.items(watch_id, page.next_token, 1000)
            items |= page.items
        return items, sequence

    return read_items
