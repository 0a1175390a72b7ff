"""Attending to every watch that is due, and to a page of those with news, within the time that a sweep has."""

import logging
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import asdict, dataclass
from datetime import timedelta

from calendar_watch.errors import UnknownWatchError
from calendar_watch.log import event
from calendar_watch.ports import Surroundings
from calendar_watch.reconciler.reconcile import Attendance, attend

_PAGE = 500
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """`overdueSeconds` is how late the most overdue watch was: the one figure that says whether the system keeps up."""

    attended: int
    renewed: int
    synced: int
    published: int
    failed: int
    remaining: int
    overdueSeconds: float  # noqa: N815 (spelled as it is answered and logged)


class Sweep:
    """One run. `threads` work side by side; `seconds` after the start nothing new is begun."""

    def __init__(self, around: Surroundings, *, threads: int, seconds: float):
        self._around = around
        self._threads = threads
        self._began = around.clock()
        self._deadline = self._began + timedelta(seconds=seconds)
        self._done: dict[str, Attendance] = {}

    def run(self, start: str) -> Swept:
        """`start` is where in the order of names the page of news begins; by chance, so that none waits for ever.

        Raises UnavailableError when Firestore cannot be reached at all.
        """
        late = self._late(start)
        todo = sorted(late, key=late.__getitem__, reverse=True)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="sweep") as pool:
            while todo and self._in_time():
                self._attend_all(pool, todo)
                todo = [
                    each for each, _ in self._around.store.due(self._around.clock(), _PAGE) if each not in self._done
                ]
        return self._told(max(late.values(), default=0.0))

    def _late(self, start: str) -> dict[str, float]:
        """What there is to do, and by how many seconds it is late."""
        news = [(each.watch_id, each.received) for each in self._around.store.waiting(start, _PAGE)]
        late: dict[str, float] = {}
        for watch_id, since in [*self._around.store.due(self._began, _PAGE), *news]:
            late[watch_id] = max(late.get(watch_id, 0.0), (self._began - since).total_seconds())
        return late

    def _attend_all(self, pool: ThreadPoolExecutor, watch_ids: Iterable[str]) -> None:
        wait([pool.submit(copy_context().run, self._attend, watch_id) for watch_id in watch_ids])

    def _attend(self, watch_id: str) -> None:
        if not self._in_time():
            return
        try:
            self._done[watch_id] = self._attended(watch_id)
        except Exception:  # whatever is wrong with one watch must not keep the sweep from the others
            fields = {"event": "attended", "watchId": watch_id}
            _logger.exception("watch %s could not be attended to", watch_id, extra={"fields": fields})
            self._done[watch_id] = Attendance(failed=True)

    def _attended(self, watch_id: str) -> Attendance:
        try:
            return attend(self._around, watch_id)
        except UnknownWatchError:
            self._drop_news(watch_id)
            return Attendance()

    def _drop_news(self, watch_id: str) -> None:
        """Genuine messages of a watch that is not stored here, such as one of a database that is gone."""
        for news in self._around.store.news(watch_id):
            self._around.store.drop(news)
            event("channel", "nobody's channel", watchId=watch_id, channelId=news.channel_id, action="orphaned")

    def _in_time(self) -> bool:
        return self._around.clock() < self._deadline

    def _told(self, overdue: float) -> Swept:
        done = [each for each in self._done.values() if each.steps or each.failed]
        swept = Swept(
            attended=len(done),
            renewed=sum(each.renewed for each in done),
            synced=sum(each.synced for each in done),
            published=sum(each.published for each in done),
            failed=sum(each.failed for each in done),
            remaining=self._around.store.count_due(self._around.clock()),
            overdueSeconds=overdue,
        )
        states = Counter(each.state for each in done if each.state)
        event("sweep", f"attended to {swept.attended} watches", **asdict(swept), states=states)
        return swept
