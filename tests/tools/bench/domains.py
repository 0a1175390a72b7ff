"""Other domains become internal: what it takes until all watches have told so, and how far it is spread.

In virtual time, with a store that counts what Firestore would be asked; nothing is read by the clock meanwhile.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Target
from tests.support.world import ALICE, KEY, World, policy_of
from tests.tools.bench.row import Row, at_most
from tests.tools.bench.virtual import Metered

_WATCHES = 1_000
_QUIET = timedelta(0)
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Report:
    told: int
    """By as many watches."""
    twice: int
    others: int
    """Entries of another kind."""
    busiest: int
    """Told in the busiest minute."""
    calls: int
    rpcs: Counter[str]


def changed(watches: int) -> Report:
    metered = Metered()
    world = World(metered, policy_of(safety_sync=_QUIET, publishes=True))
    calendars = [world.alice.create_calendar(f"Team {number}") for number in range(watches)]
    world.registry.enrol((Target(ACL, each, ALICE), {}) for each in calendars)
    world.run(3 * _HOUR)
    before, calls, published = metered.rpcs.copy(), len(world.google.calls), len(world.published())
    world.deploy(replace(world.policy, internal_domains=frozenset({"example.org"})), [KEY])
    world.run(3 * _HOUR)
    told = world.published()[published:]
    world.close()
    reclassified = [each for each in told if each["type"] == "calendarwatch.watch.reclassified.v1"]
    whose = Counter(each["partitionkey"] for each in reclassified)
    minutes = Counter(datetime.fromisoformat(each["time"]).replace(second=0, microsecond=0) for each in reclassified)
    return Report(
        told=len(whose),
        twice=sum(count > 1 for count in whose.values()),
        others=len(told) - len(reclassified),
        busiest=max(minutes.values(), default=0),
        calls=len(world.google.calls) - calls,
        rpcs=metered.rpcs - before,
    )


def measure() -> Iterator[Row]:
    report = changed(_WATCHES)
    once = (report.told, report.twice, report.others) == (_WATCHES, 0, 0)
    yield Row(f"other internal domains, {_WATCHES:,} watches: told once", f"{report.told:,}", f"{_WATCHES:,}", met=once)
    yield at_most("  in the busiest minute", report.busiest, 3 * _WATCHES / 60, "{:.0f}")
    yield Row("  calls to Google", f"{report.calls}", "0", met=report.calls == 0)
    counted = ", ".join(f"{name} {count:,}" for name, count in report.rpcs.most_common())
    yield Row("  RPCs in three hours, sweeps and looks included", f"{report.rpcs.total():,}: {counted}")
