"""What one genuine message costs `notifications`."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from tests.support.world import ALICE, BOB
from tests.tools.bench.counted import Cost, Till, watched
from tests.tools.bench.row import Row


def measure() -> Iterator[Row]:
    with watched() as till:
        first, second = messages(till)
    yield _row("genuine message, nothing waiting", first, Cost(1, [], 1))
    yield _row("genuine message, one already waiting", second, Cost(1, [], 0))


def messages(till: Till) -> Iterator[Cost]:
    """Of two changes, one after the other, that nobody reconciles meanwhile."""
    for role in ("reader", "writer"):
        till.world.alice.share(ALICE, BOB, role)
        till.world.now += timedelta(seconds=1)
        [delivery] = till.world.google.take_due(till.world.now)
        yield till.cost(partial(till.world.receiver.take, delivery.headers))


def _row(what: str, cost: Cost, goal: Cost) -> Row:
    return Row(what, str(cost), str(goal), cost == goal)
