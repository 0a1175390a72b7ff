"""24 hours in which 30 % of the notifications are lost, 20 % come twice, and 1 % of all calls fail.

`make day` prints how long changes took to be reported, with and without safety reads.
"""

import contextlib
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import quantiles
from typing import Any

from calendar_watch.model.resources import ACL, EVENTS
from calendar_watch.model.target import Target
from tests.searches.chaos.fault_rates import FaultRates
from tests.searches.chaos.life import Life
from tests.searches.chaos.patches import everything_at_once
from tests.searches.chaos.senses.lines import listening
from tests.support.world import ALICE, BOB, START, policy_of

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
_LATEST = timedelta(days=8)
"""By then each channel has been renewed, and its collection read."""


@dataclass(frozen=True, slots=True)
class Report:
    changes: int
    lost: int
    doubled: int
    median: timedelta
    slowest_of_a_hundred: timedelta

    def __str__(self) -> str:
        return (
            f"{self.changes} changes, {self.lost} lost, {self.doubled} doubled; reported after "
            f"{self.median.total_seconds():.1f} s (median), {self.slowest_of_a_hundred} (99th percentile)"
        )


class Day:
    def __init__(self, seed: int, *, safety: bool):
        rates = FaultRates(
            "day",
            mishaps=0.01,
            deaths=0,
            hangs=0,
            dropped=0.3,
            doubled=0.2,
            ended=0,
            hurried=0,
            outages=frozenset(),
            quirks=frozenset(),
        )
        hourly = timedelta(hours=1) if safety else timedelta(0)
        self._life = Life(seed, rates, policy_of(publishes=True, safety_sync=hourly))
        self._made: dict[str, datetime] = {}

    def live(self) -> Report:
        with contextlib.closing(self._life):
            self._open()
            while self._life.scheduler.now < START + DAY:
                self._life.flow(MINUTE * self._life.random.uniform(1, 9))
                self._change()
            while self._missing() and self._life.scheduler.now < START + _LATEST:
                self._life.flow(timedelta(hours=1))
            return self._report()

    def _open(self) -> None:
        for resource in (ACL, EVENTS):
            for user in (ALICE, BOB):
                self._life.composition.registry.open(Target(resource, user, user), {})
        self._life.flow(30 * MINUTE)

    def _change(self) -> None:
        """Something that was not there before, so that its report can be told from all others."""
        user = self._life.users.people[self._life.random.choice((ALICE, BOB))]
        guest = f"guest{len(self._made)}@example.com"
        if self._life.random.random() < 0.5:
            user.share(user.email, guest, "reader")
            self._made[f"user:{guest}"] = self._life.scheduler.now
        else:
            self._made[user.create_event(user.email, "Meeting")] = self._life.scheduler.now

    def _told(self) -> list[Any]:
        return [each for each in self._life.witness.consumer.arrived.values() if each["type"].endswith(".created.v1")]

    def _missing(self) -> set[str]:
        return self._made.keys() - {each["subject"] for each in self._told()}

    def _report(self) -> Report:
        told, when = self._told(), self._life.witness.when
        times = Counter(each["subject"] for each in told)
        doubled = times.total() - len(times) + len(self._life.witness.offences)
        waits = [(when[each["id"]] - self._made[each["subject"]]).total_seconds() for each in told]
        hundredths = [timedelta(seconds=round(each, 1)) for each in quantiles(waits, n=100)]
        return Report(len(self._made), len(self._missing()), doubled, hundredths[49], hundredths[98])


def live_through_a_day(seed: int, *, safety: bool) -> Report:
    with everything_at_once(), listening():
        return Day(seed, safety=safety).live()


def main() -> int:
    reports = {safety: live_through_a_day(1, safety=safety) for safety in (True, False)}
    for safety, report in reports.items():
        sys.stdout.write(f"{'with' if safety else 'without'} safety reads: {report}\n")
    return 0 if all(report.lost == report.doubled == 0 for report in reports.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
