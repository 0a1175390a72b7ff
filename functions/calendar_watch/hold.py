"""One worker's hold on one watch: every write is conditioned on the one before (DESIGN 2.2).

claim ── write ── write ── release       somebody else's nonce after a conflict: fenced, and nothing more is called
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from calendar_watch import journal, openings, plan, writes
from calendar_watch.change import Snapshot
from calendar_watch.channel import Channel, Opening
from calendar_watch.errors import ConflictError, UnavailableError, UnclearError
from calendar_watch.policy import Policy
from calendar_watch.ports import Calendar, Store
from calendar_watch.tokens import Tokens
from calendar_watch.watch import News, Watch

_TRIES = 5


class FencedError(Exception):
    """Somebody else holds the watch now. Whoever learns this calls nothing: even a stop could hit a good channel."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a worker works with; clock, ids and chance come from outside, so that years run in seconds."""

    store: Store
    calendar: Calendar
    tokens: Tokens
    policy: Policy
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    jitter: Callable[[], float]


class Hold:
    """`watch` is always as it was last written. Each write returns the step that it decided on.

    Raises FencedError, and UnavailableError when Firestore cannot be reached.
    """

    def __init__(self, around: Surroundings, watch: Watch):
        self.watch = watch
        self._around = around
        self._nonce = around.new_id()

    def claim(self, news: Sequence[News]) -> plan.Step:
        claimed = writes.claimed(self.watch, news, self._nonce, self._around.clock(), self._around.policy)
        return self.write(lambda watch: self._around.store.claim(watch, news), claimed)

    def write(self, kind: Callable[[Watch], Watch], watch: Watch) -> plan.Step:
        """If it did not happen, or nobody knows, what is there decides what is next."""
        try:
            return self._put(kind, watch)
        except (ConflictError, UnclearError):
            self._read_again()
            return self._anew()

    def commit(self, watch: Watch, snapshot: Snapshot) -> plan.Step:
        return self.write(lambda settled: self._around.store.commit(settled, snapshot), watch)

    def keep(self, channel: Channel, opening: Opening) -> plan.Step:
        """After a conflict, this one result is written again: Google's answer cannot be asked for twice."""
        for _ in range(_TRIES):
            now = self._around.clock()
            try:
                return self._put(
                    self._around.store.opened,
                    openings.opened(self.watch, channel.id, opening, now, self._around.policy),
                )
            except (ConflictError, UnclearError):
                self._read_again()
        raise _exhausted()

    def heartbeat(self) -> None:
        """Between the pages of a listing: past half the lease, it is renewed."""
        now, lease = self._around.clock(), self._around.policy.lease
        if self.watch.due_at is None or self.watch.due_at - now >= lease / 2:
            return
        try:
            self.watch = self._around.store.commit(replace(self.watch, due_at=now + lease))
        except (ConflictError, UnclearError):
            self._read_again()

    def _put(self, kind: Callable[[Watch], Watch], watch: Watch) -> plan.Step:
        before, now = self.watch, self._around.clock()
        settled, step = plan.settled(watch, now, self._around.policy, self._around.new_id())
        self.watch = kind(settled)
        journal.written(before, self.watch, now)
        return step

    def _read_again(self) -> None:
        self.watch = self._around.store.get(self.watch.id)
        if self.watch.holder != self._nonce:
            raise FencedError

    def _anew(self) -> plan.Step:
        for _ in range(_TRIES):
            try:
                return self._put(self._kind_of_next(), self.watch)
            except (ConflictError, UnclearError):
                self._read_again()
        raise _exhausted()

    def _kind_of_next(self) -> Callable[[Watch], Watch]:
        store = self._around.store
        match plan.next_step(self.watch, self._around.clock(), self._around.policy):
            case plan.Rest():
                return store.release
            case plan.OpenChannel():
                return store.intent
            case _:
                return store.commit


def _exhausted() -> UnavailableError:
    return UnavailableError("Firestore took none of several writes")
