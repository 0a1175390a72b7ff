"""One worker's hold on one watch: every write is conditioned on the one before (DESIGN 2.2).

claim ── write ── write ── release       somebody else's nonce after a conflict: fenced, and nothing more is called
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from calendar_watch.decisions import channel_lifecycle, claim, next_step
from calendar_watch.errors import ConflictError, UnavailableError, UnclearError
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.notification import News
from calendar_watch.model.watch import Entry, Watch
from calendar_watch.ports import Surroundings
from calendar_watch.reconciler import telemetry

_TRIES = 5
_REMEMBERED = 1000


class FencedError(Exception):
    """Somebody else holds the watch now. Whoever learns this calls nothing: even a stop could hit a good channel."""


class DisturbedError(Exception):
    """The watch is still held, but no longer as it was: what was computed from it is to be computed again."""


class Hold:
    """`watch` is always as it was last written. Each write returns the step that it decided on.

    Raises FencedError, and UnavailableError when Firestore cannot be reached.
    """

    def __init__(self, around: Surroundings, watch: Watch):
        self.watch = watch
        self._around = around
        self._nonce = around.new_id()
        self._logged: deque[Entry] = deque(maxlen=_REMEMBERED)

    def claim(self, news: Sequence[News]) -> next_step.Step:
        claimed = claim.claimed(self.watch, news, self._nonce, self._around.clock(), self._around.policy)
        return self.write(lambda watch: self._around.store.claim(watch, news), claimed)

    def write(self, kind: Callable[[Watch], Watch], watch: Watch) -> next_step.Step:
        """If it did not happen, what is there decides what is next; if only its answer was lost, it goes on."""
        settled, step = self._settled(watch)
        try:
            self._put(kind, settled)
        except (ConflictError, UnclearError):
            return step if self._happened(settled) else self.anew()
        return step

    def advance(self, kind: Callable[[Watch], Watch], watch: Watch) -> None:
        """A piece of a step's result: nothing is decided yet. Raises DisturbedError as well."""
        ahead = self._next(replace(watch, due_at=self._around.clock() + self._around.policy.lease))
        try:
            self._put(kind, ahead)
        except (ConflictError, UnclearError):
            if not self._happened(ahead):
                raise DisturbedError from None

    def keep(self, channel: Channel, opening: Opening) -> next_step.Step:
        """After a conflict, this one result is written again: Google's answer cannot be asked for twice."""
        policy, store = self._around.policy, self._around.store
        for _ in range(_TRIES):
            answered = channel_lifecycle.opened(self.watch, channel.id, opening, self._around.clock(), policy)
            settled, step = self._settled(answered)
            try:
                self._put(store.opened, settled)
            except (ConflictError, UnclearError):
                if not self._happened(settled):
                    continue
            return step
        raise exhausted()

    def heartbeat(self) -> None:
        """Between the pages of a listing: past half the lease, it is renewed."""
        now, lease = self._around.clock(), self._around.policy.lease
        if self.watch.due_at is None or self.watch.due_at - now >= lease / 2:
            return
        try:
            self.watch = self._around.store.commit(replace(self.watch, due_at=now + lease))
        except (ConflictError, UnclearError):
            self._read_again()

    def unpublished(self, limit: int) -> Sequence[Entry]:
        """The next entries to send; what this hold has written itself need not be read again."""
        after = self.watch.published
        ours = [each for each in self._logged if int(each["sequence"]) > after][:limit]
        if ours and int(ours[-1]["sequence"]) == after + len(ours):
            return ours
        return self._around.store.entries(self.watch.id, after, limit)

    def _settled(self, watch: Watch) -> tuple[Watch, next_step.Step]:
        settled, step = next_step.settled(watch, self._around.clock(), self._around.policy, self._around.new_id())
        return self._next(settled), step

    def _next(self, watch: Watch) -> Watch:
        return replace(watch, turn=self.watch.turn + 1)

    def _put(self, kind: Callable[[Watch], Watch], settled: Watch) -> None:
        before, self.watch = self.watch, kind(settled)
        self._logged += settled.pending
        telemetry.written(before, settled, self._around.clock())

    def _happened(self, settled: Watch) -> bool:
        """Whether a write whose answer was lost, or that met with a conflict, is there all the same."""
        self._read_again()
        if self.watch != replace(settled, pending=(), version=self.watch.version):
            return False
        self._logged += settled.pending
        return True

    def _read_again(self) -> None:
        self.watch = self._around.store.get(self.watch.id)
        if self.watch.holder != self._nonce:
            raise FencedError

    def anew(self) -> next_step.Step:
        """Decide from what is there now."""
        for _ in range(_TRIES):
            settled, step = self._settled(self.watch)
            try:
                self._put(self._kind_for(step), settled)
            except (ConflictError, UnclearError):
                self._read_again()
            else:
                return step
        raise exhausted()

    def _kind_for(self, step: next_step.Step) -> Callable[[Watch], Watch]:
        store = self._around.store
        match step:
            case next_step.Rest():
                return store.release
            case next_step.OpenChannel():
                return store.intent
            case _:
                return store.commit


def exhausted() -> UnavailableError:
    """Every one of several tries met with a conflict, or with no answer."""
    return UnavailableError("Firestore took none of several writes")
