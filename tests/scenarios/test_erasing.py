"""What a watch read and told can be had gone, without waiting for the end of its time."""

from datetime import timedelta
from typing import Any

import pytest
from google.cloud.firestore import Client

from calendar_watch.model.watch import State
from calendar_watch.reconciler import steps
from tests.doubles.local_firestore import LocalFirestore
from tests.scenarios.conftest import MakeWorld
from tests.support.world import ALICE, ALICES_ACL, ALICES_EVENTS, BOB, World, policy_of

MINUTE = timedelta(minutes=1)
A_FEW = 2
"""Entries that go in one write."""


@pytest.fixture(autouse=True)
def in_small_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_ERASED_AT_ONCE", A_FEW)


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world(policy=policy_of(publishes=True))


def lived(world: World, roles: int = 4) -> None:
    world.open(ALICES_ACL)
    for number in range(roles):
        world.alice.share(ALICE, BOB, ("reader", "writer")[number % 2])
        world.run(MINUTE)


def kept(client: Client, watch_id: str) -> list[str]:
    names = (each.id for collection in client.collections() for each in collection.stream())
    return [each for each in names if each.startswith(f"{watch_id}~")]


def erasing(world: World, watch_id: str = ALICES_ACL.id) -> tuple[bool, State]:
    watch = world.registry.erase(watch_id)
    return watch.erasing, watch.state(world.now)


def test_nothing_of_what_was_told_is_left_however_much_that_is(world: World, client: Client) -> None:
    lived(world)
    assert len(kept(client, ALICES_ACL.id)) > 2 * A_FEW
    assert erasing(world) == (False, State.STOPPED)
    assert kept(client, ALICES_ACL.id) == []
    assert [each["sequence"][-1] for each in world.published()] == ["1", "2", "3", "4", "5", "6"], "all has gone out"


def test_nothing_of_a_large_calendar_is_left_neither_what_a_listing_had_noted(world: World, client: Client) -> None:
    world.google.seed_events(ALICE, 3_000)
    world.open(ALICES_EVENTS)
    world.run(MINUTE)
    assert len(kept(client, ALICES_EVENTS.id)) > A_FEW
    assert erasing(world, ALICES_EVENTS.id) == (False, State.STOPPED)
    assert kept(client, ALICES_EVENTS.id) == []


def test_what_has_not_gone_out_is_sent_before_it_is_erased(world: World) -> None:
    lived(world)
    world.pubsub.faults.away()
    assert erasing(world) == (True, State.STOPPED)
    assert world.query.items(ALICES_ACL.id, "", 10).items == {}, "what was read is gone at once"
    assert world.store.sequences(ALICES_ACL.id, 10)
    world.pubsub.faults.back()
    world.run(5 * MINUTE)
    assert not world.query.show(ALICES_ACL.id).erasing
    assert not world.store.sequences(ALICES_ACL.id, 10)
    assert world.published()[-1]["type"] == "calendarwatch.watch.stopped.v1"


@pytest.mark.uncounted
@pytest.mark.parametrize("how", ["lose_answer", "refuse"])
def test_a_write_that_goes_wrong_in_the_middle_leaves_nothing_behind(
    world: World, client: Client, firestore_server: LocalFirestore, how: str
) -> None:
    lived(world)
    strike: Any = getattr(firestore_server.faults, how)
    with strike("Commit", when=lambda request: sum("delete" in each for each in request.writes) == A_FEW) as struck:
        erasing(world)
        world.run(5 * MINUTE)
    assert struck.matched
    assert kept(client, ALICES_ACL.id) == []


def test_what_google_said_of_a_person_goes_as_well_and_what_was_asked_for_stays(world: World) -> None:
    lived(world)
    watch = world.registry.erase(ALICES_ACL.id)
    assert (watch.health.troubles, watch.health.refusals) == ({}, {})
    assert (watch.target, watch.log.sequence, watch.reading.item_count) == (ALICES_ACL, 6, None)
