"""Copies in this process alone: for tests, and for whoever starts anew with each process."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from .change import Change, Item
from .sink import ChangedMeanwhileError, Head, Step


@dataclass(slots=True)
class Copy:
    head: Head
    items: dict[str, Item] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    """By item, of the step that wrote it last."""


class MemorySink:
    def __init__(self) -> None:
        self.copies: dict[str, Copy] = {}
        self._lock = threading.Lock()

    def read(self, watch: str) -> Head:
        return self.copies[watch].head if watch in self.copies else Head(watch)

    def write(self, head: Head, step: Step) -> Head:
        with self._lock:
            copy = self.copies.setdefault(head.watch, Copy(Head(head.watch)))
            if copy.head.version != head.version:
                raise ChangedMeanwhileError(head.watch)
            copy.head = Head(head.watch, step.sequence, step.page, (head.version or 0) + 1)
            for name, item in step.items.items():
                _put(copy, name, item)
            self.also(step.changes)
            return copy.head

    def others(self, watch: str, sequence: int) -> Collection[str]:
        kept = self.copies[watch].sequences if watch in self.copies else {}
        return [name for name, at in kept.items() if at != sequence]

    def also(self, changes: Sequence[Change]) -> None:
        """Do more with each change, once: override it. It must not fail."""


def _put(copy: Copy, name: str, item: Item | None) -> None:
    copy.items.pop(name, None)
    copy.sequences.pop(name, None)
    if item is not None:
        copy.items[name], copy.sequences[name] = item, copy.head.sequence
