"""What copies are kept in: one is read, and moved on in steps that happen whole or not at all."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from .change import Change, Item

_Entry = TypeVar("_Entry")
_MOST, _HEAVIEST = 400, 4_000_000
"""Items and bytes of a step. Firestore takes 10 MiB a request: https://firebase.google.com/docs/firestore/quotas."""


class ChangedMeanwhileError(Exception):
    """Somebody else has moved the copy on. Nothing was written: read it again."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a copy is. While its items are read anew, `page` is what comes next ("": the first); None: it is whole."""

    watch: str
    sequence: int = 0
    """Of the last change that is in it; 0: there is no copy yet."""
    page: str | None = None
    version: Any = None
    """What the sink knows this very state by; None: it was never written."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is written together: where the copy is then, what became of items (None: gone), and what told so."""

    sequence: int
    page: str | None
    items: Mapping[str, Item | None]
    changes: Sequence[Change] = ()
    """None when it was not changes that told so, but the items themselves."""


class Sink(Protocol):
    def read(self, watch: str) -> Head: ...

    def write(self, head: Head, step: Step) -> Head:
        """All of it or nothing. Raises ChangedMeanwhileError where the copy is no longer as `head` says.

        Whoever gets no answer reads to see which it was. Each item is kept with the sequence of its last step.
        """
        ...

    def others(self, watch: str, sequence: int) -> Collection[str]:
        """Ids of the items that are kept with another sequence than this one."""
        ...


def text_of(item: Item) -> str:
    """JSON, letters as they are; half a character, which no database takes, as the escape that JSON has for it."""
    return json.dumps(item, ensure_ascii=False).encode(errors="backslashreplace").decode()


def pieces(entries: Iterable[_Entry], item_of: Callable[[_Entry], Item | None]) -> Iterator[list[_Entry]]:
    """In order, as many as fit into one step each."""
    piece: list[_Entry] = []
    weight = 0
    for entry in entries:
        item = item_of(entry)
        more = len(text_of(item).encode()) if item else 0
        if piece and (len(piece) == _MOST or weight + more > _HEAVIEST):
            yield piece
            piece, weight = [], 0
        piece.append(entry)
        weight += more
    if piece:
        yield piece
