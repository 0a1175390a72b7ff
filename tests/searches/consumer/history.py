"""A watch by itself: some items, everything that was told of them, and whatever may happen to either."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from calendar_watch.errors import AheadError, TooOldError
from calendar_watch.model.change_log import Span
from calendar_watch.operations.query import ChangePage, ItemPage
from tests.searches.consumer.feed import Event

WATCH = "la5mmo4uwwyp7yvyqegmqlxcwrqmwxgw"
_NAMES = "abcdefgh"
_EPOCH = 1_000_000
_OF_ITSELF = ("renewed", "degraded", "suspended", "resumed", "reclassified", "stopped")

Items = dict[str, Any]


@dataclass
class History:
    """Is like a `Query`. Numbers go on by one, but for a restore; `published` is all that Pub/Sub was ever given."""

    held: Items = field(default_factory=dict)
    sequence: int = 0
    published: list[Event] = field(default_factory=list)
    oldest: int = 1
    """From here on the feed is kept."""
    _entries: dict[int, Event] = field(default_factory=dict)
    _moments: list[tuple[int, Items]] = field(default_factory=list)
    """The sequence and all items after each change, in order of time."""
    _backup: tuple[Items, int] | None = None
    _restored: bool = False

    # --- what happens

    def change(self, random: Random) -> None:
        name = random.choice(_NAMES)
        before = self.held.get(name)
        if before and random.random() < 0.4:
            del self.held[name]
            self.tell("acl.deleted", itemId=name, before=before, after=None)
        else:
            self.held[name] = {"id": name, "version": self.sequence + 1}
            kind = "acl.updated" if before else "acl.created"
            self.tell(kind, itemId=name, before=before, after=self.held[name])

    def change_too_much(self, random: Random) -> None:
        """So much that the change tells no more than an outline of it."""
        name = random.choice(_NAMES)
        before = self.held.get(name)
        self.held[name] = {"id": name, "version": self.sequence + 1, "large": True}
        outline = {"id": name, "version": self.sequence + 1}
        kind = "acl.updated" if before else "acl.created"
        self.tell(kind, itemId=name, before=before, after=outline, reduced=["before", "after"])

    def tell_of_itself(self, random: Random) -> None:
        kind = random.choice(_OF_ITSELF)
        self.tell(f"watch.{kind}", state="active")

    def resync(self) -> None:
        """Whatever differed was told before."""
        self.tell("watch.resynced", counts={"created": 0, "updated": 0, "deleted": 0})

    def begin_anew(self, random: Random) -> None:
        """A baseline; nobody is told what differs."""
        for name in _NAMES:
            self._become(name, random)
        self.tell("watch.resynced" if self.sequence else "watch.opened", itemCount=len(self.held))

    def begin_anew_in_the_stream(self, random: Random) -> None:
        """A baseline that tells each item; what is not told is gone."""
        first, so_far = self.sequence + 1, dict(self.held)
        for name in _NAMES:
            self._become(name, random)
        for name, item in sorted(self.held.items()):
            so_far[name] = item
            self._moments.append((self.sequence + 1, dict(so_far)))
            self.tell("acl.known", itemId=name, before=None, after=item, cause="baseline")
        self.tell("watch.resynced" if first > 1 else "watch.opened", itemCount=len(self.held), baselineFrom=first)

    def forget(self, random: Random) -> None:
        """The feed reaches back less far, or to nothing."""
        self.oldest = random.randint(self.oldest, self.sequence + 1)

    def back_up(self) -> None:
        self._backup = dict(self.held), self.sequence

    def restore(self) -> None:
        """What was told since the backup never was."""
        if self._backup:
            self.held, self.sequence = self._backup
            self._backup, self._restored = None, True
            self._moments.append((self.sequence, dict(self.held)))

    def tell_of_a_restore(self) -> None:
        """Where there was one: numbers go on a million higher, and the feed begins there."""
        if self._restored:
            self._restored = False
            self.sequence += _EPOCH - 1
            self.oldest = self.sequence + 1
            self.tell("watch.resynced", itemCount=len(self.held))

    def _become(self, name: str, random: Random) -> None:
        self.held.pop(name, None)
        if random.random() < 0.6:
            self.held[name] = {"id": name, "version": self.sequence, "new": random.random()}

    def tell(self, kind: str, **data: Any) -> None:
        self.sequence += 1
        event = {
            "id": f"{WATCH}.{self.sequence}",
            "type": f"calendarwatch.{kind}.v1",
            "partitionkey": WATCH,
            "sequence": f"{self.sequence:020d}",
            "data": {"watch": {"id": WATCH, "resource": "acl"}, **data},
        }
        self._entries[self.sequence] = event
        self._moments.append((self.sequence, dict(self.held)))
        self.published.append(event)

    # --- what was true

    def never_so(self, sequence: int, copy: Mapping[str, Any]) -> list[str]:
        """Items of a copy of that sequence that were so neither then nor later: a page may be newer than its number."""
        since = [items for _, items in self._moments[self._first(sequence) :]]
        return [name for name in _NAMES if copy.get(name) not in [items.get(name) for items in since]]

    def _first(self, sequence: int) -> int:
        return next(place for place, (number, _) in enumerate(self._moments) if number == sequence)

    # --- what is asked

    def items(self, _watch: str, after: str, limit: int) -> ItemPage:
        names = [name for name in sorted(self.held) if name > after]
        page = {name: self.held[name] for name in names[:limit]}
        return ItemPage(page, self.sequence, [*page][-1] if len(names) > limit else None)

    def changes(self, _watch: str, span: Span, limit: int) -> ChangePage:
        if span.after > self.sequence:
            raise AheadError(self.sequence)
        if span.after + 1 < self.oldest:
            raise TooOldError(self.oldest)
        page = [self._entries[each] for each in range(span.after + 1, self.sequence + 1)][:limit]
        return ChangePage(page, span.after + len(page), complete=False)


def acts(history: History, random: Random) -> dict[Callable[[], None], int]:
    """What may happen, and how often."""
    return {
        lambda: history.change(random): 20,
        lambda: history.change_too_much(random): 1,
        lambda: history.tell_of_itself(random): 4,
        history.resync: 1,
        lambda: history.begin_anew(random): 1,
        lambda: history.begin_anew_in_the_stream(random): 1,
        lambda: history.forget(random): 1,
        history.back_up: 1,
        history.restore: 1,
    }
