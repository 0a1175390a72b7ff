"""From a change at Google to its CloudEvent on Pub/Sub: real processes, Google's emulators where they are installed.

Our share is the CPU that our own code takes for a change, counted in one process without Google's and others' libraries
for HTTP and gRPC, of the median of the elapsed time.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import quantiles

from tests.support import firestore_emulator
from tests.support.databases import InMemory
from tests.support.stack import Person, Stack, best_pubsub, until
from tests.support.world import ALICE, ALICES_ACL, BOB, World, policy_of
from tests.tools.bench.row import Row, at_most

_SAMPLES = 300
_SETTINGS = {"SETTLE_SECONDS": "3600"}
_WATCHES, _CHANGES, _NEVER = 50, 120, 3600.0
_UNASKED = 0.2


def measure() -> Iterator[Row]:
    firestore = "emulator" if firestore_emulator.present() else "local"
    with Stack(_SETTINGS, firestore=firestore, pubsub=best_pubsub(), tick=_NEVER) as stack:
        alice = stack.google.person(ALICE)
        calendars = [watched(stack, alice) for _ in range(_WATCHES)]
        until(lambda: at_rest(stack), "all watches are at rest", 60)
        took = [told_after(stack, alice, calendars[n % _WATCHES], f"g{n}@example.com") for n in range(_CHANGES)]
    hundredths = quantiles(took[_WATCHES // 2 :], n=100)
    what = f"change to CloudEvent, {_WATCHES} watches at rest ({firestore} Firestore)"
    yield Row(what, f"p50 {hundredths[49] * 1e3:.0f} ms, p99 {hundredths[98] * 1e3:.0f} ms")
    yield at_most("  our own code's CPU, of the median", _our_seconds() / hundredths[49] * 100, 15, "{:.0f} %")


def watched(stack: Stack, alice: Person) -> str:
    calendar = alice.create_calendar("Team")
    stack.api.open(resource="acl", calendarId=calendar)
    return calendar


def at_rest(stack: Stack) -> bool:
    stack.pubsub.messages()
    return all(watch["state"] == "active" for watch in stack.api.list())


def told_after(stack: Stack, alice: Person, calendar: str, guest: str) -> float:
    """By Pub/Sub's clock, which is that of this machine: nobody asks at first, as that would keep it from its work."""
    began = time.time()
    alice.share(calendar, guest, "reader")
    time.sleep(_UNASKED)
    while True:
        for message in stack.pubsub.messages():
            if message["attributes"].get("ce-subject") == f"user:{guest}":
                return datetime.fromisoformat(message["publishTime"]).timestamp() - began
        time.sleep(0.01)


def _our_seconds() -> float:
    """For the message and the reconciling, over stand-ins that cost next to nothing and are counted as ours."""
    world = World(InMemory(), policy_of())
    world.open(ALICES_ACL)
    world.run(timedelta(minutes=10))
    return sum(_one_change(world, ("reader", "writer")[n % 2]) for n in range(_SAMPLES)) / _SAMPLES


def _one_change(world: World, role: str) -> float:
    world.alice.share(ALICE, BOB, role)
    world.now += timedelta(seconds=1)
    [delivery] = world.google.take_due(world.now)
    began = time.process_time()
    world.receiver.take(delivery.headers)
    world.reconcile(ALICES_ACL.id)
    return time.process_time() - began
