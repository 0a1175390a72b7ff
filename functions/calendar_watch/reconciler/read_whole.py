"""Reading a small collection: always all of it, compared with what it was. Deletions are what is no longer there."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from calendar_watch.decisions import next_step, reading
from calendar_watch.decisions.listing import absences
from calendar_watch.decisions.listing.absences import Verdict
from calendar_watch.decisions.listing.portions import leading
from calendar_watch.model.collection.diff import Change, apply, compare
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
        """Raises GoogleError and ChangedMeanwhileError."""
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
        policy = self._services.policy
        if doubt is not Verdict.BELIEVED:
            put_off = absences.put_off(self._lease.watch, doubt, self._services.clock(), policy)
            return self._lease.write(Write(WriteKind.FAILURE, put_off))
        rest = self._told_ahead(old, new, started)
        found = reading.found(self._lease.watch, rest, started, self._services.clock(), policy)
        return self._finish(found, new, started, [new])

    def _told_ahead(self, old: Snapshot, new: Snapshot, started: datetime) -> Sequence[Change]:
        """All that does not fit the last write; what is left for that. A crash in between costs another listing."""
        common = tuple(field for field in new.fields if field in old.fields)
        rest, items = compare(old, new), old.items
        while len(first := leading(rest, self._lease.watch.options.labels)) < len(rest):
            rest, items = rest[len(first) :], apply(first, items)
            self._tell(first, Snapshot(items, common), started)
        return rest

    def _tell(self, first: Sequence[Change], part: Snapshot, started: datetime) -> None:
        policy = self._services.policy
        told = reading.told(self._lease.watch, first, started, self._services.clock(), policy)
        self._lease.advance(Write(WriteKind.COMMIT, reading.kept(told, part, policy), parts=[part]))

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
