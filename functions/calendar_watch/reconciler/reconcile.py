"""Reconciling a watch: bring it to where it should be, one committed step after the other.

    claim · while the next step is not to wait: do it, commit its result · release, and look for notifications once more

Every step is safe to repeat. A crash anywhere leaves a watch that the next worker carries on with.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from calendar_watch.decisions import (
    baseline,
    channel_lifecycle,
    classification,
    next_step,
    pausing,
    publishing,
    refusals,
    upkeep,
)
from calendar_watch.decisions.backoff import Failure
from calendar_watch.decisions.listing import audit, page_size, paging
from calendar_watch.errors import (
    GoogleError,
    ListingTokenRefusedError,
    RefusedWriteError,
    SlowError,
    TryLaterError,
    UnknownWatchError,
)
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.collection.parts import WHOLE
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.health import StepKind
from calendar_watch.model.listing import ReadCause
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.watch import State, Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reconciler import telemetry
from calendar_watch.reconciler.follow import Follower
from calendar_watch.reconciler.lease import ChangedMeanwhileError, Lease, LeaseLostError
from calendar_watch.reconciler.read_pages import PagedReader
from calendar_watch.reconciler.read_whole import WholeReader
from calendar_watch.reconciler.source import Ahead, Source

Claimable = Callable[..., bool]
"""`next_step.claimable`, or `claimable_again`."""

_PAUSES = (0, 1, 4)
"""Seconds before each round. Notifications that come after the last one wait for the next sweep."""
_MOST_STEPS = 50
_GRACE = 10
"""Seconds that a call to Google may go on after the deadline."""
_ERASED_AT_ONCE = 400
"""Log entries in one write."""


@dataclass(slots=True)
class Result:
    """What was done, for the log and for `renew`'s answer."""

    steps: list[str] = field(default_factory=list)
    renewed: int = 0
    synced: int = 0
    published: int = 0
    failed: bool = False
    state: State | None = None


def reconcile(
    services: Services,
    watch_id: str,
    deadline: Deadline,
    pause: Callable[[float], object] = lambda _: None,
    claimable: Claimable = next_step.claimable,
) -> Result:
    """Do all that is due, unless somebody else is at it; then what came meanwhile asks for, after a `pause`.

    Whoever can wait so many seconds sees a burst of changes in a few readings. What is not done by the deadline is left
    for the next who comes, with all that was done; a call to Google may end ten seconds later.

    Raises UnavailableError when Firestore cannot be reached.
    """
    result = Result()
    for seconds in _PAUSES:
        pause(seconds)
        try:
            watch, notifications = services.store.look(watch_id)
        except UnknownWatchError:
            _drop(services, watch_id)
            break
        now = services.clock()
        if not claimable(watch, now, services.policy, notifications=bool(notifications)):
            break
        if pausing.too_late(watch, deadline, now):
            break
        lease = Lease(services, watch, deadline)
        _Reconciler(services, lease, result).reconcile(notifications)
        if lease.over() or not services.store.notifications(watch_id):
            break
    return result


def _drop(services: Services, watch_id: str) -> None:
    """Genuine messages of a watch that is not stored here: one of a database that is gone, or of `checks`."""
    for notification in services.store.notifications(watch_id):
        services.store.drop(notification)
        telemetry.orphaned(notification)


class _Reconciler:
    def __init__(self, services: Services, lease: Lease, result: Result):
        calendar = services.calendar.within(lease.left() + _GRACE)
        self._services = replace(services, calendar=calendar)
        self._unhurried = services
        self._ahead: Ahead | None = None
        self._lease = lease
        self._result = result
        self._steps: list[str] = []
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

    def reconcile(self, notifications: Sequence[PendingNotification]) -> None:
        started = self._services.clock()
        with suppress(LeaseLostError):  # somebody else was quicker
            step = self._lease.claim(notifications, self._read_ahead)
            try:
                self._work(step)
            except LeaseLostError:
                self._steps.append("LeaseLost")
            finally:
                self._tell(started)

    def _read_ahead(self, claimed: Watch, step: next_step.Step) -> None:
        """Where somebody waits to hear what changed, the reading begins beside the claim that goes out now."""
        if isinstance(step, next_step.Read) and claimed.reading.read_cause is ReadCause.NOTIFICATION:
            self._ahead = Ahead(self._reading(claimed), claimed)

    def _work(self, step: next_step.Step) -> None:
        """A watch that does not come to rest is left as it is: the rest of its lease is its pause."""
        while not isinstance(step, next_step.Wait):
            if len(self._steps) >= _MOST_STEPS:
                return
            if self._lease.must_pause(step):
                self._steps.append("Pause")
                self._lease.pause()
                return
            self._steps.append(type(step).__name__)
            step = self._taken(step)
        self._steps.append("Wait")

    def _tell(self, started: datetime) -> None:
        now = self._services.clock()
        self._result.steps += self._steps
        self._result.state = self._lease.watch.state(now)
        telemetry.reconciled(self._lease.watch, self._steps, started, now)

    def _taken(self, step: next_step.Step) -> next_step.Step:
        try:
            return self._take(step)
        except ChangedMeanwhileError:
            return self._lease.anew()
        except RefusedWriteError as error:
            telemetry.refused_write(self._lease.watch, type(step).__name__, str(error))
            return self._put_off(step, error)

    def _put_off(self, step: next_step.Step, error: RefusedWriteError) -> next_step.Step:
        """What was last written stands. A step that has no pause of its own has the rest of the lease."""
        if isinstance(step, next_step.Read):
            return self._failed(self._lease.watch, StepKind.READ, TryLaterError(str(error)))
        if isinstance(step, next_step.Audit):
            return self._write(
                WriteKind.FAILURE, audit.failed(self._lease.watch, self._failure(GoogleError(str(error))))
            )
        self._result.failed = True
        return next_step.Wait(None)

    def _take(self, step: next_step.Step) -> next_step.Step:
        return self._stop(step.channel) if isinstance(step, next_step.StopChannel) else self._acts[type(step)]()

    def _forget(self) -> next_step.Step:
        watch = self._lease.watch
        gone = [*watch.reading.parts, *paging.all_note_names(watch)]
        return self._lease.write(Write(WriteKind.FORGET, upkeep.forgotten(watch), gone=gone))

    def _erase(self) -> next_step.Step:
        watch = self._lease.watch
        sequences = self._services.store.sequences(watch.id, _ERASED_AT_ONCE)
        erased = upkeep.erased(watch, len(sequences) < _ERASED_AT_ONCE)
        return self._lease.write(Write(WriteKind.ERASE, erased, erased=sequences))

    def _reclassify(self) -> next_step.Step:
        watch = self._lease.watch
        [part] = self._services.store.parts(watch.id, [WHOLE])
        rules, now = part.items.values(), self._services.clock()
        return self._write(WriteKind.COMMIT, classification.reclassified(watch, rules, now, self._services.policy))

    def _tell_baseline(self) -> next_step.Step:
        watch = self._lease.watch
        [part] = self._services.store.parts(watch.id, [WHOLE])
        told = baseline.told(watch, part.items, self._services.clock(), self._services.policy)
        return self._write(WriteKind.COMMIT, told)

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

    def _reading(self, watch: Watch) -> Services:
        """What takes its time was begun in time, and may finish."""
        return self._unhurried if pausing.takes_its_time(watch) else self._services

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

    def _failed(self, watch: Watch, kind: StepKind, error: GoogleError) -> next_step.Step:
        failed = refusals.failed(watch, kind, self._failure(error), self._services.policy)
        return self._write(WriteKind.FAILURE, failed)

    def _write(self, kind: WriteKind, watch: Watch) -> next_step.Step:
        return self._lease.write(Write(kind, watch))

    def _failure(self, error: GoogleError) -> Failure:
        self._result.failed = True
        return Failure(error, self._services.clock(), self._services.jitter())
