"""Reading a small collection: always all of it, compared with what it was. Deletions are what is no longer there."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from calendar_watch.decisions import next_step, reading
from calendar_watch.decisions.listing import absences
from calendar_watch.decisions.listing.absences import Verdict
from calendar_watch.decisions.listing.portions import leading
from calendar_watch.model.collection.diff import apply, compare
from calendar_watch.model.collection.snapshot import Items, Snapshot, collect
from calendar_watch.model.resources import Item
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reconciler.confirm import proofs
from calendar_watch.reconciler.lease import Lease
from calendar_watch.reconciler.source import Source


class WholeReader:
    def __init__(self, services: Services, lease: Lease, source: Source):
        self._services = services
        self._lease = lease
        self._source = source

    def read(self) -> next_step.Step:
        """Raises GoogleError."""
        started = self._services.clock()
        return self._compare(collect(self._pages()), started)

    def _pages(self) -> Iterator[list[Item]]:
        target = self._lease.watch.target
        first = self._source.page(target, "", "", 0)
        for page in self._services.calendar.pages(target, first):
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
            return self._finish(watch, new, started, [])
        return self._report(self._source.whole(watch.id), new, started)

    def _report(self, old: Snapshot, new: Snapshot, started: datetime) -> next_step.Step:
        doubt = self._verdict(sorted(old.items.keys() - new.items.keys()))
        watch, policy, now = self._lease.watch, self._services.policy, self._services.clock()
        if doubt is not Verdict.BELIEVED:
            return self._lease.write(Write(WriteKind.FAILURE, absences.put_off(watch, doubt, now, policy)))
        changes = compare(old, new)
        first = leading(changes, watch.options.labels)
        if len(first) < len(changes):
            common = tuple(field for field in new.fields if field in old.fields)
            part = Snapshot(apply(first, old.items), common)
            return self._keep(reading.kept(reading.told(watch, first, started, now, policy), part, policy), part)
        return self._finish(reading.found(watch, changes, started, now, policy), new, started, [new])

    def _verdict(self, missing: list[str]) -> Verdict:
        watch = self._lease.watch
        if not missing:
            return Verdict.BELIEVED
        chosen = absences.sample(missing, self._services.jitter) if absences.can_ask(watch.target) else []
        proven = proofs(self._services, self._lease, chosen)
        return absences.verdict(len(missing), proven, second=watch.reading.brake, doubts=watch.reading.doubts)

    def _finish(self, watch: Watch, new: Snapshot, started: datetime, parts: Sequence[Snapshot]) -> next_step.Step:
        read = self._read(watch, new, started)
        resynced = reading.resynced(read, self._services.clock(), self._services.policy)
        return self._lease.write(Write(WriteKind.COMMIT, resynced, parts=parts))

    def _read(self, watch: Watch, new: Snapshot, started: datetime) -> Watch:
        policy = self._services.policy
        return reading.kept(reading.read(watch, started, policy, self._services.clock()), new, policy)

    def _keep(self, watch: Watch, snapshot: Snapshot) -> next_step.Step:
        return self._lease.write(Write(WriteKind.COMMIT, watch, parts=[snapshot]))
