"""A calendar of 300,000 events, in memory and in virtual time: its baseline, one change, one audit."""

import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from calendar_watch.errors import ItemGoneError
from calendar_watch.model.listing import Page
from calendar_watch.model.resources import Item
from calendar_watch.model.target import Target
from tests.support.measured import MeasuredFirestore, MeasuredStore
from tests.support.scripted_listing import Life, ScriptedCalendar
from tests.tools.bench.row import Row, at_most

EVENTS = 300_000
_PAGE = 2_500
_LARGEST = 8 * 1024 * 1024
_MEBIBYTE = 1024 * 1024


def event(number: int, version: int = 1) -> Item:
    """As Google lists them, in no order of ours; about 1 kB."""
    moment = f"2026-{1 + number % 12:02}-{1 + number % 28:02}T{number % 24:02}"
    return {
        "kind": "calendar#event",
        "etag": f'"3{number:014}{version:02}"',
        "id": f"{number * 7919 % 10**12:012x}{number:014x}",
        "status": "confirmed",
        "htmlLink": f"https://www.google.com/calendar/event?eid={number:060x}",
        "created": f"{moment}:00:00.000Z",
        "updated": f"{moment}:{version % 60:02}:00.000Z",
        "summary": f"Meeting {number} with the people of project {number % 977}",
        "description": f"Agenda of {number}: what was done, what is next, what is in the way. " * 3,
        "location": f"Room {number % 300}",
        "creator": {"email": "alice@example.com", "self": True},
        "organizer": {"email": "alice@example.com", "self": True},
        "start": {"dateTime": f"{moment}:00:00+01:00", "timeZone": "Europe/Vienna"},
        "end": {"dateTime": f"{moment}:30:00+01:00", "timeZone": "Europe/Vienna"},
        "iCalUID": f"{number:020x}@google.com",
        "sequence": version,
        "attendees": [{"email": f"user{(number + each) % 999}@example.com"} for each in range(4)],
        "reminders": {"useDefault": True},
        "eventType": "default",
    }


@dataclass
class LargeCalendar(ScriptedCalendar):
    """Makes a page when it is asked for, so that it takes no memory itself."""

    count: int = EVENTS
    changed: dict[int, int] = field(default_factory=dict)
    """Versions of those that changed."""

    def page(self, _target: Target, page_token: str, sync_token: str = "", size: int = 0) -> Page:
        self.calls.append(("increment" if sync_token else "whole", size))
        if sync_token:
            return Page([event(each, version) for each, version in self.changed.items()], "", self.next_token)
        first = int(page_token or 0)
        last = min(first + (size or _PAGE), self.count)
        items = [event(each, self.changed.get(each, 1)) for each in range(first, last)]
        return Page(items, "" if last == self.count else str(last), self.next_token if last == self.count else "")

    def get(self, _target: Target, item_id: str) -> Item:
        raise ItemGoneError(item_id)


@dataclass(frozen=True, slots=True)
class Spent:
    seconds: float
    peak: float
    calls: int
    reads: int
    writes: int
    written: int
    commits: int
    largest: int

    def __str__(self) -> str:
        return (
            f"{self.seconds:.1f} s of CPU, {self.peak:.0f} MiB, {self.calls} calls, {self.reads:,} reads, "
            f"{self.writes:,} writes, {self.written / _MEBIBYTE:.1f} MiB in {self.commits} commits"
        )


class Large:
    def __init__(self, count: int = EVENTS, **policy: Any):
        self.google = LargeCalendar(count=count)
        self.database = MeasuredFirestore()
        self.store = MeasuredStore(self.database, timedelta(days=30))
        self._policy = {"whole_events": False, "audit": timedelta(days=1), "settle": timedelta(0), **policy}
        self.life: Life | None = None

    def baseline(self) -> Spent:
        return self._spent(self._begin)

    def _begin(self) -> None:
        self.life = Life(self.google, store=self.store, **self._policy)
        while not self.life.watch.reading.sync_token:
            self.life.go_on()

    def change(self) -> Spent:
        self.google.changed[self.google.count // 2] = 2
        return self._spent(self._until(lambda: self.google.asked("increment")))

    def audit(self) -> Spent:
        """It finds one that the increments skipped."""
        self.google.changed = {7: 3}
        life = self._life
        life.now += timedelta(days=1)
        return self._spent(self._until(lambda: life.watch.reading.audit.at))

    @property
    def _life(self) -> Life:
        assert self.life
        return self.life

    def _until(self, mark: Callable[[], object]) -> Callable[[], None]:
        def act() -> None:
            before = mark()
            while mark() == before or self._life.watch.reading.audit.listing:
                self._life.go_on()

        return act

    def _spent(self, act: Callable[[], None]) -> Spent:
        calls, reads, commits = len(self.google.calls), self.store.reads, len(self.database.commits)
        _forget_peak()
        began = time.process_time()
        act()
        done = self.database.commits[commits:]
        return Spent(
            seconds=time.process_time() - began,
            peak=_peak(),
            calls=len(self.google.calls) - calls,
            reads=self.store.reads - reads,
            writes=sum(each.documents for each in done),
            written=sum(each.size for each in done),
            commits=len(done),
            largest=max(each.size for each in done),
        )


def _forget_peak() -> None:
    """Linux then counts VmHWM anew."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """The most memory since then, in MiB: with the database in it."""
    found = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(found[0].split()[1]) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure() -> Iterator[Row]:
    large = Large()
    for name, act in (("baseline", large.baseline), ("one change", large.change), ("one audit", large.audit)):
        spent = act()
        yield Row(f"{EVENTS:,} events: {name}", str(spent))
        yield at_most("  its largest commit", spent.largest / _MEBIBYTE, _LARGEST / _MEBIBYTE, "{:.2f} MiB")
    stored = sum(each.size for each in large.database.commits)
    yield Row("  all of it", f"{stored / _MEBIBYTE:.0f} MiB written, {len(large._life.watch.reading.parts)} parts")  # noqa: SLF001 (a bench may look)
