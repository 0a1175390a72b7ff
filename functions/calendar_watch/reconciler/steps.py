"""The steps of a reconciliation, each with the call that it makes and the write of what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from calendar_watch.decisions import (
    backoff,
    baseline,
    channel_lifecycle,
    classification,
    next_step,
    pausing,
    publishing,
    refusals,
    upkeep,
)
from calendar_watch.decisions.listing import audit, page_size, paging
from calendar_watch.errors import GoogleError, ListingTokenRefusedError, RefusedWriteError, SlowError, TryLaterError
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.health import StepKind
from calendar_watch.model.listing import ReadCause
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reconciler import telemetry
from calendar_watch.reconciler.follow import Follower
from calendar_watch.reconciler.lease import ChangedMeanwhileError, Lease
from calendar_watch.reconciler.read_pages import PagedReader
from calendar_watch.reconciler.read_whole import WholeReader
from calendar_watch.reconciler.result import Result
from calendar_watch.reconciler.source import Ahead, Source

_GRACE = 10
"""Seconds that a call to Google may go on after the deadline."""
_ERASED_AT_ONCE = 400
"""Log entries in one write."""


class Steps:
    """Of the watch that `lease` holds. Each returns the step that is next; raises LeaseLostError."""

    def __init__(self, services: Services, lease: Lease, result: Result):
        calendar = services.calendar.within(lease.left() + _GRACE)
        self._services = replace(services, calendar=calendar)
        self._unhurried = services
        self._ahead: Ahead | None = None
        self._lease = lease
        self._result = result
        self._acts: Mapping[type[next_step.Step], Callable[[], next_step.Step]] = {
            next_step.Publish: self._publish,
            next_step.Follow: Follower(services, lease).follow,
            next_step.OpenChannel: self._open,
            next_step.Reclassify: self._reclassify,
            next_step.TellBaseline: self._tell_baseline,
            next_step.Read: self._read,
            next_step.Audit: self._audit,
            next_step.Forget: self._forget,
            next_step.Erase: self._erase,
        }

    def read_ahead(self, claimed: Watch, step: next_step.Step) -> None:
        """Where somebody waits to hear what changed, the reading begins beside the claim that goes out now."""
        if isinstance(step, next_step.Read) and claimed.reading.read_cause is ReadCause.NOTIFICATION:
            self._ahead = Ahead(self._reading(claimed), claimed)

    def _reading(self, watch: Watch) -> Services:
        """What takes its time was begun in time, and may finish."""
        return self._unhurried if pausing.takes_its_time(watch) else self._services

    def take(self, step: next_step.Step) -> next_step.Step:
        try:
            return self._take(step)
        except ChangedMeanwhileError:
            return self._lease.anew()
        except RefusedWriteError as error:
            telemetry.refused_write(self._lease.watch, type(step).__name__, str(error))
            return self._put_off(step, error)

    def _take(self, step: next_step.Step) -> next_step.Step:
        return self._stop(step.channel) if isinstance(step, next_step.StopChannel) else self._acts[type(step)]()

    def _put_off(self, step: next_step.Step, error: RefusedWriteError) -> next_step.Step:
        """What was last written stands. A step that has no pause of its own has the rest of the lease."""
        if isinstance(step, next_step.Read):
            return self._failed(self._lease.watch, StepKind.READ, TryLaterError(str(error)))
        if isinstance(step, next_step.Audit):
            return self._write(
                WriteKind.FAILURE, audit.failed(self._lease.watch, self._failure(GoogleError(str(error))))
            )
        if isinstance(step, next_step.Follow):
            waiting = backoff.waiting(self._lease.watch, StepKind.FOLLOW, self._failure(GoogleError(str(error))))
            return self._write(WriteKind.FAILURE, waiting)
        self._result.failed = True
        return next_step.Wait(None)

    def _publish(self) -> next_step.Step:
        watch = self._lease.watch
        entries = self._lease.unpublished()
        try:
            self._services.publisher.publish(entries)
        except GoogleError as error:
            telemetry.unpublished(watch, error.detail)
            return self._write(WriteKind.FAILURE, publishing.unpublished(watch, self._failure(error)))
        self._result.published += len(entries)
        sent = publishing.published(watch, entries)
        telemetry.published(watch, sent, len(entries))
        return self._write(WriteKind.COMMIT, sent)

    def _stop(self, channel: Channel) -> next_step.Step:
        watch = self._lease.watch
        try:
            self._services.calendar.stop(watch.target, channel)
        except GoogleError as error:
            failed = channel_lifecycle.stop_failed(watch, channel.id, self._failure(error))
            return self._write(WriteKind.FAILURE, failed)
        return self._write(WriteKind.STOPPED, channel_lifecycle.stopped(watch, channel.id, self._services.clock()))

    def _open(self) -> next_step.Step:
        channel = self._lease.watch.newest
        assert channel  # noqa: S101 (the intent went with the write before)
        try:
            opening = self._ask_for(channel)
        except GoogleError as error:
            return self._failed(self._lease.watch, StepKind.OPEN, error)
        self._result.renewed += self._lease.watch.channels.was_confirmed
        return self._lease.keep(channel, opening)

    def _ask_for(self, channel: Channel) -> Opening:
        watch = self._lease.watch
        token = self._services.tokens.sign(channel.id, watch.id)
        return self._services.calendar.watch(
            channel_lifecycle.asked_for(watch), channel, token, self._services.policy.lifetime(watch.options.ttl)
        )

    def _reclassify(self) -> next_step.Step:
        watch = self._lease.watch
        rules, now = Source(self._services).whole(watch.id).items.values(), self._services.clock()
        return self._write(WriteKind.COMMIT, classification.reclassified(watch, rules, now, self._services.policy))

    def _tell_baseline(self) -> next_step.Step:
        watch = self._lease.watch
        items = Source(self._services).whole(watch.id).items
        told = baseline.told(watch, items, self._services.clock(), self._services.policy)
        return self._write(WriteKind.COMMIT, told)

    def _read(self) -> next_step.Step:
        try:
            step = self._reader().read()
        except ListingTokenRefusedError as error:
            token_refused = paging.token_refused(self._lease.watch, self._failure(error), self._services.policy)
            return self._write(WriteKind.FAILURE, token_refused)
        except SlowError as error:
            watch = self._lease.watch
            return self._failed(page_size.too_late(watch, watch.reading.listing), StepKind.READ, error)
        except GoogleError as error:
            return self._failed(self._lease.watch, StepKind.READ, error)
        self._result.synced += 1
        return step

    def _reader(self) -> PagedReader | WholeReader:
        watch, ahead = self._lease.watch, self._ahead
        services = self._reading(watch)
        reader = PagedReader if watch.target.resource.synced else WholeReader
        return reader(services, self._lease, ahead if ahead and ahead.stands(watch) else Source(services))

    def _audit(self) -> next_step.Step:
        """What goes wrong with it delays nothing else."""
        try:
            return PagedReader(self._services, self._lease, Source(self._services)).audit()
        except ListingTokenRefusedError as error:
            failed = audit.token_refused(self._lease.watch, self._failure(error))
        except SlowError as error:
            watch = self._lease.watch
            failed = audit.failed(page_size.too_late(watch, watch.reading.audit.listing), self._failure(error))
        except GoogleError as error:
            failed = audit.failed(self._lease.watch, self._failure(error))
        return self._write(WriteKind.FAILURE, failed)

    def _forget(self) -> next_step.Step:
        watch = self._lease.watch
        gone = [*watch.reading.parts, *paging.all_note_names(watch)]
        return self._lease.write(Write(WriteKind.FORGET, upkeep.forgotten(watch), gone=gone))

    def _erase(self) -> next_step.Step:
        watch = self._lease.watch
        sequences = self._services.store.sequences(watch.id, _ERASED_AT_ONCE)
        erased = upkeep.erased(watch, len(sequences) < _ERASED_AT_ONCE)
        return self._lease.write(Write(WriteKind.ERASE, erased, erased=sequences))

    def _failed(self, watch: Watch, kind: StepKind, error: GoogleError) -> next_step.Step:
        failed = refusals.failed(watch, kind, self._failure(error), self._services.policy)
        return self._write(WriteKind.FAILURE, failed)

    def _write(self, kind: WriteKind, watch: Watch) -> next_step.Step:
        return self._lease.write(Write(kind, watch))

    def _failure(self, error: GoogleError) -> backoff.Failure:
        self._result.failed = True
        return backoff.Failure(error, self._services.clock(), self._services.jitter())
