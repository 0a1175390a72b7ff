"""Which series are there, for the exceptions on a page to be seen with."""

from collections.abc import Iterable, Sequence

from calendar_watch.model.collection.index import Indexes, mark_of
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.parts import key_of
from calendar_watch.model.collection.recurrence import is_cancelled, series_of
from calendar_watch.model.resources import Item


def after_series(item: Item) -> tuple[bool, str]:
    """Sorts the items of an increment: a series is told before its exceptions."""
    return bool(series_of(item)), key_of(item)


def named_on(page: Iterable[Item]) -> frozenset[str]:
    """Those of which an instance is off: that is an item for as long as they live."""
    return frozenset(series_of(each) for each in page if is_cancelled(each) and series_of(each))


def alive_on(page: Sequence[Item], indexes: Indexes, earlier: Notes) -> frozenset[str]:
    """Of those, what the page shows alive, and what is stored, unless they are over."""
    own = [each for each in page if not series_of(each)]
    shown = {each["id"] for each in own if not is_cancelled(each)}
    over = {each["id"] for each in own if is_cancelled(each)} | {*earlier.ended}
    return frozenset(
        each for each in named_on(page) if each in shown or (each not in over and indexes.get(mark_of(each)))
    )
