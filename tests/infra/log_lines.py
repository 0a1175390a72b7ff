"""Log lines that the code really wrote, on a day without trouble and in each kind of it."""

import io
import json
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from datetime import datetime, timedelta

from calendar_watch import log
from calendar_watch.model.resources import ACL, RESOURCES
from calendar_watch.model.watch import State
from calendar_watch.operations.forgeries import Forgeries
from calendar_watch.ports import Store, Tally
from calendar_watch.reasons import Reason
from calendar_watch.reconciler import telemetry
from tests.doubles.memory_store import MemoryFirestore, MemoryStore
from tests.infra.conftest import Json
from tests.support.databases import Database, InMemory
from tests.support.line import refused
from tests.support.world import ALICE, ALICES_ACL, BOB, START, World

MINUTE = timedelta(minutes=1)


def said(what: Callable[[World], object], database: Database | None = None) -> list[Json]:
    """The lines that `what` made some part of a world write."""
    log.configure("INFO")
    world = World(database or InMemory())
    with redirect_stdout(io.StringIO()) as out:
        what(world)
    world.close()
    return [json.loads(line) for line in out.getvalue().splitlines()]


def heard(what: Callable[[World], object], database: Database | None = None, **fields: str) -> Json:
    """The last of them with these fields."""
    return [line for line in said(what, database) if line.items() >= fields.items()][-1]


class Tallied(InMemory):
    """A database in which counting finds this."""

    def __init__(self, tally: Tally):
        super().__init__()
        self._tally = tally

    def store(self, retention: timedelta) -> Store:
        tally = self._tally

        class Counted(MemoryStore):
            def tally(self, now: datetime) -> Tally:  # noqa: ARG002 (as the port has it)
                return tally

        return Counted(MemoryFirestore(), retention)


def counted(locked_out: int = 0, reasons: Mapping[Reason, int] | None = None, **states: int) -> Json:
    """Of a deployment of a hundred watches, unless told otherwise."""
    found = {State.ACTIVE: 100, **{State(name): count for name, count in states.items()}}
    watches = {name: {each: found.get(each, 0) * (name == ACL.name) for each in State} for name in RESOURCES}
    there = {each: (reasons or {}).get(each, 0) for each in Reason}
    tally = Tally(watches, there, locked_out, 0, {}, None)
    return heard(World.sweep, Tallied(tally), event="counts")


def swept(world: World) -> None:
    world.sweep()


def swept_late(world: World) -> None:
    world.open(ALICES_ACL)
    world.now += timedelta(hours=3)
    world.sweep()


def told(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    world.alice.share(ALICE, BOB, "reader")
    world.run(MINUTE / 2)
    world.sweep()


def told_late(world: World) -> None:
    """Google's message came, and nobody came to read."""
    world.open(ALICES_ACL)
    world.run(MINUTE)
    world.alice.share(ALICE, BOB, "reader")
    world.run(MINUTE / 2)
    world.now += timedelta(minutes=10)
    world.sweep()


def refused_for(status: int, reason: str) -> Json:
    def read(world: World) -> None:
        world.open(ALICES_ACL)
        world.now += timedelta(hours=3)
        with world.line.cut("GET", "/acl", refused(status, reason)):
            world.sweep()

    return heard(read, event="call")


def channel_refused(world: World) -> None:
    with world.line.cut("POST", "/watch", refused(500, "backendError")):
        world.open(ALICES_ACL)


def channel_lost(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    world.now += timedelta(days=30)
    world.sweep()


def publishing_refused(world: World) -> None:
    telemetry.unpublished(world.open(ALICES_ACL), "PERMISSION_DENIED")


def forged(_world: World) -> None:
    forgeries = Forgeries(lambda: START)
    for _ in range(1000):
        forgeries.add("channel")
    forgeries.tell()


def shared_with(kind: str, value: str | None) -> Json:
    def share(world: World) -> None:
        world.open(ALICES_ACL)
        world.alice.share_with(ALICE, kind, value, "reader")
        world.run(MINUTE)

    return heard(share, event="exposure")
