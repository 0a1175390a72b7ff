"""Items, commits and messages that are larger than Firestore and Pub/Sub would take."""

from datetime import timedelta
from random import Random
from typing import Any

import grpc
import pytest

from calendar_watch.firestore.packed_documents import entry_document
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Target
from calendar_watch.model.watch import State
from calendar_watch.reasons import Reason
from calendar_watch.sizes import weight
from tests.doubles.local_firestore import LocalFirestore
from tests.scenarios.conftest import MakeWorld
from tests.support.log_fields import IN_TROUBLE
from tests.support.world import ALICE, ALICES_EVENTS, ALICES_LIST, World, policy_of

MINUTE = timedelta(minutes=1)
CYRILLIC = "ж" * 250_000
HEAVIEST = 900_000


def changes(world: World) -> list[Any]:
    return [each["data"] for each in world.events(ALICES_EVENTS.id) if "itemId" in each["data"]]


@pytest.mark.uncounted
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


@pytest.mark.uncounted
@pytest.mark.parametrize(
    "code", [grpc.StatusCode.INVALID_ARGUMENT, pytest.param(grpc.StatusCode.OUT_OF_RANGE, marks=pytest.mark.search)]
)
def test_what_firestore_will_never_take_is_an_error_and_tried_ever_less_often(
    world: World, firestore_server: LocalFirestore, lines: list[dict[str, Any]], code: grpc.StatusCode
) -> None:
    """A commit that was refused as too large was tried fifty times in ten seconds, and again."""
    world.open(ALICES_EVENTS)
    world.run(MINUTE)
    world.alice.create_event(ALICE, "Refused")
    with firestore_server.faults.refuse("Commit", code, nth=None, when=lambda commit: len(commit.writes) > 2) as fault:
        world.run(60 * MINUTE)
    assert 5 <= fault.matched <= 15
    refused = [each for each in lines if each.get("event") == "refusedWrite"]
    assert len(refused) == fault.matched
    assert {each["severity"] for each in refused} == {"ERROR"}
    assert all(each.keys() >= IN_TROUBLE["refusedWrite"] for each in refused)
    assert world.told(ALICES_EVENTS.id) == ["watch.opened", "watch.degraded"]
    assert world.query.show(ALICES_EVENTS.id).reason is Reason.READINGS_FAILING
    world.run(2 * 60 * MINUTE)
    assert set(world.told(ALICES_EVENTS.id)[2:]) == {"events.created", "watch.resumed"}


def test_a_sweep_counts_a_refused_write_as_a_failure(world: World, firestore_server: LocalFirestore) -> None:
    world.open(ALICES_EVENTS)
    world.run(MINUTE)
    world.alice.create_event(ALICE, "Refused")
    world.now += 90 * MINUTE
    with firestore_server.faults.refuse(
        "Commit", grpc.StatusCode.INVALID_ARGUMENT, nth=None, when=lambda commit: len(commit.writes) > 2
    ):
        assert world.sweep().failed == 1


@pytest.mark.uncounted
def test_what_cannot_be_followed_is_left_alone_for_the_rest_of_the_lease(
    world: World, firestore_server: LocalFirestore
) -> None:
    world.open(ALICES_LIST, follow=("acl",))
    world.run(MINUTE)
    world.alice.create_calendar("Another")
    with firestore_server.faults.refuse(
        "Commit", grpc.StatusCode.INVALID_ARGUMENT, nth=None, when=lambda commit: "followed_by" in str(commit)
    ) as fault:
        world.run(10 * MINUTE)
    assert fault.matched <= 25


def test_what_cannot_be_followed_is_shown_until_it_is(world: World, firestore_server: LocalFirestore) -> None:
    world.open(ALICES_LIST, follow=("acl",))
    world.run(MINUTE)
    another = world.alice.create_calendar("Another")
    with firestore_server.faults.refuse(
        "Commit", grpc.StatusCode.INVALID_ARGUMENT, nth=None, when=_is_of_several
    ) as fault:
        world.run(20 * MINUTE)
        trouble = world.query.show(ALICES_LIST.id).health.last_trouble
    assert trouble
    assert (trouble.operation, trouble.count) == ("follow", fault.matched)
    assert 5 <= fault.matched <= 15
    world.run(20 * MINUTE)
    assert world.query.show(ALICES_LIST.id).health.last_trouble is None
    assert world.query.show(Target(ACL, another, ALICE).id).state(world.now) is State.ACTIVE


def _is_of_several(commit: Any) -> bool:
    return sum("followed_by" in str(each) for each in commit.writes) > 1


@pytest.mark.uncounted
def test_many_large_entries_are_published_a_few_at_a_time(make_world: MakeWorld, lines: list[dict[str, Any]]) -> None:
    world = make_world(policy=policy_of(publishes=True))
    world.open(ALICES_EVENTS)
    for number in range(12):
        world.alice.create_event(ALICE, f"Large {number}", description="x" * 800_000)
    world.run(MINUTE)
    assert world.published() == world.events(ALICES_EVENTS.id)
    counts = [each["count"] for each in lines if each.get("event") == "published"]
    assert (sum(counts), max(counts)) == (13, 4)


@pytest.mark.uncounted
def test_a_small_collection_with_large_items_is_written_in_pieces(
    world: World, firestore_server: LocalFirestore
) -> None:
    chance = Random(1)  # noqa: S311 (hardly to be compressed, and the same each time)
    world.open(ALICES_LIST)
    for number in range(11):
        description = "".join(chance.choices("абвгдежзийклмнопрстуфхцчшщъыьэюя", k=100_000))
        world.alice.post("calendars", {"summary": f"Calendar {number}", "description": description})
    with firestore_server.faults.refuse(
        "Commit", grpc.StatusCode.INVALID_ARGUMENT, nth=None, when=lambda commit: len(commit.writes) > 12
    ) as fault:
        world.run(5 * MINUTE)
    assert not fault.matched
    assert world.told(ALICES_LIST.id).count("calendarList.created") == 11
