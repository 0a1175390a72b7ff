"""What the reconciler reaches, as cheaply as can be: values instead of documents. It counts, and time passes.

Whatever is asked of Firestore, Google Calendar or Pub/Sub is tallied in `spent`, and moves the clock.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import Self

from calendar_watch.calendar_api.calls import WAITS
from calendar_watch.errors import ItemGoneError, TryLaterError
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.collection.index import Index, Indexes
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.listing import Page
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.resources import Item
from calendar_watch.model.shard import shard_of
from calendar_watch.model.target import Target
from calendar_watch.model.watch import ChangeEvent, Watch
from calendar_watch.model.write import Write
from tests.tools.scale.assumptions import Assumptions, seconds

BEGINNING = datetime(2026, 11, 23, tzinfo=UTC)
"""Second zero: a Monday's midnight."""
_CHANGING = "changing"
_OTHERS = tuple({"id": f"other{n}", "status": "confirmed", "updated": "2026-11-01T00:00:00Z"} for n in range(2))
"""Of each collection: how large it is, costs nothing as long as it is one page."""


@dataclass
class Clock:
    random: Random
    at: float = 0.0
    spent: Counter[str] = field(default_factory=Counter)

    def now(self) -> datetime:
        return BEGINNING + seconds(self.at)

    def pass_by(self, span: float) -> None:
        self.at += span

    def wait_for(self, usual: float) -> None:
        """An answer that takes so long on average."""
        self.at += around(usual, self.random)


def around(usual: float, random: Random) -> float:
    """Half of it for certain, the rest by chance: one in a hundred takes nearly three times as long."""
    return usual * (0.5 + random.expovariate(2))


def second_of(moment: datetime) -> float:
    return (moment - BEGINNING).total_seconds()


class Books:
    """Firestore, of the methods that reconciling needs; one worker at a time, so that nothing is in conflict."""

    def __init__(self, clock: Clock, rpc: float):
        self.watches: dict[str, Watch] = {}
        self.news: dict[str, dict[str, PendingNotification]] = {}
        self.snapshots: dict[tuple[str, str], Snapshot] = {}
        self.common: dict[tuple[str, str], Snapshot] = {}
        """Of all watches of a resource that have not written one of their own."""
        self._clock = clock
        self._rpc = rpc
        self._versions = count(1)

    def _asked(self, reads: int = 0, writes: int = 0, deletes: int = 0) -> None:
        self._clock.wait_for(self._rpc)
        self._clock.spent.update(rpcs=1, reads=reads, writes=writes, deletes=deletes)

    def put(self, notification: PendingNotification) -> bool:
        """Of `notifications`: a refused create is counted as a write as well."""
        self._asked(writes=1)
        self._clock.spent["commits"] += 1
        waiting = self.news.setdefault(notification.watch_id, {})
        fresh = notification.channel_id not in waiting
        waiting.setdefault(notification.channel_id, notification)
        return fresh

    def write(self, write: Write) -> Watch:
        entries = len(write.watch.log.pending)
        along = entries + len(write.parts) + len(write.notes) + len(write.children)
        self._asked(writes=1 + along, deletes=len(write.notifications) + len(write.gone))
        self._clock.spent.update(commits=1, index_writes=1, entries=entries)
        written = replace(write.watch, version=next(self._versions)).with_log(pending=())
        self.watches[written.id] = written
        for each in write.notifications:
            self.news[written.id].pop(each.channel_id, None)
        for part in write.parts:
            self.snapshots[written.id, part.name] = part
        return written

    def get(self, watch_id: str) -> Watch:
        self._asked(reads=1)
        return self.watches[watch_id]

    def look(self, watch_id: str) -> tuple[Watch, Sequence[PendingNotification]]:
        return self.get(watch_id), self.notifications(watch_id)

    def notifications(self, watch_id: str) -> Sequence[PendingNotification]:
        waiting = list(self.news.get(watch_id, {}).values())
        self._asked(reads=max(1, len(waiting)))
        return waiting

    def parts(self, watch_id: str, names: Iterable[str]) -> Sequence[Snapshot]:
        return [self._part(watch_id, name) for name in self._named(names)]

    def indexes(self, watch_id: str, names: Iterable[str]) -> Indexes:
        return Indexes({name: Index.of(self._part(watch_id, name).items) for name in self._named(names)})

    def notes(self, _watch_id: str, names: Iterable[str]) -> Sequence[Notes]:
        self._named(names)
        return []

    def entries(self, watch_id: str, _after: int, _limit: int) -> Sequence[ChangeEvent]:
        raise NotImplementedError(f"{watch_id}: nobody dies here, so that whoever wrote an entry remembers it")

    def _named(self, names: Iterable[str]) -> list[str]:
        wanted = list(names)
        self._asked(reads=len(wanted))
        return wanted

    def _part(self, watch_id: str, name: str) -> Snapshot:
        found = self.snapshots.get((watch_id, name))
        return found or self.common.get((self.watches[watch_id].target.resource.name, name)) or Snapshot({}, ())


@dataclass
class Google:
    """Calendar. Of each collection one item changes: its version is the sync token; each `deletions`-th ends it."""

    clock: Clock
    assumed: Assumptions
    away: bool = False
    versions: Counter[str] = field(default_factory=Counter)
    opened: list[Channel] = field(default_factory=list)
    """Since somebody last looked."""

    def within(self, _seconds: float) -> Self:
        return self

    def watch(self, _target: Target, channel: Channel, _token: str, ttl: int) -> Opening:
        self._called("watch", self.assumed.watch_call, tries=1)
        self.opened.append(channel)
        return Opening("r", "uri", self.clock.now() + seconds(min(ttl, self.assumed.lifetime)))

    def stop(self, _target: Target, _channel: Channel) -> None:
        self._called("stop", self.assumed.list_call)

    def pages(self, _target: Target, first: Page) -> Iterator[list[Item]]:
        yield [*first.items]

    def page(self, target: Target, _page_token: str, sync_token: str = "", _size: int = 0) -> Page:
        self._called("list", self.assumed.list_call)
        now = str(self.versions[target.id])
        if not sync_token:
            return Page(list(self._items(target.id)), sync_token=now)
        return Page([self._changed(target.id)] if sync_token != now else [], sync_token=now)

    def get(self, target: Target, item_id: str) -> Item:
        self._called("get", self.assumed.list_call)
        for each in self._items(target.id):
            if each["id"] == item_id:
                return each
        raise ItemGoneError("gone")

    def _called(self, kind: str, took: float, tries: int = 1 + len(WAITS)) -> None:
        """What reads, and what stops, is tried again within the call."""
        made = tries if self.away else 1
        self.clock.spent[kind] += made
        self.clock.wait_for(took * made)
        if self.away:
            raise TryLaterError("away").with_answer(503, "backendError")

    def _items(self, watch_id: str) -> Iterator[Item]:
        yield from _OTHERS
        changed = self._changed(watch_id)
        if changed["status"] != "cancelled":
            yield changed

    def _head_start(self, watch_id: str) -> int:
        """So that some begin with a deletion, though most are changed but once a month; none as deleted."""
        return shard_of(watch_id) % (self.assumed.deletions - 1)

    def _changed(self, watch_id: str) -> Item:
        version, deletions = self.versions[watch_id], self.assumed.deletions
        gone = (version + self._head_start(watch_id)) % deletions == deletions - 1
        status = "cancelled" if gone else "confirmed"
        updated = f"2026-11-02T00:00:00.{version:06}Z"
        content = {"role": f"{version}", "summary": f"{version}"}
        return {"id": _CHANGING, "etag": f"{version}", "status": status, "updated": updated, **content}


@dataclass
class Topic:
    """Pub/Sub, as it takes changes."""

    clock: Clock
    took: float
    told: list[tuple[str, float]] = field(default_factory=list)
    """Which watch's changes have gone out, and when, since somebody last looked."""

    def publish(self, entries: Sequence[ChangeEvent]) -> None:
        self.clock.wait_for(self.took)
        self.clock.spent.update(publishes=1, messages=len(entries))
        self.told += ((each["partitionkey"], self.clock.at) for each in entries if "itemId" in each["data"])
