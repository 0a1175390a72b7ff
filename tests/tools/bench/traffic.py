"""The same people, for whoever has to tell what they do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tests.support.world import ALICE
from tests.tools.bench.contenders import Naive, Ours

_MINUTE = timedelta(minutes=1)
_BURST, _BURST_SECONDS = 1_000, 5.0
_DROPPED, _DOUBLED = 0.3, 0.2
Make = Callable[[Callable[[], int]], Ours | Naive]


@dataclass(frozen=True, slots=True)
class Report:
    changes: int
    lists: int
    rpcs: int
    lost: int
    doubled: int
    slowest: timedelta | None
    """99 of 100 changes were told sooner."""

    def __str__(self) -> str:
        return f"{self.lists} lists, {self.rpcs} RPCs, {self.lost} lost, {self.doubled} doubled"


class Traffic:
    def __init__(self, make: Make):
        self._random = Random(1)  # noqa: S311 (repeatable on purpose)
        self._made: dict[str, datetime] = {}
        self._doubled = 0.0
        self.world = make(self._copies)
        self.world.begin()
        self.world.run(10 * _MINUTE)

    def burst(self) -> Report:
        """1,000 events in 5 s, each announced at once; and the quarter of an hour after it."""
        before = self.world.lists, self.world.rpcs()
        for number in range(_BURST):
            self.world.at(self.world.now + timedelta(seconds=number * _BURST_SECONDS / _BURST), self._create)
        self.world.run(15 * _MINUTE)
        return self._report(*before)

    def day(self) -> Report:
        """24 hours with a new event every few minutes; 30 % of the messages are lost, and 20 % come twice."""
        before = self.world.lists, self.world.rpcs()
        self._doubled = _DOUBLED
        moment = end = self.world.now + timedelta(days=1)
        while (moment := moment - self._random.uniform(1, 9) * _MINUTE) > self.world.now:
            self.world.at(moment, self._create_maybe_unheard)
        self.world.run(end - self.world.now)
        return self._report(*before)

    def afterthought(self) -> Report:
        """Eight quiet days, and one more event."""
        self.world.run(timedelta(days=8))
        before = self.world.lists, self.world.rpcs()
        self._create()
        self.world.run(timedelta(hours=2))
        return self._report(*before)

    def _copies(self) -> int:
        return 1 + (self._random.random() < self._doubled)

    def _create_maybe_unheard(self) -> None:
        self.world.google.faults.drop_next(int(self._random.random() < _DROPPED))
        self._create()

    def _create(self) -> None:
        moment = self.world.now
        self._made[self.world.alice.create_event(ALICE, "Meeting")] = moment

    def _report(self, lists: int, rpcs: int) -> Report:
        told = {name: times for name, times in self.world.reported().items() if name in self._made}
        waits = [(min(times) - self._made[name]).total_seconds() for name, times in told.items()]
        return Report(
            changes=len(self._made),
            lists=self.world.lists - lists,
            rpcs=self.world.rpcs() - rpcs,
            lost=len(self._made) - len(told),
            doubled=sum(len(times) for times in told.values()) - len(told),
            slowest=timedelta(seconds=round(sorted(waits)[-1 - len(waits) // 100], 1)) if waits else None,
        )
