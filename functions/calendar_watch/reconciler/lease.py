"""One worker's lease of one watch: every write is conditioned on the one before.

claim ── write ── write ── release       after a conflict, another nonce: the lease is lost, and nothing more is called
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from calendar_watch.decisions import channel_lifecycle, claim, next_step, pausing
from calendar_watch.errors import ConflictError, UnavailableError, UnclearError
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.watch import ChangeEvent, Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reconciler import telemetry
from calendar_watch.sizes import fitting, weight

Meanwhile = Callable[[Watch, next_step.Step], None]

_TRIES = 5
_REMEMBERED = 1000
_LIGHT = 20_000
"""Bytes: what is heavier is read again, so that memory is bounded."""
_BATCH = 100
_BATCH_BYTES = 4_000_000
"""Pub/Sub takes an ordering key's messages at 1 MB a second, and what has not all arrived in time is sent again."""


class LeaseLostError(Exception):
    """Somebody else holds the watch now. Whoever learns this calls nothing: even a stop could hit a good channel."""


class ChangedMeanwhileError(Exception):
    """The watch is still held, but no longer as it was: what was computed from it is to be computed again."""


class Lease:
    """`watch` is always as it was last written. Each write returns the step that it decided on.

    Raises LeaseLostError, and UnavailableError when Firestore cannot be reached.
    """

    def __init__(self, services: Services, watch: Watch, deadline: Deadline):
        self.watch = watch
        self._services = services
        self._deadline = deadline
        self._nonce = services.new_id()
        self._logged: deque[ChangeEvent] = deque(maxlen=_REMEMBERED)

    def claim(self, notifications: Sequence[PendingNotification], meanwhile: Meanwhile) -> next_step.Step:
        """`meanwhile` is told what is decided before that is written."""
        telemetry.looked_at(self.watch, self._services.policy)
        claimed = claim.claimed(self.watch, notifications, self._nonce, self._services.clock(), self._services.policy)
        decided, step = self._decided(claimed)
        meanwhile(decided, step)
        return self._written(Write(WriteKind.CLAIM, decided, notifications=notifications), step)

    def write(self, write: Write) -> next_step.Step:
        decided, step = self._decided(write.watch)
        return self._written(replace(write, watch=decided), step)

    def _written(self, write: Write, step: next_step.Step) -> next_step.Step:
        """If it did not happen, what is there decides what is next; if only its answer was lost, it goes on."""
        try:
            self._put(write)
        except (ConflictError, UnclearError):
            return step if self._happened(write.watch) else self.anew()
        return step

    def advance(self, write: Write) -> None:
        """A piece of a step's result: nothing is decided yet. Raises ChangedMeanwhileError as well."""
        ahead = self._next(write.watch.with_schedule(due_at=self._services.clock() + self._services.policy.lease))
        try:
            self._put(replace(write, watch=ahead))
        except (ConflictError, UnclearError):
            if not self._happened(ahead):
                raise ChangedMeanwhileError from None

    def keep(self, channel: Channel, opening: Opening) -> next_step.Step:
        """After a conflict, this one result is written again: Google's answer cannot be asked for twice."""
        policy = self._services.policy
        for _ in range(_TRIES):
            answered = channel_lifecycle.opened(self.watch, channel.id, opening, self._services.clock(), policy)
            decided, step = self._decided(answered)
            try:
                self._put(Write(WriteKind.OPENED, decided))
            except (ConflictError, UnclearError):
                if not self._happened(decided):
                    continue
            return step
        raise exhausted()

    def heartbeat(self) -> None:
        """Between the pages of a listing: past half the lease, it is renewed."""
        now, lease = self._services.clock(), self._services.policy.lease
        if self.watch.schedule.due_at is None or self.watch.schedule.due_at - now >= lease / 2:
            return
        try:
            ahead = self.watch.with_schedule(due_at=now + lease)
            self.watch = self._services.store.write(Write(WriteKind.COMMIT, ahead))
        except (ConflictError, UnclearError):
            self._read_again()

    def over(self) -> bool:
        """Whether to let go at the next chance."""
        return self._services.over(self._deadline)

    def left(self) -> float:
        """Seconds."""
        return self._deadline.left(self._services.clock())

    def must_pause(self, step: next_step.Step) -> bool:
        now = self._services.clock()
        deadline = Deadline(now, now) if self._services.terminating() else self._deadline
        return pausing.must_pause(self.watch, step, deadline, now)

    def pause(self) -> None:
        """Let go of it as it is: whoever comes next goes on from here."""
        for _ in range(_TRIES):
            try:
                self._put(Write(WriteKind.PAUSE, self._next(pausing.paused(self.watch, self._services.clock()))))
            except (ConflictError, UnclearError):
                self._read_again()
            else:
                return
        raise exhausted()

    def unpublished(self) -> Sequence[ChangeEvent]:
        """The next entries to send."""
        entries = self._unpublished()
        return entries[: fitting(map(weight, entries), _BATCH_BYTES)]

    def _unpublished(self) -> Sequence[ChangeEvent]:
        """What was written under this lease need not be read again."""
        after = self.watch.log.published
        ours = [each for each in self._logged if int(each["sequence"]) > after][:_BATCH]
        if ours and int(ours[-1]["sequence"]) == after + len(ours):
            return ours
        return self._services.store.entries(self.watch.id, after, _BATCH)

    def _decided(self, watch: Watch) -> tuple[Watch, next_step.Step]:
        decided, step = next_step.decided(watch, self._services.clock(), self._services.policy, self._services.new_id())
        return self._next(decided), step

    def _next(self, watch: Watch) -> Watch:
        return watch.with_schedule(write_count=self.watch.schedule.write_count + 1)

    def _put(self, write: Write) -> None:
        before, self.watch = self.watch, self._services.store.write(write)
        self._came_true(before, write.watch)

    def _happened(self, decided: Watch) -> bool:
        """Whether a write whose answer was lost, or that met with a conflict, is there all the same.

        Then it is told as any other, also where the lease ended with it.
        """
        before, self.watch = self.watch, self._services.store.get(self.watch.id)
        if self.watch == replace(decided, version=self.watch.version).with_log(pending=()):
            self._came_true(before, decided)
            return True
        self._must_be_held()
        return False

    def _came_true(self, before: Watch, after: Watch) -> None:
        self._remember(after.log.pending)
        telemetry.written(before, after, self._services.clock())

    def _remember(self, entries: Sequence[ChangeEvent]) -> None:
        self._logged += (each for each in entries if weight(each) <= _LIGHT)

    def _read_again(self) -> None:
        self.watch = self._services.store.get(self.watch.id)
        self._must_be_held()

    def _must_be_held(self) -> None:
        if self.watch.schedule.holder != self._nonce:
            raise LeaseLostError

    def anew(self) -> next_step.Step:
        """Decide from what is there now."""
        for _ in range(_TRIES):
            decided, step = self._decided(self.watch)
            try:
                self._put(Write(_kind_for(step), decided))
            except (ConflictError, UnclearError):
                self._read_again()
            else:
                return step
        raise exhausted()


def _kind_for(step: next_step.Step) -> WriteKind:
    match step:
        case next_step.Wait():
            return WriteKind.RELEASE
        case next_step.OpenChannel():
            return WriteKind.INTENT
        case _:
            return WriteKind.COMMIT


def exhausted() -> UnavailableError:
    """Every one of several tries met with a conflict, or with no answer."""
    return UnavailableError("Firestore took none of several writes")
