"""What is counted of all watches: of those that are decided over times how many they stand for, and of the queues."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from calendar_watch.model.exposure import COUNTED
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.shard import SHARDS
from calendar_watch.model.watch import State
from calendar_watch.reasons import Reason
from tests.tools.scale.assumptions import Assumptions, Deployment
from tests.tools.scale.life import Done
from tests.tools.scale.plan import CALLS, Plan, Report
from tests.tools.scale.queues import MINUTE, Served, Sweeps
from tests.tools.scale.smear import drawn

_RECENT = 0.02
_COUNTED_EVERY, _COUNTED_A_READ = 600, 1_000
_COUNTS = len(RESOURCES) * len(State) + len(Reason) + 2 + len(COUNTED)
"""What `counts` asks (`FirestoreStore.tally`), besides for the longest overdue: each aggregation reads a document for a
thousand index entries."""


@dataclass(slots=True)
class Usual:
    """Of the latest reconciliations: what one costs changes slowly."""

    took: float
    calls: float = 1.0
    index_writes: float = 2.0

    def take(self, done: Done, took: float) -> None:
        calls = sum(done.spent[each] for each in CALLS)
        self.took += (took - self.took) * _RECENT
        self.calls += (calls - self.calls) * _RECENT
        self.index_writes += (done.spent["index_writes"] - self.index_writes) * _RECENT


class Meter:
    """Fills the report, from the second on that the plan says."""

    def __init__(self, deployment: Deployment, plan: Plan, assumed: Assumptions, random: Random):
        self.report = Report(plan.seconds - plan.counted_from, deployment.watches)
        self.by_timer, self.by_message = Usual(took=0.2), Usual(took=0.25)
        self._deployment, self._plan, self._assumed, self._random = deployment, plan, assumed, random

    def counts_at(self, second: float) -> bool:
        return second >= self._plan.counted_from

    def spend(self, second: float, cause: str, spent: Counter[str], weight: int = 1) -> None:
        if self.counts_at(second):
            self.report.count(cause, spent, weight)

    def minute(self, second: int, sweeps: Sweeps) -> None:
        """A figure for each; and what sweeps ask besides."""
        if not self.counts_at(second):
            sweeps.forget()
            return
        since = min((since for each in sweeps.lines if (since := each.since()) is not None), default=second)
        self.report.overdue.append(second - since)
        self.report.calls.append(0.0)
        self.report.needed.append(0.0)
        self.report.handed_over = sweeps.handed_over
        self.spend(second, "sweeps", Counter(rpcs=sweeps.rpcs, reads=sweeps.reads, sweeps=1))
        sweeps.rpcs = sweeps.reads = 0
        if second % _COUNTED_EVERY == 0:
            reads = self._deployment.watches // _COUNTED_A_READ + _COUNTS + 1
            self.spend(second, "counts", Counter(rpcs=_COUNTS + 1, reads=reads))

    def second(self, second: int, woken: int, served: Served) -> None:
        if not self.counts_at(second):
            return
        report, timed = self.report, served.by_shard.total()
        report.calls[-1] += woken * self.by_message.calls + timed * self.by_timer.calls
        at_work = woken * self.by_message.took / self._assumed.wakeups_at_once
        at_work += timed * self.by_timer.took / self._deployment.sweep_threads
        report.needed[-1] += max(at_work, (woken + timed) * self._assumed.cpu) / MINUTE
        report.billed += max(served.instances, at_work, min(1.0, woken * self.by_message.took))
        busiest = max(served.by_shard.values(), default=0) * self.by_timer.index_writes
        busiest += drawn(woken / len(SHARDS), self._random) * self.by_message.index_writes
        report.index_writes = max(report.index_writes, busiest)
