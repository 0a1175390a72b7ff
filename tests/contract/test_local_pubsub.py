"""What the local Pub/Sub can do beyond Google's emulator: documented limits, filters, faults and virtual time."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import requests

from calendar_watch.errors import TryLaterError
from calendar_watch.google_http import Tries
from calendar_watch.pubsub import WAITS, PubSub, WakeupTopic, connect
from tests.doubles.local_pubsub import Delivery, LocalPubSub, PubSubAdapter, PubSubError, Transport, serve
from tests.doubles.local_pubsub.subscription import Subscription

TOPIC = "projects/test/topics/changes"
READER = "projects/test/subscriptions/reader"


class VirtualTime:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def pubsub(time: VirtualTime) -> LocalPubSub:
    pubsub = LocalPubSub(time)
    pubsub.create_topic(TOPIC)
    return pubsub


@pytest.fixture
def session(pubsub: LocalPubSub) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.mount("http://pubsub", PubSubAdapter(pubsub))
        yield session


def subscribe(pubsub: LocalPubSub, **more: Any) -> Subscription:
    return pubsub.create_subscription(Subscription(READER, TOPIC, ordered=True, **more))


def numbered(*numbers: int, key: str = "k") -> list[dict[str, Any]]:
    return [{"attributes": {"n": str(number)}, "orderingKey": key} for number in numbers]


def numbers(pubsub: LocalPubSub) -> list[str]:
    return [each.message.attributes["n"] for each in pubsub.pull(READER, 100)]


class TestOrder:
    def test_what_was_not_handled_goes_back_to_its_place(self, pubsub: LocalPubSub) -> None:
        subscribe(pubsub)
        pubsub.publish(TOPIC, numbered(1, 2, 3))
        (first,) = pubsub.pull(READER, 1)
        pubsub.modify_ack_deadline(READER, [first.ack_id], 0)
        assert numbers(pubsub) == ["1", "2", "3"]

    def test_what_is_not_acknowledged_in_time_goes_back_to_its_place(
        self, pubsub: LocalPubSub, time: VirtualTime
    ) -> None:
        subscribe(pubsub)
        pubsub.publish(TOPIC, numbered(1, 2, 3))
        late = pubsub.pull(READER, 2)
        time.advance(9.9)
        assert numbers(pubsub) == []
        time.advance(0.1)
        pubsub.acknowledge(READER, [each.ack_id for each in late])
        assert numbers(pubsub) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"data": "aGk=", "attributes": {"k": "é" * 513}}, id="a value above 1024 bytes"),
        pytest.param({"data": "aGk=", "attributes": {"k" * 257: "v"}}, id="a name above 256 bytes"),
        pytest.param({"data": "aGk=", "attributes": {"googk": "v"}}, id="a reserved name"),
        pytest.param({"data": "aGk=", "attributes": {str(each): "v" for each in range(101)}}, id="101 attributes"),
        pytest.param({"data": "aGk=", "orderingKey": "k" * 1025}, id="a key above 1024 bytes"),
        pytest.param({"data": "A" * 13_333_336}, id="more than 10 MB"),
    ],
)
def test_what_google_refuses_by_its_documented_limits_is_refused(pubsub: LocalPubSub, message: dict[str, Any]) -> None:
    with pytest.raises(PubSubError) as told:
        pubsub.publish(TOPIC, [{"data": "aGk="}, message])
    assert told.value.word == "INVALID_ARGUMENT"
    assert pubsub.published(TOPIC) == ()


class TestFilters:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("", [True, True, True]),
            ('attributes.ce-type = "acl.created"', [True, False, False]),
            ('attributes.ce-type != "acl.created"', [False, True, True]),
            ('hasPrefix(attributes.ce-type, "acl.")', [True, True, False]),
            ("attributes:ce-user", [True, False, False]),
            ('attributes:ce-user AND hasPrefix(attributes.ce-type, "acl")', [True, False, False]),
            ('attributes."ce-type" = "settings AND more"', [False, False, True]),
            ("NOT attributes:ce-user", [False, True, True]),
            ('hasPrefix(attributes.ce-type, "acl") AND NOT attributes:ce-user', [False, True, False]),
            ('attributes:ce-user OR attributes.ce-type = "acl.updated"', [True, True, False]),
            ('NOT (attributes:ce-user OR attributes.ce-type = "acl.updated")', [False, False, True]),
            ('(attributes:ce-user) AND (attributes:x OR attributes.ce-user = "a")', [True, False, False]),
        ],
    )
    def test_a_subscription_gets_what_its_filter_lets_through(
        self, pubsub: LocalPubSub, text: str, wanted: list[bool]
    ) -> None:
        subscribe(pubsub, filter=text)
        of_acl = [{"ce-type": "acl.created", "ce-user": "a"}, {"ce-type": "acl.updated"}]
        published = pubsub.publish(
            TOPIC, [{"attributes": each} for each in [*of_acl, {"ce-type": "settings AND more"}]]
        )
        received = [each.message.id for each in pubsub.pull(READER, 10)]
        assert received == [each for each, passes in zip(published, wanted, strict=True) if passes]

    @pytest.mark.parametrize(
        "text",
        [
            "nonsense",
            "attributes:x AND",
            "attributes:x attributes:y",
            "attributes:x and attributes:y",
            "attributes:x AND attributes:y OR attributes:z",
            "(attributes:x",
            "attributes:x)",
            "attributes.x = 1",
            "attributes.x = 'a'",
            'attributes.1x = "a"',
            'data.x = "a"',
        ],
    )
    def test_a_filter_that_is_not_understood_is_refused(self, text: str) -> None:
        with pytest.raises(PubSubError, match="not understood"):
            Subscription(READER, TOPIC, filter=text)

    def test_a_filter_that_is_too_long_is_refused(self) -> None:
        with pytest.raises(PubSubError, match="256 bytes"):
            Subscription(READER, TOPIC, filter=f'attributes.x = "{"a" * 256}"')


class TestPush:
    def test_a_refused_message_waits_ever_longer_and_its_key_with_it(
        self, pubsub: LocalPubSub, time: VirtualTime
    ) -> None:
        subscribe(pubsub, endpoint="http://reader")
        pubsub.publish(TOPIC, numbered(1, 2) + numbered(3, key="other"))
        statuses, tried = [503, None, 204, 204], []

        def post(delivery: Delivery) -> int | None:
            tried.append((delivery.received.message.attributes["n"], (time.now - begun).total_seconds()))
            return 204 if tried[-1][0] == "3" else statuses.pop(0)

        begun = time.now
        transport = Transport(pubsub, post)
        for _ in range(10):
            transport.deliver_due()
            time.advance(0.05)
        assert tried == [("1", 0.0), ("3", 0.0), ("1", 0.1), ("1", 0.3), ("2", 0.35)]
        assert pubsub.subscription(READER).backlog == 0

    def test_a_push_that_failed_waits_as_the_retry_policy_says(self, pubsub: LocalPubSub, time: VirtualTime) -> None:
        subscribe(pubsub, endpoint="http://reader", first_wait=10.0)
        pubsub.publish(TOPIC, numbered(1))
        transport, delivered = Transport(pubsub, lambda _: 503), list[int]()
        for _ in range(4):
            delivered.append(transport.deliver_due())
            time.advance(9.9 if len(delivered) < 2 else 20.0)
        assert delivered == [1, 0, 1, 1]

    @pytest.mark.parametrize(("topic", "told"), [("projects/p/topics/dead", [1, 2]), ("", [None, None])])
    def test_a_push_says_how_often_it_was_tried_where_there_are_dead_letters(
        self, pubsub: LocalPubSub, time: VirtualTime, topic: str, told: list[int | None]
    ) -> None:
        subscribe(pubsub, endpoint="http://reader", dead_letters=topic)
        pubsub.publish(TOPIC, numbered(1))
        said: list[int | None] = []

        def refuse(delivery: Delivery) -> int:
            said.append(json.loads(delivery.body).get("deliveryAttempt"))
            return 503

        transport = Transport(pubsub, refuse)
        for _ in told:
            transport.deliver_due()
            time.advance(1)
        assert said == told

    def test_while_pubsub_is_away_nothing_is_pushed(self, pubsub: LocalPubSub) -> None:
        subscribe(pubsub, endpoint="http://reader")
        pubsub.publish(TOPIC, numbered(1))
        transport = Transport(pubsub, lambda _: 204)
        pubsub.faults.away()
        assert transport.deliver_due() == 0
        pubsub.faults.back()
        assert transport.deliver_due() == 1


class TestFaults:
    def publish(self, session: requests.Session) -> int:
        return session.post(f"http://pubsub/v1/{TOPIC}:publish", json={"messages": [{"data": "aGk="}]}).status_code

    def test_a_refusal_stores_nothing(self, pubsub: LocalPubSub, session: requests.Session) -> None:
        pubsub.faults.refuse(2, status=429)
        assert [self.publish(session) for _ in range(3)] == [429, 429, 200]
        assert len(pubsub.published(TOPIC)) == 1

    def test_a_lost_answer_was_stored(self, pubsub: LocalPubSub, session: requests.Session) -> None:
        pubsub.faults.lose_answer(1)
        assert [self.publish(session) for _ in range(2)] == [503, 200]
        assert len(pubsub.published(TOPIC)) == 2

    def test_a_connection_may_end_after_the_message_was_stored(
        self, pubsub: LocalPubSub, session: requests.Session
    ) -> None:
        pubsub.faults.lose_answer(1, status=0)
        with pytest.raises(requests.ConnectionError):
            self.publish(session)
        assert len(pubsub.published(TOPIC)) == 1

    def test_a_probability_strikes_about_that_often_and_repeatably(
        self, pubsub: LocalPubSub, session: requests.Session
    ) -> None:
        def struck() -> list[bool]:
            pubsub.faults.clear()
            pubsub.faults.refuse(probability=0.3, random=Random(7))  # noqa: S311 - repeatable on purpose
            return [self.publish(session) == 503 for _ in range(200)]

        first = struck()
        assert first == struck()
        assert 40 < sum(first) < 80

    def test_other_methods_can_be_struck_too(self, pubsub: LocalPubSub, session: requests.Session) -> None:
        subscribe(pubsub)
        pubsub.faults.refuse(1, method="pull")
        pull = [session.post(f"http://pubsub/v1/{READER}:pull", json={"maxMessages": 1}) for _ in range(2)]
        assert ([each.status_code for each in pull], self.publish(session)) == ([503, 200], 200)

    def test_over_a_socket_a_lost_connection_is_one_and_what_is_published_has_arrived(self) -> None:
        with serve() as server, requests.Session() as session:
            session.trust_env = False
            server.pubsub.create_topic(TOPIC)
            server.pubsub.faults.lose_answer(1, status=0)
            WakeupTopic(PubSub(f"http://{server.host}", lambda: session, Tries(60, WAITS)), TOPIC).wake("w")
            assert [each.attributes for each in server.pubsub.published(TOPIC)] == [{"watchId": "w"}] * 2
            server.pubsub.faults.away()
            with pytest.raises(TryLaterError, match="no answer from Pub/Sub: ConnectionError"):
                WakeupTopic(PubSub(f"http://{server.host}", lambda: session, Tries(60, WAITS)), TOPIC).wake("w")


def test_no_proxy_comes_between_us_and_an_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serve() as server:
        server.pubsub.create_topic(TOPIC)
        WakeupTopic(connect(server.host, Tries(60, WAITS)), TOPIC).wake("w")
        assert len(server.pubsub.published(TOPIC)) == 1


def test_it_runs_on_its_own_and_ends_when_told() -> None:
    command = [sys.executable, "-m", "tests.doubles.local_pubsub", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - ourselves
        try:
            assert process.stdout
            host = json.loads(process.stdout.readline())["host"]
            with requests.Session() as session:
                session.trust_env = False
                assert session.put(f"http://{host}/v1/{TOPIC}", json={}, timeout=60).json() == {"name": TOPIC}
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()
