"""The database is lost, and an older state of it is restored with a raised EPOCH; Google and consumers had gone on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from requests import PreparedRequest, Response

from calendar_watch.errors import TooOldError
from calendar_watch.model.change_log import Span
from calendar_watch.model.resources import ACL, EVENTS
from calendar_watch.model.target import Target
from calendar_watch.model.watch import State, Watch
from calendar_watch.model.write import WriteKind
from tests.contract.schemas.contract import validator
from tests.doubles.memory_store import Collections, MemoryStore, direct
from tests.scenarios.conftest import MakeWorld
from tests.support.consumer import Consumer, Items, reading
from tests.support.databases import InMemory
from tests.support.invariants import differing
from tests.support.line import Send
from tests.support.stream import rebuilt
from tests.support.whole import pages_of
from tests.support.world import ALICE, ALICES_ACL, ALICES_EVENTS, BOB, KEY, World, policy_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MILLION = 1_000_000


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world(policy=policy_of(publishes=True))


def consumer_of(world: World) -> Consumer:
    """Asks for items whichever instance is there by then."""

    def read_items(watch_id: str) -> tuple[Items, int]:
        return reading(world.query)(watch_id)

    return Consumer(read_items)


@pytest.fixture
def consumer(world: World) -> Consumer:
    return consumer_of(world)


def heard(world: World, consumer: Consumer) -> None:
    """All that is there by now; it looks at each number anew, and finds no other content."""
    for each in world.published():
        consumer.take(each)


def database(world: World) -> InMemory:
    assert isinstance(world.database, InMemory)
    return world.database


def restored(world: World, backup: Collections) -> None:
    database(world).restore(backup)
    world.deploy(replace(world.policy, epoch=world.policy.epoch + 1), [KEY])


def told(world: World, watch_id: str) -> list[tuple[str, int]]:
    """Of its new life."""
    entries = world.store.entries(watch_id, MILLION - 1, 1_000)
    return [(each["type"].split(".", 1)[1].removesuffix(".v1"), int(each["sequence"])) for each in entries]


def knows_what_google_shows(world: World, consumer: Consumer, target: Target) -> bool:
    shown = {each["id"]: each for page in pages_of(world.services.calendar, target) for each in page}
    return not differing(target.resource.name, consumer.items[target.id], shown)


def share(world: World, *roles: str) -> None:
    for role in roles:
        world.alice.share(ALICE, BOB, role)
        world.run(MINUTE)


def held(world: World, target: Target) -> Watch:
    return world.store.get(target.id)


@pytest.mark.parametrize(
    ("age", "safety_sync"),
    [
        (HOUR, HOUR),
        (9 * DAY, timedelta()),
        *(
            pytest.param(*each, marks=pytest.mark.search)
            for each in ((HOUR, timedelta()), (DAY, HOUR), (9 * DAY, HOUR))
        ),
    ],
)
def test_whoever_had_seen_later_numbers_meets_none_with_two_contents_and_knows_in_the_end_what_google_shows(
    make_world: MakeWorld, age: timedelta, safety_sync: timedelta
) -> None:
    world = make_world(policy=policy_of(publishes=True, safety_sync=safety_sync))
    consumer = consumer_of(world)
    for target in (ALICES_ACL, ALICES_EVENTS):
        world.open(target)
    gone = world.alice.create_event(ALICE, "seen by the lost database to go")
    share(world, "reader")
    backup = database(world).backup()
    share(world, "writer", "none")
    world.alice.delete_event(ALICE, gone)
    world.alice.create_event(ALICE, "lost with the database")
    world.run(age)
    heard(world, consumer)
    restored(world, backup)
    world.alice.create_event(ALICE, "later")
    share(world, "reader")
    world.run(2 * HOUR)
    heard(world, consumer)
    for target in (ALICES_ACL, ALICES_EVENTS):
        assert told(world, target.id)[0] == ("watch.resynced", min(n for _, n in told(world, target.id)))
        assert knows_what_google_shows(world, consumer, target)
        assert held(world, target).state(world.now) is State.ACTIVE
    assert len(world.live()) == 2, "no channel of the lost database is left, nor is any watch without one"


def test_the_new_beginning_is_as_the_schemas_say_and_has_no_counts(world: World) -> None:
    world.open(ALICES_ACL)
    restored(world, database(world).backup())
    world.run(2 * HOUR)
    [first, *_] = world.store.entries(ALICES_ACL.id, MILLION - 1, 1)
    validator().validate(first)
    assert (first["type"], "counts" in first["data"]) == ("calendarwatch.watch.resynced.v1", False)


def test_what_google_changed_meanwhile_is_told_after_the_new_beginning(world: World) -> None:
    world.open(ALICES_ACL)
    backup = database(world).backup()
    share(world, "reader", "writer")
    restored(world, backup)
    world.run(2 * HOUR)
    before = held(world, ALICES_ACL).log.begins_after
    assert told(world, ALICES_ACL.id)[:2] == [("watch.resynced", before + 1), ("acl.created", before + 2)]


def test_the_feed_begins_at_the_new_beginning_by_number_and_by_time(world: World) -> None:
    world.open(ALICES_ACL)
    share(world, "reader")
    restored(world, database(world).backup())
    world.run(2 * HOUR)
    sequence, begins = held(world, ALICES_ACL).log.sequence, held(world, ALICES_ACL).log.begins_after
    for span in (Span(0), Span(1), Span(begins - 1), Span(since=world.now - 2 * DAY)):
        with pytest.raises(TooOldError) as refused:
            world.query.changes(ALICES_ACL.id, span, 10)
        assert refused.value.oldest_sequence == begins + 1
    page = world.query.changes(ALICES_ACL.id, Span(begins), 10_000)
    assert page.next_after == sequence
    time = page.changes[0]["time"]
    by_time = world.query.changes(ALICES_ACL.id, Span(since=datetime.fromisoformat(time)), 10_000)
    assert [each["sequence"] for each in by_time.changes] == [each["sequence"] for each in page.changes]


def test_whoever_is_told_where_the_feed_begins_can_go_on_there_also_before_the_new_beginning_is_told(
    make_world: MakeWorld,
) -> None:
    world = make_world(policy=policy_of(publishes=True, baseline_in_stream=frozenset({"acl"})))
    world.open(ALICES_ACL)
    share(world, "reader")
    restored(world, database(world).backup())
    began, store = [], world.store
    assert isinstance(store, MemoryStore)

    def looked_at(rpc: str, act: Callable[[], Any], /) -> Any:
        done = act()
        if rpc in set(WriteKind):
            store.edge = direct
            began.append(begins(world))
            assert world.query.changes(ALICES_ACL.id, Span(began[-1] - 1), 10)
            store.edge = looked_at
        return done

    store.edge = looked_at
    world.run(2 * HOUR)
    assert {held(world, ALICES_ACL).log.begins_after + 1} < {*began}


def begins(world: World) -> int:
    """By what the feed says of itself."""
    try:
        world.query.changes(ALICES_ACL.id, Span(0), 10)
    except TooOldError as refused:
        return refused.oldest_sequence
    return 1


def test_a_watch_that_the_backup_does_not_know_begins_where_nothing_was_told(world: World, consumer: Consumer) -> None:
    backup = database(world).backup()
    world.open(ALICES_ACL)
    share(world, "reader", "writer")
    heard(world, consumer)
    restored(world, backup)
    world.open(ALICES_ACL)
    share(world, "reader")
    heard(world, consumer)
    assert told(world, ALICES_ACL.id) == [("watch.opened", MILLION), ("acl.updated", MILLION + 1)]
    assert knows_what_google_shows(world, consumer, ALICES_ACL)
    assert world.query.changes(ALICES_ACL.id, Span(MILLION - 1), 10).changes


def test_a_sync_token_of_the_backup_is_not_used_again(world: World) -> None:
    world.open(ALICES_EVENTS)
    world.run(HOUR)
    backup = database(world).backup()
    world.run(HOUR)
    restored(world, backup)
    asked: list[str] = []

    def noted(request: PreparedRequest, send: Send) -> Response:
        asked.append(request.url or "")
        return send()

    with world.line.cut("GET", "/events", noted):
        world.run(2 * HOUR)
    assert ["syncToken" in each for each in asked[:2]] == [False, True]


def test_a_channel_that_was_replaced_after_the_backup_is_stopped_when_it_speaks(world: World) -> None:
    world.open(ALICES_ACL)
    backup, opened = database(world).backup(), world.live()
    world.run(6 * DAY)
    [replacement] = world.live()
    assert [replacement] != opened
    restored(world, backup)
    world.run(10 * MINUTE)
    share(world, "reader")
    world.run(10 * MINUTE)
    assert replacement not in world.live()
    newest = held(world, ALICES_ACL).newest
    assert newest is not None
    assert world.live() == [newest.id]


def test_what_rests_meets_it_within_an_hour_spread(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(publishes=True, safety_sync=timedelta()))
    targets = [Target(ACL, ALICE, ALICE), Target(EVENTS, ALICE, ALICE), Target(ACL, BOB, BOB), Target(EVENTS, BOB, BOB)]
    for target in targets:
        world.open(target)
    world.run(HOUR)
    restored(world, database(world).backup())
    world.sweep()
    assert not any(told(world, each.id) for each in targets)
    world.run(HOUR)
    moments = {world.store.entries(each.id, MILLION - 1, 1)[0]["time"] for each in targets}
    assert len(moments) == len(targets)


def test_one_that_had_ended_meets_it_when_it_is_resumed(world: World, consumer: Consumer) -> None:
    world.open(ALICES_ACL)
    world.registry.end(ALICES_ACL.id)
    world.run(MINUTE)
    backup = database(world).backup()
    world.open(ALICES_ACL)
    share(world, "reader", "writer", "none")
    heard(world, consumer)
    restored(world, backup)
    world.run(DAY)
    assert told(world, ALICES_ACL.id) == []
    world.open(ALICES_ACL)
    world.run(MINUTE)
    heard(world, consumer)
    assert [what for what, _ in told(world, ALICES_ACL.id)][:1] == ["watch.resynced"]
    assert knows_what_google_shows(world, consumer, ALICES_ACL)


def test_the_same_backup_may_be_restored_twice(world: World, consumer: Consumer) -> None:
    world.open(ALICES_ACL)
    backup = database(world).backup()
    for _ in range(2):
        share(world, "reader", "writer", "none")
        heard(world, consumer)
        restored(world, backup)
        world.run(2 * HOUR)
        heard(world, consumer)
    assert held(world, ALICES_ACL).log.begins_after == 2 * MILLION
    assert knows_what_google_shows(world, consumer, ALICES_ACL)


def test_messages_about_a_watch_that_the_backup_does_not_know_do_no_harm(world: World) -> None:
    backup = database(world).backup()
    world.open(ALICES_ACL)
    restored(world, backup)
    share(world, "reader")
    assert world.store.waiting("", 10) == []


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_lower_epoch_is_told_and_changes_nothing(world: World, lines: list[dict[str, Any]], epoch: int) -> None:
    world.open(ALICES_ACL)
    restored(world, database(world).backup())
    world.run(2 * HOUR)
    world.deploy(replace(world.policy, epoch=epoch), [KEY])
    before = held(world, ALICES_ACL).log
    share(world, "reader")
    assert held(world, ALICES_ACL).log.sequence == before.sequence + 1
    complaints = [each for each in lines if each.get("event") == "epoch"]
    assert bool(complaints) == (epoch == 1)
    assert all(each["severity"] == "WARNING" and each["met"] == 2 for each in complaints)


def test_whoever_has_the_stream_alone_is_told_everything_anew(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(publishes=True, baseline_in_stream=frozenset({"acl"})))
    consumer = consumer_of(world)
    world.open(ALICES_ACL)
    world.alice.share(ALICE, BOB, "reader")
    world.run(HOUR)
    backup = database(world).backup()
    world.alice.share(ALICE, BOB, "none")
    world.alice.share(ALICE, "carol@example.com", "writer")
    world.run(HOUR)
    heard(world, consumer)
    restored(world, backup)
    world.run(2 * HOUR)
    heard(world, consumer)
    kinds = [kind for kind, _ in told(world, ALICES_ACL.id)]
    assert kinds[:3] == ["acl.known", "acl.known", "watch.resynced"]
    stream = [each for each in world.published() if each["partitionkey"] == ALICES_ACL.id]
    assert rebuilt(stream) == world.query.items(ALICES_ACL.id, "", 100).items
    assert knows_what_google_shows(world, consumer, ALICES_ACL), (
        "whoever reads items takes the first of them for a new beginning"
    )


def test_a_watch_that_the_backup_does_not_know_opens_though_its_numbers_are_high(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(baseline_in_stream=frozenset({"acl"}), epoch=2))
    world.open(ALICES_ACL)
    world.run(MINUTE)
    assert [kind for kind, _ in told(world, ALICES_ACL.id)] == ["acl.known", "watch.opened"]
