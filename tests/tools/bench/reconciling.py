"""What reconciling a watch costs in RPCs and calls to Google (tests/scenarios/test_costs.py pins it)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from tests.support.world import ALICE, ALICES_ACL, BOB
from tests.tools.bench.counted import Cost, Till, watched
from tests.tools.bench.row import Row


def measure() -> Iterator[Row]:
    yield _row("one ACL change, notified", _changed(), 7, {"acl.list": 1}, published=1)
    yield _row("reconciling that finds nothing", _nothing_new(), 5, {"acl.list": 1}, published=0)
    opening, hearing = _renewed()
    goal = {"acl.watch": 1, "acl.list": 1, "channels.stop": 1}
    yield _row("a renewal, from due to the old channel stopped", opening + hearing, 12, goal, published=2)
    yield Row("  of these: open, and read what fell between", str(opening))
    yield Row("  of these: the new channel spoke; read, stop", str(hearing))


def _row(what: str, cost: Cost, rpcs: int, calls: Mapping[str, int], published: int) -> Row:
    counts = Counter(cost.calls)
    met = cost.rpcs <= rpcs and counts <= Counter(calls) and cost.published <= published
    return Row(what, f"{cost.rpcs} RPCs, {_spelled(counts)}", f"{rpcs} RPCs, {_spelled(calls)}", met)


def _spelled(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name.partition('.')[2]}" for name, count in counts.items())


def _reconciled(till: Till) -> Cost:
    return till.cost(lambda: till.world.reconcile(ALICES_ACL.id))


def _changed() -> Cost:
    with watched() as till:
        till.world.alice.share(ALICE, BOB, "reader")
        till.world.run(timedelta(seconds=1))
        return _reconciled(till)


def _nothing_new() -> Cost:
    with watched() as till:
        till.world.now += timedelta(hours=1)
        return _reconciled(till)


def _renewed() -> Iterator[Cost]:
    """Without the hourly reading, which would be due at the same time."""
    with watched(safety_sync=timedelta(0)) as till:
        till.world.now += timedelta(days=6)
        yield _reconciled(till)
        till.world.run(timedelta(0))  # its first message arrives
        yield _reconciled(till)
