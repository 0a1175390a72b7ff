"""One calendar of events, of which Google lists whatever a test says, cut into pages as the test says."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, Self

from calendar_watch.decisions import registration
from calendar_watch.errors import GoogleError, ItemGoneError, ListingTokenRefusedError, RefusedError
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.collection.snapshot import content
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.listing import Page
from calendar_watch.model.resources import Item
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import ChangeEvent, Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reasons import Reason
from calendar_watch.reconciler.reconcile import reconcile
from tests.doubles.memory_store import MemoryFirestore, MemoryStore
from tests.support.aside import WhenAsked
from tests.support.world import ALICES_EVENTS, SECONDS, START, policy_of

Pages = Sequence[Sequence[Item]]
REFUSED = ListingTokenRefusedError("the token is invalid")


@dataclass
class ScriptedCalendar:
    """Implements `ports.Calendar`. Nothing can be watched, so everything is read on a timer."""

    whole: Pages = ([],)
    increment: Pages = ([],)
    single: Mapping[str, Item] = field(default_factory=dict)
    """What there is, if one asks for it by id."""
    next_token: str = "sync"  # noqa: S105 (not a password)
    stale: str = ""
    """A sync token that is refused."""
    failures: list[tuple[str, GoogleError]] = field(default_factory=list)
    """What the next calls to such a page are answered with: "whole", "increment", "whole 2"."""
    calls: list[tuple[str, int]] = field(default_factory=list)
    before: Callable[[str], object] = lambda _: None

    def watch(self, _target: Target, _channel: Channel, _token: str, _ttl: int) -> Opening:
        raise RefusedError(Reason.PUSH_NOT_SUPPORTED, "no")

    def stop(self, _target: Target, _channel: Channel) -> None:
        raise AssertionError

    def pages(self, _target: Target, _first: Page) -> Iterator[list[Item]]:
        raise AssertionError

    def page(self, _target: Target, page_token: str, sync_token: str = "", size: int = 0) -> Page:
        what, number = ("increment" if sync_token else "whole"), int(page_token or 1)
        name = what if number == 1 else f"{what} {number}"
        self.before(name)
        self.calls.append((name, size))
        for failure in self.failures:
            if failure[0] == name:
                self.failures.remove(failure)
                raise failure[1]
        if sync_token and sync_token == self.stale:
            raise REFUSED
        pages = self.increment if sync_token else self.whole
        more = number < len(pages)
        return Page(pages[number - 1], str(number + 1) if more else "", "" if more else self.next_token)

    def within(self, _seconds: float) -> Self:
        return self

    def get(self, _target: Target, item_id: str) -> Item:
        self.before(f"get {item_id}")
        self.calls.append((f"get {item_id}", 0))
        if item_id not in self.single:
            raise ItemGoneError("no such event")
        return self.single[item_id]

    def asked(self, name: str) -> int:
        return sum(each == name for each, _ in self.calls)


class _Nobody:
    def publish(self, entries: Sequence[ChangeEvent]) -> None:
        raise AssertionError(entries)


class Life:
    """A watch of it, in memory and in virtual time."""

    def __init__(
        self,
        google: ScriptedCalendar,
        target: Target = ALICES_EVENTS,
        options: Options | None = None,
        store: MemoryStore | None = None,
        **policy: Any,
    ):
        self.now = START
        self.google = google
        self.target = target
        numbers = count()
        policy = {"whole_events": True, "audit": timedelta(0), **policy}
        self.store = store or MemoryStore(MemoryFirestore(), timedelta(days=30))
        self.services = Services(
            store=self.store,
            calendar=google,
            publisher=_Nobody(),
            tokens=ChannelTokens(["k" * 32]),
            policy=policy_of(**policy),
            clock=lambda: self.now,
            new_id=lambda: str(next(numbers)),
            jitter=lambda: 0.5,
            aside=WhenAsked(),
            terminating=lambda: False,
        )
        self.store.write(Write(WriteKind.CREATE, registration.created(target, options or Options(), self.now)))
        self.go_on()

    @property
    def watch(self) -> Watch:
        return self.store.get(self.target.id)

    def go_on(self) -> None:
        """To the next moment at which anything is due, and what is done then."""
        due = self.watch.schedule.due_at
        assert due
        self.now = max(self.now, due)
        reconcile(self.services, self.target.id, Deadline.after(self.now, SECONDS))

    def run(self, span: timedelta) -> None:
        end = self.now + span
        while (due := self.watch.schedule.due_at) and max(due, self.now) <= end:
            self.go_on()
            self.now += timedelta(milliseconds=1)
        self.now = end

    def make_due(self) -> None:
        """As a message would, while somebody holds the watch."""
        self.store.write(Write(WriteKind.RESUME, self.watch.with_reading(read_at=self.now)))

    def read(self) -> None:
        """Until a reading has come to its end."""
        before = self.watch.reading.last_sync
        for _ in range(60):
            self.go_on()
            if self.watch.reading.last_sync != before:
                return
        raise AssertionError(self.watch)

    @property
    def items(self) -> dict[str, Item]:
        return {each: item for part in self.store.parts(self.target.id, self.watch.reading.parts)
                for each, item in part.items.items()}  # fmt: skip

    def entries(self, after: int = 0) -> list[ChangeEvent]:
        return list(self.store.entries(self.target.id, after, 100_000))

    def told(self, after: int = 0) -> list[tuple[str, str]]:
        return [(each["type"].split(".")[2], each["subject"]) for each in self.entries(after) if "subject" in each]

    def changes(self, after: int = 0) -> list[dict[str, Any]]:
        return [each["data"] for each in self.entries(after) if "subject" in each]


def net(changes: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Any, Any]]:
    """What is left of changes of the same items in a row: the first before and the last after."""
    found: dict[str, tuple[Any, Any]] = {}
    for each in changes:
        first = found[each["itemId"]][0] if each["itemId"] in found else each["before"]
        found[each["itemId"]] = first, each["after"]
    return {each: change for each, change in found.items() if change[0] != change[1]}


def difference(old: Mapping[str, Item], new: Mapping[str, Item]) -> dict[str, tuple[Any, Any]]:
    """As `net`, of two collections."""
    ids = old.keys() | new.keys()
    pairs = {each: tuple(items[each] and content(items[each]) if each in items else None for items in (old, new))
             for each in ids}  # fmt: skip
    return {each: (pair[0], pair[1]) for each, pair in pairs.items() if pair[0] != pair[1]}
