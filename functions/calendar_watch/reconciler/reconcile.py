"""Attending to a watch: bring it to where it should be, one committed step after the other (DESIGN 2.1).

    claim · while the next step is not rest: do it, commit its result · release, and look for news once more

Every step is safe to repeat. A crash anywhere leaves a watch that the next attendant carries on with.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from calendar_watch.decisions import channel_lifecycle, next_step, paging, publishing, refusals, registration
from calendar_watch.decisions.backoff import Failure
from calendar_watch.errors import GoogleError, StaleError
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.notification import News
from calendar_watch.model.watch import Kind, State
from calendar_watch.ports import Surroundings
from calendar_watch.reconciler import telemetry
from calendar_watch.reconciler.follow import Follower
from calendar_watch.reconciler.lease import DisturbedError, FencedError, Hold
from calendar_watch.reconciler.read_pages import PagedReader
from calendar_watch.reconciler.read_whole import WholeReader

_PAUSES = (0, 1, 4)
"""Seconds before each round. News that come after the last one wait for the next sweep."""
_BATCH = 100
_MOST_STEPS = 50


@dataclass(slots=True)
class Attendance:
    """What was done, for the log and for `renew`'s answer."""

    steps: list[str] = field(default_factory=list)
    renewed: int = 0
    synced: int = 0
    published: int = 0
    failed: bool = False
    state: State | None = None


def attend(around: Surroundings, watch_id: str, pause: Callable[[float], object] = lambda _: None) -> Attendance:
    """Do all that is due, unless somebody else is at it; then what news came meanwhile ask for, after a `pause`.

    Whoever can wait so many seconds sees a burst of changes in a few readings.

    Raises UnknownWatchError, and UnavailableError when Firestore cannot be reached.
    """
    attendance = Attendance()
    news = around.store.news(watch_id)
    for seconds in _PAUSES:
        pause(seconds)
        watch = around.store.get(watch_id)
        if not next_step.claimable(watch, around.clock(), news=bool(news)):
            break
        _Attendant(around, Hold(around, watch), attendance).attend(news)
        news = around.store.news(watch_id)
        if not news:
            break
    return attendance


class _Attendant:
    def __init__(self, around: Surroundings, hold: Hold, attendance: Attendance):
        self._around = around
        self._hold = hold
        self._attendance = attendance
        self._steps: list[str] = []

    def attend(self, news: Sequence[News]) -> None:
        started = self._around.clock()
        with suppress(FencedError):  # somebody else was quicker
            step = self._hold.claim(news)
            try:
                self._work(step)
            except FencedError:
                self._steps.append("Fenced")
            finally:
                self._tell(started)

    def _work(self, step: next_step.Step) -> None:
        """A watch that does not come to rest is left as it is: the rest of its lease is its pause."""
        while not isinstance(step, next_step.Rest):
            if len(self._steps) >= _MOST_STEPS:
                return
            self._steps.append(type(step).__name__)
            step = self._taken(step)
        self._steps.append("Rest")

    def _tell(self, started: datetime) -> None:
        now = self._around.clock()
        self._attendance.steps += self._steps
        self._attendance.state = self._hold.watch.state(now)
        telemetry.attended(self._hold.watch, self._steps, started, now)

    def _taken(self, step: next_step.Step) -> next_step.Step:
        try:
            return self._take(step)
        except DisturbedError:
            return self._hold.anew()

    def _take(self, step: next_step.Step) -> next_step.Step:
        match step:
            case next_step.Publish():
                return self._publish()
            case next_step.StopChannel(channel):
                return self._stop(channel)
            case next_step.OpenChannel():
                return self._open()
            case next_step.Follow():
                return Follower(self._around, self._hold).follow()
            case next_step.Forget():
                return self._forget()
            case _:
                return self._read()

    def _forget(self) -> next_step.Step:
        watch, store = self._hold.watch, self._around.store
        return self._hold.write(lambda settled: store.forget(settled, watch.parts), registration.forgotten(watch))

    def _publish(self) -> next_step.Step:
        watch, store = self._hold.watch, self._around.store
        entries = self._hold.unpublished(_BATCH)
        try:
            self._around.outlet.publish(entries)
        except GoogleError as error:
            telemetry.unpublished(watch, error.detail)
            return self._hold.write(store.failure, publishing.unpublished(watch, self._failure(error)))
        self._attendance.published += len(entries)
        sent = publishing.published(watch, entries)
        telemetry.published(watch, sent, len(entries))
        return self._hold.write(store.commit, sent)

    def _stop(self, channel: Channel) -> next_step.Step:
        store, watch = self._around.store, self._hold.watch
        try:
            self._around.calendar.stop(watch.order, channel)
        except GoogleError as error:
            return self._hold.write(
                store.failure, channel_lifecycle.stop_failed(watch, channel.id, self._failure(error))
            )
        return self._hold.write(store.stopped, channel_lifecycle.stopped(watch, channel.id, self._around.clock()))

    def _open(self) -> next_step.Step:
        channel = self._hold.watch.newest
        assert channel  # noqa: S101 (the intent went with the write before)
        try:
            opening = self._ask_for(channel)
        except GoogleError as error:
            return self._failed(Kind.OPEN, error)
        self._attendance.renewed += self._hold.watch.was_confirmed
        return self._hold.keep(channel, opening)

    def _ask_for(self, channel: Channel) -> Opening:
        watch = self._hold.watch
        token = self._around.tokens.sign(channel.id, watch.id)
        return self._around.calendar.watch(watch.order, channel, token, self._around.policy.lifetime(watch.wish.ttl))

    def _read(self) -> next_step.Step:
        reader = PagedReader if self._hold.watch.order.resource.synced else WholeReader
        try:
            step = reader(self._around, self._hold).read()
        except StaleError as error:
            stale = paging.stale(self._hold.watch, self._failure(error), self._around.policy)
            return self._hold.write(self._around.store.failure, stale)
        except GoogleError as error:
            return self._failed(Kind.READ, error)
        self._attendance.synced += 1
        return step

    def _failed(self, kind: Kind, error: GoogleError) -> next_step.Step:
        failed = refusals.failed(self._hold.watch, kind, self._failure(error), self._around.policy)
        return self._hold.write(self._around.store.failure, failed)

    def _failure(self, error: GoogleError) -> Failure:
        self._attendance.failed = True
        return Failure(error, self._around.clock(), self._around.jitter())
