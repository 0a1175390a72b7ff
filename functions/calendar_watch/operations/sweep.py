"""Reconciling what is due, within the time that a sweep has, and handing over what one instance cannot finish.

a page ── reconciled ── the next page ── … ── time is up, or nothing is due
│
at that pace too slow: other instances get every shard but that of the most overdue
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from calendar_watch.decisions.hand_over import falls_behind
from calendar_watch.errors import TryLaterError, UnavailableError
from calendar_watch.log import event
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.shard import SHARDS, shard_of
from calendar_watch.operations.workers import Workers
from calendar_watch.ports import Services
from calendar_watch.reconciler.result import Result

_PAGE = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BETWEEN_COUNTS = timedelta(minutes=10)
_BETWEEN_SWEEPS = timedelta(minutes=1)

HandOver = Callable[[Sequence[int]], None]
"""Has other instances sweep these shards. Raises TryLaterError."""


@dataclass(frozen=True, slots=True)
class SweepResult:
    """`overdueSeconds` is how late the most overdue watch was: the one figure that says whether the system keeps up."""

    reconciled: int
    renewed: int
    synced: int
    published: int
    failed: int
    handedOver: int  # noqa: N815 (spelled as it is answered and logged)
    """Shards."""
    remaining: int
    overdueSeconds: float  # noqa: N815 (likewise)


class Sweep:
    """One run. `seconds` after the start nothing new is begun."""

    def __init__(self, services: Services, workers: Workers, seconds: float):
        self._services = services
        self._workers = workers
        self._deadline = Deadline.after(services.clock(), seconds)
        self._done: dict[str, Result] = {}

    def run(self, start: str, hand_over: HandOver | None) -> SweepResult:
        """`start` is where by name the page of notifications begins; by chance, so that none waits for ever.

        Raises UnavailableError when Firestore cannot be reached at all.
        """
        late = self._late(start)
        todo = sorted(late, key=late.__getitem__, reverse=True)
        self._reconcile(todo)
        given = self._given(shard_of(todo[0]), hand_over) if hand_over and self._falls_behind() else []
        kept = [each for each in SHARDS if each not in given]
        while not self._services.over(self._deadline) and (todo := self._next(kept, given)):
            self._reconcile(todo)
        if _counts_due(self._deadline.began, self._services.clock()):
            self._count()
        return self._summed_up(len(given), max(late.values(), default=0.0))

    def run_shard(self, shard: int) -> None:
        """What another instance handed over; nothing is handed on."""
        while not self._services.over(self._deadline) and (todo := self._due([shard])):
            self._reconcile(todo)

    def _late(self, start: str) -> dict[str, float]:
        """What there is to do, and by how many seconds it is late."""
        store, began = self._services.store, self._deadline.began
        notifications = [(each.watch_id, each.received) for each in store.waiting(start, _PAGE)]
        late: dict[str, float] = {}
        for watch_id, since in [*store.due(began, _PAGE), *notifications]:
            late[watch_id] = max(late.get(watch_id, 0.0), (began - since).total_seconds())
        return late

    def _next(self, *shards: Sequence[int]) -> list[str]:
        """What is due in these, the first before the others; then what is at rest, but with settings of yesterday."""
        pages = (self._due(each) for each in shards if each)
        return next(filter(None, pages), None) or self._outdated()

    def _due(self, shards: Sequence[int]) -> list[str]:
        """What came to nothing in this run is left to the next."""
        due = self._services.store.due(self._services.clock(), _PAGE, shards)
        return [each for each, _ in due if each not in self._done]

    def _outdated(self) -> list[str]:
        outdated = self._services.store.outdated(self._services.policy.fingerprint, _PAGE)
        return [each for each in outdated if each not in self._done]

    def _reconcile(self, watch_ids: Sequence[str]) -> None:
        self._done |= self._workers.reconcile_all(watch_ids, self._deadline)

    def _falls_behind(self) -> bool:
        now, done = self._services.clock(), len(self._done)
        return bool(done) and falls_behind(done, self._services.store.count_due(now), self._deadline, now)

    def _given(self, first: int, hand_over: HandOver) -> Sequence[int]:
        """`first` is kept, as long as there is time: whatever becomes of the others, the most overdue get on."""
        shards = [each for each in SHARDS if each != first or self._services.over(self._deadline)]
        try:
            hand_over(shards)
        except TryLaterError as error:
            event("handover", f"no shard could be handed over: {error.detail}", severity="WARNING")
            return []
        return shards

    def _count(self) -> None:
        """For the whole deployment. The clock says which sweep does it: nobody need remember when it was done last."""
        with suppress(UnavailableError):
            tally = self._services.store.tally(self._services.clock())
            watches = sum(tally.states.values())
            event(
                "counts",
                f"{watches} watches",
                states=tally.states,
                reasons=tally.reasons,
                lockedOut=tally.locked_out,
            )

    def _summed_up(self, handed_over: int, overdue: float) -> SweepResult:
        done = [each for each in self._done.values() if each.steps or each.failed]
        swept = SweepResult(
            reconciled=len(done),
            renewed=sum(each.renewed for each in done),
            synced=sum(each.synced for each in done),
            published=sum(each.published for each in done),
            failed=sum(each.failed for each in done),
            handedOver=handed_over,
            remaining=self._services.store.count_due(self._services.clock()),
            overdueSeconds=overdue,
        )
        states = Counter(each.state for each in done if each.state)
        event("sweep", f"{swept.reconciled} watches reconciled", **asdict(swept), states=states)
        return swept


def _counts_due(began: datetime, now: datetime) -> bool:
    """Whether ten minutes became full since the sweep before; of one that is long, the next may count again."""
    return (began - _BETWEEN_SWEEPS - _EPOCH) // _BETWEEN_COUNTS < (now - _EPOCH) // _BETWEEN_COUNTS
