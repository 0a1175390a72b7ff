"""Reconciling a watch: bring it to where it should be, one committed step after the other.

    claim · while the next step is not to wait: do it, commit its result · release, and look for notifications once more

Every step is safe to repeat. A crash anywhere leaves a watch that the next worker carries on with.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from calendar_watch.decisions import channel_lifecycle, next_step, publishing, refusals, upkeep
from calendar_watch.decisions.backoff import Failure
from calendar_watch.decisions.listing import audit, page_size, paging
from calendar_watch.errors import GoogleError, ListingTokenRefusedError, RefusedWriteError, SlowError, TryLaterError
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.health import StepKind
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.watch import State, Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reconciler import telemetry
from calendar_watch.reconciler.follow import Follower
from calendar_watch.reconciler.lease import ChangedMeanwhileError, Lease, LeaseLostError
from calendar_watch.reconciler.read_pages import PagedReader
from calendar_watch.reconciler.read_whole import WholeReader

_PAUSES = (0, 1, 4)
"""Seconds before each round. Notifications that come after the last one wait for the next sweep."""
_MOST_STEPS = 50


@dataclass(slots=True)
class Result:
    """What was done, for the log and for `renew`'s answer."""

    steps: list[str] = field(default_factory=list)
    renewed: int = 0
    synced: int = 0
    published: int = 0
    failed: bool = False
    state: State | None = None


def reconcile(services: Services, watch_id: str, pause: Callable[[float], object] = lambda _: None) -> Result:
    """Do all that is due, unless somebody else is at it; then what came meanwhile asks for, after a `pause`.

    Whoever can wait so many seconds sees a burst of changes in a few readings.

    Raises UnknownWatchError, and UnavailableError when Firestore cannot be reached.
    """
    result = Result()
    notifications = services.store.notifications(watch_id)
    for seconds in _PAUSES:
        pause(seconds)
        watch = services.store.get(watch_id)
        if not next_step.claimable(watch, services.clock(), notifications=bool(notifications)):
            break
        _Reconciler(services, Lease(services, watch), result).reconcile(notifications)
        notifications = services.store.notifications(watch_id)
        if not notifications:
            break
    return result


class _Reconciler:
    def __init__(self, services: Services, lease: Lease, result: Result):
        self._services = services
        self._lease = lease
        self._result = result
        self._steps: list[str] = []

    def reconcile(self, notifications: Sequence[PendingNotification]) -> None:
        started = self._services.clock()
        with suppress(LeaseLostError):  # somebody else was quicker
            step = self._lease.claim(notifications)
            try:
                self._work(step)
            except LeaseLostError:
                self._steps.append("LeaseLost")
            finally:
                self._tell(started)

    def _work(self, step: next_step.Step) -> None:
        """A watch that does not come to rest is left as it is: the rest of its lease is its pause."""
        while not isinstance(step, next_step.Wait):
            if len(self._steps) >= _MOST_STEPS:
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
        match step:
            case next_step.Publish():
                return self._publish()
            case next_step.StopChannel(channel):
                return self._stop(channel)
            case next_step.OpenChannel():
                return self._open()
            case next_step.Follow():
                return Follower(self._services, self._lease).follow()
            case next_step.Forget():
                return self._forget()
            case _:
                return self._audit() if isinstance(step, next_step.Audit) else self._read()

    def _forget(self) -> next_step.Step:
        watch = self._lease.watch
        gone = [*watch.reading.parts, *paging.all_note_names(watch)]
        return self._lease.write(Write(WriteKind.FORGET, upkeep.forgotten(watch), gone=gone))

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
        reader = PagedReader if self._lease.watch.target.resource.synced else WholeReader
        try:
            step = reader(self._services, self._lease).read()
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

    def _audit(self) -> next_step.Step:
        """What goes wrong with it delays nothing else."""
        try:
            return PagedReader(self._services, self._lease).audit()
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
