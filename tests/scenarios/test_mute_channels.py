"""Channels that are open, confirmed, and say nothing of what changes (seen: closeio/sync-engine#688)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from urllib.parse import parse_qs, urlsplit

import pytest
from requests import PreparedRequest, Response

from calendar_watch.decisions import channel_lifecycle
from calendar_watch.model.channel import Opening
from calendar_watch.model.listing import ReadCause
from calendar_watch.model.watch import State, Watch
from tests.scenarios.conftest import MakeWorld
from tests.support.line import Send
from tests.support.world import ADDRESS, ALICE, ALICES_ACL, ALICES_EVENTS, BOB, KEY, World, policy_of

pytestmark = pytest.mark.usefixtures("told_as_published")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TYPED = replace(ALICES_EVENTS, event_types=("default",))
_ROLES = cycle(["reader", "writer"])


def mute(world: World) -> None:
    """From now on, Google says of each channel that it is open, and of no change."""
    world.google.faults.drop_next(10**6, "exists")


def audible(world: World) -> None:
    world.google.faults.drop_next(0)


def change(world: World, within: timedelta) -> None:
    world.alice.share(ALICE, BOB, next(_ROLES))
    world.run(within)


def shown(world: World) -> Watch:
    return world.query.show(ALICES_ACL.id)


@pytest.fixture
def polled(world: World) -> World:
    """A watch of whose changes nothing was announced, by one channel and by the next."""
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    mute(world)
    for _ in range(4):
        change(world, HOUR + 5 * MINUTE)
    return world


def test_when_the_next_channel_is_as_mute_the_watch_is_polled_with_the_same_changes(polled: World) -> None:
    watch = shown(polled)
    assert (watch.state(polled.now), watch.reason) == (State.POLLING, "notificationsNotArriving")
    assert polled.told(ALICES_ACL.id) == [
        *("watch.opened", "acl.created", "acl.updated", "watch.renewed"),
        *("acl.updated", "acl.updated", "watch.polling"),
    ]
    for _ in range(8):
        change(polled, polled.policy.poll + 2 * MINUTE)
        assert polled.told(ALICES_ACL.id)[-1] == "acl.updated"
    assert len(polled.google.channels_ever()) == 2


def test_a_first_message_does_not_end_polling_and_any_other_does(polled: World) -> None:
    polled.run(3 * DAY)
    assert 4 <= len(polled.google.channels_ever()) <= 6, "one a day is tried"
    assert shown(polled).state(polled.now) is State.POLLING
    audible(polled)
    change(polled, 2 * MINUTE)
    assert shown(polled).state(polled.now) is State.ACTIVE
    assert polled.told(ALICES_ACL.id)[-2:] == ["watch.resumed", "acl.updated"]
    assert len(polled.live()) == 1


def test_a_retry_replaces_a_mute_channel_at_once_and_the_watch_is_polled_until_a_change_is_announced(
    polled: World,
) -> None:
    polled.registry.retry(ALICES_ACL.id)
    polled.run(2 * MINUTE)
    assert len(polled.google.channels_ever()) == 3
    assert len(polled.live()) == 1
    polled.run(20 * HOUR)
    assert len(polled.google.channels_ever()) == 3, "the next one is tried as rarely as before"
    assert shown(polled).state(polled.now) is State.POLLING
    audible(polled)
    change(polled, 2 * MINUTE)
    assert shown(polled).state(polled.now) is State.ACTIVE


def test_a_new_address_is_tried_at_once_and_judged_anew(polled: World) -> None:
    polled.deploy(policy_of(address="https://elsewhere.example.com/"), [KEY])
    polled.run(2 * HOUR)
    assert shown(polled).state(polled.now) is State.ACTIVE
    change(polled, HOUR + 5 * MINUTE)
    assert shown(polled).state(polled.now) is State.ACTIVE


def test_a_message_in_between_clears_all_suspicion(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    for _ in range(3):
        mute(world)
        change(world, HOUR + 5 * MINUTE)
        change(world, HOUR + 5 * MINUTE)
        audible(world)
        change(world, 2 * MINUTE)
    assert shown(world).state(world.now) is State.ACTIVE
    assert "watch.polling" not in world.told(ALICES_ACL.id)


@contextmanager
def mute_with_types(world: World) -> Iterator[list[list[str]]]:
    """Channels with event types are mute, others are not. Yields the event types of each that was asked for."""
    asked: list[list[str]] = []

    def watch(request: PreparedRequest, send: Send) -> Response:
        asked.append(parse_qs(urlsplit(str(request.url)).query).get("eventTypes", []))
        world.google.faults.drop_next(10**6 if asked[-1] else 0, "exists")
        return send()

    with world.line.cut("POST", "/events/watch", watch):
        yield asked


def test_where_channels_with_event_types_are_mute_one_without_them_is_tried_before_polling(world: World) -> None:
    with mute_with_types(world) as asked:
        world.open(TYPED)
        world.run(5 * MINUTE)
        for number in range(6):
            world.alice.create_event(ALICE, f"unheard {number}")
            world.run(HOUR + 5 * MINUTE)
        world.alice.create_event(ALICE, "heard")
        world.run(2 * MINUTE)
        told = world.told(TYPED.id)
        assert (told.count("events.created"), told.count("watch.polling")) == (7, 0)
        world.run(7 * DAY)
    assert asked == [["default"], ["default"], [], []], "the next ones have none either"
    lists = [each.query for each in world.google.calls if each.method_id == "calendar.events.list"]
    assert all(query["eventTypes"] for query in lists), "listings stay filtered"


def test_what_is_read_by_the_clock_after_a_renewal_does_not_count_against_the_new_channel(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    watch = channel_lifecycle.intended(shown(world), "next", world.now, world.policy)
    soon = world.now + world.policy.confirm / 2
    watch = watch.with_reading(read_at=soon, read_cause=ReadCause.SCHEDULE).with_channels(unannounced_changes=1)
    opened = channel_lifecycle.opened(watch, "next", Opening("r", "", world.now + DAY), world.now, world.policy)
    assert (opened.reading.read_at, opened.reading.read_cause) == (soon, ReadCause.OPENED)
    assert opened.channels.unannounced_changes == 0


def test_a_polled_watch_that_could_never_be_pushed_does_not_suspect_its_first_channel(make_world: MakeWorld) -> None:
    world = make_world()
    world.google.faults.block(ADDRESS, "drop")
    world.open(ALICES_ACL)
    world.run(HOUR)
    for _ in range(4):
        change(world, HOUR)
    assert shown(world).channels.unannounced_changes == 0
