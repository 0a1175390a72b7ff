"""The change log is the outbox: what is committed arrives at Pub/Sub, in order, whatever happens on the way."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from google.cloud.firestore import Client

from calendar_watch.model.change_log import with_watch_event
from calendar_watch.model.resources import ACL, EVENTS
from calendar_watch.model.target import Target
from calendar_watch.model.write import Write, WriteKind
from tests.doubles.local_firestore import LocalFirestore
from tests.scenarios.conftest import MakeWorld
from tests.support.line import Death
from tests.support.world import ALICE, ALICES_ACL, ALICES_SETTINGS, BOB, CHANGES, WAKEUPS, World, policy_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world(policy=policy_of(publishes=True))


def assert_everything_arrived(world: World, watch_id: str) -> None:
    """The first delivery of each is in order, none is missing, and none has two contents."""
    arrived: dict[int, Any] = {}
    for event in world.published():
        if event["partitionkey"] == watch_id:
            assert arrived.setdefault(int(event["sequence"]), event) == event
    assert list(arrived) == list(range(1, len(arrived) + 1))
    assert list(arrived.values()) == world.events(watch_id)


def change(world: World, *roles: str) -> None:
    for role in roles:
        world.alice.share(ALICE, BOB, role)
        world.run(MINUTE)


def test_changes_arrive_as_they_are_in_the_feed(world: World) -> None:
    watch = world.open(ALICES_ACL)
    change(world, "reader", "writer")
    assert_everything_arrived(world, watch.id)
    keys = {each.ordering_key for each in world.pubsub.published(CHANGES)}
    assert keys == {watch.id}
    shown = world.query.show(watch.id)
    assert shown.log.published == shown.log.sequence == 3


def test_without_a_topic_nothing_is_sent_and_a_topic_set_later_starts_from_then(make_world: MakeWorld) -> None:
    world = make_world()
    watch = world.open(ALICES_ACL)
    change(world, "reader")
    assert world.query.show(watch.id).log.published == 2
    world.deploy(policy_of(publishes=True), ["k" * 32])
    change(world, "writer")
    assert [each["sequence"] for each in world.published()] == [f"{3:020d}"]


def test_pubsub_may_be_away_for_an_hour(world: World) -> None:
    watch = world.open(ALICES_ACL)
    world.pubsub.faults.away()
    for _ in range(20):
        change(world, "reader", "writer", "none")
    shown = world.query.show(watch.id)
    assert (shown.log.published, shown.log.sequence) == (1, 61)
    world.pubsub.faults.back()
    world.run(2 * MINUTE)
    assert_everything_arrived(world, watch.id)
    assert world.query.show(watch.id).log.published == 61


def test_an_answer_that_is_lost_repeats_changes_but_brings_none_forward(world: World) -> None:
    watch = world.open(ALICES_ACL)
    world.pubsub.faults.lose_answer(probability=0.5, status=0, random=Random(1))  # noqa: S311 (repeatable on purpose)
    for _ in range(10):
        change(world, "reader", "writer")
    world.pubsub.faults.clear()
    world.run(10 * MINUTE)
    assert_everything_arrived(world, watch.id)
    assert len(world.published()) > world.query.show(watch.id).log.sequence


def test_publishing_that_fails_keeps_nothing_else_waiting(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(publishes=True, channel_ttl=3600))
    watch = world.open(ALICES_ACL)
    world.pubsub.faults.away()
    world.run(timedelta(minutes=50))
    channel = world.query.show(watch.id).newest
    assert channel
    assert channel.generation == 2, "it was renewed all the same"


class Dying:
    def publish(self, _entries: Any) -> None:
        raise Death


def test_whoever_dies_between_commit_and_publishing_leaves_it_to_the_next(world: World) -> None:
    watch = world.open(ALICES_ACL)
    for role in ("reader", "writer", "none"):
        world.alice.share(ALICE, BOB, role)
        world.run(timedelta(seconds=1))
        with pytest.raises(Death):
            world.reconcile(watch.id, replace(world.services, publisher=Dying()))
        assert world.query.show(watch.id).log.published < world.query.show(watch.id).log.sequence
        world.run(2 * MINUTE)
    assert_everything_arrived(world, watch.id)


def test_large_changes_go_out_in_order_over_many_requests(world: World) -> None:
    for number in range(650):
        world.google.set_setting(ALICE, f"s{number:04}", "x" * 3000)
    watch = world.open(ALICES_SETTINGS)
    for number in range(650):
        world.google.set_setting(ALICE, f"s{number:04}", "y" * 3000)
    world.run(5 * MINUTE)
    assert_everything_arrived(world, watch.id)
    assert len(world.published()) == 651


def test_what_was_too_old_to_be_published_is_passed_over_loudly(
    world: World, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    watch = world.open(ALICES_ACL)
    world.pubsub.faults.away()
    change(world, "reader", "writer", "none")
    world.pubsub.faults.back()
    collection = client.collection("calendar_watch_changes")
    for sequence in (2, 3):
        collection.document(f"{watch.id}~{sequence:020d}").delete()
    world.run(5 * MINUTE)
    assert [int(each["sequence"]) for each in world.published()] == [1, 4]
    assert [each.message for each in caplog.records if each.levelname == "ERROR"] == [
        "2 changes were too old to be published"
    ]


def test_a_notification_wakes_renew_once_for_all_that_waits(world: World) -> None:
    watch = world.open(ALICES_ACL)
    world.run(10 * MINUTE)
    before = len(world.pubsub.published(WAKEUPS))
    for role in ("reader", "writer", "none"):
        world.alice.share(ALICE, BOB, role)
    world.run(timedelta(seconds=1))
    woken = world.pubsub.published(WAKEUPS)[before:]
    assert [each.attributes for each in woken] == [{"watchId": watch.id}]


def test_a_wake_up_that_is_lost_costs_a_minute(world: World) -> None:
    watch = world.open(ALICES_ACL)
    world.run(10 * MINUTE)
    world.pubsub.faults.away()
    world.alice.share(ALICE, BOB, "reader")
    world.run(MINUTE)
    assert world.told(watch.id)[-1] == "acl.created"
    assert world.google.deliveries[-1].outcome == "delivered", "Google is not bothered with it"


@pytest.mark.search
@pytest.mark.parametrize("seed", range(3))
def test_mixed_changes_survive_a_pubsub_that_refuses_and_a_firestore_that_stammers(
    world: World, firestore_server: LocalFirestore, seed: int
) -> None:
    dice = Random(seed)  # noqa: S311 (repeatable on purpose)
    calendars = [ALICE, *(world.alice.create_calendar(f"Team {number}") for number in range(4))]
    watches = [
        world.open(target) for each in calendars for target in (Target(ACL, each, ALICE), Target(EVENTS, each, ALICE))
    ]
    events: dict[str, list[str]] = defaultdict(list)
    world.pubsub.faults.refuse(probability=0.3, random=dice)
    world.pubsub.faults.lose_answer(probability=0.2, random=dice)
    with firestore_server.faults.lose_answer("Commit", nth=dice.randrange(5, 100)):
        for _ in range(120):
            meddle(world, dice, dice.choice(calendars), events)
            world.run(timedelta(seconds=dice.randrange(20)))
    world.pubsub.faults.clear()
    world.run(timedelta(hours=1))
    for watch in watches:
        assert_everything_arrived(world, watch.id)
    assert sum(len(world.events(each.id)) for each in watches) > 60


def meddle(world: World, dice: Random, calendar: str, events: dict[str, list[str]]) -> None:
    known = events[calendar]
    match dice.randrange(4):
        case 0:
            world.alice.share(
                calendar, f"user{dice.randrange(9)}@example.com", dice.choice(["reader", "writer", "none"])
            )
        case 1:
            known.append(world.alice.create_event(calendar, f"Event {len(known)}"))
        case 2 if known:
            world.alice.change_event(calendar, dice.choice(known), summary=f"Changed {dice.random()}")
        case 3 if known:
            world.alice.delete_event(calendar, known.pop(dice.randrange(len(known))))


def test_what_a_hold_does_not_remember_having_written_is_read_from_the_log(world: World) -> None:
    """A write whose answer was lost, and of which it was not sure, may lie between two that it remembers."""
    world.open(ALICES_ACL)
    lease = world.lease(world.query.show(ALICES_ACL.id))
    lease.claim([], lambda _watch, _step: None)
    lease.write(Write(WriteKind.COMMIT, with_watch_event(lease.watch, "renewed", world.now, world.policy)))
    renewed = with_watch_event(lease.watch, "renewed", world.now, world.policy)
    lease.watch = world.store.write(Write(WriteKind.COMMIT, renewed))
    lease.write(Write(WriteKind.COMMIT, with_watch_event(lease.watch, "renewed", world.now, world.policy)))
    assert [int(each["sequence"]) for each in lease.unpublished()] == [2, 3, 4]
