"""Reading a small collection: always all of it, compared with what it was. Deletions are what is no longer there."""

from collections.abc import Iterator
from datetime import datetime

from calendar_watch.decisions import next_step, reading
from calendar_watch.model.diff import apply, compare, emptied
from calendar_watch.model.parts import WHOLE
from calendar_watch.model.resources import Item
from calendar_watch.model.snapshot import Items, Snapshot, collect
from calendar_watch.model.watch import Watch
from calendar_watch.ports import Surroundings
from calendar_watch.reconciler.lease import Hold

_CHUNK = 500


class WholeReader:
    def __init__(self, around: Surroundings, hold: Hold):
        self._around = around
        self._hold = hold

    def read(self) -> next_step.Step:
        """Raises GoogleError."""
        started = self._around.clock()
        return self._compare(collect(self._pages()), started)

    def _pages(self) -> Iterator[list[Item]]:
        for page in self._around.calendar.pages(self._hold.watch.order):
            yield page
            self._hold.heartbeat()

    def _compare(self, items: Items, started: datetime) -> next_step.Step:
        watch = self._hold.watch
        new = Snapshot(items, watch.order.resource.fields)
        if watch.item_count is None:
            return self._keep(reading.begun(self._read(watch, new, started), self._around.clock()), new)
        if watch.digest == new.digest:
            return self._hold.write(self._around.store.commit, self._read(watch, new, started))
        [old] = self._around.store.parts(watch.id, [WHOLE])
        return self._report(old, new, started)

    def _report(self, old: Snapshot, new: Snapshot, started: datetime) -> next_step.Step:
        watch, policy, now = self._hold.watch, self._around.policy, self._around.clock()
        if emptied(old.items, new.items) and not watch.brake:
            return self._hold.write(self._around.store.failure, reading.braked(watch, now, policy))
        changes = compare(old, new)
        if len(changes) > _CHUNK:
            common = tuple(field for field in new.fields if field in old.fields)
            part = Snapshot(apply(changes[:_CHUNK], old.items), common)
            return self._keep(reading.partly_read(watch, changes[:_CHUNK], part, now), part)
        return self._keep(self._read(reading.found(watch, changes, now), new, started), new)

    def _read(self, watch: Watch, new: Snapshot, started: datetime) -> Watch:
        return reading.kept(reading.read(watch, started, self._around.policy, self._around.clock()), new)

    def _keep(self, watch: Watch, snapshot: Snapshot) -> next_step.Step:
        return self._hold.write(lambda settled: self._around.store.commit(settled, [snapshot]), watch)
