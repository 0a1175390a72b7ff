"""How what is due queues for the instances of `renew`: counted second by second, every single one.

A line holds counts, and marks of watches that are decided over; a mark's turn comes when those before it had theirs.
"""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from calendar_watch.decisions.hand_over import falls_behind
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.shard import SHARDS
from tests.tools.scale.assumptions import seconds
from tests.tools.scale.outside import BEGINNING

PAGE = 500
SWEEP = 50
MINUTE = 60
Mark = str
"""A watch's id."""


@dataclass(slots=True)
class _Waiting:
    since: int
    count: int
    marks: list[Mark]


class Line:
    """First come, first served. `late` counts by how many seconds each came late to its turn."""

    def __init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()
        self.length = 0
        self.late: Counter[int] = Counter()

    def join(self, second: int, count: int, marks: Sequence[Mark] = ()) -> None:
        if not self._waiting or self._waiting[-1].since != second:
            self._waiting.append(_Waiting(second, 0, []))
        self._waiting[-1].count += count
        self._waiting[-1].marks += marks
        self.length += count

    def serve(self, most: int, second: int) -> tuple[int, list[Mark]]:
        """At most so many, and whoever stands among them; how many, and whose marks came by."""
        served, marks = 0, []
        while self._waiting and (served < most or not self._waiting[0].count):
            first = self._waiting[0]
            taken = min(first.count, most - served)
            marks += first.marks
            first.marks = []
            served, first.count = served + taken, first.count - taken
            self.late[second - first.since] += taken
            if not first.count:
                self._waiting.popleft()
        self.length -= served
        return served, marks

    def since(self) -> int | None:
        """How long the first one has waited for."""
        return self._waiting[0].since if self._waiting else None


@dataclass
class _Sweep:
    began: int
    first_page: int
    first: int
    """The shard of the most overdue."""
    done: int = 0
    given: Sequence[int] = ()
    decided: bool = False


@dataclass(frozen=True, slots=True)
class _Help:
    instance: int
    shard: int
    begins: int


@dataclass
class Served:
    """In one second."""

    by_shard: Counter[int] = field(default_factory=Counter)
    marks: list[tuple[int, Mark]] = field(default_factory=list)
    """And on which instance."""
    instances: int = 0


class Sweeps:
    """What Scheduler begins every minute on one instance, and what that one hands over to the others."""

    def __init__(self, instances: int, hand_over_after: float):
        self.lines = [Line() for _ in SHARDS]
        self.handed_over = 0
        self.rpcs = self.reads = 0
        self._after = round(hand_over_after)
        self._credit = [0.0] * instances
        self._sweep: _Sweep | None = None
        self._helping: list[_Help] = []

    def forget(self) -> None:
        """What was counted so far."""
        self.handed_over = self.rpcs = self.reads = 0
        for each in self.lines:
            each.late.clear()

    @property
    def due(self) -> int:
        return sum(each.length for each in self.lines)

    def tick(self, second: int) -> None:
        """Scheduler begins none while one goes on."""
        if self._sweep is None:
            self._sweep = _Sweep(second, min(PAGE, self.due), self._oldest(SHARDS))
            self.rpcs, self.reads = self.rpcs + 6, self.reads + 6

    def work(self, second: int, pace: float) -> Served:
        """`pace` is how many watches an instance reconciles a second."""
        served = Served()
        self._lead(second, pace, served)
        self._help(second, pace, served)
        self.reads += served.by_shard.total()
        self.rpcs += served.by_shard.total() // PAGE
        return served

    def _lead(self, second: int, pace: float, served: Served) -> None:
        sweep = self._sweep
        if sweep is None:
            return
        left = self._earned(0, pace)
        while left and (shard := self._next(sweep)) is not None:
            taken = self._take(0, shard, left, second, served)
            left, sweep.done = left - taken, sweep.done + taken
            if not sweep.decided and sweep.done >= sweep.first_page:
                self._decide(sweep, second)
        served.instances += 1
        if self._next(sweep) is None or second + 1 - sweep.began >= SWEEP:
            self._sweep = None

    def _next(self, sweep: _Sweep) -> int | None:
        kept = [each for each in SHARDS if each not in sweep.given]
        for shards in (kept, sweep.given):
            if any(self.lines[each].since() is not None for each in shards):
                return self._oldest(shards)
        return None

    def _oldest(self, shards: Iterable[int]) -> int:
        waiting = ((since, each) for each in shards if (since := self.lines[each].since()) is not None)
        return min(waiting, default=(0, 0))[1]

    def _decide(self, sweep: _Sweep, second: int) -> None:
        sweep.decided = True
        began = BEGINNING + seconds(sweep.began)
        now = BEGINNING + seconds(second + 1)
        if not falls_behind(sweep.done, self.due, Deadline.after(began, SWEEP), now):
            return
        sweep.given = [each for each in SHARDS if each != sweep.first]
        self.handed_over += 1
        others = range(1, len(self._credit)) or range(1)
        begins = second + self._after
        self._helping += [_Help(others[place % len(others)], shard, begins) for place, shard in enumerate(sweep.given)]
        self.rpcs, self.reads = self.rpcs + len(sweep.given), self.reads + len(sweep.given)

    def _help(self, second: int, pace: float, served: Served) -> None:
        """Each instance takes from all shards that it was given; when nothing is due in one, that is done with."""
        self._helping = [each for each in self._helping if second < each.begins or self._goes_on(each, second)]
        at_it = [each for each in self._helping if second >= each.begins]
        for instance in {each.instance for each in at_it}:
            shards = [each.shard for each in at_it if each.instance == instance]
            left = self._earned(instance, pace)
            for place, shard in enumerate(shards):
                left -= self._take(instance, shard, -(-left // (len(shards) - place)), second, served)
        served.instances += len({each.instance for each in at_it} - {0})

    def _goes_on(self, help_: _Help, second: int) -> bool:
        return second < help_.begins + SWEEP and self.lines[help_.shard].since() is not None

    def _earned(self, instance: int, pace: float) -> int:
        self._credit[instance] = min(self._credit[instance] + pace, pace + 1)
        whole = int(self._credit[instance])
        self._credit[instance] -= whole
        return whole

    def _take(self, instance: int, shard: int, most: int, second: int, served: Served) -> int:
        count, marks = self.lines[shard].serve(most, second)
        served.by_shard[shard] += count
        served.marks += ((instance, each) for each in marks)
        return count


def quantile(late: Iterable[Counter[int]], part: float) -> int:
    """In seconds: so large a part of all was sooner, or then."""
    together = sum(late, Counter[int]())
    wanted, so_far = part * together.total(), 0
    for value, count in sorted(together.items()):
        so_far += count
        if so_far >= wanted:
            return value
    return 0
