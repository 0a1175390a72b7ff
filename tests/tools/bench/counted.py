"""What an act costs: Firestore RPCs, calls to Google, messages published. Counted, not timed."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.doubles import local_firestore
from tests.doubles.local_firestore import LocalFirestore
from tests.support import firestore_emulator
from tests.support.databases import OverGrpc
from tests.support.world import ALICES_ACL, CHANGES, WAKEUPS, World, policy_of


@dataclass(frozen=True, slots=True)
class Cost:
    rpcs: int
    calls: Sequence[str]
    published: int

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.rpcs + other.rpcs, [*self.calls, *other.calls], self.published + other.published)

    def __str__(self) -> str:
        return f"{self.rpcs} RPCs, {', '.join(self.calls) or 'no call'}, {self.published} published"


class Till:
    def __init__(self, world: World, server: LocalFirestore):
        self.world = world
        self.server = server

    def cost(self, act: Callable[[], object]) -> Cost:
        calls, published = len(self.world.google.calls), self._published()
        self.server.calls.clear()
        act()
        names = [(call.method_id or "").removeprefix("calendar.") for call in self.world.google.calls[calls:]]
        return Cost(self.server.calls.count(), names, self._published() - published)

    def _published(self) -> int:
        return sum(len(self.world.pubsub.published(topic)) for topic in (CHANGES, WAKEUPS))


@contextmanager
def watched(**policy: Any) -> Iterator[Till]:
    """A world whose Firestore is behind gRPC, with a watch of Alice's access list at rest."""
    with local_firestore.serve() as server:
        os.environ[firestore_emulator.VARIABLE] = server.host
        with closing(World(OverGrpc("bench"), policy_of(publishes=True, **policy))) as world:
            world.open(ALICES_ACL)
            world.run(timedelta(minutes=10))
            yield Till(world, server)
