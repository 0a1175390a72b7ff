"""Items, commits and messages that are larger than Firestore and Pub/Sub would take."""

from datetime import timedelta
from typing import Any

import pytest

from calendar_watch.firestore.documents import entry_document
from calendar_watch.sizes import weight
from tests.doubles.local_firestore import LocalFirestore
from tests.scenarios.conftest import MakeWorld
from tests.support.world import ALICE, ALICES_EVENTS, World, policy_of

MINUTE = timedelta(minutes=1)
CYRILLIC = "ж" * 250_000
HEAVIEST = 900_000


def changes(world: World) -> list[Any]:
    return [each["data"] for each in world.events(ALICES_EVENTS.id) if "itemId" in each["data"]]


@pytest.mark.parametrize("whole", [False, True], ids=["fingerprint", "full"])
def test_a_large_event_keeps_nothing_of_its_calendar_back(
    make_world: MakeWorld, firestore_server: LocalFirestore, *, whole: bool
) -> None:
    assert firestore_server
    world = make_world(policy=policy_of(whole_events=whole, publishes=True))
    world.open(ALICES_EVENTS)
    large = world.alice.create_event(ALICE, "Large", description=CYRILLIC)
    small = world.alice.create_event(ALICE, "Small")
    world.run(MINUTE)
    world.alice.change_event(ALICE, large, description=CYRILLIC + "ж")
    world.run(MINUTE)
    told = changes(world)
    assert {each["itemId"] for each in told} == {large, small}
    assert len(told) == 3
    assert told[-1]["after"]["description"] == CYRILLIC + "ж"
    assert [each["data"] for each in world.published() if "itemId" in each["data"]] == told


def test_what_is_too_large_to_be_told_whole_tells_before_as_a_fingerprint_first(world: World) -> None:
    world.deploy(policy_of(whole_events=True), ["k" * 32])
    world.open(ALICES_EVENTS)
    event = world.alice.create_event(ALICE, "Large", description="x" * 290_000)
    world.run(MINUTE)
    world.alice.change_event(ALICE, event, description="y" * 800_000)
    world.run(MINUTE)
    world.alice.change_event(ALICE, event, description="z" * 950_000)
    world.run(MINUTE)
    created, updated, too_large = changes(world)
    assert "reduced" not in created
    assert (updated["reduced"], "description" in updated["before"]) == (["before"], False)
    assert len(updated["after"]["description"]) == 800_000
    assert (too_large["reduced"], too_large["after"]["summary"]) == (["before", "after"], "Large")
    assert updated["changedFields"] == ["description", "updated"]
    for entry in world.events(ALICES_EVENTS.id):
        assert weight(entry) <= HEAVIEST
        assert len(entry_document(entry, None)["event"]) < HEAVIEST


def test_an_event_that_is_made_too_large_tells_after_as_a_fingerprint(world: World) -> None:
    world.open(ALICES_EVENTS)
    world.alice.create_event(ALICE, "Large", description="z" * 950_000)
    world.run(MINUTE)
    [created] = changes(world)
    assert (created["before"], created["reduced"], created["after"]["summary"]) == (None, ["after"], "Large")


def test_a_summary_that_is_very_long_is_cut_wherever_it_is_a_fingerprint(
    world: World, firestore_server: LocalFirestore
) -> None:
    assert firestore_server
    world.open(ALICES_EVENTS)
    event = world.alice.create_event(ALICE, CYRILLIC)
    world.run(MINUTE)
    world.alice.change_event(ALICE, event, summary=CYRILLIC + "ж" * 200_000)
    world.run(MINUTE)
    created, updated = changes(world)
    assert created["after"]["summary"] == CYRILLIC
    assert len(updated["before"]["summary"]) == 5_001
