"""Reading a small collection: always all of it, compared with what it was. Deletions are what is no longer there."""

from collections.abc import Iterator
from datetime import datetime

from calendar_watch.decisions import deletions, next_step, reading
from calendar_watch.model.diff import Change, apply, compare
from calendar_watch.model.parts import WHOLE
from calendar_watch.model.resources import Item
from calendar_watch.model.snapshot import Items, Snapshot, collect
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reconciler.lease import Lease
from calendar_watch.sizes import fitting, weight

_CHUNK = 500
_CHUNK_BYTES = 2_000_000
"""Of what the items were and are. Firestore takes 10 MiB at a time."""


class WholeReader:
    def __init__(self, services: Services, lease: Lease):
        self._services = services
        self._lease = lease

    def read(self) -> next_step.Step:
        """Raises GoogleError."""
        started = self._services.clock()
        return self._compare(collect(self._pages()), started)

    def _pages(self) -> Iterator[list[Item]]:
        for page in self._services.calendar.pages(self._lease.watch.target):
            yield page
            self._lease.heartbeat()

    def _compare(self, items: Items, started: datetime) -> next_step.Step:
        watch = self._lease.watch
        new = Snapshot(items, watch.target.resource.fields)
        if watch.reading.item_count is None:
            return self._keep(
                reading.baseline(self._read(watch, new, started), self._services.clock(), self._services.policy), new
            )
        if watch.reading.digest == new.digest:
            return self._lease.write(Write(WriteKind.COMMIT, self._read(watch, new, started)))
        [old] = self._services.store.parts(watch.id, [WHOLE])
        return self._report(old, new, started)

    def _report(self, old: Snapshot, new: Snapshot, started: datetime) -> next_step.Step:
        watch, policy, now = self._lease.watch, self._services.policy, self._services.clock()
        if deletions.emptied(old.items, new.items) and not watch.reading.brake:
            return self._lease.write(Write(WriteKind.FAILURE, deletions.braked(watch, now, policy)))
        changes = compare(old, new)
        chunk = changes[: min(_CHUNK, fitting(map(_weight, changes), _CHUNK_BYTES))]
        if len(chunk) < len(changes):
            common = tuple(field for field in new.fields if field in old.fields)
            part = Snapshot(apply(chunk, old.items), common)
            return self._keep(reading.partly_read(watch, chunk, part, now, policy), part)
        return self._keep(self._read(reading.found(watch, changes, now, policy), new, started), new)

    def _read(self, watch: Watch, new: Snapshot, started: datetime) -> Watch:
        return reading.kept(reading.read(watch, started, self._services.policy, self._services.clock()), new)

    def _keep(self, watch: Watch, snapshot: Snapshot) -> next_step.Step:
        return self._lease.write(Write(WriteKind.COMMIT, watch, parts=[snapshot]))


def _weight(change: Change) -> int:
    return weight([change.before, change.after])
