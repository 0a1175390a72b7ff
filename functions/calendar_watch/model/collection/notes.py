"""What a listing has shown so far, as far as its end must know: kept beside the snapshot while it has more pages."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import islice
from typing import Self, TypeVar

from calendar_watch.model.collection.index import Mark
from calendar_watch.model.resources import Item

_Value = TypeVar("_Value")

_MOST_MARKS = 20_000
_LARGEST = 300_000


@dataclass(frozen=True, slots=True)
class Notes:
    shown: frozenset[Mark] = frozenset()
    """Everything that is there by this listing."""
    over: Mapping[str, str | None] = field(default_factory=dict)
    """Events, none of them an exception, that it shows as deleted, and when they were; None: alive after all."""
    waiting: Mapping[str, Item | None] = field(default_factory=dict)
    """Cancelled events of which only the end can say whether they are there; None: alive after all."""
    told: frozenset[Mark] = frozenset()
    """Of an audit: what increments have told of since it began. It counts as shown."""
    loose: bool = False
    """Cancelled exceptions were taken in whose series nobody has seen yet."""
    name: str = ""

    @property
    def ended(self) -> Iterator[str]:
        return (each for each, when in self.over.items() if when is not None)

    @property
    def undecided(self) -> dict[str, Item]:
        return {each: item for each, item in self.waiting.items() if item is not None}

    def updated(self, item_id: str) -> str | None:
        """Of a deleted event that it has shown, when that was; None: it has shown none."""
        waiting = self.waiting.get(item_id)
        return str(waiting.get("updated", "")) if waiting else self.over.get(item_id)

    def with_more(self, later: Self) -> Self:
        return replace(
            self,
            shown=self.shown | later.shown | later.told,
            told=self.told | later.told,
            over={**self.over, **later.over},
            waiting={**self.waiting, **later.waiting},
            loose=self.loose or later.loose,
        )

    def pieces(self, prefix: str, first: int) -> "Sequence[Notes]":
        """As many documents as they fill, named onward from `first`."""
        return [replace(each, name=f"{prefix}{first + number:05}") for number, each in enumerate(self._pieces())]

    def _pieces(self) -> "Iterator[Notes]":
        yield from (Notes(shown=frozenset(each), loose=self.loose) for each in _batches(self.shown))
        yield from (Notes(over=each) for each in _portions(self.over))
        yield from (Notes(waiting=each) for each in _portions(self.waiting))


def joined(notes: Iterable[Notes]) -> Notes:
    """Of several documents, in order."""
    return reduce(Notes.with_more, notes, Notes())


def _batches(marks: frozenset[Mark]) -> Iterator[list[Mark]]:
    left = iter(sorted(marks))
    while batch := list(islice(left, _MOST_MARKS)):
        yield batch


def _portions(values: Mapping[str, _Value]) -> Iterator[dict[str, _Value]]:
    portion: dict[str, _Value] = {}
    room = _LARGEST
    for name, value in values.items():
        portion[name] = value
        room -= len(name) + len(json.dumps(value))
        if room < 0:
            yield portion
            portion, room = {}, _LARGEST
    if portion:
        yield portion
