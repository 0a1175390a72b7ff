"""Reconciling every watch that is due, and a page of those with notifications, within the time that a sweep has."""

import logging
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from contextvars import copy_context
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from calendar_watch.errors import ForeignSchemaError, GoogleError, UnavailableError
from calendar_watch.log import event
from calendar_watch.ports import Services
from calendar_watch.reconciler.reconcile import Result, reconcile

_PAGE = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BETWEEN_COUNTS = timedelta(minutes=10)
_BETWEEN_SWEEPS = timedelta(minutes=1)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SweepResult:
    """`overdueSeconds` is how late the most overdue watch was: the one figure that says whether the system keeps up."""

    reconciled: int
    renewed: int
    synced: int
    published: int
    failed: int
    remaining: int
    overdueSeconds: float  # noqa: N815 (spelled as it is answered and logged)


class Sweep:
    """One run. `threads` work side by side; `seconds` after the start nothing new is begun."""

    def __init__(self, services: Services, *, threads: int, seconds: float):
        self._services = services
        self._threads = threads
        self._began = services.clock()
        self._deadline = self._began + timedelta(seconds=seconds)
        self._done: dict[str, Result] = {}

    def run(self, start: str) -> SweepResult:
        """`start` is where by name the page of notifications begins; by chance, so that none waits for ever.

        Raises UnavailableError when Firestore cannot be reached at all.
        """
        late = self._late(start)
        todo = sorted(late, key=late.__getitem__, reverse=True)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="sweep") as pool:
            while todo and self._in_time():
                self._reconcile_all(pool, todo)
                todo = [
                    each
                    for each, _ in self._services.store.due(self._services.clock(), _PAGE)
                    if each not in self._done
                ]
        if _counts_due(self._began, self._services.clock()):
            self._count()
        return self._summed_up(max(late.values(), default=0.0))

    def _late(self, start: str) -> dict[str, float]:
        """What there is to do, and by how many seconds it is late."""
        notifications = [(each.watch_id, each.received) for each in self._services.store.waiting(start, _PAGE)]
        late: dict[str, float] = {}
        for watch_id, since in [*self._services.store.due(self._began, _PAGE), *notifications]:
            late[watch_id] = max(late.get(watch_id, 0.0), (self._began - since).total_seconds())
        return late

    def _reconcile_all(self, pool: ThreadPoolExecutor, watch_ids: Iterable[str]) -> None:
        wait([pool.submit(copy_context().run, self._reconcile, watch_id) for watch_id in watch_ids])

    def _reconcile(self, watch_id: str) -> None:
        if not self._in_time():
            return
        try:
            self._done[watch_id] = self._reconciled(watch_id)
        except Exception as error:  # whatever is wrong with one watch must not keep the sweep from the others
            fields = {"event": "unreconciled", "watchId": watch_id, "error": type(error).__name__}
            _forget_googles_words(error)
            _logger.exception("watch %s could not be reconciled", watch_id, extra={"fields": fields})
            self._done[watch_id] = Result(failed=True)

    def _reconciled(self, watch_id: str) -> Result:
        try:
            return reconcile(self._services, watch_id)
        except ForeignSchemaError as error:
            event("foreignSchema", str(error), severity="WARNING", collection="watches", count=1, document=watch_id)
            return Result()

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

    def _in_time(self) -> bool:
        return self._services.clock() < self._deadline

    def _summed_up(self, overdue: float) -> SweepResult:
        done = [each for each in self._done.values() if each.steps or each.failed]
        swept = SweepResult(
            reconciled=len(done),
            renewed=sum(each.renewed for each in done),
            synced=sum(each.synced for each in done),
            published=sum(each.published for each in done),
            failed=sum(each.failed for each in done),
            remaining=self._services.store.count_due(self._services.clock()),
            overdueSeconds=overdue,
        )
        states = Counter(each.state for each in done if each.state)
        event("sweep", f"{swept.reconciled} watches reconciled", **asdict(swept), states=states)
        return swept


def _counts_due(began: datetime, now: datetime) -> bool:
    """Whether ten minutes became full since the sweep before; of one that is long, the next may count again."""
    return (began - _BETWEEN_SWEEPS - _EPOCH) // _BETWEEN_COUNTS < (now - _EPOCH) // _BETWEEN_COUNTS


def _forget_googles_words(error: BaseException) -> None:
    """What Google had refused before may name a user, and is no part of why this failed: no traceback needs it."""
    while (before := error.__cause__ or error.__context__) and not isinstance(before, GoogleError):
        error = before
    error.__cause__ = error.__context__ = None
