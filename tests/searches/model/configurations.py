"""What is searched: small parts of the protocol, each with what can go wrong there.

`quick` is for every run of the tests, `full` for `make model`.
"""

from typing import NamedTuple

from tests.searches.model.bounds import CALLS, CRASH, DELIVERY, INTRUDER, STORE, Bounds

_SLOW = frozenset({"slow"})
_LOST = frozenset({"lost message"})
_NONE: frozenset[str] = frozenset()


class Configuration(NamedTuple):
    quick: Bounds
    full: Bounds


CONFIGURATIONS = {
    "reading": Configuration(
        Bounds(changes=2, faults=1, of=DELIVERY | CRASH | STORE),
        Bounds(changes=2, faults=2, of=DELIVERY | CRASH | STORE),
    ),
    "lagging listings": Configuration(
        Bounds(changes=2, faults=1, of=_NONE, lag=True, scheduled=True),
        Bounds(changes=2, faults=2, of=CRASH, lag=True, scheduled=True),
    ),
    "wrong listings": Configuration(
        Bounds(changes=1, faults=2, of=_SLOW | {"lost answer"}, wrong=True),
        Bounds(changes=2, faults=3, of=_SLOW | STORE, wrong=True),
    ),
    "long listings": Configuration(
        Bounds(changes=1, operations=1, heartbeats=True, lag=True),
        Bounds(changes=2, operations=2, faults=1, of=CRASH, heartbeats=True, lag=True),
    ),
    "renewal": Configuration(
        Bounds(generations=2, faults=1),
        Bounds(generations=2, faults=1, changes=1),
    ),
    "three generations": Configuration(
        Bounds(generations=3, faults=1, of=_NONE, dead_on_arrival=True),
        Bounds(generations=3, faults=1, of=CALLS, dead_on_arrival=True),
    ),
    "gap": Configuration(
        Bounds(generations=2, changes=1, faults=1, gap=True, of=_NONE),
        Bounds(generations=2, changes=2, faults=2, gap=True, of=_LOST),
    ),
    "deaf Google": Configuration(
        Bounds(generations=2, deaf=True),
        Bounds(generations=3, deaf=True),
    ),
    "stop and resume": Configuration(
        Bounds(generations=2, operations=1),
        Bounds(generations=2, operations=1, faults=1),
    ),
    "stop and resume amid changes": Configuration(
        Bounds(operations=1, changes=1, faults=1, of=CRASH),
        Bounds(generations=2, operations=1, changes=1, faults=1, of=CRASH),
    ),
    "silence": Configuration(
        Bounds(generations=2, unreachable=True, silent=1),
        Bounds(generations=4, unreachable=True),
    ),
    "dead on arrival": Configuration(
        Bounds(generations=2, unreachable=True, dead_on_arrival=True, faults=1, of=_NONE),
        Bounds(generations=3, unreachable=True, dead_on_arrival=True, faults=1, of=_NONE),
    ),
    "first opening": Configuration(
        Bounds(generations=1, operations=1, unreachable=True, faults=1, of=frozenset({"lost answer"})),
        Bounds(generations=2, operations=1, unreachable=True, faults=1, of=STORE | CRASH),
    ),
    "intruder": Configuration(
        Bounds(generations=2, faults=1, of=INTRUDER),
        Bounds(generations=2, operations=1, faults=2, of=INTRUDER | _LOST),
    ),
    "listing beside the claim": Configuration(
        Bounds(changes=2, faults=1, of=_NONE, beside=True, lag=True),
        Bounds(changes=2, faults=2, of=DELIVERY | CRASH | STORE, beside=True, operations=1),
    ),
    "deadlines": Configuration(
        Bounds(changes=1, faults=1, of=CRASH, deadlines=True),
        Bounds(changes=2, generations=2, operations=1, faults=1, of=CRASH | STORE, deadlines=True, topic=True),
    ),
    "baseline of a watch that was read before": Configuration(
        Bounds(changes=1, faults=1, of=CRASH | STORE, baseline=True),
        Bounds(changes=1, generations=2, faults=1, of=CRASH | STORE, baseline=True),
    ),
    "baseline of a new watch": Configuration(
        Bounds(operations=1, unreachable=True, silent=1, baseline=True),
        Bounds(changes=1, operations=1, unreachable=True, silent=1, faults=1, of=frozenset({"crash"}), baseline=True),
    ),
    "publishing": Configuration(
        Bounds(changes=2, faults=1, topic=True, of=CRASH | STORE | CALLS),
        Bounds(changes=2, faults=2, operations=1, topic=True, of=CRASH | STORE | CALLS),
    ),
}
