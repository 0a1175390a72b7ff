"""What follows from a listing once all of it has been seen: what is missing, and what ends with its series.

An exception ends with the series that it has by then, unless this very listing showed it alive.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from calendar_watch.decisions.listing.absences import MOST_ASKED
from calendar_watch.decisions.listing.merge import Keep, Merged, merged
from calendar_watch.decisions.listing.portions import Outcome, affordable
from calendar_watch.model.collection.index import NO_SERIES, Entry, Indexes, Mark, mark_of
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.parts import lies_in
from calendar_watch.model.collection.recurrence import as_listed, is_cancelled, series_of
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.resources import Item


@dataclass(frozen=True, slots=True)
class Ending:
    """`indexes` are of the snapshot before any of this is done."""

    notes: Notes
    indexes: Indexes
    whole: bool
    missing: frozenset[Mark] = frozenset()
    found: Mapping[str, Item] = field(default_factory=dict)
    """What Google said of events that nobody knew of, and that it showed as cancelled without a word."""
    alive: frozenset[Mark] = frozenset()
    """Series of which it said that they are there, though this listing does not show them yet."""
    silent: frozenset[Mark] = frozenset()
    """Series of which it did not say whether they are there. Everything is listed next: that decides."""

    @property
    def bare(self) -> list[str]:
        """Cancelled without a word."""
        return [each for each, item in self.notes.undecided.items() if not series_of(item)]

    def lives(self, series: Mark) -> bool:
        return series in self.alive or (series not in self.missing and self.indexes.get(series) is not None)

    @property
    def over(self) -> frozenset[Mark]:
        """Series that ended by this listing."""
        ended = frozenset(mark for mark in map(mark_of, self.notes.ended) if not self.lives(mark))
        return ended | frozenset(each for each in self.missing if not _is_exception(self.indexes.get(each)))

    @property
    def touched(self) -> list[str]:
        """The parts in which something may have to be done."""
        over, marks = self.over, {*self.missing, *map(mark_of, self.notes.undecided)}
        directly = set(map(self.indexes.part_name_of, marks))
        return [
            name
            for name, index in self.indexes.by_part.items()
            if name in directly or any(self._concerns(entry, over) for entry in index)
        ]

    def _concerns(self, entry: Entry, over: Collection[Mark]) -> bool:
        orphaned = self.whole and _is_exception(entry) and not self.lives(entry.series)
        return orphaned or entry.series in over


def unseen(indexes: Indexes, notes: Notes) -> frozenset[Mark]:
    """What a whole listing did not show."""
    return frozenset(entry.mark for entry in indexes if entry.mark not in notes.shown)


def roots(ending: Ending) -> tuple[list[Mark], list[Mark]]:
    """Of what is missing, what nothing else explains: events that Google shows one by one, and exceptions."""
    explained = {*ending.over, *ending.missing}
    found = map(ending.indexes.get, sorted(ending.missing))
    entries = [each for each in found if each and each.series not in explained]
    alone = [entry.mark for entry in entries if not _is_exception(entry)]
    return alone, [entry.mark for entry in entries if _is_exception(entry)]


def _is_exception(entry: Entry | None) -> bool:
    return entry is not None and entry.series != NO_SERIES


def ended(part: Snapshot, ending: Ending, keep: Keep, labels: Mapping[str, str]) -> Merged:
    """The part after the end of a listing, as far as one write goes: repeated, it comes to its end."""
    outcomes = affordable(_outcomes(part, ending, keep), part.items, labels)
    return merged(part, outcomes, keep)


def _outcomes(part: Snapshot, ending: Ending, keep: Keep) -> Iterator[Outcome]:
    """Only what changes by it."""
    undecided, over = ending.notes.undecided, ending.over
    for each, item in part.items.items():
        if each not in undecided and _is_gone(item, ending, over):
            yield each, None
    for each, tombstone in undecided.items():
        held = part.items.get(each)
        after = _decided(tombstone, held or ending.found.get(each), ending)
        if (after and keep(after)) != held and lies_in(part.name, each):
            yield each, after


def _is_gone(item: Item, ending: Ending, over: Collection[Mark]) -> bool:
    mark, series = mark_of(item["id"]), mark_of(series_of(item))
    if mark in ending.missing:
        return True
    if not series_of(item):
        return False
    if series in over:
        return is_cancelled(item) or mark not in ending.notes.shown
    return ending.whole and is_cancelled(item) and not ending.lives(series)


def _decided(tombstone: Item, known: Item | None, ending: Ending) -> Item | None:
    """A cancelled exception is there for as long as its series; bare, it is as it was, but cancelled."""
    series = series_of(tombstone) or series_of(known or {})
    if mark_of(series) in ending.silent:
        return known
    if not series or not ending.lives(mark_of(series)):
        return None
    return tombstone if series_of(tombstone) else {**(known or {}), "status": "cancelled"}


def nameless(ending: Ending) -> list[Mark]:
    """Of each series that is not held, as an increment skipped it, one exception that is, cancelled without a word."""
    bare, over = [] if ending.whole else ending.bare, ending.over
    entries = (ending.indexes.get(mark_of(each)) for each in bare)
    orphaned = {each.series: each.mark for each in entries if each and _is_exception(each)}
    return [mark for series, mark in orphaned.items() if series not in over and not ending.lives(series)]


def unknown(ending: Ending, held: Iterable[Item]) -> list[str]:
    """What Google is asked about: cancelled without a word and not held, and series that are named and not held.

    A series that is split while it is listed comes with the next listing, its exceptions with this one. Of what is
    nameless, only what is `held` names the series. What a whole listing shows besides what is held may be there for
    good, of series that never are: it is told once its series comes, and nobody asks day by day.
    """
    over, cancelled = ending.over, ending.notes.undecided.items()
    undecided = [item for each, item in cancelled if not ending.whole or _holds(ending, each)]
    series = {series_of(item) for item in [*undecided, *held]} - {""}
    named = [*ending.bare, *sorted(each for each in series if mark_of(each) not in over)]
    asked = [each for each in named if not _holds(ending, each)]
    return asked[:MOST_ASKED] if ending.whole else asked


def _holds(ending: Ending, item_id: str) -> bool:
    return ending.indexes.get(mark_of(item_id)) is not None


def with_found(ending: Ending, found: Mapping[str, Item]) -> Ending:
    """Only a cancelled exception is there all the same; what Google shows alive, its listings show as well."""
    off = {each: as_listed(item) for each, item in found.items() if is_cancelled(item) and series_of(item)}
    alive = frozenset(mark_of(each) for each, item in found.items() if not is_cancelled(item) and "recurrence" in item)
    return replace(ending, found=off, alive=alive)


def without_answer(ending: Ending, asked: Iterable[str]) -> Ending:
    """What is cancelled of a series that was asked for stays as it is held."""
    silent = frozenset(mark_of(each) for each in asked if each not in ending.notes.undecided)
    return replace(ending, silent=silent)
