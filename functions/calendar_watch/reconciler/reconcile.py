"""Reconciling a watch: bring it to where it should be, one committed step after the other.

    claim · while the next step is not to wait: do it, commit its result · release, and look for notifications once more

Every step is safe to repeat. A crash anywhere leaves a watch that the next worker carries on with.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from calendar_watch.decisions import next_step, pausing
from calendar_watch.errors import UnknownWatchError
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.notification import PendingNotification
from calendar_watch.ports import Services
from calendar_watch.reconciler import telemetry
from calendar_watch.reconciler.lease import Lease, LeaseLostError
from calendar_watch.reconciler.result import Result
from calendar_watch.reconciler.steps import Steps

Claimable = Callable[..., bool]
"""`next_step.claimable`, or `claimable_again`."""

_PAUSES = (0, 1, 4)
"""Seconds before each round. Notifications that come after the last one wait for the next sweep."""
_MOST_STEPS = 50


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
        self._clock = services.clock
        self._lease = lease
        self._result = result
        self._steps = Steps(services, lease, result)
        self._taken: list[str] = []

    def reconcile(self, notifications: Sequence[PendingNotification]) -> None:
        started = self._clock()
        with suppress(LeaseLostError):  # somebody else was quicker
            step = self._lease.claim(notifications, self._steps.read_ahead)
            try:
                self._work(step)
            except LeaseLostError:
                self._taken.append("LeaseLost")
            finally:
                self._tell(started)

    def _work(self, step: next_step.Step) -> None:
        """A watch that does not come to rest is left as it is: the rest of its lease is its pause."""
        while not isinstance(step, next_step.Wait):
            if len(self._taken) >= _MOST_STEPS:
                return
            if self._lease.must_pause(step):
                self._taken.append("Pause")
                self._lease.pause()
                return
            self._taken.append(type(step).__name__)
            step = self._steps.take(step)
        self._taken.append("Wait")

    def _tell(self, started: datetime) -> None:
        now = self._clock()
        self._result.steps += self._taken
        self._result.state = self._lease.watch.state(now)
        telemetry.reconciled(self._lease.watch, self._taken, started, now)
