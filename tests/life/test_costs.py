"""What attending costs, in RPCs and calls: counted, not timed, so that it cannot creep."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from calendar_watch.attendant import attend
from tests.local_firestore import LocalFirestore
from tests.world import ALICE, ALICES_ACL, BOB, World

Cost = tuple[int, list[str]]
Counted = Callable[[Callable[[], object]], Cost]


@pytest.fixture
def cost(world: World, firestore_server: LocalFirestore) -> Counted:
    """Firestore RPCs and calls to Google that an act leads to."""

    def counted(act: Callable[[], object]) -> Cost:
        calls = len(world.google.calls)
        firestore_server.calls.clear()
        act()
        return firestore_server.calls.count(), _names(world, calls)

    return counted


def _names(world: World, since: int) -> list[str]:
    return [(call.method_id or "").removeprefix("calendar.") for call in world.google.calls[since:]]


def test_attending_that_finds_nothing_costs_five_rpcs_and_one_call(world: World, cost: Counted) -> None:
    world.open(ALICES_ACL)
    world.run(timedelta(minutes=10))
    world.now += timedelta(hours=1)
    assert cost(lambda: attend(world.around, ALICES_ACL.id)) == (5, ["acl.list"])


def test_a_notified_change_costs_six_rpcs_and_one_call(world: World, cost: Counted) -> None:
    world.open(ALICES_ACL)
    world.run(timedelta(minutes=10))
    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(seconds=1))
    assert cost(lambda: attend(world.around, ALICES_ACL.id)) == (6, ["acl.list"])
    assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created"]


def test_a_renewal_costs_one_watch_one_stop_and_at_most_twelve_rpcs(world: World, cost: Counted) -> None:
    world.open(ALICES_ACL)
    world.run(timedelta(minutes=10))
    world.now += timedelta(days=6)

    due, opened = cost(lambda: attend(world.around, ALICES_ACL.id))
    world.run(timedelta(0))  # its first message arrives
    heard, ended = cost(lambda: attend(world.around, ALICES_ACL.id))
    assert [*opened, *ended] == ["acl.watch", "acl.list", "channels.stop", "acl.list"]
    assert due + heard <= 12
    assert len(world.live()) == 1
