"""What reconciling costs, in RPCs and calls: counted, not timed, so that it cannot creep."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from infra.tools.enrol.forecast import Pace
from tests.doubles.local_firestore import LocalFirestore
from tests.scenarios.conftest import MakeWorld
from tests.support.world import ALICE, ALICES_ACL, ALICES_EVENTS, ALICES_LIST, BOB, CHANGES, World, policy_of
from tests.tools.bench.counted import Till

Cost = tuple[int, list[str]]
Counted = Callable[[World, Callable[[], object]], Cost]


@pytest.fixture
def cost(firestore_server: LocalFirestore) -> Counted:
    """Firestore RPCs and calls to Google that an act leads to."""

    def counted(world: World, act: Callable[[], object]) -> Cost:
        spent = Till(world, firestore_server).cost(act)
        return spent.rpcs, [*spent.calls]

    return counted


@pytest.mark.parametrize("follow", [(), ("acl",), ("acl", "events")])
def test_a_watch_and_each_that_it_follows_are_opened_with_the_calls_that_are_foretold(
    world: World, follow: tuple[str, ...]
) -> None:
    world.open(ALICES_LIST, follow=follow)
    world.run(timedelta(minutes=10))
    assert len(world.google.calls) == Pace(1500, calendars=1).calls([{"follow": follow}]) == 4 * (1 + len(follow))


def test_reconciling_that_finds_nothing_costs_five_rpcs_and_one_call(world: World, cost: Counted) -> None:
    world.open(ALICES_ACL)
    world.run(timedelta(minutes=10))
    world.now += timedelta(hours=1)
    assert cost(world, lambda: world.reconcile(ALICES_ACL.id)) == (5, ["acl.list"])


def test_a_notified_change_costs_six_rpcs_and_one_call(world: World, cost: Counted) -> None:
    world.open(ALICES_ACL)
    world.run(timedelta(minutes=10))
    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(seconds=1))
    assert cost(world, lambda: world.reconcile(ALICES_ACL.id)) == (6, ["acl.list"])
    assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created"]


def test_a_published_change_costs_one_rpc_and_one_publish_more(make_world: MakeWorld, cost: Counted) -> None:
    world = make_world(policy=policy_of(publishes=True))
    world.open(ALICES_ACL)
    world.run(timedelta(minutes=10))
    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(seconds=1))
    before = len(world.pubsub.published(CHANGES))
    assert cost(world, lambda: world.reconcile(ALICES_ACL.id)) == (7, ["acl.list"])
    assert len(world.pubsub.published(CHANGES)) == before + 1


def test_one_change_among_many_events_costs_one_call_and_one_part(world: World, cost: Counted) -> None:
    [event, *_] = world.google.seed_events(ALICE, 5_000)
    watch = world.open(ALICES_EVENTS)
    world.run(timedelta(minutes=10))
    names = world.query.show(watch.id).reading.parts
    assert len(names) >= 4
    world.alice.change_event(ALICE, event, summary="Changed")
    world.run(timedelta(seconds=1))
    assert cost(world, lambda: world.reconcile(watch.id)) == (6, ["events.list"])
    assert [part.sequence for part in world.store.parts(watch.id, names)].count(2) == 1


def test_a_published_renewal_costs_one_watch_one_list_one_stop_and_twelve_rpcs(
    make_world: MakeWorld, cost: Counted
) -> None:
    world = make_world(policy=policy_of(publishes=True, safety_sync=timedelta(0)))
    world.open(ALICES_ACL)
    world.run(timedelta(minutes=10))
    world.now += timedelta(days=6)

    due, opened = cost(world, lambda: world.reconcile(ALICES_ACL.id))
    world.run(timedelta(0))  # its first message arrives
    heard, ended = cost(world, lambda: world.reconcile(ALICES_ACL.id))
    assert [*opened, *ended] == ["acl.watch", "channels.stop", "acl.list"]
    assert due + heard == 12
    assert len(world.live()) == 1
