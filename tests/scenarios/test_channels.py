"""The whole life of a channel, in virtual time, with the simulator as witness."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from requests import PreparedRequest, Response

from calendar_watch.model.channel import Channel as KnownChannel
from calendar_watch.model.channel import Opening
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.target import Target
from calendar_watch.model.watch import State
from tests.doubles.calendar_simulator.channels import Channel
from tests.doubles.local_firestore import LocalFirestore
from tests.scenarios.conftest import MakeWorld
from tests.support.line import Cut, Death, Send, answered, dead_after, dead_before, lost, refused
from tests.support.world import ADDRESS, ALICE, ALICES_ACL, ALICES_LIST, ALICES_SETTINGS, BOB, KEY, World, policy_of

pytestmark = pytest.mark.usefixtures("told_as_published")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ALL = (ALICES_ACL, ALICES_LIST, ALICES_SETTINGS)
NEW_KEY = "n" * 32


def gaps(world: World, channels: Iterable[Channel]) -> list[timedelta]:
    """Stretches of time after the first channel opened in which none of them lived."""
    lives = [(each.created, min(each.expiration, each.stopped or each.expiration)) for each in channels]
    return _uncovered(sorted(lives), world.now)


def _uncovered(lives: list[tuple[datetime, datetime]], now: datetime) -> list[timedelta]:
    covered, found = lives[0][0], []
    for created, ended in [*lives, (now, now)]:
        if created > covered:
            found.append(created - covered)
        covered = max(covered, ended)
    return found


def channels_of(world: World, target: Target) -> list[Channel]:
    calendar_id = "primary" if target.calendar_id == target.subject else target.calendar_id
    path = target.resource.path.format(calendarId=calendar_id)
    return [each for each in world.google.channels_ever() if f"/{path}?" in each.resource_uri.replace("%40", "@")]


def test_twenty_lifetimes_pass_without_an_instant_of_silence(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(channel_ttl=1800))
    for target in ALL:
        world.open(target)
    world.run(10 * HOUR)
    for target in ALL:
        channels = channels_of(world, target)
        assert len(channels) >= 20
        assert gaps(world, channels) == []
        assert world.store.get(target.id).state(world.now) is State.ACTIVE
    world.run(3 * MINUTE)  # so that no renewal is under way
    assert len(world.live()) == len(ALL)


def test_renewal_falls_within_its_tenth_of_the_lifetime(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(channel_ttl=36_000))
    world.open(ALICES_ACL)
    world.run(DAY)
    for first, second in pairwise(channels_of(world, ALICES_ACL)):
        lived = (second.created - first.created) / (first.expiration - first.created)
        assert 0.7 <= lived <= 0.8 + 60 / 36_000  # a sweep runs once a minute


def test_the_old_channel_is_stopped_only_after_the_new_one_has_spoken(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(channel_ttl=36_000))
    world.open(ALICES_ACL)
    world.run(8 * HOUR)
    old, new = channels_of(world, ALICES_ACL)
    first_words = min(each.time for each in world.google.deliveries if each.channel_id == new.id)
    assert old.stopped is not None
    assert new.created <= first_words <= old.stopped


@pytest.mark.parametrize("change", ["address", "key"])
def test_a_changed_address_or_key_replaces_every_channel_spread_and_without_a_gap(
    make_world: MakeWorld, change: str
) -> None:
    world = make_world()
    targets = [Target(ALICES_ACL.resource, world.alice.create_calendar(f"c{n}"), ALICE) for n in range(12)]
    for target in targets:
        world.open(target)
    world.run(HOUR)
    before = set(world.live())
    if change == "address":
        world.deploy(policy_of(address="https://elsewhere.example.com/"), [KEY])
    else:
        world.deploy(policy_of(key=ChannelTokens([NEW_KEY]).fingerprint), [NEW_KEY, KEY])
    world.run(3 * HOUR)
    after = [each for each in world.google.channels_ever() if each.id in world.live()]
    assert len(after) == len(targets)
    assert not before & {each.id for each in after}
    assert len({each.created.replace(second=0, microsecond=0) for each in after}) > len(targets) / 2, "in a wave"
    for target in targets:
        assert gaps(world, channels_of(world, target)) == []


def test_a_message_signed_with_the_old_key_still_counts_during_the_change(world: World) -> None:
    world.open(ALICES_ACL)
    world.deploy(policy_of(key=ChannelTokens([NEW_KEY]).fingerprint), [NEW_KEY, KEY])
    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(minutes=2))
    assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created"]


def test_an_answer_about_a_channel_that_is_forgotten_already_goes_nowhere_and_harms_nothing(world: World) -> None:
    """It was over from the start; before its worker had read the watch again, an operator wrote."""
    world.open(ALICES_ACL)
    lease = world.lease(world.query.show(ALICES_ACL.id))
    lease.claim([], lambda _watch, _step: None)
    known = lease.watch.channels
    over = KnownChannel("over", 9, created=world.now, resource_id="r", expiration=world.now)
    lease.keep(over, Opening("r", expiration=world.now))
    assert world.query.show(ALICES_ACL.id).channels == known
    world.run(HOUR)
    assert world.query.show(ALICES_ACL.id).state(world.now) is State.ACTIVE


def test_an_unreachable_endpoint_means_polling_with_the_same_changes_and_it_recovers_by_itself(world: World) -> None:
    world.google.faults.block(ADDRESS, "drop")
    world.open(ALICES_ACL)
    world.run(HOUR)
    watch = world.query.show(ALICES_ACL.id)
    assert (watch.state(world.now), watch.reason) == (State.POLLING, "notificationsNotArriving")
    assert len(channels_of(world, ALICES_ACL)) == 3

    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(minutes=20))
    assert world.told(ALICES_ACL.id) == ["watch.opened", "watch.polling", "acl.created"]

    world.google.faults.unblock(ADDRESS)
    world.run(DAY + HOUR)
    assert world.query.show(ALICES_ACL.id).state(world.now) is State.ACTIVE
    assert world.told(ALICES_ACL.id)[-1] == "watch.resumed"
    assert len(world.live()) == 1


def test_a_message_of_the_last_channel_ends_polling_before_the_next_probe(world: World) -> None:
    world.google.faults.block(ADDRESS, "drop")
    world.open(ALICES_ACL)
    world.run(HOUR)
    world.google.faults.unblock(ADDRESS)
    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(minutes=2))
    assert world.query.show(ALICES_ACL.id).state(world.now) is State.ACTIVE


def test_a_new_address_ends_polling_without_waiting_for_the_probe(world: World) -> None:
    world.google.faults.block(ADDRESS, "drop")
    world.open(ALICES_ACL)
    world.run(HOUR)
    world.deploy(policy_of(address="https://elsewhere.example.com/"), [KEY])
    world.run(HOUR + timedelta(minutes=5))
    assert world.query.show(ALICES_ACL.id).state(world.now) is State.ACTIVE


@pytest.fixture
def unreachable(world: World) -> World:
    """No message arrives, and the watch is polled for that."""
    world.google.faults.block(ADDRESS, "drop")
    world.open(ALICES_ACL)
    world.run(HOUR)
    assert world.query.show(ALICES_ACL.id).reason == "notificationsNotArriving"
    return world


def retried(world: World) -> None:
    world.registry.retry(ALICES_ACL.id)


def asked_again(world: World) -> None:
    world.open(ALICES_ACL)


@pytest.mark.parametrize("mended", [retried, asked_again])
def test_whoever_has_mended_the_endpoint_has_a_channel_tried_at_once(
    unreachable: World, mended: Callable[[World], None]
) -> None:
    unreachable.google.faults.unblock(ADDRESS)
    mended(unreachable)
    unreachable.run(2 * MINUTE)
    watch = unreachable.query.show(ALICES_ACL.id)
    assert (watch.state(unreachable.now), watch.reason) == (State.ACTIVE, None)
    assert len(channels_of(unreachable, ALICES_ACL)) == 4
    assert len(unreachable.live()) == 1
    unreachable.run(DAY)
    assert len(channels_of(unreachable, ALICES_ACL)) == 4, "it is renewed by age again"


def test_an_endpoint_that_is_not_mended_is_tried_once_for_each_retry_and_then_as_rarely_as_before(
    unreachable: World,
) -> None:
    retried(unreachable)
    unreachable.run(2 * MINUTE)
    assert len(channels_of(unreachable, ALICES_ACL)) == 4
    unreachable.run(timedelta(hours=20))
    assert len(channels_of(unreachable, ALICES_ACL)) == 4
    unreachable.run(3 * DAY)
    assert len(channels_of(unreachable, ALICES_ACL)) <= 4 + 3
    assert unreachable.told(ALICES_ACL.id) == ["watch.opened", "watch.polling"]
    assert len(unreachable.live()) == 1


def test_however_often_a_retry_is_asked_for_a_channel_is_opened_every_half_minute_at_most(unreachable: World) -> None:
    for _ in range(60):
        retried(unreachable)
        unreachable.run(timedelta(seconds=1))
    unreachable.run(2 * MINUTE)
    opened = [each.created for each in channels_of(unreachable, ALICES_ACL)][3:]
    assert 2 <= len(opened) <= 4
    assert all(later - earlier >= timedelta(seconds=30) for earlier, later in pairwise(opened))


def test_a_first_message_that_comes_before_the_retry_makes_another_channel_needless(unreachable: World) -> None:
    retried(unreachable)
    retried(unreachable)  # within half a minute: it waits
    unreachable.google.faults.unblock(ADDRESS)
    unreachable.alice.share(ALICE, BOB, "reader")
    unreachable.run(HOUR)
    assert unreachable.query.show(ALICES_ACL.id).state(unreachable.now) is State.ACTIVE
    assert len(channels_of(unreachable, ALICES_ACL)) == 4


def test_the_first_message_may_come_before_the_answer(make_world: MakeWorld) -> None:
    world = make_world(sync="before")
    assert world.open(ALICES_ACL).state(world.now) is State.ACTIVE
    world.run(HOUR)
    assert world.live() == [channel.id for channel in channels_of(world, ALICES_ACL)]


@pytest.mark.parametrize("sync", ["after", "before", "never"])
@pytest.mark.parametrize("how", [lost, dead_before, dead_after])
def test_whatever_happens_between_intent_and_answer_one_live_channel_remains(
    make_world: MakeWorld, how: Cut, sync: str
) -> None:
    world = make_world(policy=policy_of(channel_ttl=4 * 3600), sync=sync)
    with world.line.cut("POST", "/acl/watch", how):
        try:
            world.open(ALICES_ACL)
        except Death:
            world.now += timedelta(seconds=1)
    world.run(30 * MINUTE)
    world.alice.share(ALICE, BOB, "reader")
    world.run(30 * MINUTE)
    watch = world.store.get(ALICES_ACL.id)
    known = [channel.id for channel in watch.channels.by_id.values() if not channel.stopped]
    assert set(world.live()) <= {*known}
    told = world.told(ALICES_ACL.id)
    assert (told[0], told.count("acl.created")) == ("watch.opened", 1)
    world.run(5 * HOUR)
    assert len(world.live()) == 1


def test_a_channel_that_nobody_remembers_is_stopped_when_it_speaks(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(HOUR)
    watch = world.store.get(ALICES_ACL.id)
    token = world.services.tokens.sign("forgotten", watch.id)
    body = {"id": "forgotten", "type": "web_hook", "address": ADDRESS, "token": token}
    world.alice.post(f"calendars/{ALICE}/acl/watch", body)
    world.run(timedelta(minutes=3))
    assert world.live() == [channel.id for channel in watch.channels.by_id.values()]


def test_a_message_for_one_watch_cannot_have_the_channel_of_another_stopped(world: World) -> None:
    """Whoever can write a notification, or sign a token, may be wrong, or mean ill."""
    others = Target(ALICES_ACL.resource, world.alice.create_calendar("Team"), ALICE)
    for target in (ALICES_ACL, others):
        world.open(target)
    world.run(HOUR)
    (victim,) = channels_of(world, others)
    world.database.notifications().put(
        PendingNotification(ALICES_ACL.id, victim.id, victim.resource_id, world.now + DAY, world.now)
    )
    world.run(HOUR)
    assert victim.id in world.live()
    assert victim.id not in world.store.get(ALICES_ACL.id).channels.by_id


def test_a_stop_that_fails_is_tried_again_and_keeps_nothing_else_waiting(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(channel_ttl=86_400))
    world.open(ALICES_ACL)
    with world.line.cut("POST", "/channels/stop", refused(503, "backendError")):
        world.run(20 * HOUR)
        world.alice.share(ALICE, BOB, "reader")
        world.run(timedelta(minutes=2))
        assert world.told(ALICES_ACL.id)[-1] == "acl.created"
        assert len(world.live()) == 2
    world.run(2 * HOUR)
    assert len(world.live()) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_channel_that_google_no_longer_knows_counts_as_stopped(world: World, status: int) -> None:
    world.open(ALICES_ACL)
    with world.line.cut("POST", "/channels/stop", refused(status, "notFound")):
        assert world.registry.end(ALICES_ACL.id).state(world.now) is State.STOPPED


def test_a_channel_that_dies_silently_is_replaced_after_two_surprises(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(timedelta(minutes=5))
    (dead,) = world.live()
    for role in ("reader", "writer"):
        world.google.faults.drop_next(1)
        world.alice.share(ALICE, BOB, role)
        world.run(HOUR)
    world.run(timedelta(minutes=10))
    assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created", "acl.updated", "watch.renewed"]
    assert dead not in world.live()
    assert len(world.live()) == 1


def test_an_unopened_renewal_degrades_the_watch_only_when_the_old_channel_expires(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(channel_ttl=86_400))
    world.open(ALICES_ACL)
    with world.line.cut("POST", "/acl/watch", refused(503, "backendError")):
        world.run(0.99 * DAY)
        assert world.query.show(ALICES_ACL.id).state(world.now) is State.ACTIVE
        world.run(0.02 * DAY)
        assert world.query.show(ALICES_ACL.id).state(world.now) is State.DEGRADED
        world.alice.share(ALICE, BOB, "reader")
        world.run(HOUR)
    world.run(2 * HOUR)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "watch.degraded", "acl.created", "watch.resumed"]


def test_what_changed_while_no_channel_lived_is_read_when_one_opens_even_if_it_never_speaks(
    make_world: MakeWorld,
) -> None:
    world = make_world(policy=policy_of(channel_ttl=3600, safety_sync=timedelta(0)))
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    with world.line.cut("POST", "/acl/watch", refused(503, "backendError")):
        world.run(2 * HOUR)
        world.alice.share(ALICE, BOB, "reader")
    world.google.configure(sync="never")
    while not world.live():
        world.run(MINUTE)
    world.run(MINUTE)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "watch.degraded", "acl.created"]


@pytest.mark.parametrize(("sync", "soon"), [("after", MINUTE), ("never", 4 * MINUTE)])
def test_what_an_old_channel_was_silent_about_is_read_with_the_first_message_of_the_new_one_or_shortly_after(
    make_world: MakeWorld, sync: str, soon: timedelta
) -> None:
    world = make_world(policy=policy_of(channel_ttl=3600, safety_sync=timedelta(0)))
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    world.google.faults.drop_next(1)
    world.alice.share(ALICE, BOB, "reader")
    world.google.configure(sync=sync)
    while len(channels_of(world, ALICES_ACL)) < 2:
        world.run(MINUTE)
    world.run(soon)
    assert "acl.created" in world.told(ALICES_ACL.id)


def test_ending_leaves_no_channel_at_google(world: World) -> None:
    for target in ALL:
        world.open(target)
    for target in ALL:
        assert world.registry.end(target.id).state(world.now) is State.STOPPED
    assert world.live() == []


def test_ending_while_a_channel_is_being_opened_leaves_none_behind(world: World) -> None:
    with world.line.cut("POST", "/acl/watch", lost):
        world.open(ALICES_ACL)
    world.registry.end(ALICES_ACL.id)
    world.run(HOUR)
    assert world.live() == []
    assert world.store.get(ALICES_ACL.id).state(world.now) is State.STOPPED


def test_googles_word_on_the_end_of_a_channel_beats_our_guess(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(safety_sync=timedelta(0)), expiration_format="missing")
    world.open(ALICES_ACL, ttl=2_592_000)
    world.run(timedelta(days=8))
    assert world.live(), "thirty days were asked for, a week was granted, and only the messages say so"


@pytest.mark.parametrize("date", [f"Sat, 21 Nov {year} 10:00:00 GMT" for year in (1998, 2026, 2099)])
def test_a_genuine_message_that_is_repeated_with_another_date_changes_nothing(world: World, date: str) -> None:
    """The token is signed, the date is not."""
    world.open(ALICES_ACL)
    world.run(HOUR)
    known = world.store.get(ALICES_ACL.id).channels.by_id
    (channel,) = world.google.channels_ever()
    token = world.services.tokens.sign(channel.id, ALICES_ACL.id)
    world.receiver.take({**_message(channel), "X-Goog-Channel-Token": token, "X-Goog-Channel-Expiration": date})
    world.run(HOUR)
    assert world.store.get(ALICES_ACL.id).channels.by_id == known
    assert world.live() == [channel.id]


def test_a_channel_that_is_dead_on_arrival_is_not_replaced_in_a_hot_loop(world: World) -> None:
    def already_over(request: PreparedRequest, send: Send) -> Response:
        body = {**send().json(), "expiration": "0"}
        return answered(200, body)(request, send)

    with world.line.cut("POST", "/acl/watch", already_over):
        world.open(ALICES_ACL)
        world.run(HOUR)
    assert len(world.google.channels_ever()) <= 31, "more than one in two minutes"


def test_a_channel_that_never_speaks_is_waited_for_two_minutes_and_the_next_one_twice_as_long(
    make_world: MakeWorld,
) -> None:
    world = make_world(sync="never")
    world.open(ALICES_ACL)
    world.run(HOUR)
    opened = [each.created for each in world.google.channels_ever()]
    assert [(later - earlier) // MINUTE for earlier, later in pairwise(opened)] == [2, 4]


def test_an_old_channel_that_speaks_does_not_make_silent_new_ones_pile_up(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(channel_ttl=86_400))
    world.open(ALICES_ACL)
    world.run(HOUR)
    world.google.configure(sync="never")
    (old,) = world.google.channels_ever()
    world.run(19 * HOUR)
    opened = len(world.google.channels_ever())
    token = world.services.tokens.sign(old.id, ALICES_ACL.id)
    for _ in range(12):
        world.receiver.take({**_message(old), "X-Goog-Channel-Token": token})
        world.run(15 * MINUTE)
    assert len(world.google.channels_ever()) - opened <= 3
    assert world.told(ALICES_ACL.id).count("watch.polling") <= 1


def _message(channel: Channel) -> dict[str, str]:
    return {
        "X-Goog-Channel-ID": channel.id,
        "X-Goog-Message-Number": "7",
        "X-Goog-Resource-ID": channel.resource_id,
        "X-Goog-Resource-State": "exists",
        "X-Goog-Resource-URI": channel.resource_uri,
    }


def test_a_silent_endpoint_is_probed_no_more_often_than_agreed_however_short_channels_live(
    make_world: MakeWorld,
) -> None:
    world = make_world(policy=policy_of(channel_ttl=600))
    world.google.faults.block(ADDRESS, "drop")
    world.open(ALICES_ACL)
    world.run(3 * DAY)
    assert len(world.google.channels_ever()) <= 3 + 3


def test_a_channel_known_only_from_its_first_message_is_renewed_in_time(make_world: MakeWorld) -> None:
    world = make_world(sync="never")
    with world.line.cut("POST", "/acl/watch", lost):
        world.open(ALICES_ACL)
    (channel,) = world.google.channels_ever()
    token = world.services.tokens.sign(channel.id, ALICES_ACL.id)
    world.receiver.take({**_message(channel), "X-Goog-Channel-Token": token})
    world.run(5 * MINUTE)
    known = world.store.get(ALICES_ACL.id).channels.by_id[channel.id]
    assert known.expiration is not None
    assert abs(known.expiration - channel.expiration) < MINUTE


def test_one_silent_channel_is_counted_once_even_if_the_answer_to_our_write_is_lost(
    make_world: MakeWorld, firestore_server: LocalFirestore
) -> None:
    world = make_world(sync="never")
    with firestore_server.faults.lose_answer("Commit", nth=3):
        world.open(ALICES_ACL)
    assert world.store.get(ALICES_ACL.id).channels.unconfirmed == 1
