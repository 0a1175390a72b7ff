"""Asking for a collection to be watched, and ending that."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from datetime import datetime, timedelta
from enum import StrEnum

from calendar_watch.decisions import registration
from calendar_watch.errors import (
    ConflictError,
    FollowedError,
    ForeignSchemaError,
    RefusedError,
    UnavailableError,
    UnclearError,
    UnknownWatchError,
)
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.health import Refusal, StepKind
from calendar_watch.model.target import NamedOptions, Options, Target
from calendar_watch.model.watch import State, Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.operations.query import shown
from calendar_watch.ports import Services
from calendar_watch.reconciler.lease import exhausted
from calendar_watch.reconciler.reconcile import reconcile

_PATIENCE = 10.0
"""Seconds that whoever asks is kept waiting, for Google, and for a watch that others are writing too."""
_LONGEST_WORK = 40.0
"""Seconds that may be spent on it, answered or not: the instance has a minute for a request, and longer for none."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
_PAUSE = 0.2
_PAUSE_AFTER_REFUSAL = 2.0
_PAUSES_FOR_CONFIRMATION = 10


class Outcome(StrEnum):
    CREATED = "created"
    RESUMED = "resumed"
    EXISTS = "exists"
    UNDER_WAY = "under way"


Entered = tuple[Outcome, Watch] | ForeignSchemaError
"""What became of one of many: a document that another release wrote keeps none of the others."""


class Registry:
    """`pause` sleeps for so many seconds. Every method raises UnavailableError when Firestore cannot be reached."""

    def __init__(self, services: Services, pause: Callable[[float], None]):
        self._services = services
        self._pause = pause
        self._workers = ThreadPoolExecutor(max_workers=64, thread_name_prefix="reconciler")

    def open(self, target: Target, named: NamedOptions) -> tuple[Outcome, Watch]:
        """Have a collection watched. Raises RefusedError when Google refuses it twice.

        What this request would have created is then not kept; what was there before stays. So does what had opened and
        is refused a moment later: consumers know of it.
        """
        outcome = self._enter(registration.created(target, Options(**named), self._now()), named)
        if outcome is Outcome.EXISTS:
            return outcome, self._begun(target.id)
        self._within_patience(lambda: self._bring_up(target.id))
        watch = self._get(target.id)
        refusal = _settled_refusal(watch)
        had_opened = outcome is Outcome.CREATED and watch.log.sequence
        if refusal and not had_opened:
            self._discard(watch, outcome)
            reason = refusal.reason
            remedy = reason.remedy_without_watch if outcome is Outcome.CREATED else reason.remedy
            told = f"Google refuses {target.in_words}. {remedy} Google says: {refusal.detail}"
            raise RefusedError(reason, told)
        return (Outcome.UNDER_WAY if self._unopened(watch) else outcome), watch

    def end(self, watch_id: str) -> Watch:
        """The answer is `stopped`, or `stopping` while Google still has to be told. Raises FollowedError."""
        return self._ended(watch_id, registration.ended)

    def erase(self, watch_id: str) -> Watch:
        """End it, and have gone what it read and told; the answer is `erasing` until that is. Raises FollowedError."""
        return self._ended(watch_id, registration.erasure_asked)

    def _ended(self, watch_id: str, end: Callable[[Watch, datetime], Watch]) -> Watch:
        def unless_followed(watch: Watch) -> Watch:
            if watch.followed_by:
                raise FollowedError(watch.followed_by)
            return end(watch, self._now())

        return self._ordered(WriteKind.STOP, watch_id, unless_followed)

    def retry(self, watch_id: str) -> Watch:
        """Whatever waits is tried now. Raises WrongStateError for a watch that has ended."""
        return self._ordered(WriteKind.RESUME, watch_id, lambda watch: registration.retried(watch, self._now()))

    def resync(self, watch_id: str) -> Watch:
        """Everything is read and compared, and it is told how much differed. Raises WrongStateError."""
        return self._ordered(WriteKind.RESUME, watch_id, lambda watch: registration.resync_asked(watch, self._now()))

    def _ordered(self, kind: WriteKind, watch_id: str, change: Callable[[Watch], Watch]) -> Watch:
        """Of a watch that is shown: it is written down, and what it asks for begins."""
        shown(self._services.store, watch_id)
        self._change(kind, watch_id, change)
        return self._begun(watch_id)

    def _begun(self, watch_id: str) -> Watch:
        """With as much done of what was asked for as there is patience for."""
        self._within_patience(lambda: self._reconcile(watch_id))
        return self._get(watch_id)

    def enrol(self, wanted: Iterable[tuple[Target, NamedOptions]]) -> list[Entered]:
        """Have many collections watched, of which each is reconciled a little after the one before, by `renew`.

        What is asked for more than once is asked for as each said in turn. What else goes wrong with one is raised: the
        others stay, and may be asked for again.
        """
        asked, now = list(wanted), self._now()
        between = registration.stagger(self._services.policy)
        merged: dict[str, tuple[Target, NamedOptions]] = {}
        for target, named in asked:
            _, before = merged.get(target.id, (target, {}))
            merged[target.id] = target, {**before, **named}
        entering = {
            watch_id: self._workers.submit(copy_context().run, self._enrolled, target, named, now + position * between)
            for position, (watch_id, (target, named)) in enumerate(merged.items())
        }
        return [_or_foreign(entering[target.id]) for target, _ in asked]

    def _enrolled(self, target: Target, named: NamedOptions, due: datetime) -> tuple[Outcome, Watch]:
        wanted = registration.created(target, Options(**named), self._now()).with_schedule(due_at=due)
        outcome = self._enter(wanted, named)
        return (Outcome.UNDER_WAY if outcome is Outcome.CREATED else outcome), self._get(target.id)

    def _enter(self, wanted: Watch, named: NamedOptions) -> Outcome:
        for _ in self._tries():
            try:
                self._services.store.write(Write(WriteKind.CREATE, wanted))
            except (ConflictError, UnclearError):
                with suppress(UnknownWatchError):  # then it was not written, and may be tried again
                    return self._ask_again(wanted, named)
            else:
                return Outcome.CREATED
        raise exhausted()

    def _ask_again(self, wanted: Watch, named: NamedOptions) -> Outcome:
        policy, due = self._services.policy, wanted.schedule.due_at or self._now()
        before = self._change(
            WriteKind.RESUME, wanted.id, lambda watch: registration.asked_again(watch, named, self._now(), due, policy)
        )
        if before.discarded or before.created == wanted.created:  # the latter: our own, whose answer was lost
            return Outcome.CREATED
        revived = not before.wanted or StepKind.READ in before.health.refusals
        return Outcome.RESUMED if revived else Outcome.EXISTS

    def _reconcile(self, watch_id: str) -> None:
        reconcile(self._services, watch_id, Deadline.after(self._now(), _LONGEST_WORK))

    def _bring_up(self, watch_id: str) -> None:
        """A first message usually arrives within a second: worth waiting for, so that the answer says `active`."""
        self._reconcile(watch_id)
        if StepKind.READ in self._get(watch_id).health.refusals:
            self._try_again(watch_id)
        for _ in range(_PAUSES_FOR_CONFIRMATION):
            watch = self._get(watch_id)
            if watch.health.refusals or self._unopened(watch) or watch.confirmed(self._now()):
                return
            self._pause(_PAUSE)
            self._reconcile(watch_id)

    def _try_again(self, watch_id: str) -> None:
        """One refusal may be a passing one, above all of a calendar that is only just there."""
        self._pause(_PAUSE_AFTER_REFUSAL)
        self._change(WriteKind.RESUME, watch_id, lambda watch: registration.retried_at_once(watch, self._now()))
        self._reconcile(watch_id)

    def _unopened(self, watch: Watch) -> bool:
        answered = watch.newest is not None and watch.newest.answered
        return watch.reading.item_count is None or (watch.state(self._now()) is State.OPENING and not answered)

    def _discard(self, watch: Watch, outcome: Outcome) -> None:
        if outcome is Outcome.CREATED:
            self._change(WriteKind.STOP, watch.id, lambda there: self._discarded(there, watch))
            self._within_patience(lambda: self._reconcile(watch.id))

    def _discarded(self, there: Watch, refused: Watch) -> Watch:
        """Unless somebody else has asked for it meanwhile, with more success, and it has begun to tell."""
        still = not there.log.sequence and _settled_refusal(there) == _settled_refusal(refused)
        return registration.discarded(there, self._now()) if still and not there.followed_by else there

    def _change(self, kind: WriteKind, watch_id: str, change: Callable[[Watch], Watch]) -> Watch:
        """An operator's write, in a loop, since a holder may be writing too. Returns what it was applied to."""
        for _ in self._tries():
            before = self._get(watch_id)
            try:
                after = change(before)
                if after != before:
                    self._services.store.write(Write(kind, after))
            except (ConflictError, UnclearError):
                continue
            return before
        raise exhausted()

    def _tries(self) -> Iterator[None]:
        """As many as patience has room for. By chance further and further apart: who collided would collide again."""
        end, pause = self._now() + timedelta(seconds=_PATIENCE), _FIRST_PAUSE
        yield
        while self._now() < end:
            self._pause(pause * (0.5 + self._services.jitter()))
            pause = min(2 * pause, _LONGEST_PAUSE)
            yield

    def _within_patience(self, work: Callable[[], object]) -> None:
        """Whoever asked is answered in time; what is not done by then goes on by itself, here or in `renew`.

        So does what others who were writing too kept from being written. If Firestore is away, the next look says so.
        """
        done = self._workers.submit(copy_context().run, work)
        with suppress(TimeoutError, UnavailableError):
            done.result(timeout=_PATIENCE)

    def _get(self, watch_id: str) -> Watch:
        return self._services.store.get(watch_id)

    def _now(self) -> datetime:
        return self._services.clock()


def _or_foreign(entering: Future[tuple[Outcome, Watch]]) -> Entered:
    try:
        return entering.result()
    except ForeignSchemaError as error:
        return error


def _settled_refusal(watch: Watch) -> Refusal | None:
    """Google's answer to whoever waits for one: refused to read it, and more than once."""
    refusal = watch.health.refusals.get(StepKind.READ)
    return refusal if refusal and not refusal.common and (refusal.count > 1 or refusal.believed) else None
