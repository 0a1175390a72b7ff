"""Channels and their messages, in virtual time: when they come, what they carry, when they come again."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Delivery, Refusal, Transport

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ADDRESS = "https://receiver.example/notifications"
WEEK = 604_800
TOKEN = {"token": "a=b"}
WATCH = "calendars/primary/acl/watch"


class Receiver:
    """Answers with `status` and keeps what it was sent."""

    def __init__(self) -> None:
        self.status: int | None = 204
        self.received: list[Delivery] = []

    def __call__(self, delivery: Delivery) -> int | None:
        self.received.append(delivery)
        return self.status

    def states(self, channel_id: str = "c1") -> list[str]:
        return [delivery.state for delivery in self.received if delivery.channel_id == channel_id]


@pytest.fixture
def simulator() -> CalendarSimulator:
    return CalendarSimulator(lambda: NOW)


@pytest.fixture
def alice(simulator: CalendarSimulator) -> Actor:
    return Actor(simulator, "alice@example.com")


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def deliver(simulator: CalendarSimulator, receiver: Receiver) -> Callable[[], int]:
    return Transport(simulator, receiver).deliver_due


def order(channel_id: str = "c1", **fields: object) -> dict[str, object]:
    return {"id": channel_id, "type": "web_hook", "address": ADDRESS, **fields}


def watch(actor: Actor, channel_id: str = "c1", path: str = WATCH, **fields: Any) -> Any:
    return actor.post(path, order(channel_id, **fields))


def stop(actor: Actor, channel: Any) -> None:
    actor.post("channels/stop", {"id": channel["id"], "resourceId": channel["resourceId"]})


def refusal_of(actor: Actor, path: str, body: object) -> Refusal:
    with pytest.raises(Refusal) as refused:
        actor.post(path, body)
    return refused.value


def lifetime(channel: Any) -> float:
    return int(channel["expiration"]) / 1000 - NOW.timestamp()


def test_watch_answers_with_the_channel(alice: Actor) -> None:
    channel = watch(alice, **TOKEN, params={"ttl": "3600"})

    assert channel == {
        "kind": "api#channel",
        "id": "c1",
        "resourceId": channel["resourceId"],
        "resourceUri": "https://www.googleapis.com/calendar/v3/calendars/primary/acl?alt=json",
        "token": "a=b",
        "expiration": str(int((NOW.timestamp() + 3600) * 1000)),
    }


def test_one_resource_has_one_resource_id_under_every_alias(alice: Actor) -> None:
    aliased = watch(alice)
    named = watch(alice, "c2", "calendars/alice%40example.com/acl/watch")
    other = watch(alice, "c3", "users/me/settings/watch")

    assert aliased["resourceId"] == named["resourceId"] != other["resourceId"]
    assert "primary" in aliased["resourceUri"]
    assert "alice%40example.com" in named["resourceUri"]


def test_the_first_message_is_sync_and_carries_googles_headers(
    alice: Actor, receiver: Receiver, deliver: Callable[[], int]
) -> None:
    channel = watch(alice, **TOKEN, params={"ttl": "3600"})
    deliver()

    (message,) = receiver.received
    assert message.address == ADDRESS
    assert message.headers == {
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate, br",
        "Content-Length": "0",
        "User-Agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)",
        "X-Goog-Channel-Expiration": "Fri, 20 Nov 2026 11:00:00 GMT",
        "X-Goog-Channel-ID": "c1",
        "X-Goog-Channel-Token": "a=b",
        "X-Goog-Message-Number": "1",
        "X-Goog-Resource-ID": channel["resourceId"],
        "X-Goog-Resource-State": "sync",
        "X-Goog-Resource-URI": channel["resourceUri"],
    }


def test_a_channel_without_a_token_sends_none(alice: Actor, receiver: Receiver, deliver: Callable[[], int]) -> None:
    watch(alice)
    deliver()

    assert "X-Goog-Channel-Token" not in receiver.received[0].headers


def test_message_numbers_grow_by_more_than_one(alice: Actor, receiver: Receiver, deliver: Callable[[], int]) -> None:
    watch(alice)
    for number in range(20):
        alice.share("primary", f"u{number}@example.com", "reader")
    deliver()

    numbers = [delivery.number for delivery in receiver.received]
    assert numbers[0] == 1
    assert all(later - earlier > 1 for earlier, later in pairwise(numbers))
    assert receiver.states() == ["sync"] + ["exists"] * 20


def test_each_live_channel_gets_each_change_and_reading_changes_nothing(
    alice: Actor, receiver: Receiver, deliver: Callable[[], int]
) -> None:
    watch(alice, "c1")
    watch(alice, "c2")
    alice.get("calendars/primary/acl")
    alice.share("primary", "bob@example.com", "reader")
    deliver()

    assert receiver.states("c1") == receiver.states("c2") == ["sync", "exists"]


def test_rules_lists_and_settings_are_told_apart(
    simulator: CalendarSimulator, alice: Actor, receiver: Receiver, deliver: Callable[[], int]
) -> None:
    watch(alice, "acl")
    watch(alice, "list", "users/me/calendarList/watch")
    watch(alice, "settings", "users/me/settings/watch")
    deliver()
    receiver.received.clear()

    alice.share("primary", "bob@example.com", "reader")
    alice.create_calendar("Team")
    simulator.set_setting("alice@example.com", "weekStart", "1")
    simulator.set_setting("bob@example.com", "weekStart", "1")
    deliver()

    assert [delivery.channel_id for delivery in receiver.received] == ["acl", "list", "settings"]


def test_the_list_is_told_of_roles_titles_and_losses_but_not_of_mere_access(
    simulator: CalendarSimulator, alice: Actor, receiver: Receiver, deliver: Callable[[], int]
) -> None:
    bob = Actor(simulator, "bob@example.com")
    team = bob.create_calendar("Team")
    watch(alice, "c1", "users/me/calendarList/watch")
    bob.share(team, "alice@example.com", "reader")
    deliver()
    assert receiver.states() == ["sync"]

    alice.post("users/me/calendarList", {"id": team})
    bob.share(team, "alice@example.com", "writer")
    bob.patch(f"calendars/{team}", {"summary": "Crew"})
    bob.delete(f"calendars/{team}/acl/user:alice@example.com")
    deliver()

    assert receiver.states() == ["sync"] + ["exists"] * 4


@pytest.mark.parametrize("status", [500, 502, 503, 504, None])
def test_a_failing_receiver_is_tried_again_with_doubling_waits(
    simulator: CalendarSimulator, alice: Actor, receiver: Receiver, deliver: Callable[[], int], status: int | None
) -> None:
    receiver.status = status
    watch(alice)
    waits = []
    for _ in range(5):
        deliver()
        due = simulator.next_due()
        assert due is not None
        waits.append((due - simulator.now()).total_seconds())
        simulator.advance(due - simulator.now())
    receiver.status = 204
    deliver()

    assert waits == [1, 2, 4, 8, 16]
    assert {delivery.number for delivery in receiver.received} == {1}
    assert simulator.deliveries[-1].outcome == "delivered"
    assert simulator.next_due() is None


@pytest.mark.parametrize("status", [200, 201, 202, 204, 301, 302, 400, 401, 403, 404, 410, 429, 501])
def test_any_other_answer_is_final(
    simulator: CalendarSimulator, alice: Actor, receiver: Receiver, deliver: Callable[[], int], status: int
) -> None:
    receiver.status = status
    watch(alice)
    deliver()

    assert simulator.next_due() is None
    assert simulator.deliveries[-1].outcome == ("delivered" if status < 300 else "failed")


def test_redelivery_is_given_up_in_the_end(
    simulator: CalendarSimulator, alice: Actor, receiver: Receiver, deliver: Callable[[], int]
) -> None:
    simulator.configure(retry_for_seconds=60)
    receiver.status = 503
    watch(alice)
    while deliver():
        simulator.advance(timedelta(seconds=60))

    assert simulator.deliveries[-1].outcome == "failed"


def test_an_expired_channel_says_nothing_more(
    simulator: CalendarSimulator, alice: Actor, receiver: Receiver, deliver: Callable[[], int]
) -> None:
    receiver.status = 503
    watch(alice, params={"ttl": "600"})
    deliver()
    simulator.advance(timedelta(seconds=600))
    alice.share("primary", "bob@example.com", "reader")

    assert deliver() == 0
    assert len(receiver.received) == 1
    assert simulator.live_channels() == []
    assert [channel.id for channel in simulator.live_channels(NOW)] == ["c1"]


def test_a_stopped_channel_says_nothing_more(
    simulator: CalendarSimulator, alice: Actor, receiver: Receiver, deliver: Callable[[], int]
) -> None:
    channel = watch(alice)
    alice.share("primary", "bob@example.com", "reader")
    stop(alice, channel)
    alice.share("primary", "bob@example.com", "writer")

    assert deliver() == 0
    assert receiver.received == []
    assert simulator.channels_ever()[0].stopped == NOW


def test_only_a_live_channel_is_stopped_and_only_with_its_resource(simulator: CalendarSimulator, alice: Actor) -> None:
    channel = watch(alice, params={"ttl": "60"})
    wrong = refusal_of(alice, "channels/stop", {"id": "c1", "resourceId": "primary"})
    assert (wrong.status, wrong.detail["message"]) == (404, "Channel 'c1' not found for project '636397034666'")
    assert refusal_of(alice, "channels/stop", {"id": "c1"}).reason == "required"
    assert refusal_of(Actor(simulator, "bob@example.com"), "channels/stop", channel).status == 403

    simulator.advance(timedelta(seconds=60))

    assert refusal_of(alice, "channels/stop", channel).status == 404


def test_a_channel_id_is_spent_for_ever(alice: Actor) -> None:
    stop(alice, watch(alice))

    again = refusal_of(alice, WATCH, order())
    assert (again.status, again.reason) == (400, "channelIdNotUnique")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": None}, "required"),
        ({"type": None}, "required"),
        ({"address": None}, "required"),
        ({"id": "x" * 65}, "push.channelIdInvalid"),
        ({"id": "a@b"}, "push.channelIdInvalid"),
        ({"type": "email"}, "push.channelTypeNotSupported"),
        ({"token": "x" * 257}, "invalid"),
        ({"token": 5}, "invalid"),
        ({"payload": "yes"}, "invalid"),
        ({"address": "http://receiver.example/"}, "push.webhookUrlNotHttps"),
        ({"address": "receiver.example"}, "push.webhookUrlNoHostOrAddress"),
        ({"address": "https://["}, "push.webhookUrlNoHostOrAddress"),
        ({"address": "https://refused.example/"}, "push.webhookUrlUnauthorized"),
        ({"expiration": "1795168800"}, "pushInvalidTtl"),
        ({"expiration": "soon"}, "pushInvalidTtl"),
        ({"params": {"ttl": "0"}}, "pushInvalidTtl"),
        ({"params": {"ttl": "1h"}}, "pushInvalidTtl"),
        ({"params": {"ttl": 3600}}, "invalid"),
    ],
)
def test_an_order_that_google_would_refuse_is_refused(
    simulator: CalendarSimulator, alice: Actor, fields: dict[str, object], reason: str
) -> None:
    simulator.configure(refused_webhook_hosts=["refused.example"])

    refused = refusal_of(alice, WATCH, order() | fields)

    assert (refused.status, refused.reason) == (400, reason)
    assert simulator.channels_ever() == []


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({}, WEEK),
        ({"params": {"ttl": "3600"}}, 3600),
        ({"params": {"ttl": "2592000"}}, WEEK),
        ({"expiration": str(int((NOW.timestamp() + 60) * 1000))}, 60),
        ({"expiration": int((NOW.timestamp() + 60) * 1000)}, 60),
        ({"expiration": str(int((NOW.timestamp() + 60) * 1000)), "params": {"ttl": "30"}}, 30),
    ],
)
def test_a_channel_lives_as_long_as_asked_but_a_week_at_most(
    alice: Actor, fields: dict[str, Any], seconds: int
) -> None:
    assert lifetime(watch(alice, **fields)) == seconds


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080/n", "http://localhost/n", "http://[::1]/n"])
def test_plain_http_is_allowed_to_loopback_unless_switched_off(
    simulator: CalendarSimulator, alice: Actor, address: str
) -> None:
    assert watch(alice, address=address)["id"] == "c1"
    simulator.configure(loopback_http=False)
    assert refusal_of(alice, WATCH, order("c2", address=address)).reason == "push.webhookUrlNotHttps"


def test_longest_id_and_token_and_the_other_spelling_of_the_type_are_accepted(alice: Actor) -> None:
    longest = "aZ09-_+/=" + "x" * 55

    assert watch(alice, longest, token="t" * 256, type="webhook")["id"] == longest


@pytest.mark.parametrize(("spelling", "kind"), [("string", str), ("number", int), ("missing", type(None))])
def test_the_expiration_comes_in_several_spellings(simulator: CalendarSimulator, spelling: str, kind: type) -> None:
    simulator.configure(expiration_format=spelling)

    assert isinstance(watch(Actor(simulator, "alice@example.com")).get("expiration"), kind)


def test_some_calendars_cannot_be_watched(simulator: CalendarSimulator, alice: Actor) -> None:
    simulator.configure(unwatchable=["alice@example.com"])

    refused = refusal_of(alice, WATCH, order())
    assert (refused.status, refused.reason) == (400, "pushNotSupportedForRequestedResource")
    assert refused.detail["domain"] == "calendar"


def test_who_may_not_read_the_rules_may_not_watch_them(simulator: CalendarSimulator, alice: Actor) -> None:
    bob = Actor(simulator, "bob@example.com")
    path = "calendars/alice@example.com/acl/watch"
    assert refusal_of(bob, path, order()).status == 404

    alice.share("primary", "bob@example.com", "reader")
    assert refusal_of(bob, path, order()).reason == "requiredAccessLevel"

    alice.share("primary", "bob@example.com", "writer")
    assert watch(bob, path=path)["id"] == "c1"


def test_the_sync_message_can_be_left_out(
    simulator: CalendarSimulator, alice: Actor, receiver: Receiver, deliver: Callable[[], int]
) -> None:
    simulator.configure(sync="never")
    watch(alice)
    alice.share("primary", "bob@example.com", "reader")
    deliver()

    assert receiver.states() == ["exists"]
    assert receiver.received[0].number > 1


def test_notifications_can_be_lost_on_purpose(
    simulator: CalendarSimulator, alice: Actor, receiver: Receiver, deliver: Callable[[], int]
) -> None:
    watch(alice)
    deliver()
    simulator.faults.drop_next(1)
    alice.share("primary", "bob@example.com", "reader")
    deliver()
    assert receiver.states() == ["sync"]
    assert simulator.deliveries[-1].outcome == "dropped"

    alice.share("primary", "bob@example.com", "writer")
    deliver()
    assert receiver.states() == ["sync", "exists"]


def test_an_address_can_be_blocked_for_good_or_for_a_while(
    simulator: CalendarSimulator, alice: Actor, receiver: Receiver, deliver: Callable[[], int]
) -> None:
    simulator.faults.block("https://receiver.example/", "drop")
    watch(alice)
    deliver()
    simulator.faults.block("https://receiver.example/", "fail")
    alice.share("primary", "bob@example.com", "reader")
    deliver()
    assert [record.outcome for record in simulator.deliveries] == ["dropped", "retried"]

    simulator.faults.unblock("https://receiver.example/")
    simulator.advance(timedelta(seconds=1))
    deliver()

    assert receiver.states() == ["exists"]


def test_the_same_seed_and_the_same_calls_give_the_same_messages() -> None:
    def run() -> list[Delivery]:
        simulator = CalendarSimulator(lambda: NOW)
        alice = Actor(simulator, "alice@example.com")
        watch(alice, path=f"calendars/{alice.create_calendar('Team')}/acl/watch")
        alice.share("primary", "bob@example.com", "reader")
        return simulator.take_due(NOW)

    assert run() == run()


def test_numbers_in_calendar_ids_look_like_googles(alice: Actor) -> None:
    assert re.fullmatch(r"c_[0-9a-f]{64}@group\.calendar\.google\.com", alice.create_calendar("Team"))
