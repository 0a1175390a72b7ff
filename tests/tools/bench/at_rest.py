"""What a sweep costs when nothing is due among very many watches, counted on our Firestore: Google's emulator scans.

`at_rest=1000` stores as many.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

from tests.doubles import local_firestore
from tests.support import firestore_emulator
from tests.support.at_rest import idle
from tests.support.databases import InMemory
from tests.support.world import ALICES_ACL, World
from tests.tools.bench.row import Row, at_most

_WATCHES = "200000"


def measure(watches: str = _WATCHES) -> Iterator[Row]:
    with closing(World(InMemory())) as world, local_firestore.serve() as server:
        os.environ[firestore_emulator.VARIABLE] = server.host
        world.open(ALICES_ACL)
        world.run(timedelta(minutes=5))
        rpcs, documents = idle(world, server, int(watches))
    yield at_most(f"documents that a sweep with nothing due reads, {int(watches):,} watches", documents, 0, "{:.0f}")
    yield at_most("  its RPCs", rpcs, 6, "{:.0f}")
